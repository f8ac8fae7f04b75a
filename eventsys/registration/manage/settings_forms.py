"""What organisers set of a registration: dates, the queue, decisions, who may come in, what is asked again and kept."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from eventsys.events.forms import in_reach
from eventsys.events.models import Event
from eventsys.kernel.text import clean_line, clean_prose
from eventsys.registration.forms import choices_of
from eventsys.registration.models import Admission, RegistrationSettings, WaitingList

# As browsers write it first: it is also what the field is filled in with.
_WALL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_NUMBER_NEEDED = _l("Please give a number.")
_INSTANTS = ("opens_at", "closes_at")
_COLUMNS = (
    "opens_at", "closes_at", "waiting_list", "offer_hours", "waits_online", "has_approval", "opinions_needed",
    "admission", "confirms_address", "refuses_disposable", "group_most", "may_substitute", "asks_again_days",
    "asks_again_hours", "frees_silent", "keep_days",
)  # fmt: skip
_PRIVACY = ("privacy_controller", "privacy_notice")


def _number(label: Any, least: int, most: int, *, description: Any = "", is_needed: bool = True) -> IntegerField:
    needed = InputRequired(_NUMBER_NEEDED) if is_needed else Optional()
    return IntegerField(label, description=description, validators=[needed, NumberRange(min=least, max=most)])


class SettingsForm(FlaskForm):
    """All settings of a registration. `seen` is the state that the form was drawn from."""

    seen = HiddenField()
    opens_at = DateTimeLocalField(
        _l("Opens"),
        format=_WALL,
        validators=[Optional(), in_reach],
        description=_l("Empty: when the event is published."),
    )
    closes_at = DateTimeLocalField(
        _l("Closes"), format=_WALL, validators=[Optional(), in_reach], description=_l("Empty: when the event ends.")
    )
    waiting_list = RadioField(
        _l("When the seats are gone"),
        choices=choices_of(
            {
                WaitingList.AUTOMATIC: _l("a waiting list: a freed seat confirms the next at once"),
                WaitingList.OFFERS: _l("a waiting list: a freed seat is offered to the next until a deadline"),
                WaitingList.NONE: _l("nobody more can register"),
            }
        ),
    )
    offer_hours = _number(_l("Hours an offered seat is held"), 1, 720)
    waits_online = BooleanField(
        _l("Who waits for a seat on site takes part online meanwhile"),
        description=_l("They see what people online see; no place online is counted for them."),
    )
    has_approval = BooleanField(
        _l("Organisers decide on each registration"),
        description=_l("People apply; no seat is taken before you say yes."),
    )
    opinions_needed = _number(
        _l("Opinions before a decision"), 1, 10,
        description=_l("So many organisers look at an application before it can be decided."),
    )  # fmt: skip
    admission = RadioField(
        _l("Who may register"),
        choices=choices_of(
            {
                Admission.OPEN: _l("everybody who finds the form"),
                Admission.INVITED: _l("who was invited, has a code, or writes from a domain you named"),
            }
        ),
    )
    confirms_address = BooleanField(
        _l("Confirm the address before a seat is taken"),
        description=_l("A link goes to the address first; whoever does not open it within two days takes no seat."),
    )
    refuses_disposable = BooleanField(
        _l("Refuse addresses that are lent for minutes"),
        description=_l("Tickets and changes would not reach them."),
    )
    group_most = _number(
        _l("People in one delegation"), 0, 200,
        description=_l("One person registers so many colleagues at once. 0: everybody registers for themselves."),
    )  # fmt: skip
    may_substitute = BooleanField(
        _l("People may hand their seat to a colleague"),
        description=_l("The colleague gets a new ticket, the old one opens no door any more."),
    )
    asks_again_days = _number(
        _l("Ask “Are you still coming?” so many days before"), 1, 90, is_needed=False,
        description=_l("Everybody with a seat on site is asked once by mail. Empty: nobody is asked."),
    )  # fmt: skip
    asks_again_hours = _number(_l("Hours to answer"), 1, 720)
    frees_silent = BooleanField(
        _l("Free the seats of those who do not answer"),
        description=_l("Who says no gives the seat back in any case."),
    )
    keep_days = _number(
        _l("Days that names and answers are kept after the event"), 0, 3650, is_needed=False,
        description=_l("Then they are erased; counts stay. Empty: until somebody erases them."),
    )  # fmt: skip
    privacy_controller = StringField(
        _l("Responsible for the data"), filters=[lambda value: clean_line(value or "")], validators=[Length(max=500)]
    )
    privacy_notice = TextAreaField(
        _l("Privacy notice"),
        filters=[lambda value: clean_prose(value or "")],
        validators=[Length(max=20_000)],
        description=_l("Markdown. Empty: the usual notice of this site. Who has registered accepted the text of then."),
    )

    def validate_closes_at(self, field: Field) -> None:
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("Registration must close after it opens."))

    def settings(self, zone: ZoneInfo) -> dict[str, Any]:
        """The columns of the settings."""
        return {name: _instant(self[name].data, zone) if name in _INSTANTS else self[name].data for name in _COLUMNS}


def settings_form(settings: RegistrationSettings, event: Event) -> SettingsForm:
    """The form filled in with what holds."""
    data = {name: getattr(settings, name) for name in _COLUMNS} | {name: getattr(event, name) for name in _PRIVACY}
    walls = {name: _wall_time(data[name], event.zone) for name in _INSTANTS}
    words = {name: str(data[name]) for name in ("waiting_list", "admission")}
    return SettingsForm(data=data | walls | words | {"seen": seen_of(settings, event)})


def seen_of(settings: RegistrationSettings, event: Event) -> str:
    """What names the present state: changed by whoever saves another one."""
    present = [str(getattr(settings, name)) for name in _COLUMNS] + [getattr(event, name) for name in _PRIVACY]
    return hashlib.sha256("\0".join(present).encode()).hexdigest()[:20]


def _instant(local: datetime | None, zone: ZoneInfo) -> datetime | None:
    return local.replace(tzinfo=zone).astimezone(UTC) if local else None


def _wall_time(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    return instant.astimezone(zone).replace(tzinfo=None) if instant else None
