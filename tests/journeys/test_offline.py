"""The door without a network: it judges by what it knows, loses nothing, and tells every desk what became of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import make_device, make_ticket
from tests.journeys.conftest import PHONE
from tests.journeys.doors import notices, open_door, ready, scan, synced, with_door


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    """An event that goes on now, with Dee at its door."""
    now = clock.now()
    return make_event(
        owner=cast.ada, door=cast.dee, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6)
    )


def test_a_phone_works_without_a_network_from_the_first_look_to_the_last(
    browser: Browser, server: str, tonight: Event, session: Session
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    cyd = make_ticket(tonight, "Cyd Stranger")
    waiting = make_ticket(tonight, "Léa Moreau", state="waiting")
    _device, token = make_device(tonight, "Desk 1")
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = open_door(context, server, token)
    context.set_offline(True)
    page.reload()
    ready(page)

    first = scan(page, bo.code)["result"]
    assert (first["outcome"], first["message"], first["attendee"]["name"]) == ("admitted", "Welcome", "Bo Berg")
    assert first["isLocal"] is True
    again = scan(page, bo.short_code.lower())["result"]
    assert again["outcome"] == "already_in"
    assert again["message"].startswith("Already in, ")
    assert again["message"].endswith(", Desk 1")
    found = with_door(page, "return door.scan({ personId: given });", cyd.registration_id)["result"]
    assert (found["outcome"], found["attendee"]["name"]) == ("admitted", "Cyd Stranger")
    late = scan(page, waiting.code)["result"]
    assert (late["outcome"], late["message"]) == ("not_confirmed", "Not confirmed: still on the waiting list")

    # Closed and opened anew, it still knows.
    page.close()
    page = context.new_page()
    page.goto(f"{server}/checkin/{tonight.slug}/")
    ready(page)
    assert scan(page, bo.code)["result"]["outcome"] == "already_in"
    assert with_door(page, "return door.unsent;") == 5
    expect(page.locator("[data-unsent]")).to_have_text("5")

    context.set_offline(False)
    assert synced(page) == 0
    session.rollback()
    outcomes = session.scalars(select(Scan.outcome).order_by(Scan.at)).all()
    assert outcomes == ["admitted", "already_in", "admitted", "not_confirmed", "already_in"]
    assert session.scalars(select(Scan.is_offline)).all() == [True] * 5
    assert len(session.scalars(select(Admission.id)).all()) == 2
    assert with_door(page, "return door.notices;") == []
    context.close()


def test_a_volunteer_sees_all_of_it(browser: Browser, server: str, tonight: Event, session: Session) -> None:
    """On the screen: the name without a network, what is unsent, and, after the other desk's scan has come in, what
    was said too early, until somebody has read it."""
    bo = make_ticket(tonight, "Bo Berg")
    _one, first = make_device(tonight, "Desk 1")
    _two, second = make_device(tonight, "Desk 2")
    early, late = browser.new_context(), browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    desk_1, desk_2 = open_door(early, server, first), open_door(late, server, second)
    early.set_offline(True)
    late.set_offline(True)
    assert scan(desk_1, bo.code)["result"]["outcome"] == "admitted"

    desk_2.keyboard.type(bo.short_code.lower())
    desk_2.keyboard.press("Enter")
    answer = desk_2.locator("[data-answer][data-outcome=admitted]")
    expect(answer.locator("[data-person]")).to_have_text("Bo Berg")
    expect(answer.locator("[data-word]")).to_have_text("Welcome")
    expect(desk_2.locator("[data-unsent]")).to_have_text("1")

    # Whoever closes the page is asked first, and stays.
    with desk_2.expect_event("dialog") as asked:
        desk_2.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()

    late.set_offline(False)
    expect(desk_2.locator("[data-unsent]")).to_have_text("0")
    assert notices(desk_2) == []
    early.set_offline(False)
    assert synced(desk_1) == 0
    assert synced(desk_2) == 0
    desk_2.reload()
    ready(desk_2)
    notice = desk_2.locator("[data-notices]")
    expect(notice).to_contain_text("Bo Berg")
    expect(notice).to_contain_text("Desk 1")
    notice.get_by_role("button", name="Understood").click()
    expect(notice).to_be_hidden()
    desk_2.reload()
    ready(desk_2)
    assert notices(desk_2) == []
    session.rollback()
    assert len(session.scalars(select(Admission.id)).all()) == 1


HEARD_LATER = """
    const heard = [];
    door.addEventListener("later", ({ detail }) => heard.push(detail.result));
    for (let tries = 0; tries < 40 && door.unsent; tries += 1) await door.sync();
    return heard;
"""


def test_an_answer_that_got_lost_is_asked_for_again_and_is_the_same(
    browser: Browser, server: str, tonight: Event, session: Session
) -> None:
    tickets = [make_ticket(tonight, f"Person N{number}") for number in range(30)]
    _device, token = make_device(tonight, "Desk 1")
    context = browser.new_context(service_workers="block")
    page = open_door(context, server, token, is_kept=False)
    context.set_offline(True)
    for ticket in tickets:
        scan(page, ticket.code)
    lost: list[str] = []

    def lose(route: Route) -> None:
        """The server has it all in its books, and dies before a word of it arrives."""
        lost.append(route.fetch().text())
        route.abort()

    context.route("**/checkin/scans", lose)
    context.set_offline(False)
    with_door(page, "await door.sync();")
    assert with_door(page, "return door.unsent;") == 30
    assert len(lost) >= 1
    context.unroute("**/checkin/scans")
    told = with_door(page, HEARD_LATER)
    assert told == json.loads(lost[0])["results"]
    session.rollback()
    assert len(session.scalars(select(Scan.id)).all()) == 30
    assert notices(page) == []


def test_two_tabs_of_one_phone_are_one_desk(browser: Browser, server: str, tonight: Event, session: Session) -> None:
    bo, cyd = make_ticket(tonight, "Bo Berg"), make_ticket(tonight, "Cyd Stranger")
    _device, token = make_device(tonight, "Desk 1")
    context = browser.new_context()
    one = open_door(context, server, token)
    other = context.new_page()
    other.goto(f"{server}/checkin/device")
    ready(other)
    context.set_offline(True)
    assert scan(one, bo.code)["result"]["outcome"] == "admitted"
    assert scan(other, bo.code)["result"]["outcome"] == "already_in"
    assert scan(other, cyd.code)["result"]["outcome"] == "admitted"
    one.close()
    assert with_door(other, "return door.unsent;") == 3
    one = context.new_page()
    one.goto(f"{server}/checkin/device")
    ready(one)
    assert scan(one, cyd.code)["result"]["outcome"] == "already_in"
    expect(other.locator("[data-unsent]")).to_have_text("4")
    context.set_offline(False)
    assert synced(one) == 0
    expect(other.locator("[data-unsent]")).to_have_text("0")
    session.rollback()
    outcomes = session.scalars(select(Scan.outcome).order_by(Scan.at)).all()
    assert outcomes == ["admitted", "already_in", "admitted", "already_in"]


def test_a_clock_that_is_set_while_the_page_lives_changes_nothing(
    browser: Browser, server: str, tonight: Event, session: Session
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    _device, token = make_device(tonight, "Desk 1")
    context = browser.new_context()
    context.add_init_script("const shown = Date.now; globalThis.off = 0; Date.now = () => shown() + off;")
    page = open_door(context, server, token)
    context.set_offline(True)
    for off in (-240_000, 300_000):
        page.evaluate("(off) => { globalThis.off = off; }", off)
        at = datetime.fromisoformat(scan(page, bo.code)["scan"]["at"])
        assert abs(at - datetime.now(UTC)) < timedelta(seconds=3)


def test_without_a_secure_context_nobody_is_kept_and_no_scan_is_lost(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], server: str, tonight: Event, session: Session
) -> None:
    """A hall's plain http: nothing can be sealed there."""
    bo = make_ticket(tonight, "Bo Berg")
    _device, token = make_device(tonight, "Desk 1")
    hall = ["--host-resolver-rules=MAP hall.test 127.0.0.1"]
    launched = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *hall]}
    browser = browser_type.launch(**launched)
    context = browser.new_context()
    page = open_door(context, server.replace("127.0.0.1", "hall.test"), token, is_kept=False)
    assert with_door(page, "return [isSecureContext, door.keeps, door.people.size];") == [False, False, 0]
    assert scan(page, bo.code)["result"]["attendee"]["name"] == "Bo Berg"
    assert with_door(page, "await door.sync(); return door.counts('entrance').in;") == 1
    assert "Berg" not in page.evaluate("async () => JSON.stringify(await indexedDB.databases())")
    context.set_offline(True)
    kept = scan(page, bo.code)["result"]
    assert (kept["outcome"], kept["message"]) == ("kept", "No network: kept, 1 unsent")
    context.set_offline(False)
    assert synced(page) == 0
    browser.close()
    session.rollback()
    assert session.scalars(select(Scan.outcome).order_by(Scan.at)).all() == ["admitted", "already_in"]


def test_a_scan_taken_back_without_a_network_is_taken_back_everywhere(
    browser: Browser, server: str, tonight: Event, session: Session
) -> None:
    bo, cyd = make_ticket(tonight, "Bo Berg"), make_ticket(tonight, "Cyd Stranger")
    _device, token = make_device(tonight, "Desk 1")
    context = browser.new_context()
    page = open_door(context, server, token)
    sent = scan(page, bo.code)["scan"]["id"]
    assert synced(page) == 0
    context.set_offline(True)
    kept = scan(page, cyd.code)["scan"]["id"]
    for scan_id in (sent, kept):
        undone = with_door(page, "return door.undo(given, 'Wrong person');", scan_id)
        assert (undone["id"], undone["isLocal"]) == (scan_id, True)
    assert with_door(page, "return door.counts('entrance').in;") == 0
    page.reload()
    ready(page)
    assert scan(page, bo.code)["result"]["outcome"] == "admitted"
    assert scan(page, cyd.code)["result"]["outcome"] == "admitted"
    context.set_offline(False)
    assert synced(page) == 0
    session.rollback()
    reasons = session.scalars(select(Scan.undone_reason).where(Scan.scan_id.in_([sent, kept]))).all()
    assert reasons == ["Wrong person", "Wrong person"]
    assert len(session.scalars(select(Admission.id)).all()) == 2
    assert with_door(page, "return door.counts('entrance').in;") == 2


def test_whatever_the_server_answers_no_scan_is_dropped(
    browser: Browser, server: str, tonight: Event, session: Session
) -> None:
    tickets = [make_ticket(tonight, f"Person N{number}") for number in range(5)]
    _device, token = make_device(tonight, "Desk 1")
    context = browser.new_context(service_workers="block")
    page = open_door(context, server, token, is_kept=False)
    context.set_offline(True)
    bad, *_rest = [scan(page, ticket.code)["scan"]["id"] for ticket in tickets]
    # 413 and 422 are about what was sent, and have it sent in halves: that comes after these.
    refusals: list[dict[str, Any]] = [
        {"status": code, "json": {"error": {"message": "no"}}} for code in (401, 403, 404, 409, 429, 500, 502)
    ]
    portal = {"status": 200, "content_type": "text/html", "body": "<h1>Welcome to the hall's network</h1>"}
    said: list[dict[str, Any]] = [portal]

    def answer(route: Route) -> None:
        """What stands in `said`; then a server that cannot read one of them, and says so of the whole call."""
        if said:
            route.fulfill(**said[0])
        elif bad in (route.request.post_data or ""):
            route.fulfill(status=422, json={"error": {"message": "What is that?"}})
        else:
            route.continue_()

    context.route("**/checkin/scans", answer)
    context.set_offline(False)
    for refusal in (*refusals, portal):
        said[:] = [refusal]
        with_door(page, "await door.sync();")
        assert with_door(page, "return [door.unsent, door.people.size, door.network === 'ended'];") == [5, 5, False]
    said.clear()
    assert synced(page) == 0
    [notice] = notices(page)
    assert (notice["id"], notice["kind"], notice["result"]["message"]) == (bad, "unreadable", "What is that?")
    session.rollback()
    assert len(session.scalars(select(Scan.id)).all()) == 4
    page.reload()
    ready(page, is_kept=False)
    assert [notice["id"] for notice in notices(page)] == [bad]
