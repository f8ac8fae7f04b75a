"""Badges in bulk: whose come out, in which order, and that only what has really left is noted as printed."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as listening
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import BadgeBatch, BadgePrint
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from eventsys.registration.models import Registration, Ticket
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import make_ticket
from tests.forms import form_fields


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    return make_event(owner=cast.ada)


@pytest.fixture
def ada(cast: Cast) -> FlaskClient:
    return cast.browser_of(cast.ada)


def page_of(client: FlaskClient, event: Event, **query: str) -> str:
    answer = client.get(f"/manage/events/{event.slug}/badges", query_string=query)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def press(client: FlaskClient, event: Event, what: str = "print", **fields: str) -> bytes:
    """Post as the page's own form does, and take the whole file."""
    token = form_fields(client.get("/account").data, having="csrf_token")["csrf_token"]
    answer = client.post(f"/manage/events/{event.slug}/badges/{what}", data={"csrf_token": token, **fields})
    assert answer.status_code in (200, 303)
    return answer.data if answer.status_code == 200 else b""


def codes(pdf: bytes) -> list[str]:
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=200 / 72).to_pil()
        found += [code.text for code in zxingcpp.read_barcodes(picture)]
    return found


def noted(session: Session) -> list[int]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(BadgePrint.registration_id).order_by(BadgePrint.id)))


def rename(ticket: Ticket, last_name: str) -> None:
    with transaction() as writing:
        person = writing.get(Registration, ticket.registration_id)
        assert person is not None
        person.last_name = last_name


def test_all_come_out_by_family_name_whatever_the_database_thinks_of_accents(
    session: Session, event: Event, ada: FlaskClient
) -> None:
    people = [make_ticket(event, name) for name in ("Zoë Zorn", "Ana Álvarez", "Bo Berg", "Åsa Åkesson")]
    make_ticket(event, "Not Coming", state="cancelled")
    make_ticket(event, "On Line", mode="online")
    pdf = press(ada, event, order="name")
    expected = [people[3], people[1], people[2], people[0]]
    assert codes(pdf) == [one.code for one in expected]
    assert noted(session) == [one.registration_id for one in expected]
    batch = session.scalars(select(BadgeBatch)).one()
    assert (batch.badges, batch.sorted_by, batch.is_only_new) == (4, "name", False)


@pytest.mark.parametrize(
    ("order", "expected"),
    [("organisation", [2, 0, 1]), ("type", [0, 2, 1]), ("sector", [1, 0, 2]), ("registered", [2, 1, 0])],
)
def test_the_order_is_chosen(session: Session, event: Event, ada: FlaskClient, order: str, expected: list[int]) -> None:
    now = clock.now()
    people = [
        make_ticket(event, "A A", organisation="Börse", type="guest", sector="police", registered_at=now),
        make_ticket(event, "B B", organisation="Zoll", type="speaker", sector="industry",
                    registered_at=now - timedelta(days=1)),
        make_ticket(event, "C C", organisation="Ämter", type="participant", sector="research",
                    registered_at=now - timedelta(days=2)),
    ]  # fmt: skip
    press(ada, event, order=order)
    assert noted(session) == [people[number].registration_id for number in expected]


def test_only_some_types_and_a_sector_are_chosen_and_counted_before(
    session: Session, event: Event, ada: FlaskClient
) -> None:
    speaker = make_ticket(event, "S S", type="speaker", sector="research")
    make_ticket(event, "P P", type="participant", sector="research")
    make_ticket(event, "O O", type="speaker", sector="police")
    assert "Print 1 badge" in page_of(ada, event, type="speaker", sector="research")
    press(ada, event, type="speaker", sector="research")
    assert noted(session) == [speaker.registration_id]


def test_only_new_and_changed_ones_come_out_the_second_time(session: Session, event: Event, ada: FlaskClient) -> None:
    bo, cy = make_ticket(event, "Bo Berg"), make_ticket(event, "Cy Clark")
    assert "Print 2 badges" in page_of(ada, event)
    press(ada, event)
    assert "Every badge of this choice was printed and is still true." in page_of(ada, event)
    rename(cy, "Clarke")
    dan = make_ticket(event, "Dan Dahl")
    assert "2 badges are new or have changed since they were printed" in page_of(ada, event)
    assert "1 new, 1 changed since printed." in page_of(ada, event, whom="new")
    pdf = press(ada, event, whom="new")
    assert codes(pdf) == [cy.code, dan.code]
    assert noted(session) == [one.registration_id for one in (bo, cy, cy, dan)]
    assert "Nothing to print" in page_of(ada, event, whom="new")
    assert press(ada, event, whom="new") == b""
    assert "There is nobody to print a badge for." in page_of(ada, event)


def test_badges_stay_true_for_whoever_reads_in_another_language(
    session: Session, event: Event, ada: FlaskClient
) -> None:
    make_ticket(event, "Bo", type="speaker", sector="research")
    press(ada, event)
    assert "Nothing to print" in page_of(ada, event, whom="new")
    assert "Nichts zu drucken" in page_of(ada, event, whom="new", lang="de")


def test_a_new_code_makes_the_old_badge_untrue(session: Session, event: Event, ada: FlaskClient) -> None:
    bo = make_ticket(event, "Bo Berg")
    press(ada, event)
    with transaction() as writing:
        ticket = writing.get(Ticket, bo.id)
        assert ticket is not None
        ticket.replaced_at = clock.now()
        writing.add(Ticket(registration_id=bo.registration_id, event_id=event.id, code="EV1:ANEWCODE0000000000000000",
                           short_code="ANEWONE", created_at=clock.now()))  # fmt: skip
    assert codes(press(ada, event, whom="new")) == ["EV1:ANEWCODE0000000000000000"]


def test_a_former_batch_is_printed_again_exactly_without_who_was_cancelled(
    session: Session, event: Event, ada: FlaskClient
) -> None:
    people = [make_ticket(event, name, organisation=firm) for name, firm in (("A A", "z"), ("B B", "y"), ("C C", "x"))]
    press(ada, event, order="organisation")
    make_ticket(event, "Late Comer")
    with transaction() as writing:
        person = writing.get(Registration, people[1].registration_id)
        assert person is not None
        person.state = "cancelled"
    number = session.scalars(select(BadgeBatch.id)).one()
    pdf = press(ada, event, f"batches/{number}/print")
    assert codes(pdf) == [people[2].code, people[0].code]


def test_what_was_not_printed_after_all_is_forgotten(session: Session, event: Event, ada: FlaskClient) -> None:
    make_ticket(event, "Bo Berg")
    press(ada, event)
    number = session.scalars(select(BadgeBatch.id)).one()
    press(ada, event, f"batches/{number}/forget")
    assert noted(session) == []
    assert "Print 1 badge" in page_of(ada, event, whom="new")


def test_who_goes_away_before_the_end_has_printed_nothing(
    session: Session, event: Event, ada: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventsys.badges.streaming._PIECE", 1000)
    monkeypatch.setattr("eventsys.badges.streaming._LOOK_SECONDS", 0.01)
    for number in range(3):
        make_ticket(event, f"Bo Berg{number}")
    token = form_fields(ada.get("/account").data, having="csrf_token")["csrf_token"]
    answer = ada.post(f"/manage/events/{event.slug}/badges/print", data={"csrf_token": token}, buffered=False)
    first: Any = next(iter(answer.response))
    assert first.startswith(b"%PDF")
    answer.close()
    assert noted(session) == []
    assert session.scalar(select(func.count()).select_from(BadgeBatch)) == 0


def test_two_organisers_at_once_each_get_all_and_both_are_noted(
    session: Session, event: Event, ada: FlaskClient, cast: Cast
) -> None:
    people = [make_ticket(event, f"Bo Berg{number}") for number in range(3)]
    token = form_fields(ada.get("/account").data, having="csrf_token")["csrf_token"]
    eve = cast.browser_of(cast.eve)
    eves = form_fields(eve.get("/account").data, having="csrf_token")["csrf_token"]
    path = f"/manage/events/{event.slug}/badges/print"
    one = ada.post(path, data={"csrf_token": token, "whom": "new"}, buffered=False)
    two = eve.post(path, data={"csrf_token": eves, "whom": "new"}, buffered=False)
    assert codes(two.get_data()) == [one.code for one in people]
    assert codes(one.get_data()) == [one.code for one in people]
    assert len(noted(session)) == 6
    assert session.scalar(select(func.count()).select_from(BadgeBatch)) == 2


def test_sheets_begin_at_the_first_free_label(session: Session, event: Event, ada: FlaskClient) -> None:
    for number in range(3):
        make_ticket(event, f"Bo Berg{number}")
    assert "First free label" in page_of(ada, event, design="labels")
    assert len(pypdfium2.PdfDocument(press(ada, event, design="labels", first="9"))) == 2
    assert len(pypdfium2.PdfDocument(press(ada, event, design="labels", first="8"))) == 1


def test_what_nobody_can_choose_counts_as_not_chosen(session: Session, event: Event, ada: FlaskClient) -> None:
    make_ticket(event, "Bo Berg")
    odd = {"design": "no-such", "order": "'; drop", "type": "king", "sector": "moon", "first": "-7", "whom": "?"}
    assert "Print 1 badge" in page_of(ada, event, **odd)
    assert len(pypdfium2.PdfDocument(press(ada, event, **odd))) == 1


def test_batches_of_other_events_are_nobodys_business(
    session: Session, event: Event, ada: FlaskClient, cast: Cast
) -> None:
    other = make_event(owner=cast.al)
    make_ticket(other, "Bo Berg")
    press(cast.browser_of(cast.al), other)
    number = session.scalars(select(BadgeBatch.id)).one()
    token = form_fields(ada.get("/account").data, having="csrf_token")["csrf_token"]
    for what in (f"batches/{number}/print", f"batches/{number}/forget"):
        assert ada.post(f"/manage/events/{event.slug}/badges/{what}", data={"csrf_token": token}).status_code == 404
    assert len(noted(session)) == 1


@pytest.mark.parametrize("whom", ["", "new"])
def test_the_page_asks_as_often_for_one_as_for_thirty(
    app: Flask, session: Session, event: Event, ada: FlaskClient, whom: str
) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    make_ticket(event, "Bo Berg")
    press(ada, event)
    rename(make_ticket(event, "Cy Clark"), "Clarke")
    page_of(ada, event, whom=whom)
    counts = []
    for people in (0, 28):
        for number in range(people):
            make_ticket(event, f"Dan Dahl{number}")
        if people:
            press(ada, event)
        asked.clear()
        listening.listen(db.engine, "before_cursor_execute", note)
        try:
            page_of(ada, event, whom=whom)
        finally:
            listening.remove(db.engine, "before_cursor_execute", note)
        counts.append(len([one for one in asked if one.startswith("SELECT")]))
    assert counts[0] == counts[1]


def test_the_old_address_still_gives_everybody_and_notes_nothing(
    session: Session, event: Event, ada: FlaskClient
) -> None:
    ticket = make_ticket(event, "Bo Berg")
    answer = ada.get(f"/manage/events/{event.slug}/badges/badges.pdf")
    assert codes(BytesIO(answer.data).getvalue()) == [ticket.code]
    assert noted(session) == []
