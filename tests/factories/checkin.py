"""People with tickets, devices and scans for tests of the door."""

from __future__ import annotations

import uuid
from copy import copy
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventsys.checkin import actions, hall
from eventsys.checkin.actions.pairing import offer_pairing
from eventsys.checkin.models import Device
from eventsys.events.models import Event
from eventsys.kernel import clock, tokens
from eventsys.kernel.database import transaction
from eventsys.kernel.text import search_key
from eventsys.registration.models import Registration, Ticket

# 09:59 in Brussels, on the first day of the event that make_event makes.
AT = datetime(2026, 12, 3, 8, 59, 12, 345000, tzinfo=UTC)


def make_ticket(event: Event, name: str = "Bo Berg", *, replaced_at: datetime | None = None, **values: Any) -> Ticket:
    """A confirmed registration on site with a ticket."""
    now = clock.now()
    first, _blank, last = name.partition(" ")
    nonce = tokens.new_nonce()
    defaults: dict[str, Any] = {
        "state": "confirmed", "mode": "onsite", "type": "participant", "organisation": "Komenda Stołeczna",
        "sector": "police", "first_name": first, "last_name": last, "link_nonce": nonce,
        "link_hash": tokens.hashed(nonce), "registered_at": now, "updated_at": now,
    }  # fmt: skip
    values = defaults | values
    values.setdefault("search_key", search_key(values["first_name"], values["last_name"], values["organisation"]))
    if values["state"] == "waiting":
        values.setdefault("queue_number", 1)
    with transaction() as session:
        person = Registration(event_id=event.id, **values)
        session.add(person)
        session.flush()
        ticket = issue(person, replaced_at=replaced_at)
        session.add(ticket)
    return ticket


def issue(person: Registration, *, replaced_at: datetime | None = None) -> Ticket:
    """One more ticket of a person, not yet added."""
    return Ticket(
        registration_id=person.id,
        event_id=person.event_id,
        code="EV1:" + tokens.readable(24),
        short_code=tokens.readable(7),
        created_at=clock.now(),
        replaced_at=replaced_at,
    )


def make_device(event: Event, name: str = "Desk 1", **values: Any) -> tuple[Device, str]:
    """A device and its token."""
    values.setdefault("now", clock.now())
    with transaction() as session:
        return actions.add_device(session, event, name, **values)


def a_scan(code: str | Ticket, *, at: datetime | str = AT, scan_id: str | None = None, **values: Any) -> dict[str, Any]:
    """One scan as a device sends it."""
    return {
        "id": scan_id or str(uuid.uuid4()),
        "code": code.code if isinstance(code, Ticket) else code,
        "point": "entrance",
        "direction": "in",
        "at": at if isinstance(at, str) else at.isoformat().replace("+00:00", "Z"),
        "offline": False,
    } | values


class Desk:
    """A device that scans through the door for programs."""

    def __init__(self, client: FlaskClient, event: Event, token: str) -> None:
        self.client, self.token = client, token
        self.root = f"/api/v1/events/{event.slug}/checkin"

    def through(self, client: FlaskClient) -> Desk:
        """The same device, calling from another thread."""
        twin = copy(self)
        twin.client = client
        return twin

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} | more

    def post(self, what: str, body: Any, **headers: str) -> TestResponse:
        return self.client.post(f"{self.root}/{what}", json=body, headers=self.headers(**headers))

    def get(self, what: str, **query: str) -> TestResponse:
        return self.client.get(f"{self.root}/{what}", query_string=query, headers=self.headers())

    def scan(self, *scans: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
        """The results of one call."""
        response = self.post("scans", {"scans": list(scans)}, **headers)
        assert response.status_code == 200, response.text
        assert response.json is not None
        return list(response.json["results"])

    def outcomes(self, *scans: dict[str, Any]) -> list[str]:
        return [result["outcome"] for result in self.scan(*scans)]


def make_desk(client: FlaskClient, event: Event, name: str = "Desk 1", **values: Any) -> Desk:
    """A device at this event's door, ready to scan."""
    return Desk(client, event, make_device(event, name, **values)[1])


def make_devices(event: Event, *, data_dir: Path) -> dict[str, str]:
    """Devices in each state of life, one of them silent with scans; and the certificate of a hall."""
    now = clock.now()
    names = {"Desk 2": "desk", "Kiosk": "kiosk", "Wall": "wall", "Gone": "scanner", "Never came": "scanner"}
    made = {name: make_device(event, name, role=role)[0] for name, role in names.items()}
    with transaction() as session:
        here = {name: session.get_one(Device, device.id) for name, device in made.items()}
        silent = {"last_seen_at": now - timedelta(minutes=12), "unsent": 3, "battery": 9, "version": "old"}
        for name, value in silent.items():
            setattr(here["Desk 2"], name, value)
        offer_pairing(session, here["Kiosk"], now=now)
        offer_pairing(session, here["Wall"], now=now)
        offer_pairing(session, here["Never came"], now=now - timedelta(hours=1))
        actions.revoke(session, here["Gone"], now=now)
    hall.prepare(data_dir, addresses=[IPv4Address("192.168.1.20")], hostname="door", now=now)
    return {"device": str(made["Kiosk"].id)}
