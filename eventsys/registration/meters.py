"""Pools as people read them: what is counted, how full it is, who was let in beyond it and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.queries import names_of
from eventsys.agenda.models import AgendaSession
from eventsys.community.models import Organisation
from eventsys.community.rules import sector_label
from eventsys.events.models import Event
from eventsys.kernel.facts import Fact
from eventsys.kernel.locale import say_day, say_stamp
from eventsys.registration import queries
from eventsys.registration.actions.shaping import Shaped
from eventsys.registration.models import (
    Mode,
    PoolKind,
    Question,
    Registration,
    RegistrationType,
    Seat,
    SeatPool,
    SeatState,
)
from eventsys.registration.rules import MODE_LABELS, TYPE_LABELS


@dataclass(frozen=True)
class Meter:
    """One pool. `words` say it without the picture."""

    pool: SeatPool
    name: str
    words: str
    kind: str

    @property
    def session_key(self) -> str:
        return self.pool.key if self.pool.kind == PoolKind.SESSION else ""


@dataclass(frozen=True)
class Group:
    """The pools of one kind: those to be seen at once, and those that are folded away."""

    head: str
    meters: list[Meter]
    folded: list[Meter]


@dataclass(frozen=True)
class Beyond:
    """One seat that was given beyond the number."""

    registration: Registration
    pool: str
    who: str
    when: str


_HEADS = (PoolKind.MODE, PoolKind.TYPE, PoolKind.SECTOR, PoolKind.DAY, PoolKind.ANSWER, PoolKind.SESSION,
          PoolKind.ORGANISATION)  # fmt: skip


# So many organisations are shown one by one, however full.
_FEW = 5


def meters_of(session: Session, event: Event) -> list[Group]:
    """The pools by kind, those of the modes first; of many organisations those with room are folded away."""
    heads = {
        PoolKind.MODE: _("In the event"), PoolKind.TYPE: _("By type"), PoolKind.SECTOR: _("By sector"),
        PoolKind.DAY: _("By day"), PoolKind.ANSWER: _("By answer"), PoolKind.SESSION: _("In sessions"),
        PoolKind.ORGANISATION: _("By organisation"),
    }  # fmt: skip
    pools = queries.pools_of(session, event.id)
    names = pool_names(session, event, pools)
    found = []
    for kind in _HEADS:
        mine = [Meter(pool, names[pool.id], meter_words(pool), _mood(pool)) for pool in pools if pool.kind == kind]
        if mine:
            quiet = [each for each in mine if _has_room(each.pool)] if kind == PoolKind.ORGANISATION else []
            folded = quiet if len(mine) > _FEW else []
            found.append(Group(heads[kind], [each for each in mine if each not in folded], folded))
    return found


def _has_room(pool: SeatPool) -> bool:
    return not (pool.is_full or pool.waiting or pool.overbooked)


def meter_words(pool: SeatPool) -> str:
    """How full a pool is: “12 of 50 taken, 3 waiting, 2 beyond the seats”."""
    if pool.seats is None:
        parts = [ngettext("%(num)d taken, no limit", "%(num)d taken, no limit", pool.taken)]
    else:
        parts = [_("%(taken)d of %(seats)d taken", taken=pool.taken, seats=pool.seats)]
    if pool.waiting:
        parts.append(ngettext("%(num)d waiting", "%(num)d waiting", pool.waiting))
    if pool.overbooked:
        parts.append(ngettext("%(num)d beyond the seats", "%(num)d beyond the seats", pool.overbooked))
    return ", ".join(map(str, parts))


def _mood(pool: SeatPool) -> str:
    return "bad" if pool.overbooked else "warn" if pool.is_full else ""


def pool_names(session: Session, event: Event, pools: Iterable[SeatPool]) -> dict[int, str]:
    """What each pool counts, as people read it, by id; three queries however many there are."""
    pools = list(pools)
    keys = [pool.key for pool in pools if pool.kind == PoolKind.ORGANISATION]
    known = select(Organisation.name_key, Organisation.name).where(Organisation.name_key.in_(keys))
    organisations: dict[str, str] = {row[0]: row[1] for row in session.execute(known)}
    titles = select(AgendaSession.key, AgendaSession.title).where(AgendaSession.event_id == event.id)
    sessions: dict[str, str] = {row[0]: row[1] for row in session.execute(titles)}
    labels = select(Question.id, Question.label).where(Question.event_id == event.id)
    questions: dict[str, str] = {str(row[0]): row[1] for row in session.execute(labels)}
    return {pool.id: _name(pool, organisations, sessions, questions) for pool in pools}


def _name(pool: SeatPool, organisations: dict[str, str], sessions: dict[str, str], questions: dict[str, str]) -> str:
    match pool.kind:
        case PoolKind.MODE:
            return str(MODE_LABELS[Mode(pool.key)])
        case PoolKind.TYPE:
            name = str(TYPE_LABELS[RegistrationType(pool.key)])
        case PoolKind.SECTOR:
            name = sector_label(pool.key)
        case PoolKind.DAY:
            name = say_day(date.fromisoformat(pool.key))
        case PoolKind.SESSION:
            name = sessions.get(pool.key, pool.key)
        case PoolKind.ANSWER:
            question, _equals, choice = pool.key.partition("=")
            name = f"{questions.get(question, '')}: {choice}"
        case _:
            name = organisations.get(pool.key, pool.key)
    if pool.mode and pool.kind not in (PoolKind.ORGANISATION, PoolKind.SESSION):
        return f"{name}, {str(MODE_LABELS[Mode(pool.mode)]).lower()}"
    return name


def beyond_of(session: Session, event: Event) -> list[Beyond]:
    """Who was given a seat beyond the number, by whom and when, the latest first."""
    rows = session.execute(
        select(Registration, SeatPool)
        .join(Seat, Seat.registration_id == Registration.id)
        .join(SeatPool, SeatPool.id == Seat.pool_id)
        .where(SeatPool.event_id == event.id, Seat.is_beyond)
        .order_by(Registration.updated_at.desc(), Registration.id, SeatPool.id)
    ).all()
    names = pool_names(session, event, {row[1].id: row[1] for row in rows}.values())
    facts = _given(session, [row[0].id for row in rows])
    actors = names_of(session, (fact.actor for fact in facts.values()))
    found = []
    for registration, pool in rows:
        fact = facts.get(registration.id)
        who = actors.get(fact.actor, _("by command") if fact.actor == "command" else _("an organiser")) if fact else ""
        when = say_stamp(fact.at, event.zone) if fact else ""
        found.append(Beyond(registration, names[pool.id], str(who), when))
    return found


def _given(session: Session, ids: Sequence[int]) -> dict[int | None, Fact]:
    """The last deed by which each came in or moved."""
    deeds = ("registration.confirmed", "registration.approved", "registration.restored", "registration.mode_switched",
             "registration.imported")  # fmt: skip
    query = select(Fact).where(Fact.subject == "registration", Fact.subject_id.in_(ids), Fact.kind.in_(deeds))
    return {fact.subject_id: fact for fact in session.scalars(query.order_by(Fact.id))}


def shaped_words(done: Shaped, *, is_done: bool) -> list[str]:
    """What an act on the seats brings about, or has brought about, in sentences."""
    words = []
    if done.counted:
        words.append(
            ngettext(
                "%(num)d person who is registered belongs there and is counted.",
                "%(num)d people who are registered belong there and are counted.",
                done.counted,
            )
        )
    if done.moved > 0:
        words.append(
            ngettext("%(num)d person has moved up.", "%(num)d people have moved up.", done.moved)
            if is_done
            else ngettext(
                "%(num)d person who waits moves up at once.", "%(num)d people who wait move up at once.", done.moved
            )
        )
    if done.beyond:
        words.append(
            ngettext(
                "%(num)d person more than there are seats is registered; nobody loses their seat.",
                "%(num)d people more than there are seats are registered; nobody loses their seat.",
                done.beyond,
            )
        )
    if not words and not is_done:
        words.append(_("Nobody who is registered is touched by this."))
    return [str(sentence) for sentence in words]


def stands_of(session: Session, event: Event, registration: Registration) -> list[tuple[str, str]]:
    """Where one person sits or waits besides the event itself: what is counted, and how they stand in it."""
    mine = [(pool, seat) for pool, seat in queries.seats_of_person(session, registration.id)
            if pool.kind != PoolKind.MODE and seat.state != SeatState.ASKED]  # fmt: skip
    if not mine:
        return []
    names = pool_names(session, event, [pool for pool, _seat in mine])
    return [(names[pool.id], _stand(seat)) for pool, seat in mine]


def _stand(seat: Seat) -> str:
    if seat.state == SeatState.WANTED:
        return str(_("Waits"))
    return str(_("Has a seat, beyond their number") if seat.is_beyond else _("Has a seat"))
