"""The endpoints of the door: who may not, what is refused, search, counts, snapshot, undo, the command."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from eventsys.checkin import actions
from eventsys.checkin.models import Admission, Device, Scan
from eventsys.events.models import Membership
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from tests.cast import Cast
from tests.factories import ENDS_AT, make_event
from tests.factories.checkin import AT, Desk, a_scan, make_desk, make_device, make_ticket

CALLS = [("get", "snapshot"), ("get", "search?q=bo"), ("get", "counts"), ("post", "scans"), ("post", "undo")]


def call(desk: Desk, method: str, what: str) -> int:
    body: Any = {"scans": [a_scan("x")]} if what == "scans" else {"id": "x", "reason": "y"}
    response = desk.client.open(
        f"{desk.root}/{what}", method=method.upper(), headers=desk.headers(), json=body if method == "post" else None
    )
    return response.status_code


@pytest.mark.parametrize(("method", "what"), CALLS)
def test_who_may_not(client: FlaskClient, session: Session, method: str, what: str) -> None:
    event, elsewhere = make_event(), make_event()
    make_ticket(event)
    revoked, ended = make_device(event), make_device(event)
    with transaction() as writing:
        actions.revoke(writing, writing.merge(revoked[0]), now=clock.now())
        writing.merge(ended[0]).expires_at = clock.now() - timedelta(seconds=1)
    tokens = ["", "x" * 43, revoked[1], ended[1], make_device(elsewhere)[1], make_device(event)[1]]
    found = [call(Desk(client, event, token), method, what) for token in tokens]
    assert found[:5] == [401, 401, 401, 401, 403]
    assert found[5] == (404 if what == "undo" else 200)
    assert client.get("/api/v1/checkin/device").headers["WWW-Authenticate"] == 'Bearer realm="check-in"'


def test_a_cookie_alone_opens_no_door_for_programs(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    response = cast.browser_of(cast.ada).post(f"/api/v1/events/{event.slug}/checkin/scans", json={"scans": []})
    assert response.status_code == 401


def test_a_device_opened_by_signing_in_ends_with_the_place_in_the_event(
    cast: Cast, client: FlaskClient, session: Session
) -> None:
    event = make_event(door=cast.dee)
    desk = make_desk(client, event, user=cast.dee)
    before = desk.get("counts").status_code
    with transaction() as writing:
        writing.execute(delete(Membership).where(Membership.user_id == cast.dee.id))
    assert (before, desk.get("counts").status_code) == (200, 401)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"[]", 400), (b"null", 400), (b'{"scans": {}}', 400), (b"\xff", 400),
        (b"[" * 100_000, 400), (b'{"scans": [null]}', 422), (b'{"scans": [{"id": "a", "code": "b"}]}', 422),
        (b'{"scans": []}', 200), (json.dumps({"scans": [{}] * 501}).encode(), 413),
    ],
)  # fmt: skip
def test_a_body_that_is_none_is_refused_with_a_sentence(
    client: FlaskClient, session: Session, body: bytes, status: int
) -> None:
    desk = make_desk(client, make_event())
    response = client.post(f"{desk.root}/scans", data=body, headers=desk.headers())
    assert response.status_code == status
    assert response.is_json
    if status != 200:
        assert response.json["error"]["message"].endswith(".")  # type: ignore[index]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""}, {"id": 7}, {"id": "x" * 37}, {"id": "a\0b"}, {"id": "\ud800"}, {"code": None}, {"code": 12},
        {"at": "yesterday"}, {"at": "2026-12-03T08:59:12"}, {"at": None}, {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-12:00"}, {"at": 1e300}, {"direction": "up"}, {"point": ""}, {"point": "a\0"},
        {"point": ["entrance"]}, {"offline": "no"}, {"told": "perhaps"}, {"told": 1}, {"told": []},
        {"told": {"full": 1}},
    ],
)  # fmt: skip
def test_one_scan_that_is_none_does_not_hold_up_the_queue(
    client: FlaskClient, session: Session, wrong: dict[str, Any]
) -> None:
    event = make_event()
    desk, good = make_desk(client, event), a_scan(make_ticket(event))
    first, second = desk.scan(a_scan("x") | wrong, good)
    assert (first["outcome"], first["error"]["code"]) == (None, "scan_misread")
    assert second["outcome"] == "admitted"
    alone = desk.post("scans", {"scans": [a_scan("x") | wrong]})
    assert (alone.status_code, alone.json["error"]["code"]) == (422, "scan_misread")  # type: ignore[index]
    assert session.scalar(select(func.count()).select_from(Scan)) == 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda kids: st.lists(kids, max_size=3),
    max_leaves=4,
)
INSTANTS = st.datetimes().map(lambda instant: instant.isoformat() + "Z")
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text(max_size=40) | ANYTHING,
        "code": st.text() | ANYTHING,
        "point": st.just("entrance") | ANYTHING,
        "direction": st.sampled_from(["in", "out"]) | ANYTHING,
        "at": INSTANTS | ANYTHING,
        "offline": ANYTHING,
        "told": st.sampled_from(["full", "admitted"]) | ANYTHING,
        "registration": st.integers() | ANYTHING,
    },
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scans=st.lists(FIELDS | ANYTHING, max_size=4))
def test_no_json_breaks_the_door(client: FlaskClient, session: Session, cached_desk: Desk, scans: list[Any]) -> None:
    assert cached_desk.post("scans", {"scans": scans}).status_code in (200, 422)
    assert cached_desk.post("undo", {"id": scans, "reason": scans}).status_code == 400


@pytest.fixture
def cached_desk(client: FlaskClient, session: Session) -> Desk:
    return make_desk(client, make_event())


def test_undoing_takes_back_what_followed(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket, desk = make_ticket(event), make_desk(client, event)
    first, second = a_scan(ticket), a_scan(ticket, at=AT + timedelta(minutes=1))
    desk.scan(first, second)
    cursor = desk.get("snapshot").json["cursor"]  # type: ignore[index]
    undone = desk.post("undo", {"id": first["id"], "reason": "Wrong person"}).json
    assert undone["reason"] == "Wrong person"  # type: ignore[index]
    [told] = desk.get("snapshot", since=cursor, only="corrections").json["corrections"]  # type: ignore[index]
    assert (told["id"], told["outcome"]) == (second["id"], "admitted")
    assert session.scalar(select(Admission.first_at)) == AT + timedelta(minutes=1)
    again = desk.post("undo", {"id": first["id"], "reason": "Another"}).json
    assert again == undone
    desk.post("undo", {"id": second["id"], "reason": "All wrong"})
    assert session.scalar(select(func.count()).select_from(Admission)) == 0
    assert desk.outcomes(a_scan(ticket, at=AT + timedelta(hours=1))) == ["admitted"]
    undone_facts = session.scalars(select(Fact.actor).where(Fact.kind == "checkin.scan_undone")).all()
    assert undone_facts == [f"device:{session.scalar(select(Device.id))}"] * 2


def test_undoing_needs_a_reason_and_a_scan_of_this_event(client: FlaskClient, session: Session) -> None:
    event, elsewhere = make_event(), make_event()
    scan = a_scan(make_ticket(event))
    desk = make_desk(client, event)
    desk.scan(scan)
    refused = [
        desk.post("undo", {"id": scan["id"], "reason": " \t"}).status_code,
        desk.post("undo", {"id": scan["id"]}).status_code,
        make_desk(client, elsewhere).post("undo", {"id": scan["id"], "reason": "x"}).status_code,
    ]
    assert refused == [422, 422, 404]
    assert session.scalar(select(func.count()).select_from(Admission)) == 1


@pytest.mark.parametrize(
    "words",
    ["papadaki", "Papadáki", "ioanna pap", "PAPADAKI IOANNA", "Παπαδάκη", "papadkai", "Komenda Papa", "hellenic"],
)
def test_people_are_found_however_they_are_spelt(client: FlaskClient, session: Session, words: str) -> None:
    event = make_event()
    make_ticket(event, "Ioanna Papadaki", organisation="Hellenic Komenda")
    make_ticket(event, "Bo Berg", organisation="Ville de Liège")
    make_ticket(make_event(), "Ioanna Papadaki", organisation="Hellenic Komenda")
    if words == "Παπαδάκη":
        make_ticket(event, "Ιωάννα Παπαδάκη", organisation="Κέντρο")
    found = make_desk(client, event).get("search", q=words).json["people"]  # type: ignore[index]
    assert [person["name"] for person in found][-1:] in (["Ioanna Papadaki"], ["Ιωάννα Παπαδάκη"])
    assert "Bo Berg" not in [person["name"] for person in found]


def test_search_tells_what_admits_and_who_is_in(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket = make_ticket(event)
    make_ticket(event, "Bo Waiting", state="waiting")
    desk = make_desk(client, event)
    desk.scan(a_scan(ticket))
    found = desk.get("search", q="bo").json["people"]  # type: ignore[index]
    assert [(p["name"], p["state"], p["is_inside"]) for p in found] == [
        ("Bo Berg", "confirmed", True), ("Bo Waiting", "waiting", False)
    ]  # fmt: skip
    by_code = desk.get("search", q=f"{ticket.short_code[:3]}-{ticket.short_code[3:]}").json["people"]  # type: ignore[index]
    assert [(p["name"], p["code"]) for p in by_code] == [("Bo Berg", ticket.short_code)]
    assert desk.get("search", q="%_").json == {"people": []}


def test_counts_answer_304_until_somebody_comes(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket, desk = make_ticket(event), make_desk(client, event)
    make_ticket(event, "Cyd Online", mode="online")
    empty = desk.get("counts")
    assert (empty.json["in"], empty.json["expected"]) == (0, 1)  # type: ignore[index]
    same = client.get(f"{desk.root}/counts", headers=desk.headers(**{"If-None-Match": empty.headers["ETag"]}))
    assert (same.status_code, same.data) == (304, b"")
    desk.scan(a_scan(ticket), a_scan(ticket, at=AT + timedelta(minutes=1), direction="out"))
    later = client.get(f"{desk.root}/counts", headers=desk.headers(**{"If-None-Match": empty.headers["ETag"]}))
    assert (later.json["in"], later.json["came"], later.json["day"]) == (0, 1, "2026-12-03")  # type: ignore[index]


def test_the_snapshot_names_codes_by_a_hash_only_this_device_can_make(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket, desk = make_ticket(event), make_desk(client, event)
    make_ticket(event, "Cyd Waiting", state="waiting")
    whole = desk.get("snapshot")
    people = whole.json["people"]  # type: ignore[index]
    key = hmac.new(desk.token.encode(), b"eventsys codes", hashlib.sha256).digest()
    hashes = [
        base64.urlsafe_b64encode(hmac.new(key, c.encode(), hashlib.sha256).digest()[:12]).decode()
        for c in (ticket.code, ticket.short_code)
    ]
    defaults = whole.json["defaults"]  # type: ignore[index]
    people = [defaults | person for person in people]
    assert [(p["name"], p["state"]) for p in people] == [("Bo Berg", "confirmed"), ("Cyd Waiting", "waiting")]
    assert people[0]["codes"] == hashes
    assert ticket.code not in whole.text
    assert [p["key"] for p in whole.json["points"]] == ["entrance"]  # type: ignore[index]


def test_changes_since_a_cursor_are_those_and_a_little_more(client: FlaskClient, session: Session) -> None:
    event = make_event()
    long_ago = clock.now() - timedelta(hours=1)
    ticket = make_ticket(event, updated_at=long_ago)
    make_ticket(event, "Cyd Quiet", updated_at=long_ago)
    desk = make_desk(client, event)
    cursor = desk.get("snapshot").json["cursor"]  # type: ignore[index]
    quiet = desk.get("snapshot", since=cursor).json["people"]  # type: ignore[index]
    desk.scan(a_scan(ticket))
    changed = desk.get("snapshot", since=cursor).json["people"]  # type: ignore[index]
    assert (quiet, [p["name"] for p in changed]) == ([], ["Bo Berg"])
    assert changed[0]["in"]["entrance"][1:] == [1, 0]
    assert desk.get("snapshot", since="soon").status_code == 400


def test_the_command_prints_what_a_device_needs(app: Flask, client: FlaskClient, session: Session) -> None:
    event = make_event()
    done = app.test_cli_runner().invoke(args=["checkin", "device", event.slug, "--name", "Desk 2"])
    made = json.loads(done.stdout)
    assert set(made) == {"url", "token", "expires_at"}
    assert made["url"] == f"http://127.0.0.1:8000/checkin/device#{made['token']}"
    assert made["expires_at"] == "2026-12-05T16:30:00.000Z"
    about = client.get("/api/v1/checkin/device", headers={"Authorization": f"Bearer {made['token']}"}).json
    assert (about["event"]["slug"], about["device"]["name"]) == (event.slug, "Desk 2")  # type: ignore[index]
    assert session.scalar(select(Device.token_hash)) != made["token"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere", "--name", "Desk"],
        ["here", "--name", "Desk", "--point", "roof"],
        ["here", "--name", "Desk", "--until", "2020-01-01T00:00"],
    ],
)
def test_the_command_refuses_and_adds_nothing(app: Flask, session: Session, arguments: list[str]) -> None:
    make_event(slug="here", ends_at=ENDS_AT)
    assert app.test_cli_runner().invoke(args=["checkin", "device", *arguments]).exit_code != 0
    assert session.scalar(select(func.count()).select_from(Device)) == 0
