"""A list sent in the browser: everything wrong is told by row, nothing is changed until it is confirmed."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from eventsys.events.models import Event
from eventsys.mailing.models import OutboxMessage
from eventsys.registration.models import Registration, SeatPool
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.forms import form_fields, post_form

pytestmark = pytest.mark.usefixtures("session")

BAD = (
    "first_name,email,country,mode,q_diet\n"
    "Bo,bo@example.org,BE,onsite,none\n"
    ",x@,Greece,balcony,fish\n"
    "Cyd,cyd@example.org,,,\n"
    "Dee,CYD@example.org,,,\n"
)
GOOD = "first_name,email,state\nBo,bo@example.org,\nCyd,cyd@example.org,confirmed\nDee,dee@example.org,applied\n"


def base_of(event: Event) -> str:
    return f"/manage/events/{event.slug}/registrations"


def sent(client: FlaskClient, event: Event, text: str, **values: str) -> TestResponse:
    file = (io.BytesIO(text.encode()), "people.csv")
    return post_form(client, f"{base_of(event)}/import", having="file", file=file, **values)


def confirmed(client: FlaskClient, event: Event, preview: TestResponse, **values: str) -> TestResponse:
    fields = form_fields(preview.data, having="token")
    return client.post(f"{base_of(event)}/import/confirm", data=fields | values)


def people(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.scalars(select(Registration).order_by(Registration.id))
    return [(row.first_name, row.state) for row in rows]


def wrong(page: TestResponse) -> list[tuple[str, str]]:
    rows = html.fromstring(page.data).xpath("//section[h2='What is wrong']//tbody/tr")
    return [(str(row.xpath("string(th)")), str(row.xpath("string(td[1])"))) for row in rows]


def test_all_that_is_wrong_is_told_by_row(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    make_question(event, "diet", type="choice", choices=["none", "vegan"])
    client = cast.browser_of(cast.ada)
    page = sent(client, event, BAD)
    assert page.status_code == 200
    assert wrong(page) == [
        ("line 3", "first_name"), ("line 3", "mode"), ("line 3", "country"), ("line 3", "q_diet"), ("line 3", "email"),
        ("line 5", "email"),
    ]  # fmt: skip
    assert "2 rows cannot be taken" in page.text
    assert people(session) == []
    assert confirmed(client, event, page).status_code == 303
    assert people(session) == []
    confirmed(client, event, sent(client, event, BAD), passes_over="1")
    assert people(session) == [("Bo", "confirmed"), ("Cyd", "confirmed")]


def test_who_is_known_waits_or_finds_no_seat_is_told_before(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, onsite=2, online=0)
    make_registration(event, first_name="Bo", email="bo@example.org")
    client = cast.browser_of(cast.ada)
    text = GOOD + "Eve,eve@example.org,confirmed\n"
    page = sent(client, event, text)
    rows = html.fromstring(page.data).xpath("//section[h2='Otherwise than the list says']//tbody/tr")
    told = [[str(cell.text_content()).strip() for cell in row.xpath("th|td")] for row in rows]
    assert told == [
        ["line 2", "Bo", "confirmed", "Registered already, stays as it is"],
        ["line 5", "Eve", "confirmed", "waiting list"],
    ]  # fmt: skip
    assert people(session) == [("Bo", "confirmed")]
    confirmed(client, event, page)
    assert people(session) == [("Bo", "confirmed"), ("Cyd", "confirmed"), ("Dee", "applied"), ("Eve", "waiting")]


def test_without_a_waiting_list_who_finds_no_seat_is_among_what_is_wrong(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, onsite=1, online=0, waiting_list="none")
    client = cast.browser_of(cast.ada)
    page = sent(client, event, GOOD)
    assert wrong(page) == [("line 3", "mode")]
    confirmed(client, event, page, passes_over="1")
    assert people(session) == [("Bo", "confirmed"), ("Dee", "applied")]
    confirmed(client, event, sent(client, event, GOOD, overbook="y"))
    assert people(session)[2] == ("Cyd", "confirmed")
    assert session.scalars(select(SeatPool.overbooked).where(SeatPool.key == "onsite")).one() == 1


def test_nobody_is_mailed_unless_it_was_asked_for(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    client = cast.browser_of(cast.ada)
    confirmed(client, event, sent(client, event, "first_name,email\nBo,bo@example.org\n"))
    confirmed(client, event, sent(client, event, "first_name,email\nCyd,cyd@example.org\n", notify="y"))
    makers = session.scalars(select(OutboxMessage.maker)).all()
    assert makers == ["registration.confirmed"]


def test_what_is_no_list_is_refused_in_the_form(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    client = cast.browser_of(cast.ada)
    for text, said in (("first_name,shoe\nBo,44\n", "column “shoe”"), ("", "the file is empty"), ("x\nBo\n", "“x”")):
        page = sent(client, event, text)
        assert (page.status_code, said in page.text) == (422, True), text
    nothing = post_form(client, f"{base_of(event)}/import", having="file")
    assert (nothing.status_code, "Choose a file" in nothing.text) == (422, True)


def test_a_file_that_waits_belongs_to_who_sent_it(cast: Cast, session: Session) -> None:
    mine, other = make_event(owner=cast.ada), make_event(owner=cast.al)
    fields = form_fields(sent(cast.browser_of(cast.ada), mine, GOOD).data, having="token")
    thief = cast.browser_of(cast.al)
    own = form_fields(thief.get(f"{base_of(other)}/import").data)["csrf_token"]
    answer = thief.post(f"{base_of(other)}/import/confirm", data=fields | {"csrf_token": own})
    assert (answer.status_code, people(session)) == (410, [])
