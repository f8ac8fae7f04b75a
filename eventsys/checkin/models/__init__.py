"""The door's tables: points, devices, scans and who was admitted, printers and jobs, arrivals to look out for."""

from __future__ import annotations

from eventsys.checkin.models.desk import ArrivalWatch
from eventsys.checkin.models.devices import Device, DevicePoint
from eventsys.checkin.models.points import Point
from eventsys.checkin.models.printing import BadgeBatch, BadgePrint, Printer, PrintJob
from eventsys.checkin.models.scans import Admission, Scan
from eventsys.checkin.models.terms import (
    DeviceRole,
    Direction,
    JobState,
    Outcome,
    PointKind,
    PrinterKind,
    Repeats,
)

__all__ = [
    "Admission",
    "ArrivalWatch",
    "BadgeBatch",
    "BadgePrint",
    "Device",
    "DevicePoint",
    "DeviceRole",
    "Direction",
    "JobState",
    "Outcome",
    "Point",
    "PointKind",
    "PrintJob",
    "Printer",
    "PrinterKind",
    "Repeats",
    "Scan",
]
