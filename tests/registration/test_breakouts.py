"""Rounds that people wish for: what makes one, who may wish, and a deal that is exact, told, repeated and undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.facts import Fact
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, jobs
from eventsys.registration.actions import breakouts, dealing_out
from eventsys.registration.dealing import Got
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.errors.breakouts import (
    BreakoutUnfit,
    DealOutdated,
    DealtAlready,
    WishesClosed,
    WishesOpen,
    WishUnusable,
)
from eventsys.registration.models import Breakout, BreakoutWish, Registration, Seat, SeatPool, SeatState
from eventsys.registration.queries import dealt as outcomes
from tests.counting import statements
from tests.factories import make_event, make_session
from tests.factories.breakouts import (
    deal_out,
    deal_seen,
    look_at,
    make_parallel,
    make_round,
    shape_of,
    undo,
    wish,
    wish_all,
)
from tests.factories.registration import make_registration

pytestmark = pytest.mark.usefixtures("session")


def seated(session: Session, event: Event) -> dict[str, list[int]]:
    """Who sits in which session; every pool counts just its rows."""
    session.rollback()
    session.expire_all()
    found: dict[str, list[int]] = {}
    for pool in session.scalars(select(SeatPool).where(SeatPool.event_id == event.id)):
        rows = session.scalars(select(Seat).where(Seat.pool_id == pool.id).order_by(Seat.registration_id)).all()
        taken = [row.registration_id for row in rows if row.state == SeatState.TAKEN]
        assert pool.taken == len(taken)
        assert pool.waiting == sum(row.state == SeatState.WANTED for row in rows)
        if pool.kind == "session":
            found[pool.key] = taken
    return found


def facts(session: Session, prefix: str = "registration.wish") -> list[str]:
    return list(
        session.scalars(select(Fact.kind).where(Fact.kind.startswith(prefix, autoescape=True)).order_by(Fact.id))
    )


def letters(session: Session) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.maker == "registration.wish_dealt").order_by(OutboxMessage.id)
    return list(session.scalars(query))


def a_round(people: int = 4, floods: int = 2, **values: Any) -> tuple[Event, Breakout, list[Registration]]:
    """One seat with the drones, some with the floods; everybody wishes for the drones first."""
    event = make_event(onsite=100)
    make_parallel(event, drones=1, floods=floods)
    found = [make_registration(event) for _ in range(people)]
    breakout = make_round(event, "drones", "floods", **values)
    wish_all(breakout, [(one, ("drones", "floods")) for one in found])
    return event, breakout, found


def test_a_round_is_of_sessions_that_run_at_the_same_time() -> None:
    event = make_event()
    make_parallel(event, drones=3, floods=3)
    make_parallel(event, starts_at=event.starts_at + timedelta(hours=5), data=3)
    with pytest.raises(BreakoutUnfit) as refused:
        make_round(event, "drones", "data")
    assert str(refused.value).startswith("“Drones at the border” is over when “Data that may be shared” begins")
    with pytest.raises(BreakoutUnfit):
        make_round(event, "drones")
    with pytest.raises(BreakoutUnfit):
        make_round(event, "drones", "floods", wishes_most=3)
    late = event.starts_at + timedelta(hours=3)
    with pytest.raises(BreakoutUnfit):
        make_round(event, "drones", "floods", closes_at=late)
    make_round(event, "drones", "floods")
    with pytest.raises(BreakoutUnfit) as refused:
        make_round(event, "floods", "drones")
    assert str(refused.value) == "“Drones at the border” is in another round already."


def test_a_session_without_seats_of_its_own_makes_no_round() -> None:
    event = make_event()
    make_parallel(event, drones=3)
    make_session(event, "For everybody", key="open", starts_at=event.starts_at + timedelta(hours=2))
    with pytest.raises(BreakoutUnfit):
        make_round(event, "drones", "open")


def test_rounds_of_one_name_have_keys_of_their_own_and_none_is_called_new() -> None:
    event = make_event()
    make_parallel(event, a=1, b=1)
    make_parallel(event, c=1, d=1)
    assert [make_round(event, *keys, name="New").key for keys in (("a", "b"), ("c", "d"))] == ["new-2", "new-3"]


def test_everybody_ranks_the_same_number_and_may_change_it(session: Session) -> None:
    event = make_event()
    make_parallel(event, drones=3, floods=3, data=3)
    bo, breakout = make_registration(event), make_round(event, "drones", "floods", "data")
    for wrong in (("drones",), ("drones", "drones"), ("drones", "floods", "data"), ("drones", "opening"), ()):
        with pytest.raises(WishUnusable):
            wish(breakout, bo, *wrong)
    assert wish(breakout, bo, "drones", "floods") is True
    assert wish(breakout, bo, "drones", "floods") is False
    assert wish(breakout, bo, "data", "floods") is True
    session.expire_all()
    assert session.get_one(BreakoutWish, (breakout.id, bo.id)).ranking == ["data", "floods"]
    assert facts(session) == ["registration.wished", "registration.wished"]


def test_only_who_is_in_and_on_site_wishes_until_it_closes(session: Session) -> None:
    event = make_event(onsite=1, online=None)
    make_parallel(event, drones=3, floods=3)
    closes = clock.now() + timedelta(hours=2)
    breakout = make_round(event, "drones", "floods", closes_at=closes)
    bo, waiting, online = make_registration(event), make_registration(event), make_registration(event, mode="online")
    for other in (waiting, online):
        with pytest.raises(NotPossibleNow):
            wish(breakout, other, "drones", "floods")
    with pytest.raises(WishesClosed):
        wish(breakout, bo, "drones", "floods", now=closes)
    wish(breakout, bo, "drones", "floods", now=closes - timedelta(seconds=1))
    assert session.scalar(select(func.count()).select_from(BreakoutWish)) == 1


def test_who_has_wished_holds_the_choice_still(session: Session) -> None:
    event, breakout, _people = a_round()
    make_parallel(event, data=2)
    with transaction() as writing:
        known = writing.get_one(Breakout, breakout.id)
        with pytest.raises(BreakoutUnfit):
            breakouts.change(writing, known, shape_of("drones", "floods", "data"), now=clock.now())
        breakouts.change(writing, known, shape_of("drones", "floods", name="Friday", fills=True), now=clock.now())
    session.expire_all()
    assert (breakout.name, breakout.fills, breakout.key) == ("Friday", True, "thursday")


def test_seats_are_dealt_as_it_was_seen_and_the_pools_stay_exact(session: Session) -> None:
    event, breakout, people = a_round()
    seen = look_at(breakout)
    assert seated(session, event) == {"drones": [], "floods": []}
    run = deal_out(breakout)
    assert run.deal == seen.deal
    after = seated(session, event)
    assert {key: len(ids) for key, ids in after.items()} == {"drones": 1, "floods": 2}
    given = {row.registration_id: row.given for row in session.scalars(select(BreakoutWish))}
    assert {key: sorted(one for one in given if given[one] == key) for key in after} == after
    assert sorted(facts(session, "registration.wish_")) == [
        "registration.wish_dealt", "registration.wish_dealt", "registration.wish_dealt", "registration.wish_missed",
    ]  # fmt: skip
    told = letters(session)
    assert {one.arguments["registration_id"] for one in told} == {one.id for one in people}
    assert {one.due_at for one in told} == {breakout.dealt_at + timedelta(minutes=2)}  # type: ignore[operator]
    with pytest.raises(DealtAlready):
        deal_out(breakout)


def test_nothing_is_dealt_when_anything_has_changed_since(session: Session) -> None:
    event, breakout, people = a_round()
    digest = look_at(breakout).digest
    wish(breakout, people[0], "floods", "drones")
    with pytest.raises(DealOutdated):
        deal_seen(breakout, digest)
    assert seated(session, event) == {"drones": [], "floods": []}
    assert letters(session) == []


def test_an_open_round_is_not_dealt_until_it_is_closed(session: Session) -> None:
    _event, breakout, _people = a_round(closes_at=clock.now() + timedelta(days=1))
    with pytest.raises(WishesOpen):
        deal_out(breakout)
    with transaction() as writing:
        breakouts.close(writing, writing.get_one(Breakout, breakout.id), now=clock.now())
    assert len(deal_out(breakout).deal.given()) == 3


def test_who_sits_there_keeps_the_seat_and_overlapping_seats_bar(session: Session) -> None:
    event, breakout, people = a_round(people=3)
    make_parallel(event, data=5)
    keeper, busy = make_registration(event), people[0]
    with transaction() as writing:
        held = actions.hold_all(writing, writing.get_one(Event, event.id))
        pools = {pool.key: pool.id for pool in held.pools.values()}
        dealing_out.seats.take(writing, writing.get_one(Registration, keeper.id), held, [pools["drones"]])
        dealing_out.seats.take(writing, writing.get_one(Registration, busy.id), held, [pools["data"]])
    run = deal_out(breakout)
    got = {one.person: (one.got, one.session) for one in run.deal.entries}
    assert got[keeper.id] == (Got.KEPT, "drones")
    assert got[busy.id] == (Got.MISSED, None)
    assert seated(session, event) == {
        "drones": [keeper.id], "floods": sorted(one.id for one in people[1:]), "data": [busy.id]
    }  # fmt: skip


def test_who_only_holds_an_offer_is_dealt_nothing_and_takes_a_seat_where_they_sit(session: Session) -> None:
    event, breakout, people = a_round(people=3, fills=True)
    with transaction() as writing:
        held = actions.hold_all(writing, writing.get_one(Event, event.id))
        pools = {pool.key: pool.id for pool in held.pools.values()}
        offered = writing.get_one(Registration, people[0].id)
        dealing_out.seats.take(writing, offered, held, [pools["drones"]])
        offered.state = "offered"
    run = deal_out(breakout)
    assert {one.person: one.got for one in run.deal.entries}[people[0].id] == Got.KEPT
    assert seated(session, event) == {"drones": [people[0].id], "floods": [people[1].id, people[2].id]}


def test_what_is_left_goes_to_those_without_a_wish_where_the_organiser_wants_so(session: Session) -> None:
    event = make_event(onsite=10)
    make_parallel(event, drones=2, floods=2)
    people = [make_registration(event) for _ in range(3)]
    breakout = make_round(event, "drones", "floods", fills=True)
    wish(breakout, people[0], "drones", "floods")
    deal_out(breakout)
    after = seated(session, event)
    assert people[0].id in after["drones"]
    assert sorted(after["drones"] + after["floods"]) == [one.id for one in people]
    # Who made no wish is told too: they have a seat they do not know of.
    assert len(letters(session)) == 3


def test_who_missed_before_chooses_first_in_the_next_round(session: Session) -> None:
    event, first, people = a_round(people=4)
    make_parallel(event, starts_at=event.starts_at + timedelta(hours=5), data=1, hackathon=3)
    deal_out(first)
    seats = seated(session, event)
    missed = next(one for one in people if one.id not in seats["drones"] + seats["floods"])
    second = make_round(event, "data", "hackathon", name="Afternoon")
    wish_all(second, [(one, ("data", "hackathon")) for one in people])
    run = deal_out(second, "another seed")
    assert {one.place: one.person for one in run.deal.entries}[1] == missed.id
    assert seated(session, event)["data"] == [missed.id]


def test_undone_before_the_letters_leave_it_is_dealt_again_just_the_same(session: Session) -> None:
    event, breakout, people = a_round(floods=4, fills=True)
    extra = make_registration(event)
    make_parallel(event, data=1)
    deal_out(breakout)
    before = seated(session, event)
    assert extra.id in before["floods"]
    assert undo(breakout) == 5
    assert seated(session, event) == {"drones": [], "floods": [], "data": []}
    assert letters(session) == []
    rows = session.scalars(select(BreakoutWish).order_by(BreakoutWish.registration_id)).all()
    assert [(row.registration_id, row.given) for row in rows] == [(one.id, None) for one in people]
    assert extra.id not in [row.registration_id for row in rows]
    assert outcomes.last_seed(session, breakout.id) == "a seed"
    deal_out(breakout)
    assert seated(session, event) == before
    assert len(letters(session)) == len(people) + 1


def test_when_the_letters_have_left_it_stays(session: Session) -> None:
    event, breakout, _people = a_round()
    deal_out(breakout)
    before = seated(session, event)
    with pytest.raises(NotPossibleNow):
        undo(breakout, now=clock.now() + timedelta(minutes=2))
    assert seated(session, event) == before
    assert len(letters(session)) == 4


def test_who_gave_the_seat_up_since_is_left_alone_by_the_undoing(session: Session) -> None:
    event, breakout, people = a_round(people=3)
    deal_out(breakout)
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, people[0].id), now=clock.now())
    assert undo(breakout) == 2
    assert seated(session, event) == {"drones": [], "floods": []}


def test_wishes_for_a_cancelled_session_are_passed_over(session: Session) -> None:
    event, breakout, people = a_round(people=2)
    with transaction() as writing:
        entry = writing.scalar(select(AgendaSession).where(AgendaSession.key == "drones"))
        assert entry is not None
        entry.status = SessionStatus.CANCELLED
    deal_out(breakout)
    assert seated(session, event) == {"drones": [], "floods": [one.id for one in people]}


def test_those_who_have_not_wished_are_asked_once_a_day(session: Session) -> None:
    event = make_event(onsite=10)
    make_parallel(event, drones=2, floods=2)
    wished, silent = make_registration(event), make_registration(event)
    make_registration(event, email=None)
    breakout = make_round(event, "drones", "floods")
    wish(breakout, wished, "drones", "floods")
    now = clock.now()

    def remind(at: Any) -> int:
        with transaction() as writing:
            return breakouts.remind_batch(writing, writing.get_one(Breakout, breakout.id), after=0, now=at)[0]

    assert [remind(now), remind(now), remind(now + timedelta(days=1))] == [1, 0, 1]
    query = select(OutboxMessage.arguments).where(OutboxMessage.maker == "registration.wish_reminder")
    assert {row["registration_id"] for row in session.scalars(query)} == {silent.id}


def test_a_large_round_is_calculated_by_the_worker_and_dealt_as_it_was_seen(session: Session) -> None:
    event, breakout, _people = a_round()
    with transaction() as writing:
        known = writing.get_one(Breakout, breakout.id)
        dealing_out.ask_run(writing, known, "typed", actor="user:7", now=clock.now())
    assert jobs.deal_breakouts(clock.now()) == 1
    assert jobs.deal_breakouts(clock.now()) == 0
    run = outcomes.run_of(session, breakout.id)
    assert (run["state"], run["seed"]) == ("ready", "typed")
    assert run["digest"] == look_at(breakout, "typed").digest
    assert seated(session, event) == {"drones": [], "floods": []}
    with transaction() as writing:
        known = writing.get_one(Breakout, breakout.id)
        dealing_out.ask_deal(writing, known, "typed", run["digest"], actor="user:7", now=clock.now())
    assert jobs.deal_breakouts(clock.now()) == 1
    assert {key: len(ids) for key, ids in seated(session, event).items()} == {"drones": 1, "floods": 2}
    session.expire_all()
    assert (breakout.seed, breakout.dealt_by) == ("typed", "user:7")
    assert {fact.actor for fact in session.scalars(select(Fact).where(Fact.kind == "registration.wish_dealt"))} == {
        "user:7"
    }


def test_the_worker_deals_nothing_that_has_changed_since(session: Session) -> None:
    event, breakout, people = a_round()
    with transaction() as writing:
        dealing_out.ask_run(writing, writing.get_one(Breakout, breakout.id), "typed", actor="user:7", now=clock.now())
    jobs.deal_breakouts(clock.now())
    digest = outcomes.run_of(session, breakout.id)["digest"]
    with transaction() as writing:
        known = writing.get_one(Breakout, breakout.id)
        dealing_out.ask_deal(writing, known, "typed", digest, actor="user:7", now=clock.now())
        actions.cancel(writing, writing.get_one(Registration, people[0].id), now=clock.now())
    jobs.deal_breakouts(clock.now())
    session.expire_all()
    run = outcomes.run_of(session, breakout.id)
    assert (run["state"], run["why"]) == ("failed", "deal_outdated")
    assert seated(session, event) == {"drones": [], "floods": []}


def test_a_deal_costs_the_same_reads_for_two_people_and_for_thirty(session: Session) -> None:
    """Each person's timeline and letter are one statement each; nothing else grows."""

    def cost(people: int) -> int:
        _event, breakout, _people = a_round(people=people)
        digest = look_at(breakout).digest
        with transaction() as writing, statements() as run:
            known = writing.get_one(Breakout, breakout.id)
            dealing_out.carry_out(writing, known, "a seed", digest, actor="user:1", now=clock.now())
        return sum(not one.startswith(("INSERT INTO fact", "INSERT INTO outbox")) for one in run)

    assert cost(4) == cost(30)


def test_a_refused_wish_leaves_nothing(session: Session) -> None:
    event = make_event()
    make_parallel(event, drones=3, floods=3)
    bo, breakout = make_registration(event), make_round(event, "drones", "floods")
    with pytest.raises(Refusal):
        wish(breakout, bo, "drones")
    assert session.scalar(select(func.count()).select_from(BreakoutWish)) == 0
    assert facts(session) == []


def test_a_round_taken_away_while_it_is_calculated_ends_the_run(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _event, breakout, _people = a_round()
    with transaction() as writing:
        dealing_out.ask_run(writing, writing.get_one(Breakout, breakout.id), "typed", actor="user:7", now=clock.now())
    calculate = dealing_out.calculate

    def slowly(*args: Any, **values: Any) -> Any:
        run = calculate(*args, **values)
        with transaction() as writing:
            breakouts.remove(writing, writing.get_one(Breakout, breakout.id), now=clock.now())
        return run

    monkeypatch.setattr(dealing_out, "calculate", slowly)
    assert jobs.deal_breakouts(clock.now()) == 0
    assert session.scalars(select(Breakout)).all() == []
