"""Lists of people that come in as tables: every row understood, or the whole file refused by line and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _

from eventsys.community.models import Sector
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import countries
from eventsys.kernel.tables import Row, Table, as_text
from eventsys.kernel.text import clean_line
from eventsys.registration.answers import read_answer
from eventsys.registration.entries import NewEntry, address_key, normal_address
from eventsys.registration.models import Mode, Question, RegistrationType, State

PERSON = ("first_name", "last_name", "email", "organisation", "country", "sector", "mode", "type")
# What the export adds; the import takes the first two and passes over the last, which the door alone decides.
STANDING = ("state", "registered_at", "checked_in_at")
_MOST = {"first_name": 120, "last_name": 120, "organisation": 300}


@dataclass(frozen=True)
class ListedPerson:
    """One row of a list: who, and where the registration shall stand. `line` is its line in the file."""

    line: int
    entry: NewEntry
    state: State


def read_people(table: Table, questions: Sequence[Question], *, language: str, is_mailed: bool) -> list[ListedPerson]:
    """All rows of a list. Raises FileRefused that names file, line, column and reason."""
    asked = {f"q_{question.key}": question for question in questions}
    for column in table.columns:
        if column not in {*PERSON, *STANDING, *asked}:
            known = ", ".join([*PERSON, *STANDING, *asked])
            raise table.refusal(_("this column is not known; known are %(known)s", known=known), line=1, column=column)
    if "first_name" not in table.columns:
        raise table.refusal(_("the column “first_name” is missing"), line=1)
    people = [_read_row(table, row, asked, language=language, is_mailed=is_mailed) for row in table.rows]
    _refuse_doubles(table, people)
    return people


def _read_row(table: Table, row: Row, asked: dict[str, Question], *, language: str, is_mailed: bool) -> ListedPerson:
    values = {column: clean_line(row.text(column)) for column in PERSON}
    _check(table, row, values)
    answers: dict[int, Any] = {}
    for column, question in asked.items():
        try:
            answer = read_answer(question, row.text(column)) if column in table.columns else None
        except Refusal as refusal:
            raise table.refusal(str(refusal), line=row.line, column=column) from refusal
        if answer is not None:
            answers[question.id] = answer
    entry = NewEntry(
        first_name=values["first_name"],
        last_name=values["last_name"],
        organisation=values["organisation"],
        sector=values["sector"],
        country=values["country"].upper(),
        email=_address(table, row, values["email"]),
        mode=Mode(values["mode"] or Mode.ONSITE),
        type=RegistrationType(values["type"] or RegistrationType.PARTICIPANT),
        language=language,
        answers=answers,
        is_mailed=is_mailed,
        registered_at=_instant(table, row, "registered_at"),
    )
    return ListedPerson(row.line, entry, State(row.text("state").strip() or State.CONFIRMED))


def _check(table: Table, row: Row, values: dict[str, str]) -> None:
    if not values["first_name"]:
        raise table.refusal(_("a person needs a name"), line=row.line, column="first_name")
    for column, most in _MOST.items():
        if len(values[column]) > most:
            raise table.refusal(_("at most %(most)d characters fit here", most=most), line=row.line, column=column)
    allowed = {
        "mode": set(map(str, Mode)),
        "type": set(map(str, RegistrationType)),
        "sector": set(map(str, Sector)),
        "state": set(map(str, State)),
    }
    for column, known in allowed.items():
        value = row.text(column).strip()
        if value and value not in known:
            reason = _("“%(value)s” is not known; known are %(known)s", value=value, known=", ".join(sorted(known)))
            raise table.refusal(reason, line=row.line, column=column)
    if values["country"] and values["country"].upper() not in dict(countries()):
        reason = _("“%(value)s” is no ISO 3166 code of a country, such as BE", value=values["country"])
        raise table.refusal(reason, line=row.line, column="country")


def _address(table: Table, row: Row, email: str) -> str | None:
    if not email:
        return None
    try:
        return normal_address(email)
    except Refusal as refusal:
        raise table.refusal(str(refusal), line=row.line, column="email") from refusal


def _instant(table: Table, row: Row, column: str) -> datetime | None:
    text = as_text(row.values.get(column)).strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        reason = _("“%(value)s” is no instant such as 2026-12-03T09:00:00Z", value=text)
        raise table.refusal(reason, line=row.line, column=column) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _refuse_doubles(table: Table, people: Sequence[ListedPerson]) -> None:
    """The same address twice in one file cannot both be meant; ended registrations may repeat."""
    first: dict[str, int] = {}
    for person in people:
        if person.entry.email is None or person.state in (State.CANCELLED, State.DECLINED):
            continue
        line = first.setdefault(address_key(person.entry.email), person.line)
        if line != person.line:
            reason = _("this address is in line %(line)d already", line=line)
            raise table.refusal(reason, line=person.line, column="email")


def said_counts(counts: Counter[str]) -> str:
    """What an import did, in one line."""
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items())) or "nothing"
