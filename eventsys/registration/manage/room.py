"""The balance of the room as pages draw it, with what is out of it in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from eventsys.registration import rules
from eventsys.registration.queries.balance import balances, way_of
from eventsys.registration.rules.applying import Balance, Share, compared, dominating


def balance_of(session: Session, event_id: int, ticked: Sequence[int] = ()) -> dict[str, Any]:
    """The balance of one way to take part as the page draws it, with what is out of it in words."""
    way, ways = way_of(session, event_id, request.args.get("way", ""))
    everybody, *shown = balances(session, event_id, way, ticked=ticked)
    whole = everybody.shares[0]
    return {
        "way": way,
        "ways": [(one, rules.MODE_LABELS[one]) for one in ways],
        "whole": whole,
        "balances": [compared(one) for one in shown if one.shares],
        "warnings": warnings_of(whole, shown),
    }


def warnings_of(whole: Share, shown: Sequence[Balance]) -> list[str]:
    """More people than seats, and organisations or countries that fill the room."""
    found = []
    if whole.surplus:
        found.append(
            ngettext(
                "%(num)d person more than there are seats would be in.",
                "%(num)d people more than there are seats would be in.",
                whole.surplus,
            )
        )
    for balance in shown:
        for share in balance.shares:
            if share.surplus:
                found.append(
                    _(
                        "%(label)s: %(would)d would be in, for %(seats)d seats.",
                        label=share.label,
                        would=share.would_be,
                        seats=share.seats,
                    )
                )
        if largest := dominating(balance, whole.would_be):
            part = round(100 * largest.would_be / whole.would_be)
            found.append(_("%(label)s would have %(part)d %% of the places.", label=largest.label, part=part))
    return [str(one) for one in found]
