"""One person as a desk shows them: keys for programs, labels for people, in the language of the device."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from eventsys.checkin.models import Outcome
from eventsys.checkin.queries.desk import Refused, Sheet
from eventsys.checkin.rules.desk import Remedy, remedies
from eventsys.checkin.wording import OUTCOME_LABELS, said_again, state_label, type_label
from eventsys.community.rules import sector_label
from eventsys.kernel.clock import said_instant
from eventsys.kernel.locale import say_time
from eventsys.registration import rules as registering
from eventsys.registration.models import Mode, Registration, State

REMEDY_LABELS = {
    Remedy.SEAT: _l("Give them a free seat"),
    Remedy.RESTORE: _l("Take the registration up again"),
    Remedy.ON_SITE: _l("Change to on site"),
    Remedy.THIS_DAY: _l("Add this day"),
    Remedy.SIGN_UP: _l("Sign up for this session"),
    Remedy.CURRENT_CODE: _l("Let in by the code that is valid now"),
}

# What no desk can change about a person: whom to ask instead.
_ADVICE = {
    Outcome.TOO_EARLY: _l("The point is not open yet. An organiser can change its opening times."),
    Outcome.TOO_LATE: _l("The point is closed. An organiser can change its opening times."),
    Outcome.WRONG_TYPE: _l("This point is for others. An organiser can change who may pass."),
    Outcome.WRONG_MODE: _l("This point is for others. An organiser can change who may pass."),
    Outcome.FULL: _l("The room is full. Scan again when somebody has left."),
    Outcome.WRONG_POINT: _l("This device does not scan at that point. Send them there."),
}


def said_sheet(sheet: Sheet, zone: ZoneInfo) -> dict[str, Any]:
    """Everything that a desk sees of one person."""
    one, ticket, watch = sheet.registration, sheet.ticket, sheet.watch
    return {
        **said_person(one),
        "first_name": one.first_name,
        "last_name": one.last_name,
        "country": one.country,
        "notes": one.notes,
        "code": ticket.short_code if ticket else None,
        "code_spoken": registering.spoken(ticket.short_code) if ticket else "",
        "lost_codes": sum(known.replaced_at is not None for known in sheet.tickets),
        "is_inside": bool(sheet.admission and sheet.admission.is_inside),
        "first_at": said_instant(sheet.admission.first_at) if sheet.admission else None,
        "came": _("Came at %(time)s", time=say_time(sheet.admission.first_at, zone)) if sheet.admission else "",
        "badge": {"printed_at": said_instant(sheet.printed_at) if sheet.printed_at else None},
        "badge_words": _printed(sheet.printed_at, zone),
        "accompanies": said_person(sheet.accompanied) if sheet.accompanied else None,
        "companions": [said_person(companion) for companion in sheet.companions],
        "watch": {
            "words": watch.words,
            "by": watch.user.name if watch.user else "",
            "arrived_at": said_instant(watch.arrived_at) if watch.arrived_at else None,
        }
        if watch
        else None,
        "refusal": _refusal(sheet),
        "remedies": said_remedies(one, sheet.verdict.refusal or ""),
        "left": sheet.left,
        "may": _may(one),
    }


def _refusal(sheet: Sheet) -> dict[str, str] | None:
    """Why they would not be let in now, and what to do where no desk can change it; None for who would be."""
    found = sheet.verdict
    if found.refusal is None:
        return None
    return {"outcome": found.refusal.value, "message": found.message, "advice": advice(found.refusal)}


def said_person(one: Registration) -> dict[str, Any]:
    """Who somebody is, in a line."""
    return {
        "registration": one.id,
        "name": one.name,
        "organisation": one.organisation,
        "sector": one.sector,
        "sector_label": sector_label(one.sector),
        "type": one.type,
        "type_label": type_label(one.type),
        "mode": one.mode,
        "mode_label": str(registering.MODE_LABELS[Mode(one.mode)]),
        "state": one.state,
        "state_label": state_label(one.state),
    }


def said_remedies(one: Registration, outcome: str = "") -> list[dict[str, str]]:
    return [{"how": how.value, "label": str(REMEDY_LABELS[how])} for how in remedies(one.state, one.mode, outcome)]


def said_refused(found: Refused, zone: ZoneInfo) -> dict[str, Any]:
    """One line of the desk for exceptions: who, why, where, when, and what can be done."""
    return {
        "scan": found.scan.scan_id,
        "at": said_instant(found.scan.at),
        "time": say_time(found.scan.at, zone),
        "point": found.scan.point_key,
        "device": found.device,
        "outcome": found.outcome,
        "outcome_label": str(OUTCOME_LABELS[Outcome(found.outcome)]),
        "message": said_again(found.outcome, found.message),
        "person": said_person(found.person),
        "remedies": said_remedies(found.person, found.outcome),
        "advice": advice(found.outcome),
    }


def advice(outcome: str) -> str:
    """What to do where a desk cannot help; empty where it can."""
    return str(_ADVICE.get(Outcome(outcome), ""))


def _printed(at: datetime | None, zone: ZoneInfo) -> str:
    return str(_("Badge printed at %(time)s", time=say_time(at, zone)) if at else _("No badge was printed yet"))


def _may(one: Registration) -> list[str]:
    is_in = one.state == State.CONFIRMED
    return ["correct", "note", "watch", *(["swap", "reissue", "companion", "admit", "badge"] if is_in else [])]
