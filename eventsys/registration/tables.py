"""Lists of people that come in as tables: every row understood, or the whole file refused by line and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _

from eventsys.community.models import Sector
from eventsys.events.rules import refuse_unless_in_reach
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


@dataclass(frozen=True)
class Problem:
    """Something in a list that cannot be taken: where, and why."""

    line: int
    column: str | None
    reason: str


def read_people(table: Table, questions: Sequence[Question], *, language: str, is_mailed: bool) -> list[ListedPerson]:
    """All rows of a list. Raises FileRefused that names file, line, column and reason of the first that is wrong."""
    people, problems = look_through(table, questions, language=language, is_mailed=is_mailed)
    for problem in problems:
        raise table.refusal(problem.reason, line=problem.line, column=problem.column)
    return people


def look_through(
    table: Table, questions: Sequence[Question], *, language: str, is_mailed: bool
) -> tuple[list[ListedPerson], list[Problem]]:
    """The rows that can be taken, and everything that is wrong with the others: the rows first, then who is there
    twice. Raises FileRefused where the headings make no sense."""
    asked = {f"q_{question.key}": question for question in questions if not question.is_section}
    _refuse_unknown_columns(table, asked)
    people: list[ListedPerson] = []
    problems: list[Problem] = []
    for row in table.rows:
        reader = _RowReader(table, row, asked)
        person = reader.person(language=language, is_mailed=is_mailed)
        problems += reader.problems
        if person is not None:
            people.append(person)
    doubles = _doubles(people)
    twice = {problem.line for problem in doubles}
    return [person for person in people if person.line not in twice], [*problems, *doubles]


def _refuse_unknown_columns(table: Table, asked: Mapping[str, Question]) -> None:
    for column in table.columns:
        if column not in {*PERSON, *STANDING, *asked}:
            known = ", ".join([*PERSON, *STANDING, *asked])
            raise table.refusal(_("this column is not known; known are %(known)s", known=known), line=1, column=column)
    if "first_name" not in table.columns:
        raise table.refusal(_("the column “first_name” is missing"), line=1)


class _RowReader:
    """Understands one row, and notes all that is wrong with it."""

    def __init__(self, table: Table, row: Row, asked: Mapping[str, Question]) -> None:
        self.table, self.row, self.asked = table, row, asked
        self.problems: list[Problem] = []

    def person(self, *, language: str, is_mailed: bool) -> ListedPerson | None:
        values = {column: clean_line(self.row.text(column)) for column in PERSON}
        self._check(values)
        answers = self._answers()
        email, registered_at = self._address(values["email"]), self._instant("registered_at")
        if self.problems:
            return None
        entry = NewEntry(
            first_name=values["first_name"],
            last_name=values["last_name"],
            organisation=values["organisation"],
            sector=values["sector"],
            country=values["country"].upper(),
            email=email,
            mode=Mode(values["mode"] or Mode.ONSITE),
            type=RegistrationType(values["type"] or RegistrationType.PARTICIPANT),
            language=language,
            answers=answers,
            is_mailed=is_mailed,
            registered_at=registered_at,
        )
        return ListedPerson(self.row.line, entry, State(self.row.text("state").strip() or State.CONFIRMED))

    def _note(self, column: str, reason: Any) -> None:
        self.problems.append(Problem(self.row.line, column, str(reason)))

    def _check(self, values: Mapping[str, str]) -> None:
        if not values["first_name"]:
            self._note("first_name", _("a person needs a name"))
        for column, most in _MOST.items():
            if len(values[column]) > most:
                self._note(column, _("at most %(most)d characters fit here", most=most))
        for column, known in _ALLOWED.items():
            value = self.row.text(column).strip()
            if value and value not in known:
                words = ", ".join(sorted(known))
                self._note(column, _("“%(value)s” is not known; known are %(known)s", value=value, known=words))
        country = values["country"]
        if country and country.upper() not in _codes():
            self._note("country", _("“%(value)s” is no ISO 3166 code of a country, such as BE", value=country))

    def _answers(self) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for column, question in self.asked.items():
            try:
                answer = read_answer(question, self.row.text(column)) if column in self.table.columns else None
            except Refusal as refusal:
                self._note(column, refusal)
                continue
            if answer is not None:
                found[question.id] = answer
        return found

    def _address(self, email: str) -> str | None:
        if not email:
            return None
        try:
            return normal_address(email)
        except Refusal as refusal:
            self._note("email", refusal)
            return None

    def _instant(self, column: str) -> datetime | None:
        text = as_text(self.row.values.get(column)).strip()
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
            refuse_unless_in_reach(found)
        except Refusal as refusal:
            self._note(column, refusal)
            return None
        except ValueError:
            self._note(column, _("“%(value)s” is no instant such as 2026-12-03T09:00:00Z", value=text))
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)


_ALLOWED: dict[str, frozenset[str]] = {
    "mode": frozenset(map(str, Mode)),
    "type": frozenset(map(str, RegistrationType)),
    "sector": frozenset(map(str, Sector)),
    "state": frozenset(map(str, State)),
}


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(code for code, _name in countries())


def _doubles(people: Sequence[ListedPerson]) -> list[Problem]:
    """The same address twice in one file cannot both be meant; ended registrations may repeat."""
    first: dict[str, int] = {}
    found = []
    for person in people:
        if person.entry.email is None or person.state in (State.CANCELLED, State.DECLINED):
            continue
        line = first.setdefault(address_key(person.entry.email), person.line)
        if line != person.line:
            found.append(Problem(person.line, "email", _("this address is in line %(line)d already", line=line)))
    return found


def said_counts(counts: Counter[str]) -> str:
    """What an import did, in one line."""
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items())) or "nothing"
