"""What an import did, or would do: counts, what changed, and what somebody should look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import ngettext


class Deed(StrEnum):
    """What happened to an entry."""

    ADDED = "added"
    UPDATED = "updated"
    WITHDRAWN = "withdrawn"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Change:
    """One session that was added, updated or withdrawn; `columns` are the names of what differs."""

    deed: Deed
    key: str
    title: str
    columns: tuple[str, ...] = ()


@dataclass
class Counts:
    """How many entries of one sort were added, updated, withdrawn (or removed) and left alone."""

    added: int = 0
    updated: int = 0
    withdrawn: int = 0
    unchanged: int = 0

    def count(self, deed: Deed) -> None:
        setattr(self, deed, getattr(self, deed) + 1)

    @property
    def changed(self) -> int:
        return self.added + self.updated + self.withdrawn

    def __str__(self) -> str:
        return str(
            _(
                "%(added)d added, %(updated)d updated, %(withdrawn)d withdrawn, %(unchanged)d unchanged",
                added=self.added,
                updated=self.updated,
                withdrawn=self.withdrawn,
                unchanged=self.unchanged,
            )
        )


@dataclass
class Summary:
    """The whole of it. `clashes` and `notes` are sentences; nothing in them was refused."""

    slug: str = ""
    title: str = ""
    status: str = ""
    is_new: bool = False
    is_event_changed: bool = False
    sessions: Counts = field(default_factory=Counts)
    rooms: Counts = field(default_factory=Counts)
    tracks: Counts = field(default_factory=Counts)
    people: Counts = field(default_factory=Counts)
    badges: Counts = field(default_factory=Counts)
    points: Counts = field(default_factory=Counts)
    changes: list[Change] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def has_changed(self) -> bool:
        parts = (self.sessions, self.rooms, self.tracks, self.people, self.badges, self.points)
        return self.is_new or self.is_event_changed or any(part.changed for part in parts)

    def lines(self, *, most: int = 40) -> list[str]:
        """What a command prints: the counts of sessions first."""
        told = [_("%(slug)s: sessions: %(counts)s", slug=self.slug, counts=self.sessions)]
        for name, counts in ((_("rooms"), self.rooms), (_("tracks"), self.tracks), (_("people"), self.people)):
            told.append(f"{name}: {counts}")
        if self.badges != Counts():
            told.append(_("badge designs: %(counts)s", counts=self.badges))
        if self.points != Counts():
            told.append(_("check-in points: %(counts)s", counts=self.points))
        told.append(self._event_line())
        told += self.notes
        if self.clashes:
            told.append(ngettext("%(num)d clash:", "%(num)d clashes:", len(self.clashes)))
            told += [f"- {clash}" for clash in self.clashes[:most]]
        if len(self.clashes) > most:
            told.append(_("- and %(number)d more", number=len(self.clashes) - most))
        return told

    def _event_line(self) -> str:
        if self.is_new:
            return str(_("the event is new: %(status)s", status=self.status))
        if self.is_event_changed:
            return str(_("the event itself was updated: %(status)s", status=self.status))
        return str(_("the event itself is unchanged: %(status)s", status=self.status))
