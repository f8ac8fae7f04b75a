"""Reads of events: one by its address, those to come, those someone may manage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import Row, Select, bindparam, case, func, inspect, or_, select, text
from sqlalchemy.orm import Session, selectinload

from eventsys.accounts.models import User
from eventsys.community.models import Theme
from eventsys.events.errors import EventUnknown, NotYourEvent
from eventsys.events.models import Event, EventStatus, FormerSlug, MemberInvitation, MemberRole, Membership, event_theme
from eventsys.kernel import access, tokens

# What the key in the secret link of a private event is derived for.
SECRET_LINK = "private event"
_RANKS = {MemberRole.OWNER: 3, MemberRole.EDITOR: 2, MemberRole.DOOR: 1}

# Put together once and without the ORM: a page that is kept spends most of its time in this statement.
_EVENT = inspect(Event).local_table
_STAMP = select(_EVENT.c.id, _EVENT.c.status, _EVENT.c.version, _EVENT.c.is_private).where(
    _EVENT.c.slug == bindparam("address")
)


def find_event(session: Session, slug: str) -> Event | None:
    """An event by its address, whatever its status, with its themes."""
    return session.scalar(select(Event).where(Event.slug == slug).options(selectinload(Event.themes)))


def stamp(session: Session, slug: str) -> Row[int, str, int, bool] | None:
    """`id`, `status`, `version` and `is_private` of an event: the one SELECT by key that a kept page costs."""
    return session.execute(_STAMP, {"address": slug}).one_or_none()


def visible_event(session: Session, slug: str) -> Event:
    """An event its visitors may see: public, or a draft for those who work on it; a private one for those who came by
    its link or a personal one, and for its team. Raises EventUnknown."""
    event = find_event(session, slug)
    if event is None or not may_see(session, event):
        raise EventUnknown
    return event


def may_see(session: Session, event: Event, key: str = "") -> bool:
    """Whether who asks may see this event; `key` is that of a secret link, where the address carries one."""
    if not event.is_public:
        return rank_of(session, event.id) >= _RANKS[MemberRole.EDITOR]
    if not event.is_private:
        return True
    access.keep_secret()
    is_let_in = access.is_let_into(event.id, key_mark(event)) or is_key_of(event, key)
    return is_let_in or rank_of(session, event.id) > 0


def key_of(event: Event) -> str:
    """The key in the secret link of a private event, derived so that it can be shown again and is not stored."""
    return tokens.derived(SECRET_LINK, event.private_nonce)


def is_key_of(event: Event, key: str) -> bool:
    return bool(event.private_nonce) and compare_digest(key.encode(), key_of(event).encode())


def key_mark(event: Event) -> str:
    """What a cookie keeps of the key: it opens nothing by itself."""
    return tokens.hashed(key_of(event))[:16]


def event_to_manage(session: Session, slug: str, needs: MemberRole = MemberRole.EDITOR) -> Event:
    """An event for someone with at least the role `needs` in it.

    Raises SignInNeeded; EventUnknown for strangers, who do not learn that a draft exists; NotYourEvent for members
    with a lesser role.
    """
    access.refuse_unless_signed_in()
    event = find_event(session, slug)
    rank = rank_of(session, event.id) if event else 0
    if event is None or (rank == 0 and not event.is_listed):
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
    """The present slug of a public event that once had this one; of a private one for those who may see it."""
    event = session.scalar(
        select(Event)
        .join(FormerSlug, FormerSlug.event_id == Event.id)
        .where(FormerSlug.slug == slug, Event.status != EventStatus.DRAFT)
    )
    return event.slug if event is not None and may_see(session, event) else None


# As literals: the indexes on public events serve only a condition that the database can read.
_LISTED = text("event.status <> 'draft' AND NOT event.is_private")


def public_events(
    *, now: datetime | None = None, when: str = "all", kind: str = "", theme: str = "", q: str = ""
) -> Select[Event]:
    """Published and cancelled events with their themes; `when` is "upcoming" (the next first), "past" or "all".

    Private ones are not among them. Every word of `q` is in the title, the summary, the venue or the city. An event
    that goes on is upcoming.
    """
    query = select(Event).where(_LISTED).options(selectinload(Event.themes))
    if kind:
        query = query.where(Event.kind == kind)
    if theme:
        query = query.where(Event.themes.any(func.lower(Theme.key) == theme.lower()))
    for word in q.split()[:8]:
        columns = (Event.title, Event.summary, Event.venue_name, Event.venue_city)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    if when == "upcoming":
        return query.where(Event.ends_at > now).order_by(Event.starts_at, Event.id)
    if when == "past":
        query = query.where(Event.ends_at <= now)
    return query.order_by(Event.starts_at.desc(), Event.id.desc())


def themes_in_use(session: Session) -> list[Theme]:
    """Themes that a public event carries, by key."""
    used = select(event_theme.c.theme_id).join(Event, Event.id == event_theme.c.event_id)
    return list(session.scalars(select(Theme).where(Theme.id.in_(used.where(_LISTED))).order_by(Theme.key)))


def managed_events(
    now: datetime, *, user_id: int | None, q: str = "", kind: str = "", status: str = "", when: str = ""
) -> Select[Event]:
    """The events of one user, or all for `user_id=None`, those to come first; `when` is "upcoming" or "past"."""
    query = select(Event).options(selectinload(Event.themes))
    if user_id is not None:
        query = query.join(Membership).where(Membership.user_id == user_id)
    for word in q.split()[:8]:
        query = query.where(
            or_(*(column.icontains(word, autoescape=True) for column in (Event.title, Event.slug, Event.venue_city)))
        )
    if kind:
        query = query.where(Event.kind == kind)
    if status:
        query = query.where(Event.status == status)
    is_past = Event.ends_at < now
    if when in ("upcoming", "past"):
        query = query.where(is_past if when == "past" else ~is_past)
    to_come = case((~is_past, Event.starts_at))
    return query.order_by(case((is_past, 1), else_=0), to_come, Event.starts_at.desc(), Event.id)


def roles_of(session: Session, user_id: int, event_ids: Iterable[int]) -> dict[int, str]:
    """What one user is in each of these events."""
    query = select(Membership.event_id, Membership.role)
    found = session.execute(query.where(Membership.user_id == user_id, Membership.event_id.in_(list(event_ids))))
    return {row[0]: row[1] for row in found}


def team(session: Session, event_id: int) -> list[tuple[Membership, User]]:
    """Everyone who works on an event, owners first, then by name."""
    rank = case({role: number for number, role in enumerate(MemberRole)}, value=Membership.role)
    query = select(Membership, User).join(User, User.id == Membership.user_id)
    rows = session.execute(query.where(Membership.event_id == event_id).order_by(rank, User.name, User.id))
    return [(row[0], row[1]) for row in rows]


def open_invitations(session: Session, event_id: int) -> list[MemberInvitation]:
    """Invitations nobody has accepted yet, expired ones too, newest first."""
    query = select(MemberInvitation).where(MemberInvitation.event_id == event_id)
    return list(
        session.scalars(query.where(MemberInvitation.accepted_at.is_(None)).order_by(MemberInvitation.id.desc()))
    )


def find_invitation(session: Session, token_hash: str) -> MemberInvitation | None:
    return session.scalar(select(MemberInvitation).where(MemberInvitation.token_hash == token_hash))


def possible_replacements(session: Session, event: Event) -> list[Event]:
    """Public events that could take the place of a cancelled one: the hundred that begin nearest to it."""
    later = select(Event).where(
        Event.id != event.id, Event.status == EventStatus.PUBLISHED, Event.is_private.is_(False)
    )
    return list(session.scalars(later.where(Event.starts_at >= event.starts_at).order_by(Event.starts_at).limit(100)))
