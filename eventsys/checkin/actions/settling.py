"""Making the books agree with all scans of a day: who is in, and who must be told something else than before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, delete, or_, update
from sqlalchemy.orm import Session

from eventsys.checkin import rules, wording
from eventsys.checkin.actions.keeping import keep_admissions
from eventsys.checkin.models import Admission, Outcome, Repeats, Scan
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import Admittance, Passage, Presence
from eventsys.kernel.clock import said_instant

_scan = cast(Table, Scan.__table__)
_admission = cast(Table, Admission.__table__)

_CORRECT = (
    update(_scan)
    .where(_scan.c.id == bindparam("row_id"))
    .values(
        corrected_outcome=bindparam("outcome_now"),
        corrected_answer=bindparam("answer_now"),
        corrected_at=bindparam("corrected"),
    )
)


@dataclass(frozen=True, slots=True)
class DayKey:
    """One person at one point on one local day: scans decide about one another inside it, and nowhere else."""

    registration_id: int
    point: str
    day: date


@dataclass(slots=True)
class Day:
    """The scans of a DayKey that passed and what each of their devices was told last, by scan id.

    `has_moved` tells whether somebody came or left since the books were written.
    """

    passages: dict[str, Passage]
    answers: dict[str, dict[str, Any]]
    has_moved: bool = False


def day_key(desk: Desk, registration_id: int, point: str, at: datetime) -> DayKey:
    """In which books a scan of this person is entered."""
    day = rules.book_day(desk.places.get(point), at, zone=desk.zone)
    return DayKey(registration_id, point, day)


def days_of(session: Session, desk: Desk, keys: Iterable[DayKey]) -> dict[DayKey, Day]:
    """These days with their stored scans, in one statement."""
    days = {key: Day({}, {}) for key in keys}
    if not days:
        return days
    spans = [rules.book_bounds(desk.places.get(key.point), key.day, desk.zone) for key in days]
    since, until = min(span[0] for span in spans), max(span[1] for span in spans)
    for stored in gate.passed_before(session, {key.registration_id for key in days}, since=since, until=until):
        key = day_key(desk, stored.registration_id, stored.point_key, stored.passage.at)
        if key in days:
            days[key].passages[stored.passage.scan_id] = stored.passage
            days[key].answers[stored.passage.scan_id] = stored.answer
    return days


def truths_of(desk: Desk, key: DayKey, day: Day) -> tuple[list[Passage], Presence]:
    """What each scan of the day is to be told, and how the person stands at its end."""
    place = desk.places.get(key.point)
    return rules.told(day.passages.values(), repeats=place.repeats if place else Repeats.DAILY)


def settle(session: Session, desk: Desk, days: dict[DayKey, Day], *, now: datetime) -> None:
    """Write who is in, and correct every scan that was told something else than what is true now."""
    corrections: list[dict[str, Any]] = []
    present: list[dict[str, Any]] = []
    nobody: list[DayKey] = []
    for key, day in days.items():
        truths, presence = truths_of(desk, key, day)
        wrong = _corrections(desk, key, day, truths, now)
        corrections += wrong
        if presence.first is None:
            nobody.append(key)
        elif wrong or day.has_moved:
            present.append(_admission_row(desk, key, presence, presence.first))
    connection = session.connection()
    if corrections:
        connection.execute(_CORRECT, corrections)
    if present:
        keep_admissions(connection, present)
    if nobody:
        connection.execute(delete(_admission).where(or_(*(_is_day(key) for key in nobody))))


def _is_day(key: DayKey) -> Any:
    columns = _admission.c
    return and_(columns.registration_id == key.registration_id, columns.point_key == key.point, columns.day == key.day)


def _corrections(desk: Desk, key: DayKey, day: Day, truths: list[Passage], now: datetime) -> list[dict[str, Any]]:
    found = []
    for truth in truths:
        answer, first = day.answers[truth.scan_id], said_admittance(truth.first)
        if answer["outcome"] != truth.outcome or answer["first"] != first:
            place = desk.places.get(key.point)
            message = wording.sentence(truth.outcome, zone=desk.zone, first=truth.first, place=place, at=truth.at)
            told = answer | {"outcome": str(truth.outcome), "message": message, "first": first}
            found.append({"row_id": truth.order, "outcome_now": truth.outcome, "answer_now": told, "corrected": now})
    return found


def _admission_row(desk: Desk, key: DayKey, presence: Presence, first: Passage) -> dict[str, Any]:
    return {
        "event_id": desk.event_id,
        "registration_id": key.registration_id,
        "point_key": key.point,
        "day": key.day,
        "first_at": first.at,
        "first_scan_id": first.order,
        "is_inside": presence.is_inside,
        "last_at": presence.last_at,
    }


def is_entry(outcome: str) -> bool:
    """Whether this outcome changes who is in."""
    return outcome in (Outcome.ADMITTED, Outcome.LEFT)


def said_admittance(first: Admittance | None) -> dict[str, str] | None:
    return {"at": said_instant(first.at), "device": first.device} if first else None
