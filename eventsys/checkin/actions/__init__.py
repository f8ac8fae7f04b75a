"""Writes of the door: scans recorded and undone, points and devices."""

from eventsys.checkin.actions.devices import add_device, add_point, change_point, ensure_entrance, find_point, revoke
from eventsys.checkin.actions.scanning import record_scans
from eventsys.checkin.actions.undoing import undo

__all__ = ["add_device", "add_point", "change_point", "ensure_entrance", "find_point", "record_scans", "revoke", "undo"]
