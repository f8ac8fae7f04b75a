"""The form and the personal page, as a browser without script meets them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock, tokens
from eventsys.kernel.database import transaction
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, queries
from eventsys.registration.models import Answer, EmailChange, Mode, Registration
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.forms import form_fields, post_form

pytestmark = pytest.mark.usefixtures("session")

BO = {
    "first_name": "Bo", "last_name": "Berg", "email": "bo@example.org", "organisation": "Harbour Police",
    "country": "BE", "sector": "police", "mode": "onsite", "privacy_accepted": "y",
}  # fmt: skip


def register(client: FlaskClient, event: Event, **values: Any) -> Any:
    return post_form(client, f"/events/{event.slug}/register", having="email", **(BO | values))


def link(registration: Registration) -> str:
    return f"/r/{queries.link_of(registration)}"


def state_of(client: FlaskClient, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return str(html.fromstring(page.data).xpath("//main/@data-state")[0])


def all_states(session: Session) -> list[tuple[str, str]]:
    session.expire_all()
    return [
        (row.state, row.mode)
        for row in session.execute(select(Registration.state, Registration.mode).order_by(Registration.id))
    ]


def test_a_post_leads_to_the_personal_page_with_the_code(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=5)
    answer = register(client, event)
    assert answer.status_code == 303
    page = client.get(answer.location)
    ticket = queries.current_ticket(session, session.scalars(select(Registration.id)).one())
    assert ticket is not None
    assert f"{ticket.short_code[:4]}-{ticket.short_code[4:]}" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    assert state_of(client, answer.location) == "confirmed"


def test_the_loaded_form_may_be_posted_again_for_another_person(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=1)
    fields = form_fields(client.get(f"/events/{event.slug}/register").data, having="email") | BO
    answers = [
        client.post(f"/events/{event.slug}/register", data=fields | {"email": f"p{number}@example.org"})
        for number in range(3)
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert [state_of(client, answer.location) for answer in answers] == ["confirmed", "waiting", "waiting"]


def test_a_known_address_learns_its_link_by_mail_only(client: FlaskClient, session: Session) -> None:
    event = make_event()
    bo = make_registration(event, email="bo@example.org", first_name="Bo")
    answer = register(client, event, email="BO@example.org", first_name="Mallory")
    assert (answer.status_code, answer.location) == (303, f"/events/{event.slug}/register/sent")
    assert client.get(answer.location).status_code == 200
    session.expire_all()
    assert (bo.first_name, bo.state) == ("Bo", "confirmed")
    assert session.scalar(select(func.count()).select_from(Registration)) == 1
    makers = session.scalars(select(OutboxMessage.maker).order_by(OutboxMessage.id)).all()
    assert makers == ["registration.confirmed", "registration.link"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_name": ""}, "first_name"),
        ({"first_name": "  \u202e "}, "first_name"),
        ({"first_name": "x" * 121}, "first_name"),
        ({"email": "bo@"}, "email"),
        ({"email": "bø@example.org"}, "email"),
        ({"email": "bo@example.org\r\nBcc: all@example.org"}, "email"),
        ({"mode": "online"}, "mode"),
        ({"mode": "balcony"}, "mode"),
        ({"country": "XX"}, "country"),
        ({"sector": "spy"}, "sector"),
        ({"privacy_accepted": ""}, "privacy_accepted"),
        ({"website": "http://buy.example"}, "website"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    client: FlaskClient, session: Session, values: dict[str, str], field: str
) -> None:
    event = make_event(onsite=5)
    answer = register(client, event, **values)
    assert answer.status_code == 422
    tree = html.fromstring(answer.data)
    assert [href.lstrip("#") for href in tree.xpath("//div[@data-takes-focus]//a/@href")] == [field]
    assert tree.xpath("//input[@name='organisation']/@value") == ["Harbour Police"]
    assert session.scalar(select(func.count()).select_from(Registration)) == 0


@pytest.mark.parametrize("name", ["{x}", "%s %(name)s", "<b>Bo</b>", "שלום עולם", "李小龍", "x" * 120, 'O\'Neil "Bo"'])
def test_odd_names_stay_what_they_are(client: FlaskClient, session: Session, name: str) -> None:
    event = make_event()
    answer = register(client, event, first_name=name, last_name="")
    assert session.scalars(select(Registration.first_name)).one() == name
    page = html.fromstring(client.get(answer.location).data)
    assert page.xpath("//p[@class='slip-who']/strong/text()") == [name]


def test_the_questions_of_the_event_are_asked_and_kept(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_question(event, "diet", type="choice", choices=["none", "vegan"], is_required=True)
    make_question(event, "days", label="Days", type="choices", choices=["Thu", "Fri"])
    make_question(event, "age", label="Years in the job", type="number")
    make_question(event, "born", label="Date", type="date")
    make_question(event, "yes", label="I agree", type="statement")
    refused = register(client, event, q_diet="fish", q_age="many")
    assert refused.status_code == 422
    wrong = html.fromstring(refused.data).xpath("//div[@data-takes-focus]//a/@href")
    assert wrong == ["#q_diet", "#q_age"]
    answer = register(
        client, event, q_diet="vegan", q_days=["Thu", "Fri"], q_age="12,5", q_born="1990-02-28", q_yes="y"
    )
    assert answer.status_code == 303
    kept = session.scalars(select(Answer.value).order_by(Answer.question_id)).all()
    assert kept == ["vegan", ["Thu", "Fri"], 12.5, "1990-02-28", True]
    assert "vegan" in client.get(answer.location).text


def test_without_seats_or_waiting_list_the_form_says_what_is_left(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=1, online=3, waiting_list="none")
    make_registration(event)
    answer = register(client, event)
    assert answer.status_code == 422
    assert "You can still take part online" in answer.text
    assert session.scalar(select(func.count()).select_from(Registration)) == 1


def test_an_event_with_one_way_to_take_part_asks_nothing_about_it(client: FlaskClient) -> None:
    event = make_event(onsite=0, online=None)
    page = html.fromstring(client.get(f"/events/{event.slug}/register").data)
    assert page.xpath("//input[@name='mode']/@type") == ["hidden"]
    answer = register(client, event, mode="online")
    assert state_of(client, answer.location) == "confirmed"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"status": "cancelled"}, "This event is cancelled"),
        ({"opens_at": clock.now().replace(year=2026, month=11, day=30)}, "Registration is not open yet"),
        ({"closes_at": clock.now().replace(year=2026, month=1)}, "Registration is closed"),
        ({"onsite": 0}, "This event takes no registrations here"),
    ],
)
def test_where_nobody_can_register_the_page_says_what_to_do(
    client: FlaskClient, session: Session, values: dict[str, Any], sentence: str
) -> None:
    event = make_event(**values)
    page = client.get(f"/events/{event.slug}/register")
    assert (page.status_code, html.fromstring(page.data).xpath("//main//h1/text()")) == (200, [sentence])
    token = form_fields(client.get(f"/events/{make_event().slug}/register").data, having="email")["csrf_token"]
    refused = client.post(f"/events/{event.slug}/register", data=BO | {"csrf_token": token})
    assert refused.status_code == 409
    assert session.scalar(select(func.count()).select_from(Registration)) == 0


def test_an_unknown_event_and_a_draft_are_not_there(client: FlaskClient) -> None:
    draft = make_event(status="draft")
    assert client.get("/events/nowhere/register").status_code == 404
    for path in ("register", "register/sent", "privacy"):
        assert client.get(f"/events/{draft.slug}/{path}").status_code == 404


def test_the_privacy_notice_that_is_accepted_stands_in_the_form_and_on_its_page(client: FlaskClient) -> None:
    event = make_event(privacy_controller="Harbour Police", privacy_notice="Erased **after a month**.")
    for path in ("register", "privacy"):
        page = html.fromstring(client.get(f"/events/{event.slug}/{path}").data)
        notice = page.xpath("string((//main//*[contains(@class, 'prose')])[1])").split("\n")
        assert [line for line in notice if line] == [
            "Responsible for your data: Harbour Police.", "Erased after a month.",
        ]  # fmt: skip


def test_a_form_without_its_token_changes_nothing(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=1)
    bo = make_registration(event)
    assert client.post(f"/events/{event.slug}/register", data=BO).status_code == 400
    assert client.post(f"{link(bo)}/cancel").status_code == 400
    assert all_states(session) == [("confirmed", "onsite")]


def test_a_browser_without_cookies_is_told_so(client: FlaskClient, session: Session) -> None:
    event = make_event()
    fields = form_fields(client.get(f"/events/{event.slug}/register").data, having="email") | BO
    client.delete_cookie("eventsys")
    answer = client.post(f"/events/{event.slug}/register", data=fields)
    assert (answer.status_code, "Allow cookies" in answer.text) == (400, True)


def test_no_get_changes_a_registration(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=1, online=1, waiting_list="offers")
    people = [make_registration(event) for _ in range(2)]
    with transaction() as writing:
        actions.cancel(writing, people[0], now=clock.now())
    before = all_states(session)
    for path in ("", "/cancel", "/mode", "/offer?answer=accept", "/details", "/email", "/ticket.pdf", "/qr.svg"):
        client.get(link(people[1]) + path)
    assert all_states(session) == before == [("cancelled", "onsite"), ("offered", "onsite")]


def test_cancelling_frees_the_seat_and_the_person_may_come_again(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=1)
    answer = register(client, event)
    address = answer.location
    done = post_form(client, address, action=f"{address}/cancel")
    assert (done.status_code, done.location) == (303, address)
    assert state_of(client, address) == "cancelled"
    again = register(client, event)
    assert again.location != address
    assert state_of(client, again.location) == "confirmed"


def test_switching_by_the_page(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=1, online=1)
    bo = make_registration(event)
    post_form(client, link(bo), action=f"{link(bo)}/mode")
    assert all_states(session) == [("confirmed", "online")]
    assert "Join online" in client.get(link(bo)).text


def test_switching_into_a_full_mode_keeps_the_seat_and_says_why(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=1, online=1)
    bo = make_registration(event)
    form = form_fields(client.get(link(bo)).data, action=f"{link(bo)}/mode")
    make_registration(event, mode=Mode.ONLINE)
    page = client.post(f"{link(bo)}/mode", data=form, follow_redirects=True)
    assert "No place online is left" in page.text
    assert all_states(session)[0] == ("confirmed", "onsite")


@pytest.mark.parametrize(("answer", "state"), [("accept", "confirmed"), ("refuse", "cancelled")])
def test_an_offer_is_answered_on_the_page(client: FlaskClient, session: Session, answer: str, state: str) -> None:
    event = make_event(onsite=1, waiting_list="offers")
    first, second = make_registration(event), make_registration(event)
    with transaction() as writing:
        actions.cancel(writing, first, now=clock.now())
    assert state_of(client, link(second)) == "offered"
    post_form(client, link(second), action=f"{link(second)}/offer", answer=answer)
    assert state_of(client, link(second)) == state


def test_an_offer_that_has_ended_is_no_question_any_more(client: FlaskClient, session: Session) -> None:
    """Until the worker looks, the row still says offered."""
    event = make_event(onsite=1, waiting_list="offers")
    first, second = make_registration(event), make_registration(event)
    with transaction() as writing:
        actions.cancel(writing, first, now=clock.now())
        writing.get_one(Registration, second.id).offer_until = clock.now() - timedelta(minutes=1)
    page = client.get(link(second)).text
    assert ("This offer has ended." in page, "A seat is held for you" in page, "/offer" in page) == (True, False, False)


def test_details_and_answers_are_changed(client: FlaskClient, session: Session) -> None:
    event = make_event()
    question = make_question(event, "diet")
    bo = make_registration(event, answers={question.id: "none"})
    post_form(client, f"{link(bo)}/details", having="first_name", first_name="Robert", q_diet="")
    session.expire_all()
    assert (bo.first_name, bo.search_key[:6], session.scalars(select(Answer)).all()) == ("Robert", "robert", [])
    refused = post_form(client, f"{link(bo)}/details", having="first_name", first_name="")
    assert refused.status_code == 422


def test_an_address_is_changed_by_its_new_owner(client: FlaskClient, app: Flask, session: Session) -> None:
    event = make_event()
    bo = make_registration(event, email="bo@example.org")
    post_form(client, f"{link(bo)}/email", having="email", email="new@example.org")
    change = session.scalars(select(EmailChange)).one()
    stranger = app.test_client()
    address = "/r/new-address/" + tokens.derived(queries.NEW_ADDRESS, change.nonce)
    assert "new@example.org" in stranger.get(address).text
    session.expire_all()
    assert bo.email == "bo@example.org"
    post_form(stranger, address, action="")
    session.expire_all()
    assert bo.email == "new@example.org"
    assert stranger.get(address).status_code == 200


def test_other_peoples_links_open_nothing(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=2, online=1)
    bo = make_registration(event)
    form = form_fields(client.get(link(bo)).data, action=f"{link(bo)}/cancel")
    for wrong in ("A" * 22, link(bo)[3:-1] + ("A" if link(bo)[-1] != "A" else "B"), bo.link_nonce, bo.link_hash):
        for path in ("", "/details", "/email", "/ticket.pdf", "/qr.svg"):
            assert client.get(f"/r/{wrong}{path}").status_code == 404
        for path in ("cancel", "mode", "offer", "details", "email"):
            values = form | {"mode": "online", "answer": "accept", "first_name": "Mallory", "email": "m@example.org"}
            assert client.post(f"/r/{wrong}/{path}", data=values).status_code == 404
    assert client.get("/r/new-address/" + "A" * 22).status_code == 404
    assert all_states(session) == [("confirmed", "onsite")]


def test_the_ticket_is_a_pdf_and_the_code_a_picture(client: FlaskClient) -> None:
    bo = make_registration(make_event())
    pdf, svg = client.get(f"{link(bo)}/ticket.pdf"), client.get(f"{link(bo)}/qr.svg")
    assert (pdf.content_type, pdf.data[:5], pdf.headers["Content-Disposition"][:7]) == (
        "application/pdf", b"%PDF-", "inline;",
    )  # fmt: skip
    assert (svg.content_type, svg.data[:4], svg.headers["Cache-Control"]) == (
        "image/svg+xml", b"<svg", "private, no-store",
    )  # fmt: skip


def test_who_waits_has_no_ticket(client: FlaskClient) -> None:
    event = make_event(onsite=1)
    make_registration(event)
    cyd = make_registration(event)
    assert [client.get(f"{link(cyd)}/{path}").status_code for path in ("ticket.pdf", "qr.svg")] == [409, 409]
    assert "You are the next in line" in client.get(link(cyd)).text


def test_opening_the_page_lets_this_browser_in_and_no_other(client: FlaskClient, app: Flask) -> None:
    bo = make_registration(make_event())
    client.get(link(bo))
    with client.session_transaction() as cookie:
        assert cookie["let_in"] == [bo.id]
    with app.test_client().session_transaction() as cookie:
        assert "let_in" not in cookie


@pytest.mark.parametrize("name", ["\ufeff", "\u200b\u200d", "See https://evil.example", "www.evil.example"])
def test_a_name_can_be_seen_and_is_no_advertisement(client: FlaskClient, session: Session, name: str) -> None:
    event = make_event(onsite=5)
    answer = post_form(client, f"/events/{event.slug}/register", having="email", **(BO | {"first_name": name}))
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(Registration)) == 0
