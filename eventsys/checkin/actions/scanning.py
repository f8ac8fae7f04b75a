"""Recording scans: each is judged once, keeps its answer, and may put right what an earlier told one was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from eventsys.checkin import rules
from eventsys.checkin.actions.answering import answer
from eventsys.checkin.actions.desk_watching import note_arrivals, with_watches
from eventsys.checkin.actions.filling import stop_when_full
from eventsys.checkin.actions.keeping import keep_scans
from eventsys.checkin.actions.settling import (
    Day,
    DayKey,
    day_key,
    days_of,
    is_entry,
    settle,
    truths_of,
)
from eventsys.checkin.models import Device, Outcome
from eventsys.checkin.queries import corrections, gate
from eventsys.checkin.queries.gate import Desk, Person
from eventsys.checkin.rules import Entry, Passage
from eventsys.checkin.wording import Words
from eventsys.kernel import tokens

_device = cast(Table, Device.__table__)

# Every scan of a device would else update one row: an organiser wants the minute, not the millisecond.
_SEEN_EVERY = timedelta(minutes=1)

# New scans stand behind all stored ones of the same instant until they have a row.
_NOT_YET_STORED = 2**62

_SEEN = update(_device).where(_device.c.id == bindparam("device")).values(last_seen_at=bindparam("seen"))


@dataclass(frozen=True, slots=True)
class Call:
    """What one device sends at once."""

    desk: Desk
    entries: Sequence[Entry]


@dataclass(slots=True)
class Reading:
    """One new scan: where it was made, whom it is of, and what refuses it. `day` is set where nothing does."""

    desk: Desk
    entry: Entry
    person: Person | None
    refusal: Outcome | None
    day: DayKey | None
    passage: Passage


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one call is told: an answer for each scan in the order given, and what is true since of those whose answer
    was stored before and holds no longer (in the shape of `queries.corrections`)."""

    answers: list[dict[str, Any]]
    corrections: list[dict[str, Any]]


def record_scans(session: Session, desk: Desk, entries: Sequence[Entry], *, now: datetime) -> list[dict[str, Any]]:
    """The answers of `take_scans` alone."""
    return take_scans(session, desk, entries, now=now).answers


def take_scans(session: Session, desk: Desk, entries: Sequence[Entry], *, now: datetime) -> Recorded:
    """Judge and keep what one device sends, as `take_calls` does."""
    return take_calls(session, [Call(desk, entries)], now=now)[0]


def take_calls(session: Session, calls: Sequence[Call], *, now: datetime) -> list[Recorded]:
    """Judge and keep up to some hundred scans of devices of one event, in any order; what each call is told, in theirs.

    A scan whose id is known gets the answer it got before, also when two requests bring it at once. Of one person the
    earlier instant counts: who was told otherwise before is told anew by `snapshot`, and here where they ask again.
    """
    _note_contacts(session, calls, now)
    # What is the same for all devices of the event is asked of the first.
    house = calls[0].desk
    calls = _coded(session, house, calls)
    made = {entry.id: (entry, call.desk) for call in reversed(calls) for entry in reversed(call.entries)}
    ordered = sorted(made.values(), key=lambda scan: (scan[0].at, scan[0].id))
    people = gate.people_by_code(session, house, [_folded(entry.code) for entry, _desk in ordered])
    people = with_watches(session, house, people)
    ids = [entry.id for entry, _desk in ordered]
    # A single scan needs no look: if its id is taken, the insert below says so.
    stored = gate.stored_scans(session, house.event_id, ids) if len(ids) > 1 else {}
    new = [scan for scan in ordered if scan[0].id not in stored]
    readings = [_read(desk, entry, people, order) for order, (entry, desk) in enumerate(new, start=_NOT_YET_STORED)]
    days = days_of(session, house, [reading.day for reading in readings if reading.day])
    readings = stop_when_full(session, house, readings, days)
    told = _tell(house, readings, days)
    kept = _keep(session, readings, told, now)
    settle(session, house, _as_kept(days, readings, kept, told), now=now)
    note_arrivals(session, house, _arrived(readings, kept, told), now=now)
    stored |= gate.stored_scans(session, house.event_id, [entry.id for entry, _desk in new if entry.id not in kept])
    answers = {scan_id: told[scan_id] for scan_id in kept} | {scan_id: scan.answer for scan_id, scan in stored.items()}
    return [_recorded(call, answers, stored) for call in calls]


def _recorded(call: Call, answers: dict[str, dict[str, Any]], stored: dict[str, Any]) -> Recorded:
    known = {entry.id: stored[entry.id] for entry in call.entries if entry.id in stored}
    return Recorded([answers[entry.id] for entry in call.entries], corrections.of_stored(call.desk, known.values()))


def _arrived(
    readings: Sequence[Reading], kept: dict[str, int], told: dict[str, dict[str, Any]]
) -> list[tuple[int, str]]:
    """Whom the new scans were of, and what each was answered."""
    return [
        (reading.person.holder.registration_id, told[reading.entry.id]["outcome"])
        for reading in readings
        if reading.person is not None and reading.entry.id in kept
    ]


def _note_contacts(session: Session, calls: Sequence[Call], now: datetime) -> None:
    due = {
        call.desk.device_id
        for call in calls
        if call.desk.last_seen_at is None or now - call.desk.last_seen_at >= _SEEN_EVERY
    }
    if due:
        # In one order for all, so that no two calls hold each other up.
        session.connection().execute(_SEEN, [{"device": device, "seen": now} for device in sorted(due)])


def _coded(session: Session, house: Desk, calls: Sequence[Call]) -> Sequence[Call]:
    """The same scans, those of people who were found by name with the code of their ticket."""
    numbers = {entry.registration_id for call in calls for entry in call.entries}
    named = {number for number in numbers if number is not None}
    if not named:
        return calls
    codes = gate.codes_of(session, house, named)
    return [replace(call, entries=[_with_code(entry, codes) for entry in call.entries]) for call in calls]


def _with_code(entry: Entry, codes: dict[int, str]) -> Entry:
    return entry if entry.registration_id is None else replace(entry, code=codes.get(entry.registration_id, ""))


def _folded(code: str) -> str:
    """A code as it was issued, whether it was scanned or typed in any case and with any hyphens."""
    # A camera reads other people's QR codes too, up to some thousand characters.
    return tokens.as_typed(code[:60])


def _read(desk: Desk, entry: Entry, people: dict[str, Person], order: int) -> Reading:
    person = people.get(_folded(entry.code))
    holder = person.holder if person else None
    today = rules.local_day(entry.at, desk.zone).isoformat()
    refusal = rules.judge(entry, holder, desk.place(entry.point), event_id=desk.event_id, day=today)
    if refusal is None and entry.told == Outcome.FULL:
        # The desk without network sent them away from a full room; nobody let them in since.
        refusal = Outcome.FULL
    day = None
    if holder is not None and refusal is None:
        day = day_key(desk, holder.registration_id, entry.point, entry.at)
    passage = Passage(scan_id=entry.id, at=entry.at, order=order, direction=entry.direction, device=desk.device_name)
    return Reading(desk, entry, person, refusal, day, passage)


def _tell(house: Desk, readings: Sequence[Reading], days: dict[DayKey, Day]) -> dict[str, dict[str, Any]]:
    """The answer of each new scan, by its id."""
    for reading in readings:
        if reading.day:
            days[reading.day].passages.setdefault(reading.entry.id, reading.passage)
    truths = {passage.scan_id: passage for key, day in days.items() for passage in truths_of(house, key, day)[0]}
    words = Words(house.zone)
    told = {}
    for reading in readings:
        truth = truths[reading.entry.id] if reading.day else reading.passage
        told[reading.entry.id] = answer(reading.desk, reading.entry, reading.person, reading.refusal, truth, words)
    return told


def _keep(
    session: Session, readings: Sequence[Reading], told: dict[str, dict[str, Any]], now: datetime
) -> dict[str, int]:
    """Store the scans whose id is still free; returns their rows by scan id."""
    if not readings:
        return {}
    rows = [_scan_row(reading, told[reading.entry.id], now) for reading in readings]
    return keep_scans(session.connection(), rows)


def _scan_row(reading: Reading, answer: dict[str, Any], now: datetime) -> dict[str, Any]:
    desk, entry, person = reading.desk, reading.entry, reading.person
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
        "told": entry.told,
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
