"""How a device and its state are said to organisers: role, last contact, battery, what it still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from eventsys.checkin import shell
from eventsys.checkin.models import Device, DeviceRole
from eventsys.checkin.rules import pairing as rules
from eventsys.kernel.locale import current_locale, say_time

ROLE_LABELS = {
    DeviceRole.SCANNER: _l("Scanner"),
    DeviceRole.DESK: _l("Desk"),
    DeviceRole.KIOSK: _l("Kiosk"),
    DeviceRole.WALL: _l("Wall display"),
}

ROLE_NOTES = {
    DeviceRole.SCANNER: _l("Scans badges and finds names."),
    DeviceRole.DESK: _l("Also registers people, corrects names and prints badges."),
    DeviceRole.KIOSK: _l("Stands alone: people check themselves in and see nobody else."),
    DeviceRole.WALL: _l("Shows figures to the hall, without any name."),
}

ROLE_SIGNS = {
    DeviceRole.SCANNER: "scan-line",
    DeviceRole.DESK: "users",
    DeviceRole.KIOSK: "tablet-smartphone",
    DeviceRole.WALL: "monitor",
}


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device as a page draws it. `standing` is that of `rules.pairing`; `battery_sign` names an icon or nothing."""

    id: int
    name: str
    role: str
    role_sign: str
    points: str
    printer: str
    standing: str
    until: datetime
    seen: str
    is_silent: bool
    battery: str
    battery_sign: str
    is_low: bool
    unsent: int
    is_old: bool
    is_of_account: bool
    holds_scans: bool
    seen_at: str


def device_line(device: Device, *, now: datetime, zone: ZoneInfo) -> DeviceLine:
    """All that is said of a device, whose points and printer are loaded."""
    role, standing = DeviceRole(device.role), rules.standing(device, now)
    is_working = standing == "working"
    is_low = device.battery is not None and device.battery < rules.LOW_BATTERY and not device.is_charging
    return DeviceLine(
        id=device.id,
        name=device.name,
        role=str(ROLE_LABELS[role]),
        role_sign=ROLE_SIGNS[role],
        points=say_points(device),
        printer=device.printer.name if device.printer else "",
        standing=standing,
        until=device.expires_at,
        seen=say_seen(device, now),
        is_silent=is_working and rules.is_silent(device, now),
        battery=say_battery(device),
        battery_sign=_battery_sign(device, is_low=is_low),
        is_low=is_low and is_working,
        unsent=device.unsent or 0,
        is_old=is_working and bool(device.version) and device.version != shell.version(),
        is_of_account=device.user_id is not None,
        holds_scans=is_working and rules.holds_scans(device, now),
        seen_at=say_time(device.last_seen_at, zone) if device.last_seen_at else "",
    )


def say_points(device: Device) -> str:
    """Where it may scan: names of points, `everywhere`, or `nowhere` where its only point is gone."""
    if not device.is_limited:
        return str(_("everywhere"))
    return ", ".join(point.name for point in device.points) or str(_("nowhere"))


def say_seen(device: Device, now: datetime) -> str:
    """`just now`, `2 min ago`, `never`."""
    if device.last_seen_at is None:
        return str(_("never"))
    ago = now - device.last_seen_at
    if ago.total_seconds() < 60:
        return str(_("just now"))
    # Rounded down: what is said to be two minutes ago was not one.
    return str(format_timedelta(-ago, add_direction=True, format="short", threshold=1.2, locale=current_locale()))


def say_battery(device: Device) -> str:
    """`80 %`, `80 %, charging`, or nothing where its browser tells none."""
    if device.battery is None:
        return ""
    if device.is_charging:
        return str(_("%(percent)s %%, charging", percent=device.battery))
    return str(_("%(percent)s %%", percent=device.battery))


def _battery_sign(device: Device, *, is_low: bool) -> str:
    if device.battery is None:
        return ""
    if device.is_charging:
        return "battery-charging"
    if is_low:
        return "battery-warning"
    return "battery-low" if device.battery < 35 else "battery-medium" if device.battery < 75 else "battery-full"
