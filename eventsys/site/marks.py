"""What an agenda says of rooms and sessions besides the programme: what is streamed, what can be read or seen again."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import reading
from eventsys.materials.models import MaterialKind
from eventsys.materials.queries import kinds_by_session
from eventsys.streams.queries import streamed_places


@dataclass(frozen=True)
class Mark:
    """One word about a session, with its sign."""

    icon: str
    words: str


@dataclass(frozen=True)
class Marks:
    """The rooms that are streamed, and what each session says of itself, by id."""

    rooms: frozenset[int]
    sessions: dict[int, list[Mark]]

    def under(self, room_id: int) -> str:
        """`Live stream` or `On site only` for the head of a room; nothing where no room is streamed."""
        if not self.rooms:
            return ""
        return str(_("Live stream") if room_id in self.rooms else _("On site only"))


def marks_of(event: Event) -> Marks:
    """For templates/agenda/agenda.html, whose domain stands below streams and materials. The same for every reader."""
    session = reading()
    rooms, entries = streamed_places(session, event.id)
    if event.ends_at <= clock.now():
        rooms, entries = set(), set()
    marks = {number: [Mark("radio", str(_("Live stream")))] for number in entries}
    for number, kinds in kinds_by_session(session, event.id).items():
        marks.setdefault(number, []).extend(_marks_of_kinds(kinds))
    return Marks(frozenset(rooms), marks)


def _marks_of_kinds(kinds: set[str]) -> list[Mark]:
    found = []
    if MaterialKind.RECORDING in kinds:
        found.append(Mark("circle-play", str(_("Recording"))))
    if MaterialKind.SLIDES in kinds:
        found.append(Mark("presentation", str(_("Slides"))))
    if kinds - {MaterialKind.RECORDING, MaterialKind.SLIDES}:
        found.append(Mark("file-text", str(_("Documents"))))
    return found
