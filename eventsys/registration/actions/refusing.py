"""What is said where no seat is left: which one, and what is still possible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.community.rules import sector_label
from eventsys.kernel.locale import say_day
from eventsys.registration import queries, rules
from eventsys.registration.errors import SeatsGone
from eventsys.registration.models import Mode, PoolKind, Question, RegistrationType, SeatPool


def refusal_of_full(session: Session, event_id: int, full: Sequence[SeatPool]) -> SeatsGone:
    """The refusal that names the first pool that is full, and the field where something else can be chosen."""
    pool = next((one for one in full if one.kind == PoolKind.MODE), full[0])
    if pool.kind == PoolKind.MODE:
        return rules.seats_gone(queries.seats(session, event_id), Mode(pool.key))
    name = pool_label(session, pool)
    match pool.kind:
        case PoolKind.DAY:
            return SeatsGone(_("No seat is left on %(day)s. Please choose another day.", day=name), field="days")
        case PoolKind.SESSION:
            return SeatsGone(
                _("No seat is left in “%(session)s”. Please choose another session.", session=name), field="sessions"
            )
        case PoolKind.ANSWER:
            question, _choice = _answer_of(session, pool)
            return SeatsGone(
                _("“%(choice)s” is taken by as many as there can be. Please choose something else.", choice=name),
                field=f"q_{question.key}" if question else None,
            )
        case PoolKind.ORGANISATION:
            return SeatsGone(
                _("No seat is left for this organisation: the organisers share them out."), field="organisation"
            )
        case PoolKind.SECTOR:
            return SeatsGone(
                _("No seat is left for “%(sector)s”: the organisers share them out.", sector=name), field="sector"
            )
    return SeatsGone(_("No seat is left for “%(type)s”.", type=name))


def pool_label(session: Session, pool: SeatPool) -> str:
    """What a pool counts, as people read it."""
    match pool.kind:
        case PoolKind.MODE:
            return str(rules.MODE_LABELS[Mode(pool.key)])
        case PoolKind.TYPE:
            return str(rules.TYPE_LABELS[RegistrationType(pool.key)])
        case PoolKind.SECTOR:
            return sector_label(pool.key)
        case PoolKind.DAY:
            return say_day(date.fromisoformat(pool.key))
        case PoolKind.SESSION:
            query = select(AgendaSession.title)
            found = query.where(AgendaSession.event_id == pool.event_id, AgendaSession.key == pool.key)
            return session.scalar(found) or pool.key
        case PoolKind.ANSWER:
            return _answer_of(session, pool)[1]
    return pool.key


def _answer_of(session: Session, pool: SeatPool) -> tuple[Question | None, str]:
    question, _equals, choice = pool.key.partition("=")
    return session.get(Question, int(question)), choice
