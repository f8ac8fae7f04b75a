"""Who was refused and sent to the desk, and whose arrival somebody waits for."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from eventsys.checkin import letters
from eventsys.checkin.actions.desk_watching import watch
from eventsys.checkin.models import Admission, ArrivalWatch, Device, DeviceRole, Scan
from eventsys.checkin.queries import desk as queries
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions
from eventsys.registration.models import PoolKind, Registration, SeatPool
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.checkin import Desk, a_scan, make_desk, make_ticket
from tests.factories.registration import make_registration


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    """An event whose door is open now, with room for three on site."""
    now = clock.now()
    return make_event(owner=cast.ada, door=cast.dee, onsite=3, online=5,
                      starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=8))  # fmt: skip


@pytest.fixture
def desk(client: FlaskClient, tonight: Event) -> Desk:
    return make_desk(client, tonight, role=DeviceRole.DESK)


def listed(desk: Desk) -> list[dict[str, Any]]:
    answer = desk.get("desk/exceptions").json
    assert answer is not None
    return list(answer["exceptions"])


def told(answer: Any) -> Any:
    return answer.json


def solve(desk: Desk, number: int, how: str, reason: str = "Known to the organisers", **more: Any) -> Any:
    sent = {"id": str(uuid.uuid4()), "how": how, "reason": reason} | more
    return desk.post(f"desk/people/{number}/solve", sent)


def scanned(desk: Desk, ticket: Any, **more: Any) -> str:
    [result] = desk.scan(a_scan(ticket, at=clock.now(), **more))
    return str(result["outcome"])


def test_who_was_refused_stands_on_the_list_once_until_helped(desk: Desk, tonight: Event, session: Session) -> None:
    ticket = make_ticket(tonight, "Bo Berg", state="waiting")
    make_ticket(tonight, "Ada Frei")
    assert [scanned(desk, ticket), scanned(desk, ticket), scanned(desk, "NOBODY99")] == [
        "not_confirmed", "not_confirmed", "unknown",
    ]  # fmt: skip
    [line] = listed(desk)
    assert (line["person"]["name"], line["outcome"], line["device"]) == ("Bo Berg", "not_confirmed", "Desk 1")
    assert [one["how"] for one in line["remedies"]] == ["seat"]
    answer = solve(desk, ticket.registration_id, "seat")
    assert answer.json["result"]["outcome"] == "admitted"
    assert listed(desk) == []
    fact = session.scalars(select(Fact).where(Fact.kind == "registration.helped")).one()
    assert (fact.data["deed"], fact.data["reason"]) == ("solved", "Known to the organisers")


def test_who_passed_meanwhile_is_no_exception(desk: Desk, tonight: Event) -> None:
    old = make_ticket(tonight, "Bo Berg", state="applied")
    assert scanned(desk, old) == "not_confirmed"
    with transaction() as writing:
        writing.execute(update(Registration).where(Registration.id == old.registration_id).values(state="confirmed"))
    assert len(listed(desk)) == 1
    assert scanned(desk, old) == "admitted"
    assert listed(desk) == []


@pytest.mark.parametrize("state", ["applied", "waiting", "offered", "invited", "unverified"])
def test_a_seat_is_given_where_one_is_free_and_refused_where_none_is(
    desk: Desk, tonight: Event, session: Session, state: str
) -> None:
    person = make_registration(tonight, first_name="Cyd")
    with transaction() as writing:
        one = writing.get_one(Registration, person.id)
        actions.cancel(writing, one, now=clock.now())
        values = {"state": state, "queue_number": 1 if state == "waiting" else None, "cancelled_at": None}
        writing.execute(update(Registration).where(Registration.id == person.id).values(**values))
    for _number in range(3):
        make_registration(tonight, by_organiser=True)
    refused = solve(desk, person.id, "seat")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "seats_gone")
    assert session.get_one(Registration, person.id).state == state
    with transaction() as writing:
        writing.execute(update(SeatPool).where(SeatPool.mode == "onsite").values(seats=4))
    assert solve(desk, person.id, "seat").json["person"]["state"] == "confirmed"
    assert session.scalars(select(SeatPool.taken).where(SeatPool.mode == "onsite")).all() == [4]


def test_an_ended_registration_is_taken_up_again_but_never_queued(desk: Desk, tonight: Event, session: Session) -> None:
    person = make_registration(tonight, first_name="Cyd")
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, person.id), now=clock.now())
    for _number in range(3):
        make_registration(tonight)
    assert solve(desk, person.id, "restore").json["error"]["code"] == "no_seat_at_the_door"
    session.expire_all()
    assert session.get_one(Registration, person.id).state == "cancelled"
    with transaction() as writing:
        writing.execute(update(SeatPool).where(SeatPool.mode == "onsite").values(seats=4))
    assert solve(desk, person.id, "restore").json["result"]["outcome"] == "admitted"


def test_online_becomes_on_site(desk: Desk, tonight: Event) -> None:
    person = make_registration(tonight, mode="online")
    code = told(desk.get(f"desk/people/{person.id}"))["person"]["code"]
    assert scanned(desk, code) == "wrong_mode"
    assert [one["how"] for one in listed(desk)[0]["remedies"]] == ["on_site"]
    answer = solve(desk, person.id, "on_site").json
    assert (answer["person"]["mode"], answer["result"]["outcome"]) == ("onsite", "admitted")


def test_a_day_is_added_where_it_has_a_seat(desk: Desk, tonight: Event) -> None:
    today = clock.now().astimezone(tonight.zone).date()
    other = (today + timedelta(days=1)).isoformat()
    with transaction() as writing:
        event = writing.get_one(Event, tonight.id)
        for day in (today.isoformat(), other):
            actions.add_pool(writing, event, PoolKind.DAY, day, 1, mode="", now=clock.now())
    person = make_registration(tonight, days=frozenset({other}))
    code = told(desk.get(f"desk/people/{person.id}"))["person"]["code"]
    assert scanned(desk, code) == "wrong_day"
    assert solve(desk, person.id, "this_day").json["result"]["outcome"] == "admitted"


def test_a_reason_is_asked_for(desk: Desk, tonight: Event, session: Session) -> None:
    ticket = make_ticket(tonight, "Bo Berg", state="applied")
    assert solve(desk, ticket.registration_id, "seat", reason=" ").json["error"]["code"] == "reason_missing"
    assert solve(desk, ticket.registration_id, "wings").json["error"]["code"] == "bad_input"
    assert session.get_one(Registration, ticket.registration_id).state == "applied"


def test_what_no_desk_can_change_says_who_can(desk: Desk, tonight: Event) -> None:
    ticket = make_ticket(tonight, "Bo Berg")
    early = clock.now() - timedelta(hours=6)
    assert desk.outcomes(a_scan(ticket, at=early)) == ["too_early"]
    [line] = listed(desk)
    assert line["remedies"] == []
    assert line["advice"] == "The point is not open yet. An organiser can change its opening times."


def test_an_exception_is_closed_with_a_reason(desk: Desk, tonight: Event, session: Session) -> None:
    assert scanned(desk, make_ticket(tonight, "Bo Berg", state="applied")) == "not_confirmed"
    scan = listed(desk)[0]["scan"]
    sent = {"id": str(uuid.uuid4()), "reason": "Went home"}
    assert desk.post(f"desk/exceptions/{scan}/close", sent | {"reason": ""}).status_code == 422
    assert desk.post("desk/exceptions/none-such/close", sent).status_code == 404
    assert desk.post(f"desk/exceptions/{scan}/close", sent).status_code == 200
    assert listed(desk) == []


def test_the_list_asks_as_often_for_many_as_for_one(desk: Desk, tonight: Event, session: Session) -> None:
    for number in range(2):
        scanned(desk, make_ticket(tonight, f"Bo {number}", state="applied"))
    with statements() as few:
        assert len(queries.exceptions_of(session, tonight.id, now=clock.now())) == 2
    for number in range(20):
        scanned(desk, make_ticket(tonight, f"Cy {number}", state="applied"))
    with statements() as many:
        assert len(queries.exceptions_of(session, tonight.id, now=clock.now())) == 22
    assert len(few) == len(many)


def waiting_for(tonight: Event, cast: Cast, name: str = "Ioanna Papadaki") -> tuple[Any, ArrivalWatch]:
    ticket = make_ticket(tonight, name, notes="Give the headset")
    with transaction() as writing:
        person = writing.get_one(Registration, ticket.registration_id)
        return ticket, watch(writing, person, "Bring to the speaker room", user_id=cast.ada.id, now=clock.now())


def test_an_arrival_that_is_waited_for_is_told_once(desk: Desk, tonight: Event, cast: Cast, session: Session) -> None:
    ticket, _watch = waiting_for(tonight, cast)
    make_ticket(tonight, "Bo Berg")
    [result] = desk.scan(a_scan(ticket, at=clock.now()))
    assert result["attendee"]["notes"] == ["Bring to the speaker room", "Give the headset"]
    [again] = desk.scan(a_scan(ticket, at=clock.now()))
    assert (again["outcome"], again["attendee"]["notes"]) == ("already_in", ["Give the headset"])
    session.rollback()
    [mail] = session.scalars(select(OutboxMessage))
    letter = letters.arrived_letter(session, mail.arguments)
    assert letter is not None
    assert (letter.to, letter.subject) == (cast.ada.email, "Ioanna Papadaki has arrived")
    assert "Bring to the speaker room" in letter.text
    [arrival] = queries.arrivals_of(session, tonight.id)
    assert (arrival.person.name, arrival.asked_by, arrival.arrived_at is not None) == ("Ioanna Papadaki", "Ada", True)


def test_who_works_on_the_event_no_longer_is_told_of_nobody(
    desk: Desk, tonight: Event, cast: Cast, session: Session
) -> None:
    ticket, found = waiting_for(tonight, cast)
    with transaction() as writing:
        # Al was on the team, and is no more.
        writing.get_one(ArrivalWatch, found.id).user_id = cast.al.id
    assert scanned(desk, ticket) == "admitted"
    session.rollback()
    [mail] = session.scalars(select(OutboxMessage))
    assert letters.arrived_letter(session, mail.arguments) is None


def test_a_refused_scan_is_no_arrival(desk: Desk, tonight: Event, cast: Cast, session: Session) -> None:
    ticket, _watch = waiting_for(tonight, cast)
    assert desk.outcomes(a_scan(ticket, at=clock.now() - timedelta(hours=6))) == ["too_early"]
    session.rollback()
    assert session.scalars(select(OutboxMessage)).all() == []
    assert queries.arrivals_of(session, tonight.id)[0].arrived_at is None


def test_an_arrival_that_is_undone_is_waited_for_again(
    desk: Desk, tonight: Event, cast: Cast, session: Session
) -> None:
    ticket, _watch = waiting_for(tonight, cast)
    scan = a_scan(ticket, at=clock.now())
    desk.scan(scan)
    desk.post("undo", {"id": scan["id"], "reason": "Wrong person"})
    session.rollback()
    assert queries.arrivals_of(session, tonight.id)[0].arrived_at is None
    # The letter that was written of it says nothing any more.
    [mail] = session.scalars(select(OutboxMessage))
    assert letters.arrived_letter(session, mail.arguments) is None
    assert scanned(desk, ticket) == "admitted"
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 2


def test_a_desk_asks_to_be_told_and_takes_it_back(desk: Desk, tonight: Event, cast: Cast, session: Session) -> None:
    ticket = make_ticket(tonight, "Bo Berg")
    with transaction() as writing:
        writing.execute(update(Device).values(user_id=cast.dee.id))
    where, sent = f"desk/people/{ticket.registration_id}/watch", {"id": str(uuid.uuid4())}
    person = told(desk.post(where, sent | {"words": "The minister"}))["person"]
    assert person["watch"] == {"words": "The minister", "by": "Dee", "arrived_at": None}
    assert told(desk.post(where, sent | {"off": True}))["person"]["watch"] is None
    desk.scan(a_scan(ticket, at=clock.now()))
    assert session.scalars(select(OutboxMessage)).all() == []


def test_where_nobody_is_waited_for_a_scan_pays_nothing(
    desk: Desk, tonight: Event, cast: Cast, session: Session
) -> None:
    waiting_for(make_event(owner=cast.ada), cast)
    tickets = [make_ticket(tonight, name) for name in ("Bo Berg", "Cy Cole", "Di Dahl")]
    desk.scan(a_scan(tickets[0], at=clock.now()))
    with statements() as without:
        desk.scan(a_scan(tickets[1], at=clock.now()))
    waiting_for(tonight, cast)
    with statements() as with_watch:
        desk.scan(a_scan(tickets[2], at=clock.now()))
    assert len(with_watch) == len(without) + 2
    assert session.scalar(select(func.count()).select_from(Admission)) == 3
    assert session.scalar(select(func.count()).select_from(Scan)) == 3


def test_a_person_is_judged_as_a_scan_would_be(desk: Desk, tonight: Event, session: Session) -> None:
    online = make_registration(tonight, mode="online", first_name="Léa")
    waiting = make_ticket(tonight, "Bo Berg", state="waiting").registration_id
    fine = make_ticket(tonight, "Cy Cole").registration_id
    sheets = [told(desk.get(f"desk/people/{number}"))["person"] for number in (online.id, waiting, fine)]
    assert [sheet["refusal"] and sheet["refusal"]["message"] for sheet in sheets] == [
        "Registered to take part online, not on site", "Not confirmed: still on the waiting list", None,
    ]  # fmt: skip
    assert [[one["how"] for one in sheet["remedies"]] for sheet in sheets] == [["on_site"], ["seat"], []]
    assert [sheet["left"] for sheet in sheets] == [3, 3, 3]
    with clock.set_to(tonight.ends_at + timedelta(hours=1)):
        late = told(desk.get(f"desk/people/{fine}"))["person"]
    assert late["refusal"]["outcome"] == "too_late"
    assert late["refusal"]["advice"] == "The point is closed. An organiser can change its opening times."


def test_another_day_is_judged_and_helped_from_the_sheet(desk: Desk, tonight: Event, session: Session) -> None:
    today, other = clock.now().date(), (clock.now() + timedelta(days=2)).date().isoformat()
    with transaction() as writing:
        event = writing.get_one(Event, tonight.id)
        for day in (today.isoformat(), other):
            actions.add_pool(writing, event, PoolKind.DAY, day, 1, mode="", now=clock.now())
    person = make_registration(tonight, days=frozenset({other}))
    sheet = told(desk.get(f"desk/people/{person.id}"))["person"]
    assert (sheet["refusal"]["outcome"], [one["how"] for one in sheet["remedies"]]) == ("wrong_day", ["this_day"])


def test_who_is_found_by_the_server_is_judged_too(desk: Desk, tonight: Event) -> None:
    make_registration(tonight, mode="online", first_name="Cyd", last_name="Cole")
    make_ticket(tonight, "Cy Cohen")
    found = told(desk.get("search", q="cy co"))["people"]
    assert {one["name"]: one["refusal"] for one in found} == {
        "Cyd Cole": {"outcome": "wrong_mode", "message": "Registered to take part online, not on site"},
        "Cy Cohen": None,
    }
