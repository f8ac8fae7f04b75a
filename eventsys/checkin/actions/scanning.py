"""Recording scans: each is judged once, keeps its answer, and may put right what an earlier told one was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.checkin import rules, wording
from eventsys.checkin.actions.settling import Day, DayKey, days_of, is_entry, said_admittance, settle, truths_of
from eventsys.checkin.models import Device, Outcome, Scan
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk, Person
from eventsys.checkin.rules import Entry, Passage
from eventsys.community.rules import sector_label
from eventsys.kernel import tokens

_scan = cast(Table, Scan.__table__)
_device = cast(Table, Device.__table__)

# Every scan of a device would else update one row: an organiser wants the minute, not the millisecond.
_SEEN_EVERY = timedelta(minutes=1)

# New scans stand behind all stored ones of the same instant until they have a row.
_NOT_YET_STORED = 2**62

_KEEP = {
    name: dialect.insert(_scan)
    .on_conflict_do_nothing(index_elements=["event_id", "scan_id"])
    .returning(_scan.c.id, _scan.c.scan_id)
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}
_SEEN = update(_device).where(_device.c.id == bindparam("device")).values(last_seen_at=bindparam("seen"))


@dataclass(frozen=True, slots=True)
class Reading:
    """One new scan: whom it is of, and what refuses it. `day` is set where nothing does."""

    entry: Entry
    person: Person | None
    refusal: Outcome | None
    day: DayKey | None
    passage: Passage


def record_scans(session: Session, desk: Desk, entries: Sequence[Entry], *, now: datetime) -> list[dict[str, Any]]:
    """Judge and keep up to some hundred scans in any order; returns the answer of each, in the order given.

    A scan whose id is known gets the answer it got before, also when two requests bring it at once. Of one person the
    earlier instant counts: who was told otherwise before is told anew by `snapshot`.
    """
    _note_contact(session, desk, now)
    ordered = sorted({entry.id: entry for entry in reversed(entries)}.values(), key=lambda entry: (entry.at, entry.id))
    people = gate.people_by_code(session, desk.event_id, [_folded(entry.code) for entry in ordered])
    ids = [entry.id for entry in ordered]
    # A single scan needs no look: if its id is taken, the insert below says so.
    answers = gate.stored_answers(session, desk.event_id, ids) if len(ids) > 1 else {}
    new = [entry for entry in ordered if entry.id not in answers]
    readings = [_read(desk, entry, people, order) for order, entry in enumerate(new, start=_NOT_YET_STORED)]
    days = days_of(session, desk, [reading.day for reading in readings if reading.day])
    told = _tell(desk, readings, days)
    kept = _keep(session, desk, readings, told, now)
    settle(session, desk, _as_kept(days, readings, kept, told), now=now)
    answers |= {scan_id: told[scan_id] for scan_id in kept}
    answers |= gate.stored_answers(session, desk.event_id, [scan_id for scan_id in ids if scan_id not in answers])
    return [answers[entry.id] for entry in entries]


def _note_contact(session: Session, desk: Desk, now: datetime) -> None:
    if desk.last_seen_at is None or now - desk.last_seen_at >= _SEEN_EVERY:
        session.connection().execute(_SEEN, {"device": desk.device_id, "seen": now})


def _folded(code: str) -> str:
    """A code as it was issued, whether it was scanned or typed in any case and with any hyphens."""
    # A camera reads other people's QR codes too, up to some thousand characters.
    return tokens.as_typed(code[:60])


def _read(desk: Desk, entry: Entry, people: dict[str, Person], order: int) -> Reading:
    person = people.get(_folded(entry.code))
    holder = person.holder if person else None
    refusal = rules.judge(entry, holder, desk.place(entry.point), event_id=desk.event_id)
    day = None
    if holder is not None and refusal is None:
        day = DayKey(holder.registration_id, entry.point, rules.local_day(entry.at, desk.zone))
    passage = Passage(scan_id=entry.id, at=entry.at, order=order, direction=entry.direction, device=desk.device_name)
    return Reading(entry, person, refusal, day, passage)


def _tell(desk: Desk, readings: Sequence[Reading], days: dict[DayKey, Day]) -> dict[str, dict[str, Any]]:
    """The answer of each new scan, by its id."""
    for reading in readings:
        if reading.day:
            days[reading.day].passages.setdefault(reading.entry.id, reading.passage)
    truths = {passage.scan_id: passage for key, day in days.items() for passage in truths_of(desk, key, day)[0]}
    return {
        reading.entry.id: _answer(desk, reading, truths[reading.entry.id] if reading.day else reading.passage)
        for reading in readings
    }


def _answer(desk: Desk, reading: Reading, truth: Passage) -> dict[str, Any]:
    entry, person = reading.entry, reading.person
    outcome = reading.refusal or truth.outcome
    message = wording.sentence(
        outcome,
        zone=desk.zone,
        first=truth.first,
        place=desk.places.get(entry.point),
        point=entry.point,
        state=person.holder.state if person else "",
        at=entry.at,
    )
    return {
        "id": entry.id,
        "outcome": str(outcome),
        "message": message,
        "attendee": attendee(person) if person and person.holder.event_id == desk.event_id else None,
        "first": said_admittance(truth.first),
    }


def attendee(person: Person) -> dict[str, Any]:
    """Whom the screen shows: names as people write them, keys for programs and labels for people."""
    return {
        "name": person.name,
        "organisation": person.organisation,
        "sector": person.sector,
        "sector_label": sector_label(person.sector),
        "mode": person.holder.mode,
        "type": person.type,
        "type_label": wording.type_label(person.type),
        "notes": gate.lines_of(person.notes),
    }


def _keep(
    session: Session, desk: Desk, readings: Sequence[Reading], told: dict[str, dict[str, Any]], now: datetime
) -> dict[str, int]:
    """Store the scans whose id is still free; returns their rows by scan id."""
    if not readings:
        return {}
    rows = [_scan_row(desk, reading, told[reading.entry.id], now) for reading in readings]
    connection = session.connection()
    return {row.scan_id: row.id for row in connection.execute(_KEEP[connection.dialect.name], rows)}


def _scan_row(desk: Desk, reading: Reading, answer: dict[str, Any], now: datetime) -> dict[str, Any]:
    entry, person = reading.entry, reading.person
    is_ours = person is not None and person.holder.event_id == desk.event_id
    return {
        "event_id": desk.event_id,
        "scan_id": entry.id,
        "device_id": desk.device_id,
        "point_key": entry.point,
        "registration_id": person.holder.registration_id if person and is_ours else None,
        "direction": entry.direction,
        "is_offline": entry.is_offline,
        "at": entry.at,
        "received_at": now,
        "outcome": answer["outcome"],
        "answer": answer,
        "undone_reason": "",
        "undone_by": "",
    }


def _as_kept(
    days: dict[DayKey, Day], readings: Sequence[Reading], kept: dict[str, int], told: dict[str, dict[str, Any]]
) -> dict[DayKey, Day]:
    """The days with the new scans at the rows they got, without those that another request stored first."""
    for reading in readings:
        if reading.day is None:
            continue
        day, scan_id = days[reading.day], reading.entry.id
        if scan_id in kept:
            day.passages[scan_id] = rules.numbered(reading.passage, kept[scan_id])
            day.answers[scan_id] = told[scan_id]
            day.has_moved = day.has_moved or is_entry(told[scan_id]["outcome"])
        elif day.passages[scan_id] is reading.passage:
            del day.passages[scan_id]
    return {key: day for key, day in days.items() if day.passages}
