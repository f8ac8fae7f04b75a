"""Cards are exchanged by both or by nobody, and taken back by either."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import vobject
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.contacts import actions
from eventsys.contacts.models import ContactCard, ContactExchange
from eventsys.events.models import Event
from eventsys.kernel import clock, tokens
from eventsys.kernel.database import db, transaction
from eventsys.registration import queries
from eventsys.registration.models import Registration, Ticket
from tests.counting import statements
from tests.factories import make_event
from tests.factories.checkin import make_ticket
from tests.forms import form_fields, post_form


@pytest.fixture
def now_on(session: Session) -> Event:
    now = clock.now()
    return make_event(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))


class Somebody:
    """A person with a badge and their personal page."""

    def __init__(self, client: FlaskClient, session: Session, event: Event, name: str, **values: Any) -> None:
        self.client, self.ticket = client, make_ticket(event, name, **values)
        session.rollback()
        self.number = self.ticket.registration_id
        with transaction() as writing:
            person = writing.get_one(Registration, self.number)
            link = queries.link_of(person)
            person.link_hash = tokens.hashed(link)
        self.root = f"/r/{link}/contacts"

    def write(self, **fields: str) -> Any:
        return post_form(self.client, f"{self.root}/card", having="phone", **fields)

    def scan(self, other: Somebody | str, *, short: bool = False) -> Any:
        code = other if isinstance(other, str) else other.ticket.short_code if short else other.ticket.code
        return post_form(self.client, self.root, action=f"{self.root}/scan", having="code", code=code)

    def page(self) -> str:
        answer = self.client.get(self.root)
        assert answer.status_code == 200
        return str(answer.text)


@pytest.fixture
def people(client: FlaskClient, session: Session, now_on: Event) -> tuple[Somebody, Somebody]:
    bo, cyd = (Somebody(client, session, now_on, name) for name in ("Bo Berg", "Cyd Clair"))
    assert bo.write(email="bo@example.org", phone="+32 2 555 0101").status_code == 303
    return bo, cyd


def test_one_scan_asks_and_gives_nothing(people: tuple[Somebody, Somebody]) -> None:
    bo, cyd = people
    cyd.write(email="cyd@example.org")
    assert bo.scan(cyd).status_code == 303
    assert "cyd@example.org" not in bo.page()
    assert "Cyd Clair" not in bo.page()
    asked = cyd.page()
    assert "Bo Berg" in asked
    assert "bo@example.org" not in asked


@pytest.mark.parametrize("short", [False, True])
def test_two_scans_of_each_other_are_the_consent_of_both(people: tuple[Somebody, Somebody], short: bool) -> None:
    bo, cyd = people
    cyd.write(email="cyd@example.org")
    bo.scan(cyd, short=short)
    cyd.scan(bo, short=short)
    assert "cyd@example.org" in bo.page()
    assert "bo@example.org" in cyd.page()


def test_who_was_asked_says_yes_on_their_page(people: tuple[Somebody, Somebody], session: Session) -> None:
    bo, cyd = people
    cyd.write(email="cyd@example.org")
    bo.scan(cyd)
    number = session.scalar(select(ContactExchange.id))
    post_form(cyd.client, cyd.root, action=f"{cyd.root}/{number}/agree")
    assert "cyd@example.org" in bo.page()


def test_an_open_card_is_given_at_once_and_both_ways(people: tuple[Somebody, Somebody]) -> None:
    bo, cyd = people
    cyd.write(email="cyd@example.org", is_open="y")
    bo.scan(cyd)
    assert "cyd@example.org" in bo.page()
    assert "bo@example.org" in cyd.page()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://[x", "https://", "zoe.example.org"])
def test_a_link_that_leads_nowhere_is_refused_with_a_sentence(
    people: tuple[Somebody, Somebody], session: Session, link: str
) -> None:
    answer = people[0].write(link=link)
    assert (answer.status_code, "begins with https://" in answer.text) == (422, True)
    assert session.scalars(select(ContactCard.link)).all() == [""]


def test_who_has_no_card_asks_nobody(people: tuple[Somebody, Somebody], session: Session) -> None:
    bo, cyd = people
    with pytest.raises(AssertionError):
        # Without a card there is no form to scan with.
        cyd.scan(bo)
    with pytest.raises(actions.CardMissing), transaction() as writing:
        actions.ask(writing, writing.get_one(Registration, cyd.number), bo.ticket.code, now=clock.now())
    assert session.scalar(select(func.count()).select_from(ContactExchange)) == 0


@pytest.mark.parametrize("which", ["own", "unknown", "other event", "cancelled", "replaced"])
def test_no_other_code_reaches_anybody(
    client: FlaskClient, session: Session, people: tuple[Somebody, Somebody], which: str
) -> None:
    bo, cyd = people
    cyd.write(email="cyd@example.org", is_open="y")
    elsewhere = make_event(slug="elsewhere")
    with transaction() as writing:
        if which == "cancelled":
            writing.get_one(Registration, cyd.number).state = "cancelled"
        if which == "replaced":
            writing.get_one(Ticket, cyd.ticket.id).replaced_at = clock.now()
    code = {
        "own": bo.ticket.code, "unknown": "EV1:" + "A" * 24, "other event": make_ticket(elsewhere).code,
    }.get(which, cyd.ticket.code)  # fmt: skip
    answer = bo.scan(code)
    assert answer.status_code == 422
    assert ("your own badge" in answer.text) == (which == "own")
    assert session.scalar(select(func.count()).select_from(ContactExchange)) == 0


def test_either_ends_it_for_both_and_may_begin_anew(people: tuple[Somebody, Somebody], session: Session) -> None:
    bo, cyd = people
    cyd.write(email="cyd@example.org", is_open="y")
    bo.scan(cyd)
    number = session.scalar(select(ContactExchange.id))
    post_form(cyd.client, cyd.root, action=f"{cyd.root}/{number}/end")
    assert "cyd@example.org" not in bo.page()
    assert bo.client.get(f"{bo.root}/{number}.vcf").status_code == 404
    # Cyd took it back: what gives it to everybody else gives it to Bo no more, however often he asks.
    for _again in range(2):
        bo.scan(cyd)
        assert ("cyd@example.org" in bo.page(), "bo@example.org" in cyd.page()) == (False, False)
    cyd.scan(bo)
    assert ("cyd@example.org" in bo.page(), "bo@example.org" in cyd.page()) == (True, True)


def test_removing_the_card_takes_it_from_everybody(people: tuple[Somebody, Somebody], session: Session) -> None:
    bo, cyd = people
    cyd.write(email="cyd@example.org", is_open="y")
    bo.scan(cyd)
    post_form(cyd.client, f"{cyd.root}/card", action=f"{cyd.root}/card/remove")
    assert "cyd@example.org" not in bo.page()
    assert session.scalars(select(ContactCard.registration_id)).all() == [bo.number]
    assert session.scalar(select(func.count()).select_from(ContactExchange)) == 0


def test_a_vcard_holds_names_of_every_script_and_what_its_owner_wrote(
    client: FlaskClient, session: Session, now_on: Event
) -> None:
    bo = Somebody(client, session, now_on, "Bo Berg")
    zoe = Somebody(client, session, now_on, "Ζωή Παπαδοπούλου;,\\", organisation="Ελληνική Αστυνομία, Αθήνα")
    bo.write(email="bo@example.org")
    zoe.write(
        email="zoe@example.org", phone="+30 21 0555", role="Ερευνήτρια", link="https://example.org/zoe", is_open="y"
    )
    bo.scan(zoe)
    number = session.scalar(select(ContactExchange.id))
    answer = client.get(f"{bo.root}/{number}.vcf")
    assert answer.content_type == "text/vcard; charset=utf-8"
    card = vobject.readOne(answer.text)
    assert (card.version.value, card.fn.value) == ("3.0", "Ζωή Παπαδοπούλου;,\\")
    assert (card.n.value.given, card.n.value.family) == ("Ζωή", "Παπαδοπούλου;,\\")
    assert (card.email.value, card.tel.value, card.title.value) == ("zoe@example.org", "+30 21 0555", "Ερευνήτρια")
    assert card.org.value == ["Ελληνική Αστυνομία, Αθήνα"]
    whole = client.get(f"{bo.root}.vcf").text
    assert [one.fn.value for one in vobject.readComponents(whole)] == ["Ζωή Παπαδοπούλου;,\\"]


def test_nobody_opens_the_contacts_of_others(
    people: tuple[Somebody, Somebody], session: Session, client: FlaskClient, now_on: Event
) -> None:
    bo, cyd = people
    cyd.write(email="cyd@example.org", is_open="y")
    bo.scan(cyd)
    number = session.scalar(select(ContactExchange.id))
    eve = Somebody(client, session, now_on, "Eve Else")
    eve.write(email="eve@example.org")
    assert client.get(f"{eve.root}/{number}.vcf").status_code == 404
    data = form_fields(client.get(eve.root).data)
    for deed in ("agree", "end"):
        assert client.post(f"{eve.root}/{number}/{deed}", data=data).status_code == 404
    assert "cyd@example.org" in bo.page()


def test_exchanges_close_with_the_event(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    event = make_event(starts_at=now - timedelta(days=40), ends_at=now - timedelta(days=31))
    bo, cyd = (Somebody(client, session, event, name) for name in ("Bo Berg", "Cyd Clair"))
    bo.write(email="bo@example.org")
    assert "30 days after it" in bo.page()
    with pytest.raises(actions.rules.ExchangeClosed), transaction() as writing:
        actions.ask(writing, writing.get_one(Registration, bo.number), cyd.ticket.code, now=clock.now())


def test_two_who_scan_each_other_at_once_have_one_exchange(
    app: Flask, people: tuple[Somebody, Somebody], session: Session
) -> None:
    bo, cyd = people
    cyd.write(email="cyd@example.org")

    def ask(pair: tuple[int, str]) -> None:
        with app.app_context():
            with transaction() as writing:
                actions.ask(writing, writing.get_one(Registration, pair[0]), pair[1], now=clock.now())
            db.session.remove()

    for _round in range(5):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(ask, [(bo.number, cyd.ticket.code), (cyd.number, bo.ticket.code)]))
        session.rollback()
        exchange = session.scalars(select(ContactExchange)).one()
        assert exchange.agreed_at is not None
        with transaction() as writing:
            writing.delete(writing.get_one(ContactExchange, exchange.id))


def test_the_page_costs_the_same_for_one_and_for_many(client: FlaskClient, session: Session, now_on: Event) -> None:
    def cost(number: int) -> int:
        bo = Somebody(client, session, now_on, f"Bo {number}")
        bo.write(email="bo@example.org")
        for n in range(number):
            other = Somebody(client, session, now_on, f"Other {number} {n}")
            other.write(email=f"o{n}@example.org", is_open="y")
            bo.scan(other)
        bo.page()
        with statements() as ran:
            bo.page()
        return len(ran)

    assert cost(1) == cost(8)
