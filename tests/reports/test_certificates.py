"""Certificates of attendance: for who was there, true for who types the name, also when nobody is known any more."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.privacy.actions import erase_person
from eventsys.registration import queries
from eventsys.registration.models import Registration
from eventsys.reports import rules
from eventsys.reports.models import Certificate
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import make_ticket
from tests.factories.registration import make_registration
from tests.factories.reports import make_attendee, make_certificate
from tests.forms import csrf_token, post_form

pytestmark = pytest.mark.usefixtures("session")


def make_past_event(**values: Any) -> Event:
    now = clock.now()
    return make_event(
        starts_at=now - timedelta(days=12), ends_at=now - timedelta(days=9), organisers=["CERIS"], **values
    )


def link_of(person: Registration) -> str:
    return f"/r/{queries.link_of(person)}"


def make_linked_attendee(event: Event, name: str = "Bo Berg", **values: Any) -> Registration:
    """Somebody who was there, and whose personal link works."""
    attendee = make_attendee(event, name, **values)
    other = make_registration(make_event())
    with transaction() as session:
        person, lender = session.get_one(Registration, attendee.id), session.get_one(Registration, other.id)
        nonce, link = lender.link_nonce, lender.link_hash
        lender.link_hash = "0" * 64
        session.flush()
        person.link_nonce, person.link_hash = nonce, link
    return person


def text_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def heading(page: bytes) -> str:
    return str(html.fromstring(page).xpath("string(//main//h1)"))


def test_who_was_there_takes_the_certificate_from_the_own_page(client: FlaskClient, session: Session) -> None:
    event = make_past_event()
    bo = make_linked_attendee(event, "Bo Berg", days=2)
    page = link_of(bo)
    assert client.get(page + "/certificate.pdf").status_code == 409
    led = post_form(client, page, action=page + "/certificate")
    assert (led.status_code, led.headers["Location"]) == (303, page + "/certificate.pdf")
    again = post_form(client, page, action=page + "/certificate")
    assert again.status_code == 303
    answer = client.get(page + "/certificate.pdf")
    assert answer.content_type == "application/pdf"
    [sheet] = text_of(answer.data)
    found = session.scalars(select(Certificate)).one()
    code = rules.spoken(found.code)
    for words in ("Bo Berg", event.title, "CERIS", code, f"/certificates/{code}", "Present on 2 days"):
        assert words in sheet
    kinds = [fact.kind for fact in queries.timeline_of(session, bo.id)]
    assert kinds == ["registration.certificate_issued"]


@pytest.mark.parametrize("is_over", [True, False])
def test_no_ticket_is_shown_for_the_door_of_an_event_that_is_over(client: FlaskClient, is_over: bool) -> None:
    event = make_past_event() if is_over else make_event()
    bo = make_linked_attendee(event, "Bo Berg")
    page = client.get(link_of(bo)).data
    assert (b"Show this at the door" in page, b"Bo Berg" in page) == (not is_over, True)


@pytest.mark.parametrize("is_over", [True, False])
def test_no_certificate_without_having_been_there_nor_before_the_end(
    client: FlaskClient, session: Session, is_over: bool
) -> None:
    event = make_past_event() if is_over else make_event()
    bo = make_registration(make_event())
    with transaction() as writing:
        writing.get_one(Registration, bo.id).event_id = event.id
    page = link_of(bo)
    assert b"Certificate of attendance" not in client.get(page).data
    assert client.post(page + "/certificate", data={"csrf_token": csrf_token(client)}).status_code == 409
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Certificate)) == 0


@pytest.mark.parametrize("name", ["Zoë Ångström-Müller", "王小明", "Αθηνά Παπαδάκη", "محمد الأمين", "ชัยวัฒน์ ศรีสุข"])
def test_names_of_every_script_are_drawn_and_verified(client: FlaskClient, name: str) -> None:
    event = make_past_event()
    bo = make_linked_attendee(event, name)
    page = link_of(bo)
    post_form(client, page, action=page + "/certificate")
    pdf = client.get(page + "/certificate.pdf").data
    assert len(PdfReader(BytesIO(pdf)).pages) == 1
    address = html.fromstring(client.get(page).data) is not None and certificate_address(client, page)
    assert heading(post_form(client, str(address), action=str(address), name=name).data) == "This certificate is true"


def certificate_address(client: FlaskClient, page: str) -> str:
    """Where the certificate of this page says that it is checked, as the paper links it."""
    reader = PdfReader(BytesIO(client.get(page + "/certificate.pdf").data))
    [link] = [note.get_object()["/A"]["/URI"] for note in reader.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    return "/certificates/" + str(link).rpartition("/")[2]


def test_the_page_that_verifies_names_nobody_until_the_name_is_typed(client: FlaskClient) -> None:
    event = make_past_event()
    address = f"/certificates/{make_certificate(event, name='Bo Ångström-Berg', days=2)}"
    page = client.get(address).get_data(as_text=True)
    assert ("Ångström" in page, "Berg" in page, event.title in page) == (False, False, False)
    for name in ("Bo Ångström-Berg", "bo angstrom berg", "ANGSTROM-BERG, BO"):
        assert heading(post_form(client, address, action=address, name=name).data) == "This certificate is true"
    for name in ("Bo", "Bo Berg", "Cyd Stranger", "Bo Ångström-Berg Junior"):
        answer = post_form(client, address, action=address, name=name).get_data(as_text=True)
        assert ("Not this name" in answer, event.title in answer) == (True, False)
    assert b"Type the name" in post_form(client, address, action=address, name=" ").data


def test_a_code_that_was_never_issued_is_none(client: FlaskClient) -> None:
    make_certificate(make_past_event())
    assert client.get("/certificates/0000-0000-0000").status_code == 404


def test_a_code_is_read_as_people_type_it(client: FlaskClient) -> None:
    code = make_certificate(make_past_event())
    assert client.get(f"/certificates/{code.lower().replace('-', '')}").status_code == 200


def test_a_certificate_stays_true_when_the_person_is_erased(client: FlaskClient, session: Session) -> None:
    event = make_past_event()
    address = f"/certificates/{make_certificate(event, name='Ottoline Quillfeather', days=2)}"
    person = session.scalars(select(Registration)).one()
    with transaction() as writing:
        erase_person(writing, writing.get_one(Registration, person.id), now=clock.now())
    assert heading(post_form(client, address, action=address, name="Bo Berg").data) == "Not this name"
    page = post_form(client, address, action=address, name="Ottoline Quillfeather").get_data(as_text=True)
    assert ("This certificate is true" in page, "Present on 2 days" in page) == (True, True)


def test_organisers_get_all_certificates_as_one_document(cast: Cast, session: Session) -> None:
    event = make_past_event(owner=cast.ada)
    for name in ("Bo Zander", "Ann Able"):
        make_attendee(event, name)
    make_ticket(event, "Never There")
    client, page = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/certificates"
    answer = post_form(client, page)
    sheets = text_of(answer.data)
    assert [("Ann Able" in sheet, "Bo Zander" in sheet) for sheet in sheets] == [(True, False), (False, True)]
    codes = set(session.scalars(select(Certificate.code)))
    post_form(client, page)
    session.rollback()
    assert set(session.scalars(select(Certificate.code))) == codes
    assert len(codes) == 2


def test_certificates_of_an_event_that_goes_on_are_refused(cast: Cast) -> None:
    event = make_event(owner=cast.ada)
    make_attendee(event)
    client, page = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/certificates"
    assert client.get(page).status_code == 200
    assert client.post(page, data={"csrf_token": csrf_token(client)}).status_code == 409
