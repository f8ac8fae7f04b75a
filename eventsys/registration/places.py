"""What people choose a seat in besides the event: days, sessions, answers that seats are counted by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.events.models import Event
from eventsys.kernel.locale import say_day, say_range
from eventsys.registration.models import Mode, PoolKind, QuestionType, SeatPool
from eventsys.registration.queries.breakouts import undealt_sessions

FIELDS = {PoolKind.DAY: "days", PoolKind.SESSION: "sessions"}


@dataclass(frozen=True)
class Place:
    """One day, session or answer to choose, with the seats left in words; None of them where nothing is counted."""

    key: str
    label: str
    note: str = ""
    is_full: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Places:
    """The days and sessions of an event that seats are counted in, and the modes that need one of the days.

    `answers` are the choices that seats are counted by, by the id of the question.
    """

    days: tuple[Place, ...] = ()
    sessions: tuple[Place, ...] = ()
    answers: Mapping[int, tuple[Place, ...]] = field(default_factory=dict)
    day_modes: frozenset[str] = frozenset()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a form needs."""
        return tuple(name for name in ("days", "sessions") if getattr(self, name))

    def among(self, given: Mapping[int, Any]) -> Places:
        """The same for somebody who answered this before: what they have is not full for them."""

        def opened(question: int, place: Place) -> Place:
            mine = given.get(question)
            is_mine = place.key in mine if isinstance(mine, list) else place.key == mine
            return replace(place, is_full=False, note="") if is_mine else place

        answers = {question: tuple(opened(question, one) for one in some) for question, some in self.answers.items()}
        return replace(self, answers=answers)

    def with_own(self, kept: Mapping[str, Iterable[str]]) -> Places:
        """The same for somebody for whom these days and sessions are kept: they are not full for them."""

        def opened(name: str) -> tuple[Place, ...]:
            mine = set(kept.get(name, ()))
            return tuple(
                replace(one, is_full=False, note="") if one.key in mine else one for one in getattr(self, name)
            )

        return replace(self, days=opened("days"), sessions=opened("sessions"))

    def close(self, form: Any) -> None:
        """Fill in the fields; what is full is named and cannot be chosen any more."""
        for name in self.fields:
            if name in form:
                form[name].choices = [_choice(place.key, place.label, place.is_full) for place in getattr(self, name)]
        for question in form.questions:
            full = {place.key for place in self.answers.get(question.id, ()) if place.is_full}
            if full and question.type in (QuestionType.CHOICE, QuestionType.CHOICES):
                chosen = form[f"q_{question.key}"]
                chosen.choices = [_choice(one.value, one.label, one.value in full) for one in chosen.choices]

    def notes(self, name: str) -> dict[str, str]:
        """How many seats are left, by the value of the choice; `name` is that of a field or the id of a question."""
        some = self.answers.get(int(name), ()) if name.isdecimal() else getattr(self, name)
        return {place.key: place.note for place in some if place.note}

    def at_once(self, keys: Iterable[str]) -> tuple[Place, Place] | None:
        """Two of the chosen sessions that are on at the same time."""
        chosen = sorted((one for one in self.sessions if one.key in set(keys)), key=lambda one: str(one.starts_at))
        for first, second in pairwise(chosen):
            if first.ends_at and second.starts_at and second.starts_at < first.ends_at:
                return first, second
        return None


NO_PLACES = Places()


def places_of(session: Session, event: Event, pools: Sequence[SeatPool], *, has_approval: bool) -> Places:
    """What is to be chosen in these pools. Where organisers decide, a full one may be asked for as well."""
    some = [pool for pool in pools if pool.is_chosen]
    if not some:
        return NO_PLACES
    by_kind: dict[str, dict[str, list[SeatPool]]] = {}
    for pool in some:
        by_kind.setdefault(pool.kind, {}).setdefault(pool.key, []).append(pool)
    days, answers = by_kind.get(PoolKind.DAY, {}), by_kind.get(PoolKind.ANSWER, {})
    counted: dict[int, list[Place]] = {}
    for key, mine in answers.items():
        question, _equals, choice = key.partition("=")
        counted.setdefault(int(question), []).append(_place(choice, choice, mine, has_approval))
    return Places(
        days=tuple(_place(key, say_day(date.fromisoformat(key)), days[key], has_approval) for key in sorted(days)),
        sessions=_sessions(session, event, by_kind.get(PoolKind.SESSION, {}), has_approval),
        answers={question: tuple(places) for question, places in counted.items()},
        day_modes=frozenset(str(mode) for mode in Mode for one in days.values() for pool in one
                            if pool.mode in ("", mode)),
    )  # fmt: skip


def _sessions(
    session: Session, event: Event, pools: Mapping[str, list[SeatPool]], has_approval: bool
) -> tuple[Place, ...]:
    if not pools:
        return ()
    entries = session.execute(
        select(AgendaSession.key, AgendaSession.title, AgendaSession.starts_at, AgendaSession.ends_at)
        .where(
            AgendaSession.event_id == event.id,
            AgendaSession.key.in_(pools),
            AgendaSession.status != SessionStatus.CANCELLED,
        )
        .order_by(AgendaSession.starts_at, AgendaSession.position, AgendaSession.id)
    )
    # What is dealt by wish is ranked on the personal page, until it is dealt.
    undealt = undealt_sessions(session, event.id)
    return tuple(
        _place(
            row.key,
            f"{row.title} · {say_day(row.starts_at, event.zone)}, {say_range(row.starts_at, row.ends_at, event.zone)}",
            pools[row.key],
            has_approval,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        for row in entries
        if row.key not in undealt
    )


def _place(key: str, label: str, pools: Sequence[SeatPool], has_approval: bool, **times: datetime) -> Place:
    """What is counted for each way to take part apart is full where all of it is."""
    is_full = all(pool.is_full for pool in pools)
    lefts = [None if pool.seats is None else max(0, pool.seats - pool.taken) for pool in pools]
    if is_full and has_approval:
        note = _("All seats are taken; the organisers decide")
    elif is_full:
        note = _("No seat left")
    elif None in lefts:
        note = ""
    else:
        most = max(left for left in lefts if left is not None)
        note = ngettext("%(num)d seat left", "%(num)d seats left", most)
    return Place(key, label, str(note), is_full and not has_approval, **times)


def _choice(value: str, label: str, is_full: bool) -> SelectChoice:
    return SelectChoice(value, label, render_kw={"disabled": True} if is_full else {})
