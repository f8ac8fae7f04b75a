"""The talks of a session in a table: a row each, or a line each in one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_babel import gettext as _

from eventsys.agenda.models import AgendaSession, SessionKind, Talk
from eventsys.agenda.rules import refuse_unless_key
from eventsys.exchange.agenda_table.cells import length_in
from eventsys.exchange.agenda_table.keys import Drawn, free_key
from eventsys.exchange.agenda_table.people import Register
from eventsys.exchange.document import RolePart, TalkPart, Values
from eventsys.kernel.errors import Refusal
from eventsys.kernel.tables import Cell, Row, Table, as_text
from eventsys.kernel.text import clean_line, clean_prose, search_key, slugified

# The kind of a row that is one talk.
TALK = ("talk", "presentation", "contribution", "vortrag", "expose")


class Talks:
    """Collects the talks of one session; a talk of the same title keeps its key, so that its slides stay with it."""

    def __init__(
        self, table: Table, headings: dict[str, str], people: Register, one: Drawn, known: Sequence[AgendaSession]
    ) -> None:
        self._table, self._headings, self._people = table, headings, people
        self._known = _talks_of(one, known)
        self._parts: list[TalkPart] = []

    def with_row(self, row: Row) -> tuple[TalkPart, ...]:
        """The talks so far and the one of this row."""
        title = clean_line(row.text(self._headings["title"]))
        if not title:
            raise self._table.refusal(_("this row has no title"), line=row.line, column=self._headings["title"])
        values: Values = {"project": clean_line(self._text(row, "project"))[:500]}
        if "duration" in self._headings:
            values["minutes"] = self._minutes(row, "duration", row.values.get(self._headings["duration"]))
        if "abstract" in self._headings:
            values["abstract"] = clean_prose(self._text(row, "abstract"))
        people = self._roles(row, "people", self._text(row, "people"))
        return self._with(row, title, values, people, clean_line(self._text(row, "key")))

    def with_cell(self, row: Row) -> tuple[TalkPart, ...]:
        """The talks that the column `talks` lists: `Title | minutes | project | people`, one a line."""
        for line in clean_prose(self._text(row, "talks")).splitlines():
            pieces = [clean_line(piece.replace("\\|", "|")) for piece in re.split(r"(?<!\\)\|", line)]
            title, minutes, project, people = (*pieces, "", "", "", "")[:4]
            if title:
                values = {"minutes": self._minutes(row, "talks", minutes), "project": project[:500]}
                self._with(row, title, values, self._roles(row, "talks", people), "")
        return tuple(self._parts)

    def _with(
        self, row: Row, title: str, values: Values, people: tuple[RolePart, ...], key: str
    ) -> tuple[TalkPart, ...]:
        taken = {part.key for part in self._parts}
        if key:
            self._refuse_unless_free(row, key, taken)
        known = self._known.get(key) or self._known.get(search_key(title) or title)
        if known is not None and known.key in taken:
            known = None
        kept = {name: getattr(known, name) for name in ("abstract", "minutes")} if known else {}
        found = key or (known.key if known else free_key(slugified(title, most=60) or "talk", taken))
        self._parts.append(TalkPart(found, {"title": title[:500]} | kept | values, people))
        return tuple(self._parts)

    def _refuse_unless_free(self, row: Row, key: str, taken: set[str]) -> None:
        try:
            refuse_unless_key(key)
        except Refusal as refusal:
            raise self._table.refusal(str(refusal), line=row.line, column=self._headings["key"]) from refusal
        if key in taken:
            reason = _("the key “%(key)s” is there twice", key=key)
            raise self._table.refusal(reason, line=row.line, column=self._headings["key"])

    def _text(self, row: Row, name: str) -> str:
        return row.text(self._headings[name]) if name in self._headings else ""

    def _minutes(self, row: Row, name: str, cell: Cell) -> int | None:
        if as_text(cell) == "":
            return None
        try:
            return max(1, int(length_in(cell).total_seconds() // 60))
        except ValueError as error:
            reason = _("“%(text)s” is no number of minutes", text=as_text(cell)[:40])
            raise self._table.refusal(reason, line=row.line, column=self._headings[name]) from error

    def _roles(self, row: Row, name: str, text: str) -> tuple[RolePart, ...]:
        try:
            return self._people.roles_in(text, SessionKind.TALKS)
        except ValueError as error:
            raise self._table.refusal(str(error), line=row.line, column=self._headings.get(name)) from error


def _talks_of(one: Drawn, known: Sequence[AgendaSession]) -> dict[str, Talk]:
    """The talks that the session has now, by key and by title."""
    title = search_key(one.part.values["title"])
    entry = next((entry for entry in known if entry.key == one.key), None)
    entry = entry or next((entry for entry in known if not one.key and search_key(entry.title) == title), None)
    talks = entry.talks if entry else []
    return {search_key(talk.title) or talk.title: talk for talk in talks} | {talk.key: talk for talk in talks}
