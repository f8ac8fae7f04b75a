"""What a phone at the door holds, and for how long: sealed, of one event, and gone with the device."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, url_for
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin import actions
from eventsys.checkin.models import Device, Scan
from eventsys.checkin.queries.snapshot import code_key, hashed_code
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.architecture.test_doors import FILLED
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import make_device, make_ticket
from tests.journeys.conftest import PHONE
from tests.journeys.doors import everything_kept, open_door, scan, synced, with_door


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    """An event that goes on now, with Dee at its door."""
    now = clock.now()
    return make_event(
        owner=cast.ada, door=cast.dee, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6)
    )


@pytest.fixture
def phone(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport=PHONE)  # type: ignore[arg-type]


def revoke(device: Device) -> None:
    with transaction() as writing:
        actions.revoke(writing, writing.get_one(Device, device.id), now=clock.now())


def keys_of(page: Page) -> str:
    return "\n".join(line for line in everything_kept(page).splitlines() if line.startswith("keys:"))


def test_at_rest_nothing_can_be_read(phone: BrowserContext, server: str, tonight: Event, session: Session) -> None:
    people = [make_ticket(tonight, f"Zoë{n} Quixote{n}", organisation="Zzyzx", notes="Knows Ümlaut") for n in range(3)]
    _device, token = make_device(tonight, "Desk 1")
    page = open_door(phone, server, token)
    scan(page, people[0].code)
    phone.set_offline(True)
    for ticket in people:
        scan(page, ticket.code)
    names = with_door(page, "return [...door.people.values()].map((one) => one.name).sort();")
    assert names == ["Zoë0 Quixote0", "Zoë1 Quixote1", "Zoë2 Quixote2"]

    kept = everything_kept(page)
    key = code_key(token)
    secrets = [token, key.hex(), "Quixote", "Zzyzx", "mlaut"]
    for ticket in people:
        secrets += [ticket.code, ticket.code[4:], ticket.short_code, hashed_code(key, ticket.code)]
    assert [secret for secret in secrets if secret in kept] == []
    # The dump would have found them: it reads what lies open, in every store.
    assert all(shown in kept for shown in ("people: ", "scans: ", "waiting", tonight.title, "/checkin/device"))
    assert "extractable=true" not in keys_of(page)
    assert keys_of(page).count("key secret extractable=false") == 2


def test_who_is_revoked_forgets_everybody_and_keeps_what_is_unsent(
    phone: BrowserContext, server: str, tonight: Event, session: Session
) -> None:
    bo = make_ticket(tonight, "Bo Quixote")
    device, token = make_device(tonight, "Desk 1")
    page = open_door(phone, server, token)
    phone.set_offline(True)
    scan(page, bo.code)
    revoke(device)
    phone.set_offline(False)
    expect(page.locator("[data-door][data-network=ended]")).to_be_visible()
    state = with_door(page, "return [door.network, door.people.size, door.unsent, door.notices.length];")
    assert state == ["ended", 0, 1, 0]
    kept = everything_kept(page)
    assert [secret for secret in ("Quixote", token, bo.code, bo.short_code) if secret in kept] == []
    assert keys_of(page).count("key secret") == 1
    assert "eventsys-door-" not in kept.replace("eventsys-door-running", "")

    # Opened anew it says what is left, and shows nobody.
    page.goto(f"{server}/checkin/device")
    expect(page.get_by_text("Scans still unsent: 1.")).to_be_visible()

    # Paired again, the scan arrives.
    _device, fresh = make_device(tonight, "Desk 1 again")
    page.goto("about:blank")
    page = open_door(phone, server, fresh)
    assert synced(page) == 0
    session.rollback()
    assert session.scalars(select(Scan.outcome)).all() == ["admitted"]


def test_a_scan_finds_out_that_the_device_is_revoked(
    phone: BrowserContext, server: str, tonight: Event, session: Session
) -> None:
    bo = make_ticket(tonight, "Bo Quixote")
    device, token = make_device(tonight, "Desk 1")
    page = open_door(phone, server, token)
    revoke(device)
    answer = scan(page, bo.code)["result"]
    assert answer["outcome"] == "kept"
    assert "may not scan any more" in answer["message"]
    assert with_door(page, "return [door.network, door.people.size, door.unsent];") == ["ended", 0, 1]
    assert "Quixote" not in everything_kept(page)


def test_when_the_event_is_over_people_are_forgotten_without_a_network(
    phone: BrowserContext, server: str, tonight: Event, session: Session
) -> None:
    make_ticket(tonight, "Bo Quixote")
    _device, token = make_device(tonight, "Desk 1")
    page = open_door(phone, server, token)
    page.close()
    phone.set_offline(True)
    phone.add_init_script("const shown = Date.now; Date.now = () => shown() + 3 * 86_400_000;")
    page = phone.new_page()
    page.goto(f"{server}/checkin/device")
    expect(page.locator("[data-door][data-network=ended]")).to_be_visible()
    kept = everything_kept(page)
    assert ("Quixote" in kept, token in kept, "key secret" in keys_of(page)) == (False, False, True)
    assert "people: []" in kept


def test_a_tab_that_is_open_when_the_event_ends_forgets_too(
    phone: BrowserContext, server: str, tonight: Event, session: Session
) -> None:
    make_ticket(tonight, "Bo Quixote")
    _device, token = make_device(tonight, "Desk 1", until=clock.now() + timedelta(hours=1))
    page = open_door(phone, server, token)
    phone.set_offline(True)
    # The hour passes for the page's clock and for its own count, as it does in life.
    page.evaluate(
        """() => {
            const [shown, counted] = [Date.now, performance.now.bind(performance)];
            Date.now = () => shown() + 2 * 3_600_000;
            performance.now = () => counted() + 2 * 3_600_000;
        }"""
    )
    expect(page.locator("[data-door][data-network=ended]")).to_be_visible()
    assert with_door(page, "return [door.network, door.people.size];") == ["ended", 0]
    assert "people: []" in everything_kept(page)


def test_a_stolen_token_reads_its_event_and_nothing_else(app: Flask, tonight: Event, session: Session) -> None:
    """Every door that answers, asked with the token of a device that scans, in its event and in another."""
    make_ticket(tonight, "Bo Quixote")
    other = make_event(slug="elsewhere", title="Elsewhere")
    make_ticket(other, "Cyd Stranger")
    device, token = make_device(tonight, "Desk 1")
    own = f"/api/v1/events/{tonight.slug}/checkin"
    opened = read_with(app, token, tonight) | read_with(app, token, other)
    assert [path for path in opened if not path.startswith((f"{own}/", "/api/v1/checkin/"))] == []
    assert [path for path, text in opened.items() if "Quixote" in text] == [f"{own}/search", f"{own}/snapshot"]
    assert [path for path, text in opened.items() if "Stranger" in text] == []
    revoke(device)
    assert read_with(app, token, tonight) | read_with(app, token, other) == {}


def read_with(app: Flask, token: str, event: Event) -> dict[str, str]:
    """What the doors for programs and those of organisers say to a token, by address; without those that refuse."""
    doors = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and "stream" not in rule.rule]
    of_event = [rule for rule in doors if rule.rule.startswith(("/api/", "/manage/", "/admin/"))]
    client, said = app.test_client(), {}
    with app.test_request_context():
        places = {**FILLED, "slug": event.slug}
        addresses = [url_for(rule.endpoint, **{name: places[name] for name in rule.arguments}) for rule in of_event]
    for path in sorted(set(addresses)):
        answer = client.get(f"{path}?q=quixote", headers={"Authorization": f"Bearer {token}"})
        if answer.status_code < 300:
            said[path] = answer.text
    return said
