"""What each device may do at each address of the door for programs. A new address must be placed here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from eventsys.checkin import actions
from eventsys.checkin.models import DeviceRole
from eventsys.checkin.rules import MAY
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.factories import make_event
from tests.factories.checkin import a_scan, make_device, make_ticket

ANY = "any"
SCAN_ID = "00000000-0000-4000-8000-000000000000"
# What each address asks of a device, one of `rules.MAY`, and what is sent there.
DEEDS: dict[str, tuple[str, Any]] = {
    "checkin_api.scans": ("scan", {"scans": [a_scan("K7PM2QX")]}),
    "checkin_api.undo": ("scan", {"id": SCAN_ID, "reason": "a mistake"}),
    "checkin_api.device": (ANY, None),
    "checkin_api.people_and_changes": ("people", None),
    "checkin_api.search": ("people", None),
    "checkin_api.counts": ("figures", None),
    "live_api.live": ("figures", None),
    "live_api.live_stream": ("figures", None),
    "devices_api.contact": (ANY, {}),
    "kiosk_api.look": ("serve", {"code": "K7PM2QX"}),
    "kiosk_api.arrive": ("serve", {"code": "K7PM2QX", "id": SCAN_ID}),
    "kiosk_api.badge": ("serve", None),
    "printing_api.printers": ("print", None),
    "printing_api.ask": ("print", {"registration": 1, "request_id": SCAN_ID}),
    "printing_api.asked": ("print", None),
    "printing_api.badge": ("print", None),
    **{
        f"desk_api.{name}": ("help", {} if name not in ("form", "person", "exceptions") else None)
        for name in ("form", "walk_in", "person", "correct", "swap", "note", "watch", "reissue", "solve",
                     "exceptions", "close")
    },
}  # fmt: skip
# Who asks here holds a code and a PIN instead of a token: tests/checkin/test_pairing.py.
WITHOUT_TOKEN = {"devices_api.pairing"}
FILLED = {"scan_id": SCAN_ID, "request_id": SCAN_ID, "number": 1, "registration": 1}
# Nobody may learn these from an answer that refuses, nor by a kiosk or a wall at all.
SECRETS = ("Secretname", "Secretorg")

Ask = Callable[[Rule, str], Any]


@pytest.fixture
def event(session: Session) -> Event:
    now = clock.now()
    event = make_event(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))
    make_ticket(event, "Bo Secretname", organisation="Secretorg", notes="Secretnote")
    return event


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]


@pytest.fixture
def ask(app: Flask, event: Event) -> Ask:
    """Ask at an address with a token; returns status, the refusal's code and the words of the answer."""

    def asked(rule: Rule, token: str) -> tuple[int, str, str]:
        values = {"slug": event.slug, **FILLED}
        address = app.url_map.bind("127.0.0.1").build(rule.endpoint, {name: values[name] for name in rule.arguments})
        is_post = "POST" in (rule.methods or ())
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = DEEDS[rule.endpoint][1]
        answer = app.test_client().open(address, method="POST" if is_post else "GET", json=body, headers=headers)
        if answer.content_type.startswith("text/event-stream"):
            # It stays open: that it began is what was asked.
            answer.close()
            return answer.status_code, "", ""
        code = answer.json.get("error", {}).get("code", "") if answer.is_json and answer.json else ""
        return answer.status_code, code, answer.get_data().decode(errors="replace")

    return asked


def test_every_address_is_placed(app: Flask) -> None:
    assert {rule.endpoint for rule in rules(app)} == set(DEEDS) | WITHOUT_TOKEN
    assert {deed for deed, _body in DEEDS.values()} == {ANY}.union(*MAY.values())


@pytest.mark.parametrize("role", list(DeviceRole))
def test_a_device_does_what_it_is_there_for_and_nothing_else(
    app: Flask, event: Event, ask: Ask, role: DeviceRole
) -> None:
    token = make_device(event, role=role)[1]
    wrong = []
    for rule in rules(app):
        if rule.endpoint in WITHOUT_TOKEN:
            continue
        deed = DEEDS[rule.endpoint][0]
        status, code, words = ask(rule, token)
        is_refused = (status, code) == (403, "role_lacks")
        may = deed == ANY or deed in MAY[role]
        if is_refused == may or status in (401, 500):
            wrong.append((rule.endpoint, status, code))
        if (is_refused or role in (DeviceRole.KIOSK, DeviceRole.WALL)) and any(word in words for word in SECRETS):
            wrong.append((rule.endpoint, "tells", words))
    assert wrong == []


def test_a_desk_would_have_told(app: Flask, event: Event, ask: Ask) -> None:
    """The counterpart: there is something that the tests above could have found."""
    token = make_device(event, role=DeviceRole.DESK)[1]
    [snapshot] = [rule for rule in rules(app) if rule.endpoint == "checkin_api.people_and_changes"]
    assert all(word in ask(snapshot, token)[2] for word in SECRETS)


@pytest.mark.parametrize("how", ["none", "wrong", "ended", "revoked", "elsewhere"])
def test_a_token_that_is_none_of_this_event_opens_nothing(app: Flask, event: Event, ask: Ask, how: str) -> None:
    found = set()
    for role in (DeviceRole.DESK, DeviceRole.KIOSK):
        device, token = make_device(make_event() if how == "elsewhere" else event, role=role)
        with transaction() as writing:
            kept = writing.merge(device)
            if how == "ended":
                kept.expires_at = clock.now() - timedelta(seconds=1)
            elif how == "revoked":
                actions.revoke(writing, kept, now=clock.now())
        token = {"none": "", "wrong": "x" * 43}.get(how, token)
        asked = [rule for rule in rules(app) if rule.arguments >= {"slug"}]
        answers = [ask(rule, token) for rule in asked]
        found |= {(status, code) for status, code, _words in answers}
        assert [words for _status, _code, words in answers if any(word in words for word in SECRETS)] == []
    assert found == {(403, "device_elsewhere") if how == "elsewhere" else (401, "device_unknown")}
