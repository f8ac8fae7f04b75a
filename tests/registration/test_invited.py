"""Ways in besides the open form: invitations, codes and domains, groups, seats handed on. Counters and rows agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Outcome
from eventsys.checkin.rules import Entry, Holder, Place, judge
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, queries
from eventsys.registration.entries import NewEntry
from eventsys.registration.errors import (
    AlreadyRegistered,
    CodeUnknown,
    GroupNotSeated,
    GroupTooBig,
    InvitationGone,
    InvitationNeeded,
    InvitationTaken,
    NotPossibleNow,
    OfferGone,
    SeatsGone,
    SubstitutionNotOffered,
)
from eventsys.registration.letters import MAKERS
from eventsys.registration.models import (
    Admission,
    Invitation,
    Mode,
    PoolKind,
    Registration,
    RegistrationSettings,
    RegistrationType,
    Seat,
    SeatPool,
    SeatState,
    State,
    Ticket,
)
from eventsys.registration.queries import invited as asked
from eventsys.registration.rules import invited as rules
from eventsys.registration.wording import Named, fact_words
from tests.factories import make_event
from tests.factories.registration import make_registration

SOON = timedelta(days=3)
NOBODY = Named({}, {})


@pytest.fixture(autouse=True)
def _counts_are_right(session: Session) -> Iterator[None]:
    """After every test the counters are what the rows say, and every fact of a timeline has its words."""
    yield
    session.rollback()
    session.expire_all()
    for pool in session.scalars(select(SeatPool)):
        states = session.scalars(select(Seat.state).where(Seat.pool_id == pool.id)).all()
        assert (pool.taken, pool.waiting) == (states.count("taken"), states.count("wanted")), (pool.kind, pool.key)
    for person in session.scalars(select(Registration)):
        for fact in queries.timeline_of(session, person.id):
            assert not fact_words(fact, NOBODY).startswith("registration."), fact.kind


def entry(name: str = "Cyd", **values: Any) -> NewEntry:
    defaults: dict[str, Any] = {
        "first_name": name,
        "email": f"{name.lower()}@example.org",
        "mode": Mode.ONSITE,
        "privacy_text_hash": "0" * 64,
        "privacy_text": "What we do with it.",
    }
    return NewEntry(**(defaults | values))


def settle(event: Event, **values: Any) -> None:
    with transaction() as session:
        settings = session.get_one(RegistrationSettings, event.id)
        for name, value in values.items():
            setattr(settings, name, value)


def invite(event: Event, name: str = "Cyd", **values: Any) -> Registration:
    options = {key: values.pop(key) for key in ("keeps_seat", "overbook", "until") if key in values}
    options.setdefault("until", clock.now() + SOON)
    with transaction(actor="user:1") as session:
        return actions.invite(
            session, session.get_one(Event, event.id), entry(name, **values), now=clock.now(), **options
        )


def accept(person: Registration, **values: Any) -> Registration:
    with transaction(actor="registrant") as session:
        known = session.get_one(Registration, person.id)
        actions.accept_invitation(session, known, entry("Cyd", last_name="Doe", **values), now=clock.now())
    return known


def told(session: Session, person: Registration) -> list[str]:
    """What was told to a person, in order."""
    session.rollback()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [
        row.maker.removeprefix("registration.") for row in rows if row.arguments.get("registration_id") == person.id
    ]


def letter(session: Session, person: Registration, what: str) -> Any:
    made = MAKERS[f"registration.{what}"](session, {"registration_id": person.id})
    assert made is not None
    return made


def deeds(session: Session, person: Registration) -> list[str]:
    return [fact.kind.removeprefix("registration.") for fact in queries.timeline_of(session, person.id)]


def taken(session: Session, event: Event) -> int:
    session.rollback()
    return queries.seats(session, event.id)[Mode.ONSITE].taken


# Personal invitations


def test_an_invitation_keeps_the_last_seat(session: Session) -> None:
    event = make_event(onsite=1)
    cyd = invite(event)
    assert (cyd.state, cyd.email, taken(session, event)) == (State.INVITED, "cyd@example.org", 1)
    assert make_registration(event).state == State.WAITING
    assert told(session, cyd) == ["invited"]
    said = letter(session, cyd, "invited")
    assert ("kept for you" in said.text, f"/r/{queries.link_of(cyd)}" in said.text) == (True, True)


def test_accepting_completes_the_details_and_confirms(session: Session) -> None:
    event = make_event(onsite=1)
    cyd = accept(invite(event), organisation="Harbour Police")
    assert (cyd.state, cyd.last_name, cyd.organisation) == (State.CONFIRMED, "Doe", "Harbour Police")
    assert (cyd.privacy_accepted_at is not None, cyd.address_confirmed_at is not None) == (True, True)
    assert taken(session, event) == 1
    assert queries.current_ticket(session, cyd.id) is not None
    assert deeds(session, cyd)[0] == "invited"
    assert "invitation_accepted" in deeds(session, cyd)


def test_an_invitation_opens_what_is_closed_to_all(session: Session) -> None:
    event = make_event(onsite=1, has_approval=True, opens_at=clock.now() + timedelta(days=1))
    settle(event, admission=Admission.INVITED)
    assert accept(invite(event)).state == State.CONFIRMED


def test_refusing_gives_the_seat_to_who_waits(session: Session) -> None:
    event = make_event(onsite=1)
    cyd, bo = invite(event), make_registration(event)
    with transaction() as writing:
        actions.decline_offer(writing, writing.get_one(Registration, cyd.id), now=clock.now())
    session.rollback()
    assert (session.get_one(Registration, cyd.id).state, session.get_one(Registration, bo.id).state) == (
        State.CANCELLED,
        State.CONFIRMED,
    )


def test_an_invitation_expires_and_says_so(session: Session) -> None:
    event = make_event(onsite=1)
    cyd, bo = invite(event), make_registration(event)
    with transaction() as writing:
        known = writing.get_one(Event, event.id)
        assert actions.expire_offers(writing, known, now=clock.now() + SOON) == 1
    assert session.get_one(Registration, bo.id).state == State.CONFIRMED
    assert told(session, cyd) == ["invited", "invitation_expired"]
    assert "has ended" in letter(session, cyd, "invitation_expired").text
    with pytest.raises(OfferGone):
        accept(cyd)


def test_a_deadline_that_has_passed_holds_before_the_worker_comes(session: Session) -> None:
    cyd = invite(make_event(onsite=1), until=clock.now() - timedelta(seconds=1))
    with pytest.raises(OfferGone):
        accept(cyd)


def test_withdrawing_frees_the_seat_and_tells(session: Session) -> None:
    event = make_event(onsite=1)
    cyd, bo = invite(event), make_registration(event)
    with transaction() as writing:
        actions.withdraw_invitation(writing, writing.get_one(Registration, cyd.id), now=clock.now())
    session.rollback()
    assert session.get_one(Registration, bo.id).state == State.CONFIRMED
    assert told(session, cyd) == ["invited", "invitation_withdrawn"]
    with pytest.raises(NotPossibleNow), transaction() as writing:
        actions.withdraw_invitation(writing, writing.get_one(Registration, bo.id), now=clock.now())


def test_a_seat_that_is_not_kept_is_taken_when_they_accept(session: Session) -> None:
    event = make_event(onsite=1)
    cyd, dan = invite(event, keeps_seat=False), invite(event, "Dan", keeps_seat=False)
    assert taken(session, event) == 0
    assert [accept(cyd).state, accept(dan).state] == [State.CONFIRMED, State.WAITING]
    assert "kept" not in letter(session, invite(event, "Eli", keeps_seat=False), "invited").text


def test_no_seat_is_kept_that_is_not_there_unless_knowingly(session: Session) -> None:
    event = make_event(onsite=1)
    make_registration(event)
    with pytest.raises(SeatsGone):
        invite(event)
    assert session.scalar(select(Registration).where(Registration.state == State.INVITED)) is None
    cyd = invite(event, overbook=True)
    assert "beyond the seats" in fact_words(queries.timeline_of(session, cyd.id)[0], NOBODY)


def test_who_is_registered_already_is_not_invited_again(session: Session) -> None:
    event = make_event(onsite=2)
    make_registration(event, email="CYD@example.org")
    with pytest.raises(AlreadyRegistered):
        invite(event)


def test_a_list_says_of_each_what_came_of_it(session: Session) -> None:
    event = make_event(onsite=2)
    make_registration(event, email="ann@example.org")
    with transaction() as writing:
        known = writing.get_one(Event, event.id)
        people = [entry("Ann"), entry("Ben"), entry("Cyd")]
        found = actions.invite_many(writing, known, people, until=clock.now() + SOON, now=clock.now())
        said = [(one.registration is not None, one.refusal) for one in found]
    assert said == [
        (False, "registered already"),
        (True, ""),
        (False, "No seat is left that could be kept."),
    ]
    assert taken(session, event) == 2


def test_a_reminder_comes_once_before_the_deadline(session: Session) -> None:
    event = make_event(onsite=2)
    cyd = invite(event, until=clock.now() + timedelta(days=10))
    soon = clock.now() + timedelta(days=9)
    assert asked.invited_to_remind(session, clock.now()) == []
    for count in (1, 0):
        with transaction() as writing:
            assert actions.remind_invited(writing, asked.invited_to_remind(writing, soon), now=soon) == count
    assert told(session, cyd) == ["invited", "invitation_reminder"]
    assert "ends soon" in letter(session, cyd, "invitation_reminder").text


def test_the_seat_moves_with_what_is_answered_on_accepting(session: Session) -> None:
    """A seat kept as one of no sector becomes one of the sector they name; where that is full they are told."""
    event = make_event(onsite=3)
    with transaction() as writing:
        for sector, seats in (("police", 1), ("research", 0)):
            writing.add(SeatPool(event_id=event.id, kind=PoolKind.SECTOR, key=sector, mode="onsite", seats=seats))
    cyd = invite(event)
    with pytest.raises(SeatsGone):
        accept(cyd, sector="research")
    session.rollback()
    assert session.get_one(Registration, cyd.id).state == State.INVITED
    assert accept(cyd, sector="police").state == State.CONFIRMED
    police = session.scalars(select(SeatPool).where(SeatPool.key == "police")).one()
    assert police.taken == 1


def test_sending_again_is_held_back_for_ten_minutes(session: Session) -> None:
    cyd = invite(make_event(onsite=2))
    now = clock.now()
    with transaction() as writing:
        known = writing.get_one(Registration, cyd.id)
        said = [actions.invite_again(writing, known, now=now + timedelta(seconds=s)) for s in (0, 0, 600)]
    assert said == [True, False, True]


# Codes and domains


def make_code(event: Event, **values: Any) -> Invitation:
    with transaction() as session:
        known = session.get_one(Event, event.id)
        return actions.add_invitation(session, known, now=clock.now(), by="user:1", **values)


def come(event: Event, code: str = "", name: str = "Cyd", **values: Any) -> Registration:
    with transaction(actor="registrant") as session:
        known = session.get_one(Event, event.id)
        whole = actions.with_invitation(
            session, queries.settings_of(session, event.id), entry(name, **values), code, now=clock.now()
        )
        return actions.register(session, known, whole, now=clock.now())


def used(session: Session, invitation: Invitation) -> int:
    session.rollback()
    return session.get_one(Invitation, invitation.id, populate_existing=True).used


def test_by_invitation_nobody_comes_without(session: Session) -> None:
    event = make_event(onsite=5)
    settle(event, admission=Admission.INVITED)
    with pytest.raises(InvitationNeeded) as refusal:
        come(event)
    assert refusal.value.field == "code"
    assert make_registration(event, by_organiser=True).state == State.CONFIRMED


def test_a_code_gives_its_type_and_passes_the_approval_as_often_as_it_may(session: Session) -> None:
    event = make_event(onsite=5, has_approval=True)
    code = make_code(event, code="press 2026", type="press", uses=1)
    cyd = come(event, "Press2026")
    assert (cyd.state, cyd.type, cyd.invitation_id, used(session, code)) == (
        State.CONFIRMED, RegistrationType.PRESS, code.id, 1,
    )  # fmt: skip
    with pytest.raises(InvitationGone):
        come(event, "PRESS2026", "Dan")


def test_the_last_use_is_counted_by_the_database(session: Session) -> None:
    """Two who were both told that a use is left: the second UPDATE finds none."""
    event = make_event(onsite=5)
    code = make_code(event, code="X", uses=1)
    settings = queries.settings_of(session, event.id)
    first, second = (actions.with_invitation(session, settings, entry(n), "x", now=clock.now()) for n in ("Ann", "Ben"))
    session.rollback()
    with transaction() as writing:
        actions.register(writing, writing.get_one(Event, event.id), first, now=clock.now())
    with pytest.raises(InvitationGone), transaction() as writing:
        actions.register(writing, writing.get_one(Event, event.id), second, now=clock.now())
    assert (used(session, code), taken(session, event)) == (1, 1)


def test_wrong_ended_and_revoked_codes_say_so(session: Session) -> None:
    event = make_event(onsite=5)
    make_code(event, code="OLD", until=clock.now() - timedelta(days=1))
    revoked = make_code(event, code="GONE")
    with transaction() as writing:
        actions.revoke_invitation(writing, writing.get_one(Invitation, revoked.id), now=clock.now())
    for code, said, refusal in (
        ("NONE", "not known", CodeUnknown),
        ("OLD", "has ended", InvitationGone),
        ("GONE", "not valid any more", InvitationGone),
    ):
        with pytest.raises(refusal) as caught:
            come(event, code)
        assert said in str(caught.value)


def test_a_made_code_is_read_aloud_and_typed_as_heard(session: Session) -> None:
    event = make_event(onsite=5)
    made = make_code(event)
    assert made.code is not None
    assert len(made.code) == 14
    heard = made.code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert come(event, heard).invitation_id == made.id


def test_who_cancels_in_time_gives_the_use_back(session: Session) -> None:
    event = make_event(onsite=5)
    code = make_code(event, code="X", uses=1)
    cyd = come(event, "x")
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, cyd.id), now=clock.now())
    assert used(session, code) == 0
    dan = come(event, "x", "Dan")
    # To restore the first takes no use, since it is tied to none.
    with transaction() as writing:
        actions.restore(writing, writing.get_one(Registration, cyd.id), now=clock.now())
    assert used(session, code) == 1
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, dan.id), now=event.starts_at)
    assert used(session, code) == 1


def test_a_domain_lets_its_people_in_once_they_have_confirmed_the_address(session: Session) -> None:
    event = make_event(onsite=5, has_approval=True)
    settle(event, admission=Admission.INVITED)
    domain = make_code(event, domain="@Police.example", type="guest")
    cyd = come(event, email="cyd@lab.police.example")
    assert (cyd.state, cyd.type, used(session, domain)) == (State.UNVERIFIED, RegistrationType.GUEST, 1)
    with pytest.raises(InvitationNeeded):
        come(event, name="Dan", email="dan@notpolice.example")
    with transaction() as writing:
        actions.confirm_address(writing, writing.get_one(Registration, cyd.id), now=clock.now())
    session.rollback()
    assert session.get_one(Registration, cyd.id).state == State.CONFIRMED
    code = make_code(event, code="X")
    eli = come(event, "x", "Eli", email="eli@police.example")
    assert (eli.state, eli.invitation_id) == (State.CONFIRMED, code.id)


def test_the_same_code_is_not_made_twice(session: Session) -> None:
    event = make_event()
    make_code(event, code="ab-12")
    make_code(event, domain="example.eu")
    for again in ({"code": "AB12"}, {"domain": "EXAMPLE.eu"}):
        with pytest.raises(InvitationTaken):
            make_code(event, **again)
    make_code(make_event(), code="ab-12")


def test_uses_never_shrink_below_what_was_used(session: Session) -> None:
    event = make_event(onsite=5)
    code = make_code(event, code="X", uses=5)
    come(event, "x")
    come(event, "x", "Dan")
    with transaction() as writing:
        actions.change_invitation(writing, writing.get_one(Invitation, code.id), uses=1, now=clock.now())
    assert session.get_one(Invitation, code.id, populate_existing=True).uses == 2


def test_domains_match_whole_labels() -> None:
    assert list(rules.domains_of("a@x.police.example")) == ["x.police.example", "police.example"]


# Groups


def gather(event: Event, *names: str, waits: bool = False, **values: Any) -> Registration:
    head = entry("Bo", organisation="Harbour Police", sector="police", **values)
    members = [entry(name, organisation="Harbour Police", sector="police", privacy_text_hash="") for name in names]
    with transaction(actor="registrant") as session:
        known = session.get_one(Event, event.id)
        return actions.register_group(session, known, head, members, waits=waits, now=clock.now())


def _mine(session: Session, person: Registration) -> Registration:
    return session.get_one(Registration, person.id)


def members_of(session: Session, head: Registration) -> list[Registration]:
    session.rollback()
    delegation = asked.delegation_of(session, head)
    return list(asked.members_of(session, delegation)) if delegation else []


@pytest.fixture
def event(session: Session) -> Event:
    """An event of four seats where groups may come."""
    found = make_event(onsite=4)
    settle(found, group_most=4)
    return found


def test_a_group_gets_all_its_seats(session: Session, event: Event) -> None:
    bo = gather(event, "Cyd", "Dan")
    found = members_of(session, bo)
    assert [one.state for one in found] == [State.INVITED, State.INVITED]
    assert {one.organisation for one in found} == {"Harbour Police"}
    assert (bo.state, taken(session, event)) == (State.CONFIRMED, 3)
    assert [told(session, one) for one in found] == [["invited"], ["invited"]]
    assert "Bo of Harbour Police has named you" in letter(session, found[0], "invited").text
    assert accept(found[0]).state == State.CONFIRMED
    assert taken(session, event) == 3


def test_a_group_gets_all_or_none(session: Session, event: Event) -> None:
    for _number in range(2):
        make_registration(event)
    with pytest.raises(GroupNotSeated) as refusal:
        gather(event, "Cyd", "Dan", "Eli")
    assert "Only 2 seats are left, and your group needs 4." in str(refusal.value)
    assert taken(session, event) == 2
    assert (
        session.scalars(select(Registration).where(Registration.first_name == "Bo", Registration.last_name == "")).all()
        == []
    )


def test_the_rest_waits_where_the_head_says_so(session: Session, event: Event) -> None:
    for _number in range(2):
        make_registration(event)
    bo = gather(event, "Cyd", "Dan", waits=True)
    cyd, dan = members_of(session, bo)
    assert taken(session, event) == 4
    assert [asked.has_kept_seat(session, one.id) for one in (cyd, dan)] == [True, False]
    assert accept(dan).state == State.WAITING


def test_no_group_is_larger_than_may_be(session: Session, event: Event) -> None:
    with pytest.raises(GroupTooBig):
        gather(event, "Cyd", "Dan", "Eli", "Fay", "Gus")
    bo = gather(event, "Cyd", "Dan", "Eli")
    with pytest.raises(GroupTooBig), transaction() as writing:
        actions.add_members(writing, _mine(writing, bo), [entry("Fay"), entry("Gus")], waits=True, now=clock.now())


def test_the_head_does_not_learn_who_is_registered_already(session: Session, event: Event) -> None:
    known = make_registration(event, first_name="Dan", email="dan@example.org")
    bo = gather(event, "Cyd", "Dan")
    assert [(one.first_name, one.state) for one in members_of(session, bo)] == [
        ("Cyd", State.INVITED),
        ("Dan", State.INVITED),
    ]
    assert taken(session, event) == 3
    assert told(session, known) == ["confirmed", "named_in_group"]
    assert "Bo" not in letter(session, known, "named_in_group").text.replace("Bonjour", "")
    stand_in = members_of(session, bo)[1]
    assert (stand_in.id != known.id, stand_in.email) == (True, None)
    with transaction() as writing:
        mine = writing.get_one(Registration, bo.id)
        actions.remind_member(writing, actions.member_of(writing, mine, stand_in.id), now=clock.now())
        actions.withdraw_member(writing, actions.member_of(writing, mine, stand_in.id), now=clock.now())
    session.rollback()
    assert session.get_one(Registration, known.id, populate_existing=True).state == State.CONFIRMED


def test_a_group_is_decided_about_where_the_event_decides(session: Session) -> None:
    event = make_event(onsite=1, has_approval=True)
    settle(event, group_most=4)
    bo = gather(event, "Cyd")
    (cyd,) = members_of(session, bo)
    assert (bo.state, taken(session, event)) == (State.APPLIED, 0)
    assert accept(cyd).state == State.APPLIED


def test_another_member_takes_the_place_of_one(session: Session, event: Event) -> None:
    bo = gather(event, "Cyd", "Dan", "Eli")
    waiting = make_registration(event)
    cyd = members_of(session, bo)[0]
    with transaction() as writing:
        mine = writing.get_one(Registration, bo.id)
        member = actions.member_of(writing, mine, cyd.id)
        fay = actions.replace_member(writing, mine, member, entry("Fay"), now=clock.now())
    session.rollback()
    assert (session.get_one(Registration, cyd.id).state, told(session, cyd)[-1]) == (
        State.CANCELLED,
        "invitation_withdrawn",
    )
    assert asked.has_kept_seat(session, fay.id)
    assert (taken(session, event), session.get_one(Registration, waiting.id).state) == (4, State.WAITING)
    assert accept(fay).state == State.CONFIRMED


def test_who_has_answered_is_replaced_and_withdrawn_by_nobody_else(session: Session, event: Event) -> None:
    bo = gather(event, "Cyd")
    cyd = accept(members_of(session, bo)[0])
    for deed, more in (("withdraw_member", ()), ("remind_member", ())):
        with pytest.raises(NotPossibleNow), transaction() as writing:
            getattr(actions, deed)(writing, writing.get_one(Registration, cyd.id), *more, now=clock.now())
    with pytest.raises(NotPossibleNow), transaction() as writing:
        actions.replace_member(writing, _mine(writing, bo), _mine(writing, cyd), entry("Fay"), now=clock.now())


# Seats handed on


def hand_on(person: Registration, name: str = "Dan", **values: Any) -> Registration:
    with transaction(actor="registrant") as session:
        known = session.get_one(Registration, person.id)
        whole = entry(name, privacy_text_hash="", **{k: v for k, v in values.items() if k != "by_organiser"})
        return actions.substitute(
            session, known, whole, now=clock.now(), by_organiser=values.get("by_organiser", False)
        )


def test_a_seat_is_handed_on_without_being_free(session: Session) -> None:
    event = make_event(onsite=1)
    bo, waiting = make_registration(event), make_registration(event)
    old = queries.current_ticket(session, bo.id)
    assert old is not None
    dan = hand_on(bo)
    assert taken(session, event) == 1
    new = queries.current_ticket(session, dan.id)
    assert new is not None
    assert new.code != old.code
    stays = session.get_one(Registration, waiting.id)
    ended = session.get_one(Registration, bo.id)
    assert (ended.state, dan.state, stays.state) == (State.CANCELLED, State.CONFIRMED, State.WAITING)
    assert (dan.stands_in_for_id, dan.organisation, dan.privacy_accepted_at) == (bo.id, bo.organisation, None)
    assert (told(session, bo)[-1], told(session, dan)) == ("handed_over", ["stepped_in"])
    assert queries.timeline_of(session, bo.id)[-1].data == {"to": dan.id}
    assert "hands you the seat" in letter(session, dan, "stepped_in").text
    assert [one.filename[:6] for one in letter(session, dan, "stepped_in").attachments] == ["ticket", "invita"]
    assert "handed on" in letter(session, bo, "handed_over").text


def test_the_door_says_that_the_old_code_was_replaced(session: Session) -> None:
    event = make_event(onsite=1)
    bo = make_registration(event)
    hand_on(bo)
    session.rollback()
    ticket = session.scalars(select(Ticket).where(Ticket.registration_id == bo.id)).one()
    person = session.get_one(Registration, bo.id)
    holder = Holder(
        registration_id=bo.id, event_id=event.id, state=person.state, mode=person.mode,
        is_replaced=ticket.replaced_at is not None,
    )  # fmt: skip
    place = Place(key="entrance", name="", opens_at=event.starts_at, closes_at=event.ends_at)
    scan = Entry(id="1", code=ticket.code, point="entrance", direction="in", at=event.starts_at)
    assert judge(scan, holder, place, event_id=event.id, day="2026-12-03") == Outcome.REPLACED


def test_days_and_a_use_of_a_code_go_along(session: Session) -> None:
    event = make_event(onsite=2)
    with transaction() as writing:
        writing.add(SeatPool(event_id=event.id, kind=PoolKind.DAY, key="2026-12-03", mode="", seats=1))
    code = make_code(event, code="X", uses=1)
    bo = come(event, "x", "Bo", days=frozenset({"2026-12-03"}))
    dan = hand_on(bo)
    assert (used(session, code), dan.invitation_id) == (1, code.id)
    days = {pool.key: seat.state for pool, seat in queries.seats_of_person(session, dan.id)}
    assert days == {"onsite": SeatState.TAKEN, "2026-12-03": SeatState.TAKEN}
    with transaction() as writing:
        actions.restore(writing, writing.get_one(Registration, bo.id), now=clock.now(), overbook=True)
    session.rollback()
    again = {pool.key: seat.is_beyond for pool, seat in queries.seats_of_person(session, bo.id)}
    assert again == {"onsite": False, "2026-12-03": True}


def test_who_waits_hands_nothing_on(session: Session) -> None:
    event = make_event(onsite=1)
    make_registration(event)
    with pytest.raises(NotPossibleNow):
        hand_on(make_registration(event))


def test_it_is_the_organisers_who_allow_it(session: Session) -> None:
    event = make_event(onsite=1)
    settle(event, may_substitute=False)
    bo = make_registration(event)
    with pytest.raises(SubstitutionNotOffered):
        hand_on(bo)
    assert hand_on(bo, by_organiser=True).state == State.CONFIRMED


def test_a_colleague_who_waits_gets_the_seat_before_all_others(session: Session) -> None:
    event = make_event(onsite=1)
    bo, first = make_registration(event), make_registration(event)
    dan = make_registration(event, first_name="Dan", email="dan@example.org")
    assert hand_on(bo).id == dan.id
    session.rollback()
    assert [session.get_one(Registration, one.id).state for one in (bo, first, dan)] == [
        State.CANCELLED, State.WAITING, State.CONFIRMED,
    ]  # fmt: skip
    assert told(session, dan) == ["waiting", "given_seat"]


def test_a_colleague_who_has_a_seat_keeps_it_and_the_next_moves_up(session: Session) -> None:
    event = make_event(onsite=2)
    bo = make_registration(event)
    dan = make_registration(event, first_name="Dan", email="dan@example.org")
    first = make_registration(event)
    hand_on(bo)
    session.rollback()
    assert [session.get_one(Registration, one.id).state for one in (bo, first, dan)] == [
        State.CANCELLED, State.CONFIRMED, State.CONFIRMED,
    ]  # fmt: skip
    # To who hands on it looks the same as if the colleague were new.
    assert told(session, bo)[-1] == "handed_over"
    assert told(session, dan) == ["confirmed", "seat_not_needed"]


def test_the_new_one_completes_the_details_and_then_has_accepted_the_notice(session: Session) -> None:
    dan = hand_on(make_registration(make_event(onsite=1)))
    with transaction() as writing:
        known = writing.get_one(Registration, dan.id)
        actions.complete(writing, known, entry("Dan", last_name="Dove"), now=clock.now())
        assert (known.name, known.privacy_accepted_at is not None) == ("Dan Dove", True)


def test_a_group_goes_on_with_the_colleague_of_its_head(session: Session, event: Event) -> None:
    bo = gather(event, "Cyd")
    dan = hand_on(bo)
    assert [one.first_name for one in members_of(session, dan) if one.state == State.INVITED] == ["Cyd"]


def test_online_places_are_handed_on_too(session: Session) -> None:
    event = make_event(onsite=1, online=1)
    dan = hand_on(make_registration(event, mode=Mode.ONLINE))
    assert (dan.mode, queries.seats(session, event.id)[Mode.ONLINE].taken) == ("online", 1)
