"""The pages of the door: who may open them, and what an organiser can do there."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.checkin import forms
from eventsys.checkin.models import Admission, Device, Point, Scan
from eventsys.checkin.queries.figures import cumulated
from eventsys.kernel import clock, tokens
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.checkin import AT, Desk, a_scan, make_desk, make_device, make_ticket
from tests.forms import form_fields, post_form

PAGES = ["/checkin/{slug}/", "/manage/events/{slug}/door", "/manage/events/{slug}/door/new-point"]


@pytest.mark.parametrize("page", PAGES)
def test_strangers_and_other_organisers_stay_out(cast: Cast, session: Session, page: str) -> None:
    event = make_event(owner=cast.ada, door=cast.dee)
    make_ticket(event, "Secret Guest")
    url = page.format(slug=event.slug)
    anonymous, other = cast.app.test_client().get(url), cast.browser_of(cast.al).get(url)
    assert (anonymous.status_code, other.status_code) == (303, 403)
    assert anonymous.location.startswith("/sign-in?next=")
    assert b"Secret Guest" not in other.data


def test_door_staff_scan_and_do_not_manage(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, door=cast.dee)
    browser = cast.browser_of(cast.dee)
    found = [browser.get(page.format(slug=event.slug)).status_code for page in PAGES]
    assert found == [200, 403, 403]


def test_a_draft_is_unknown_to_those_who_do_not_work_on_it(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, status="draft", published_at=None)
    assert cast.browser_of(cast.al).get(f"/checkin/{event.slug}/").status_code == 404


def test_only_the_scanner_may_compile_the_reader(cast: Cast, session: Session) -> None:
    event = make_event(door=cast.dee)
    browser = cast.browser_of(cast.dee)
    pages = [f"/checkin/{event.slug}/", "/checkin/device", "/checkin/"]
    policies = [browser.get(page).headers["Content-Security-Policy"] for page in pages]
    assert ["'wasm-unsafe-eval'" in policy for policy in policies] == [True, True, False]


def test_the_door_lists_the_events_one_works_at_what_goes_on_first(cast: Cast, session: Session) -> None:
    now = clock.now()
    make_event(door=cast.dee, title="Next month", starts_at=now + timedelta(days=30), ends_at=now + timedelta(days=31))
    make_event(door=cast.dee, title="Going on", starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=2))
    make_event(door=cast.dee, title="Long over", starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=8))
    make_event(owner=cast.ada, title="Not hers", starts_at=now, ends_at=now + timedelta(days=1))
    page = html.fromstring(cast.browser_of(cast.dee).get("/checkin/").data)
    assert [title.text_content() for title in page.find_class("doors-title")] == ["Going on", "Next month"]
    assert len(page.find_class("state")) == 1


def test_a_browser_becomes_a_device_of_who_signed_in(cast: Cast, session: Session) -> None:
    event = make_event(door=cast.dee)
    browser = cast.browser_of(cast.dee)
    page = html.fromstring(browser.get(f"/checkin/{event.slug}/").data)
    csrf = page.get_element_by_id("main").get("data-csrf")
    made = browser.post(f"/checkin/{event.slug}/device", data={"csrf_token": csrf, "name": " Desk\u202e 4 "}).json
    [device] = session.scalars(select(Device))
    assert (device.user_id, device.token_hash) == (cast.dee.id, tokens.hashed(made["token"]))  # type: ignore[index]
    without = browser.post(f"/checkin/{event.slug}/device", data={"name": "Desk 5"})
    own, als_browser = make_event(owner=cast.al), cast.browser_of(cast.al)
    als = html.fromstring(als_browser.get(f"/checkin/{own.slug}/").data).get_element_by_id("main").get("data-csrf")
    stranger = als_browser.post(f"/checkin/{event.slug}/device", data={"csrf_token": als, "name": "Desk 6"})
    assert (without.status_code, stranger.status_code) == (400, 403)
    assert session.scalar(select(func.count()).select_from(Device)) == 1


def test_a_revoked_device_is_refused_at_once(cast: Cast, client: FlaskClient, session: Session) -> None:
    event = make_event(owner=cast.ada)
    device, token = make_device(event, "Lost phone")
    desk = make_desk(client, event, "Kept phone")
    lost = Desk(client, event, token)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    before = lost.get("counts").status_code
    post_form(browser, url, action=f"{url}/devices/{device.id}/revoke")
    assert (before, lost.get("counts").status_code, desk.get("counts").status_code) == (200, 401, 200)
    elsewhere = make_device(make_event())[0]
    csrf = form_fields(browser.get(url).data)["csrf_token"]
    assert browser.post(f"{url}/devices/{elsewhere.id}/revoke", data={"csrf_token": csrf}).status_code == 404


def test_an_organiser_undoes_a_scan(cast: Cast, client: FlaskClient, session: Session) -> None:
    event = make_event(owner=cast.ada)
    scan = a_scan(make_ticket(event))
    make_desk(client, event).scan(scan)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    post_form(browser, url, action=f"{url}/scans/{scan['id']}/undo")
    assert session.scalar(select(func.count()).select_from(Admission)) == 0
    assert session.scalar(select(Scan.undone_by)) == f"user:{cast.ada.id}"
    assert "Undone by an organiser" in browser.get(url).text


def test_a_point_is_added_and_changed_in_the_time_of_the_event(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    post_form(
        browser, f"{url}/new-point", having="name", name="Lunch", opens_at="2026-12-03T12:00",
        closes_at="2026-12-03T14:00", repeats="always",
    )  # fmt: skip
    point = session.scalars(select(Point).where(Point.key == "lunch")).one()
    assert (point.opens_at.isoformat(), point.repeats) == ("2026-12-03T11:00:00+00:00", "always")  # type: ignore[union-attr]
    reversed_ = post_form(browser, f"{url}/points/lunch", having="name", closes_at="2026-12-03T11:00")
    assert (reversed_.status_code, "closes before it opens" in reversed_.text) == (422, True)
    changed = post_form(browser, f"{url}/points/lunch", having="name", name="Dinner", closes_at="")
    assert changed.status_code == 303
    session.expire_all()
    assert (point.name, point.closes_at, point.key) == ("Dinner", None, "lunch")


@pytest.mark.parametrize("people", [1, 30])
def test_the_page_of_the_door_costs_the_same_for_one_and_for_many(
    cast: Cast, client: FlaskClient, session: Session, people: int
) -> None:

    event = make_event(owner=cast.ada)
    codes = [make_ticket(event, f"Person {n}").code for n in range(people)]
    for number in range(people):
        make_device(event, f"Desk {number}")
    make_desk(client, event).scan(*(a_scan(code, at=AT + timedelta(minutes=n)) for n, code in enumerate(codes)))
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    with statements() as ran:
        assert browser.get(url).status_code == 200
    assert len(ran) <= 20


def test_the_curve_counts_up_to_the_end_of_each_step() -> None:
    zone = ZoneInfo("Europe/Brussels")
    came = [datetime(2026, 12, 3, 9, minute, tzinfo=zone) for minute in (3, 9, 10, 31)]
    curve = [(at.strftime("%H:%M"), n) for at, n in cumulated(came, step=timedelta(minutes=10))]
    assert curve == [("09:00", 0), ("09:10", 2), ("09:20", 3), ("09:30", 3), ("09:40", 4)]
    assert cumulated([], step=timedelta(minutes=10)) == []


def test_a_call_holds_at_most_500_scans() -> None:
    assert len(forms.read_scans({"scans": [{}] * 500})) == 500
