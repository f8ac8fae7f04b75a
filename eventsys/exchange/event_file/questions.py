"""The questions of the registration form in an event file: what is asked, of whom, why, and in which languages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from eventsys.exchange.document import Part, Values
from eventsys.exchange.event_file.programme import key_of
from eventsys.exchange.node import Node
from eventsys.registration import rules
from eventsys.registration.models import Basis, Question, QuestionType

# Names in the file and the columns they fill, written only where they say something.
_MORE = {
    "least": "least",
    "most": "most",
    "internal": "is_internal",
    "sensitive": "is_sensitive",
    "depends_on": "depends_on",
    "depends_values": "depends_values",
    "purpose": "purpose",
    "basis": "basis",
    "translations": "translations",
}
KNOWN = ("key", "label", "help", "type", "choices", "required", "erase_after_days", *_MORE)
_LISTS = (QuestionType.CHOICE, QuestionType.CHOICES)


def read_questions(registration: Node) -> list[Part] | None:
    """The questions in the order of the form; None where the file does not speak of them."""
    if registration.value is None or not registration.has("questions"):
        return None
    parts: dict[str, Part] = {}
    for node in registration.at("questions").items(most=200):
        node.an_object(required=("key", "label"), known=KNOWN)
        part = Part(key_of(node, parts), _question(node))
        _refuse_unless_led(node, part, parts)
        parts[part.key] = part
    return list(parts.values())


def _question(node: Node) -> Values:
    kind = node.at("type").one_of(QuestionType) if node.has("type") else str(QuestionType.TEXT)
    choices = node.at("choices").lines() if node.has("choices") else []
    if kind in _LISTS and not choices:
        node.refuse(_("a question of the type “%(type)s” needs choices", type=kind))
    if len(set(choices)) != len(choices):
        node.at("choices").refuse(_("a choice is there twice"))
    least, most = _number(node.at("least")), _number(node.at("most"))
    if least is not None and most is not None and most < least:
        node.at("most").refuse(_("the most is less than the least"))
    return {
        "label": node.at("label").line(is_needed=True),
        "help": node.at("help").line(),
        "type": kind,
        "choices": choices,
        "least": least,
        "most": most,
        "is_required": node.at("required").truth() if node.has("required") else False,
        "is_internal": node.at("internal").truth() if node.has("internal") else False,
        "is_sensitive": node.at("sensitive").truth() if node.has("sensitive") else False,
        "depends_on": node.at("depends_on").line(most=100),
        "depends_values": node.at("depends_values").lines() if node.has("depends_values") else [],
        "purpose": node.at("purpose").line(),
        "basis": node.at("basis").one_of(Basis) if node.has("basis") else str(Basis.LEGITIMATE_INTEREST),
        "translations": _translations(node.at("translations"), choices) if node.has("translations") else {},
        "erase_after_days": node.at("erase_after_days").number_or_none() if node.has("erase_after_days") else None,
    }


def _number(node: Node) -> float | None:
    if node.value is None:
        return None
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        node.refuse(_("this must be a number"))
    return float(node.value)


def _translations(node: Node, choices: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for language in node.an_object().value:
        said = node.at(language).an_object(known=("label", "help", "choices"))
        words: dict[str, Any] = {name: text for name in ("label", "help") if (text := said.at(name).line())}
        if said.has("choices"):
            chosen = said.at("choices").an_object(known=choices)
            words["choices"] = {choice: chosen.at(choice).line(is_needed=True) for choice in chosen.value}
        if words:
            found[language] = words
    return found


def _refuse_unless_led(node: Node, part: Part, before: dict[str, Part]) -> None:
    """A condition names a question that stands before, and answers that it offers."""
    key = part.values["depends_on"]
    if not key:
        return
    if key not in before:
        node.at("depends_on").refuse(_("there is no question “%(key)s” before this one", key=key[:60]))
    leading, follower = (Question(key=one.key, **one.values) for one in (before[key], part))
    if not rules.may_lead(leading, follower):
        node.at("depends_on").refuse(_("no condition can rest on the question “%(key)s”", key=key[:60]))
    if not part.values["depends_values"]:
        node.refuse(_("“%(name)s” is missing", name="depends_values"))
    offered = rules.leading_choices(leading)
    for value in node.at("depends_values").items():
        value.one_of(offered)


def written_question(question: Question) -> dict[str, Any]:
    """A question as the values of JSON; of what was added later only what says something."""
    found: dict[str, Any] = {
        "key": question.key,
        "label": question.label,
        "help": question.help,
        "type": question.type,
        "choices": list(question.choices),
        "required": question.is_required,
        "erase_after_days": question.erase_after_days,
    }
    for name, column in _MORE.items():
        value = getattr(question, column)
        # A least of 0 says something, an empty list or text does not.
        if value not in (None, "", [], {}, Basis.LEGITIMATE_INTEREST) and value is not False:
            found[name] = value
    return found
