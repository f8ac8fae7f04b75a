"""How many of those who are registered will come, and how far to overbook: calculations over what happened before.

Of each sector, the share that comes is taken as Beta distributed: Jeffreys' prior Beta(½, ½), and what past events
showed (n registered, of whom k came) make Beta(½ + k, ½ + n - k); how many of m come is then beta-binomial. People of
one event are alike (a strike, a blizzard), so that the past of a sector weighs at most as much as MOST_WEIGHT people.
The sum over sectors is taken as one beta-binomial of the same mean and variance. Bands hold nine of ten outcomes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, lgamma

MOST_WEIGHT = 200
# A sector of which so few are known is forecast as everybody is.
LEAST_KNOWN = 5
BAND = 0.9
RISK = 0.05
# Nobody is advised to let more than twice the seats in.
_MOST_BEYOND = 1.0


@dataclass(frozen=True)
class Past:
    """Of those registered on site before, how many came."""

    registered: int = 0
    came: int = 0

    @property
    def share(self) -> float:
        return self.came / self.registered if self.registered else 0.0


@dataclass(frozen=True)
class Spread:
    """How many of `people` come: beta-binomial with parameters `a` and `b`."""

    people: int
    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.people * self.a / (self.a + self.b)

    @property
    def variance(self) -> float:
        weight = self.a + self.b
        return self.people * self.a * self.b * (weight + self.people) / (weight**2 * (weight + 1))

    def risk_of_more_than(self, number: int) -> float:
        """The probability that more than so many come."""
        if number >= self.people:
            return 0.0
        return min(1.0, sum(self._chance(one) for one in range(number + 1, self.people + 1)))

    def band(self, share: float = BAND) -> tuple[int, int]:
        """The least and the most of the middle of all outcomes that has this share of them."""
        tail, so_far, low = (1 - share) / 2, 0.0, None
        for one in range(self.people + 1):
            so_far += self._chance(one)
            if low is None and so_far > tail:
                low = one
            if so_far >= 1 - tail:
                return low or 0, one
        return low or 0, self.people

    def _chance(self, number: int) -> float:
        n, a, b = self.people, self.a, self.b
        ways = lgamma(n + 1) - lgamma(number + 1) - lgamma(n - number + 1)
        top = lgamma(number + a) + lgamma(n - number + b) - lgamma(n + a + b)
        return exp(ways + top - (lgamma(a) + lgamma(b) - lgamma(a + b)))


@dataclass(frozen=True)
class Sector:
    """One line of the forecast: who is confirmed, what the past knows of them, what is expected."""

    key: str
    confirmed: int
    past: Past
    expected: float
    low: int
    high: int
    is_as_all: bool


@dataclass(frozen=True)
class Forecast:
    """The whole: `beyond` is how far to overbook and `risk` what then remains; None without a number of seats."""

    sectors: tuple[Sector, ...]
    confirmed: int
    expected: float
    low: int
    high: int
    past: Past
    seats: int | None
    risk_now: float
    beyond: int | None
    risk: float


def forecast(past: Mapping[str, Past], confirmed: Mapping[str, int], seats: int | None) -> Forecast | None:
    """What comes of those confirmed on site, by sector; None where no past is known."""
    everybody = Past(sum(one.registered for one in past.values()), sum(one.came for one in past.values()))
    if not everybody.registered:
        return None
    spreads = {key: _spread(past.get(key, Past()), everybody, number) for key, number in confirmed.items() if number}
    lines = tuple(_line(key, spread, past.get(key, Past())) for key, spread in spreads.items())
    whole = _sum(spreads.values())
    low, high = whole.band()
    beyond = _beyond(spreads.values(), everybody, whole.people, seats) if seats else None
    return Forecast(
        sectors=tuple(sorted(lines, key=lambda one: (-one.confirmed, one.key))),
        confirmed=whole.people,
        expected=whole.mean,
        low=low,
        high=high,
        past=everybody,
        seats=seats,
        risk_now=whole.risk_of_more_than(seats) if seats else 0.0,
        beyond=beyond,
        risk=_filled(spreads.values(), everybody, whole.people, (seats or 0) + (beyond or 0), seats or 0),
    )


def _line(key: str, spread: Spread, past: Past) -> Sector:
    low, high = spread.band()
    return Sector(key, spread.people, past, spread.mean, low, high, past.registered < LEAST_KNOWN)


def _spread(past: Past, everybody: Past, people: int) -> Spread:
    known = past if past.registered >= LEAST_KNOWN else everybody
    weight = min(1.0, MOST_WEIGHT / known.registered)
    return Spread(people, 0.5 + known.came * weight, 0.5 + (known.registered - known.came) * weight)


def _sum(spreads: Iterable[Spread]) -> Spread:
    """One beta-binomial with the mean and variance of the sum; never narrower than the binomial."""
    parts = list(spreads)
    people, mean = sum(one.people for one in parts), sum(one.mean for one in parts)
    if len(parts) == 1:
        return parts[0]
    share = mean / people if people else 0.5
    plain = people * share * (1 - share)
    likeness = (sum(one.variance for one in parts) / plain - 1) / (people - 1) if people > 1 and plain else 0.0
    weight = 1 / min(max(likeness, 1e-6), 0.999) - 1
    return Spread(people, share * weight, (1 - share) * weight)


def _beyond(spreads: Iterable[Spread], everybody: Past, confirmed: int, seats: int) -> int:
    """The most to let in beyond the seats so that the risk of more people than seats stays under RISK."""
    parts = list(spreads)
    least, most = max(0, confirmed - seats), int(seats * _MOST_BEYOND)
    if least >= most:
        return least if _filled(parts, everybody, confirmed, seats + least, seats) < RISK else 0
    if _filled(parts, everybody, confirmed, seats + least, seats) >= RISK:
        return 0
    while least < most:
        middle = (least + most + 1) // 2
        if _filled(parts, everybody, confirmed, seats + middle, seats) < RISK:
            least = middle
        else:
            most = middle - 1
    return least


def _filled(spreads: Iterable[Spread], everybody: Past, confirmed: int, people: int, seats: int) -> float:
    """The risk of more people than seats when those who are confirmed are filled up to so many, by people as all."""
    more = people - confirmed
    parts = [*spreads, *([_spread(Past(), everybody, more)] if more > 0 else [])]
    return _sum(parts).risk_of_more_than(seats)
