"""Sessions with seats of their own: signed up for, waited for, left; and the pools that follow the programme."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.facts import Fact
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, queries
from eventsys.registration.errors import NotPossibleNow, SessionUnknown
from eventsys.registration.jobs import promote_waiting
from eventsys.registration.models import Mode, PoolKind, Registration, SeatPool
from eventsys.registration.session_letters import MAKERS
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event, make_session
from tests.factories.registration import make_registration
from tests.forms import csrf_token, post_form
from tests.registration.seat_laws import assert_seats_are_right


def pools(session: Session, event: Event) -> dict[str, tuple[int | None, int, int, str]]:
    session.rollback()
    session.expire_all()
    found = queries.pools_of(session, event.id, PoolKind.SESSION)
    return {pool.key: (pool.seats, pool.taken, pool.waiting, pool.mode) for pool in found}


def change(key: str, **values: object) -> None:
    with transaction() as session:
        entry = session.scalars(select(AgendaSession).where(AgendaSession.key == key)).one()
        for name, value in values.items():
            setattr(entry, name, value)


def sign_up(registration: Registration, key: str = "lab") -> str:
    with transaction(actor="registrant") as session:
        return str(actions.sign_up(session, session.get_one(Registration, registration.id), key, now=clock.now()))


def leave(registration: Registration, key: str = "lab") -> None:
    with transaction(actor="registrant") as session:
        actions.leave_session(session, session.get_one(Registration, registration.id), key, now=clock.now())


def deeds(session: Session, registration: Registration) -> list[str]:
    session.rollback()
    query = select(Fact.kind).where(Fact.subject == "registration", Fact.subject_id == registration.id)
    return [kind.removeprefix("registration.") for kind in session.scalars(query.order_by(Fact.id))]


def test_pools_follow_the_programme(session: Session) -> None:
    event = make_event(onsite=10)
    make_session(event, key="plenary")
    make_session(event, key="lab", seats=2)
    assert pools(session, event) == {"lab": (2, 0, 0, "onsite")}
    change("lab", seats=5)
    change("plenary", seats=100)
    assert pools(session, event) == {"lab": (5, 0, 0, "onsite"), "plenary": (100, 0, 0, "onsite")}
    change("lab", seats=None)
    with transaction() as writing:
        writing.delete(writing.scalars(select(AgendaSession).where(AgendaSession.key == "plenary")).one())
    assert pools(session, event) == {}


def test_where_nobody_comes_on_site_sessions_count_those_online(session: Session) -> None:
    event = make_event(onsite=0, online=None)
    make_session(event, key="lab", seats=2)
    assert pools(session, event) == {"lab": (2, 0, 0, "")}


def test_who_waits_for_a_session_moves_up_when_it_gets_seats_or_one_leaves(session: Session) -> None:
    event = make_event()
    make_session(event, key="lab", seats=1)
    first, second, third = (make_registration(event) for _ in range(3))
    assert [sign_up(one) for one in (first, second, third)] == ["taken", "wanted", "wanted"]
    assert queries.place_in_session(session, third.id, "lab") == 2
    leave(first)
    assert pools(session, event) == {"lab": (1, 1, 1, "onsite")}
    change("lab", seats=2)
    assert pools(session, event) == {"lab": (2, 2, 0, "onsite")}
    assert deeds(session, first) == ["confirmed", "session_joined", "session_left"]
    assert deeds(session, third) == ["confirmed", "session_waited_for", "session_promoted"]
    assert_seats_are_right(session, event)


def test_letters_tell_of_each_step_unless_it_has_passed(session: Session) -> None:
    event = make_event(title="Border days")
    make_session(event, "Hands-on lab", key="lab", seats=1)
    first, second = make_registration(event), make_registration(event)
    for one in (first, second):
        sign_up(one)
    session.rollback()
    waits = MAKERS["registration.session_waited_for"](session, {"registration_id": second.id, "session_key": "lab"})
    assert waits is not None
    assert waits.subject == "You wait for a seat: Hands-on lab"
    assert "You are number 1 in line." in waits.text
    leave(first)
    session.rollback()
    session.expire_all()
    told = {row.maker for row in session.scalars(select(OutboxMessage)) if "session" in row.maker}
    assert told == {f"registration.session_{what}" for what in ("joined", "waited_for", "left", "promoted")}
    arguments = {"registration_id": second.id, "session_key": "lab"}
    assert MAKERS["registration.session_waited_for"](session, arguments) is None
    promoted = MAKERS["registration.session_promoted"](session, arguments)
    assert promoted is not None
    assert "You have a seat in “Hands-on lab”" in promoted.text
    gone = MAKERS["registration.session_left"](session, arguments | {"registration_id": first.id})
    assert gone is not None
    assert MAKERS["registration.session_joined"](session, arguments | {"registration_id": first.id}) is None


def test_nobody_sits_in_two_sessions_at_once(session: Session) -> None:
    event = make_event()
    begin = event.starts_at + timedelta(hours=1)
    make_session(event, "Lab", key="lab", seats=3, starts_at=begin)
    make_session(event, "Tour", key="tour", seats=3, starts_at=begin + timedelta(minutes=59))
    make_session(event, "Talk", key="talk", seats=3, starts_at=begin + timedelta(minutes=60))
    bo = make_registration(event)
    sign_up(bo)
    with pytest.raises(NotPossibleNow) as refused:
        sign_up(bo, "tour")
    assert str(refused.value) == "“Tour” is at the same time as “Lab”. Leave that one first."
    assert sign_up(bo, "talk") == "taken"
    change("lab", status="cancelled")
    with pytest.raises(NotPossibleNow):
        sign_up(bo, "tour")  # Talk overlaps by its last minute.
    leave(bo, "talk")
    assert sign_up(bo, "tour") == "taken"


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        ("cancelled", "“Lab” is cancelled."),
        ("begun", "“Lab” has begun already."),
        ("online", "Only who takes part on site can sign up for this session."),
        ("waiting", "This cannot be done now: the registration is “On the waiting list”."),
    ],
)
def test_what_cannot_be_signed_up_for_says_why(session: Session, why: str, sentence: str) -> None:
    event = make_event(onsite=1, online=5)
    make_session(event, "Lab", key="lab", seats=3)
    if why == "waiting":
        make_registration(event)
    person = make_registration(event, mode=Mode.ONLINE if why == "online" else Mode.ONSITE)
    if why == "cancelled":
        change("lab", status="cancelled")
    if why == "begun":
        change("lab", starts_at=clock.now() - timedelta(minutes=1))
    with pytest.raises(Refusal) as refused:
        sign_up(person)
    assert str(refused.value) == sentence
    assert pools(session, event)["lab"][1:3] == (0, 0)


def test_a_cancelled_session_moves_nobody_up_until_it_takes_place_after_all(session: Session) -> None:
    event = make_event()
    make_session(event, key="lab", seats=1)
    first, second = make_registration(event), make_registration(event)
    sign_up(first)
    sign_up(second)
    change("lab", status="cancelled")
    leave(first)
    promote_waiting(clock.now())
    assert pools(session, event)["lab"][1:3] == (0, 1)
    change("lab", status="confirmed")
    assert pools(session, event)["lab"][1:3] == (1, 0)


def test_who_switches_to_online_leaves_sessions_on_site_and_their_queues(session: Session) -> None:
    event = make_event(onsite=5, online=5)
    begin = event.starts_at + timedelta(hours=1)
    make_session(event, key="lab", seats=1, starts_at=begin)
    make_session(event, key="tour", seats=1, starts_at=begin + timedelta(hours=2))
    bo, other = make_registration(event), make_registration(event)
    sign_up(bo, "lab")
    sign_up(other, "tour")
    sign_up(bo, "tour")
    with transaction() as writing:
        actions.switch_mode(writing, writing.get_one(Registration, bo.id), Mode.ONLINE, now=clock.now())
    assert {key: found[1:3] for key, found in pools(session, event).items()} == {"lab": (0, 0), "tour": (1, 0)}
    assert_seats_are_right(session, event)


def test_an_unknown_session_or_one_without_seats_is_not_found(session: Session) -> None:
    event = make_event()
    make_session(event, key="plenary")
    bo = make_registration(event)
    for key in ("plenary", "nothing"):
        with pytest.raises(SessionUnknown):
            sign_up(bo, key)


def test_the_personal_page_signs_up_waits_and_leaves(session: Session, client: FlaskClient) -> None:
    event = make_event()
    make_session(event, "Lab", key="lab", seats=1)
    bo, cyd = make_registration(event), make_registration(event)
    mine, other = (f"/r/{queries.link_of(one)}" for one in (bo, cyd))
    assert b"1 seat left" in client.get(mine).data
    asked = {"session": "lab", "act": "join"}
    assert post_form(client, mine, having="session", action=f"{mine}/sessions", **asked).status_code == 303
    assert b"You are signed up." in client.get(mine).data
    post_form(client, other, having="session", action=f"{other}/sessions", **asked)
    waiting = client.get(other).data
    assert b"All seats are taken. You wait for one" in waiting
    assert b"You are number 1 in line." in waiting
    post_form(client, mine, having="session", action=f"{mine}/sessions", session="lab", act="leave")
    assert pools(session, event)["lab"][1:3] == (1, 0)
    wrong = post_form(client, mine, having="session", action=f"{mine}/sessions", session="lab", act="destroy")
    assert wrong.status_code == 422


def test_days_with_seats_are_chosen_on_the_personal_page(session: Session, client: FlaskClient) -> None:
    event = make_event()
    with transaction() as writing:
        for day, seats in (("2026-12-03", 5), ("2026-12-04", 1)):
            its = writing.get_one(Event, event.id)
            actions.add_pool(writing, its, PoolKind.DAY, day, seats, mode="", now=clock.now())
    bo, cyd = make_registration(event), make_registration(event)
    mine, other = (f"/r/{queries.link_of(one)}" for one in (bo, cyd))
    client.post(f"{mine}/days", data={"days": ["2026-12-03", "2026-12-04"], "csrf_token": csrf_token(client)})
    answer = client.post(
        f"{other}/days",
        data={"days": ["2026-12-03", "2026-12-04"], "csrf_token": csrf_token(client)},
        follow_redirects=True,
    )
    assert "No seat is left on" in answer.text
    session.rollback()
    taken = session.scalars(select(SeatPool.taken).where(SeatPool.kind == PoolKind.DAY).order_by(SeatPool.key)).all()
    assert taken == [1, 1]
    assert_seats_are_right(session, event)


def test_organisers_read_and_take_away_who_signed_up(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada)
    make_session(event, "Lab", key="lab", seats=1)
    first, second = make_registration(event, last_name="Zorn"), make_registration(event, last_name="Abel")
    sign_up(first)
    sign_up(second)
    ada, base = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/sessions/lab/sign-ups"
    page = ada.get(base).text
    assert "1 of 1 taken, 1 waiting" in page
    assert page.index("Zorn") < page.index("Abel")
    lines = ada.get(f"{base}.csv").text.splitlines()
    assert [line.split(",")[1] for line in lines] == ['"state"', '"taken"', '"wanted"']
    assert ada.get(f"{base}.xlsx").data[:2] == b"PK"
    assert ada.get(f"{base}.doc").status_code == 404
    person = ada.get(f"/manage/events/{event.slug}/registrations/{second.id}").text
    assert "Lab" in person
    assert "Waits for a seat in a session" in person
    assert ada.get(f"/manage/events/{event.slug}/sessions/none/sign-ups").status_code == 404


def test_the_list_takes_as_many_queries_for_thirty_as_for_one(session: Session, cast: Cast) -> None:
    counts = []
    for number in (1, 30):
        event = make_event(owner=cast.ada)
        make_session(event, key="lab", seats=3)
        for _ in range(number):
            sign_up(make_registration(event))
        ada = cast.browser_of(cast.ada)
        with statements() as found:
            ada.get(f"/manage/events/{event.slug}/sessions/lab/sign-ups")
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_the_personal_feed_holds_the_sessions_with_a_seat(session: Session, client: FlaskClient) -> None:
    event = make_event(title="Border days")
    begin = event.starts_at + timedelta(hours=1)
    make_session(event, "Lab", key="lab", seats=1, starts_at=begin)
    make_session(event, "Tour", key="tour", seats=1, starts_at=begin + timedelta(hours=2))
    bo, cyd = make_registration(event), make_registration(event)
    sign_up(cyd, "tour")
    for key in ("lab", "tour"):
        sign_up(bo, key)
    feed = client.get(f"/r/{queries.link_of(bo)}/calendar.ics").text
    assert [line for line in feed.splitlines() if line.startswith("SUMMARY")] == ["SUMMARY:Border days", "SUMMARY:Lab"]
