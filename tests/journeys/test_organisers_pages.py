"""Organisers' pages in a real browser: clean for those who cannot see them, quick for those who only type."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.agenda import actions
from eventsys.agenda.actions import TalkEntry
from eventsys.agenda.models import AgendaSession, Person, Room
from eventsys.events import actions as events
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.factories import STARTS_AT, make_event, make_person, make_room, make_session
from tests.journeys.conftest import DESKTOP, PHONE

SignIn = Callable[[BrowserContext, User], None]
Check = Callable[[Page], None]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def ours(session: Session, cast: Cast) -> Event:
    """A workshop with a clash, and an event without anything."""
    make_event(slug="bare", owner=cast.ada, status="draft", published_at=None)
    event = make_event(
        slug="ours", owner=cast.ada, editor=cast.al, title="Disaster-resilient societies: " + "results " * 9
    )
    room, person = make_room(event), make_person(event, "Ioanna Papadaki", key="ioanna", affiliation="KEMEA")
    entry = make_session(event, "Panel", key="panel", room_id=room.id)
    make_session(event, "Keynote", kind="keynote", room_id=room.id, starts_at=STARTS_AT)
    make_session(event, "Coffee", kind="break", status="tentative")
    with transaction() as writing:
        found = writing.get_one(Event, event.id)
        actions.add_track(writing, found, name="FCT", colour="#0b5394")
        who, where = writing.get_one(Person, person.id), writing.get_one(AgendaSession, entry.id)
        actions.set_session_people(writing, where, [(who, "chair")])
        actions.set_talks(writing, where, [TalkEntry("STARLIGHT", people=[(who, "presenter")])])
        actions.update_session(writing, where, room=writing.get_one(Room, room.id), ends_at=where.ends_at)
        events.invite_member(writing, found, email="x@example.org", role="door", invited_by=None, now=clock.now())
    return event


def page_of(context: BrowserContext, size: dict[str, int]) -> Page:
    page = context.new_page()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    return page


def test_errors_take_the_focus_and_the_form_stays_accessible(
    context: BrowserContext, server: str, sign_in: SignIn, accessible: Check, cast: Cast
) -> None:
    sign_in(context, cast.ada)
    page = page_of(context, PHONE)
    page.goto(f"{server}/manage/events/new")
    page.get_by_label("Title").fill("Fighting crime")
    page.get_by_label("First day").fill("2026-03-29")
    page.get_by_label("Begins at").fill("02:30")
    # The address follows the title, the last day the first one.
    expect(page.locator("#slug")).to_have_value("fighting-crime-2026")
    expect(page.get_by_label("Last day")).to_have_value("2026-03-29")
    page.get_by_role("button", name="Create the draft").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("2026-03-29 02:30 does not exist in Europe/Brussels")
    accessible(page)


def test_a_session_is_written_by_keyboard_alone(
    context: BrowserContext, server: str, sign_in: SignIn, session: Session, cast: Cast, ours: Event
) -> None:
    sign_in(context, cast.ada)
    page = page_of(context, DESKTOP)
    page.goto(f"{server}/manage/events/bare/programme/sessions/new")
    page.get_by_label("Title").first.focus()
    page.keyboard.type("Round table")
    page.get_by_label("or its length in minutes").focus()
    page.keyboard.type("45")
    page.locator("#people-0-name").focus()
    page.keyboard.type("Bo")
    page.get_by_role("button", name="Add a person").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#people-1-name")).to_be_focused()
    page.keyboard.type("Cyd")
    page.get_by_role("button", name="Add a talk").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#talks-0-title")).to_be_focused()
    page.keyboard.type("What we learnt")
    page.get_by_role("button", name="Remove Bo").or_(page.locator("[name=drop_people][value='0']")).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#people-0-name")).to_have_count(0)
    expect(page.locator("#people-1-name")).to_be_focused()
    # Enter in a field saves the session; it does not press the first button that adds a row.
    page.keyboard.press("Enter")
    page.wait_for_url("**/programme*")
    session.rollback()
    entry = session.scalars(select(AgendaSession).where(AgendaSession.title == "Round table")).one()
    assert ([role.person.name for role in entry.roles], [talk.title for talk in entry.talks]) == (
        ["Cyd"],
        ["What we learnt"],
    )
    assert (entry.ends_at - entry.starts_at).total_seconds() == 45 * 60
