"""The words of the door: what a scan is answered, what a point is, what a device may do, how a job stands."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a scan was answered."""

    ADMITTED = "admitted"
    LEFT = "left"
    ALREADY_IN = "already_in"
    UNKNOWN = "unknown"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    NOT_CONFIRMED = "not_confirmed"
    WRONG_EVENT = "wrong_event"
    WRONG_POINT = "wrong_point"
    WRONG_MODE = "wrong_mode"
    WRONG_TYPE = "wrong_type"
    WRONG_DAY = "wrong_day"
    NOT_SIGNED_UP = "not_signed_up"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    FULL = "full"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class PointKind(StrEnum):
    """What a point is a check of: a way in, one day, one session, or a thing handed out."""

    DOOR = "door"
    DAY = "day"
    SESSION = "session"
    ITEM = "item"


class Repeats(StrEnum):
    """How often a person passes a point."""

    DAILY = "daily"
    ONCE = "once"
    ALWAYS = "always"


class DeviceRole(StrEnum):
    """What a device is there for. A scanner scans; a desk also helps people; a kiosk stands alone; a wall shows."""

    SCANNER = "scanner"
    DESK = "desk"
    KIOSK = "kiosk"
    WALL = "wall"


class PrinterKind(StrEnum):
    """How a printer is spoken to: the Internet Printing Protocol (RFC 8011), or ZPL over a TCP stream."""

    IPP = "ipp"
    ZPL = "zpl"


class JobState(StrEnum):
    """Where a print job stands. `sending` holds it for one worker until its lease ends."""

    QUEUED = "queued"
    SENDING = "sending"
    PRINTED = "printed"
    FAILED = "failed"
    CANCELLED = "cancelled"
