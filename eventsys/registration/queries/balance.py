"""Who is in a room and who would be: the same people counted by sector, country, organisation and answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from eventsys.community.models import Sector
from eventsys.community.rules import SECTOR_LABELS
from eventsys.kernel.locale import country_name
from eventsys.registration.models import (
    SEATED,
    Answer,
    Mode,
    PoolKind,
    Question,
    Registration,
    SeatPool,
    State,
    Verdict,
)
from eventsys.registration.queries.applying import choice_questions
from eventsys.registration.queries.seating import pools_of, settings_of
from eventsys.registration.rules.applying import Balance, Share
from eventsys.registration.rules.seating import answer_key

# So many lines a picture; the others are drawn together.
_LINES = 12


def balances(session: Session, event_id: int, mode: Mode, *, ticked: Collection[int] = ()) -> list[Balance]:
    """By sector, country, organisation and each choice that is asked, of one way to take part. Who is ticked counts as
    picked. The first is of all people, with the seats of the mode."""
    counts = _counts(ticked)
    is_there = and_(
        Registration.event_id == event_id,
        Registration.mode == mode,
        or_(Registration.state == State.APPLIED, Registration.state.in_(SEATED)),
    )
    pools = [pool for pool in pools_of(session, event_id) if pool.mode in ("", mode)]
    everybody = session.execute(select(*counts).where(is_there)).one()
    seats = next((pool.seats for pool in pools if pool.kind == PoolKind.MODE and pool.key == mode), None)
    found = [Balance("all", _("All"), (_share("all", _("Everybody"), everybody, seats),))]
    most = settings_of(session, event_id).organisation_seats if mode == Mode.ONSITE else None
    found.append(_by_column(session, "sector", _("Sector"), is_there, counts, _caps(pools, PoolKind.SECTOR)))
    found.append(_by_column(session, "country", _("Country"), is_there, counts, {}))
    capped = _caps(pools, PoolKind.ORGANISATION)
    found.append(_by_column(session, "organisation", _("Organisation"), is_there, counts, capped, usual=most))
    questions = choice_questions(session, event_id)
    return [*found, *(_by_answers(session, questions, is_there, counts, _caps(pools, PoolKind.ANSWER)))]


def way_of(session: Session, event_id: int, asked: str) -> tuple[Mode, list[Mode]]:
    """The way to take part whose balance is shown, and those that anybody applied for."""
    rows = session.execute(
        select(Registration.mode, func.count())
        .where(Registration.event_id == event_id, Registration.state == State.APPLIED)
        .group_by(Registration.mode)
    )
    counts = {Mode(row[0]): row[1] for row in rows}
    ways = [mode for mode in Mode if mode in counts]
    if asked in ways:
        return Mode(asked), ways
    return max(ways, key=lambda mode: counts[mode], default=Mode.ONSITE), ways


def _counts(ticked: Collection[int]) -> tuple[ColumnElement[int], ...]:
    is_applied = Registration.state == State.APPLIED
    is_picked = Registration.verdict == Verdict.ACCEPT
    if ticked:
        is_picked = or_(is_picked, Registration.id.in_(ticked))
    conditions = (is_applied, Registration.state.in_(SEATED), and_(is_applied, is_picked))
    return tuple(func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in conditions)


def _share(key: str, label: str, counted: Iterable[Any], seats: int | None) -> Share:
    applied, seated, picked = (int(one) for one in counted)
    return Share(key, label, applied, seated, picked, seats)


def _caps(pools: Iterable[SeatPool], kind: PoolKind) -> dict[str, int | None]:
    """The seats of the pools of one kind; where two count the same, the narrower."""
    found: dict[str, int | None] = {}
    for pool in pools:
        if pool.kind == kind and pool.seats is not None:
            known = found.get(pool.key)
            found[pool.key] = pool.seats if known is None else min(known, pool.seats)
    return found


def _by_column(
    session: Session,
    kind: str,
    label: str,
    is_there: ColumnElement[bool],
    counts: tuple[ColumnElement[int], ...],
    caps: Mapping[str, int | None],
    *,
    usual: int | None = None,
) -> Balance:
    column = {
        "sector": Registration.sector,
        "country": Registration.country,
        "organisation": Registration.organisation_key,
    }[kind]
    rows = session.execute(
        select(column, func.min(Registration.organisation), *counts).where(is_there).group_by(column)
    )
    shares = [
        _share(row[0], _label(kind, row[0], row[1]), row[2:], caps.get(row[0], usual) if row[0] else None)
        for row in rows
    ]
    return Balance(kind, label, _shortened(shares))


def _label(kind: str, key: str, organisation: str) -> str:
    if not key:
        return str(_("not said"))
    if kind == "sector":
        return str(SECTOR_LABELS[Sector(key)]) if key in set(Sector) else key
    return country_name(key) if kind == "country" else organisation or key


def _by_answers(
    session: Session,
    questions: Iterable[Question],
    is_there: ColumnElement[bool],
    counts: tuple[ColumnElement[int], ...],
    caps: Mapping[str, int | None],
) -> list[Balance]:
    known = {question.id: question for question in questions}
    if not known:
        return []
    rows = session.execute(
        select(Answer.question_id, Answer.value, *counts)
        .join(Registration, Registration.id == Answer.registration_id)
        .where(is_there, Answer.question_id.in_(known))
        .group_by(Answer.question_id, Answer.value)
    )
    found: dict[int, dict[str, Share]] = {
        number: {
            choice: Share(choice, choice, seats=caps.get(answer_key(number, choice))) for choice in question.choices
        }
        for number, question in known.items()
    }
    for number, value, *counted in rows:
        for choice in value if isinstance(value, list) else [value]:
            before = found[number].get(str(choice), Share(str(choice), str(choice)))
            more = _share("", "", counted, None)
            found[number][str(choice)] = replace(
                before,
                applied=before.applied + more.applied,
                seated=before.seated + more.seated,
                picked=before.picked + more.picked,
            )
    return [
        Balance(question.key, question.label, _shortened(list(found[number].values())))
        for number, question in known.items()
    ]


def _shortened(shares: list[Share]) -> tuple[Share, ...]:
    """The largest first; those past the last line together, but for any with more people than seats."""
    ordered = sorted(shares, key=lambda one: (one.surplus == 0, -one.would_be, -one.applied, one.label.casefold()))
    kept, others = ordered[:_LINES], ordered[_LINES:]
    if not others:
        return tuple(kept)
    names = _("%(number)d others", number=len(others))
    sums = (sum(getattr(one, name) for one in others) for name in ("applied", "seated", "picked"))
    return (*kept, _share("", names, sums, None))
