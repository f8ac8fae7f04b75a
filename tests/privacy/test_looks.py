"""Sensitive answers are shown to organisers who ask for them, and that they asked is written down first."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.registration.models import SensitiveLook
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.forms import csrf_token

pytestmark = pytest.mark.usefixtures("session")


def looks(session: Session) -> list[tuple[Any, ...]]:
    rows = session.scalars(select(SensitiveLook).order_by(SensitiveLook.id))
    return [(row.what, row.people, row.registration_id, row.by) for row in rows]


def test_an_organiser_sees_a_sensitive_answer_after_asking_for_it(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    diet = make_question(event, key="diet", is_sensitive=True)
    size = make_question(event, key="size", label="Shirt")
    bo = make_registration(event, answers={diet.id: "no nuts", size.id: "large"})
    client, base = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/registrations/{bo.id}"
    page = client.get(base).get_data(as_text=True)
    assert ("no nuts" in page, "large" in page, looks(session)) == (False, True, [])
    page = client.post(base + "/sensitive", data={"csrf_token": csrf_token(client)}).get_data(as_text=True)
    assert ("no nuts" in page, looks(session)) == (True, [("person", 1, bo.id, f"user:{cast.ada.id}")])


def test_a_look_at_another_events_person_is_refused_and_not_noted(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    other = make_event(owner=cast.al)
    bo = make_registration(other, answers={make_question(other, is_sensitive=True).id: "no nuts"})
    client = cast.browser_of(cast.ada)
    for slug, code in ((event.slug, 404), (other.slug, 403)):
        answer = client.post(
            f"/manage/events/{slug}/registrations/{bo.id}/sensitive", data={"csrf_token": csrf_token(client)}
        )
        assert (answer.status_code, b"no nuts" in answer.data) == (code, False)
    assert looks(session) == []


def test_the_table_leaves_sensitive_answers_out_unless_they_are_asked_for(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    diet = make_question(event, key="diet", is_sensitive=True)
    make_registration(event, answers={diet.id: "no nuts"})
    make_registration(event)
    client, file = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/registrations.csv"
    assert b"nuts" not in client.get(file).data
    assert looks(session) == []
    assert b"no nuts" in client.post(file, data={"csrf_token": csrf_token(client)}).data
    assert looks(session) == [("export", 1, None, f"user:{cast.ada.id}")]
