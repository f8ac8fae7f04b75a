"""What organisers say about a device: its name, what it is there for, where it scans, until when, its printer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from eventsys.checkin.device_wording import ROLE_LABELS
from eventsys.checkin.models import Device, DeviceRole
from eventsys.events.forms import in_reach, line
from eventsys.events.rules import instant_of
from eventsys.registration.forms.fields import CheckboxesField, choices_of

MOST_AT_ONCE = 40


class DeviceForm(FlaskForm):
    """A device as it may be changed while it works."""

    name = StringField(
        _l("Name"),
        filters=[line],
        validators=[DataRequired(_l("Give the device a name, such as Desk 2.")), Length(max=60)],
        description=_l("Other desks read it when somebody is already in: Desk 2."),
    )
    points = CheckboxesField(
        _l("Where it scans"), description=_l("Everywhere, unless you choose."), validators=[Optional()]
    )
    until = DateTimeLocalField(
        _l("Until when"), description=_l("Empty: until a day after the event."), validators=[Optional(), in_reach]
    )
    printer = SelectField(
        _l("Printer for its badges"), coerce=lambda value: int(value) if value else None, validators=[Optional()]
    )

    def offer(self, points: dict[str, str], printers: dict[int, str]) -> None:
        """Take what there is to choose from: names by key, and by id."""
        self.points.choices = choices_of(points)
        self.printer.choices = choices_of({"": _("No printer"), **printers})

    def take(self, device: Device, zone: ZoneInfo) -> None:
        """Show a device as it stands; only for a form that was not sent."""
        self.name.data, self.points.data = device.name, [point.key for point in device.points]
        self.until.data = device.expires_at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
        self.printer.data = device.printer_id or ""

    def ends_at(self, zone: ZoneInfo) -> datetime | None:
        """The instant of a time that is local to the event. Raises TimeSkipped."""
        return instant_of(self.until.data, zone, field="until") if self.until.data else None

    def values(self, zone: ZoneInfo) -> dict[str, Any]:
        """What a device keeps of it."""
        return {
            "points": self.points.data or [],
            "until": self.ends_at(zone),
            "printer_id": self.printer.data or None,
        }


class NewDeviceForm(DeviceForm):
    """One device, or several of a kind at once."""

    role = RadioField(
        _l("What it is there for"),
        choices=choices_of(ROLE_LABELS),
        default=DeviceRole.SCANNER.value,
        validators=[InputRequired(_l("Choose what the device is there for."))],
    )
    count = IntegerField(
        _l("How many"),
        default=1,
        description=_l("Several get numbers: Desk 1, Desk 2, and a code each."),
        validators=[
            InputRequired(_l("Say how many.")),
            NumberRange(1, MOST_AT_ONCE, _l("At most %(max)s at once.")),
        ],
    )
