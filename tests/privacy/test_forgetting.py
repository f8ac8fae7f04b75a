"""Somebody is forgotten: nothing that names them is left in any table, and all figures are what they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.checkin.actions.desk_watching import watch
from eventsys.checkin.models import BadgePrint, PrintJob
from eventsys.events.models import Event
from eventsys.kernel import clock, storage
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact, record
from eventsys.mailing.actions import note_bounce
from eventsys.mailing.models import OutboxMessage
from eventsys.privacy.actions import erase_person
from eventsys.registration import actions, queries
from eventsys.registration.actions.bulk import carrying as bulk
from eventsys.registration.actions.bulk.merging import merge
from eventsys.registration.errors import RegistrationErased
from eventsys.registration.models import (
    Consent,
    Delegation,
    Question,
    Registration,
    RegistrationTag,
    Review,
    SensitiveLook,
    Ticket,
)
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import AT, Desk, a_scan, make_desk, make_ticket
from tests.factories.printing import ask, make_printer
from tests.factories.registration import make_question, make_registration
from tests.forms import csrf_token
from tests.privacy.figures import everything, figures

FORGOTTEN = ("Quillfeather", "quillfeather", "Harbour of Zzyzx", "zzyzx", "peanuts", "a secret note", "fell asleep")


def make_quillfeather(event: Event, ada: User | None = None, **values: Any) -> Registration:
    """Somebody who has left traces wherever one can."""
    diet = make_question(event, key="diet", is_sensitive=True)
    file = make_question(event, key="letter", type="file", label="Letter")
    agreed = make_question(event, key="photos", type="statement", label="Photos")
    size, _sha = storage.put("answers/quillfeather.pdf", BytesIO(b"%PDF"))
    letter = {"file": "answers/quillfeather.pdf", "name": "Quillfeather.pdf", "size": size, "type": "application/pdf"}
    person = make_registration(
        event,
        first_name="Ottoline",
        last_name="Quillfeather",
        email="ottoline.quillfeather@example.org",
        organisation="Harbour of Zzyzx",
        person_key="quillfeather",
        answers={diet.id: "peanuts", file.id: letter},
        consents={agreed.id: "I may be photographed."},
        privacy_text="The notice.",
        **values,
    )
    with transaction(actor="registrant") as session:
        person = session.get_one(Registration, person.id)
        actions.request_email_change(session, person, "new.quillfeather@example.org", now=clock.now())
        actions.add_note(session, person, "a secret note", now=clock.now())
        note_bounce(session, "ottoline.quillfeather@example.org", status="5.1.1", reason="", now=clock.now())
        session.add(RegistrationTag(registration_id=person.id, tag="quillfeather", event_id=event.id))
        delegation = Delegation(event_id=event.id, name="Somebody's", head_id=person.id, created_at=clock.now())
        session.add(delegation)
        if ada is not None:
            session.add(
                Review(registration_id=person.id, user_id=ada.id, score=5, note="fell asleep", updated_at=clock.now())
            )
        record(
            session, "registration.merged", at=clock.now(), subject="registration", subject_id=person.id,
            event_id=event.id, name="Quillfeather", before="Quillfeather", mode="onsite", fields=["email"],
        )  # fmt: skip
    return person


def forget(person: Registration) -> None:
    with transaction(actor="registrant") as session:
        erase_person(session, session.get_one(Registration, person.id), now=clock.now())


def end(event: Event) -> None:
    """Let the event be over."""
    with transaction() as session:
        long_ago = clock.now() - timedelta(days=3)
        session.execute(
            update(Event).where(Event.id == event.id).values(starts_at=long_ago - timedelta(days=1), ends_at=long_ago)
        )


def scanned(client: FlaskClient, event: Event, person: Registration, session: Session) -> Desk:
    """Comes in, is scanned again, and was in earlier by what another device brings later."""
    desk = make_desk(client, event)
    code = session.scalars(select(Ticket.code).where(Ticket.registration_id == person.id)).one()
    desk.scan(a_scan(code), a_scan(code, at=AT + timedelta(minutes=5)))
    desk.scan(a_scan(code, at=AT - timedelta(minutes=20)))
    undone = a_scan(code, at=AT + timedelta(minutes=9))
    desk.scan(undone)
    desk.post("undo", {"id": undone["id"], "reason": "quillfeather went for her driver"})
    with transaction() as writing:
        person = writing.get_one(Registration, person.id)
        watch(writing, person, "Ottoline's driver waits", user_id=None, now=clock.now())
    return desk


def test_nothing_names_the_person_any_more_and_all_figures_stay(
    cast: Cast, client: FlaskClient, session: Session
) -> None:
    event = make_event(owner=cast.ada, onsite=5)
    person = make_quillfeather(event, cast.ada)
    for _ in range(3):
        make_registration(event)
    scanned(client, event, person, session)
    end(event)
    event = session.get_one(Event, event.id, populate_existing=True)
    before, all_before = figures(session, event), everything()
    assert [word for word in FORGOTTEN if word not in all_before] == []
    forget(person)
    all_after = everything()
    assert [word for word in (*FORGOTTEN, "Ottoline") if word in all_after] == []
    assert figures(session, event) == before
    with pytest.raises(storage.FileMissing):
        storage.refuse_unless_kept("answers/quillfeather.pdf")
    session.rollback()
    found = session.get_one(Registration, person.id, populate_existing=True)
    assert (found.state, found.type, found.mode, found.sector, found.country) == (
        "confirmed", "participant", "onsite", "police", "BE",
    )  # fmt: skip
    assert found.erased_at is not None


def test_what_was_agreed_to_stays_as_evidence_that_names_nobody(session: Session) -> None:
    event = make_event()
    person = make_quillfeather(event)
    forget(person)
    rows = session.execute(
        select(Question.key, Consent.text_hash != "", Consent.given_at.is_not(None))
        .outerjoin(Question, Question.id == Consent.question_id)
        .where(Consent.registration_id == person.id)
        .order_by(Consent.id)
    ).all()
    assert sorted((row[0] or "", bool(row[1]), bool(row[2])) for row in rows) == [
        ("", True, True),
        ("photos", True, True),
    ]


def test_the_seat_in_an_event_to_come_goes_to_the_next_in_the_same_transaction(session: Session) -> None:
    event = make_event(onsite=1)
    person = make_quillfeather(event)
    cyd = make_registration(event)
    assert cyd.state == "waiting"
    forget(person)
    session.rollback()
    session.expire_all()
    states = [session.get_one(Registration, one.id).state for one in (person, cyd)]
    assert states == ["cancelled", "confirmed"]
    assert queries.seats(session, event.id)["onsite"].taken == 1


def test_nothing_is_mailed_to_who_was_forgotten(session: Session) -> None:
    event = make_event()
    person = make_quillfeather(event)
    other = make_registration(event)
    forget(person)
    left = [message.arguments for message in session.scalars(select(OutboxMessage))]
    assert left == [{"registration_id": other.id}]


def test_two_who_are_forgotten_in_one_event_do_not_clash_and_may_come_back(session: Session) -> None:
    event = make_event()
    people = [make_registration(event, email=f"x{number}@example.org", person_key=f"x{number}") for number in (1, 2)]
    end_of = [forget(person) for person in people]
    assert len(end_of) == 2
    again = make_registration(event, email="x1@example.org", person_key="x1")
    assert again.state == "confirmed"
    forget(again)
    forget(again)
    kinds = list(session.scalars(select(Fact.kind).where(Fact.subject_id == again.id).order_by(Fact.id)))
    assert kinds == ["registration.confirmed", "registration.cancelled", "registration.erased"]


def test_the_timeline_keeps_its_steps_and_no_values(session: Session) -> None:
    event = make_event()
    person = make_quillfeather(event)
    forget(person)
    merged = session.scalars(select(Fact).where(Fact.kind == "registration.merged")).one()
    assert merged.data == {"name": "–", "before": "–", "mode": "onsite", "fields": ["email"]}
    last = queries.timeline_of(session, person.id)[-1]
    assert (last.kind, last.actor, last.data) == ("registration.erased", "registrant", {})


def test_a_device_at_the_door_forgets_the_person(client: FlaskClient, session: Session) -> None:
    event = make_event()
    person, other = make_quillfeather(event), make_registration(event)
    desk = scanned(client, event, person, session)
    cursor = desk.get("snapshot").get_json()["cursor"]
    forget(person)
    changes = desk.get("snapshot", since=cursor).get_json()
    assert (changes["removed"], [one["id"] for one in changes["people"] if one["id"] == person.id]) == ([person.id], [])
    assert [one["id"] for one in desk.get("snapshot").get_json()["people"]] == [other.id]


def test_who_looked_at_sensitive_answers_stays_written(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    person = make_quillfeather(event)
    with transaction(actor=f"user:{cast.ada.id}") as writing:
        actions.note_look(writing, event.id, "person", people=1, now=clock.now(), registration_id=person.id)
    forget(person)
    look = session.scalars(select(SensitiveLook)).one()
    assert (look.registration_id, look.by) == (person.id, f"user:{cast.ada.id}")


def test_all_registrations_of_the_address_go_together(session: Session) -> None:
    event = make_event()
    first = make_registration(event, email="bo@example.org")
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, first.id), now=clock.now())
    again = make_registration(event, email="bo@example.org")
    other = make_registration(event)
    elsewhere = make_registration(make_event(), email="bo@example.org")
    forget(again)
    session.rollback()
    session.expire_all()
    people = [session.get_one(Registration, one.id) for one in (first, again, other, elsewhere)]
    assert [one.erased_at is not None for one in people] == [True, True, False, False]


def test_what_was_made_one_with_the_person_goes_too_and_cannot_be_made_two_again(session: Session) -> None:
    event = make_event()
    stays, goes = make_registration(event), make_registration(event, first_name="Twin", last_name="Quillfeather")
    names = ("Quillfeather", "Twin", str(stays.email), str(goes.email))
    with transaction() as writing:
        merge(
            writing, writing.get_one(Registration, stays.id), writing.get_one(Registration, goes.id),
            taken=["last_name"], now=clock.now(),
        )  # fmt: skip
    forget(stays)
    all_after = everything()
    assert [name for name in names if name in all_after] == []


@pytest.mark.parametrize("is_carried_on", [False, True], ids=["asked for", "done"])
def test_a_merge_that_was_undone_remembers_them_no_more(session: Session, is_carried_on: bool) -> None:
    event = make_event()
    stays, goes = make_registration(event), make_registration(event, first_name="Twin", last_name="Quillfeather")
    with transaction() as writing:
        act = merge(
            writing, writing.get_one(Registration, stays.id), writing.get_one(Registration, goes.id),
            taken=["last_name"], now=clock.now(),
        )  # fmt: skip
        bulk.undo(writing, act, now=clock.now())
        if is_carried_on:
            bulk.carry_on(writing, act.id, now=clock.now())
        number = act.id
    email = str(goes.email)
    forget(goes)
    left = everything()
    assert [name for name in ("Twin", email) if name in left] == []
    with transaction() as writing:
        assert bulk.carry_on(writing, number, now=clock.now()) is False


def test_no_mark_of_a_badge_tells_whose_it_was(session: Session) -> None:
    event = make_event()
    person, other = (make_ticket(event, name).registration_id for name in ("Bo Berg", "Cyd Clair"))
    printer = make_printer("127.0.0.1:9100", kind="zpl")
    for number in (person, other):
        job = ask(event, number, printer)
        with transaction() as writing:
            writing.get_one(PrintJob, job.id).face_hash = "f" * 32
            marked = {"event_id": event.id, "registration_id": number, "job_id": job.id, "face_hash": "e" * 32}
            writing.add(BadgePrint(**marked, printed_at=clock.now()))
    forget(session.get_one(Registration, person))
    session.rollback()
    for table, mark in ((PrintJob, "f" * 32), (BadgePrint, "e" * 32)):
        marks = session.execute(select(table.registration_id, table.face_hash)).all()
        assert sorted(map(tuple, marks)) == sorted([(person, ""), (other, mark)])


def test_nothing_is_written_about_who_was_erased(session: Session) -> None:
    """A tablet at the desk may still have their sheet open."""
    person = make_ticket(make_event()).registration_id
    forget(session.get_one(Registration, person))
    deeds: list[Callable[[Session, Registration], object]] = [
        lambda s, one: actions.add_note(s, one, "Jan, wheelchair", now=clock.now()),
        lambda s, one: actions.replace_ticket(s, one, now=clock.now()),
        lambda s, one: watch(s, one, "The minister", user_id=None, now=clock.now()),
    ]
    for deed in deeds:
        with pytest.raises(RegistrationErased), transaction() as writing:
            deed(writing, writing.get_one(Registration, person))


def test_nobody_takes_up_again_who_was_erased(session: Session) -> None:
    event = make_event()
    person = make_registration(event)
    forget(person)
    with pytest.raises(RegistrationErased), transaction() as writing:
        actions.restore(writing, writing.get_one(Registration, person.id), now=clock.now())


def test_organisers_see_that_somebody_was_erased_and_can_do_nothing_with_them(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    person = make_quillfeather(event)
    forget(person)
    client, page = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/registrations/{person.id}"
    shown = client.get(page)
    assert (shown.status_code, b"This person was erased" in shown.data, b"/restore" in shown.data) == (200, True, False)
    for act in ("note", "restore", "tag"):
        client.post(f"{page}/{act}", data={"csrf_token": csrf_token(client), "notes": "Quillfeather", "tag": "Quill"})
    with pytest.raises(RegistrationErased), transaction() as writing:
        actions.change_details(
            writing, writing.get_one(Registration, person.id), now=clock.now(), last_name="Quillfeather"
        )
    assert [word for word in ("Quillfeather", "Quill") if word in everything()] == []
    assert client.get(f"/manage/events/{event.slug}/registrations").status_code == 200
