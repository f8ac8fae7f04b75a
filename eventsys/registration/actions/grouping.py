"""Groups: one person registers colleagues, all get a seat or none; each member confirms and completes their own.

Whether a member's address is registered already is told to that address alone. To the head such a member looks like
one who has not answered: a row without an address or a seat stands for them until the deadline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.registration import queries, rules
from eventsys.registration.actions.entering import register
from eventsys.registration.actions.handing import move_seats
from eventsys.registration.actions.inviting import (
    hold_for,
    invite_again,
    keep_seat,
    wanted_of_entry,
    withdraw_invitation,
    write_invited,
)
from eventsys.registration.actions.leaving import leave
from eventsys.registration.actions.pools import Held, hold_all
from eventsys.registration.actions.refusing import refusal_of_full
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.entries import NewEntry, address_key, normal_address
from eventsys.registration.errors import GroupNotSeated, GroupTooBig, NotPossibleNow, RegistrationUnknown
from eventsys.registration.models import (
    ENDED,
    Delegation,
    Mode,
    Registration,
    RegistrationSettings,
    RegistrationType,
    SeatPool,
    State,
)
from eventsys.registration.queries import invited as asked
from eventsys.registration.rules.invited import kept_until

_HEADS = (State.CONFIRMED, State.WAITING, State.OFFERED, State.APPLIED)


def register_group(
    session: Session, event: Event, head: NewEntry, members: Sequence[NewEntry], *, waits: bool, now: datetime
) -> Registration:
    """Register the head as anybody, and invite the members with a seat kept for each; with `waits` those for whom no
    seat is left join the queue when they confirm. Returns the head's registration.

    Raises what `register` raises, GroupTooBig, GroupNotSeated, and NotPossibleNow where addresses are confirmed first.
    """
    settings = queries.settings_of(session, event.id)
    rules.refuse_unless_open(event, settings, now)
    rules.refuse_unless_admitted(settings, head.invitation_id)
    _refuse_if_too_many(settings, len(members))
    if settings.confirms_address or head.must_confirm_address:
        raise NotPossibleNow(_("Please register yourself first. Your page then lets you bring your group."))
    held = hold_for(session, event, [head, *members])
    decides = settings.has_approval and not head.passes_approval
    seated = _seated(session, event.id, settings, held, [head, *members], waits=waits or decides)
    registration = register(session, event, head, now=now)
    delegation = Delegation(
        event_id=event.id, name=head.organisation or registration.name, head_id=registration.id, created_at=now
    )
    session.add(delegation)
    session.flush()
    registration.delegation_id = delegation.id
    note_fact(session, registration, "group_registered", now=now, members=len(members))
    # The head's own seat was counted by a statement: see it.
    held = hold_all(session, event)
    _invite_all(session, delegation, members, held, [one and not decides for one in seated[1:]], now=now)
    return registration


def add_members(
    session: Session, head: Registration, members: Sequence[NewEntry], *, waits: bool, now: datetime
) -> Delegation:
    """More people for a group, or the first ones of somebody who is registered. Raises GroupTooBig, GroupNotSeated and
    NotPossibleNow."""
    settings = queries.settings_of(session, head.event_id)
    rules.refuse_unless_open(head.event, settings, now)
    whole = [like_head(entry, head) for entry in members]
    held = hold_for(session, head.event, whole)
    session.refresh(head)
    rules.refuse_unless_in(head, *_HEADS)
    delegation = asked.delegation_of(session, head)
    if delegation is None and head.delegation_id is not None:
        raise NotPossibleNow(_("You came in a group: please ask who brought you to bring more people."))
    if delegation is None:
        delegation = Delegation(
            event_id=head.event_id, name=head.organisation or head.name, head_id=head.id, created_at=now
        )
        session.add(delegation)
        session.flush()
        head.delegation_id = delegation.id
    living = [one for one in asked.members_of(session, delegation) if one.state not in ENDED]
    _refuse_if_too_many(settings, len(living) + len(whole))
    decides = settings.has_approval
    seated = _seated(session, head.event_id, settings, held, whole, waits=waits or decides)
    note_fact(session, head, "group_registered", now=now, members=len(whole))
    _invite_all(session, delegation, whole, held, [one and not decides for one in seated], now=now)
    return delegation


def like_head(entry: NewEntry, head: Registration) -> NewEntry:
    """A member as whom the head brings: of the same organisation, in the same way, as a participant."""
    return replace(
        entry,
        organisation=head.organisation,
        country=head.country,
        sector=head.sector,
        mode=Mode(head.mode),
        type=RegistrationType.PARTICIPANT,
        language=head.language,
    )


def _refuse_if_too_many(settings: RegistrationSettings, number: int) -> None:
    if number > settings.group_most:
        raise GroupTooBig(field="members", most=settings.group_most)


def _seated(
    session: Session,
    event_id: int,
    settings: RegistrationSettings,
    held: Held,
    entries: Sequence[NewEntry],
    *,
    waits: bool,
) -> list[bool]:
    """For whom there are seats, in their order. Raises GroupNotSeated unless there are for all or the rest `waits`."""
    left = {pool.id: pool.seats - pool.taken for pool in held.pools.values() if pool.seats is not None}
    seated, full = [], list[SeatPool]()
    for entry in entries:
        wanted = wanted_of_entry(session, held, entry)
        lacking = [pool for pool in wanted if left.get(pool.id, 1) <= 0]
        for pool in wanted if not lacking else ():
            if pool.id in left:
                left[pool.id] -= 1
        full += lacking
        seated.append(not lacking)
    if full and not waits:
        raise GroupNotSeated(_too_few(sum(seated), len(entries), rules.may_wait(settings, full)), field="waits")
    if full and not rules.may_wait(settings, full) and not settings.has_approval:
        raise refusal_of_full(session, event_id, full)
    return seated


def _too_few(number: int, people: int, may_wait: bool) -> str:
    if not number:
        said = _("No seat is left for your group.")
    else:
        said = ngettext(
            "Only %(num)d seat is left, and your group needs %(people)d.",
            "Only %(num)d seats are left, and your group needs %(people)d.",
            number,
            people=people,
        )
    if may_wait:
        then = _("Name fewer people, or tick that the rest waits.")
    else:
        then = _("Name fewer people.") if number else _("There is no waiting list.")
    return f"{said} {then}"


def _invite_all(
    session: Session,
    delegation: Delegation,
    members: Sequence[NewEntry],
    held: Held,
    seated: Sequence[bool],
    *,
    now: datetime,
) -> None:
    for entry, has_seat in zip(members, seated, strict=True):
        _invite_member(session, delegation, entry, held, keeps_seat=has_seat, now=now)


def _invite_member(
    session: Session, delegation: Delegation, entry: NewEntry, held: Held, *, keeps_seat: bool, now: datetime
) -> Registration:
    event = session.get_one(Event, delegation.event_id)
    until = kept_until(event, now)
    mine = replace(entry, delegation_id=delegation.id)
    known = queries.living_registration(session, event.id, address_key(normal_address(entry.email or "")))
    if known is not None:
        # It stands for somebody who came another way, so that the head does not learn of it.
        stand_in = write_invited(session, event, replace(mine, email=None), until=until, now=now)
        note_fact(session, stand_in, "named_again", now=now)
        tell(session, known, "named_in_group", now=now, about=str(stand_in.id), delegation_id=delegation.id)
        return stand_in
    registration = write_invited(session, event, mine, until=until, now=now)
    keep_seat(session, registration, mine, held, keeps_seat=keeps_seat, overbook=False)
    note_fact(session, registration, "invited", now=now, keeps_seat=keeps_seat)
    tell(session, registration, "invited", now=now)
    return registration


def member_of(session: Session, head: Registration, number: int) -> Registration:
    """One of the people this person brought. Raises RegistrationUnknown."""
    delegation = asked.delegation_of(session, head)
    members = asked.members_of(session, delegation) if delegation else ()
    for member in members:
        if member.id == number:
            return member
    raise RegistrationUnknown


def remind_member(session: Session, member: Registration, *, now: datetime) -> None:
    """Send the invitation once more, where it was not just sent. Raises NotPossibleNow for who has answered."""
    rules.refuse_unless_in(member, State.INVITED)
    if member.email:
        invite_again(session, member, now=now)


def withdraw_member(session: Session, member: Registration, *, now: datetime) -> None:
    """The head takes an invitation back that nobody has answered. Raises NotPossibleNow."""
    withdraw_invitation(session, member, now=now)


def replace_member(
    session: Session, head: Registration, member: Registration, entry: NewEntry, *, now: datetime
) -> Registration:
    """Somebody else instead of one who has not answered: the kept seat moves. Raises NotPossibleNow and
    AddressUnusable."""
    whole = like_head(entry, head)
    held = hold_for(session, head.event, [whole])
    session.refresh(member)
    rules.refuse_unless_running(head.event, now)
    rules.refuse_unless_in(member, State.INVITED)
    delegation = session.get_one(Delegation, member.delegation_id)
    newcomer = _invite_member(session, delegation, whole, held, keeps_seat=False, now=now)
    if newcomer.email:
        # Both are of one organisation and sector and come the same way: they belong to the same pools.
        move_seats(session, member, newcomer)
    leave(session, member, held, State.CANCELLED, now=now)
    note_fact(session, member, "invitation_withdrawn", now=now)
    tell(session, member, "invitation_withdrawn", now=now)
    return newcomer
