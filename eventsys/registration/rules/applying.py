"""When an application may be decided, until when that can be undone, and what a pick does to the balance of a room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventsys.registration.models import Verdict

# How long the letters of a round wait, and with them the chance to undo it.
PAUSE = timedelta(minutes=2)
# As many decisions as one round carries out: its pools are held for all of them, about a hundredth of a second each.
MOST_AT_ONCE = 200
SCORES = range(1, 6)

# With fewer people than this no share says anything.
_LEAST = 8
_ORGANISATION_SHARE = 0.25
_COUNTRY_SHARE = 0.5


@dataclass(frozen=True)
class Opinion:
    """What somebody thinks of an application: a score from 1 to 5, what should come of it, a note."""

    score: int | None
    verdict: Verdict | None
    note: str = ""

    @property
    def is_given(self) -> bool:
        return self.score is not None or self.verdict is not None


@dataclass(frozen=True)
class Share:
    """One line of a balance: how many of a kind applied, are in and are picked. `seats` None means no cap."""

    key: str
    label: str
    applied: int = 0
    seated: int = 0
    picked: int = 0
    seats: int | None = None

    @property
    def would_be(self) -> int:
        """How many are in once all picks are carried out."""
        return self.seated + self.picked

    @property
    def surplus(self) -> int:
        """How many more than there are seats would be in."""
        return 0 if self.seats is None else max(0, self.would_be - self.seats)


@dataclass(frozen=True)
class Balance:
    """The same people counted by one thing: `kind` is sector, country, organisation or the key of a question."""

    kind: str
    label: str
    shares: tuple[Share, ...]

    @property
    def top(self) -> int:
        """The largest figure, which bars are drawn against."""
        return max((max(one.would_be, min(one.seats or 0, 3 * one.would_be)) for one in self.shares), default=0) or 1


@dataclass(frozen=True)
class Line:
    """One line of a picture: `now` are in, `kept` of them and `added` are in after, which makes `after`."""

    label: str
    applied: int
    seats: int | None
    now: int
    kept: int
    added: int
    surplus: int

    @property
    def after(self) -> int:
        return self.kept + self.added


@dataclass(frozen=True)
class Comparison:
    """A balance before and after, with the largest figure of both that the bars are drawn against."""

    kind: str
    label: str
    lines: tuple[Line, ...]
    top: int


def compared(before: Balance, after: Balance | None = None) -> Comparison:
    """Before and after side by side; without an `after`, what the picks of `before` would make of it."""
    if after is None:
        lines = [
            Line(one.label, one.applied, one.seats, one.seated, one.seated, one.picked, one.surplus)
            for one in before.shares
        ]
        return Comparison(before.kind, before.label, tuple(lines), before.top)
    then = {(one.key, one.label): one for one in after.shares}
    lines = []
    for one in before.shares:
        found = then.get((one.key, one.label), Share(one.key, one.label, seats=one.seats))
        surplus = 0 if found.seats is None else max(0, found.seated - found.seats)
        lines.append(Line(one.label, one.applied, one.seats, one.seated, found.seated, 0, surplus))
    return Comparison(before.kind, before.label, tuple(lines), max(before.top, after.top))


def dominating(balance: Balance, total: int) -> Share | None:
    """The organisation with more than a quarter of those who would be in, or the country with more than half."""
    limits = {"organisation": _ORGANISATION_SHARE, "country": _COUNTRY_SHARE}
    if balance.kind not in limits or total < _LEAST:
        return None
    largest = max((one for one in balance.shares if one.key), key=lambda one: one.would_be, default=None)
    return largest if largest is not None and largest.would_be > total * limits[balance.kind] else None


def mean_score(scores: Iterable[int | None]) -> float | None:
    """The mean of those that were given."""
    given = [score for score in scores if score is not None]
    return round(sum(given) / len(given), 2) if given else None


def undo_until(decided_at: datetime) -> datetime:
    """The instant at which the letters of a round leave."""
    return decided_at + PAUSE
