"""A run in words: to an organiser how it was done and how it went, to a person why they got what they got."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from eventsys.registration.dealing.shapes import Account, Dealt, Got, RoundCount, SessionCount


def explain(account: Account, names: Mapping[str, str] | None = None) -> list[str]:
    """The method, the seed, what counted as best, and how each round went; `names` are those of the rounds."""
    rounds = [_told(one, (names or {}).get(one.round, one.round)) for one in account.rounds]
    return [*_rules(account), *rounds, *_full(account), *_cancelled(account)]


def why(account: Account, entry: Dealt) -> str:
    """Why one person got, or did not get, a session in one round; empty where there is nothing to explain."""
    match entry.got:
        case Got.KEPT:
            return str(_("You had this seat already, and kept it."))
        case Got.WISHED if entry.rank == 1:
            return str(_("You got your first wish."))
        case Got.WISHED:
            before = list(entry.wishes[: (entry.rank or 1) - 1])
            return " ".join(
                [_("You got your wish number %(rank)d.", rank=entry.rank), *_reasons(account, entry, before)]
            )
        case Got.UNASKED:
            return str(_("You made no wish."))
    told = [*_headline(account, entry), *_reasons(account, entry, list(entry.wishes))]
    if entry.got == Got.FILLED:
        told.append(_("You were given a seat where room was left; you had not wished for it."))
    return " ".join(told)


def _rules(account: Account) -> list[str]:
    told = [
        _(
            "All seats were dealt in one run from the seed “%(seed)s”. The same seed, wishes and seats give the same"
            " result again; when somebody registered or wished makes no difference.",
            seed=account.seed,
        ),
        _("The best deal was calculated exactly, as a flow of least cost (network simplex, %(library)s).",
          library=account.method),
        _(
            "What counts as best: first, as many people as possible get one of their wishes in each round. Then, as"
            " few as possible get a wish of the lowest rank, then of the rank above it, and so on: no number of first"
            " wishes makes up for one wish more of a lower rank."
        ),
        _(
            "Where several deals are equally good, people chose among them one after the other: first those who fared"
            " worse in the rounds before, otherwise in an order drawn by lot from the seed."
        ),
        _("Nobody got two sessions that overlap, and seats that people already held were kept."),
    ]  # fmt: skip
    if account.fills:
        told.append(
            _("At the end, people without a wish or without luck were given seats that were left, spread over the"
              " sessions. These are marked as not wished for.")
        )  # fmt: skip
    return [str(one) for one in told]


def _told(one: RoundCount, name: str) -> str:
    """How a round went: 120 people asked; wish 1: 80, wish 2: 25, none: 15; …"""
    asked = ngettext("%(num)d person asked", "%(num)d people asked", one.asked)
    ranks = [_("wish %(rank)d: %(count)d", rank=rank, count=count) for rank, count in enumerate(one.by_rank, 1)]
    parts = [asked, ", ".join([*ranks, _("no wish fulfilled: %(count)d", count=one.missed)])] if one.asked else [asked]
    if one.kept:
        parts.append(_("had a seat already: %(count)d", count=one.kept))
    if one.filled:
        parts.append(_("put where room was left: %(count)d", count=one.filled))
    if without := one.missed + one.unasked - one.filled:
        parts.append(_("without a seat: %(count)d", count=without))
    return f"{name}: {'; '.join(parts)}."


def _full(account: Account) -> list[str]:
    return [_crowd(one) for one in account.sessions if _is_short(one)]


def _cancelled(account: Account) -> list[str]:
    return [
        str(_("“%(title)s” was cancelled, so wishes for it were passed over.", title=one.title))
        for one in account.sessions
        if one.is_cancelled and one.asked
    ]


def _headline(account: Account, entry: Dealt) -> list[str]:
    if not entry.wishes:
        return []
    if entry.barred or any(account.session(key).is_cancelled for key in entry.wishes):
        return [str(_("No wish of yours could be fulfilled."))]
    return [str(_("All your wishes were full.") if len(entry.wishes) > 1 else _("Your wish was full."))]


def _reasons(account: Account, entry: Dealt, keys: list[str]) -> list[str]:
    return [_reason(account.session(key), is_barred=key in entry.barred) for key in keys]


def _reason(one: SessionCount, *, is_barred: bool) -> str:
    if one.is_cancelled:
        return str(_("“%(title)s” was cancelled.", title=one.title))
    if is_barred:
        return str(_("“%(title)s” overlaps with another session of yours.", title=one.title))
    return _crowd(one)


def _is_short(one: SessionCount) -> bool:
    return not one.is_cancelled and one.to_deal is not None and one.asked > one.to_deal


def _crowd(one: SessionCount) -> str:
    """“Drones”: 40 people asked for 20 seats."""
    if not one.to_deal:
        return str(_("“%(title)s” had no seat to deal.", title=one.title))
    seats = ngettext("%(num)d seat", "%(num)d seats", one.to_deal)
    return str(
        ngettext(
            "“%(title)s”: %(num)d person asked for %(seats)s.",
            "“%(title)s”: %(num)d people asked for %(seats)s.",
            one.asked,
            title=one.title,
            seats=seats,
        )
    )
