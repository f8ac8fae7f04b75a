"""Applications: opinions that do not know each other, picks, rounds of decisions and their undoing."""

from __future__ import annotations

import html
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.facts import Fact
from eventsys.mailing.letters import find_maker
from eventsys.mailing.models import Delivery, OutboxMessage
from eventsys.registration import actions, queries
from eventsys.registration.actions import Outcome
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.models import (
    DecisionRound,
    Mode,
    Registration,
    RegistrationSettings,
    Review,
    SeatPool,
    State,
    Ticket,
    Verdict,
)
from eventsys.registration.queries.balance import balances
from eventsys.registration.rules.applying import PAUSE, Opinion
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.forms import csrf_token, post_form

pytestmark = pytest.mark.usefixtures("session")


def apply(event: Event, **values: Any) -> Registration:
    return make_registration(event, **values)


def picked(event: Event, cast: Cast, *verdicts: str | None, **values: Any) -> list[Registration]:
    """One application a verdict, in this order, marked by Ada."""
    people = [apply(event, **values) for _ in verdicts]
    with transaction() as session:
        for one, verdict in zip(people, verdicts, strict=True):
            if verdict is not None:
                actions.pick(session, event.id, [one.id], Verdict(verdict), cast.ada.id, now=clock.now())
    return people


def decide(event: Event, people: list[Registration], now: datetime | None = None, **more: Any) -> Outcome:
    with transaction(actor="user:1") as session:
        session.expire_all()
        rows = [session.get_one(Registration, one.id) for one in people]
        picks = {one.id: str(one.verdict) for one in rows if one.verdict}
        values: dict[str, Any] = {"texts": {}, "actor": "user:1", "now": now or clock.now()} | more
        return actions.decide(session, session.get_one(Event, event.id), picks, **values)


def undo(event: Event, outcome: Outcome, now: datetime) -> tuple[int, int]:
    with transaction(actor="user:1") as session:
        row = session.get_one(DecisionRound, outcome.round_id)
        return actions.undo_round(session, session.get_one(Event, event.id), row, actor="user:1", now=now)


def states(session: Session, *people: Registration) -> list[str]:
    session.rollback()
    session.expire_all()
    return [session.get_one(Registration, one.id).state for one in people]


def pool(session: Session, event: Event, key: str = "onsite") -> tuple[int, int]:
    session.expire_all()
    found = session.scalars(select(SeatPool).where(SeatPool.event_id == event.id, SeatPool.key == key)).one()
    return found.taken, found.overbooked


def base(event: Event) -> str:
    return f"/manage/events/{event.slug}/applications"


def text(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def test_a_round_gives_seats_in_the_order_people_applied(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=1, online=None)
    people = picked(event, cast, "accept", "accept", "wait", "decline", None)
    outcome = decide(event, people, texts={"accept": "Bring a pass."})
    assert states(session, *people) == ["confirmed", "waiting", "waiting", "declined", "applied"]
    assert outcome.counts == {"confirmed": 1, "beyond": 0, "waiting": 2, "without_seat": 1, "declined": 1}
    assert pool(session, event) == (1, 0)
    assert [queries.place_in_queue(session, session.get_one(Registration, one.id)) for one in people[1:3]] == [1, 2]
    assert session.scalar(select(DecisionRound.counts)) == outcome.counts | {
        "skipped": [],
        "people": [[one.id, one.sequence, one.told] for one in outcome.decided],
    }
    kinds = set(session.scalars(select(Fact.kind).where(Fact.subject == "registration", Fact.actor == "user:1")))
    assert kinds == {"registration.approved", "registration.put_on_list", "registration.declined"}


def test_the_letters_of_a_round_wait_and_carry_the_organisers_words(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=1, online=None)
    people = picked(event, cast, "accept", "wait", "decline", language="de")
    now = clock.now()
    decide(event, people, now, texts={"accept": "Bring a pass.", "wait": "Hold on.", "decline": "Next year."})
    mails = session.scalars(select(OutboxMessage).where(OutboxMessage.maker != "registration.applied")).all()
    assert {mail.due_at for mail in mails} == {now + PAUSE}
    found = {}
    for mail in mails:
        maker = find_maker(mail.maker)
        assert maker is not None
        letter = maker(session, mail.arguments)
        assert letter is not None
        found[mail.maker] = [word for word in ("Bring a pass.", "Hold on.", "Next year.") if word in letter.text]
    assert found == {
        "registration.confirmed": ["Bring a pass."],
        "registration.put_on_list": ["Hold on."],
        "registration.declined": ["Next year."],
    }


def test_undoing_a_round_makes_applicants_of_all_and_gives_the_seats_back(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=1, online=None)
    people = picked(event, cast, "accept", "accept", "wait", "decline")
    now = clock.now()
    outcome = decide(event, people, now)
    undone = undo(event, outcome, now + PAUSE - timedelta(seconds=1))
    assert (undone, states(session, *people), pool(session, event)) == ((4, 0), ["applied"] * 4, (0, 0))
    waiting = session.scalars(select(OutboxMessage.maker).where(OutboxMessage.maker != "registration.applied"))
    assert list(waiting) == []
    assert session.scalar(select(func.count()).select_from(Ticket).where(Ticket.replaced_at.is_(None))) == 0
    with pytest.raises(NotPossibleNow):
        undo(event, outcome, now)
    again = decide(event, people, now + timedelta(minutes=1))
    assert again.counts["confirmed"] == 1
    assert session.scalar(select(func.count()).select_from(Ticket).where(Ticket.replaced_at.is_(None))) == 1


def test_a_round_whose_letters_have_left_stays(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=1)
    people = picked(event, cast, "accept")
    now = clock.now()
    outcome = decide(event, people, now)
    with pytest.raises(NotPossibleNow):
        undo(event, outcome, now + PAUSE)
    assert states(session, *people) == ["confirmed"]


def test_who_moved_on_or_was_told_is_not_undone(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=3)
    gone, told, again, _stays = people = picked(event, cast, "accept", "accept", "decline", "accept")
    now = clock.now()
    outcome = decide(event, people, now)
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, gone.id), now=now)
        key = f"registration.confirmed:{told.id}:{told.sequence}"
        message = writing.scalars(select(OutboxMessage).where(OutboxMessage.key == key)).one()
        message.leased_until = now + timedelta(minutes=1)
    apply(event, email=again.email)
    undone = undo(event, outcome, now)
    assert undone == (1, 3)
    assert states(session, *people) == ["cancelled", "confirmed", "declined", "applied"]
    assert pool(session, event) == (1, 0)


def test_a_round_is_not_called_undone_where_every_letter_has_left(session: Session, cast: Cast) -> None:
    """The worker's clock may be ahead, and the organiser's click may come while the letters are being sent."""
    event = make_event(owner=cast.ada, has_approval=True, onsite=3)
    people = picked(event, cast, "accept", "decline")
    outcome = decide(event, people, clock.now())
    with transaction() as writing:
        writing.execute(update(OutboxMessage).values(state=Delivery.SENT))
    client = cast.browser_of(cast.ada)
    page = f"{base(event)}/rounds/{outcome.round_id}"
    post_form(client, page, action=f"{page}/undo")
    seen = text(client, page)
    assert "Nothing could be undone: the letters have left, so every decision stands." in seen
    assert ("This round was undone" in seen, "decisions are undone" in seen) == (False, False)
    assert states(session, *people) == ["confirmed", "declined"]
    assert "undone_at" not in session.get_one(DecisionRound, outcome.round_id).counts
    assert pool(session, event) == (1, 0)


def test_only_as_many_are_seated_beyond_the_seats_as_were_named(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=1, waiting_list="none")
    people = picked(event, cast, "accept", "accept", "accept")
    outcome = decide(event, people, beyond=1)
    assert states(session, *people) == ["confirmed", "confirmed", "applied"]
    assert (pool(session, event), [one.why for one in outcome.skipped]) == ((2, 1), ["seats"])


def test_a_pick_that_changed_meanwhile_is_skipped_and_named(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=5)
    gone, other, stays = people = picked(event, cast, "accept", "accept", "accept")
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, gone.id), now=clock.now())
        actions.pick(writing, event.id, [other.id], Verdict.DECLINE, cast.ada.id, now=clock.now())
    with transaction(actor="user:1") as writing:
        picks = {one.id: "accept" for one in people}
        outcome = actions.decide(
            writing, writing.get_one(Event, event.id), picks, texts={}, actor="user:1", now=clock.now()
        )
    assert [(one.id, one.why) for one in outcome.skipped] == [(gone.id, "changed"), (other.id, "changed")]
    assert states(session, stays, other) == ["confirmed", "applied"]


def test_an_event_without_a_waiting_list_puts_nobody_on_it(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=1, waiting_list="none")
    people = picked(event, cast, "wait")
    assert [one.why for one in decide(event, people).skipped] == ["list"]
    assert states(session, *people) == ["applied"]


def test_who_is_put_on_the_list_beside_a_free_seat_gets_it(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=1)
    people = picked(event, cast, "wait", "wait")
    decide(event, people)
    assert (states(session, *people), pool(session, event)) == (["confirmed", "waiting"], (1, 0))


def test_too_few_opinions_leave_an_application_undecided(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, editor=cast.al, has_approval=True, onsite=5)
    with transaction() as writing:
        writing.get_one(RegistrationSettings, event.id).opinions_needed = 2
    one, two = people = picked(event, cast, "accept", "accept")
    with transaction() as writing:
        opinion = Opinion(4, Verdict.ACCEPT)
        actions.review(writing, writing.get_one(Registration, one.id), cast.al.id, opinion, now=clock.now())
    outcome = decide(event, people)
    assert ([(one.id, one.why) for one in outcome.skipped], states(session, *people)) == (
        [(two.id, "opinions")],
        ["confirmed", "applied"],
    )
    decide(event, [two], passes_opinions=True)
    assert states(session, two) == ["confirmed"]
    noted = select(Fact.subject_id).where(Fact.kind == "registration.opinions_passed_over")
    assert list(session.scalars(noted)) == [two.id]


def test_nobody_decides_alone_where_two_must_look(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, editor=cast.al, has_approval=True, onsite=5)
    with transaction() as writing:
        writing.get_one(RegistrationSettings, event.id).opinions_needed = 2
    one = apply(event)
    url = f"/manage/events/{event.slug}/registrations/{one.id}"
    for who in (cast.ada, cast.al):
        client = cast.browser_of(who)
        for act in ("approve", "decline"):
            post_form(client, url, action=f"{url}/{act}")
        assert states(session, one) == ["applied"]
        if who is cast.ada:
            with transaction() as writing:
                known = writing.get_one(Registration, one.id)
                actions.review(writing, known, cast.al.id, Opinion(2, None), now=clock.now())
    client = cast.browser_of(cast.ada)
    post_form(client, url, action=f"{url}/approve")
    assert states(session, one) == ["confirmed"]


def test_only_owners_pass_over_missing_opinions(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, editor=cast.al, has_approval=True, onsite=5)
    with transaction() as writing:
        writing.get_one(RegistrationSettings, event.id).opinions_needed = 2
    (one,) = picked(event, cast, "accept")
    url = f"{base(event)}/decide"
    # Without anybody to decide the button is off; what is posted all the same is refused or passed by the rules.
    for who, state in ((cast.al, "applied"), (cast.ada, "confirmed")):
        client = cast.browser_of(who)
        post_form(client, url, having="pick", action=url, act="confirm", passes_opinions="1")
        assert states(session, one) == [state]


def test_a_second_opinion_does_not_know_the_first(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, editor=cast.al, has_approval=True, onsite=5)
    with transaction() as writing:
        writing.get_one(RegistrationSettings, event.id).opinions_needed = 2
    one = apply(event)
    url = f"{base(event)}/{one.id}"
    ada, al = cast.browser_of(cast.ada), cast.browser_of(cast.al)
    assert post_form(ada, url, having="note", score="5", verdict="accept", note="Knows floods.").status_code == 303
    assert "Knows floods." in text(ada, url)
    before = text(al, url)
    assert ("Knows floods." in before, "1 of 2 opinions are given" in before) == (False, True)
    assert "yours first" in text(al, base(event))
    post_form(al, url, having="note", score="2", verdict="decline", note="Was here last year.")
    after = text(al, url)
    assert ("Knows floods." in after, "Mean score: 3.5" in after) == (True, True)
    assert session.scalar(select(Registration.score)) == 3.5


def test_an_empty_opinion_is_taken_back(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True)
    one = apply(event)
    for opinion, score, rows in ((Opinion(4, None), 4.0, 1), (Opinion(None, None), None, 0)):
        with transaction() as writing:
            actions.review(writing, writing.get_one(Registration, one.id), cast.ada.id, opinion, now=clock.now())
        session.expire_all()
        assert session.get_one(Registration, one.id).score == score
        assert session.scalar(select(func.count()).select_from(Review)) == rows


def test_a_pick_is_the_opinion_of_who_gave_none(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True)
    one, two = apply(event), apply(event)
    with transaction() as writing:
        known = writing.get_one(Registration, one.id)
        actions.review(writing, known, cast.ada.id, Opinion(3, Verdict.WAIT), now=clock.now())
        assert actions.pick(writing, event.id, [one.id, two.id], Verdict.ACCEPT, cast.ada.id, now=clock.now()) == 2
    verdicts = select(Review.verdict).order_by(Review.registration_id)
    assert list(session.scalars(verdicts)) == ["wait", "accept"]


def test_the_list_is_searched_filtered_and_picked_by_filter(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=9)
    theme = make_question(event, "theme", label="Theme", type="choice", choices=["Flöods", "Fire"])
    topics = make_question(event, "topics", label="Topics", type="choices", choices=["A", "B"])
    secret = make_question(event, "diet", label="Diet", is_sensitive=True)
    apply(event, first_name="Zoë", answers={theme.id: "Flöods", topics.id: ["A", "B"], secret.id: "no nuts"})
    apply(event, first_name="Cyd", country="FR", sector="research", answers={theme.id: "Fire", topics.id: ["B"]})
    make_registration(event, first_name="Not an applicant", by_organiser=True)
    client = cast.browser_of(cast.ada)
    page = text(client, base(event))
    assert ("Zoë" in page, "Cyd" in page, "Not an applicant" in page, "no nuts" in page) == (True, True, False, False)
    for query, shown in (
        ("q=zoe", "Zoë"), ("sector=research", "Cyd"), ("country=FR", "Cyd"), ("organisation=harbour+pol&q=zoë", "Zoë"),
        (f"answer={theme.id}=Fl%C3%B6ods", "Zoë"), (f"answer={topics.id}=A", "Zoë"), (f"answer={theme.id}=Fire", "Cyd"),
    ):  # fmt: skip
        page = text(client, f"{base(event)}?{query}")
        assert [name for name in ("Zoë", "Cyd") if f"{name} Berg" in page] == [shown], query
    url = f"{base(event)}?sector=research"
    fields = {"act": "accept", "scope": "filtered"}
    post_form(client, url, having="id", action=f"{base(event)}/pick?sector=research", **fields)
    assert list(session.scalars(select(Registration.verdict).order_by(Registration.id))) == [None, "accept", None]


def test_the_balance_counts_before_and_after_the_pick(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=9, online=9)
    theme = make_question(event, "theme", label="Theme", type="choice", choices=["Floods", "Fire"])
    make_registration(event, by_organiser=True, sector="research", answers={theme.id: "Fire"})
    picked(event, cast, "accept", "decline", sector="police", answers={theme.id: "Fire"})
    ticked = apply(event, sector="research", organisation="Elsewhere", answers={theme.id: "Floods"})
    apply(event, mode=Mode.ONLINE, by_organiser=True)
    whole, sector, country, organisation, by_theme = balances(session, event.id, Mode.ONSITE, ticked=[ticked.id])
    figures = {
        one.key: (one.applied, one.seated, one.picked, one.would_be) for one in (*sector.shares, *by_theme.shares)
    }
    assert figures == {
        "research": (1, 1, 1, 2), "police": (2, 0, 1, 1), "Fire": (2, 1, 1, 2), "Floods": (1, 0, 1, 1),
    }  # fmt: skip
    assert (whole.shares[0].seats, whole.shares[0].would_be, country.shares[0].label) == (9, 3, "Belgium")
    assert {one.label for one in organisation.shares} == {"Harbour Police", "Elsewhere"}


def test_without_script_the_room_is_recounted_and_the_ticks_stay(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=9)
    one = apply(event)
    client = cast.browser_of(cast.ada)
    url = f"{base(event)}?sort=name"
    answer = post_form(client, url, having="id", action=f"{base(event)}/pick?sort=name", act="recount", id=str(one.id))
    assert answer.headers["Location"] == f"{base(event)}?sort=name&id={one.id}"
    page = text(client, answer.headers["Location"])
    assert ("csrf" in answer.headers["Location"], f'value="{one.id}" checked' in page) == (False, True)
    assert '<strong class="num">1</strong> would be in' in page
    assert session.scalar(select(Registration.verdict)) is None


def test_the_balance_warns_of_a_full_pool_and_of_one_organisation(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=7)
    with transaction() as writing:
        writing.add(SeatPool(event_id=event.id, kind="sector", key="police", mode="onsite", seats=3))
    picked(event, cast, *["accept"] * 8)
    page = text(cast.browser_of(cast.ada), base(event))
    assert "1 person more than there are seats would be in." in page
    assert "Police: 8 would be in, for 3 seats." in page
    assert "Harbour Police would have 100 % of the places." in page


def test_the_preview_shows_the_very_letters_and_changes_nothing(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=1, online=None)
    people = picked(event, cast, "accept", "accept", "decline", language="de")
    mails = session.scalar(select(func.count()).select_from(OutboxMessage))
    client, url = cast.browser_of(cast.ada), f"{base(event)}/decide"
    page = post_form(client, url, having="pick", action=url, act="look", text_decline="Im Mai wieder.")
    words = html.unescape(page.get_data(as_text=True))
    assert page.status_code == 200
    assert ("Sie sind dabei" in words, "Im Mai wieder." in words, "Overbook knowingly: give 1 person" in words) == (
        True, True, True,
    )  # fmt: skip
    assert [queries.link_of(one) in words for one in people] == [False] * 3
    assert states(session, *people) == ["applied"] * 3
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == mails
    assert session.scalar(select(func.count()).select_from(DecisionRound)) == 0
    picks = [f"{one.id}:{verdict}" for one, verdict in zip(people, ("accept", "accept", "decline"), strict=True)]
    filled: dict[str, Any] = {"pick": picks, "act": "confirm", "beyond": "1", "text_decline": "Im Mai wieder."}
    answer = post_form(client, url, having="pick", action=url, **filled)
    assert answer.status_code == 303
    assert states(session, *people) == ["confirmed", "confirmed", "declined"]
    result = text(client, answer.headers["Location"])
    assert ("Undo this round" in result, "Im Mai wieder." in result, "by Ada" in result) == (True, True, True)
    undo = answer.headers["Location"] + "/undo"
    assert post_form(client, answer.headers["Location"], action=undo).status_code == 303
    assert states(session, *people) == ["applied"] * 3
    assert "This round was undone" in text(client, answer.headers["Location"])


def test_the_second_of_two_clicks_leaves_no_empty_round(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=1)
    (one,) = picked(event, cast, "accept")
    client, url = cast.browser_of(cast.ada), f"{base(event)}/decide"
    client.get(url)
    fields = {"csrf_token": csrf_token(client), "act": "confirm", "pick": f"{one.id}:accept"}
    first, second = (client.post(url, data=fields).headers["Location"] for _ in range(2))
    assert ("/rounds/" in first, second) == (True, url)
    assert session.scalar(select(func.count()).select_from(DecisionRound)) == 1
    assert states(session, one) == ["confirmed"]


def test_nothing_picked_is_decided_without_an_error(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, has_approval=True, onsite=1)
    assert "Nobody is picked yet" in text(cast.browser_of(cast.ada), f"{base(event)}/decide")


def test_a_round_of_another_event_is_not_there(cast: Cast) -> None:
    mine, other = make_event(owner=cast.ada), make_event(owner=cast.al, has_approval=True, onsite=3)
    outcome = decide(other, picked(other, cast, "accept"))
    client = cast.browser_of(cast.ada)
    assert client.get(f"{base(mine)}/rounds/{outcome.round_id}").status_code == 404


@pytest.mark.parametrize("path", ["", "/decide"])
def test_one_application_and_thirty_cost_the_same_queries(cast: Cast, path: str) -> None:
    """The preview carries all decisions out, so what it costs grows; what is drawn from it does not."""
    costs = []
    for people in (1, 30):
        event = make_event(owner=cast.ada, editor=cast.al, has_approval=True, onsite=90)
        theme = make_question(event, f"theme{people}", type="choice", choices=["x", "y"])
        everybody = [apply(event, answers={theme.id: "x"}) for _ in range(people)]
        with transaction() as session:
            for one in everybody:
                known = session.get_one(Registration, one.id)
                actions.review(session, known, cast.ada.id, Opinion(3, None), now=clock.now())
            verdict = None if path else Verdict.ACCEPT
            first = [one.id for one in everybody][: None if not path else 1]
            actions.pick(session, event.id, first, verdict or Verdict.ACCEPT, cast.ada.id, now=clock.now())
        client = cast.browser_of(cast.ada)
        client.get(base(event) + path)
        with statements() as found:
            assert client.get(base(event) + path).status_code == 200
        costs.append(len(found))
    assert costs[0] == costs[1]


def test_no_stranger_reads_or_decides(cast: Cast) -> None:
    event = make_event(owner=cast.ada, door=cast.dee, has_approval=True, onsite=1)
    (one,) = picked(event, cast, "accept")
    for who in (cast.al, cast.dee):
        client = cast.browser_of(who)
        for path in ("", f"/{one.id}", "/decide"):
            answer = client.get(base(event) + path)
            assert (answer.status_code, b"Harbour" in answer.data) == (403, False)
    assert reading().scalar(select(Registration.state)) == State.APPLIED
