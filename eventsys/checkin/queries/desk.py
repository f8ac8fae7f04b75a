"""What a desk reads to help somebody: one person whole, the people who were refused, whose arrival is waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from eventsys.accounts.models import User
from eventsys.checkin import rules
from eventsys.checkin.errors import ScanUnknown
from eventsys.checkin.models import Admission, ArrivalWatch, BadgePrint, Device, Scan
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.queries.verdicts import Verdict, verdict
from eventsys.checkin.rules import Holder, Place
from eventsys.kernel.facts import Fact
from eventsys.registration.models import Mode, PoolKind, Registration, SeatPool, Ticket
from eventsys.registration.queries import registration_of_event, seats

HELPED, CLOSED = "registration.helped", "checkin.exception_closed"

# A desk looks back as far as a long evening.
LOOKS_BACK = timedelta(hours=12)
MOST_LISTED = 100


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Everything that a desk sees of one person. `printed_at` is when a badge of theirs was last printed, `left` how
    many seats are free on site (None: any number)."""

    registration: Registration
    tickets: Sequence[Ticket]
    admission: Admission | None
    companions: Sequence[Registration]
    accompanied: Registration | None
    watch: ArrivalWatch | None
    printed_at: datetime | None
    verdict: Verdict
    left: int | None

    @property
    def ticket(self) -> Ticket | None:
        """The one that opens the door now."""
        return next((ticket for ticket in self.tickets if ticket.replaced_at is None), None)


def sheet_of(session: Session, desk: Desk, number: int, *, point: str, now: datetime) -> Sheet:
    """One person of this event; raises RegistrationUnknown for anybody else's."""
    registration = registration_of_event(session, desk.event_id, number)
    place = desk.places.get(point)
    day = rules.book_day(place, now, zone=desk.zone) if place else desk.day(now)
    came = (Admission.registration_id == number, Admission.point_key == point, Admission.day == day)
    living = (Registration.accompanies_id == number, Registration.event_id == desk.event_id)
    of = registration.accompanies_id
    return Sheet(
        registration=registration,
        tickets=session.scalars(select(Ticket).where(Ticket.registration_id == number).order_by(Ticket.id)).all(),
        admission=session.scalar(select(Admission).where(*came)),
        companions=session.scalars(select(Registration).where(*living).order_by(Registration.id)).all(),
        accompanied=session.get(Registration, of) if of else None,
        watch=watch_of(session, number),
        printed_at=session.scalar(select(func.max(BadgePrint.printed_at)).where(BadgePrint.registration_id == number)),
        verdict=_verdict(session, desk, registration, place, now),
        left=seats(session, desk.event_id)[Mode.ONSITE].left,
    )


def _verdict(session: Session, desk: Desk, person: Registration, place: Place | None, now: datetime) -> Verdict:
    days, sessions = gate.seats_of(session, [person.id]).get(person.id, (frozenset(), frozenset()))
    holder = Holder(
        registration_id=person.id, event_id=person.event_id, state=person.state, mode=person.mode, type=person.type,
        days=days, sessions=sessions,
    )  # fmt: skip
    return verdict(desk, holder, place, now=now)


def watch_of(session: Session, number: int) -> ArrivalWatch | None:
    """The watch on one person's arrival, with who asked."""
    query = select(ArrivalWatch).where(ArrivalWatch.registration_id == number)
    return session.scalar(query.options(joinedload(ArrivalWatch.user)))


def user_of(session: Session, desk: Desk) -> int | None:
    """The account that opened this desk, if one did."""
    return session.scalar(select(Device.user_id).where(Device.id == desk.device_id))


def days_offered(session: Session, event_id: int, mode: str) -> list[SeatPool]:
    """The days that people choose when they come this way, in order, each with its seats."""
    query = select(SeatPool).where(SeatPool.event_id == event_id, SeatPool.kind == PoolKind.DAY)
    return list(session.scalars(query.where(SeatPool.mode.in_(["", mode])).order_by(SeatPool.key)))


def find_scan(session: Session, event_id: int, scan_id: str) -> Scan:
    """One scan of this event by its id; raises ScanUnknown."""
    found = session.scalar(select(Scan).where(Scan.event_id == event_id, Scan.scan_id == scan_id))
    if found is None:
        raise ScanUnknown
    return found


@dataclass(frozen=True)
class Refused:
    """Somebody who was refused and has not been helped: the scan, whose it was, at which device."""

    scan: Scan
    person: Registration
    device: str

    @property
    def outcome(self) -> str:
        return self.scan.corrected_outcome or self.scan.outcome

    @property
    def message(self) -> str:
        answer: dict[str, Any] = self.scan.corrected_answer or self.scan.answer
        return str(answer["message"])


def exceptions_of(session: Session, event_id: int, *, now: datetime) -> list[Refused]:
    """Who was refused in the last hours and has neither passed there since nor been helped, the last refused first.

    One person at one point is one line. Codes that nobody has, and those of other events, are nobody to help.
    """
    outcome = func.coalesce(Scan.corrected_outcome, Scan.outcome)
    closed = select(Fact.subject_id).where(Fact.kind == CLOSED, Fact.event_id == event_id, Fact.subject_id.is_not(None))
    rows = session.execute(
        select(Scan, Registration, Device.name)
        .join(Registration, Registration.id == Scan.registration_id)
        .join(Device, Device.id == Scan.device_id)
        .where(Scan.event_id == event_id, Scan.received_at >= now - LOOKS_BACK, Scan.undone_at.is_(None))
        .where(outcome.not_in(sorted(rules.PASSED)), Registration.event_id == event_id, Scan.id.not_in(closed))
        .order_by(Scan.received_at.desc(), Scan.id.desc())
        .limit(MOST_LISTED)
    ).all()
    ids = sorted({row[1].id for row in rows})
    done = _passed_or_helped(session, event_id, ids, since=now - LOOKS_BACK)
    found: dict[tuple[int, str], Refused] = {}
    for scan, person, device in rows:
        where = person.id, scan.point_key
        if where not in found and done.get(where, scan.at) <= scan.at and done.get((person.id, ""), scan.at) <= scan.at:
            found[where] = Refused(scan, person, device)
    return list(found.values())


def _passed_or_helped(
    session: Session, event_id: int, ids: Sequence[int], *, since: datetime
) -> dict[tuple[int, str], datetime]:
    """When these people last passed, by point, or were helped to pass (at no point)."""
    passed = select(Admission.registration_id, Admission.point_key, func.max(Admission.last_at))
    rows = session.execute(
        passed.where(Admission.registration_id.in_(ids)).group_by(Admission.registration_id, Admission.point_key)
    )
    found = {(number, point): at for number, point, at in rows}
    helped = select(Fact.subject_id, func.max(Fact.at)).where(
        Fact.kind == HELPED, Fact.event_id == event_id, Fact.at >= since, Fact.subject_id.in_(ids)
    )
    is_solved = Fact.data["deed"].as_string() == "solved"
    solved = session.execute(helped.where(is_solved).group_by(Fact.subject_id))
    return found | {(number, ""): at for number, at in solved if number is not None}


@dataclass(frozen=True)
class Arrival:
    """A watch: of whom, why, who asked, and when they came (None: not yet)."""

    watch: ArrivalWatch
    person: Registration
    asked_by: str

    @property
    def arrived_at(self) -> datetime | None:
        return self.watch.arrived_at


def arrivals_of(session: Session, event_id: int) -> list[Arrival]:
    """All watches of an event: those who have not come first, by name, then who came, the last first."""
    rows = session.execute(
        select(ArrivalWatch, Registration, User.name)
        .join(Registration, Registration.id == ArrivalWatch.registration_id)
        .outerjoin(User, User.id == ArrivalWatch.user_id)
        .where(ArrivalWatch.event_id == event_id)
        .order_by(
            ArrivalWatch.arrived_at.is_not(None),
            ArrivalWatch.arrived_at.desc(),
            Registration.last_name,
            Registration.first_name,
            Registration.id,
        )
    )
    return [Arrival(watch, person, name or "") for watch, person, name in rows]


def walk_ins_of(session: Session, event_id: int, *, since: datetime) -> list[tuple[Registration, datetime]]:
    """Who was registered at a desk since an instant, the last first."""
    rows = session.execute(
        select(Registration, Fact.at)
        .join(Fact, (Fact.subject == "registration") & (Fact.subject_id == Registration.id))
        .where(Fact.kind == HELPED, Fact.event_id == event_id, Fact.at >= since, Registration.event_id == event_id)
        .where(Fact.data["deed"].as_string() == "walk_in")
        .order_by(Fact.id.desc())
    )
    return [(person, at) for person, at in rows]
