"""Devices that have ended, begun again or were paired anew: what they must not show, keep, lose or spoil."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.checkin import actions
from eventsys.checkin.models import Device, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import make_device, make_ticket
from tests.journeys.conftest import PHONE
from tests.journeys.doors import everything_kept, notices, open_door, ready, scan, synced, with_door
from tests.journeys.handhelds import handheld

SignIn = Callable[[BrowserContext, User], None]

# A tab that speaks to the others of its device and hears none of them.
DEAF = "Object.defineProperty(BroadcastChannel.prototype, 'onmessage', { set() {} });"
# A tab that leaves sending and fetching to the others.
IDLE = "() => { navigator.locks.request = async (name, options, deed) => deed(null); }"


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


@pytest.fixture
def plain(browser: Browser) -> BrowserContext:
    """A phone that keeps no page, so that what its pages ask can be held back."""
    return browser.new_context(viewport=PHONE, service_workers="block")  # type: ignore[arg-type]


def revoke(event: Event, *, but: str = "") -> None:
    """No device of the event may scan any more, except the one of this name."""
    with transaction() as writing:
        for device in writing.scalars(select(Device).where(Device.event_id == event.id, Device.name != but)):
            actions.revoke(writing, device, now=clock.now())


def hurry(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('online'))")


def ended(page: Page) -> Any:
    """What the page says of its end, once it does."""
    panel = page.get_by_role("region", name="This device scans no more")
    expect(panel).to_be_visible()
    return panel.get_by_role("status")


def answered(page: Page, outcome: str) -> Any:
    answer = page.locator(f"[data-answer][data-outcome={outcome}]")
    expect(answer).to_be_visible()
    return answer


def test_who_begins_again_sees_no_end_over_the_scanner(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, sign_in: SignIn
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    sign_in(context, cast.dee)
    page = context.new_page()
    page.goto(f"{server}/checkin/{tonight.slug}/")
    begin = page.get_by_role("button", name="Start scanning")
    begin.click()
    expect(page.locator("[data-door][data-state=ready]")).to_be_visible()
    revoke(tonight)
    hurry(page)
    ended(page)
    page.reload()
    ended(page)
    begin.click()
    expect(page.locator("[data-door][data-state=ready]")).to_be_visible()
    expect(page.locator("[data-ended]")).to_be_hidden()
    handheld(page, bo.code)
    expect(answered(page, "admitted").locator("[data-person]")).to_have_text("Bo Berg")


def test_a_tab_from_before_the_pairing_neither_ends_nor_spoils_the_new_device(
    plain: BrowserContext, server: str, tonight: Event
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    first, second = make_device(tonight, "Desk 1")[1], make_device(tonight, "Desk 2")[1]
    hearing = open_door(plain, server, first, is_kept=False)
    deaf = plain.new_page()
    deaf.add_init_script(DEAF)
    deaf.goto(f"{server}/checkin/device#{first}")
    ready(deaf, is_kept=False)
    page = open_door(plain, server, second, is_kept=False)
    ended(hearing)
    assert with_door(hearing, "return [door.network, door.people.size];") == ["ended", 0]

    # The old tab still may ask, and tells the others of somebody by codes that only it can read.
    page.route("**/snapshot*", lambda route: route.abort())
    told = """given => { globalThis.told = new Promise((go) => {
        const heard = new BroadcastChannel(given);
        heard.onmessage = ({ data }) => { if (data.people) setTimeout(go); };
    }); }"""
    page.evaluate(told, f"eventsys-door-{tonight.id}")
    make_ticket(tonight, "Cyd Stranger")
    assert with_door(deaf, "await door.sync(); return door.people.size;") == 2
    page.evaluate("globalThis.told")
    assert with_door(page, "return [...door.people.values()].map((one) => one.name);") == ["Bo Berg"]

    # It hears of its end, says so, and wipes what it had.
    revoke(tonight, but="Desk 2")
    with_door(deaf, "await door.sync();")
    ended(deaf)
    page.unroute("**/snapshot*")
    assert with_door(page, "await door.sync(); return [door.network, door.people.size];") == ["here", 2]
    page.reload()
    ready(page, is_kept=False)
    plain.set_offline(True)
    result = scan(page, bo.code)["result"]
    assert (result["outcome"], result["isLocal"]) == ("admitted", True)


def test_a_slow_yes_does_not_cover_the_refusal_of_the_next(plain: BrowserContext, server: str, tonight: Event) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    waiting = make_ticket(tonight, "Léa Moreau", state="waiting")
    page = open_door(plain, server, make_device(tonight, "Desk 1")[1], is_kept=False)
    # Of Bo nobody ever hears: after a while the device answers by itself.
    page.route("**/scans", lambda route: None if bo.code in (route.request.post_data or "") else route.continue_())
    handheld(page, bo.code)
    handheld(page, waiting.code)
    answered(page, "not_confirmed")
    expect(page.locator("#latest li", has_text="Bo Berg")).to_contain_text("Welcome")
    expect(answered(page, "not_confirmed").locator("[data-person]")).to_have_text("Léa Moreau")
    page.unroute("**/scans")


def test_a_link_that_is_opened_again_needs_no_network(phone: BrowserContext, server: str, tonight: Event) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    token = make_device(tonight, "Desk 1")[1]
    open_door(phone, server, token).close()
    phone.set_offline(True)
    page = open_door(phone, server, token)
    assert scan(page, bo.code)["result"]["outcome"] == "admitted"
    assert token not in page.url


def test_a_link_that_is_opened_after_the_end_wipes_and_tells_what_is_unsent(
    phone: BrowserContext, server: str, tonight: Event
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    token = make_device(tonight, "Desk 1")[1]
    page = open_door(phone, server, token)
    phone.set_offline(True)
    scan(page, bo.code)
    page.close()
    revoke(tonight)
    phone.set_offline(False)
    page = open_door(phone, server, token)
    expect(ended(page)).to_contain_text("Scans still unsent: 1.")
    kept = everything_kept(page)
    assert [secret for secret in (token, "Bo Berg", bo.code) if secret in kept] == []
    # Its token is gone from here now, and the link still says whose scans wait.
    page.close()
    page = phone.new_page()
    page.goto(f"{server}/checkin/device#{token}")
    expect(ended(page)).to_contain_text("Scans still unsent: 1.")


def test_an_end_before_the_first_press_is_told(plain: BrowserContext, server: str, tonight: Event) -> None:
    page = plain.new_page()
    page.goto(f"{server}/checkin/device#{make_device(tonight, 'Desk 1')[1]}")
    with_door(page, "await door.ready;")
    revoke(tonight)
    with_door(page, "await door.sync();")
    page.get_by_role("button", name="Start scanning").click()
    expect(ended(page)).to_have_text("No scan is left unsent.")


def test_a_database_that_was_closed_is_opened_again(plain: BrowserContext, server: str, tonight: Event) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    page = open_door(plain, server, make_device(tonight, "Desk 1")[1], is_kept=False)
    lose = """const { transaction } = IDBDatabase.prototype;
        const lost = new Promise((go) => {
            IDBDatabase.prototype.transaction = function (...given) {
                go(this);
                return transaction.apply(this, given);
            };
        });
        await door.keepDeskForm(null);
        IDBDatabase.prototype.transaction = transaction;
        (await lost).close();
        (await lost).dispatchEvent(new Event("close"));"""
    with_door(page, lose)
    handheld(page, bo.code)
    expect(answered(page, "admitted").locator("[data-person]")).to_have_text("Bo Berg")
    # Where it cannot be had at all, nobody says that it was the server.
    with_door(page, "IDBDatabase.prototype.transaction = () => { throw new DOMException('', 'UnknownError'); };")
    handheld(page, bo.code)
    expect(answered(page, "unreadable").locator("[data-word]")).to_have_text(
        "That did not work. Check it and try again."
    )


def test_names_leave_the_page_with_the_device(plain: BrowserContext, server: str, tonight: Event) -> None:
    bo = make_ticket(tonight, "Bo Quixote")
    make_ticket(tonight, "Cyd Quixote")
    waiting = make_ticket(tonight, "Léa Quixote", state="waiting")
    token = make_device(tonight, "Desk 1", role="desk")[1]
    scanning = open_door(plain, server, token, is_kept=False)
    finding = open_door(plain, server, token, is_kept=False)
    helping = open_door(plain, server, token, is_kept=False)
    for page in (finding, helping):
        expect(page.locator("[data-door][data-known='3']")).to_be_visible()
        page.get_by_role("button", name="Name or code").click()
        page.get_by_role("searchbox").fill("quixote")
        expect(page.locator("[data-found] li")).to_have_count(3)
    helping.get_by_role("button", name="More: Cyd Quixote").click()
    expect(helping.locator("#desk-person h2")).to_have_text("Cyd Quixote")
    expect(helping.locator("#desk-person").get_by_role("button", name="Let in")).to_be_visible()
    handheld(scanning, bo.code)
    answered(scanning, "admitted")
    handheld(scanning, waiting.code)
    answered(scanning, "not_confirmed")
    revoke(tonight)
    hurry(scanning)
    for page in (scanning, finding, helping):
        ended(page)
        expect(page.locator("html")).not_to_contain_text("Quixote")
        expect(page.locator("dialog[open]")).to_have_count(0)
    expect(scanning.locator("[data-answer]")).to_be_hidden()


def test_an_answer_that_comes_after_the_end_names_nobody(plain: BrowserContext, server: str, tonight: Event) -> None:
    bo = make_ticket(tonight, "Bo Quixote")
    token = make_device(tonight, "Desk 1")[1]
    page = open_door(plain, server, token, is_kept=False)
    other = open_door(plain, server, token, is_kept=False)
    plain.set_offline(True)
    assert scan(page, bo.code)["result"]["outcome"] == "admitted"
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/scans", hold)
    page.evaluate("() => { AbortSignal.timeout = () => new AbortController().signal; }")
    other.evaluate(IDLE)
    with page.expect_request("**/scans"):
        plain.set_offline(False)
    revoke(tonight)
    with_door(other, "await door.call('counts').catch(() => {});")
    ended(page)
    # The server says otherwise than this device did, and of whom.
    attendee = {"name": "Bo Quixote", "organisation": "", "notes": []}
    [route] = held
    [asked] = route.request.post_data_json["scans"]
    refused = {"id": asked["id"], "outcome": "cancelled", "message": "Cancelled", "attendee": attendee, "first": None}
    route.fulfill(json={"results": [refused], "corrections": []})
    with_door(page, "while (door.unsent) await new Promise((go) => setTimeout(go, 10));")
    assert notices(page) == []
    expect(page.locator("html")).not_to_contain_text("Quixote")
    assert "notices: []" in everything_kept(page)


def test_thrown_away_scans_are_gone_and_the_next_ones_are_not_lost(
    phone: BrowserContext, server: str, cast: Cast, tonight: Event, session: Session
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    now = clock.now()
    other = make_event(slug="elsewhere", starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))
    open_door(phone, server, make_device(other, "Desk 9")[1]).close()
    page = open_door(phone, server, make_device(tonight, "Desk 1")[1])
    phone.set_offline(True)
    scan(page, bo.code)
    revoke(tonight)
    phone.set_offline(False)
    status = ended(page)
    expect(status).to_contain_text("Scans still unsent: 1.")
    page.get_by_text("Throw the unsent scans away").click()
    page.get_by_role("button", name="Throw them away for good").click()
    expect(status).to_have_text("The unsent scans were thrown away.")
    assert with_door(page, "return door.unsent;") == 0
    assert "scans: []" in everything_kept(page)
    # The page is kept for the other event's device.
    assert page.evaluate("caches.keys().then((names) => names.length)") == 1

    handheld(page, bo.code)
    expect(status).to_contain_text("Scans still unsent: 1.")
    page.close()
    page = open_door(phone, server, make_device(tonight, "Desk 1 again")[1])
    assert synced(page) == 0
    session.rollback()
    assert session.scalars(select(Scan.outcome)).all() == ["admitted"]

    # A scan whose key the browser lost keeps nobody from scanning.
    phone.set_offline(True)
    scan(page, bo.code)
    lose = """async () => {
        const done = (request) => new Promise((good) => { request.onsuccess = () => good(request.result); });
        const db = await done(indexedDB.open("eventsys-checkin"));
        const keys = db.transaction("keys", "readwrite").objectStore("keys");
        for (const key of await done(keys.getAllKeys())) if (key[1] === "scans") await done(keys.delete(key));
        db.close();
    }"""
    page.evaluate(lose)
    page.reload()
    ready(page)
    assert scan(page, bo.code)["result"]["outcome"] == "already_in"


def test_people_that_could_not_be_written_are_all_asked_for_again(
    plain: BrowserContext, server: str, tonight: Event
) -> None:
    make_ticket(tonight, "Bo Berg")
    page = open_door(plain, server, make_device(tonight, "Desk 1")[1], is_kept=False)
    make_ticket(tonight, "Cyd Stranger")
    full = """const { transaction } = IDBDatabase.prototype;
        IDBDatabase.prototype.transaction = function (stores, ...given) {
            if (stores.includes("people")) throw new DOMException("", "QuotaExceededError");
            return transaction.call(this, stores, ...given);
        };
        await door.sync();
        IDBDatabase.prototype.transaction = transaction;
        return door.people.size;"""
    assert with_door(page, full) == 2
    with page.expect_request("**/snapshot*") as asked:
        with_door(page, "await door.sync();")
    assert "since" not in asked.value.url


def test_only_what_is_to_be_sent_counts_as_unsent(plain: BrowserContext, server: str, tonight: Event) -> None:
    page = open_door(plain, server, make_device(tonight, "Desk 1")[1], is_kept=False)
    counted = """async (event) => {
        const { src } = document.querySelector("script[src*='/checkin/scanner.js']");
        const { Vault, unsentOf } = await import(src.replace("scanner.js", "vault.js"));
        const vault = await Vault.of(event);
        for (const state of ["unreadable", "refused", "sent", "asking"]) await vault.addScan({ id: state, state });
        return unsentOf(event);
    }"""
    assert page.evaluate(counted, tonight.id) == 1
