"""What is dealt, to whom, and what comes out: plain values, no rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class Option:
    """A session that can be wished for. A person gets at most one of a round. `seats` None means unlimited.

    One without a round is not dealt: it is there for those who hold a seat in it and cannot be elsewhere meanwhile.
    """

    key: str
    title: str
    round: str
    starts_at: datetime
    ends_at: datetime
    seats: int | None
    is_cancelled: bool = False

    def overlaps(self, other: Option) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Person:
    """Who may be given seats.

    `wishes` are keys of options, best first; rounds may be mixed, since the order counts within each. `held` are seats
    they have already: these count and are kept. `past` is how rounds dealt in earlier runs ended for them: the rank of
    the wish they got, None where they wished and got nothing.
    """

    id: int
    wishes: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    past: tuple[int | None, ...] = ()


class Got(StrEnum):
    """What a round brought to a person; all but the last two hold a seat."""

    WISHED = "wished"
    KEPT = "kept"
    FILLED = "filled"
    MISSED = "missed"
    UNASKED = "unasked"


@dataclass(frozen=True)
class Dealt:
    """One person in one round.

    `rank` counts from 1 and is None for a session that was not wished for. `place` is the place, from 1, in the order
    in which people chose among equally good deals; None for who did not ask. `wishes` are those of this round, `barred`
    the ones among them that overlap with another seat of this person.
    """

    person: int
    round: str
    got: Got
    session: str | None = None
    rank: int | None = None
    place: int | None = None
    wishes: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoundCount:
    """How a round went, in people: `by_rank` begins with those who got their first wish, `missed` got none of theirs.

    Of those who missed or did not ask, `filled` were put where room was left.
    """

    round: str
    asked: int
    by_rank: tuple[int, ...]
    missed: int
    unasked: int
    kept: int
    filled: int


@dataclass(frozen=True)
class SessionCount:
    """How a session went, in people; who kept a seat asked for none. `seats` None means unlimited."""

    key: str
    title: str
    round: str
    seats: int | None
    is_cancelled: bool
    asked_first: int
    asked: int
    wished: int
    kept: int
    filled: int

    @property
    def given(self) -> int:
        return self.wished + self.kept + self.filled

    @property
    def to_deal(self) -> int | None:
        """The seats that nobody held before the run."""
        return None if self.seats is None else max(0, self.seats - self.kept)

    @property
    def left(self) -> int | None:
        return None if self.seats is None else max(0, self.seats - self.given)


@dataclass(frozen=True)
class Account:
    """All that is needed to explain a run afterwards: it names no person."""

    seed: str
    fills: bool
    method: str
    rounds: tuple[RoundCount, ...]
    sessions: tuple[SessionCount, ...]

    def session(self, key: str) -> SessionCount:
        return next(one for one in self.sessions if one.key == key)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Account:
        """What `as_json` gave, also after a stay in the database."""
        rounds = tuple(RoundCount(**{**one, "by_rank": tuple(one["by_rank"])}) for one in kept["rounds"])
        sessions = tuple(SessionCount(**one) for one in kept["sessions"])
        return cls(kept["seed"], kept["fills"], kept["method"], rounds, sessions)


@dataclass(frozen=True)
class Deal:
    """The result of a run: one entry for each person and round, by round and then by person."""

    entries: tuple[Dealt, ...]
    account: Account

    def given(self) -> list[Dealt]:
        """The new seats: what people held before is not among them."""
        return [one for one in self.entries if one.got in (Got.WISHED, Got.FILLED)]
