"""Who has registered: how many, since when, from which sectors and countries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from babel.dates import format_skeleton
from flask_babel import gettext as _
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from eventsys.community.rules import sector_label
from eventsys.events.models import Event
from eventsys.kernel.locale import country_name, current_locale, day_of
from eventsys.registration.listing import counted
from eventsys.registration.models import ENDED, Mode, Registration, State

_LONGEST = 8
_POINTS = 40
_person = cast(Table, Registration.__table__)


@dataclass(frozen=True)
class Counted:
    """How many registrations stand where."""

    by_state_and_mode: dict[tuple[State, Mode], int]

    def in_state(self, state: State, mode: Mode | None = None) -> int:
        return sum(n for (one, how), n in self.by_state_and_mode.items() if one == state and mode in (None, how))

    @property
    def living(self) -> int:
        return sum(n for (state, _mode), n in self.by_state_and_mode.items() if state not in ENDED)


def count(session: Session, event_id: int) -> Counted:
    return Counted(counted(session, event_id))


def curve(session: Session, event: Event, now: datetime) -> list[tuple[str, int]]:
    """How many had registered by the end of each day, of those whose registration lives; of long times every nth day.

    The column is read alone: a day is local to the event, which no database groups by in the same words.
    """
    living = (_person.c.event_id == event.id, _person.c.state.not_in(ENDED))
    instants = session.execute(select(_person.c.registered_at).where(*living)).scalars()
    return _running(Counter(day_of(instant, event.zone) for instant in instants), today=day_of(now, event.zone))


def _running(by_day: Counter[date], *, today: date) -> list[tuple[str, int]]:
    if not by_day:
        return []
    first, last = min(by_day), max([today, *by_day])
    step = max(1, -(-(last - first).days // _POINTS))
    # Backwards from the last day, so that the curve ends with what is true now.
    ends = [last - timedelta(days=number * step) for number in range((last - first).days // step + 1)][::-1]
    if ends[0] > first or len(ends) == 1:
        ends.insert(0, ends[0] - timedelta(days=step))
    return [(say_short(end), sum(n for day, n in by_day.items() if day <= end)) for end in ends]


def say_short(day: date) -> str:
    """`3 Dec`, as short as a label under a curve must be."""
    locale = current_locale()
    if locale.language == "en":
        return f"{day.day} {format_skeleton('MMM', day, locale=locale)}"
    return str(format_skeleton("MMMd", day, locale=locale))


@dataclass(frozen=True)
class Origins:
    """Confirmed people by sector and by country, the most first; the rest in one line."""

    sectors: list[tuple[str, int]]
    countries: list[tuple[str, int]]


def origins(session: Session, event_id: int) -> Origins:
    rows = session.execute(
        select(_person.c.sector, _person.c.country, func.count())
        .where(_person.c.event_id == event_id, _person.c.state == State.CONFIRMED)
        .group_by(_person.c.sector, _person.c.country)
    ).all()
    sectors: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    for sector, country, number in rows:
        sectors[sector_label(sector) or str(_("Not said"))] += number
        countries[country_name(country) if country else str(_("Not said"))] += number
    return Origins(_most(sectors.items()), _most(countries.items()))


def _most(items: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    ranked = sorted(items, key=lambda item: (-item[1], item[0]))
    if len(ranked) <= _LONGEST + 1:
        return ranked
    return [*ranked[:_LONGEST], (str(_("Others")), sum(number for _label, number in ranked[_LONGEST:]))]
