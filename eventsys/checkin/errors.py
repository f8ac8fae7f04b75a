"""What the door refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, Forbidden, NotFound, Refusal


class DeviceUnknown(Refusal):
    """No token, a wrong one, one that ended or one that was revoked: a stranger learns no difference."""

    code = "device_unknown"
    status = 401
    sentence = _l(
        "This device may not scan: its token is wrong, ended or was revoked. Ask an organiser for a new link."
    )


class DeviceElsewhere(Forbidden):
    code = "device_elsewhere"
    sentence = _l("This device was added for another event.")


class BodyMisread(Refusal):
    code = "body_misread"
    status = 400
    sentence = _l("The body must be JSON such as {“scans”: [{“id”: …, “code”: …, “at”: …}]}.")


class TooManyScans(Refusal):
    code = "too_many_scans"
    status = 413
    sentence = _l("One call takes at most %(most)s scans; this one has %(count)s. Send them in several calls.")


class ScanMisread(BadInput):
    """One scan that cannot be understood; `reason` names its field."""

    code = "scan_misread"
    sentence = _l("Scan %(position)s: %(reason)s")


class ScanUnknown(NotFound):
    code = "scan_unknown"
    sentence = _l("This event knows no scan with this id.")


class ReasonMissing(BadInput):
    code = "reason_missing"
    sentence = _l("Please give a reason for undoing this scan.")


class PointUnknown(NotFound):
    code = "point_unknown"
    sentence = _l("This event has no check-in point “%(point)s”.")


class PointTaken(Refusal):
    code = "point_taken"
    sentence = _l("This event already has a check-in point with that key.")


class EndsInThePast(BadInput):
    code = "ends_in_the_past"
    sentence = _l("The device would end before it begins: choose an instant in the future.")


class WindowReversed(BadInput):
    code = "window_reversed"
    sentence = _l("The point closes before it opens.")


class DeviceGone(NotFound):
    code = "device_gone"
    sentence = _l("This event has no such device.")
