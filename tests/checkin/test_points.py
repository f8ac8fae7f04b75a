"""Points of every kind: how organisers add them, what they ask of people, and what the door says of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Point, Scan
from eventsys.checkin.queries import doors, figures
from eventsys.checkin.rules import EVER
from eventsys.events.models import Event
from eventsys.kernel.database import transaction
from eventsys.registration.models import Seat, SeatPool
from eventsys.reports.queries import days_of
from tests.cast import Cast
from tests.factories import make_event, make_session
from tests.factories.checkin import AT, a_scan, make_desk, make_ticket
from tests.forms import csrf_token, form_fields, post_form

HOUR = timedelta(hours=1)


def make_point(event_id: int, key: str, **values: object) -> None:
    with transaction() as writing:
        writing.add(Point(event_id=event_id, key=key, name=key.title(), **values))


def give_seat(registration_id: int, event_id: int, kind: str, key: str) -> None:
    with transaction() as writing:
        found = writing.scalar(select(SeatPool).filter_by(event_id=event_id, kind=kind, key=key))
        if found is None:
            found = SeatPool(event_id=event_id, kind=kind, key=key, mode="", seats=50)
            writing.add(found)
            writing.flush()
        writing.add(Seat(registration_id=registration_id, pool_id=found.id))
        found.taken += 1


def test_an_item_is_given_once_in_the_whole_event(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_point(event.id, "headset", kind="item", repeats="once", is_two_way=False)
    ticket, desk = make_ticket(event), make_desk(client, event, "Desk 1")
    scans = [a_scan(ticket, point="headset", at=AT + n * timedelta(days=1)) for n in (0, 1)]
    results = desk.scan(*scans, a_scan(ticket, point="headset", direction="out"))
    assert [r["outcome"] for r in results] == ["admitted", "already_in", "wrong_point"]
    assert results[1]["message"] == "Already given, Thu 3 December, 09:59, Desk 1"
    assert results[2]["message"] == "Nobody leaves at “Headset”: one passes there one way"
    counts = desk.get("counts").json["points"]["headset"]  # type: ignore[index]
    assert counts == {"came": 1, "in": 1}


def test_what_is_given_once_stays_given_when_the_event_moves(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_point(event.id, "headset", kind="item", repeats="once", is_two_way=False)
    ticket, desk = make_ticket(event), make_desk(client, event, "Desk 1")
    second_day, week = AT + timedelta(days=1), timedelta(days=7)
    assert desk.outcomes(a_scan(ticket, point="headset", at=second_day)) == ["admitted"]
    session.rollback()
    # Who came is said of the day on which they did, though the book is of no day.
    assert days_of(session, [ticket.registration_id]) == {ticket.registration_id: [date(2026, 12, 4)]}
    assert figures.came_by_day(session, event.id, zone=event.zone, point="headset") == [(date(2026, 12, 4), 1)]
    with transaction() as writing:
        moved = writing.get_one(Event, event.id)
        moved.starts_at, moved.ends_at = moved.starts_at + week, moved.ends_at + week
    assert desk.outcomes(a_scan(ticket, point="headset", at=AT + week)) == ["already_in"]
    assert desk.get("counts").json["points"]["headset"] == {"came": 1, "in": 1}  # type: ignore[index]
    [admission] = session.scalars(select(Admission))
    assert (admission.day, admission.first_at) == (EVER, second_day)


def test_a_point_of_a_day_asks_whether_one_comes_on_it(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_point(event.id, "second", kind="day", day=date(2026, 12, 4))
    first, second, both = (make_ticket(event, name) for name in ("Bo Berg", "Cyd Stranger", "Dee Door"))
    for ticket, days in ((first, ["03"]), (second, ["04"]), (both, [])):
        for day in days:
            give_seat(ticket.registration_id, event.id, "day", f"2026-12-{day}")
    desk, next_day = make_desk(client, event), AT + timedelta(days=1)
    scans = [a_scan(ticket, point="second", at=next_day) for ticket in (first, second, both)]
    assert desk.outcomes(*scans) == ["wrong_day", "admitted", "admitted"]
    assert desk.outcomes(a_scan(second, point="second")) == ["too_early"]
    assert desk.outcomes(a_scan(first), a_scan(second), a_scan(second, at=next_day)) == [
        "admitted", "wrong_day", "admitted"
    ]  # fmt: skip


def test_a_session_asks_who_signed_up_where_one_can(client: FlaskClient, session: Session) -> None:
    event = make_event()
    for key in ("s1", "s2"):
        make_session(event, key=key, starts_at=AT, ends_at=AT + HOUR)
        make_point(event.id, f"room-{key}", kind="session", session_key=key)
    signed_up, other = make_ticket(event), make_ticket(event, "Cyd Stranger")
    give_seat(signed_up.registration_id, event.id, "session", "s1")
    desk = make_desk(client, event)
    results = desk.scan(*(a_scan(ticket, point="room-s1") for ticket in (signed_up, other)))
    assert [r["outcome"] for r in results] == ["admitted", "not_signed_up"]
    assert results[1]["message"] == "Not signed up for “Room-S1”"
    assert desk.outcomes(a_scan(other, point="room-s2")) == ["admitted"], "nobody signs up for the second"
    early, late = AT - HOUR / 2 - timedelta(seconds=1), AT + HOUR + timedelta(seconds=1)
    assert desk.outcomes(*(a_scan(signed_up, point="room-s1", at=at) for at in (early, late))) == [
        "too_early", "too_late"
    ]  # fmt: skip


def test_who_waits_passes_where_the_point_lets_them_and_types_are_asked(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_point(event.id, "foyer", states=["confirmed", "waiting"], modes=["onsite", "online"], types=["speaker"])
    people = [
        make_ticket(event, "Bo Berg", state="waiting", type="speaker"),
        make_ticket(event, "Cyd Stranger", mode="online", type="speaker"),
        make_ticket(event, "Dee Door", state="offered", type="speaker"),
        make_ticket(event, "Eva Egan"),
    ]
    results = make_desk(client, event).scan(*(a_scan(ticket, point="foyer") for ticket in people))
    assert [r["outcome"] for r in results] == ["admitted", "admitted", "not_confirmed", "wrong_type"]
    assert results[3]["message"] == "Only for: Speaker"


def test_points_are_added_for_every_day_and_every_session_with_sign_up(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    make_session(event, "Drones over crowds", key="s1", starts_at=AT, ends_at=AT + HOUR)
    make_session(event, key="s2", starts_at=AT, ends_at=AT + HOUR)
    with transaction() as writing:
        writing.add(SeatPool(event_id=event.id, kind="session", key="s1", mode="", seats=20))
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    for act in ("days", "sessions"):
        assert post_form(browser, url, action=f"{url}/point-series/{act}").status_code == 303
    rows = session.execute(select(Point.key, Point.name, Point.kind).order_by(Point.position)).all()
    assert [tuple(row) for row in rows] == [
        ("entrance", "Entrance", "door"),
        ("day-2026-12-03", "Thu 3 December", "day"),
        ("day-2026-12-04", "Fri 4 December", "day"),
        ("session-s1", "Drones over crowds", "session"),
    ]
    page = browser.get(url).text
    assert "Only who signed up for “Drones over crowds”" in page
    assert "point-series/days" not in page
    assert "point-series/sessions" not in page


@pytest.mark.parametrize("kind", ["door", "day", "session", "item"])
def test_a_point_of_each_kind_is_added_with_what_is_usual(cast: Cast, session: Session, kind: str) -> None:
    event = make_event(owner=cast.ada)
    make_session(event, key="s1", starts_at=AT, ends_at=AT + HOUR)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door/new-point?kind={kind}"
    assert post_form(browser, url, having="name", name="Lunch").status_code == 303
    [point] = session.scalars(select(Point).where(Point.key == "lunch"))
    usual = ("once", False) if kind == "item" else ("daily", True)
    assert (point.kind, point.repeats, point.is_two_way) == (kind, *usual)
    assert (point.states, point.modes, point.types) == (["confirmed"], ["onsite"], [])
    assert (point.day, point.session_key) == (date(2026, 12, 3) if kind == "day" else None,
                                              "s1" if kind == "session" else None)  # fmt: skip


def test_a_point_for_nobody_is_refused_beside_its_field(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door/new-point"
    refused = post_form(browser, url, having="name", name="Lunch", modes=[])
    assert (refused.status_code, "Choose at least one" in refused.text) == (422, True)
    assert session.scalars(select(Point)).all() == []


def test_a_point_is_removed_until_somebody_was_scanned_there(cast: Cast, client: FlaskClient, session: Session) -> None:
    event = make_event(owner=cast.ada)
    desk, ticket = make_desk(client, event), make_ticket(event)
    for key in ("lunch", "dinner"):
        make_point(event.id, key)
    desk.scan(a_scan(ticket, point="dinner"))
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    assert post_form(browser, f"{url}/points/lunch", action=f"{url}/points/lunch/remove").status_code == 303
    assert "Remove this point" not in browser.get(f"{url}/points/dinner").text
    for key in ("dinner", "entrance"):
        refused = browser.post(f"{url}/points/{key}/remove", data={"csrf_token": csrf_token(browser)})
        assert refused.status_code == 409
    assert set(session.scalars(select(Point.key))) == {"entrance", "dinner"}


def test_points_change_places(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    for position, key in enumerate(("entrance", "lunch", "dinner")):
        make_point(event.id, key, position=position)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    for key, to in (("dinner", "up"), ("entrance", "up"), ("dinner", "up"), ("lunch", "down")):
        assert post_form(browser, url, action=f"{url}/points/{key}/move", to=to).status_code == 303
    assert [point.key for point, _place in doors.points_of(session, event)] == ["dinner", "entrance", "lunch"]


def test_a_point_that_changes_how_often_one_passes_gets_its_books_anew(
    cast: Cast, client: FlaskClient, session: Session
) -> None:
    event = make_event(owner=cast.ada)
    make_point(event.id, "lunch", repeats="daily")
    desk, ticket = make_desk(client, event), make_ticket(event)
    cursor = desk.get("snapshot").json["cursor"]  # type: ignore[index]
    scans = [a_scan(ticket, point="lunch", at=AT + n * timedelta(days=1)) for n in (0, 1)]
    assert desk.outcomes(*scans) == ["admitted", "admitted"]
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door/points/lunch"
    for repeats, admissions, told in (("once", 1, [("admitted", "already_in")]), ("always", 2, [])):
        assert post_form(browser, url, having="name", repeats=repeats).status_code == 303
        session.rollback()
        assert len(session.scalars(select(Admission)).all()) == admissions
        corrections = desk.get("snapshot", since=cursor).json["corrections"]  # type: ignore[index]
        wrong = [(c["told"], c["outcome"]) for c in corrections if c["told"] != c["outcome"]]
        assert wrong == told
    assert session.scalar(select(Scan.corrected_outcome).where(Scan.scan_id == scans[1]["id"])) == "admitted"


def test_what_was_added_is_named_beside_the_list_and_can_be_removed_again(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    added = post_form(browser, url, action=f"{url}/point-series/days")
    assert (added.status_code, added.location) == (303, f"{url}?of=day#points")
    told = "2 points are added: Thu 3 December, Fri 4 December."
    assert told in browser.get(url).text.split('id="points"')[1]
    assert told not in browser.get(url).text, "it is said once"
    for day in ("2026-12-03", "2026-12-04"):
        gone = browser.post(f"{url}/points/day-{day}/remove", data={"csrf_token": csrf_token(browser)})
        assert gone.location == f"{url}#points"
    post_form(browser, url, action=f"{url}/point-series/days")
    removed = post_form(browser, url, action=f"{url}/point-series/remove")
    assert (removed.status_code, removed.location) == (303, f"{url}#points")
    assert "2 points are removed." in browser.get(url).text
    session.rollback()
    assert session.scalars(select(Point.key)).all() == ["entrance"]


def test_what_was_added_stays_as_a_whole_where_somebody_was_scanned_meanwhile(
    cast: Cast, client: FlaskClient, session: Session
) -> None:
    event = make_event(owner=cast.ada)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    post_form(browser, url, action=f"{url}/point-series/days")
    fields = form_fields(browser.get(url).data, having="first", action=f"{url}/point-series/remove")
    make_desk(client, event).scan(a_scan(make_ticket(event), point="day-2026-12-03"))
    assert browser.post(f"{url}/point-series/remove", data=fields).status_code == 409
    other = make_event(owner=cast.ada)
    make_point(other.id, "lunch")
    wide = fields | {"first": "0", "last": "999999", "csrf_token": csrf_token(browser)}
    assert browser.post(f"/manage/events/{other.slug}/door/point-series/remove", data=wide).status_code == 303
    session.rollback()
    assert set(session.scalars(select(Point.key))) == {"entrance", "day-2026-12-03", "day-2026-12-04"}


def test_many_points_are_folded_by_kind_with_what_happens_there(
    cast: Cast, client: FlaskClient, session: Session
) -> None:
    event = make_event(owner=cast.ada)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    for number in range(6):
        make_point(event.id, f"lunch-{number}", kind="item")
    desk = make_desk(client, event)
    desk.scan(*(a_scan(make_ticket(event), point=f"lunch-{number}") for number in (0, 1)))
    page = browser.get(url).text
    assert (page.count('class="point-group"'), page.count('class="point-group" open'), "point-search" in page) == (
        2,
        1,
        False,
    )
    assert "2 in, 2 came" in page
    assert browser.get(f"{url}?of=item").text.count('class="point-group" open') == 2
    for number in range(6, 13):
        make_point(event.id, f"door-{number}")
    assert "point-search" in browser.get(url).text


def test_a_point_moves_among_those_of_its_kind(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    for position, (key, kind) in enumerate((("a", "item"), ("d", "door"), ("b", "item"), ("e", "door"), ("c", "item"))):
        make_point(event.id, key, kind=kind, position=position)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    orders = []
    for key, to in (("c", "up"), ("c", "up"), ("c", "up"), ("d", "down"), ("e", "up"), ("a", "down")):
        post_form(browser, url, action=f"{url}/points/{key}/move", to=to)
        session.rollback()
        orders.append("".join(session.scalars(select(Point.key).order_by(Point.position))))
    assert orders == ["adcbe", "cadbe", "cadbe", "cabed", "cabed", "cbaed"]
