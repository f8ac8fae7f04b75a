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


class RoleLacks(Forbidden):
    """A device was used for what it is not there for."""

    code = "role_lacks"
    sentence = _l("This device was not added for that. Ask an organiser for another one.")


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


class NoSeatAtTheDoor(Refusal):
    """Somebody at the desk cannot have a seat now; nothing was changed."""

    code = "no_seat_at_the_door"
    sentence = _l("No seat is left. They can wait for one; an organiser can add seats or let in one more.")


class NoticeChanged(Refusal):
    code = "notice_changed"
    sentence = _l("The privacy notice was changed meanwhile. Please show it once more.")


class NoticeNotShown(BadInput):
    code = "notice_not_shown"
    sentence = _l("Please show the privacy notice first, and tick that they accept it.")


class PointUnknown(NotFound):
    code = "point_unknown"
    sentence = _l("This event has no check-in point “%(point)s”.")


class PointTaken(Refusal):
    code = "point_taken"
    sentence = _l("This event already has a check-in point with that key.")


class PointUsed(Refusal):
    code = "point_used"
    status = 409
    sentence = _l("People were scanned at “%(point)s” already: it stays. Let it close instead.")


class DoorBusy(Refusal):
    code = "door_busy"
    status = 409
    sentence = _l("The door is busy just now. Nothing was changed: try again in a moment.")


class EntranceStays(Refusal):
    code = "entrance_stays"
    status = 409
    sentence = _l("Every event has an entrance. Let it close at another time instead.")


class EndsInThePast(BadInput):
    code = "ends_in_the_past"
    sentence = _l("The device would end before it begins: choose an instant in the future.")


class WindowReversed(BadInput):
    code = "window_reversed"
    sentence = _l("The point closes before it opens.")


class DeviceGone(NotFound):
    code = "device_gone"
    sentence = _l("This event has no such device.")


class PrinterAddressMisread(BadInput):
    code = "printer_address_misread"
    sentence = _l(
        "This is no address of a printer. A print queue has one such as ipp://192.168.1.20/printers/badges, a label"
        " printer one such as 192.168.1.21:9100."
    )


class PrinterUnknown(NotFound):
    code = "printer_unknown"
    sentence = _l("There is no such printer.")


class PrinterRetired(Refusal):
    code = "printer_retired"
    sentence = _l("“%(printer)s” takes no badges any more. Choose another printer.")


class PrinterMissing(Refusal):
    """Nothing says on which printer; `printer` names the field."""

    code = "printer_missing"
    sentence = _l("No printer is chosen for this device. Choose one, or print from the browser.")


class BadgeUnprintable(Refusal):
    """Whoever is not confirmed on site, or has no valid code, gets no badge."""

    code = "badge_unprintable"
    sentence = _l("Only who is confirmed on site gets a badge: %(name)s is not.")


class RequestTaken(Refusal):
    """A request id was used before, for somebody else."""

    code = "request_taken"
    sentence = _l("This request was used for somebody else. Make a new id for each badge.")


class RequestMisread(Refusal):
    code = "request_misread"
    status = 400
    sentence = _l("The body must be JSON such as {“registration”: 17, “request_id”: “a UUID made by the device”}.")


class PrintJobUnknown(NotFound):
    code = "print_job_unknown"
    sentence = _l("This event knows no such print job.")


class PrintJobOver(Refusal):
    code = "print_job_over"
    sentence = _l("This badge is printed already, or its job has ended. Print it again instead.")


class BatchUnknown(NotFound):
    code = "batch_unknown"
    sentence = _l("There is no such list of printed badges.")


class PairingRefused(Refusal):
    """A wrong code, one that is over, used or void: a stranger learns no difference."""

    code = "pairing_refused"
    status = 401
    sentence = _l("This code cannot be used any more. Ask the organiser for a new one.")


class PinWrong(Refusal):
    code = "pin_wrong"
    status = 401
    sentence = _l("That is not the PIN beside the code. Tries left: %(left)s.")


class PairingMisread(Refusal):
    code = "pairing_misread"
    status = 400
    sentence = _l("The body must be JSON such as {“pairing”: …, “pin”: “123456”}.")


class DeviceOfAnAccount(Refusal):
    """Whose browser became a device by signing in signs in again."""

    code = "device_of_an_account"
    sentence = _l("This device belongs to an account: whoever uses it signs in.")
