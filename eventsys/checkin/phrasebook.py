"""Every sentence of the door at once, for a page that must say them without asking: static/js/checkin/wording.js."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from eventsys.checkin.models import Outcome
from eventsys.checkin.wording import OUTCOME_LABELS, STATE_LABELS, TYPE_LABELS, sentence
from eventsys.community.rules import SECTOR_LABELS
from eventsys.registration.models import State

# These name an instant, a desk or a point: the page fills them in.
_WITH_PLACES = {Outcome.WRONG_POINT, Outcome.WRONG_TYPE, Outcome.NOT_SIGNED_UP, Outcome.TOO_EARLY, Outcome.TOO_LATE}
_ANY_ZONE = ZoneInfo("UTC")


def phrases() -> dict[str, str]:
    """The sentences by key, in the reader's language.

    `outcome.<outcome>`, `outcome.not_confirmed.<state>`, and labels: `state.<state>`, `type.<type>`, `sector.<key>`.
    """
    return {
        **{f"outcome.{outcome}": _plain(outcome) for outcome in Outcome if outcome not in _WITH_PLACES},
        **{f"outcome.not_confirmed.{state}": _not_confirmed(state) for state in State if state in _UNDECIDED},
        "outcome.already_in_since": _("Already in, %(time)s, %(device)s", time="{time}", device="{device}"),
        "outcome.wrong_point": _("This device does not scan at “%(point)s”", point="{point}"),
        "outcome.not_signed_up": _("Not signed up for “%(point)s”", point="{point}"),
        "outcome.wrong_type": _("Only for: %(types)s", types="{types}"),
        "outcome.too_early": _("Too early: opens %(when)s", when="{when}"),
        "outcome.too_late": _("Too late: closed %(when)s", when="{when}"),
        **{f"state.{state}": str(label) for state, label in STATE_LABELS.items()},
        **{f"type.{kind}": str(label) for kind, label in TYPE_LABELS.items()},
        **{f"sector.{sector}": str(label) for sector, label in SECTOR_LABELS.items()},
    }


_UNDECIDED = frozenset(State) - {State.CONFIRMED, State.CANCELLED}


def _plain(outcome: Outcome) -> str:
    if outcome == Outcome.NOT_CONFIRMED:
        return str(OUTCOME_LABELS[outcome])
    return sentence(outcome, zone=_ANY_ZONE)


def _not_confirmed(state: State) -> str:
    return sentence(Outcome.NOT_CONFIRMED, zone=_ANY_ZONE, state=state)
