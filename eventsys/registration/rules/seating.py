"""Which pools a registration belongs to, and what a full one means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from eventsys.registration.models import (
    Mode,
    PoolKind,
    RegistrationSettings,
    SeatPool,
    SeatState,
    State,
    WaitingList,
)

# How somebody in a state sits in the pools they belong to; all others only ask.
SEAT_STATES = {
    State.CONFIRMED: SeatState.TAKEN,
    State.OFFERED: SeatState.TAKEN,
    State.WAITING: SeatState.WANTED,
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody is and chose, as far as seats are counted by it. `answers` are by the id of the question."""

    mode: Mode
    type: str
    sector: str = ""
    organisation_key: str = ""
    days: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    answers: Mapping[int, Any] = field(default_factory=dict)

    def in_mode(self, mode: Mode) -> Wanted:
        return replace(self, mode=mode)


def pools_for(pools: Iterable[SeatPool], wanted: Wanted) -> list[SeatPool]:
    """The pools in which this one needs a seat, those of the modes first, then by id."""
    found = [pool for pool in pools if pool.mode in ("", wanted.mode) and _belongs(pool, wanted)]
    return sorted(found, key=lambda pool: (pool.kind != PoolKind.MODE, pool.id))


def _belongs(pool: SeatPool, wanted: Wanted) -> bool:
    match pool.kind:
        case PoolKind.MODE:
            return pool.key == wanted.mode
        case PoolKind.TYPE:
            return pool.key == wanted.type
        case PoolKind.SECTOR:
            return pool.key == wanted.sector
        case PoolKind.ORGANISATION:
            return pool.key == wanted.organisation_key
        case PoolKind.DAY:
            return pool.key in wanted.days
        case PoolKind.SESSION:
            return pool.key in wanted.sessions
        case PoolKind.ANSWER:
            question, _equals, choice = pool.key.partition("=")
            return answers_so(wanted.answers.get(int(question)), choice)
    return False


def answers_so(given: Any, choice: str) -> bool:
    """Whether this choice is the answer, or among several."""
    return choice in given if isinstance(given, list) else choice == given


def answer_key(question_id: int, choice: str) -> str:
    """The key of the pool that counts those who answered so."""
    return f"{question_id}={choice}"


def is_online_meanwhile(settings: RegistrationSettings, mode: Mode, online: SeatPool) -> bool:
    """Whether somebody who waits for a seat on site takes part online until then. They look on: no place online is
    counted for them, so that they keep none from who registers for it."""
    return settings.waits_online and mode == Mode.ONSITE and online.seats != 0


def may_wait(settings: RegistrationSettings, full: Iterable[SeatPool]) -> bool:
    """Whether the queue is the answer: what was chosen and is full is chosen anew instead."""
    return settings.waiting_list != WaitingList.NONE and not any(pool.is_chosen for pool in full)
