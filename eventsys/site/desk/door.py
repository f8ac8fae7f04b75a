"""The door as the desk shows it: who came and when, who could not be let in and why, the latest scans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from eventsys.checkin import rules
from eventsys.checkin.models import Outcome
from eventsys.checkin.queries import doors, figures
from eventsys.checkin.wording import OUTCOME_LABELS
from eventsys.events.models import Event
from eventsys.kernel.locale import say_day, say_time

_LATELY = timedelta(minutes=10)
_LATEST = 8
_PASSED = (Outcome.ADMITTED, Outcome.LEFT)


@dataclass(frozen=True)
class Day:
    """One day at the entrance. `curve` begins and ends on even steps of ten minutes; `refused` names each reason."""

    words: str
    came: int
    inside: int
    expected: int
    lately: int
    curve: list[tuple[str, int]]
    refused: list[tuple[str, int]]
    scans: list[dict[str, Any]]

    @property
    def refused_count(self) -> int:
        return sum(number for _reason, number in self.refused)

    @property
    def refused_words(self) -> str:
        return ", ".join(f"{number} × {reason}" for reason, number in self.refused)

    @property
    def inside_words(self) -> str:
        """`of 180 expected · 9 in the last ten minutes`."""
        expected = _("of %(expected)s expected", expected=self.expected)
        lately = ngettext("%(num)s in the last ten minutes", "%(num)s in the last ten minutes", self.lately)
        return f"{expected} · {lately}" if self.lately else str(expected)


def today(session: Session, event: Event, now: datetime) -> Day:
    """The day that the door shows: today during the event, its last day after."""
    day = rules.door_day(now, starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone)
    counts = figures.counts(session, event.id, points=[], day=day)
    curve = figures.arrivals(session, event.id, day=day, zone=event.zone)
    refused = figures.refused(session, event.id, day=day, zone=event.zone)
    return Day(
        words=say_day(day),
        came=counts["came"],
        inside=counts["in"],
        expected=counts["expected"],
        lately=figures.came_since(session, event.id, now - _LATELY),
        curve=[(say_time(instant, event.zone), number) for instant, number in curve],
        refused=[(str(OUTCOME_LABELS[Outcome(outcome)]), number) for outcome, number in refused],
        scans=[_line(line, event) for line in doors.latest_scans(session, event.id, most=_LATEST)],
    )


def _line(line: doors.ScanLine, event: Event) -> dict[str, Any]:
    outcome = Outcome(line.outcome)
    is_undone = line.scan.undone_at is not None
    return {
        "time": say_time(line.scan.at, event.zone),
        "name": line.name or _("Nobody known"),
        "device": line.device,
        "words": _("undone") if is_undone else str(OUTCOME_LABELS[outcome]),
        "kind": "idle" if is_undone else _kind(outcome),
    }


def _kind(outcome: Outcome) -> str:
    if outcome in _PASSED:
        return "good"
    return "warn" if outcome == Outcome.ALREADY_IN else "bad"


def attendance(session: Session, event: Event) -> list[tuple[str, int]]:
    """How many came to the entrance on each day of the event."""
    return [(say_day(day), number) for day, number in figures.came_by_day(session, event.id, zone=event.zone)]
