"""What a badge knows of a person: only what its design shows, never a sensitive answer, in as many reads for many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from eventsys.agenda.models import Person, SessionRole
from eventsys.badges import actions as designs
from eventsys.badges.designs import Needs, built_in, said_design
from eventsys.badges.faces import BadgeFace, Slot
from eventsys.badges.showing import face_hash
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction
from eventsys.registration import actions
from eventsys.registration.actions import consents
from eventsys.registration.faces import ORDERS, badge_faces
from eventsys.registration.models import Mode, Registration
from tests.counting import statements
from tests.factories import make_event, make_session
from tests.factories.registration import make_question, make_registration

ALL = Needs(
    answers=frozenset({"table", "diet"}), consents=frozenset({"photo"}), has_tags=True, has_agenda=True,
    has_sessions=True, has_programme=True,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _speaking(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def faces(event: Event, needs: Needs = ALL, **more: object) -> list[BadgeFace]:
    session = reading()
    session.rollback()
    return list(badge_faces(session, event, needs=needs, **more))  # type: ignore[arg-type]


def test_nothing_is_read_that_the_design_does_not_show(session: Session) -> None:
    event = make_event()
    table = make_question(event, "table", label="Table")
    bo = make_registration(event, first_name="Bo", last_name="Berg", answers={table.id: "12"})
    with transaction() as writing:
        actions.add_tag(writing, writing.get_one(Registration, bo.id), "av", now=clock.now())
    plain, whole = faces(event, Needs())[0], faces(event)[0]
    assert (plain.name, plain.first_name, plain.last_name) == ("Bo Berg", "Bo", "Berg")
    assert (plain.answers, plain.tags) == ({}, frozenset())
    assert (whole.answers, whole.tags) == ({"table": "12"}, frozenset({"av"}))


def test_a_sensitive_answer_is_on_no_badge(session: Session) -> None:
    event = make_event()
    diet = make_question(event, "diet", is_sensitive=True)
    make_registration(event, answers={diet.id: "no pork"})
    assert faces(event)[0].answers == {}


def test_consent_counts_until_it_is_taken_back(session: Session) -> None:
    event = make_event()
    photo = make_question(event, "photo", label="You may photograph me", type="statement")
    bo = make_registration(event, answers={photo.id: True}, consents={photo.id: "You may photograph me"})
    make_registration(event, last_name="Zz")
    assert [face.consents for face in faces(event)] == [{"photo": True}, {}]
    with transaction() as writing:
        consents.withdraw_consent(writing, writing.get_one(Registration, bo.id), photo.id, now=clock.now())
    assert [face.consents for face in faces(event)] == [{}, {}]


def test_own_sessions_are_those_signed_up_for_and_those_with_a_role(session: Session) -> None:
    event = make_event()
    make_session(event, "Opening", key="opening")
    lab, talk = make_session(event, "Lab", key="lab", seats=5), make_session(event, "Talk", key="talk")
    make_session(event, "Gone", key="gone", status="cancelled")
    bo = make_registration(event, email="bo.speaks@example.org")
    make_registration(event, last_name="Zz")
    with transaction() as writing:
        person = Person(event_id=event.id, key="bo", name="Bo", email="Bo.Speaks@example.org")
        writing.add(person)
        writing.flush()
        writing.add(SessionRole(session_id=talk.id, person_id=person.id, role="chair"))
        actions.sign_up(writing, writing.get_one(Registration, bo.id), lab.key, now=clock.now())
    first, second = faces(event)
    assert {(slot.title, slot.role) for slot in first.agenda} == {("Lab", ""), ("Talk", "Chair")}
    assert [slot.title for slot in first.sessions] == ["Lab"]
    assert {slot.title for slot in first.programme} == {"Opening", "Lab", "Talk"}
    assert (second.agenda, second.sessions) == ((), ())


def test_as_many_reads_for_one_as_for_thirty(session: Session) -> None:
    event = make_event()
    make_session(event, "Lab", key="lab", seats=100)
    make_question(event, "table", label="Table")
    make_registration(event)
    with statements() as few:
        assert len(faces(event)) == 1
    for _ in range(29):
        make_registration(event)
    with statements() as many:
        assert len(faces(event)) == 30
    assert len(many) == len(few)


def test_the_programme_is_read_once_however_many_badges_there_are(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event(onsite=30)
    make_session(event, "Lab", key="lab", seats=100)
    people = [make_registration(event, last_name=name) for name in "DACB"]
    monkeypatch.setattr("eventsys.registration.faces._FACES_A_READ", 1)
    with statements() as asked:
        found = faces(event, ids=[one.id for one in people[:3]])
    assert [face.last_name for face in found] == ["A", "C", "D"]
    assert [sum(f"FROM {table}" in one for one in asked) for table in ("agenda_session", "person ")] == [1, 1]


@pytest.mark.parametrize(
    ("order", "expected"),
    [("name", "ABC"), ("organisation", "CBA"), ("type", "ACB"), ("sector", "BAC"), ("registered", "BCA")],
)
def test_badges_come_in_the_order_asked_for(session: Session, order: str, expected: str) -> None:
    event = make_event()
    for name, organisation, kind, sector in (
        ("B", "Navy", "speaker", "industry"), ("C", "Fire", "participant", "research"), ("A", "Zoo", "guest", "police"),
    ):  # fmt: skip
        make_registration(
            event, last_name=name, organisation=organisation, type=kind, sector=sector, by_organiser=True
        )  # fmt: skip
    assert order in ORDERS
    assert "".join(face.last_name for face in faces(event, Needs(), order=order)) == expected


def test_only_who_is_confirmed_on_site_has_a_badge_even_when_named(session: Session) -> None:
    event = make_event(onsite=5, online=5)
    bo, online = make_registration(event, last_name="Berg"), make_registration(event, mode=Mode.ONLINE)
    assert [face.last_name for face in faces(event, Needs(), ids=[bo.id, online.id])] == ["Berg"]


def test_a_hash_changes_with_what_the_badge_shows_and_with_nothing_else(session: Session) -> None:
    event = make_event()
    make_registration(event)
    face, design = faces(event, Needs())[0], built_in("a6")
    before = face_hash(face, design)
    assert len(before) == 32
    assert int(before, 16)
    assert face_hash(replace(face, tags=frozenset({"x"}), answers={"table": "3"}), design) == before
    assert face_hash(replace(face, agenda=(Slot(day="Thu", time="9", title="T"),)), design) == before
    changed = (replace(face, name="Bo Other"), replace(face, code="EV1:NEW"), replace(face, affiliation="Elsewhere"))
    assert len({before, face_hash(face, built_in("a7")), *(face_hash(other, design) for other in changed)}) == 5


def test_badges_are_printed_in_the_design_of_the_event(app: Flask, session: Session, tmp_path: Path) -> None:
    event = make_event()
    make_registration(event)
    with transaction() as writing:
        designs.keep_design(
            writing, event.id, key=None, name="Small card", design=said_design(built_in("a7")), now=clock.now()
        )
    sizes = {}
    for name, layout in {"own": (), "key": ("--layout", "small-card"), "format": ("--layout", "4x6")}.items():
        out = tmp_path / f"{name}.pdf"
        app.test_cli_runner().invoke(args=["badge", "print", event.slug, "--out", str(out), *layout])
        sizes[name] = [round(float(edge) * 25.4 / 72) for edge in PdfReader(out).pages[0].mediabox[2:]]
    assert sizes == {"own": [74, 105], "key": [74, 105], "format": [102, 152]}
