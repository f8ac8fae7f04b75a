"""Seats as an event's page tells of them: how many are left of each kind, in words and as a bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from eventsys.registration.models import Mode, RegistrationSettings
from eventsys.registration.rules import Seats, has_waiting_list


@dataclass(frozen=True)
class Offer:
    """One way to take part. `total` None draws no bar; `kind` is warn when seats run low, bad when none is left."""

    label: str
    taken: int
    total: int | None
    words: str
    kind: str


def offers(seats: Mapping[Mode, Seats], settings: RegistrationSettings) -> list[Offer]:
    """The ways to take part that the event offers."""
    labels = {Mode.ONSITE: _("On site"), Mode.ONLINE: _("Online")}
    return [_offer(labels[mode], found, settings) for mode, found in seats.items() if found.is_offered]


def _offer(label: str, found: Seats, settings: RegistrationSettings) -> Offer:
    if found.seats is None or found.left is None:
        return Offer(label, found.taken, None, _("open"), "")
    if found.has_room:
        words = ngettext(
            "%(num)s of %(total)s seats left", "%(num)s of %(total)s seats left", found.left, total=found.seats
        )
        return Offer(label, found.taken, found.seats, words, "warn" if found.left * 10 <= found.seats else "")
    words = _("waiting list") if has_waiting_list(settings) else _("full")
    return Offer(label, found.taken, found.seats, words, "bad" if not has_waiting_list(settings) else "warn")
