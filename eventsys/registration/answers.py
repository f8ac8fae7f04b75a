"""What people answer to an event's questions: read from a form or a table, and said again."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import gettext as _

from eventsys.kernel.locale import countries, country_name
from eventsys.kernel.text import clean_line, clean_prose
from eventsys.registration.errors import AnswerUnusable
from eventsys.registration.models import Question
from eventsys.registration.rules import choice_labels

YES = {"yes", "true", "1", "x", "ja", "oui"}
NO = {"no", "false", "0", "nein", "non"}
BETWEEN = ";"

# Texts that people write, in characters.
LINE_MOST = 500
PROSE_MOST = 5000
ORGANISATION_MOST = 300


def read_answer(question: Question, text: str) -> Any:
    """One answer written as text, as it is kept; None for none. Raises AnswerUnusable with the reason."""
    text = text.strip()
    if not text:
        return None
    read = _READERS.get(question.type)
    return read(question, text) if read else clean_line(text)[:LINE_MOST]


def written(value: Any) -> str:
    """An answer as a table holds it, to be read again by `read_answer`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"{BETWEEN} ".join(str(part) for part in value)
    if isinstance(value, dict):
        return str(value.get("name", ""))
    return str(value)


def said(value: Any, question: Question | None = None, language: str = "") -> str:
    """An answer as people read it; with its question also choices and countries in words."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if question is not None and question.type == "country":
        return country_name(str(value))
    labels = choice_labels(question, language) if question is not None else {}
    if isinstance(value, list):
        return ", ".join(labels.get(str(part), str(part)) for part in value)
    return labels.get(value, value) if isinstance(value, str) else written(value)


def _one_of(question: Question, text: str) -> str:
    if text not in question.choices:
        raise AnswerUnusable(
            _(
                "“%(answer)s” is none of the answers to “%(question)s”: %(choices)s.",
                answer=text,
                question=question.label,
                choices=", ".join(question.choices),
            ),
            field=f"q_{question.key}",
        )
    return text


def _number(question: Question, text: str) -> int | float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise AnswerUnusable(_("“%(question)s” asks for a number.", question=question.label), field=f"q_{question.key}")
    if (
        not (-math.inf if question.least is None else question.least)
        <= number
        <= (math.inf if question.most is None else question.most)
    ):
        raise AnswerUnusable(_range(question), field=f"q_{question.key}")
    return int(number) if number.is_integer() else number


def _range(question: Question) -> str:
    least, most = (None if one is None else written_number(one) for one in (question.least, question.most))
    if most is None:
        return str(_("“%(question)s” asks for at least %(least)s.", question=question.label, least=least))
    if least is None:
        return str(_("“%(question)s” asks for at most %(most)s.", question=question.label, most=most))
    return str(_("“%(question)s” asks for %(least)s to %(most)s.", question=question.label, least=least, most=most))


def written_number(number: float) -> str:
    """Without a fraction where there is none."""
    return str(int(number)) if float(number).is_integer() else str(number)


def _country(question: Question, text: str) -> str:
    code = text.upper()
    if code not in dict(countries()):
        raise AnswerUnusable(
            _("“%(question)s” asks for a country by its code, such as BE.", question=question.label),
            field=f"q_{question.key}",
        )
    return code


def _date(question: Question, text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError as error:
        raise AnswerUnusable(
            _("“%(question)s” asks for a date such as 2026-12-03.", question=question.label),
            field=f"q_{question.key}",
        ) from error


def _yes_or_no(question: Question, text: str) -> bool:
    folded = text.lower()
    if folded in YES | NO:
        return folded in YES
    raise AnswerUnusable(_("“%(question)s” asks for yes or no.", question=question.label), field=f"q_{question.key}")


def _several(question: Question, text: str) -> list[str]:
    return [_one_of(question, part.strip()) for part in text.split(BETWEEN) if part.strip()]


_READERS: dict[str, Callable[[Question, str], Any]] = {
    "longtext": lambda _question, text: clean_prose(text)[:PROSE_MOST],
    "choice": _one_of,
    "choices": _several,
    "number": _number,
    "date": _date,
    "statement": _yes_or_no,
    "country": _country,
    "organisation": lambda _question, text: clean_line(text)[:ORGANISATION_MOST],
    # A table names a file, but does not hold it.
    "file": lambda _question, _text: None,
    "section": lambda _question, _text: None,
}
