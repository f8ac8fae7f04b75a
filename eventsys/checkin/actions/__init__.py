"""Writes of the door: scans recorded and undone, points and devices."""

from eventsys.checkin.actions.devices import (
    add_device,
    change_device,
    revoke,
    revoke_all,
)
from eventsys.checkin.actions.passing import change_passing
from eventsys.checkin.actions.points import (
    add_days,
    add_point,
    add_sessions,
    change_point,
    days_of,
    ensure_entrance,
    find_point,
    move_point,
    remove_point,
)
from eventsys.checkin.actions.scanning import Call, Recorded, record_scans, take_calls, take_scans
from eventsys.checkin.actions.undoing import undo

__all__ = [
    "Call",
    "Recorded",
    "add_days",
    "add_device",
    "add_point",
    "add_sessions",
    "change_device",
    "change_passing",
    "change_point",
    "days_of",
    "ensure_entrance",
    "find_point",
    "move_point",
    "record_scans",
    "remove_point",
    "revoke",
    "revoke_all",
    "take_calls",
    "take_scans",
    "undo",
]
