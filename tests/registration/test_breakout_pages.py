"""Rounds of wishes as people and organisers meet them in a browser without script."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing.letters import find_maker
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, jobs, queries
from eventsys.registration.errors.breakouts import DealDiffers, NotDealt
from eventsys.registration.manage import dealt
from eventsys.registration.models import Breakout, BreakoutWish, Registration, SeatPool
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.breakouts import deal_out, make_parallel, make_round, undo, wish, wish_all
from tests.factories.registration import make_registration
from tests.forms import post_form

pytestmark = pytest.mark.usefixtures("session")


def link(registration: Registration) -> str:
    return f"/r/{queries.link_of(registration)}"


def said(page: Any) -> str:
    return " ".join(html.fromstring(page.data).text_content().split())


def an_event(cast: Cast, *, people: int = 3, **values: Any) -> tuple[Event, Breakout, list[Registration]]:
    event = make_event(slug="forum", owner=cast.ada, onsite=100, online=None)
    make_parallel(event, drones=1, floods=1)
    breakout = make_round(event, "drones", "floods", **values)
    return event, breakout, [make_registration(event, last_name=f"Berg {number}") for number in range(people)]


def taken(session: Session) -> dict[str, int]:
    session.rollback()
    session.expire_all()
    rows = session.execute(select(SeatPool.key, SeatPool.taken).where(SeatPool.kind == "session"))
    return {row[0]: row[1] for row in rows}


def test_a_person_ranks_changes_and_takes_back_on_their_own_page(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    _event, breakout, (bo, *_others) = an_event(cast)
    address = f"{link(bo)}/wishes/thursday"
    answer = post_form(client, link(bo), action=address,
                       **{"thursday-wish_1": "floods", "thursday-wish_2": "drones"})  # fmt: skip
    assert (answer.status_code, answer.location) == (303, f"{link(bo)}#wishes")
    ranked = html.fromstring(client.get(link(bo)).data).xpath("//ol[@class='slip-ranking']/li/text()")
    assert ranked == ["Floods, seen from above", "Drones at the border"]
    answer = post_form(client, link(bo), action=address, having="act", act="take_back")
    assert answer.status_code == 303
    assert session.get(BreakoutWish, (breakout.id, bo.id)) is None


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"wish_1": "drones"}, ["thursday-wish_2"]),
        ({"wish_1": "drones", "wish_2": "drones"}, ["thursday-wish_2"]),
        ({"wish_1": "opening", "wish_2": "drones"}, ["thursday-wish_1"]),
        ({}, ["thursday-wish_1", "thursday-wish_2"]),
    ],
)
def test_what_is_wrong_is_said_beside_its_wish_and_nothing_is_kept(
    client: FlaskClient, session: Session, cast: Cast, values: dict[str, str], wrong: list[str]
) -> None:
    _event, _breakout, (bo, *_others) = an_event(cast)
    fields = {f"thursday-{name}": value for name, value in values.items()}
    answer = post_form(client, link(bo), action=f"{link(bo)}/wishes/thursday", **fields)
    assert answer.status_code == 422
    assert [
        href.lstrip("#") for href in html.fromstring(answer.data).xpath("//div[@data-takes-focus]//a/@href")
    ] == wrong
    assert session.scalars(select(BreakoutWish)).all() == []


def test_who_takes_part_online_is_not_asked_and_cannot_ask(client: FlaskClient, session: Session, cast: Cast) -> None:
    event, _breakout, (bo, *_others) = an_event(cast)
    online = make_registration(event, mode="online")
    assert "thursday-wish_1" in client.get(link(bo)).text
    assert "thursday-wish_1" not in client.get(link(online)).text
    wishes = {"thursday-wish_1": "floods", "thursday-wish_2": "drones"}
    answer = post_form(client, f"{link(online)}/wishes/thursday", having="thursday-wish_1", **wishes)
    assert answer.location == f"{link(online)}#wishes"
    assert session.scalars(select(BreakoutWish)).all() == []


def test_a_round_of_another_event_is_not_there(client: FlaskClient, cast: Cast) -> None:
    _event, _breakout, _people = an_event(cast)
    stranger = make_registration(make_event(onsite=5))
    assert client.get(f"{link(stranger)}/wishes/thursday").status_code == 404


def test_a_closed_round_takes_no_wish(client: FlaskClient, session: Session, cast: Cast) -> None:
    _event, breakout, (bo, *_others) = an_event(cast)
    page = client.get(f"{link(bo)}/wishes/thursday")
    fields = dict(html.fromstring(page.data).forms[-1].form_values())
    with transaction() as writing:
        writing.get_one(Breakout, breakout.id).closes_at = clock.now()
    fields |= {"thursday-wish_1": "floods", "thursday-wish_2": "drones"}
    assert client.post(f"{link(bo)}/wishes/thursday", data=fields).status_code == 303
    assert session.scalars(select(BreakoutWish)).all() == []
    assert client.get(f"{link(bo)}/wishes/thursday").status_code == 409


def test_a_session_dealt_by_wish_is_not_open_to_sign_up_before(client: FlaskClient, cast: Cast) -> None:
    event, breakout, (bo, *_others) = an_event(cast)
    with transaction() as session, pytest.raises(actions.sessions.NotPossibleNow):
        actions.sign_up(session, session.get_one(Registration, bo.id), "drones", now=clock.now())
    assert "Drones at the border" not in client.get(f"/events/{event.slug}/register").text
    deal_out(breakout)
    assert "Drones at the border" in client.get(f"/events/{event.slug}/register").text
    with transaction() as session:
        actions.sign_up(session, session.get_one(Registration, bo.id), "drones", now=clock.now())


def test_an_organiser_makes_changes_and_takes_away_a_round(session: Session, cast: Cast) -> None:
    event = make_event(slug="forum", owner=cast.ada, onsite=10)
    ada = cast.browser_of(cast.ada)
    assert "/manage/events/forum/breakouts" not in ada.get("/manage/events/forum/registrations").text
    make_parallel(event, drones=2, floods=2)
    make_parallel(event, starts_at=event.starts_at + timedelta(hours=5), data=2)
    assert "/manage/events/forum/breakouts" in ada.get("/manage/events/forum/registrations").text
    base = "/manage/events/forum/breakouts"
    answer = post_form(ada, f"{base}/new", name="Thursday", sessions=["drones", "data"], wishes_most="2")
    assert answer.status_code == 422
    assert "is over when “Data that may be shared” begins" in said(answer)
    answer = post_form(ada, f"{base}/new", name="Thursday", sessions=["drones", "floods"], wishes_most="2", fills="y")
    assert (answer.status_code, answer.location) == (303, f"{base}/thursday")
    assert "Thursday" in said(ada.get(base))
    values = {"name": "Friday", "sessions": ["drones", "floods"], "wishes_most": "1"}
    assert post_form(ada, f"{base}/thursday/edit", having="wishes_most", **values).status_code == 303
    made = session.scalars(select(Breakout)).one()
    assert (made.name, made.wishes_most, made.sessions, made.fills) == ("Friday", 1, ["drones", "floods"], True)
    assert post_form(ada, f"{base}/thursday", action=f"{base}/thursday/remove").location == base
    assert session.scalars(select(Breakout)).all() == []


def test_seen_confirmed_undone_and_dealt_again_by_the_same_seed(session: Session, cast: Cast) -> None:
    _event, breakout, people = an_event(cast)
    wish_all(breakout, [(one, ("drones", "floods")) for one in people])
    ada, base = cast.browser_of(cast.ada), "/manage/events/forum/breakouts/thursday"
    to = ada.get(f"{base}/preview").location
    assert to.startswith(f"{base}/preview?seed=")
    page = ada.get(f"{base}/preview?seed=tombola")
    assert "1 person would get none of their wishes" in said(page)
    assert taken(session) == {"drones": 0, "floods": 0}
    answer = post_form(ada, f"{base}/preview?seed=tombola", action=f"{base}/deal")
    assert answer.location == base
    assert taken(session) == {"drones": 1, "floods": 1}
    before = {row.registration_id: row.given for row in session.scalars(select(BreakoutWish))}
    check = said(ada.get(f"{base}/check"))
    assert "The run gave 3 people just what it gives them again now." in check
    assert post_form(ada, base, action=f"{base}/undo").status_code == 303
    assert taken(session) == {"drones": 0, "floods": 0}
    assert ada.get(f"{base}/preview").location == f"{base}/preview?seed=tombola"
    post_form(ada, f"{base}/preview?seed=tombola", action=f"{base}/deal")
    assert {row.registration_id: row.given for row in session.scalars(select(BreakoutWish))} == before


def test_a_preview_of_yesterday_deals_nothing(session: Session, cast: Cast) -> None:
    _event, breakout, people = an_event(cast)
    wish_all(breakout, [(one, ("drones", "floods")) for one in people])
    ada, base = cast.browser_of(cast.ada), "/manage/events/forum/breakouts/thursday"
    answer = post_form(ada, f"{base}/preview?seed=tombola", action=f"{base}/deal", digest="0" * 32)
    assert answer.location == f"{base}/preview?seed=tombola"
    assert taken(session) == {"drones": 0, "floods": 0}
    assert "People, wishes or seats have changed since you looked" in said(ada.get(answer.location))


def test_a_large_round_is_handed_to_the_worker(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dealt, "AT_ONCE", 2)
    _event, breakout, people = an_event(cast)
    wish_all(breakout, [(one, ("drones", "floods")) for one in people])
    ada, base = cast.browser_of(cast.ada), "/manage/events/forum/breakouts/thursday"
    here = f"{base}/preview?seed=tombola"
    assert post_form(ada, here, action=f"{base}/deal").location == here
    assert "The run begins in a moment" in said(ada.get(here))
    assert jobs.deal_breakouts(clock.now()) == 1
    assert "1 person would get none of their wishes" in said(ada.get(here))
    assert post_form(ada, here, action=f"{base}/deal").location == here
    assert "The seats are being dealt" in said(ada.get(here))
    assert taken(session) == {"drones": 0, "floods": 0}
    assert jobs.deal_breakouts(clock.now()) == 1
    assert taken(session) == {"drones": 1, "floods": 1}
    assert ada.get(here).location == base
    assert "eventsys registration check-deal forum thursday" in said(ada.get(f"{base}/check"))


def test_the_check_sees_what_was_tampered_with(session: Session, cast: Cast) -> None:
    _event, breakout, people = an_event(cast)
    wish_all(breakout, [(one, ("drones", "floods")) for one in people])
    deal_out(breakout)
    ada, base = cast.browser_of(cast.ada), "/manage/events/forum/breakouts/thursday"
    with transaction() as writing:
        one = writing.scalars(select(BreakoutWish).where(BreakoutWish.given.is_(None))).one()
        one.given, one.ranking = "drones", ["floods", "drones"]
    page = said(ada.get(f"{base}/check"))
    assert "The wishes of 1 person are kept otherwise than the run took them." in page
    assert "What 1 person got is kept otherwise than the run gave it." in page


def test_each_reads_what_they_got_and_why(client: FlaskClient, cast: Cast) -> None:
    _event, breakout, people = an_event(cast)
    wish_all(breakout, [(one, ("drones", "floods")) for one in people])
    run = deal_out(breakout)
    by_rank = {one.rank: one.person for one in run.deal.entries}
    pages = {rank: said(client.get(link(one))) for one in people for rank in by_rank if by_rank[rank] == one.id}
    assert "You got your first wish." in pages[1]
    assert "You got your wish number 2. “Drones at the border”: 3 people asked for 1 seat." in pages[2]
    assert "All your wishes were full." in pages[None]


def test_letters_say_session_room_rank_and_reason_in_the_persons_language(session: Session, cast: Cast) -> None:
    event, breakout, _people = an_event(cast, people=0)
    anna, bo = make_registration(event, language="de"), make_registration(event)
    wish_all(breakout, [(anna, ("drones", "floods")), (bo, ("drones", "floods"))])
    run = deal_out(breakout)
    rank = {one.person: one.rank for one in run.deal.entries}
    mails = session.scalars(select(OutboxMessage).where(OutboxMessage.maker == "registration.wish_dealt")).all()
    make = find_maker("registration.wish_dealt")
    assert make is not None
    arguments = [mail.arguments for mail in mails]
    letters = {one["registration_id"]: make(session, one) for one in arguments}
    mine = letters[bo.id]
    assert mine is not None
    session_of = {1: ("Drones at the border", "Room drones"), 2: ("Floods, seen from above", "Room floods")}
    title, room = session_of[rank[bo.id] or 0]
    assert mine.subject == f"Your session: {title}"
    assert room in mine.text
    assert ("first wish" if rank[bo.id] == 1 else "wish number 2") in mine.text
    assert "Wunsch" in letters[anna.id].text  # type: ignore[union-attr]
    undo(breakout)
    assert [make(session, one) for one in arguments] == [None, None]


def test_a_reminder_is_dropped_for_who_has_wished_meanwhile(session: Session, cast: Cast) -> None:
    _event, breakout, (bo, other, _third) = an_event(cast)
    ada, base = cast.browser_of(cast.ada), "/manage/events/forum/breakouts/thursday"
    assert post_form(ada, base, action=f"{base}/remind").location == base
    wish(breakout, bo, "drones", "floods")
    mails = session.scalars(select(OutboxMessage).where(OutboxMessage.maker == "registration.wish_reminder")).all()
    make = find_maker("registration.wish_reminder")
    assert make is not None
    letters = {mail.arguments["registration_id"]: make(session, mail.arguments) for mail in mails}
    assert letters[bo.id] is None
    assert "Floods, seen from above" in letters[other.id].text  # type: ignore[union-attr]


def test_lists_by_session_as_csv_and_xlsx(cast: Cast) -> None:
    _event, breakout, people = an_event(cast)
    wish_all(breakout, [(one, ("drones", "floods")) for one in people])
    deal_out(breakout)
    ada, base = cast.browser_of(cast.ada), "/manage/events/forum/breakouts/thursday"
    rows = list(csv.reader(io.StringIO(ada.get(f"{base}/people.csv").data.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["Drones at the border", "Floods, seen from above", "no seat"]
    assert [row[-1] for row in rows[1:]] == ["1", "2", ""]
    assert {row[4] for row in rows[1:]} == {"Berg 0", "Berg 1", "Berg 2"}
    assert ada.get(f"{base}/people.xlsx").data[:2] == b"PK"
    assert ada.get(f"{base}/people.pdf").status_code == 404


def test_pages_cost_the_same_for_one_and_thirty_people(client: FlaskClient, cast: Cast) -> None:
    event, breakout, people = an_event(cast, people=2)
    ada, base = cast.browser_of(cast.ada), "/manage/events/forum/breakouts"

    def costs() -> dict[str, int]:
        found = {}
        for path in (base, f"{base}/thursday", f"{base}/thursday/preview?seed=x"):
            with statements() as run:
                assert ada.get(path).status_code == 200
            found[path] = len(run)
        with statements() as run:
            client.get(link(people[0]))
        return found | {"personal": len(run)}

    wish(breakout, people[0], "drones", "floods")
    few = costs()
    more = [make_registration(event) for _ in range(28)]
    wish_all(breakout, [(one, ("drones", "floods")) for one in more])
    assert costs() == few
    deal_out(breakout)

    def dealt_cost() -> int:
        with statements() as run:
            assert ada.get(f"{base}/thursday?session=drones").status_code == 200
            assert ada.get(f"{base}/thursday/people.csv").status_code == 200
        return len(run)

    one_row = dealt_cost()
    with statements() as run:
        assert ada.get(f"{base}/thursday").status_code == 200
        assert ada.get(f"{base}/thursday/people.csv").status_code == 200
    assert len(run) == one_row


def test_the_personal_feed_holds_the_sessions_that_were_dealt(client: FlaskClient, cast: Cast) -> None:
    _event, breakout, people = an_event(cast)
    wish_all(breakout, [(one, ("drones", "floods")) for one in people])

    def titles(one: Registration) -> list[str]:
        lines = client.get(f"{link(one)}/calendar.ics").text.split("\r\n")
        return [line.removeprefix("SUMMARY:") for line in lines if line.startswith("SUMMARY:")]

    assert [len(titles(one)) for one in people] == [1, 1, 1]
    got = {one.person: one.session for one in deal_out(breakout).deal.entries}
    expected = {"drones": "Drones at the border", "floods": "Floods\\, seen from above"}
    assert [titles(one)[1:] for one in people] == [[expected[key]] if (key := got[one.id]) else [] for one in people]


def test_a_deal_is_checked_by_command(app: Flask, cast: Cast) -> None:
    _event, breakout, people = an_event(cast)
    wish_all(breakout, [(one, ("drones", "floods")) for one in people])

    def check() -> Any:
        return app.test_cli_runner().invoke(args=["registration", "check-deal", "forum", "thursday"])

    assert isinstance(check().exception, NotDealt)
    deal_out(breakout)
    assert check().output.startswith("thursday: 3 people, seed “a seed”: the same result again")
    with transaction() as session:
        session.scalars(select(BreakoutWish).where(BreakoutWish.given.is_(None))).one().given = "drones"
    assert isinstance(check().exception, DealDiffers)
