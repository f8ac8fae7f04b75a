"""Reads of materials, newest version at hand, in the order a visitor looks for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, selectinload

from eventsys.agenda.models import AgendaSession, SessionKind, SessionStatus, Talk
from eventsys.materials.models import Material, MaterialKind
from eventsys.registration.models import Audience

# Sessions that leave slides behind; a panel talks and a break is eaten.
_SPOKEN = (SessionKind.KEYNOTE, SessionKind.TALKS, SessionKind.WORKSHOP, SessionKind.DEMONSTRATION)


def _kept() -> Select[Material]:
    return (
        select(Material)
        .where(Material.removed_at.is_(None))
        .options(selectinload(Material.versions), selectinload(Material.session), selectinload(Material.talk))
    )


def of_event(session: Session, event_id: int, *, with_removed: bool = False) -> Sequence[Material]:
    """All materials of an event: those of the event first, then by session in time; three more queries at any size."""
    query = _kept() if not with_removed else select(Material).options(
        selectinload(Material.versions), selectinload(Material.session), selectinload(Material.talk)
    )  # fmt: skip
    return session.scalars(
        query.outerjoin(AgendaSession, AgendaSession.id == Material.session_id)
        .where(Material.event_id == event_id)
        .order_by(AgendaSession.starts_at.asc().nulls_first(), Material.session_id, Material.position, Material.id)
    ).all()


def of_session(session: Session, session_id: int) -> Sequence[Material]:
    """Materials of one session and its talks."""
    return session.scalars(
        _kept().where(Material.session_id == session_id).order_by(Material.position, Material.id)
    ).all()


def find_material(session: Session, event_id: int, key: str, *, with_removed: bool = False) -> Material | None:
    """One material of an event with all its versions."""
    query = select(Material).where(Material.event_id == event_id, Material.key == key)
    if not with_removed:
        query = query.where(Material.removed_at.is_(None))
    return session.scalar(query.options(selectinload(Material.versions)))


def places(session: Session, event_id: int) -> list[tuple[AgendaSession, list[Talk]]]:
    """Sessions with their talks, in time: where a material may belong."""
    entries = session.scalars(
        select(AgendaSession)
        .where(AgendaSession.event_id == event_id)
        .options(selectinload(AgendaSession.talks))
        .order_by(AgendaSession.starts_at, AgendaSession.position, AgendaSession.id)
    )
    return [(entry, list(entry.talks)) for entry in entries]


def recordings(session: Session, event_id: int) -> dict[int, Material]:
    """The first recording of each session that has one, by the id of the session."""
    found = session.scalars(
        select(Material)
        .where(
            Material.event_id == event_id,
            Material.kind == MaterialKind.RECORDING,
            Material.session_id.is_not(None),
            Material.removed_at.is_(None),
        )
        .order_by(Material.position.desc(), Material.id.desc())
    )
    return {material.session_id: material for material in found if material.session_id is not None}


def has_listed(session: Session, event_id: int) -> bool:
    """Whether a public page may name any material: what is for the team alone is not named."""
    return session.scalar(select(Material.id).where(*_told(event_id)).limit(1)) is not None


def kinds_by_session(session: Session, event_id: int) -> dict[int, set[str]]:
    """The kinds of what a public page may name, by the id of its session."""
    found: dict[int, set[str]] = {}
    rows = session.execute(
        select(Material.session_id, Material.kind).where(*_told(event_id), Material.session_id.is_not(None)).distinct()
    )
    for session_id, kind in rows:
        found.setdefault(session_id or 0, set()).add(kind)
    return found


def count_owed(session: Session, event_id: int, now: datetime) -> int:
    """How many sessions that people spoke at are over and have nothing up yet, of themselves or of a talk."""
    has_any = select(Material.id).where(Material.session_id == AgendaSession.id, Material.removed_at.is_(None)).exists()
    query = select(func.count(AgendaSession.id)).where(
        AgendaSession.event_id == event_id,
        AgendaSession.ends_at <= now,
        AgendaSession.status != SessionStatus.CANCELLED,
        AgendaSession.kind.in_(_SPOKEN),
        ~has_any,
    )
    return session.scalar(query) or 0


def _told(event_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Material.event_id == event_id, Material.removed_at.is_(None), Material.audience != Audience.STAFF)
