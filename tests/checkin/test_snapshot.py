"""Whatever happens to a person reaches every device with the changes since its cursor, and so do points."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.checkin import actions as door
from eventsys.checkin.actions.desk_watching import unwatch, watch
from eventsys.checkin.models import Point
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.privacy.actions.forgetting import erase_person
from eventsys.registration import actions
from eventsys.registration.actions.shaping import remove_pool
from eventsys.registration.models import Registration, Seat, SeatPool
from tests.counting import statements
from tests.factories import make_event, make_session
from tests.factories.checkin import AT, Desk, a_scan, make_desk, make_device, make_ticket

Deed = Callable[[Session, Registration], Any]


def a_quiet_event() -> tuple[Event, Registration, str]:
    """An event with days and a session to sign up for, where nothing happened in the last hour."""
    event = make_event()
    make_session(event, key="s1", starts_at=AT, ends_at=AT + timedelta(hours=1))
    long_ago = clock.now() - timedelta(hours=1)
    with transaction() as writing:
        for kind, key in (("session", "s1"), ("day", "2026-12-03"), ("day", "2026-12-04")):
            writing.add(SeatPool(event_id=event.id, kind=kind, key=key, mode="", seats=50))
    ticket = make_ticket(event, email="bo@example.org", email_key="bo@example.org", updated_at=long_ago)
    make_ticket(event, "Cyd Quiet", updated_at=long_ago)
    return event, ticket.registration, ticket.code


def changes(desk: Desk, cursor: str) -> dict[str, Any]:
    return dict(desk.get("snapshot", since=cursor).get_json())


DEEDS: dict[str, Deed] = {
    "cancelled": lambda s, one: actions.cancel(s, one, now=clock.now()),
    "got another badge": lambda s, one: actions.replace_ticket(s, one, now=clock.now()),
    "is waited for": lambda s, one: watch(s, one, "The minister", user_id=None, now=clock.now()),
    "was noted": lambda s, one: actions.add_note(s, one, "Bring to the speaker room", now=clock.now()),
    "signed up for a session": lambda s, one: actions.sign_up(s, one, "s1", now=clock.now()),
    "chose days": lambda s, one: actions.choose_days(s, one, ["2026-12-04"], now=clock.now()),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_who_changes_is_told_to_devices(client: FlaskClient, session: Session, deed: str) -> None:
    event, person, _code = a_quiet_event()
    number = person.id
    desk = make_desk(client, event)
    cursor = desk.get("snapshot").get_json()["cursor"]
    assert changes(desk, cursor)["people"] == []
    with transaction() as writing:
        DEEDS[deed](writing, writing.get_one(Registration, number))
    assert [one["id"] for one in changes(desk, cursor)["people"]] == [number]


def test_who_lost_the_seats_of_a_day_is_told_to_devices(client: FlaskClient, session: Session) -> None:
    event, person, _code = a_quiet_event()
    with transaction() as writing:
        pool = writing.scalars(select(SeatPool).filter_by(event_id=event.id, key="2026-12-03")).one()
        writing.add(Seat(registration_id=person.id, pool_id=pool.id))
        pool.taken, pool_id = 1, pool.id
    desk = make_desk(client, event)
    whole = desk.get("snapshot").get_json()
    assert next(one["days"] for one in whole["people"] if one["id"] == person.id) == ["2026-12-03"]
    with transaction() as writing:
        remove_pool(writing, writing.get_one(Event, event.id), pool_id, now=clock.now())
    changed = {one["id"]: one.get("days", []) for one in changes(desk, whole["cursor"])["people"]}
    assert changed[person.id] == []


def test_who_gets_a_seat_from_the_queue_of_a_session_is_told_to_devices(client: FlaskClient, session: Session) -> None:
    event, person, _code = a_quiet_event()
    leaving = make_ticket(event, "Dee Leaves").registration_id
    with transaction() as writing:
        writing.scalars(select(SeatPool).filter_by(event_id=event.id, key="s1")).one().seats = 1
        for number in (leaving, person.id):
            actions.sign_up(writing, writing.get_one(Registration, number), "s1", now=clock.now())
        long_ago = clock.now() - timedelta(hours=1)
        writing.execute(update(Registration).values(updated_at=long_ago))
    desk = make_desk(client, event)
    whole = desk.get("snapshot").get_json()
    assert next(one.get("sessions", []) for one in whole["people"] if one["id"] == person.id) == []
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, leaving), now=clock.now())
    changed = {one["id"]: one.get("sessions", []) for one in changes(desk, whole["cursor"])["people"]}
    assert changed[person.id] == ["s1"]


def test_who_signed_up_is_known_before_the_session_has_a_point(client: FlaskClient, session: Session) -> None:
    """Phones are paired first, and points of sessions added on the morning: nobody changes by that."""
    event = make_event()
    make_session(event, key="s1", starts_at=AT, ends_at=AT + timedelta(hours=1))
    with transaction() as writing:
        writing.add(SeatPool(event_id=event.id, kind="session", key="s1", mode="", seats=50))
    ticket = make_ticket(event)
    with transaction() as writing:
        actions.sign_up(writing, writing.get_one(Registration, ticket.registration_id), "s1", now=clock.now())
    [one] = make_desk(client, event).get("snapshot").get_json()["people"]
    assert one["sessions"] == ["s1"]


def test_who_fetches_a_badge_on_the_evening_before_is_in_for_all_devices(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    event = make_event(starts_at=now + timedelta(days=2), ends_at=now + timedelta(days=3))
    ticket, first, other = make_ticket(event), make_desk(client, event, "Desk 1"), make_desk(client, event, "Desk 2")
    with transaction() as writing:
        point = door.find_point(writing, event.id, "entrance")
        door.change_point(writing, point, name="Entrance", opens_at=now - timedelta(hours=1), closes_at=None)
    assert first.outcomes(a_scan(ticket, at=now)) == ["admitted"]
    [one] = other.get("snapshot").get_json()["people"]
    assert one["in"]["entrance"][1] == 1


def test_what_was_taken_on_another_day_is_told_when_it_may_be_taken_once(client: FlaskClient, session: Session) -> None:
    event, _person, code = a_quiet_event()
    with transaction() as writing:
        writing.add(Point(event_id=event.id, key="lunch", name="Lunch"))
    desk = make_desk(client, event)
    assert desk.outcomes(a_scan(code, at=clock.now() - timedelta(days=1), point="lunch")) == ["too_early"]
    cursor = desk.get("snapshot").get_json()["cursor"]
    with transaction() as writing:
        once, point = writing.get_one(Event, event.id), door.find_point(writing, event.id, "lunch")
        door.change_passing(writing, once, point, repeats="once", now=clock.now())
    assert len(changes(desk, cursor)["people"]) == 2


def test_who_is_erased_is_forgotten_by_devices(client: FlaskClient, session: Session) -> None:
    event, person, _code = a_quiet_event()
    number, desk = person.id, make_desk(client, event)
    cursor = desk.get("snapshot").get_json()["cursor"]
    with transaction() as writing:
        erase_person(writing, writing.get_one(Registration, number), now=clock.now())
    told = changes(desk, cursor)
    assert (told["removed"], [one["id"] for one in told["people"]]) == ([number], [])


def test_who_passed_is_told_to_the_other_devices_with_when_and_where(client: FlaskClient, session: Session) -> None:
    event, _person, code = a_quiet_event()
    # What a device is shown is the day of the door: before the event that is its first.
    entrance, other = make_desk(client, event, "Desk 1"), make_desk(client, event, "Desk 2")
    cursor = other.get("snapshot").get_json()["cursor"]
    scan = a_scan(code)
    entrance.scan(scan)
    told = changes(other, cursor)
    [one] = told["people"]
    assert one["in"] == {"entrance": [int(AT.timestamp() * 1000), 1, 0]}
    assert (told["desks"], told["counts"]) == (["Desk 1"], {"entrance": {"came": 1, "in": 1}})
    entrance.scan(a_scan(code, at=AT + timedelta(minutes=5), direction="out"))
    [one] = changes(other, cursor)["people"]
    assert one["in"]["entrance"][1:] == [0, 0, int(AT.timestamp() * 1000) + 300_000]
    entrance.post("undo", {"id": scan["id"], "reason": "Wrong badge"})
    [one] = changes(other, cursor)["people"]
    assert "in" not in one


def test_a_point_that_changes_reaches_devices_with_their_next_call(client: FlaskClient, session: Session) -> None:
    event, _person, _code = a_quiet_event()
    desk = make_desk(client, event)
    cursor = desk.get("snapshot").get_json()["cursor"]
    with transaction() as writing:
        point = door.find_point(writing, event.id, "entrance")
        door.change_point(writing, point, name="Main gate", opens_at=None, closes_at=AT, types=["press"], seats=7)
    [told] = changes(desk, cursor)["points"]
    assert (told["name"], told["types"], told["seats"]) == ("Main gate", ["press"], 7)
    assert told["closes_at"] == AT.isoformat()


def test_an_answer_that_was_lost_and_put_right_meanwhile_is_told_with_the_second_try(
    client: FlaskClient, session: Session
) -> None:
    event, _person, code = a_quiet_event()
    lost, other = make_desk(client, event, "Desk 1"), make_desk(client, event, "Desk 2")
    scan = a_scan(code)
    first = lost.post("scans", {"scans": [scan]}).get_json()
    assert "corrections" not in first
    other.scan(a_scan(code, at=AT - timedelta(minutes=1)))
    again = lost.post("scans", {"scans": [scan]}).get_json()
    assert again["results"] == first["results"], "the same scan always gets the same answer"
    [told] = again["corrections"]
    assert (told["id"], told["told"], told["outcome"]) == (scan["id"], "admitted", "already_in")
    assert told["message"] == "Already in, 09:58, Desk 2"


@pytest.mark.parametrize("role", ["kiosk", "wall"])
def test_devices_that_show_nobody_get_nobody(client: FlaskClient, session: Session, role: str) -> None:
    event, _person, _code = a_quiet_event()
    desk = Desk(client, event, make_device(event, "Wall", role=role)[1])
    for query in ({}, {"since": clock.now().isoformat()}, {"only": "corrections"}):
        answer = desk.get("snapshot", **query)
        assert (answer.status_code, "Bo" in answer.text) == (403, False)


def test_a_snapshot_costs_the_same_statements_for_2_and_for_40(client: FlaskClient, session: Session) -> None:
    event, _person, _code = a_quiet_event()
    desk = make_desk(client, event)
    costs = []
    for more in (0, 40):
        codes = [make_ticket(event, f"Person {n}").code for n in range(more)]
        desk.scan(*(a_scan(code) for code in codes))
        for query in ({}, {"since": clock.now().isoformat()}):
            with statements() as ran:
                assert desk.get("snapshot", **query).status_code == 200
            costs.append(len(ran))
    assert costs[:2] == [costs[2], costs[1]]
    assert costs[3] <= costs[2] + 4


def test_who_is_waited_for_is_told_to_devices_until_they_come(client: FlaskClient, session: Session) -> None:
    event, person, code = a_quiet_event()
    number, desk = person.id, make_desk(client, event)

    def waited() -> list[str | None]:
        told = changes(desk, clock.now().isoformat())
        return [(told["defaults"] | one)["watch"] for one in told["people"]]

    assert waited() == []
    for words in ("To the speaker room", ""):
        with transaction() as writing:
            watch(writing, writing.get_one(Registration, number), words, user_id=None, now=clock.now())
        assert waited() == [words]
    [result] = desk.scan(a_scan(code))
    assert result["attendee"]["notes"] == ["Somebody waits for them"]
    assert waited() == [None]
    with transaction() as writing:
        watch(writing, writing.get_one(Registration, number), "Again", user_id=None, now=clock.now())
    assert waited() == ["Again"]
    with transaction() as writing:
        unwatch(writing, writing.get_one(Registration, number), now=clock.now())
    assert waited() == [None]
