"""How a run went, counted by round and by session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from eventsys.registration.dealing.shapes import Account, Dealt, Got, Option, RoundCount, SessionCount
from eventsys.registration.dealing.solving import method


def account_of(
    options: Sequence[Option], kept: Mapping[str, int], entries: Sequence[Dealt], *, seed: str, fills: bool
) -> Account:
    """`kept` counts by session the seats that were held before."""
    rounds = dict.fromkeys(option.round for option in options)
    counted = tuple(_round(name, [entry for entry in entries if entry.round == name]) for name in rounds)
    return Account(seed, fills, method(), counted, _sessions(options, kept, entries))


def _round(name: str, entries: Sequence[Dealt]) -> RoundCount:
    got = Counter(entry.got for entry in entries)
    asking = [entry for entry in entries if _asked(entry)]
    ranks = Counter(entry.rank for entry in asking)
    longest = max((len(entry.wishes) for entry in asking), default=0)
    return RoundCount(
        round=name,
        asked=len(asking),
        by_rank=tuple(ranks[rank] for rank in range(1, longest + 1)),
        missed=ranks[None],
        unasked=len(entries) - len(asking) - got[Got.KEPT],
        kept=got[Got.KEPT],
        filled=got[Got.FILLED],
    )


def _sessions(options: Sequence[Option], kept: Mapping[str, int], entries: Sequence[Dealt]) -> tuple[SessionCount, ...]:
    asking = [entry for entry in entries if _asked(entry)]
    first = Counter(entry.wishes[0] for entry in asking)
    asked = Counter(key for entry in asking for key in entry.wishes)
    given = Counter((entry.got, entry.session) for entry in entries)
    return tuple(
        SessionCount(
            key=option.key,
            title=option.title,
            round=option.round,
            seats=option.seats,
            is_cancelled=option.is_cancelled,
            asked_first=first[option.key],
            asked=asked[option.key],
            wished=given[Got.WISHED, option.key],
            kept=kept.get(option.key, 0),
            filled=given[Got.FILLED, option.key],
        )
        for option in options
    )


def _asked(entry: Dealt) -> bool:
    """Whether the person hoped for a new seat in this round. Who held one already did not."""
    return bool(entry.wishes) and entry.got != Got.KEPT
