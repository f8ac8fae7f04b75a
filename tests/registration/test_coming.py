"""Are you still coming: who is asked, what an answer does, and what silence costs."""

from __future__ import annotations

import html
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from eventsys.mailing.letters import find_maker
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, jobs, queries, rules
from eventsys.registration.actions import asking
from eventsys.registration.models import Mode, Registration, RegistrationSettings
from eventsys.registration.queries.coming import answers_counted
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.registration import make_registration
from tests.forms import csrf_token, post_form

pytestmark = pytest.mark.usefixtures("session")

START = clock.now() + timedelta(days=20)
ASKED_AT = START - timedelta(days=7)


def make_asking(cast: Cast | None = None, *, onsite: int = 2, frees: bool = False, **values: Any) -> Event:
    """An event in twenty days, whose people are asked a week before and have two days to answer."""
    owner = cast.ada if cast else None
    event = make_event(
        owner=owner, onsite=onsite, online=None, starts_at=START, ends_at=START + timedelta(days=1), **values
    )
    with transaction() as session:
        settings = session.get_one(RegistrationSettings, event.id)
        settings.asks_again_days, settings.asks_again_hours, settings.frees_silent = 7, 48, frees
    return event


def answers(session: Session, event: Event) -> list[tuple[str, str]]:
    session.rollback()
    session.expire_all()
    query = select(Registration.state, Registration.coming).where(Registration.event_id == event.id)
    return [(row[0], row[1]) for row in session.execute(query.order_by(Registration.id))]


def letters(session: Session, what: str) -> list[OutboxMessage]:
    return list(session.scalars(select(OutboxMessage).where(OutboxMessage.maker == f"registration.{what}")))


def page(client: FlaskClient, registration: Registration) -> str:
    answer = client.get(f"/r/{queries.link_of(registration)}")
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def answer(client: FlaskClient, registration: Registration, word: str) -> None:
    link = f"/r/{queries.link_of(registration)}"
    assert post_form(client, link, action=f"{link}/coming", answer=word).status_code == 303


def test_everybody_on_site_is_asked_once_when_the_time_has_come(session: Session) -> None:
    event = make_asking()
    make_registration(event)
    make_registration(event, mode=Mode.ONLINE)
    make_registration(event, email=None, by_organiser=True)
    assert jobs.ask_again(ASKED_AT - timedelta(seconds=1)) == 0
    assert jobs.ask_again(ASKED_AT) == 1
    assert jobs.ask_again(ASKED_AT + timedelta(hours=1)) == 0
    assert answers(session, event) == [("confirmed", "asked"), ("confirmed", "unasked"), ("confirmed", "unasked")]
    (mail,) = letters(session, "still_coming")
    maker = find_maker(mail.maker)
    assert maker is not None
    letter = maker(session, mail.arguments)
    assert letter is not None
    assert queries.link_of(session.get_one(Registration, mail.arguments["registration_id"])) in letter.text


def test_who_registers_after_the_question_is_not_asked(session: Session) -> None:
    event = make_asking()
    make_registration(event)
    jobs.ask_again(ASKED_AT)
    make_registration(event, now=ASKED_AT + timedelta(hours=1))
    assert jobs.ask_again(ASKED_AT + timedelta(hours=2)) == 0
    assert answers(session, event) == [("confirmed", "asked"), ("confirmed", "unasked")]


def test_nobody_is_asked_on_the_last_day(session: Session) -> None:
    event = make_asking()
    make_registration(event)
    assert jobs.ask_again(START - timedelta(hours=23)) == 0
    assert answers(session, event) == [("confirmed", "unasked")]


def test_a_job_that_dies_between_batches_goes_on_where_it_stopped(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "A_BATCH", 2)
    event = make_asking(onsite=5)
    for _ in range(5):
        make_registration(event)
    with transaction() as writing:
        assert actions.ask_batch(writing, writing.get_one(Event, event.id), before=ASKED_AT, now=ASKED_AT) == 2
    with pytest.raises(RuntimeError), transaction() as writing:
        _die_asking(writing, event)
    assert [coming for _state, coming in answers(session, event)].count("asked") == 2
    assert jobs.ask_again(ASKED_AT) == 3
    assert ([coming for _state, coming in answers(session, event)], len(letters(session, "still_coming"))) == (
        ["asked"] * 5,
        5,
    )


def _die_asking(session: Session, event: Event) -> None:
    actions.ask_batch(session, session.get_one(Event, event.id), before=ASKED_AT, now=ASKED_AT)
    raise RuntimeError


def test_a_yes_keeps_the_seat_and_a_no_gives_it_to_the_next(session: Session, client: FlaskClient) -> None:
    event = make_asking()
    bo, cyd, waits = (make_registration(event) for _ in range(3))
    assert "Are you still coming?" not in page(client, bo)
    jobs.ask_again(ASKED_AT)
    assert "Are you still coming?" in page(client, bo)
    answer(client, bo, "yes")
    answer(client, cyd, "no")
    assert answers(session, event) == [("confirmed", "yes"), ("cancelled", "no"), ("confirmed", "unasked")]
    assert "Are you still coming?" not in page(client, bo)
    steps = select(Fact.kind).where(Fact.subject == "registration", Fact.subject_id == cyd.id).order_by(Fact.id)
    assert list(session.scalars(steps))[-3:] == [
        "registration.asked_again", "registration.comes_no_more", "registration.cancelled",
    ]  # fmt: skip
    assert waits.id == session.scalar(select(Fact.subject_id).where(Fact.kind == "registration.promoted"))


def test_who_was_not_asked_answers_nothing(session: Session, client: FlaskClient) -> None:
    event = make_asking()
    bo = make_registration(event)
    link = f"/r/{queries.link_of(bo)}"
    client.get(link)
    token = csrf_token(client)
    codes = [
        client.post(f"{link}/coming", data={"csrf_token": token, "answer": word}).status_code
        for word in ("no", "yes", "perhaps")
    ]
    assert (codes, answers(session, event)) == ([303, 303, 422], [("confirmed", "unasked")])


@pytest.mark.parametrize("frees", [True, False])
def test_silence_frees_the_seat_only_where_it_was_chosen(session: Session, frees: bool) -> None:
    event = make_asking(onsite=1, frees=frees)
    make_registration(event)
    make_registration(event)
    jobs.ask_again(ASKED_AT)
    deadline = ASKED_AT + timedelta(hours=48)
    assert jobs.free_silent(deadline - timedelta(seconds=1)) == 0
    assert jobs.free_silent(deadline) == int(frees)
    assert jobs.free_silent(deadline) == 0
    if not frees:
        assert answers(session, event) == [("confirmed", "asked"), ("waiting", "unasked")]
        return
    assert answers(session, event) == [("cancelled", "asked"), ("confirmed", "unasked")]
    assert [mail.maker for mail in letters(session, "let_go")] == ["registration.let_go"]


def test_nobody_loses_the_seat_once_the_event_has_begun(session: Session) -> None:
    event = make_asking(frees=True)
    make_registration(event)
    jobs.ask_again(ASKED_AT)
    assert jobs.free_silent(START) == 0
    assert answers(session, event) == [("confirmed", "asked")]


def test_organisers_ask_now_and_see_the_answers(session: Session, cast: Cast, client: FlaskClient) -> None:
    event = make_asking(cast, onsite=4)
    people = [make_registration(event) for _ in range(4)]
    ada, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/coming"
    assert post_form(ada, url, action=url).status_code == 303
    answer(client, people[0], "yes")
    answer(client, people[1], "no")
    counts = {"yes": 1, "asked": 2, "silent": 0, "unasked": 0, "no": 1}
    assert answers_counted(session, event.id, clock.now()) == counts
    late = clock.now() + timedelta(days=3)
    assert answers_counted(session, event.id, late) == counts | {"asked": 0, "silent": 2}
    shown = html.unescape(ada.get(url).get_data(as_text=True))
    assert ("Ask now" in shown, "Gave the seat back" in shown) == (False, True)
    assert cast.browser_of(cast.al).get(url).status_code == 403


def test_the_letter_is_not_sent_when_it_was_answered_meanwhile(session: Session, client: FlaskClient) -> None:
    event = make_asking()
    bo = make_registration(event)
    jobs.ask_again(ASKED_AT)
    answer(client, bo, "yes")
    (mail,) = letters(session, "still_coming")
    maker = find_maker(mail.maker)
    assert maker is not None
    assert maker(session, mail.arguments) is None


def test_to_look_for_what_is_due_costs_the_same_for_one_event_and_ten(session: Session) -> None:
    costs = []
    for more in (1, 9):
        for _ in range(more):
            make_asking()
        with statements() as found:
            jobs.free_silent(datetime.now(START.tzinfo))
            jobs.ask_again(datetime.now(START.tzinfo))
        costs.append(len(found))
    assert costs == [2, 2]


def test_who_waits_joins_online_meanwhile(session: Session, client: FlaskClient) -> None:
    event = make_asking(onsite=1, waiting_list="offers")
    first, second, third = (make_registration(event) for _ in range(3))
    assert ("Until a seat is free you take part online." in page(client, second), "/live" in page(client, second)) == (
        True,
        True,
    )
    assert "You are number 2 in line." in page(client, third)
    (mail, _other) = letters(session, "waiting")
    maker = find_maker(mail.maker)
    assert maker is not None
    letter = maker(session, mail.arguments)
    assert letter is not None
    assert "Until a seat is free you take part online" in letter.text
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, first.id), now=clock.now())
    assert "Until you have taken the seat you take part online." in page(client, second)
    link = f"/r/{queries.link_of(second)}"
    post_form(client, link, action=f"{link}/offer", having="csrf_token", answer="accept")
    shown = page(client, second)
    assert ("take part online" in shown, answers(session, event)[1][0]) == (False, "confirmed")


@pytest.mark.parametrize(
    ("audience", "sees"),
    [("public", True), ("registered", True), ("online", True), ("onsite", False), ("staff", False)],
)
def test_who_waits_sees_what_is_for_those_online(audience: str, sees: bool) -> None:
    event = make_asking(onsite=1)
    _first, waits = (make_registration(event) for _ in range(2))
    assert rules.may_see(audience, rules.Viewer(registrations=[waits])) is sees
