"""Reads of events: one by its address, those to come, those someone may manage."""

from __future__ import annotations

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, selectinload

from eventsys.events.errors import EventUnknown, NotYourEvent
from eventsys.events.models import Event, EventStatus, FormerSlug, MemberRole, Membership
from eventsys.kernel import access

_RANKS = {MemberRole.OWNER: 3, MemberRole.EDITOR: 2, MemberRole.DOOR: 1}


def find_event(session: Session, slug: str) -> Event | None:
    """An event by its address, whatever its status, with its themes."""
    return session.scalar(select(Event).where(Event.slug == slug).options(selectinload(Event.themes)))


def stamp(session: Session, slug: str) -> Row[int, str, int] | None:
    """`id`, `status` and `version` of an event: the one SELECT by key that a kept page costs."""
    return session.execute(select(Event.id, Event.status, Event.version).where(Event.slug == slug)).one_or_none()


def visible_event(session: Session, slug: str) -> Event:
    """An event its visitors may see: public, or a draft for those who work on it. Raises EventUnknown."""
    event = find_event(session, slug)
    if event is None or not (event.is_public or rank_of(session, event.id) >= _RANKS[MemberRole.EDITOR]):
        raise EventUnknown
    return event


def event_to_manage(session: Session, slug: str, needs: MemberRole = MemberRole.EDITOR) -> Event:
    """An event for someone with at least the role `needs` in it.

    Raises SignInNeeded; EventUnknown for strangers, who do not learn that a draft exists; NotYourEvent for members
    with a lesser role.
    """
    access.refuse_unless_signed_in()
    event = find_event(session, slug)
    rank = rank_of(session, event.id) if event else 0
    if event is None or (rank == 0 and not event.is_public):
        raise EventUnknown
    if rank < _RANKS[needs]:
        raise NotYourEvent
    return event


def rank_of(session: Session, event_id: int) -> int:
    """3 for owners and administrators, 2 for editors, 1 for door staff, 0 for everyone else."""
    if access.is_administrator():
        return 3
    user_id = access.user_id()
    if user_id is None:
        return 0
    role = session.scalar(select(Membership.role).where(Membership.event_id == event_id, Membership.user_id == user_id))
    return _RANKS[MemberRole(role)] if role else 0


def former_address(session: Session, slug: str) -> str | None:
    """The present slug of a public event that once had this one."""
    return session.scalar(
        select(Event.slug)
        .join(FormerSlug, FormerSlug.event_id == Event.id)
        .where(FormerSlug.slug == slug, Event.status != EventStatus.DRAFT)
    )
