"""People at the desk: who walks in, whose name is wrong, who comes instead; by devices that may help."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Device, DeviceRole, Printer, PrintJob, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.clock import said_instant
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, rules
from eventsys.registration.models import Consent, PoolKind, Registration, SeatPool, Ticket
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import Desk, a_scan, make_desk, make_ticket
from tests.factories.registration import make_registration


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    """An event whose door is open now, with room for two on site."""
    now = clock.now()
    return make_event(owner=cast.ada, door=cast.dee, onsite=2, online=5,
                      starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=8))  # fmt: skip


@pytest.fixture
def desk(client: FlaskClient, tonight: Event) -> Desk:
    return make_desk(client, tonight, role=DeviceRole.DESK)


def new_id() -> str:
    return str(uuid.uuid4())


def notice(event: Event) -> str:
    return rules.text_hash(rules.privacy_text(event))


def somebody(desk: Desk, last_name: str = "Novak", **values: Any) -> dict[str, Any]:
    """A walk-in as a desk sends it; the notice is the one that stood on the screen."""
    form = desk.get("desk/form").json
    assert form is not None
    return {"id": new_id(), "first_name": "Iva", "last_name": last_name, "notice": form["notice_hash"]} | values


def helped(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def code_of(answer: Any) -> str:
    """Why it was refused, as programs read it."""
    return str(answer.json["error"]["code"])


def people(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.execute(select(Registration.first_name, Registration.state).order_by(Registration.id))
    return [(name, state) for name, state in rows]


def test_who_walks_in_is_registered_seated_and_let_in(desk: Desk, tonight: Event, session: Session) -> None:
    answer = helped(desk.post("desk/walk-ins", somebody(desk, organisation="Ville de Liège", sector="local-authority")))
    assert answer["result"]["outcome"] == "admitted"
    assert (answer["person"]["name"], answer["person"]["state"]) == ("Iva Novak", "confirmed")
    assert answer["person"]["is_inside"] is True
    session.rollback()
    [person] = session.scalars(select(Registration))
    assert person.privacy_text_hash == notice(tonight)
    assert session.scalars(select(Consent.text_hash)).all() == [person.privacy_text_hash]
    assert session.scalars(select(SeatPool.taken).where(SeatPool.mode == "onsite")).all() == [1]
    assert session.scalars(select(Admission.registration_id)).all() == [person.id]
    assert session.scalars(select(OutboxMessage)).all() == []


def test_sent_again_nobody_comes_twice(desk: Desk, session: Session) -> None:
    sent = somebody(desk)
    first = helped(desk.post("desk/walk-ins", sent))
    second = helped(desk.post("desk/walk-ins", sent))
    assert first["person"]["registration"] == second["person"]["registration"]
    assert first["result"] == second["result"]
    assert people(session) == [("Iva", "confirmed")]
    assert len(session.scalars(select(Scan)).all()) == 1


def test_a_walk_in_that_is_sent_twice_at_once_is_one(app: Flask, desk: Desk, session: Session) -> None:
    sent = somebody(desk)
    answers: list[Any] = []
    both = threading.Barrier(2)

    def send() -> None:
        twin = desk.through(app.test_client())
        both.wait()
        answers.append(twin.post("desk/walk-ins", sent))

    threads = [threading.Thread(target=send) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert people(session) == [("Iva", "confirmed")]


def test_the_last_seat_goes_to_one_of_two_desks(
    app: Flask, client: FlaskClient, tonight: Event, session: Session
) -> None:
    make_registration(tonight)
    desks = [make_desk(client, tonight, name, role=DeviceRole.DESK) for name in ("Desk 1", "Desk 2")]
    sent = [somebody(desk, f"Novak {number}") for number, desk in enumerate(desks)]
    answers: list[Any] = []
    both = threading.Barrier(2)

    def send(number: int) -> None:
        twin = desks[number].through(app.test_client())
        both.wait()
        answers.append(twin.post("desk/walk-ins", sent[number]))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert sorted(people(session)) == [("Bo", "confirmed"), ("Iva", "confirmed")]
    assert session.scalars(select(SeatPool.taken).where(SeatPool.mode == "onsite")).all() == [2]


def test_a_full_event_refuses_and_offers_the_waiting_list(desk: Desk, tonight: Event, session: Session) -> None:
    make_registration(tonight)
    make_registration(tonight)
    sent = somebody(desk)
    refused = desk.post("desk/walk-ins", sent)
    assert (refused.status_code, code_of(refused)) == (409, "no_seat_at_the_door")
    assert [name for name, _state in people(session)] == ["Bo", "Bo"]
    answer = helped(desk.post("desk/walk-ins", sent | {"may_wait": True}))
    assert (answer["person"]["state"], answer["result"]) == ("waiting", None)


def test_a_desk_cannot_overbook(desk: Desk, tonight: Event, session: Session) -> None:
    make_registration(tonight)
    make_registration(tonight)
    assert desk.post("desk/walk-ins", somebody(desk, overbook=True)).status_code == 409
    assert session.scalars(select(SeatPool.overbooked).where(SeatPool.mode == "onsite")).all() == [0]


def test_every_pool_holds_for_a_walk_in(desk: Desk, tonight: Event, session: Session) -> None:
    with transaction() as writing:
        event = writing.get_one(Event, tonight.id)
        actions.add_pool(writing, event, PoolKind.TYPE, "press", 0, mode="onsite", now=clock.now())
        today = clock.now().astimezone(event.zone).date().isoformat()
        actions.add_pool(writing, event, PoolKind.DAY, today, 1, mode="", now=clock.now())
    assert desk.post("desk/walk-ins", somebody(desk, type="press")).status_code == 409
    assert desk.post("desk/walk-ins", somebody(desk)).status_code == 200
    # The day is full, the event is not.
    assert desk.post("desk/walk-ins", somebody(desk, "Second")).status_code == 409
    assert people(session) == [("Iva", "confirmed")]


def test_nobody_is_registered_without_the_notice(desk: Desk, session: Session) -> None:
    assert code_of(desk.post("desk/walk-ins", somebody(desk, notice=""))) == "notice_not_shown"
    assert code_of(desk.post("desk/walk-ins", somebody(desk, notice="0" * 64))) == "notice_changed"
    assert people(session) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"first_name": "", "last_name": " "}, "bad_input"), ({"first_name": "x" * 121}, "bad_input"),
        ({"email": "nobody"}, "address_unusable"), ({"sector": "spies"}, "bad_input"), ({"type": "king"}, "bad_input"),
        ({"country": "ZZ"}, "bad_input"), ({"id": "1"}, "body_misread"), ({"organisation": 7}, "bad_input"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(
    desk: Desk, wrong: dict[str, Any], code: str, session: Session
) -> None:
    refused = desk.post("desk/walk-ins", somebody(desk) | wrong)
    assert code_of(refused) == code
    assert people(session) == []


def test_who_has_an_address_gets_a_ticket_and_is_registered_once(desk: Desk, session: Session) -> None:
    helped(desk.post("desk/walk-ins", somebody(desk, email="iva@example.org")))
    session.rollback()
    assert session.scalars(select(OutboxMessage.maker)).all() == ["registration.confirmed"]
    refused = desk.post("desk/walk-ins", somebody(desk, "Again", email="iva@example.org"))
    assert code_of(refused) == "already_registered"


@pytest.mark.parametrize("role", [DeviceRole.SCANNER, DeviceRole.KIOSK, DeviceRole.WALL])
def test_only_a_desk_may_help(
    client: FlaskClient, tonight: Event, desk: Desk, role: DeviceRole, session: Session
) -> None:
    person = make_ticket(tonight, "Bo Berg", notes="Secret words").registration_id
    sent = somebody(desk)
    other = make_desk(client, tonight, "Phone", role=role)
    answers = [
        other.get("desk/form"), other.get("desk/exceptions"), other.get(f"desk/people/{person}"),
        other.post("desk/walk-ins", sent), other.post("desk/exceptions/x/close", {"id": new_id(), "reason": "x"}),
        *(other.post(f"desk/people/{person}/{what}", sent)
          for what in ("details", "swap", "notes", "reissue", "watch", "solve")),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {403}
    assert not any("Secret" in answer.text for answer in answers)
    assert people(session) == [("Bo", "confirmed")]


def test_people_of_another_event_are_nobody_here(client: FlaskClient, desk: Desk, tonight: Event, cast: Cast) -> None:
    other = make_event(owner=cast.al)
    person = make_ticket(other, "Cyd Cole", notes="Secret words").registration_id
    answers = [
        desk.get(f"desk/people/{person}"),
        desk.post(f"desk/people/{person}/details", {"id": new_id(), "first_name": "X"}),
        desk.post(f"desk/people/{person}/swap", somebody(desk)),
        desk.post(f"desk/people/{person}/notes", {"id": new_id(), "notes": "X"}),
        desk.post(f"desk/people/{person}/reissue", {"id": new_id()}),
        desk.post(f"desk/people/{person}/watch", {"id": new_id(), "words": "X"}),
        desk.post(f"desk/people/{person}/solve", {"id": new_id(), "how": "seat", "reason": "x"}),
        desk.post("desk/walk-ins", somebody(desk, accompanies=person)),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert not any("Cyd" in answer.text or "Secret" in answer.text for answer in answers)


def test_a_name_is_corrected_without_a_letter(desk: Desk, tonight: Event, session: Session) -> None:
    person = make_registration(tonight, first_name="Jvan", last_name="Novák")
    mails = len(session.scalars(select(OutboxMessage)).all())
    sent = {"id": new_id(), "first_name": "Iván", "organisation": "Ville de Liège"}
    answer = helped(desk.post(f"desk/people/{person.id}/details", sent))
    assert (answer["person"]["name"], answer["person"]["organisation"]) == ("Iván Novák", "Ville de Liège")
    assert len(session.scalars(select(OutboxMessage)).all()) == mails
    fact = session.scalars(select(Fact).where(Fact.kind == "registration.details_changed")).one()
    assert fact.data == {"fields": ["first_name", "organisation"]}
    assert fact.actor.startswith("device:")


def test_somebody_comes_instead_and_the_old_badge_is_known_as_replaced(
    desk: Desk, tonight: Event, session: Session
) -> None:
    person = make_registration(tonight, first_name="Bo", last_name="Berg")
    old = session.scalars(select(Ticket.code).where(Ticket.registration_id == person.id)).one()
    sent = somebody(desk, organisation="Their office")
    answer = helped(desk.post(f"desk/people/{person.id}/swap", sent))
    again = helped(desk.post(f"desk/people/{person.id}/swap", sent))
    assert answer["person"]["registration"] == again["person"]["registration"] != person.id
    assert (answer["result"]["outcome"], answer["person"]["organisation"]) == ("admitted", "Their office")
    assert people(session) == [("Bo", "cancelled"), ("Iva", "confirmed")]
    assert desk.outcomes(a_scan(old, at=clock.now())) == ["replaced"]
    assert session.scalars(select(SeatPool.taken).where(SeatPool.mode == "onsite")).all() == [1]


def test_a_companion_is_a_guest_with_a_seat_shown_with_their_host(
    desk: Desk, tonight: Event, cast: Cast, session: Session
) -> None:
    person = make_registration(tonight, first_name="Bo", last_name="Berg")
    answer = helped(desk.post("desk/walk-ins", somebody(desk, accompanies=person.id)))
    guest = answer["person"]
    assert (guest["type"], guest["accompanies"]["name"], guest["organisation"]) == (
        "guest",
        "Bo Berg",
        "Harbour Police",
    )
    host = helped(desk.get(f"desk/people/{person.id}"))["person"]
    assert [one["name"] for one in host["companions"]] == ["Iva Novak"]
    for number, words in ((guest["registration"], "Companion of"), (person.id, "Comes with")):
        assert words in cast.browser_of(cast.ada).get(f"/manage/events/{tonight.slug}/registrations/{number}").text
    # The two seats are taken: a second companion has none.
    assert desk.post("desk/walk-ins", somebody(desk, "Third", accompanies=person.id)).status_code == 409


def test_a_note_is_shown_at_every_scan(desk: Desk, tonight: Event) -> None:
    ticket = make_ticket(tonight, "Bo Berg")
    sent = {"id": new_id(), "notes": "Bring to the speaker room\nGive the headset"}
    helped(desk.post(f"desk/people/{ticket.registration_id}/notes", sent))
    [result] = desk.scan(a_scan(ticket, at=clock.now()))
    assert result["attendee"]["notes"] == ["Bring to the speaker room", "Give the headset"]


def test_a_lost_badge_opens_no_door_any_more(desk: Desk, tonight: Event) -> None:
    ticket = make_ticket(tonight, "Bo Berg")
    sent = {"id": new_id()}
    answer = helped(desk.post(f"desk/people/{ticket.registration_id}/reissue", sent))
    assert helped(desk.post(f"desk/people/{ticket.registration_id}/reissue", sent))["person"]["lost_codes"] == 1
    assert desk.outcomes(a_scan(ticket, at=clock.now())) == ["replaced"]
    assert desk.outcomes(a_scan(answer["person"]["code"], at=clock.now())) == ["admitted"]


def make_printer(desk: Desk, *, is_retired: bool = False) -> None:
    """A label printer that nobody answers at, for all devices."""
    now = clock.now()
    with transaction() as writing:
        printer = Printer(name="Labels", kind="zpl", address="127.0.0.1:9", created_at=now)
        printer.retired_at = now if is_retired else None
        writing.add(printer)
        writing.flush()
        writing.execute(update(Device).values(printer_id=printer.id))


def test_the_badge_of_who_walks_in_is_asked_for_once(desk: Desk, session: Session) -> None:
    sent = somebody(desk)
    make_printer(desk)
    first = helped(desk.post("desk/walk-ins", sent))
    helped(desk.post("desk/walk-ins", sent))
    assert (first["badge"]["state"], first["badge"]["printer"]["name"]) == ("queued", "Labels")
    assert session.scalars(select(PrintJob.registration_id)).all() == [first["person"]["registration"]]


def test_who_is_in_stays_in_whatever_becomes_of_the_badge(desk: Desk, session: Session) -> None:
    sent = somebody(desk)
    make_printer(desk, is_retired=True)
    answer = helped(desk.post("desk/walk-ins", sent))
    assert (answer["badge"]["state"], answer["result"]["outcome"]) == ("failed", "admitted")
    assert "Labels" in answer["badge"]["message"]
    assert people(session) == [("Iva", "confirmed")]


def test_a_desk_without_a_printer_leaves_the_badge_to_the_browser(desk: Desk, session: Session) -> None:
    assert helped(desk.post("desk/walk-ins", somebody(desk)))["badge"] is None
    assert session.scalars(select(PrintJob)).all() == []


def test_whom_a_desk_kept_without_a_network_came_when_they_came(desk: Desk, tonight: Event, session: Session) -> None:
    came = clock.now() - timedelta(minutes=40)
    answer = helped(desk.post("desk/walk-ins", somebody(desk, came_at=said_instant(came))))
    assert answer["result"]["outcome"] == "admitted"
    session.rollback()
    [scan] = session.scalars(select(Scan))
    assert (abs(scan.at - came) < timedelta(seconds=1), scan.is_offline) == (True, True)


def test_who_was_kept_is_registered_after_the_event_for_when_they_came(
    desk: Desk, tonight: Event, session: Session
) -> None:
    sent, late = somebody(desk, came_at=said_instant(clock.now())), somebody(desk)
    with clock.set_to(tonight.ends_at + timedelta(hours=1)):
        assert code_of(desk.post("desk/walk-ins", late)) == "event_over"
        assert helped(desk.post("desk/walk-ins", sent))["result"]["outcome"] == "admitted"
        # Nobody came after now, whatever a device's clock says.
        ahead = desk.post("desk/walk-ins", late | {"came_at": said_instant(clock.now() + timedelta(days=1))})
        assert code_of(ahead) == "event_over"
    assert people(session) == [("Iva", "confirmed")]


@pytest.mark.parametrize("came_at", ["yesterday", 7, "2026-12-03T08:59"])
def test_an_instant_that_is_none_is_refused(desk: Desk, session: Session, came_at: Any) -> None:
    assert code_of(desk.post("desk/walk-ins", somebody(desk, came_at=came_at))) == "body_misread"
    assert people(session) == []


@pytest.mark.parametrize("host", ["7", True, [1], 1.5])
def test_a_host_that_is_no_number_is_refused(desk: Desk, session: Session, host: Any) -> None:
    assert desk.post("desk/walk-ins", somebody(desk, accompanies=host)).status_code == 422
    assert people(session) == []
