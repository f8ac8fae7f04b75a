"""Check-in points in the event file and in clones: the same come out that went in, and nothing that happened there."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Device, Point, Scan
from eventsys.checkin.rules import EVER
from eventsys.events.models import Event
from eventsys.events.queries import find_event
from eventsys.exchange import actions
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.tables import FileRefused
from tests.exchange.test_round_trip import POINTS
from tests.factories.checkin import a_scan, make_desk, make_ticket
from tests.factories.exchange import bring, example, taken_out

SLUG = "ceris-fct-2026"
USUAL = {"states": ["confirmed"], "modes": ["onsite"], "types": [], "asks_day": True, "seats": None}


def its(session: Session, slug: str = SLUG) -> list[Point]:
    session.rollback()
    query = select(Point).join(Event, Event.id == Point.event_id).where(Event.slug == slug)
    return list(session.scalars(query.order_by(Point.position)))


def event_of(session: Session, slug: str = SLUG) -> Event:
    session.rollback()
    event = find_event(session, slug)
    assert event is not None
    return event


def test_points_come_out_as_they_came_in_with_what_is_usual_filled_in(session: Session) -> None:
    summary = bring(example(points=POINTS))
    assert (summary.points.added, summary.notes) == (4, ["the file says “published”; the status stays “draft”"])
    out = json.loads(taken_out(SLUG))
    usual = {"kind": "door", "repeats": "daily", "two_way": True}
    [entrance, day, panel, lunch] = POINTS
    assert out["points"] == [
        USUAL | usual | {name: value for name, value in entrance.items() if value is not None},
        USUAL | usual | day,
        USUAL | usual | panel,
        USUAL | usual | {"repeats": "once"} | lunch,
    ]
    assert bring(taken_out(SLUG)).has_changed is False
    bring(out | {"slug": "elsewhere"})
    assert json.loads(taken_out("elsewhere"))["points"] == out["points"]


def test_a_file_of_before_says_nothing_of_points_and_changes_none(session: Session) -> None:
    bring(example(points=POINTS))
    summary = bring(example(status="draft"))
    assert (summary.points.changed, summary.has_changed, len(its(session))) == (0, False, 4)
    assert "check-in points" not in "\n".join(summary.lines())
    assert its(session, "nowhere") == []


def test_a_newer_file_changes_adds_removes_and_orders_points(session: Session) -> None:
    bring(example(points=POINTS))
    [entrance, day, _panel, lunch] = POINTS
    newer = [lunch | {"name": "Dinner"}, day, {"key": "door-2", "name": "Side door"}]
    summary = bring(example(points=newer))
    counts = summary.points
    assert (counts.added, counts.updated, counts.withdrawn, counts.unchanged) == (1, 1, 1, 1)
    assert "check-in points: 1 added, 1 updated, 1 withdrawn, 1 unchanged" in summary.lines()
    # The entrance stays though this file does not list it, and leads.
    assert [(one.key, one.name) for one in its(session)] == [
        ("entrance", entrance["name"]), ("lunch", "Dinner"), ("day-2", "Second day"), ("door-2", "Side door"),
    ]  # fmt: skip


def test_a_point_where_people_were_scanned_stays_and_its_books_follow_the_file(
    client: FlaskClient, session: Session
) -> None:
    [entrance, _day, _panel, _lunch] = POINTS
    bring(example(points=[entrance, {"key": "bags", "name": "Bags"}]), publish=True)
    event = event_of(session)
    ticket, desk = make_ticket(event), make_desk(client, event)
    at = event.starts_at + timedelta(hours=1)
    scans = [a_scan(ticket, point="bags", at=at + n * timedelta(days=1)) for n in (0, 1)]
    assert desk.outcomes(*scans) == ["admitted", "admitted"]
    told = bring(example(points=[entrance])).notes
    assert told == ["the check-in point “Bags” is not in the file, but people were scanned there: it stays"]
    bring(example(points=[entrance, {"key": "bags", "name": "Bags", "kind": "door", "repeats": "once"}]))
    session.rollback()
    assert session.scalars(select(Admission.day)).all() == [EVER]


def test_a_session_that_is_not_there_is_told(session: Session) -> None:
    summary = bring(example(points=[{"key": "p", "name": "Panel", "kind": "session", "session": "gone"}]))
    assert "the check-in point “Panel” is for a session “gone” that is not there" in summary.notes


WRONG: list[tuple[Any, str]] = [
    ({}, "points: this must be a list"),
    ([{"key": "a"}], "points[0]: “name” is missing"),
    ([{"key": "a", "name": "A", "colour": "red"}], "points[0].colour: “colour” is not known here"),
    ([{"key": "a b", "name": "A"}], "points[0].key: “a b” cannot be a key"),
    ([{"key": "a", "name": "A"}] * 2, "points[1].key: the key “a” is there twice"),
    ([{"key": "a", "name": "x" * 101}], "points[0].name: this is longer than 100 characters"),
    ([{"key": "a", "name": "A", "kind": "gate"}], "points[0].kind: “gate” is not known"),
    ([{"key": "entrance", "name": "A", "kind": "item"}], "points[0].kind: “entrance” is always a door"),
    ([{"key": "a", "name": "A", "kind": "day"}], "points[0]: “day” is missing"),
    ([{"key": "a", "name": "A", "kind": "day", "day": "3.12."}], "points[0].day: “3.12.” is no day such as 2026-12-03"),
    ([{"key": "a", "name": "A", "kind": "day", "day": "0001-01-01"}], "points[0].day:"),
    ([{"key": "a", "name": "A", "day": "2026-12-03"}], "points[0].day: only a point of the kind “day” has this"),
    ([{"key": "a", "name": "A", "kind": "session"}], "points[0]: “session” is missing"),
    ([{"key": "a", "name": "A", "session": "s1"}], "points[0].session: only a point of the kind “session” has this"),
    ([{"key": "a", "name": "A", "states": ["waiting"]}], "points[0].states: “confirmed” must be among them"),
    ([{"key": "a", "name": "A", "states": ["cancelled"]}], "points[0].states[0]: “cancelled” is not known"),
    ([{"key": "a", "name": "A", "modes": []}], "points[0].modes: nobody would pass: name at least one"),
    ([{"key": "a", "name": "A", "types": ["staff", "staff"]}], "points[0].types: a name is there twice"),
    ([{"key": "a", "name": "A", "repeats": "twice"}], "points[0].repeats: “twice” is not known"),
    ([{"key": "a", "name": "A", "two_way": 1}], "points[0].two_way: this must be true or false"),
    ([{"key": "a", "name": "A", "seats": 0}], "points[0].seats: this must lie between 1 and 100000"),
    ([{"key": "a", "name": "A", "opens_at": "soon"}], "points[0].opens_at: “soon” is no time"),
    (
        [{"key": "a", "name": "A", "opens_at": "2026-12-03T09:00", "closes_at": "2026-12-03T09:00"}],
        "points[0].closes_at: The point closes before it opens.",
    ),
]


@pytest.mark.parametrize(("content", "told"), WRONG)
def test_what_is_wrong_is_refused_by_its_place_and_changes_nothing(session: Session, content: Any, told: str) -> None:
    with pytest.raises(FileRefused) as refused:
        bring(example(points=content))
    assert told in str(refused.value)
    assert session.scalar(select(func.count()).select_from(Point)) == 0


def test_a_clone_has_the_points_on_its_own_days_and_nothing_of_what_happened_there(
    client: FlaskClient, session: Session
) -> None:
    days = [
        {"key": f"day-2026-12-0{n}", "name": f"{name} {n} December", "kind": "day", "day": f"2026-12-0{n}"}
        for n, name in ((3, "Thu"), (4, "Fri"))
    ]
    gone = {"key": "coffee", "name": "Coffee", "kind": "session", "session": "s2"}
    content = example(points=[*POINTS, *days, gone])
    content["sessions"][1]["status"] = "cancelled"
    bring(content, publish=True)
    event = event_of(session)
    ticket, desk = make_ticket(event), make_desk(client, event)
    desk.scan(a_scan(ticket, at=event.starts_at), a_scan(ticket, point="lunch", at=event.starts_at))
    with transaction() as writing:
        actions.clone_event(
            writing, event_of(writing), slug="next", title="Next", first_day=date(2027, 5, 4), now=clock.now()
        )
    [entrance, second, panel, lunch, first_day, second_day] = its(session, "next")
    zone = event.zone
    assert entrance.opens_at is not None
    assert entrance.opens_at.astimezone(zone).isoformat() == "2027-05-04T07:00:00+02:00"
    assert (second.day, second.name, second.asks_day) == (date(2027, 5, 5), "Second day", False)
    assert (panel.session_key, panel.seats, panel.repeats) == ("s1", 80, "always")
    assert (lunch.types, lunch.states, lunch.is_two_way) == (["speaker"], ["confirmed", "waiting"], False)
    # Days that are called by their date are called by the new one.
    assert [(one.key, one.name, one.day) for one in (first_day, second_day)] == [
        ("day-2027-05-04", "Tue 4 May", date(2027, 5, 4)),
        ("day-2027-05-05", "Wed 5 May", date(2027, 5, 5)),
    ]
    copy = event_of(session, "next")
    for model in (Device, Scan, Admission):
        assert session.scalars(select(model).where(model.event_id == copy.id)).all() == []
