"""The kiosk: one code in, one first name out; nothing of anybody else, and nobody guesses their way in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.checkin import actions
from eventsys.checkin.models import Admission, JobState, Printer, PrintJob, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration.models import Ticket
from tests.factories import make_event
from tests.factories.checkin import Desk, make_desk, make_ticket

SAME_WORDS = "This code cannot be used here. Try it once more, or let the people at the desk help you."


@pytest.fixture
def tonight(session: Session) -> Event:
    """An event whose entrance is open."""
    now = clock.now()
    return make_event(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))


@pytest.fixture
def kiosk(client: FlaskClient, tonight: Event) -> Desk:
    return make_desk(client, tonight, "Kiosk 1", role="kiosk")


@pytest.fixture
def limits(app: Flask) -> Iterator[None]:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, has_rate_limits=True)
    yield
    app.config["SETTINGS"] = settings


def look(kiosk: Desk, code: str | Ticket, **headers: str) -> Any:
    return kiosk.post("kiosk/look", {"code": code if isinstance(code, str) else code.code}, **headers).json


def arrive(kiosk: Desk, code: str | Ticket, scan_id: str | None = None) -> Any:
    body = {"id": scan_id or str(uuid.uuid4()), "code": code if isinstance(code, str) else code.code}
    return kiosk.post("kiosk/arrive", body).json


def test_who_shows_a_code_sees_their_first_name_and_goes_in(kiosk: Desk, session: Session, tonight: Event) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    make_ticket(tonight, "Cyd Secret")
    assert look(kiosk, bo) == {"welcome": True, "person": {"first_name": "Bo", "organisation": "Komenda Stołeczna"}}
    assert session.scalar(select(func.count()).select_from(Scan)) == 0
    told = arrive(kiosk, bo)
    assert (told["welcome"], told["outcome"], told["message"]) == (True, "admitted", "You are checked in.")
    assert session.scalar(select(func.count()).select_from(Admission)) == 1
    assert arrive(kiosk, bo)["outcome"] == "already_in"


def test_a_typed_code_does_as_well_in_any_case_and_with_blanks(kiosk: Desk, tonight: Event) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    typed = f" {bo.short_code[:3].lower()} {bo.short_code[3:].lower()} "
    assert look(kiosk, typed)["person"]["first_name"] == "Bo"
    assert arrive(kiosk, typed)["welcome"] is True


def test_the_same_arrival_sent_twice_is_one(kiosk: Desk, session: Session, tonight: Event) -> None:
    bo, scan_id = make_ticket(tonight, "Bo Berg"), str(uuid.uuid4())
    assert [arrive(kiosk, bo, scan_id)["outcome"] for _ in range(2)] == ["admitted", "admitted"]
    assert session.scalar(select(func.count()).select_from(Scan)) == 1


@pytest.mark.parametrize(
    "values",
    [{"state": "cancelled"}, {"state": "declined"}, {"state": "waiting"}, {"state": "applied"},
     {"state": "unverified"}, {"mode": "online"}, {"replaced_at": clock.now()}, None],
)  # fmt: skip
def test_what_is_private_is_said_in_the_same_words_as_an_unknown_code(
    kiosk: Desk, session: Session, tonight: Event, values: dict[str, Any] | None
) -> None:
    code = "EV1:0123456789ABCDEFGHJKMNPQ" if values is None else make_ticket(tonight, "Bo Berg", **values).code
    assert look(kiosk, code) == {"welcome": False, "message": SAME_WORDS}
    assert arrive(kiosk, code) == {"welcome": False, "outcome": "desk", "message": SAME_WORDS, "badge": None}
    assert session.scalar(select(func.count()).select_from(Admission)) == 0


def test_a_badge_of_another_event_names_nobody(kiosk: Desk, session: Session) -> None:
    stranger = make_ticket(make_event(), "Cyd Secret")
    answers = [look(kiosk, stranger), look(kiosk, stranger.short_code), arrive(kiosk, stranger)]
    assert {answer["message"] for answer in answers} == {SAME_WORDS}
    assert "Cyd" not in str(answers)


def test_a_door_that_is_not_open_says_when_it_opens(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    event = make_event(starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=4), timezone="UTC")
    bo = make_ticket(event, "Bo Berg")
    said = look(make_desk(client, event, role="kiosk"), bo)
    opens_at = (event.starts_at - timedelta(hours=3)).strftime("%H:%M on")
    assert (said["welcome"], said["message"].startswith(f"Check-in opens at {opens_at} ")) == (False, True)


def test_a_full_room_sends_to_the_desk(client: FlaskClient, session: Session, tonight: Event) -> None:
    with transaction() as writing:
        actions.add_point(writing, writing.get_one(Event, tonight.id), "Lab", seats=1)
    kiosk = make_desk(client, tonight, role="kiosk", points=["lab"])
    arrived = [arrive(kiosk, make_ticket(tonight, f"Person {n}")) for n in range(2)]
    assert [(one["welcome"], one["outcome"]) for one in arrived] == [(True, "admitted"), (False, "full")]


def make_printer() -> int:
    with transaction() as session:
        printer = Printer(name="Labels", kind="zpl", address="127.0.0.1:9", created_at=clock.now())
        session.add(printer)
        session.flush()
        return printer.id


def test_a_kiosk_with_a_printer_has_the_badge_printed_once(
    client: FlaskClient, session: Session, tonight: Event
) -> None:
    kiosk = make_desk(client, tonight, role="kiosk", printer_id=make_printer())
    bo, scan_id = make_ticket(tonight, "Bo Berg"), str(uuid.uuid4())
    assert [arrive(kiosk, bo, scan_id)["badge"] for _ in range(2)] == ["printing", "printing"]
    assert arrive(kiosk, bo)["badge"] == "badge_at_desk"
    [job] = session.scalars(select(PrintJob)).all()
    assert (job.request_id, job.registration_id) == (scan_id, bo.registration_id)
    found = []
    for state in JobState:
        with transaction() as writing:
            writing.get_one(PrintJob, job.id).state = state
        found.append(kiosk.get(f"kiosk/badge/{scan_id}").json)
    assert found == [
        {"badge": "printing"}, {"badge": "printing"}, {"badge": "printed"}, {"badge": "badge_at_desk"},
        {"badge": "badge_at_desk"},
    ]  # fmt: skip
    assert kiosk.get("kiosk/badge/another").status_code == 404


def test_a_printer_that_is_gone_keeps_nobody_out(client: FlaskClient, session: Session, tonight: Event) -> None:
    number = make_printer()
    kiosk = make_desk(client, tonight, role="kiosk", printer_id=number)
    with transaction() as writing:
        writing.get_one(Printer, number).retired_at = clock.now()
    told = arrive(kiosk, make_ticket(tonight, "Bo Berg"))
    assert (told["outcome"], told["badge"]) == ("admitted", "badge_at_desk")


def test_the_words_are_in_the_visitors_language(kiosk: Desk) -> None:
    """The address decides, not what the tablet's browser would like."""
    said = [
        kiosk.client.post(
            f"{kiosk.root}/kiosk/look?lang={language}", json={"code": "K7PM2QX"},
            headers=kiosk.headers(**{"Accept-Language": "fr"}),
        ).json["message"]  # type: ignore[index]
        for language in ("de", "fr", "en")
    ]  # fmt: skip
    assert [words.partition(" ")[0] for words in said] == ["Dieser", "Ce", "This"]


@pytest.mark.usefixtures("limits")
def test_guessing_short_codes_is_held_up_and_badges_still_pass(kiosk: Desk, tonight: Event) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    for _ in range(30):
        # Right ones do not count: half a thousand people type theirs.
        assert look(kiosk, bo.short_code)["welcome"] is True
    guesses = [kiosk.post("kiosk/look", {"code": f"Z{n:06}"}).status_code for n in range(22)]
    assert guesses == [200] * 20 + [429] * 2
    assert kiosk.post("kiosk/look", {"code": bo.short_code}).status_code == 429
    assert kiosk.post("kiosk/arrive", {"code": "Z000000", "id": "a"}).status_code == 429
    assert look(kiosk, bo)["welcome"] is True


@pytest.mark.parametrize("body", [None, [], {}, {"code": 7}, {"code": ""}, {"code": " "}, {"code": None}])
def test_what_is_no_code_is_refused(kiosk: Desk, body: Any) -> None:
    assert kiosk.post("kiosk/look", body).status_code == 400
    assert kiosk.post("kiosk/arrive", {"id": "a", **(body or {})} if body != [] else body).status_code == 400


@pytest.mark.parametrize("code", ["x" * 5000, "%", "\0", "\ud800", "' OR 1=1", "EV1:"])
def test_no_code_breaks_the_kiosk(kiosk: Desk, code: str) -> None:
    assert look(kiosk, code)["welcome"] is False
