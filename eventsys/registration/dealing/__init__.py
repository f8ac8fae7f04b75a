"""Breakouts by wish: who gets which of the sessions they ranked, dealt in one run that anybody can repeat and follow.

Pure: it knows no table and no clock. `deal` gives a `Deal`; its `account` can be kept as JSON, and `explain` and `why`
say it in the language of whoever reads.
"""

from __future__ import annotations

from eventsys.registration.dealing.checking import Check, check_run
from eventsys.registration.dealing.keeping import Table, deal_of, entry_of, kept_deal, past_of
from eventsys.registration.dealing.running import deal, refuse_unless_wishable
from eventsys.registration.dealing.shapes import Account, Deal, Dealt, Got, Option, Person, RoundCount, SessionCount
from eventsys.registration.dealing.telling import explain, why

__all__ = [
    "Account",
    "Check",
    "Deal",
    "Dealt",
    "Got",
    "Option",
    "Person",
    "RoundCount",
    "SessionCount",
    "Table",
    "check_run",
    "deal",
    "deal_of",
    "entry_of",
    "explain",
    "kept_deal",
    "past_of",
    "refuse_unless_wishable",
    "why",
]
