"""What organisers say about a point: which day or session it is of, who passes, how often, and when."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from eventsys.checkin.errors import WindowReversed
from eventsys.checkin.models import Point, PointKind
from eventsys.checkin.point_wording import MODE_LABELS, REPEATS_LABELS, STATE_LABELS
from eventsys.checkin.rules import USUAL
from eventsys.checkin.wording import TYPE_LABELS
from eventsys.events.forms import in_reach, line
from eventsys.events.rules import instant_of
from eventsys.registration.forms.fields import CheckboxesField, choices_of
from eventsys.registration.models import Mode, State


class PointForm(FlaskForm):
    """A point of one kind; a day has its day, a session its session."""

    name = StringField(
        _l("Name"), filters=[line], validators=[DataRequired(_l("Give the point a name.")), Length(max=100)]
    )
    day = SelectField(_l("Day"), validators=[InputRequired(_l("Choose a day of the event."))])
    session_key = SelectField(_l("Session"), validators=[InputRequired(_l("Choose a session of the agenda."))])
    modes = CheckboxesField(
        _l("How people take part"),
        choices=choices_of(MODE_LABELS),
        validators=[InputRequired(_l("Choose at least one: nobody would pass."))],
    )
    states = CheckboxesField(_l("Besides those who are confirmed"), choices=choices_of(STATE_LABELS))
    types = CheckboxesField(
        _l("Only these people"), choices=choices_of(TYPE_LABELS), description=_l("Everybody, unless you choose.")
    )
    asks_day = BooleanField(_l("Whoever chose other days is refused"))
    repeats = RadioField(_l("How often one person passes"), choices=choices_of(REPEATS_LABELS))
    is_two_way = BooleanField(_l("People leave here too, and are scanned when they do"))
    seats = IntegerField(_l("How many may be inside at once"), validators=[Optional(), NumberRange(min=1, max=100_000)])
    opens_at = DateTimeLocalField(_l("Opens"), validators=[Optional(), in_reach])
    closes_at = DateTimeLocalField(_l("Closes"), validators=[Optional(), in_reach])

    def of_kind(self, kind: PointKind, *, days: dict[str, str], sessions: dict[str, str], has_days: bool) -> None:
        """Leave out what this kind of point has not, and take what there is to choose from."""
        self.day.choices, self.session_key.choices = choices_of(days), choices_of(sessions)
        if kind != PointKind.DAY:
            del self.day
        if kind != PointKind.SESSION:
            del self.session_key
        if not has_days:
            del self.asks_day

    def take_usual(self, kind: PointKind) -> None:
        """Show what is usual for a new point; only for a form that was not sent."""
        repeats, self.is_two_way.data = USUAL[kind]
        self.modes.data, self.repeats.data = [Mode.ONSITE.value], repeats.value
        if "asks_day" in self:
            self.asks_day.data = True

    def take(self, point: Point, zone: ZoneInfo) -> None:
        """Show a point as it stands; only for a form that was not sent."""
        self.name.data, self.seats.data, self.repeats.data = point.name, point.seats, point.repeats
        self.modes.data, self.states.data, self.types.data = point.modes, point.states, point.types
        self.is_two_way.data = point.is_two_way
        for field, instant in ((self.opens_at, point.opens_at), (self.closes_at, point.closes_at)):
            field.data = instant and instant.astimezone(zone).replace(tzinfo=None)
        for name, value in (("day", point.day), ("session_key", point.session_key), ("asks_day", point.asks_day)):
            if name in self:
                self[name].data = value.isoformat() if isinstance(value, date) else value

    def values(self, zone: ZoneInfo) -> dict[str, Any]:
        """What a point keeps; times are local to the event. Raises TimeSkipped and WindowReversed."""
        opens_at, closes_at = (
            instant_of(field.data, zone, field=field.name) if field.data else None
            for field in (self.opens_at, self.closes_at)
        )
        if opens_at and closes_at and closes_at <= opens_at:
            raise WindowReversed(field="closes_at")
        values = {
            "name": self.name.data,
            "opens_at": opens_at,
            "closes_at": closes_at,
            "modes": self.modes.data,
            "states": [State.CONFIRMED.value, *(self.states.data or [])],
            "types": self.types.data or [],
            "repeats": self.repeats.data,
            "is_two_way": self.is_two_way.data,
            "seats": self.seats.data,
        }
        return values | self._of_its_kind()

    def _of_its_kind(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if "day" in self:
            found["day"] = date.fromisoformat(self.day.data)
        if "session_key" in self:
            found["session_key"] = self.session_key.data
        if "asks_day" in self:
            found["asks_day"] = self.asks_day.data
        return found
