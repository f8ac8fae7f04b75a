"""Self-service: somebody holds a code before a kiosk, sees whom it names, says that it is them, and is checked in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin import kiosk_wording, rules
from eventsys.checkin.actions.scanning import record_scans
from eventsys.checkin.models import Outcome
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk, Person
from eventsys.checkin.rules import Entry
from eventsys.kernel import tokens
from eventsys.registration.models import Registration

# A typed code has at most 8 characters; what the QR holds has 29 and cannot be guessed.
LONGEST_SHORT_CODE = 8


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a kiosk shows of one person: nothing where they are sent to the desk, and never more than these two."""

    message: str
    first_name: str = ""
    organisation: str = ""

    @property
    def is_welcome(self) -> bool:
        return bool(self.first_name)


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a check-in ended. `registration_id` is for the badge, and leaves the server in no answer."""

    outcome: str
    message: str
    registration_id: int | None

    @property
    def is_welcome(self) -> bool:
        return self.outcome in (Outcome.ADMITTED, Outcome.ALREADY_IN)


def is_short(code: str) -> bool:
    """Whether this is a code as people type it, which could be guessed by trying."""
    return len(folded(code)) <= LONGEST_SHORT_CODE


def folded(code: str) -> str:
    return tokens.as_typed(code[:60])


def greet(session: Session, desk: Desk, code: str, *, now: datetime) -> Greeting:
    """Whom the code names, if they may come in here and now; nothing is written."""
    person = gate.people_by_code(session, desk, [folded(code)]).get(folded(code))
    outcome = _refusal(desk, person, code, now)
    if person is None or outcome is not None:
        return Greeting(_said(desk, outcome or Outcome.UNKNOWN, now))
    first_name, last_name = session.execute(
        select(Registration.first_name, Registration.last_name).where(Registration.id == person.holder.registration_id)
    ).one()
    # Some have one name only, and it may stand in either field.
    return Greeting("", first_name=first_name or last_name, organisation=person.organisation)


def _refusal(desk: Desk, person: Person | None, code: str, now: datetime) -> Outcome | None:
    entry = Entry(id="", code=code, point=desk.home, direction="in", at=now)
    today = rules.local_day(now, desk.zone).isoformat()
    holder = person.holder if person else None
    return rules.judge(entry, holder, desk.place(desk.home), event_id=desk.event_id, day=today)


def arrive(session: Session, desk: Desk, code: str, *, scan_id: str, now: datetime) -> Arrival:
    """Check in whom the code names, at the kiosk's own point; the same `scan_id` again answers the same."""
    # Whom it names is asked first: recording waits for others who scan the same person, and so does this.
    person = gate.people_by_code(session, desk, [folded(code)]).get(folded(code))
    [told] = record_scans(
        session, desk, [Entry(id=scan_id, code=code, point=desk.home, direction="in", at=now)], now=now
    )
    is_ours = person is not None and person.holder.event_id == desk.event_id
    return Arrival(
        outcome=told["outcome"],
        message=_said(desk, told["outcome"], now),
        registration_id=person.holder.registration_id if person and is_ours else None,
    )


def _said(desk: Desk, outcome: str, now: datetime) -> str:
    return kiosk_wording.sentence(outcome, place=desk.places.get(desk.home), zone=desk.zone, now=now)
