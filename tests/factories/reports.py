"""People who were at an event that is over, and their certificates."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from eventsys.checkin.models import Admission, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.locale import day_of
from eventsys.registration.models import Registration
from eventsys.reports import actions, rules
from tests.factories.checkin import make_device, make_ticket


def make_attendee(event: Event, name: str = "Bo Berg", *, days: int = 1, **values: Any) -> Registration:
    """Somebody who was let in on the first `days` days of the event."""
    ticket = make_ticket(event, name, **values)
    device, _token = make_device(event)
    with transaction() as session:
        for number in range(days):
            at = event.starts_at + timedelta(days=number)
            scan = Scan(
                event_id=event.id, scan_id=str(uuid.uuid4()), device_id=device.id, point_key="entrance",
                registration_id=ticket.registration_id, direction="in", at=at, received_at=at, outcome="admitted",
                answer={"outcome": "admitted", "attendee": {"name": name}, "first": None},
            )  # fmt: skip
            session.add(scan)
            session.flush()
            session.add(
                Admission(
                    event_id=event.id,
                    registration_id=ticket.registration_id,
                    point_key="entrance",
                    day=day_of(at, event.zone),
                    first_at=at,
                    first_scan_id=scan.id,
                    last_at=at,
                )
            )
        return session.get_one(Registration, ticket.registration_id)


def make_certificate(event: Event, **values: Any) -> str:
    """The code of a certificate as it is printed."""
    attendee = make_attendee(event, **values)
    with transaction(actor="registrant") as session:
        person = session.get_one(Registration, attendee.id)
        return rules.spoken(actions.issue(session, person, now=clock.now()).code)
