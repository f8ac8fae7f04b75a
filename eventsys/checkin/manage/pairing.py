"""The page an organiser holds up to a phone: a QR, a PIN beside it, and whether the phone has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from eventsys.badges.codes import qr_svg
from eventsys.checkin.actions.pairing import standing_offer
from eventsys.checkin.device_wording import DeviceLine, device_line
from eventsys.checkin.manage.devices import found
from eventsys.checkin.models import Device, DeviceRole
from eventsys.checkin.queries import devices as queries
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading
from eventsys.kernel.locale import say_time
from eventsys.kernel.pages import absolute

# Where the browser of a device begins, by its role; a wall and a desk find their own page from there.
_BEGINS = {DeviceRole.KIOSK: "checkin.kiosk"}


@dataclass(frozen=True, slots=True)
class Card:
    """One device on the sheet. Without a picture its code is over."""

    line: DeviceLine
    picture: Markup
    pin: str
    until: str


def pairing(slug: str, number: int) -> str:
    """The code of one device, as large as it fits."""
    event = event_to_manage(reading(), slug)
    return _sheet(event, [found(reading(), event, number)])


def pairing_sheet(slug: str) -> str:
    """The codes of all devices that wait for their phone, to show or to print."""
    event = event_to_manage(reading(), slug)
    return _sheet(event, queries.offered_devices(reading(), event.id))


def _sheet(event: Event, devices: Iterable[Device]) -> str:
    # Whoever has the page may become the device: no cache keeps it.
    access.keep_secret()
    cards = [_card(device, event, clock.now()) for device in devices]
    return render_template("checkin/manage/pairing.html", event=event, cards=cards)


def _card(device: Device, event: Event, now: datetime) -> Card:
    line, offer = device_line(device, now=now, zone=event.zone), standing_offer(device, now=now)
    if offer is None:
        return Card(line, Markup(""), "", "")
    link = absolute(_BEGINS.get(DeviceRole(device.role), "checkin.opened_by_link"), _anchor=f"pair-{offer.secret}")
    picture = Markup(qr_svg(link, title=_("The code of %(device)s", device=device.name)))
    return Card(line, picture, f"{offer.pin[:3]} {offer.pin[3:]}", say_time(offer.until, event.zone))
