"""The subgroups of a meeting, which its members rank until a week before."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from eventsys.demo.history import Loading, of_state
from eventsys.events.models import Event
from eventsys.registration import actions as registration
from eventsys.registration.actions import breakouts
from eventsys.registration.models import State
from eventsys.registration.rules.breakouts import Shape

# How often each of them stands first, best known first: the rooms do not hold what people wish.
_SUBGROUPS = {"subgroup-fct-infra": 5, "subgroup-drs": 3, "subgroup-bm": 2}


def rank_subgroups(loading: Loading, event: Event) -> None:
    """Most members have wished; nothing is dealt yet."""
    session, random, at = loading.session, Random("wishes"), loading.now - timedelta(days=5)
    registration.follow_programme(session, event, now=at)
    shape = Shape(
        "Subgroups", tuple(_SUBGROUPS), wishes_most=len(_SUBGROUPS), closes_at=event.starts_at - timedelta(days=7),
        fills=True,
    )  # fmt: skip
    breakout = breakouts.make(session, event, shape, now=at)
    for number, one in enumerate(of_state(loading, event, State.CONFIRMED)):
        if number % 7 != 4:
            # Drawn without putting back, the better known more often first (Efraimidis and Spirakis).
            ranking = sorted(_SUBGROUPS, key=lambda key: random.random() ** (1 / _SUBGROUPS[key]), reverse=True)
            breakouts.wish(session, one, breakout, ranking, now=at + timedelta(hours=number))
