"""Seats go to the first who asks, freed ones to who waits longest, and each step is told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, queries
from eventsys.registration.errors import (
    AddressUnusable,
    AlreadyRegistered,
    EventCancelled,
    EventOver,
    ModeNotOffered,
    NotPossibleNow,
    OfferGone,
    RegistrationClosed,
    RegistrationNotOpen,
    SeatsGone,
)
from eventsys.registration.models import Mode, Registration, SeatPool, Ticket
from tests.factories import make_event, make_person, make_room
from tests.factories.registration import make_registration


def states(session: Session, event: Event) -> list[str]:
    session.expire_all()
    query = select(Registration.state).where(Registration.event_id == event.id).order_by(Registration.id)
    return list(session.scalars(query))


def pool(session: Session, event: Event, mode: Mode = Mode.ONSITE) -> tuple[int, int, int]:
    """taken, waiting, overbooked."""
    session.expire_all()
    row = session.scalars(select(SeatPool).where(SeatPool.event_id == event.id, SeatPool.mode == mode)).one()
    return row.taken, row.waiting, row.overbooked


def outbox(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.maker).order_by(OutboxMessage.id)))


def test_a_seat_brings_a_ticket_a_fact_and_a_letter(session: Session) -> None:
    event = make_event(onsite=1)
    bo = make_registration(event)
    ticket = session.scalars(select(Ticket)).one()
    assert (bo.state, ticket.registration_id, ticket.code[:4], len(ticket.code), len(ticket.short_code)) == (
        "confirmed", bo.id, "EV1:", 29, 8,
    )  # fmt: skip
    facts = session.execute(select(Fact.kind, Fact.actor).where(Fact.subject == "registration")).all()
    assert [tuple(row) for row in facts] == [("registration.confirmed", "registrant")]
    assert outbox(session) == ["registration.confirmed"]
    assert pool(session, event) == (1, 0, 0)


def test_beyond_the_seats_people_wait_and_hold_no_ticket(session: Session) -> None:
    event = make_event(onsite=1)
    make_registration(event)
    cyd = make_registration(event)
    assert states(session, event) == ["confirmed", "waiting"]
    assert session.scalars(select(Ticket.registration_id).where(Ticket.registration_id == cyd.id)).all() == []
    assert outbox(session) == ["registration.confirmed", "registration.waiting"]
    assert queries.place_in_queue(session, cyd) == 1


def test_who_waits_longest_moves_up_when_a_seat_is_freed(session: Session) -> None:
    event = make_event(onsite=1)
    people = [make_registration(event) for _ in range(4)]
    with transaction() as writing:
        actions.cancel(writing, people[0], now=clock.now())
    assert states(session, event) == ["cancelled", "confirmed", "waiting", "waiting"]
    assert [queries.place_in_queue(session, people[2]), queries.place_in_queue(session, people[3])] == [1, 2]
    with transaction() as writing:
        actions.cancel(writing, people[2], now=clock.now())
        actions.cancel(writing, people[1], now=clock.now())
    assert states(session, event) == ["cancelled", "cancelled", "cancelled", "confirmed"]
    assert pool(session, event) == (1, 0, 0)


def test_more_seats_let_in_who_waits_in_their_order(session: Session) -> None:
    event = make_event(onsite=1)
    for _ in range(5):
        make_registration(event)
    with transaction() as writing:
        assert actions.set_seats(writing, event, Mode.ONSITE, 3, now=clock.now()) == 2
    assert states(session, event) == ["confirmed", "confirmed", "confirmed", "waiting", "waiting"]
    with transaction() as writing:
        assert actions.set_seats(writing, event, Mode.ONSITE, None, now=clock.now()) == 2
    assert pool(session, event) == (5, 0, 0)


def test_fewer_seats_take_nobodys_seat_away_and_give_none_until_people_left(session: Session) -> None:
    event = make_event(onsite=3)
    people = [make_registration(event) for _ in range(3)]
    with transaction() as writing:
        actions.set_seats(writing, event, Mode.ONSITE, 2, now=clock.now())
    assert pool(session, event) == (3, 0, 1)
    make_registration(event)
    with transaction() as writing:
        actions.cancel(writing, people[0], now=clock.now())
    assert states(session, event) == ["cancelled", "confirmed", "confirmed", "waiting"]
    assert pool(session, event) == (2, 1, 0)
    with transaction() as writing:
        actions.cancel(writing, people[1], now=clock.now())
    assert states(session, event) == ["cancelled", "cancelled", "confirmed", "confirmed"]


def test_an_organiser_overbooks_knowingly_and_the_timeline_says_so(session: Session) -> None:
    event = make_event(onsite=1)
    first = make_registration(event)
    make_registration(event, overbook=True)
    assert pool(session, event) == (2, 0, 1)
    fact = session.scalars(select(Fact).where(Fact.subject == "registration").order_by(Fact.id.desc())).first()
    assert fact is not None
    assert fact.data["is_overbooked"] is True
    make_registration(event)
    with transaction() as writing:
        actions.cancel(writing, first, now=clock.now())
    assert states(session, event) == ["cancelled", "confirmed", "waiting"]


def test_without_a_waiting_list_the_refusal_names_what_is_still_possible(session: Session) -> None:
    event = make_event(onsite=1, online=5, waiting_list="none")
    make_registration(event)
    with pytest.raises(SeatsGone) as refused:
        make_registration(event)
    assert "online" in str(refused.value)
    assert states(session, event) == ["confirmed"]
    assert pool(session, event) == (1, 0, 0)
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


def test_an_address_registers_once_however_it_is_written_and_anew_after_cancelling(session: Session) -> None:
    event = make_event()
    bo = make_registration(event, email="Bo@Example.ORG")
    with pytest.raises(AlreadyRegistered) as refused:
        make_registration(event, email="bo@example.org")
    assert refused.value.registration_id == bo.id
    with transaction() as writing:
        actions.cancel(writing, bo, now=clock.now())
    again = make_registration(event, email="bo@example.org")
    assert (again.id != bo.id, states(session, event)) == (True, ["cancelled", "confirmed"])


@pytest.mark.parametrize("email", ["bo", "bo@", "bo@exa mple.org", "bo@example.org\nBcc: all@example.org", "@x.org"])
def test_an_address_that_mail_cannot_reach_is_refused(session: Session, email: str) -> None:
    event = make_event()
    with pytest.raises(AddressUnusable):
        make_registration(event, email=email)
    assert states(session, event) == []


def test_the_window_of_registration(session: Session) -> None:
    now = clock.now()
    event = make_event(opens_at=now + timedelta(hours=1), closes_at=now + timedelta(hours=2))
    with pytest.raises(RegistrationNotOpen):
        make_registration(event)
    assert make_registration(event, now=now + timedelta(hours=1)).state == "confirmed"
    with pytest.raises(RegistrationClosed):
        make_registration(event, now=now + timedelta(hours=2))
    assert make_registration(event, by_organiser=True).state == "confirmed"


def test_nobody_registers_for_what_is_cancelled_over_a_draft_or_not_offered(session: Session) -> None:
    with pytest.raises(EventCancelled):
        make_registration(make_event(status="cancelled"))
    with pytest.raises(RegistrationNotOpen):
        make_registration(make_event(status="draft"))
    event = make_event()
    with pytest.raises(EventOver):
        make_registration(event, now=event.ends_at)
    with pytest.raises(ModeNotOffered):
        make_registration(event, mode=Mode.ONLINE)
    assert states(session, event) == []


def test_an_offer_holds_the_seat_until_its_deadline_and_then_goes_to_the_next(session: Session) -> None:
    event = make_event(onsite=1, waiting_list="offers")
    people = [make_registration(event) for _ in range(4)]
    now = clock.now()
    with transaction() as writing:
        actions.cancel(writing, people[0], now=now)
    assert states(session, event) == ["cancelled", "offered", "waiting", "waiting"]
    assert pool(session, event) == (1, 2, 0)
    with transaction() as writing:
        assert actions.expire_offers(writing, event, now=now + timedelta(hours=47)) == 0
        assert actions.expire_offers(writing, event, now=now + timedelta(hours=48)) == 1
    assert states(session, event) == ["cancelled", "cancelled", "offered", "waiting"]
    with transaction() as writing:
        actions.decline_offer(writing, people[2], now=now)
    with transaction() as writing:
        actions.accept_offer(writing, people[3], now=now)
    assert states(session, event) == ["cancelled", "cancelled", "cancelled", "confirmed"]
    assert outbox(session) == [
        "registration.confirmed", "registration.waiting", "registration.waiting", "registration.waiting",
        "registration.offered", "registration.cancelled", "registration.offered", "registration.offer_expired",
        "registration.offered", "registration.cancelled", "registration.confirmed",
    ]  # fmt: skip


def test_an_offer_cannot_be_accepted_after_its_deadline(session: Session) -> None:
    event = make_event(onsite=1, waiting_list="offers")
    people = [make_registration(event) for _ in range(2)]
    now = clock.now()
    with transaction() as writing:
        actions.cancel(writing, people[0], now=now)
    with pytest.raises(OfferGone), transaction() as writing:
        actions.accept_offer(writing, people[1], now=now + timedelta(hours=48))
    assert states(session, event) == ["cancelled", "offered"]


def test_switching_takes_the_new_seat_first_and_gives_the_old_one_to_the_next(session: Session) -> None:
    event = make_event(onsite=1, online=1)
    bo, cyd = make_registration(event), make_registration(event)
    with transaction() as writing:
        actions.switch_mode(writing, bo, Mode.ONLINE, now=clock.now())
    assert states(session, event) == ["confirmed", "confirmed"]
    assert (pool(session, event), pool(session, event, Mode.ONLINE)) == ((1, 0, 0), (1, 0, 0))
    with pytest.raises(SeatsGone), transaction() as writing:
        actions.switch_mode(writing, cyd, Mode.ONLINE, now=clock.now())
    session.expire_all()
    assert (cyd.mode, cyd.state, pool(session, event)) == ("onsite", "confirmed", (1, 0, 0))


def test_who_waits_on_site_may_take_a_place_online_instead(session: Session) -> None:
    event = make_event(onsite=1, online=None)
    make_registration(event)
    cyd = make_registration(event)
    with transaction() as writing:
        actions.switch_mode(writing, cyd, Mode.ONLINE, now=clock.now())
    assert states(session, event) == ["confirmed", "confirmed"]
    assert (pool(session, event), pool(session, event, Mode.ONLINE)) == ((1, 0, 0), (1, 0, 0))


def test_an_application_awaits_a_decision_and_holds_no_seat(session: Session) -> None:
    event = make_event(onsite=1, has_approval=True)
    people = [make_registration(event) for _ in range(3)]
    assert pool(session, event) == (0, 0, 0)
    with transaction() as writing:
        for person in people[:2]:
            actions.approve(writing, person, now=clock.now())
        actions.decline(writing, people[2], now=clock.now())
    assert states(session, event) == ["confirmed", "waiting", "declined"]


def test_restoring_asks_for_a_seat(session: Session) -> None:
    event = make_event(onsite=1, waiting_list="none")
    bo = make_registration(event)
    with transaction() as writing:
        actions.cancel(writing, bo, now=clock.now())
    make_registration(event)
    with pytest.raises(SeatsGone), transaction() as writing:
        actions.restore(writing, bo, now=clock.now())
    assert (states(session, event), pool(session, event)) == (["cancelled", "confirmed"], (1, 0, 0))
    with transaction() as writing:
        actions.restore(writing, bo, now=clock.now(), overbook=True)
    assert (states(session, event), pool(session, event)) == (["confirmed", "confirmed"], (2, 0, 1))
    assert session.scalar(select(func.count()).select_from(Ticket).where(Ticket.registration_id == bo.id)) == 1


def test_who_registered_anew_is_not_restored_beside_themselves(session: Session) -> None:
    event = make_event()
    bo = make_registration(event, email="bo@example.org")
    with transaction() as writing:
        actions.cancel(writing, bo, now=clock.now())
    make_registration(event, email="bo@example.org")
    with pytest.raises(AlreadyRegistered), transaction() as writing:
        actions.restore(writing, bo, now=clock.now())
    assert states(session, event) == ["cancelled", "confirmed"]


def test_a_cancelled_registration_cannot_be_cancelled_again(session: Session) -> None:
    event = make_event(onsite=1)
    bo = make_registration(event)
    with transaction() as writing:
        actions.cancel(writing, bo, now=clock.now())
    with pytest.raises(NotPossibleNow), transaction() as writing:
        actions.cancel(writing, bo, now=clock.now())
    assert pool(session, event) == (0, 0, 0)


def test_the_people_of_the_programme_come_in_with_one_act_and_once(session: Session) -> None:
    event = make_event(onsite=3)
    for name in ("Ioanna Papadaki", "Plato", "Mary Ann van den Berg"):
        make_person(event, name, affiliation="CERTH")
    with transaction() as writing:
        added = actions.register_programme_people(writing, event, now=clock.now())
    assert [(one.first_name, one.last_name, one.type) for one in added] == [
        ("Ioanna", "Papadaki", "speaker"), ("Plato", "", "speaker"), ("Mary Ann van den", "Berg", "speaker"),
    ]  # fmt: skip
    with transaction() as writing:
        assert actions.register_programme_people(writing, event, now=clock.now()) == []
    assert (pool(session, event), outbox(session)) == ((3, 0, 0), [])


def test_a_replaced_ticket_stays_known(session: Session) -> None:
    event = make_event()
    bo = make_registration(event)
    old = queries.current_ticket(session, bo.id)
    with transaction() as writing:
        actions.replace_ticket(writing, bo, now=clock.now())
    new = queries.current_ticket(session, bo.id)
    session.expire_all()
    assert old is not None
    assert new is not None
    assert (old.code != new.code, old.replaced_at is not None) == (True, True)


def test_seats_follow_the_largest_room_where_nobody_set_them(session: Session) -> None:
    event = make_event()
    with transaction() as writing:
        for row in writing.scalars(select(SeatPool)):
            writing.delete(row)
    make_room(event, "Small", seats=2)
    make_room(event, "Large", seats=7)
    assert [queries.seats(session, event.id)[mode].seats for mode in Mode] == [7, 0]
    make_registration(event)
    assert pool(session, event) == (1, 0, 0)
    assert [queries.seats(session, event.id)[mode].left for mode in Mode] == [6, 0]


def test_a_changed_address_needs_its_owners_yes(session: Session) -> None:
    event = make_event()
    bo = make_registration(event, email="bo@example.org")
    make_registration(event, email="cyd@example.org")
    with transaction() as writing:
        change = actions.request_email_change(writing, bo, "New@example.org", now=clock.now())
        clash = actions.request_email_change(writing, bo, "cyd@example.org", now=clock.now())
    assert bo.email == "bo@example.org"
    with pytest.raises(AlreadyRegistered), transaction() as writing:
        actions.confirm_email(writing, clash, now=clock.now())
    with transaction() as writing:
        actions.confirm_email(writing, change, now=clock.now())
    session.expire_all()
    assert (bo.email, bo.email_key) == ("New@example.org", "new@example.org")
    assert outbox(session)[-2:] == ["registration.address_given_up", "registration.address_taken"]
    with pytest.raises(NotPossibleNow), transaction() as writing:
        actions.confirm_email(writing, change, now=clock.now())


def test_the_link_is_sent_again_at_most_once_in_ten_minutes(session: Session) -> None:
    event = make_event()
    bo = make_registration(event)
    now = clock.now()
    with transaction() as writing:
        sent = [actions.send_link(writing, bo, now=now), actions.send_link(writing, bo, now=now)]
        sent.append(actions.send_link(writing, bo, now=now + timedelta(minutes=10)))
    assert sent == [True, False, True]
