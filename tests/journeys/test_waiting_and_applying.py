"""The whole life of an application, of an offer from the waiting list, and of "Are you still coming?": in a browser,
on a phone and at a desk, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration import queries
from eventsys.registration.models import Registration, RegistrationSettings
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.reading import Post, link_in, parts_of, subjects
from tests.journeys.test_participant import Keys, state_of

SIZES = [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop")]
Check = Callable[[Page], None]
SignIn = Callable[[BrowserContext, User], None]


def soon(cast: Cast, *, onsite: int, **values: object) -> Event:
    """An event in three weeks with so many seats; who waits takes part online."""
    starts_at = (clock.now() + timedelta(days=21)).replace(hour=8, minute=0, second=0, microsecond=0)
    return make_event(
        slug="floods", title="Floods", owner=cast.ada, editor=cast.al, onsite=onsite, online=None,
        starts_at=starts_at, ends_at=starts_at + timedelta(days=1), **values,  # type: ignore[arg-type]
    )  # fmt: skip


def worked(post: Post, **later: int) -> list[EmailMessage]:
    """What the worker sends when so much time has passed."""
    return post.work(later=timedelta(**later).total_seconds())


def link_of(server: str, registration: Registration) -> str:
    return f"{server}/r/{queries.link_of(registration)}"


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_life_of_an_application(
    size: dict[str, int], browser: Browser, server: str, session: Session, cast: Cast, post: Post, sign_in: SignIn,
    accessible: Check,
) -> None:  # fmt: skip
    event = soon(cast, onsite=1, has_approval=True)
    theme = make_question(event, "theme", label="Theme", type="choice", choices=["Rivers", "Coasts"])
    ioanna, jan, zoe = (
        make_registration(event, first_name=name, last_name=name, email=f"{name}@example.org".lower(),
                          sector=sector, answers={theme.id: "Rivers"})
        for name, sector in (("Ioanna", "research"), ("Jan", "police"), ("Zoe", "police"))
    )  # fmt: skip
    assert len(post.work()) == 3
    context = browser.new_context(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
    sign_in(context, cast.ada)
    page = context.new_page()
    page.goto(f"{server}/manage/events/floods/applications")
    keys = Keys(page)
    accessible(page)
    give_an_opinion(keys, accessible)
    pick_and_watch_the_balance(keys)
    accessible(page)
    decide(keys, accessible)
    undo_and_decide_again(keys, accessible)
    assert worked(post, seconds=30) == []
    letters = worked(post, minutes=3)
    assert subjects(letters) == [
        ("ioanna@example.org", "You are in: Floods"),
        ("jan@example.org", "You are in: Floods"),
        ("zoe@example.org", "No place this time: Floods"),
    ]
    mine = next(letter for letter in letters if "ioanna" in str(letter["To"]))
    body = mine.get_body(("plain",))
    assert body is not None
    assert "Please bring your badge." in body.get_content()
    assert len(parts_of(mine, "application/pdf")) == 1
    for person, state in ((ioanna, "confirmed"), (jan, "confirmed"), (zoe, "declined")):
        page.goto(link_of(server, person))
        state_of(page, state)
    context.close()


def give_an_opinion(keys: Keys, accessible: Check) -> None:
    page = keys.page
    keys.press(page.get_by_role("link", name="Ioanna Ioanna"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ioanna Ioanna")
    accessible(page)
    score = page.locator("#score")
    keys.choose_radio(score.get_by_role("radio", name="4"))
    keys.write("Note", "Leads the pilot.")
    keys.press(page.get_by_role("button", name="Keep my opinion"))
    expect(page.get_by_text("Your opinion is kept.")).to_be_visible()
    accessible(page)
    keys.press(page.get_by_label("You are here").get_by_role("link", name="Applications"))


def pick_and_watch_the_balance(keys: Keys) -> None:
    page = keys.page
    whole = page.locator(".balance-whole")
    expect(whole).to_contain_text("0 would be in")
    for name in ("Ioanna", "Jan"):
        keys.tick(page.get_by_role("checkbox", name=f"Choose {name} {name}"))
    # The picture follows the ticks before anything is picked.
    expect(whole).to_contain_text("2 would be in")
    expect(page.locator("#balance").get_by_text("1 person more than there are seats would be in.")).to_be_visible()
    keys.press(page.get_by_role("button", name="Accept", exact=True))
    expect(page.get_by_text("2 applications are picked: Accept. Nobody is told yet.")).to_be_visible()
    keys.tick(page.get_by_role("checkbox", name="Choose Zoe Zoe"))
    keys.press(page.get_by_role("button", name="Decline", exact=True))
    expect(page.get_by_role("link", name="Decide 3 picks")).to_be_visible()


def decide(keys: Keys, accessible: Check) -> None:
    """Seats are missing; it is overbooked by one, knowingly; the letters are read before they go."""
    page = keys.page
    keys.press(page.get_by_role("link", name="Decide 3 picks"))
    expect(page.get_by_text("On site: 1 seat is missing.")).to_be_visible()
    accessible(page)
    keys.tick(page.get_by_role("checkbox", name="Overbook knowingly: give 1 person a seat beyond the seats"))
    keys.write("Accept", "Please bring your badge.")
    keys.press(page.get_by_role("button", name="Look again"))
    expect(page.locator(".letter-text").first).to_contain_text("Please bring your badge.")
    expect(page.get_by_text("1 of them beyond the seats")).to_be_visible()
    accessible(page)
    keys.press(page.get_by_role("button", name="Carry out 3 decisions"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Round of decisions")
    accessible(page)


def undo_and_decide_again(keys: Keys, accessible: Check) -> None:
    page = keys.page
    keys.press(page.get_by_role("button", name="Undo this round"))
    expect(page.get_by_text("3 decisions are undone.")).to_be_visible()
    accessible(page)
    keys.press(page.get_by_role("link", name="To the applications"))
    keys.press(page.get_by_role("link", name="Decide 3 picks"))
    keys.tick(page.get_by_role("checkbox", name="Overbook knowingly: give 1 person a seat beyond the seats"))
    keys.write("Accept", "Please bring your badge.")
    keys.press(page.get_by_role("button", name="Carry out 3 decisions"))
    expect(page.get_by_role("button", name="Undo this round")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_life_of_an_offer(
    size: dict[str, int], browser: Browser, server: str, session: Session, cast: Cast, post: Post, accessible: Check
) -> None:
    event = soon(cast, onsite=1, waiting_list="offers")
    bo, cyd, dan, eli = (
        make_registration(event, first_name=name, last_name="", email=f"{name}@example.org".lower())
        for name in ("Bo", "Cyd", "Dan", "Eli")
    )
    waiting = {str(letter["To"]): letter for letter in post.work()}
    assert link_in(next(letter for to, letter in waiting.items() if "cyd" in to)) == link_of(server, cyd)
    context = browser.new_context(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    keys = Keys(page)
    wait_online(keys, link_of(server, dan), accessible)
    page.goto(link_of(server, bo))
    keys.press(page.locator(".slip-todo summary", has_text="Cancel"))
    keys.press(page.get_by_role("dialog").get_by_role("button", name="Yes, cancel it"))
    state_of(page, "cancelled")
    # The seat is held for Cyd, who says nothing; two days later it is held for Dan.
    assert subjects(post.work()) == [
        ("bo@example.org", "Your registration is cancelled: Floods"),
        ("cyd@example.org", "A seat is held for you: Floods"),
    ]
    page.goto(link_of(server, cyd))
    state_of(page, "offered")
    expect(page.get_by_text("Until you have taken the seat you take part online.")).to_be_visible()
    accessible(page)
    letters = worked(post, hours=48, minutes=1)
    assert subjects(letters) == [
        ("cyd@example.org", "The held seat has gone to the next: Floods"),
        ("dan@example.org", "A seat is held for you: Floods"),
    ]
    page.goto(link_of(server, cyd))
    state_of(page, "cancelled")
    accessible(page)
    page.goto(link_in(next(letter for letter in letters if "dan" in str(letter["To"]))))
    state_of(page, "offered")
    keys.press(page.get_by_role("button", name="No, thank you"))
    expect(page.get_by_text("The seat goes to the next in line.")).to_be_visible()
    page.goto(link_of(server, eli))
    state_of(page, "offered")
    keys.press(page.get_by_role("button", name="Yes, I take it"))
    state_of(page, "confirmed")
    expect(page.locator(".slip-qr")).to_be_visible()
    accessible(page)
    assert ("eli@example.org", "You are in: Floods") in subjects(worked(post, hours=48, minutes=2))
    context.close()


def wait_online(keys: Keys, link: str, accessible: Check) -> None:
    """Where in line, and in by the stream until then."""
    page = keys.page
    page.goto(link)
    state_of(page, "waiting")
    expect(page.get_by_text("You are number 2 in line.")).to_be_visible()
    expect(page.get_by_text("Until a seat is free you take part online.")).to_be_visible()
    accessible(page)
    keys.press(page.get_by_role("link", name="Join online"))
    expect(page).to_have_url(f"{link.partition('/r/')[0]}/events/floods/live")


@pytest.mark.parametrize("size", SIZES)
def test_who_is_asked_again_keeps_the_seat_or_gives_it_on(
    size: dict[str, int], browser: Browser, server: str, session: Session, cast: Cast, post: Post, sign_in: SignIn,
    accessible: Check,
) -> None:  # fmt: skip
    event = soon(cast, onsite=3)
    with transaction() as writing:
        writing.get_one(RegistrationSettings, event.id).frees_silent = True
    bo, cyd, silent, waits = (make_registration(event, email=f"p{number}@example.org") for number in range(4))
    post.work()
    context = browser.new_context(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
    sign_in(context, cast.ada)
    page = context.new_page()
    keys = Keys(page)
    page.goto(f"{server}/manage/events/floods/coming")
    accessible(page)
    keys.press(page.locator("summary", has_text="Ask now"))
    keys.press(page.get_by_role("dialog").get_by_role("button", name="Ask them"))
    expect(page.get_by_text("3 people are asked by mail.")).to_be_visible()
    links = {str(letter["To"]): link_in(letter) for letter in post.work()}
    assert set(links.values()) == {link_of(server, one) for one in (bo, cyd, silent)}
    for person, button, state in ((bo, "Yes, I am coming", "confirmed"), (cyd, "No, I cannot come", "cancelled")):
        page.goto(link_of(server, person))
        accessible(page)
        keys.press(page.get_by_role("button", name=button))
        state_of(page, state)
    page.goto(link_of(server, waits))
    state_of(page, "confirmed")
    letters = subjects(worked(post, hours=72, minutes=1))
    assert ("p2@example.org", "Your seat has gone to the next: Floods") in letters
    page.goto(link_of(server, silent))
    state_of(page, "cancelled")
    page.goto(f"{server}/manage/events/floods/coming")
    expect(page.locator(".figures")).to_contain_text("Gave the seat back")
    accessible(page)
    context.close()
