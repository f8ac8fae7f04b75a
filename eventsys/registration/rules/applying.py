"""When an application may be decided, until when that can be undone, and what a pick does to the balance of a room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventsys.registration.models import Verdict

# How long the letters of a round wait, and with them the chance to undo it.
PAUSE = timedelta(minutes=2)
# As many decisions as one round carries out: its pools are held for all of them.
MOST_AT_ONCE = 500
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
        return max((max(one.would_be, one.applied, one.seats or 0) for one in self.shares), default=0) or 1


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
