"""The agenda as a table, read into the event that it belongs to: columns it lacks leave their values as they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import NoReturn

from flask_babel import gettext as _

from eventsys.agenda import rules
from eventsys.agenda.models import SessionKind, SessionStatus
from eventsys.events.rules import FIRST_YEAR, LAST_YEAR, instant_of, zone_named
from eventsys.exchange.agenda_table.cells import RANGE, day_in, length_in, time_in
from eventsys.exchange.agenda_table.columns import NAMES, column_called
from eventsys.exchange.agenda_table.keys import Drawn, Places, matched
from eventsys.exchange.agenda_table.people import Register
from eventsys.exchange.agenda_table.talks import TALK, Talks
from eventsys.exchange.document import Document, Part, SessionPart, Values
from eventsys.exchange.overrides import Overrides
from eventsys.exchange.queries import Whole
from eventsys.kernel.errors import Refusal
from eventsys.kernel.tables import Cell, Row, Table, as_text
from eventsys.kernel.text import clean_line, clean_prose, search_key

_TITLES = {"coffee": SessionKind.BREAK, "coffee break": SessionKind.BREAK, "break": SessionKind.BREAK,
           "lunch": SessionKind.MEAL, "lunch break": SessionKind.MEAL, "dinner": SessionKind.MEAL}  # fmt: skip


def document_of_table(table: Table, into: Whole, given: Overrides) -> Document:
    """The programme of an event as its table has it. Raises FileRefused, naming line and column."""
    reader = _Reader(table, into, given)
    return reader.document()


@dataclass
class _Reader:
    table: Table
    into: Whole
    given: Overrides
    headings: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        event = self.into.event
        self.zone = zone_named(self.given.timezone or event.timezone)
        self.first_day = event.starts_at.astimezone(self.zone).date()
        self.rooms, self.tracks = Places(self.into.rooms), Places(self.into.tracks)
        self.people = Register(list(self.into.people))
        self._take_headings()

    def _take_headings(self) -> None:
        for heading in filter(None, self.table.columns):
            name = column_called(heading)
            if name is None:
                self.notes.append(_("the column “%(column)s” is not known and was left out", column=heading))
            elif name in self.headings:
                reason = _(
                    "“%(first)s” and “%(second)s” are the same column", first=self.headings[name], second=heading
                )
                raise self.table.refusal(reason, line=1, column=heading)
            else:
                self.headings[name] = heading
        for name in ("day", "start", "title"):
            if name not in self.headings:
                reason = _(
                    "the column “%(column)s” is missing; known are: %(names)s", column=name, names=", ".join(NAMES)
                )
                raise self.table.refusal(reason, line=1)

    def document(self) -> Document:
        drawn = self._sessions()
        event = self.into.event
        values: Values = {
            "title": self.given.title or event.title,
            "timezone": self.zone.key,
            "starts_at": event.starts_at,
            "ends_at": event.ends_at,
        }
        known = {person.key: Part(person.key, {}) for person in self.people.known}
        return Document(
            slug=event.slug,
            values=values | ({"kind": self.given.kind} if self.given.kind else {}),
            rooms=self.rooms.parts(),
            tracks=self.tracks.parts(),
            people=[*known.values(), *self.people.added.values()],
            sessions=[one.part for one in matched(drawn, self.into.sessions)],
            notes=self.notes,
        )

    def _sessions(self) -> list[Drawn]:
        drawn: list[Drawn] = []
        day: date | None = None
        talks: Talks | None = None
        seen: dict[str, int] = {}
        for row in self.table.rows:
            if self._is_talk(row):
                if talks is None:
                    self._refuse(row, "kind", _("a talk needs the row of its session above it"))
                drawn[-1] = replace(drawn[-1], part=replace(drawn[-1].part, talks=talks.with_row(row)))
                continue
            day = self._day(row, day)
            one = self._session(row, day)
            if one.key and seen.setdefault(one.key, row.line) != row.line:
                reason = _("the key “%(key)s” is on line %(line)d already", key=one.key, line=seen[one.key])
                self._refuse(row, "key", reason)
            talks = Talks(self.table, self.headings, self.people, one, self.into.sessions)
            part = replace(one.part, talks=talks.with_cell(row)) if "talks" in self.headings else one.part
            drawn.append(replace(one, part=part))
        if not drawn:
            raise self.table.refusal(_("the table has no session"), line=1)
        return drawn

    def _refuse(self, row: Row, name: str, reason: str) -> NoReturn:
        raise self.table.refusal(reason, line=row.line, column=self.headings.get(name, name))

    def _cell(self, row: Row, name: str) -> Cell:
        return row.values.get(self.headings[name]) if name in self.headings else None

    def _text(self, row: Row, name: str, *, most: int = 500) -> str:
        text = clean_line(as_text(self._cell(row, name)))
        if len(text) > most:
            self._refuse(row, name, _("this is longer than %(most)d characters", most=most))
        return text

    def _is_talk(self, row: Row) -> bool:
        return search_key(self._text(row, "kind")) in TALK and not self._text(row, "start")

    def _day(self, row: Row, above: date | None) -> date:
        cell = self._cell(row, "day")
        if cell is None or as_text(cell) == "":
            if above is None:
                self._refuse(row, "day", _("the first session needs a day"))
            return above
        try:
            found = day_in(cell, self.first_day)
            if not FIRST_YEAR <= found.year <= LAST_YEAR:
                raise ValueError
        except (ValueError, OverflowError):
            reason = _("“%(text)s” is no day; write 2026-12-03 or 3/12/2026 (day first)", text=as_text(cell)[:40])
            self._refuse(row, "day", reason)
        return found

    def _session(self, row: Row, day: date) -> Drawn:
        title = self._text(row, "title")
        if not title:
            self._refuse(row, "title", _("this row has no title"))
        starts_at, ends_at = self._span(row, day)
        kind = self._kind(row, title)
        values: Values = {"title": title, "starts_at": starts_at, "ends_at": ends_at} | self._values(row, kind)
        part = SessionPart("", values)
        if "room" in self.headings:
            part = replace(part, room=self.rooms.key_of(self._text(row, "room")))
        if "track" in self.headings:
            part = replace(part, track=self.tracks.key_of(self._text(row, "track")))
        if "people" in self.headings:
            try:
                part = replace(part, people=self.people.roles_in(as_text(self._cell(row, "people")), kind))
            except ValueError as error:
                self._refuse(row, "people", str(error))
        return Drawn(self._key(row), part)

    def _key(self, row: Row) -> str:
        key = self._text(row, "key", most=200)
        if key:
            try:
                rules.refuse_unless_key(key)
            except Refusal as refusal:
                self._refuse(row, "key", str(refusal))
        return key

    def _span(self, row: Row, day: date) -> tuple[datetime, datetime]:
        start, end, length = (self._cell(row, name) for name in ("start", "end", "duration"))
        if isinstance(start, str) and as_text(end) == "" and len(RANGE.split(start.strip())) == 2:
            start, end = RANGE.split(start.strip())
        if as_text(start) == "":
            self._refuse(row, "start", _("a session needs a start (the row of a talk has the kind “talk”)"))
        begins = self._time(row, "start", start)
        if as_text(end) == "" and as_text(length) == "":
            self._refuse(row, "end", _("a session needs an end or a duration"))
        if as_text(end) == "":
            starts_at = self._instant(row, "start", day, begins)
            return starts_at, starts_at + self._length(row, length)
        ends = self._time(row, "end", end)
        if ends == begins:
            self._refuse(row, "end", _("the end must come after the start"))
        if ends < begins:
            ends += timedelta(days=1)
        return self._instant(row, "start", day, begins), self._instant(row, "end", day, ends)

    def _time(self, row: Row, name: str, cell: Cell) -> timedelta:
        try:
            return time_in(cell)
        except ValueError:
            self._refuse(row, name, _("“%(text)s” is no time; write 9:30, 09.30 or 9h30", text=as_text(cell)[:40]))

    def _length(self, row: Row, cell: Cell) -> timedelta:
        try:
            return length_in(cell)
        except ValueError:
            reason = _("“%(text)s” is no duration; write minutes (45) or 1:30", text=as_text(cell)[:40])
            self._refuse(row, "duration", reason)

    def _instant(self, row: Row, name: str, day: date, clock: timedelta) -> datetime:
        try:
            return instant_of(datetime.combine(day, datetime.min.time()) + clock, self.zone).astimezone(UTC)
        except Refusal as refusal:
            self._refuse(row, name, str(refusal))

    def _kind(self, row: Row, title: str) -> str:
        word = search_key(self._text(row, "kind"))
        if not word:
            return str(_TITLES.get(search_key(title), SessionKind.TALKS))
        if word in TALK:
            return str(SessionKind.TALKS)
        for kind in SessionKind:
            if word in (kind.value, search_key(str(rules.KIND_LABELS[kind]))):
                return str(kind)
        if word in _TITLES:
            return str(_TITLES[word])
        reason = _("“%(kind)s” is no kind; kinds are: %(names)s", kind=word[:40], names=", ".join(SessionKind))
        self._refuse(row, "kind", reason)

    def _values(self, row: Row, kind: str) -> Values:
        """The columns that the table has, of those that are plain."""
        values: Values = {"kind": kind} if "kind" in self.headings else {}
        if "subtitle" in self.headings:
            values["subtitle"] = self._text(row, "subtitle")
        if "abstract" in self.headings:
            values["abstract"] = clean_prose(as_text(self._cell(row, "abstract")))
        if "language" in self.headings:
            values["language"] = self._text(row, "language", most=35)
        if "status" in self.headings:
            values["status"] = self._status(row)
        if "seats" in self.headings:
            values["seats"] = self._seats(row)
        return values

    def _status(self, row: Row) -> str:
        word = search_key(self._text(row, "status")) or SessionStatus.CONFIRMED
        for status in SessionStatus:
            if word in (status.value, search_key(str(rules.STATUS_LABELS[status]))):
                return str(status)
        self._refuse(
            row,
            "status",
            _("“%(word)s” is no status; known are: %(names)s", word=word[:40], names=", ".join(SessionStatus)),
        )

    def _seats(self, row: Row) -> int | None:
        text = self._text(row, "seats")
        if text and not (text.isascii() and text.isdigit() and len(text) < 7):
            self._refuse(row, "seats", _("“%(text)s” is no number of seats", text=text[:40]))
        return int(text) if text else None
