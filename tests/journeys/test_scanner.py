"""The scanner in a volunteer's hands: handhelds set up for any keyboard, a PIN, notices, hands-free, names offline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from tests.cast import Cast
from tests.factories.checkin import make_desk, make_ticket
from tests.journeys.conftest import PHONE
from tests.journeys.handhelds import FRENCH, GERMAN, handheld
from tests.journeys.test_door import Check, SignIn, answered, opened, tonight  # noqa: F401  The event that goes on now.


def closed(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator("[data-answer]")).to_be_hidden()


HANDHELDS: dict[str, tuple[dict[str, str], str, str]] = {
    "plain": ({}, "", "Enter"), "tab": ({}, "", "Tab"), "nothing behind": ({}, "", ""),
    "german": (GERMAN, "", "Enter"), "french": (FRENCH, "", "Enter"), "identifier before": ({}, "]Q1", "Enter"),
}  # fmt: skip


def test_a_handheld_is_understood_however_it_is_set_up(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, sign_in: SignIn,  # noqa: F811
) -> None:  # fmt: skip
    tickets = {setting: make_ticket(tonight, f"Bo {setting.title()}") for setting in HANDHELDS}
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    for setting, (layout, prefix, suffix) in HANDHELDS.items():
        handheld(page, tickets[setting].code, layout=layout, prefix=prefix, suffix=suffix)
        person = answered(page, "admitted").locator("[data-person]")
        expect(person).to_have_text(f"Bo {setting.title()}")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_handheld_scans_out_of_the_search_and_a_code_is_typed_as_it_is_read(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, sign_in: SignIn,  # noqa: F811
) -> None:  # fmt: skip
    bo, ada = make_ticket(tonight, "Bo Berg"), make_ticket(tonight, "Ada Ahl")
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    page.get_by_role("button", name="Name or code").click()
    page.get_by_role("searchbox").fill("be")
    page.keyboard.type(bo.code.lower())
    page.keyboard.press("Enter")
    expect(answered(page, "admitted").locator("[data-person]")).to_have_text("Bo Berg")
    expect(page.locator("#find")).to_be_hidden()
    closed(page)
    page.get_by_role("button", name="Name or code").click()
    short = ada.short_code
    page.get_by_role("searchbox").fill(f"{short[:3]}-{short[3:]}".lower().replace("0", "o"))
    page.get_by_role("button", name=f"Take {short} as a code").click()
    expect(answered(page, "admitted").locator("[data-person]")).to_have_text("Ada Ahl")


def test_a_name_is_found_without_a_network_and_let_in(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, session: Session, sign_in: SignIn,  # noqa: F811
    accessible: Check,
) -> None:  # fmt: skip
    make_ticket(tonight, "Ιωάννα Παπαδάκη", organisation="Κέντρο Μελετών")
    make_ticket(tonight, "Léa Moreau", state="waiting")
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    expect(page.locator("[data-door][data-known='2']")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    page.get_by_role("button", name="Name or code").click()
    page.get_by_role("searchbox").fill("moreau lea")
    expect(page.locator("[data-found]")).to_contain_text("Not confirmed: still on the waiting list")
    page.get_by_role("searchbox").fill("papadaki ioana")
    expect(page.locator("[data-found] mark").first).to_have_text("Ιωάννα")
    accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Let in: Ιωάννα Παπαδάκη")).to_be_focused()
    page.keyboard.press("Enter")
    expect(answered(page, "admitted").locator("[data-local]")).to_be_visible()
    context.set_offline(False)
    expect(page.locator("[data-unsent]")).to_have_text("0")
    session.rollback()
    assert session.scalars(select(Scan.outcome)).all() == ["admitted"]


def test_a_later_desk_reads_that_somebody_was_in_already(
    app: Any, context: BrowserContext, server: str, cast: Cast, tonight: Event, sign_in: SignIn,  # noqa: F811
    accessible: Check,
) -> None:  # fmt: skip
    bo, ada = make_ticket(tonight, "Bo Berg"), make_ticket(tonight, "Ada Ahl")
    other = make_desk(app.test_client(), tonight, "Desk 2")
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    expect(page.locator("[data-door][data-known='2']")).to_be_visible()
    context.set_offline(True)
    for ticket in (bo, ada):
        handheld(page, ticket.code)
        expect(answered(page, "admitted").locator("[data-person]")).to_contain_text("Berg" if ticket is bo else "Ahl")
    earlier = clock.now() - timedelta(minutes=2)
    other.outcomes(*({"id": f"earlier-{n}", "code": t.code, "point": "entrance", "direction": "in",
                      "at": earlier.isoformat(), "offline": False} for n, t in enumerate((bo, ada))))  # fmt: skip
    context.set_offline(False)
    notice = page.locator("[data-notices]")
    expect(page.locator("[data-answer-notices]")).to_have_text("2 to read")
    closed(page)
    expect(notice).to_contain_text("1 of 2: ")
    expect(notice).to_contain_text("was let in here without network, but: Already in,")
    expect(notice).to_contain_text("Desk 2")
    accessible(page)
    # It waits for its reader also over a reload.
    page.reload()
    expect(page.locator("[data-door][data-state=ready]")).to_be_visible()
    for left in ("1 of 2: ", ""):
        expect(page.locator("[data-notice-count]")).to_have_text(left.strip())
        page.get_by_role("button", name="Understood").click()
    expect(notice).to_be_hidden()


def test_hands_free_answers_go_by_themselves_and_are_interrupted(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, sign_in: SignIn,  # noqa: F811
) -> None:  # fmt: skip
    waiting, bo = make_ticket(tonight, "Léa Moreau", state="waiting"), make_ticket(tonight, "Bo Berg")
    sign_in(context, cast.dee)
    context.clock.install()
    page = opened(context, server, tonight, PHONE)
    page.get_by_role("button", name="Settings").last.click()
    page.get_by_label("Hands-free").check()
    page.get_by_role("button", name="Back to the camera").click()
    # From here on time stands still, so that no answer goes before the next is there.
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))
    for ticket, outcome in ((waiting, "not_confirmed"), (bo, "admitted"), (waiting, "not_confirmed")):
        handheld(page, ticket.code)
        answered(page, outcome)
    page.clock.run_for(5900)
    expect(page.locator("[data-answer]")).to_be_visible()
    page.clock.run_for(200)
    expect(page.locator("[data-answer]")).to_be_hidden()
    page.clock.resume()
    page.reload()
    page.get_by_role("button", name="Settings").last.click()
    expect(page.get_by_label("Hands-free")).to_be_checked()


def test_what_an_answer_covers_cannot_be_reached(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, sign_in: SignIn,  # noqa: F811
) -> None:  # fmt: skip
    waiting = make_ticket(tonight, "Léa Moreau", state="waiting")
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    page.get_by_role("button", name="Latest").focus()
    handheld(page, waiting.code)
    answered(page, "not_confirmed")
    reached = set()
    for _press in range(6):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.closest('[data-answer]') ? 'answer' : document.activeElement.tagName")
        )
    assert reached <= {"answer", "BODY", "A", "HTML"}
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Latest")).to_be_visible()
