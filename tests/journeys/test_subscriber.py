"""A subscriber's calendar follows a moved and a cancelled session: same UID, higher SEQUENCE, and 304 in between."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.registration.queries import link_of
from tests.cast import Cast
from tests.factories import STARTS_AT, make_event, make_room, make_session
from tests.factories.registration import make_registration
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.reading import entries

SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
LONG_AGO = clock.now() - timedelta(days=3)


@dataclass
class Subscriber:
    """A calendar program: it keeps what it got, and asks with what it knows."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)
    """Of the last answer that had a body."""
    known: dict[str, Any] = field(default_factory=dict)

    def ask(self, **headers: str) -> int:
        """Fetch the feed; the status. A 200 replaces what is known."""
        asked = urllib.request.Request(self.address, headers={"User-Agent": "Google-Calendar-Importer"} | headers)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                self.headers = {name.lower(): value for name, value in answer.headers.items()}
                assert self.headers["content-type"] == "text/calendar; charset=utf-8"
                self.known = entries(answer.read().decode())
                return int(answer.status)
        except urllib.error.HTTPError as other:
            with other:
                return other.code

    def ask_again(self) -> int:
        """By ETag, as Google and Apple do."""
        return self.ask(**{"If-None-Match": self.headers["etag"]})

    def ask_by_date(self) -> int:
        """By date, as Outlook does."""
        return self.ask(**{"If-Modified-Since": self.headers["last-modified"]})


def sequence(entry: Any) -> int:
    return int(entry.sequence.value)


def modified(entry: Any) -> datetime:
    found: datetime = entry.last_modified.value
    return found


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    """Three sessions, planned and last changed days ago."""
    event = make_event(slug="followed", owner=cast.ada, created_at=LONG_AGO, updated_at=LONG_AGO)
    room = make_room(event)
    for key in ("opening", "panel", "closing"):
        make_session(
            event, f"The {key}", key=key, uid=f"{key}-of-a-test", room_id=room.id, created_at=LONG_AGO,
            updated_at=LONG_AGO,
        )  # fmt: skip
    return event


def move(page: Page, desk: str, title: str) -> None:
    """Two hours later."""
    page.goto(f"{desk}/programme")
    page.get_by_role("link", name=title).first.click()
    page.get_by_label("Begins at").fill("12:00")
    page.get_by_label("Ends at").fill("13:30")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(title)


def cancel(page: Page, desk: str, title: str) -> None:
    page.goto(f"{desk}/programme")
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("button", name="Cancel this session").click()
    expect(page.get_by_text("cancelled", exact=False).locator("visible=true").first).to_be_visible()


@SIZES
def test_an_agenda_that_changes_is_followed(
    size: dict[str, int], context: BrowserContext, server: str, event: Event, cast: Cast,
    sign_in: Callable[[BrowserContext, User], None],
) -> None:  # fmt: skip
    subscriber = Subscriber(f"{server}/events/followed/agenda.ics")
    assert subscriber.ask() == 200
    before = subscriber.known
    assert set(before) == {f"{key}-of-a-test" for key in ("opening", "panel", "closing")}
    assert (subscriber.ask_again(), subscriber.ask_by_date()) == (304, 304)

    sign_in(context, cast.ada)
    page = context.new_page()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    move(page, f"{server}/manage/events/followed", "The panel")
    assert subscriber.ask_again() == 200
    moved = subscriber.known
    assert set(moved) == set(before)
    panel, old = moved["panel-of-a-test"], before["panel-of-a-test"]
    assert panel.dtstart.value == STARTS_AT.replace(hour=11)
    assert panel.dtend.value == STARTS_AT.replace(hour=12, minute=30)
    assert sequence(panel) > sequence(old)
    assert modified(panel) > modified(old)
    assert panel.dtstamp.value == modified(panel)
    for untouched in ("opening-of-a-test", "closing-of-a-test"):
        assert moved[untouched].serialize() == before[untouched].serialize()
    assert (subscriber.ask_again(), subscriber.ask_by_date()) == (304, 304)

    cancel(page, f"{server}/manage/events/followed", "The closing")
    assert subscriber.ask_by_date() == 200
    after = subscriber.known
    assert set(after) == set(before)
    closing, old = after["closing-of-a-test"], before["closing-of-a-test"]
    assert (closing.status.value, old.status.value) == ("CANCELLED", "CONFIRMED")
    assert closing.dtstart.value == old.dtstart.value
    assert sequence(closing) > sequence(old)
    assert modified(closing) > modified(old)
    assert after["panel-of-a-test"].serialize() == panel.serialize()
    assert (subscriber.ask_again(), subscriber.ask_by_date()) == (304, 304)


@SIZES
def test_an_event_that_changes_is_followed_in_every_calendar_it_is_in(
    size: dict[str, int], context: BrowserContext, server: str, event: Event, session: Session, cast: Cast,
    sign_in: Callable[[BrowserContext, User], None],
) -> None:  # fmt: skip
    make_event(slug="other", title="Another event")
    link = f"{server}/r/{link_of(make_registration(event))}/calendar.ics"
    addresses = (f"{server}/calendar.ics", f"{server}/events/followed/event.ics", link)
    subscribers = [Subscriber(address) for address in addresses]
    assert [one.ask() for one in subscribers] == [200] * 3
    assert [one.ask_again() for one in subscribers] == [304] * 3
    before = [entry_of(one, event) for one in subscribers]

    sign_in(context, cast.ada)
    page = context.new_page()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{server}/manage/events/followed/edit")
    page.get_by_label("Begins at").fill("11:00")
    page.get_by_label("Venue").fill("Charlemagne building")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Venue")).to_have_value("Charlemagne building")
    assert [one.ask_again() for one in subscribers] == [200] * 3
    moved = [entry_of(one, event) for one in subscribers]
    for new, old in zip(moved, before, strict=True):
        assert new.uid.value == old.uid.value
        assert (new.dtstart.value, old.dtstart.value) == (STARTS_AT.replace(hour=10), STARTS_AT)
        assert new.location.value.startswith("Charlemagne building")
        assert sequence(new) > sequence(old)
        assert modified(new) > modified(old)
    assert [one.ask_again() for one in subscribers] == [304] * 3

    page.goto(f"{server}/manage/events/followed/cancel")
    page.get_by_label("What people are told").fill("Flooded.")
    page.get_by_role("button", name="Cancel the event").click()
    page.wait_for_url(f"{server}/manage/events/followed/edit")
    assert [one.ask_again() for one in subscribers] == [200] * 3
    for new, old in zip((entry_of(one, event) for one in subscribers), moved, strict=True):
        assert (new.uid.value, new.status.value) == (old.uid.value, "CANCELLED")
        assert sequence(new) > sequence(old)
    assert len(subscribers[0].known) == 2


def entry_of(subscriber: Subscriber, event: Event) -> Any:
    """The entry of this event in a feed."""
    [entry] = [one for one in subscriber.known.values() if one.summary.value == event.title]
    return entry
