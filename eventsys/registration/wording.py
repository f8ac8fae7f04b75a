"""Seats and places in words: what a visitor reads beside each way to take part."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from eventsys.registration.models import Mode, RegistrationSettings, WaitingList
from eventsys.registration.rules import Seats


def mode_notes(seats: Mapping[Mode, Seats], settings: RegistrationSettings) -> dict[str, str]:
    """One sentence a mode: how many seats are left, or what choosing a full one means."""
    return {str(mode): _note(mode, found, settings) for mode, found in seats.items() if found.seats != 0}


def _note(mode: Mode, found: Seats, settings: RegistrationSettings) -> str:
    if found.left is None:
        return str(_("No limit of places") if mode == Mode.ONLINE else _("Seats for everybody"))
    if found.has_room:
        return str(ngettext("%(num)d seat left", "%(num)d seats left", found.left))
    if settings.has_approval:
        return str(_("All seats are taken; the organisers decide about your application"))
    if settings.waiting_list == WaitingList.NONE:
        return str(_("All seats are taken"))
    waiting = ngettext("%(num)d person is waiting", "%(num)d people are waiting", found.waiting)
    if not found.waiting:
        return str(_("All seats are taken: you join the waiting list as the first"))
    return str(_("All seats are taken: you join the waiting list (%(waiting)s)", waiting=waiting))
