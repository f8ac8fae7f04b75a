"""What must be true of the seats of an event after every deed, said over the rows alone."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.facts import Fact
from eventsys.registration import queries, rules
from eventsys.registration.models import SEATED, PoolKind, Registration, Seat, SeatPool, State, Ticket

# Where a deed of the timeline leads; "mode_switched", "imported" and others say it themselves.
LEADS_TO = {
    "confirmed": "confirmed", "waiting": "waiting", "applied": "applied", "unverified": "unverified",
    "promoted": "confirmed", "offered": "offered", "offer_accepted": "confirmed", "offer_declined": "cancelled",
    "offer_expired": "cancelled", "never_verified": "cancelled", "invitation_declined": "cancelled",
    "invitation_expired": "cancelled", "approved": "confirmed", "restored": "confirmed", "declined": "declined",
    "cancelled": "cancelled", "invited": "invited", "named_again": "invited", "invitation_accepted": "confirmed",
    "invitation_withdrawn": "cancelled", "handed_over": "cancelled", "stepped_in": "confirmed",
    "given_seat": "confirmed",
}  # fmt: skip


def assert_seats_are_right(session: Session, event: Event, *, is_overbooked_knowingly: bool = True) -> None:
    """All laws at once, over what is committed now."""
    # What this session has read before must not stand for what is true now.
    session.rollback()
    session.expire_all()
    pools = {pool.id: pool for pool in session.scalars(select(SeatPool).where(SeatPool.event_id == event.id))}
    people = session.scalars(select(Registration).where(Registration.event_id == event.id)).all()
    rows = session.scalars(select(Seat).where(Seat.pool_id.in_(pools)).order_by(Seat.pool_id)).all()
    by_person: dict[int, dict[int, Seat]] = {person.id: {} for person in people}
    for row in rows:
        by_person[row.registration_id][row.pool_id] = row
    _counters(pools, rows, is_overbooked_knowingly=is_overbooked_knowingly)
    for person in people:
        _stands(session, person, by_person[person.id], pools)
    _nobody_waits_beside_free_seats(session, event, people, by_person, pools)
    _one_ticket_each(session, people)
    _every_state_has_its_deed(session, people)


def _counters(pools: dict[int, SeatPool], rows: object, *, is_overbooked_knowingly: bool) -> None:
    counted = Counter((row.pool_id, row.state) for row in rows)  # type: ignore[attr-defined]
    for pool in pools.values():
        assert pool.taken == counted[pool.id, "taken"], f"taken of {pool.kind} {pool.key}"
        assert pool.waiting == counted[pool.id, "wanted"], f"waiting of {pool.kind} {pool.key}"
        beyond = 0 if pool.seats is None else max(0, pool.taken - pool.seats)
        assert pool.overbooked == beyond, f"overbooked of {pool.kind} {pool.key}"
        assert beyond == 0 or is_overbooked_knowingly


def _names(ids: set[int], pools: dict[int, SeatPool]) -> list[tuple[str, str, str]]:
    return [(pools[number].kind, pools[number].key, pools[number].mode) for number in sorted(ids)]


def _stands(session: Session, person: Registration, mine: dict[int, Seat], pools: dict[int, SeatPool]) -> None:
    """Who is in sits in every pool they belong to and in no other; who waits wants all of them; others hold none."""
    wanted = queries.wanted_of(session, person)
    belongs = {pool.id for pool in rules.pools_for(pools.values(), wanted)}
    taken = {number for number, seat in mine.items() if seat.state == "taken"}
    queued = {number for number, seat in mine.items() if seat.state == "wanted"}
    if person.state in SEATED:
        assert taken == belongs, (
            person.id,
            person.state,
            _names(taken - belongs, pools),
            _names(belongs - taken, pools),
        )
        extra = {number for number in queued if mine[number].queue_number is not None}
        assert queued == extra
        assert all(
            pools[number].kind == PoolKind.SESSION and pools[number].mode in ("", person.mode) for number in extra
        )
    elif person.state == State.WAITING:
        assert (taken, queued) == (set(), belongs)
        assert person.queue_number
    elif person.state == State.INVITED:
        assert queued == set()
        assert taken in (set(), belongs)
    else:
        assert (taken, queued) == (set(), set())


def _nobody_waits_beside_free_seats(
    session: Session,
    event: Event,
    people: object,
    by_person: dict[int, dict[int, Seat]],
    pools: dict[int, SeatPool],
) -> None:
    cancelled = queries.cancelled_sessions(session, event.id)
    numbers = []
    for person in people:  # type: ignore[attr-defined]
        wants = [pools[number] for number, seat in by_person[person.id].items() if seat.state == "wanted"]
        if person.state == State.WAITING:
            numbers.append(person.queue_number)
            assert any(pool.is_full for pool in wants), f"{person.id} waits beside free seats"
        elif person.state == State.CONFIRMED:
            assert all(pool.is_full or pool.key in cancelled for pool in wants), f"{person.id} waits beside a session"
    assert len(set(numbers)) == len(numbers)


def _one_ticket_each(session: Session, people: object) -> None:
    current = Counter(session.scalars(select(Ticket.registration_id).where(Ticket.replaced_at.is_(None))))
    for person in people:  # type: ignore[attr-defined]
        assert current[person.id] == 1 or person.state != State.CONFIRMED
        assert current[person.id] <= 1


def _every_state_has_its_deed(session: Session, people: object) -> None:
    """The last deed of the timeline that leads anywhere leads to where the person stands."""
    facts = session.scalars(select(Fact).where(Fact.subject == "registration").order_by(Fact.id))
    last: dict[int | None, str] = {}
    for fact in facts:
        kind = fact.kind.removeprefix("registration.")
        if led := fact.data.get("state") or LEADS_TO.get(kind):
            last[fact.subject_id] = led
    for person in people:  # type: ignore[attr-defined]
        assert last[person.id] == person.state


def states_of(session: Session, event: Event) -> Counter[str]:
    """How many stand where."""
    session.rollback()
    rows = session.execute(
        select(Registration.state, func.count()).where(Registration.event_id == event.id).group_by(Registration.state)
    )
    return Counter({row[0]: row[1] for row in rows})
