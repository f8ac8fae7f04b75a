"""Rounds of sessions to be wished for: which sessions make one, how long people may wish, how long a deal is undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from eventsys.registration.errors.breakouts import BreakoutUnfit, DealtAlready, WishesClosed, WishesOpen
from eventsys.registration.models import Breakout
from eventsys.registration.rules.applying import undo_until

MOST_WISHES = 10
MOST_SESSIONS = 60
# A larger round is dealt by the worker: a request would take too long.
AT_ONCE = 1000


@dataclass(frozen=True)
class Shape:
    """What organisers decide about a round; `sessions` are keys."""

    name: str
    sessions: tuple[str, ...]
    wishes_most: int
    closes_at: datetime | None
    fills: bool


@dataclass(frozen=True)
class Slot:
    """A session that counts seats, as rounds see it. `mode` is whose seats these are, empty for everybody's."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    room: str
    is_cancelled: bool
    pool_id: int
    mode: str
    seats: int | None
    taken: int

    @property
    def left(self) -> int | None:
        return None if self.seats is None else max(0, self.seats - self.taken)


def refuse_unless_fit(shape: Shape, slots: Sequence[Slot], elsewhere: Iterable[str], now: datetime) -> None:
    """Raises BreakoutUnfit unless these sessions are to come, run at the same time, and are in no other round."""
    others = set(elsewhere)
    if not 2 <= len(slots) <= MOST_SESSIONS:
        raise BreakoutUnfit(_("Choose at least two sessions that run at the same time."), field="sessions")
    for slot in slots:
        if slot.key in others:
            raise BreakoutUnfit(_("“%(title)s” is in another round already.", title=slot.title), field="sessions")
        if slot.starts_at <= now:
            raise BreakoutUnfit(_("“%(title)s” has begun already.", title=slot.title), field="sessions")
    latest, first = max(slots, key=lambda slot: slot.starts_at), min(slots, key=lambda slot: slot.ends_at)
    if latest.starts_at >= first.ends_at:
        sentence = _(
            "“%(first)s” is over when “%(latest)s” begins: who gets one could go to the other as well.",
            first=first.title,
            latest=latest.title,
        )
        raise BreakoutUnfit(sentence, field="sessions")
    if len({slot.mode for slot in slots}) > 1:
        sentence = _("Some of these sessions count seats on site only, others for everybody.")
        raise BreakoutUnfit(sentence, field="sessions")
    if not 1 <= shape.wishes_most <= min(MOST_WISHES, len(slots)):
        most = min(MOST_WISHES, len(slots))
        raise BreakoutUnfit(_("Ask for 1 to %(most)d wishes.", most=most), field="wishes_most")
    if shape.closes_at is not None and shape.closes_at > min(slot.starts_at for slot in slots):
        raise BreakoutUnfit(_("Wishes must be in before the sessions begin."), field="closes_at")


def is_open(breakout: Breakout, slots: Iterable[Slot], now: datetime) -> bool:
    """Whether people may wish, and change their wishes: until the closing date, at the latest until the sessions."""
    is_early = breakout.closes_at is None or now < breakout.closes_at
    return breakout.dealt_at is None and is_early and all(now < slot.starts_at for slot in slots)


def refuse_unless_open(breakout: Breakout, slots: Iterable[Slot], now: datetime) -> None:
    """Raises WishesClosed."""
    if not is_open(breakout, slots, now):
        raise WishesClosed(round=breakout.name)


def refuse_dealt(breakout: Breakout) -> None:
    """Raises DealtAlready."""
    if breakout.dealt_at is not None:
        raise DealtAlready(round=breakout.name)


def refuse_unless_dealable(breakout: Breakout, now: datetime) -> None:
    """Raises DealtAlready, and WishesOpen while a closing date is still to come."""
    refuse_dealt(breakout)
    if breakout.closes_at is not None and now < breakout.closes_at:
        raise WishesOpen


def asked_number(breakout: Breakout, slots: Sequence[Slot]) -> int:
    """How many wishes everybody is asked for: the same number, so that nobody wins by a short list."""
    return min(breakout.wishes_most, sum(not slot.is_cancelled for slot in slots))


def may_undo(breakout: Breakout, now: datetime) -> bool:
    """Whether no letter of the deal has left yet."""
    return breakout.dealt_at is not None and now < undo_until(breakout.dealt_at)


def fits(slots: Sequence[Slot], mode: str) -> bool:
    """Whether people of this mode can sit in these sessions."""
    return any(slot.mode in ("", mode) for slot in slots)


def run_of(report: dict[str, Any] | None) -> dict[str, Any]:
    """Where the run of a large round stands: `state` is calculating, ready, confirmed or changed; empty for none."""
    return dict((report or {}).get("run") or {})
