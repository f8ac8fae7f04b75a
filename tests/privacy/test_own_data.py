"""What a person does with their data by their link: they read it, take it along, agree, and are forgotten."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from flask import Flask
from flask import session as cookie
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration import queries
from eventsys.registration.actions import note_look
from eventsys.registration.models import Answer, Basis, Consent, Question, Registration
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import AT
from tests.factories.registration import make_question, make_registration
from tests.forms import csrf_token, post_form
from tests.privacy.test_forgetting import end, make_quillfeather, scanned

pytestmark = pytest.mark.usefixtures("session")


def link_of(person: Registration) -> str:
    return f"/r/{queries.link_of(person)}"


def words(page: bytes, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in html.fromstring(page).xpath(path)]


def make_statement(event: Event, key: str = "photos", **values: object) -> Question:
    given = {"type": "statement", "label": "Photos", "help": "I may be photographed.", "basis": Basis.CONSENT}
    return make_question(event, key=key, **(given | values))


def test_the_page_says_when_each_thing_is_erased_the_earliest_first(client: FlaskClient) -> None:
    now = clock.now()
    event = make_event(starts_at=now + timedelta(days=2), ends_at=now + timedelta(days=3), timezone="UTC")
    flight = make_question(event, "flight", label="Flight", erase_after_days=60)
    diet = make_question(event, "diet", is_sensitive=True)
    bo = make_registration(
        event, answers={flight.id: "SN 1", diet.id: "vegan", make_question(event, "job").id: "chief"}
    )
    page = client.get(link_of(bo)).data
    assert words(page, "//dl[@class='slip-until']//dt") == ["Dietary needs", "Flight", "Everything else"]
    dates = words(page, "//dl[@class='slip-until']//dd")
    assert [date.partition(" days")[0] for date in dates] == ["erased in 33", "erased in 63", "erased in 368"]


def test_all_that_is_held_is_taken_along(client: FlaskClient, cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    person = make_quillfeather(event, cast.ada)
    make_registration(event, last_name="Somebody Else")
    scanned(client, event, person, session)
    with transaction(actor=f"user:{cast.ada.id}") as writing:
        note_look(writing, event.id, "person", people=1, now=clock.now(), registration_id=person.id)
    answer = client.get(link_of(person) + "/data.zip")
    archive = ZipFile(BytesIO(answer.data))
    data = json.loads(archive.read("data.json"))
    assert (answer.content_type, data["format"]) == ("application/zip", "eventsys-person/1")
    assert data["registration"]["email"] == "ottoline.quillfeather@example.org"
    assert {one["key"]: one["answer"] for one in data["answers"]} == {"diet": "peanuts", "letter": "Quillfeather.pdf"}
    assert [(one["to"], one["text"]) for one in data["consents"]] == [
        ("photos", "I may be photographed."), ("privacy_notice", "The notice.")
    ]  # fmt: skip
    assert [one["counted_by"] for one in data["seats"]] == ["mode"]
    assert (len(data["scans"]), [one["point"] for one in data["attendance"]]) == (4, ["entrance"])
    assert [one["words"] for one in data["arrival_waited_for"]] == ["Ottoline's driver waits"]
    assert [one["note"] for one in data["opinions"]] == ["fell asleep"]
    assert (data["tags"], data["note_for_the_door"]) == (["quillfeather"], "a secret note")
    assert [one["where"] for one in data["looks_at_sensitive_answers"]] == ["person"]
    assert "registration.confirmed" in [one["what"] for one in data["mails"]]
    assert data["timeline"][0]["by"] == "registrant"
    assert archive.read("files/letter-Quillfeather.pdf") == b"%PDF"
    rows = {
        row["field"]: row["value"]
        for row in csv.DictReader(StringIO(archive.read("registration.csv").decode("utf-8-sig")))
    }
    assert rows["last_name"] == "Quillfeather"
    everything = "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    assert [name for name in ("Somebody", "Ada", "ada@example.org", f"user:{cast.ada.id}") if name in everything] == []
    assert AT.isoformat(timespec="milliseconds")[:10] in everything


def test_a_consent_is_taken_back_and_given_again_word_for_word(client: FlaskClient, session: Session) -> None:
    event = make_event()
    photos = make_statement(event)
    bo = make_registration(event, answers={photos.id: True}, consents={photos.id: "Photos\n\nI may be photographed."})
    page = link_of(bo)
    assert words(client.get(page).data, "//ul[@class='slip-consents']//p") == ["Photos I may be photographed."]

    def standing() -> list[bool]:
        session.rollback()
        session.expire_all()
        return [
            one.withdrawn_at is None for one in session.scalars(select(Consent).order_by(Consent.id)) if one.question_id
        ]

    def answered() -> object:
        return session.scalars(select(Answer.value)).one()

    assert standing() == [True]
    address = f"{page}/consents/{photos.id}"
    token = csrf_token(client)
    assert client.post(address, data={"csrf_token": token, "act": "withdraw"}).status_code == 303
    assert (standing(), answered()) == ([False], False)
    assert client.post(address, data={"csrf_token": token, "act": "give"}).status_code == 303
    assert (standing(), answered()) == ([False, True], True)
    hashes = set(session.scalars(select(Consent.text_hash).where(Consent.question_id == photos.id)))
    assert len(hashes) == 1


def test_a_consent_is_taken_back_when_the_event_is_over_and_its_question_is_gone(
    client: FlaskClient, session: Session
) -> None:
    event = make_event()
    photos = make_statement(event)
    bo = make_registration(event, answers={photos.id: True}, consents={photos.id: "Photos"})
    with transaction() as writing:
        writing.execute(update(Question).values(retired_at=clock.now()))
    end(event)
    page = link_of(bo)
    token = csrf_token(client)
    address = f"{page}/consents/{photos.id}"
    assert client.post(address, data={"csrf_token": token, "act": "withdraw"}).status_code == 303
    session.rollback()
    assert session.scalars(select(Consent.withdrawn_at).where(Consent.question_id == photos.id)).one() is not None
    assert client.post(address, data={"csrf_token": token, "act": "give"}).status_code == 404


def test_nothing_but_a_consent_is_agreed_to_here(client: FlaskClient) -> None:
    event = make_event()
    rules = make_statement(event, "rules", basis=Basis.CONTRACT)
    elsewhere = make_statement(make_event())
    bo = make_registration(event)
    page = link_of(bo)
    token = csrf_token(client)
    for number in (rules.id, elsewhere.id, 999_999):
        answer = client.post(f"{page}/consents/{number}", data={"csrf_token": token, "act": "give"})
        assert answer.status_code == 404
    assert client.post(f"{page}/consents/{rules.id}", data={"csrf_token": token, "act": "x"}).status_code == 422


def test_who_asks_is_forgotten_and_the_link_says_so(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=1)
    bo = make_registration(event, last_name="Quillfeather")
    cyd = make_registration(event)
    page = link_of(bo)
    asked = client.get(page + "/forget")
    assert b"Your place goes to the next in line" in asked.data
    session.rollback()
    assert session.get_one(Registration, bo.id, populate_existing=True).erased_at is None
    done = post_form(client, page + "/forget", action=page + "/forget")
    assert (done.status_code, done.headers["Location"]) == (303, "/forgotten")
    assert b"You are forgotten" in client.get("/forgotten").data
    for path in ("", "/ticket.pdf", "/details", "/calendar.ics", "/data.zip", "/forget"):
        answer = client.get(page + path)
        assert (answer.status_code, b"has been erased" in answer.data) == (410, True), path
    session.rollback()
    assert session.get_one(Registration, cyd.id, populate_existing=True).state == "confirmed"


def test_a_browser_that_was_let_in_is_let_in_no_more(app: Flask, client: FlaskClient, session: Session) -> None:
    event = make_event()
    bo = make_registration(event)
    end(event)

    def let_in() -> list[int]:
        with app.test_request_context():
            cookie["let_in"] = [bo.id]
            return [one.id for one in queries.viewer_of(session, event).registrations]

    assert let_in() == [bo.id]
    post_form(client, link_of(bo) + "/forget", action=link_of(bo) + "/forget")
    assert let_in() == []
