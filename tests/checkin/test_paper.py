"""The paper list: printed in every script, and entered afterwards as the scans it stands for, once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.badges.lists import ListHead, ListLine, list_pdf
from eventsys.checkin.models import Admission, Device, Point, Scan
from eventsys.checkin.queries.naming import people_meant
from eventsys.checkin.rules import Place
from eventsys.checkin.rules.listing import boxes_of, lists_of
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.checkin import make_ticket


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    """An event that began some hours ago, whose list was kept on paper."""
    now = clock.now()
    return make_event(
        owner=cast.ada, door=cast.dee, starts_at=now - timedelta(hours=3), ends_at=now + timedelta(hours=8)
    )


def at(event: Event, minutes_ago: int = 30) -> str:
    local: datetime = (clock.now() - timedelta(minutes=minutes_ago)).astimezone(event.zone)
    return local.strftime("%Y-%m-%dT%H:%M")


def entered(app: Flask, cast: Cast, event: Event, people: str, **more: str) -> Any:
    browser = cast.browser_of(cast.ada)
    address = f"/manage/events/{event.slug}/door/paper"
    token = browser.get(address).text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    sent = {"csrf_token": token, "point": "entrance", "at": at(event), "people": people}
    return browser.post(address, data=sent | more)


def scans(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Scan.outcome).order_by(Scan.id)))


def test_lines_are_looked_at_before_anything_is_done(app: Flask, cast: Cast, tonight: Event, session: Session) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    make_ticket(tonight, "Cy Cole", state="applied")
    page = entered(app, cast, tonight, f"{bo.short_code}\ncole CY\nNobody Known")
    assert page.status_code == 200
    for words in (
        "Welcome",
        "Not confirmed: the application awaits a decision",
        "Nobody is called so",
        "1 line is not",
    ):
        assert words in page.text
    assert scans(session) == []
    assert session.scalars(select(Device)).all() == []


def test_the_list_is_entered_as_scans_at_its_own_times(
    app: Flask, cast: Cast, tonight: Event, session: Session
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    make_ticket(tonight, "Ιωάννα Παπαδάκη")
    own = (clock.now() - timedelta(minutes=50)).astimezone(tonight.zone)
    page = entered(app, cast, tonight, f"{bo.short_code} {own:%H:%M}\nPapadaki Ioanna\nXyz", save="1")
    assert "Xyz</textarea>" in page.text.replace("\r", "")
    assert bo.short_code not in page.text.split("<textarea")[1].split("</textarea>")[0]
    session.rollback()
    rows = session.scalars(select(Scan).order_by(Scan.at)).all()
    assert [(scan.outcome, scan.is_offline) for scan in rows] == [("admitted", True), ("admitted", True)]
    assert rows[0].at.astimezone(tonight.zone).strftime("%H:%M") == own.strftime("%H:%M")
    [device] = session.scalars(select(Device))
    assert (device.name, device.revoked_at is not None) == ("Paper list", True)


@pytest.mark.parametrize(
    ("closed", "own", "came"),
    [("00:15", "23:55", "22:55"), ("00:15", "00:05", "23:05"), ("21:00", "08:30", "07:30"), ("10:00", "11:30", None)],
)
def test_a_list_that_is_closed_after_midnight_holds_those_of_the_evening(
    app: Flask, cast: Cast, session: Session, closed: str, own: str, came: str | None
) -> None:
    now = datetime(2026, 12, 4, tzinfo=ZoneInfo("Europe/Brussels")) + timedelta(
        hours=int(closed[:2]), minutes=int(closed[3:]) + 5
    )
    with clock.set_to(now):
        event = make_event(owner=cast.ada, starts_at=now - timedelta(hours=14), ends_at=now + timedelta(hours=8))
        bo = make_ticket(event, "Bo Berg")
        entered(app, cast, event, f"{bo.short_code} {own}", save="1", at=f"2026-12-04T{closed}")
        session.rollback()
        assert [scan.at.astimezone(UTC).strftime("%H:%M") for scan in session.scalars(select(Scan))] == (
            [came] if came else []
        )


def test_the_paper_is_named_by_its_scans_and_is_no_device_to_look_after(
    app: Flask, cast: Cast, tonight: Event, session: Session
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    entered(app, cast, tonight, bo.short_code, save="1")
    [paper] = session.scalars(select(Device))
    browser = cast.browser_of(cast.ada)
    page = browser.get(f"/manage/events/{tonight.slug}/door/devices").text
    assert ("No device yet" in page, "revoked" in page) == (True, False)
    door = browser.get(f"/manage/events/{tonight.slug}/door").text
    assert ("<span>Paper list" in door, "revoked" in door) == (True, False)
    # Nobody makes a phone of it: the scans of the list would be that phone's.
    token = browser.get("/account").text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    for deed in ("pairing", "revoke"):
        address = f"/manage/events/{tonight.slug}/door/devices/{paper.id}/{deed}"
        assert browser.post(address, data={"csrf_token": token}).status_code == 404


def test_a_list_that_is_entered_twice_counts_once(app: Flask, cast: Cast, tonight: Event, session: Session) -> None:
    with transaction() as writing:
        values = {"event_id": tonight.id, "repeats": "always", "types": []}
        writing.add(Point(key="lunch", name="Lunch", states=["confirmed"], modes=["onsite"], **values))
    bo = make_ticket(tonight, "Bo Berg")
    for _time in range(2):
        entered(app, cast, tonight, f"{bo.short_code}\n{bo.short_code}", save="1", point="lunch", at=at(tonight, 45))
    assert scans(session) == ["admitted"]
    assert len(session.scalars(select(Admission)).all()) == 1


def test_two_of_one_name_are_told_apart_by_their_codes(
    app: Flask, cast: Cast, tonight: Event, session: Session
) -> None:
    first, second = make_ticket(tonight, "Bo Berg"), make_ticket(tonight, "Bo Berg", organisation="Elsewhere")
    page = entered(app, cast, tonight, "Bo Berg", save="1")
    assert "Several people" in page.text
    assert all(f"{one.short_code[:4]}-{one.short_code[4:]}" in page.text for one in (first, second))
    assert scans(session) == []


def test_who_came_in_the_future_did_not_come(app: Flask, cast: Cast, tonight: Event, session: Session) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    page = entered(app, cast, tonight, bo.short_code, save="1", at=at(tonight, -90))
    assert "This time is still to come." in page.text
    assert scans(session) == []


def test_people_of_another_event_are_nobody(app: Flask, cast: Cast, tonight: Event, session: Session) -> None:
    other = make_ticket(make_event(owner=cast.ada), "Cyd Cole")
    assert "Nobody is called so" in entered(app, cast, tonight, "Cyd Cole", save="1").text
    assert "Cyd" not in entered(app, cast, tonight, other.short_code, save="1").text
    assert scans(session) == []


def test_names_cost_as_many_statements_for_many_as_for_one(tonight: Event, session: Session) -> None:
    make_ticket(tonight, "Bo Berg")
    with statements() as few:
        people_meant(session, tonight.id, ["Bo Berg"])
    for number in range(20):
        make_ticket(tonight, f"Cy Cole{number}")
    with statements() as many:
        found = people_meant(session, tonight.id, [f"cole{number}" for number in range(20)])
    assert len(few) == len(many)
    # cole1 is a whole word of nobody else, cole of all of them.
    assert [len(found[f"cole{number}"]) for number in (5, 1)] == [1, 11]


def pages_of(pdf: bytes) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


HEAD = ListHead(event="Protecting public spaces", printed="Printed 08:12", boxes=["Thu 3", "Fri 4"])


def test_the_list_stands_in_the_order_of_family_names_in_every_script(app: Flask) -> None:
    names = [("Zajac", "Ewa"), ("Παπαδάκη", "Ιωάννα"), ("Ångström", "Åsa"), ("Шевченко", "Тарас"), ("Berg", "Bo")]
    with app.test_request_context():
        [page, *_more] = pages_of(
            list_pdf(HEAD, [ListLine(family=family, given=given, short_code="K7PM-2QXD") for family, given in names])
        )
    places = [page.index(family) for family in ("Ångström", "Berg", "Παπαδάκη", "Шевченко", "Zajac")]
    assert places == sorted(places)
    assert "K7PM-2QXD" in page
    assert "Not on the list" in page + "".join(_more)


def test_every_page_says_its_number_the_event_and_when(app: Flask) -> None:
    lines = [ListLine(family=f"Name{number:04}", given="Bo", organisation="x" * 80) for number in range(400)]
    with app.test_request_context():
        pages = pages_of(list_pdf(HEAD, lines))
    assert len(pages) > 8
    assert all(f"{number} / {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all("Protecting public spaces" in page and "08:12" in page for page in pages)
    assert sum(page.count("Name") for page in pages) >= 400


def lists_on(cast: Cast, event: Event, query: str = "") -> list[tuple[str, str]]:
    """The lists that the page offers: the address and the boxes of each."""
    page = cast.browser_of(cast.ada).get(f"/manage/events/{event.slug}/door/paper{query}").text
    found = re.findall(
        r'<a href="([^"]*list\.pdf[^"]*)">.*?<span class="soft" dir="auto">(.*?)</span></li>', page, re.S
    )
    return [(address.replace("&amp;", "&"), boxes) for address, boxes in found]


@pytest.fixture
def two_days(session: Session, cast: Cast) -> Event:
    """An event of two days with a lunch on each, a dinner and a headset."""
    event = make_event(owner=cast.ada, door=cast.dee)
    with transaction() as writing:
        values = {"event_id": event.id, "kind": "day"}
        writing.add(Point(event_id=event.id, key="entrance", name="Entrance", position=0))
        for position, day in enumerate((3, 4), start=1):
            writing.add(
                Point(key=f"lunch-{day}", name=f"Lunch {day}", day=date(2026, 12, day), position=position, **values)
            )
        writing.add(Point(event_id=event.id, key="headset", name="Headset", kind="item", repeats="once", position=3))
    return event


def test_the_page_offers_a_list_for_each_day_and_what_is_chosen(cast: Cast, two_days: Event) -> None:
    [first, second] = lists_on(cast, two_days)
    assert (first[1], second[1]) == ("Entrance · Lunch 3 · Headset", "Entrance · Lunch 4 · Headset")
    [chosen] = lists_on(cast, two_days, "?day=2026-12-04&point=headset&point=lunch-4")
    assert chosen[1] == "Lunch 4 · Headset"
    [entrance] = lists_on(cast, two_days, "?day=all&point=entrance")
    assert entrance[1] == "Thu 3 December · Fri 4 December"
    # What is given once has one box whatever the days, and a lunch is of one day anyway.
    [everything] = lists_on(cast, two_days, "?day=all")
    assert everything[1] == "Entrance, Thu 3 December · Lunch 3 · Headset · Entrance, Fri 4 December · Lunch 4"
    make_ticket(two_days, "Bo Berg")
    for address, said in ((second[0], "Lunch 4"), (chosen[0], "Headset")):
        text = "".join(pages_of(cast.browser_of(cast.dee).get(address).data))
        assert ("Berg, Bo" in text, "Fri 4 December" in text, said in text, "Lunch 3" in text) == (
            True,
            True,
            True,
            False,
        )


def test_more_boxes_than_one_list_can_hold_are_on_several(cast: Cast, two_days: Event) -> None:
    with transaction() as writing:
        for number in range(9):
            name = f"Workshop {number} on the protection of crowds"
            writing.add(Point(event_id=two_days.id, key=f"w{number}", name=name, position=9 + number))
    [first, second, *_other_day] = lists_on(cast, two_days, "?day=2026-12-03")
    assert [boxes.count(" · ") + 1 for _address, boxes in (first, second)] == [6, 6]
    pages = ["".join(pages_of(cast.browser_of(cast.dee).get(address).data)) for address, _boxes in (first, second)]
    assert ["List 1 of 2" in pages[0], "List 2 of 2" in pages[1]] == [True, True]
    words = [re.sub(r"\s+", " ", page) for page in pages]
    assert ["Workshop 8 on the" in page for page in words] == [False, True]
    assert cast.browser_of(cast.dee).get(first[0].replace("part=1", "part=3")).status_code == 404


@pytest.mark.parametrize("query", ["day=2026-12-09", "day=soon", "day=all&point=nowhere", "part=0"])
def test_a_day_or_point_that_the_event_has_not_is_not_found(cast: Cast, two_days: Event, query: str) -> None:
    address = f"/manage/events/{two_days.slug}/door/list.pdf?{query}"
    assert cast.browser_of(cast.ada).get(address).status_code == 404


def test_before_the_first_device_the_list_has_a_box_for_the_entrance(cast: Cast, tonight: Event) -> None:
    assert {boxes for _address, boxes in lists_on(cast, tonight)} == {"Entrance"}


def test_boxes_stand_on_as_few_lists_as_can_be_read() -> None:
    opens_at, closes_at = datetime(2026, 12, 3, 8, tzinfo=UTC), datetime(2026, 12, 3, 18, tzinfo=UTC)
    places = [Place(key=str(n), name="", opens_at=opens_at, closes_at=closes_at) for n in range(17)]
    zone, days = ZoneInfo("Europe/Brussels"), [date(2026, 12, 3), date(2026, 12, 4)]
    for number, lengths in ((0, [0]), (1, [1]), (8, [8]), (9, [5, 4]), (17, [6, 6, 5])):
        boxes = boxes_of(places[:number], days, zone)
        assert [box.day for box in boxes] == [None] * number, "the second day they are closed"
        assert [len(one) for one in lists_of(boxes)] == lengths
        assert [box for one in lists_of(boxes) for box in one] == boxes


def test_the_list_holds_who_is_expected_and_nobody_else(cast: Cast, tonight: Event) -> None:
    make_ticket(tonight, "Bo Berg")
    make_ticket(tonight, "Cy Cole", state="cancelled")
    make_ticket(tonight, "Di Dahl", mode="online")
    for user, code in ((cast.ada, 200), (cast.dee, 200), (cast.al, 403)):
        assert cast.browser_of(user).get(f"/manage/events/{tonight.slug}/door/list.pdf").status_code == code
    text = "".join(pages_of(cast.browser_of(cast.dee).get(f"/manage/events/{tonight.slug}/door/list.pdf").data))
    assert ("Berg, Bo" in text, "Cole" in text, "Dahl" in text) == (True, False, False)
