"""What organisers fill in: people by hand and by list, seats and dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    EmailField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from eventsys.kernel.text import clean_line, clean_prose
from eventsys.registration.entries import NewEntry, normal_address, split_name
from eventsys.registration.errors import AddressUnusable, NobodyToAdd
from eventsys.registration.forms import DetailsForm, choices_of
from eventsys.registration.models import Mode, RegistrationSettings, RegistrationType, WaitingList
from eventsys.registration.rules import MODE_LABELS, TYPE_LABELS, Seats

_MODES = choices_of(MODE_LABELS)
_TYPES = choices_of(TYPE_LABELS)
# As browsers write it first: it is also what the field is filled in with.
_WALL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_OVERBOOK = _l("Let them in even where no seat is left")
_OVERBOOK_HELP = _l("The surplus is counted, shown and noted in the timeline.")


class AddForm(DetailsForm):
    """One person by hand."""

    email = EmailField(_l("E-mail address"), filters=[lambda value: (value or "").strip()])
    mode = RadioField(_l("How do they take part?"), choices=_MODES, default=str(Mode.ONSITE))
    type = SelectField(_l("Type"), choices=_TYPES, default=str(RegistrationType.PARTICIPANT))
    notify = BooleanField(_l("Send ticket and personal link by mail"), default=True)
    overbook = BooleanField(_OVERBOOK, description=_OVERBOOK_HELP)

    def validate_email(self, field: Field) -> None:
        if field.data:
            _check_address(field.data)

    def entry(self, language: str) -> NewEntry:
        return NewEntry(
            **self.details(),
            email=self.email.data or None,
            mode=Mode(self.mode.data),
            type=RegistrationType(self.type.data),
            language=language,
            is_mailed=bool(self.notify.data),
        )


class ListForm(FlaskForm):
    """Several people, a line each: name, organisation, address."""

    type = RadioField(_l("Type"), choices=_TYPES, default=str(RegistrationType.STAFF))
    people = TextAreaField(
        _l("People"),
        description=_l("One person a line: name; organisation; e-mail address. The last two may be missing."),
        validators=[InputRequired(_l("Please write one person a line."))],
    )
    notify = BooleanField(_l("Send ticket and personal link to those with an address"))
    overbook = BooleanField(_OVERBOOK, description=_OVERBOOK_HELP)

    def entries(self, language: str) -> list[NewEntry]:
        """The people, in the order of the lines. Raises NobodyToAdd and AddressUnusable that names the line."""
        lines = [line for line in clean_prose(self.people.data or "").split("\n") if line.strip(" ;,\t")]
        if not lines:
            raise NobodyToAdd(field="people")
        return [self._entry(line, language) for line in lines]

    def _entry(self, line: str, language: str) -> NewEntry:
        parts = [clean_line(part) for part in re.split(r"[;\t]", line)]
        email = next((part for part in parts[1:] if "@" in part), None)
        rest = [part for part in parts[1:] if part and part != email]
        first_name, last_name = split_name(parts[0])
        if email:
            try:
                email = normal_address(email)
            except AddressUnusable as refusal:
                raise AddressUnusable(_("“%(line)s”: this address cannot be reached.", line=line)) from refusal
        return NewEntry(
            first_name=first_name[:120],
            last_name=last_name[:120],
            organisation=", ".join(rest)[:300],
            email=email,
            type=RegistrationType(self.type.data),
            language=language,
            is_mailed=bool(self.notify.data),
        )


class SettingsForm(FlaskForm):
    """Seats, dates and manner of registration; an empty number of seats means no limit, 0 not offered."""

    onsite = IntegerField(
        _l("Seats on site"), validators=[Optional(), NumberRange(min=0, max=1_000_000)],
        description=_l("Empty: no limit. 0: nobody takes part this way."),
    )  # fmt: skip
    online = IntegerField(
        _l("Places online"), validators=[Optional(), NumberRange(min=0, max=1_000_000)],
        description=_l("Empty: no limit. 0: nobody takes part this way."),
    )  # fmt: skip
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
    offer_hours = IntegerField(
        _l("Hours an offered seat is held"), validators=[InputRequired(), NumberRange(min=1, max=720)]
    )
    has_approval = BooleanField(_l("Organisers decide on each registration"))
    opens_at = DateTimeLocalField(
        _l("Opens"), format=_WALL, validators=[Optional()], description=_l("Empty: when the event is published.")
    )
    closes_at = DateTimeLocalField(
        _l("Closes"), format=_WALL, validators=[Optional()], description=_l("Empty: when the event ends.")
    )
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
        return {
            "waiting_list": self.waiting_list.data,
            "offer_hours": self.offer_hours.data,
            "has_approval": bool(self.has_approval.data),
            "opens_at": _instant(self.opens_at.data, zone),
            "closes_at": _instant(self.closes_at.data, zone),
        }


def settings_form(
    settings: RegistrationSettings, seats: dict[Mode, Seats], controller: str, notice: str, zone: ZoneInfo
) -> SettingsForm:
    """The form filled in with what holds."""
    return SettingsForm(
        data={
            "onsite": seats[Mode.ONSITE].seats,
            "online": seats[Mode.ONLINE].seats,
            "waiting_list": str(settings.waiting_list),
            "offer_hours": settings.offer_hours,
            "has_approval": settings.has_approval,
            "opens_at": _wall_time(settings.opens_at, zone),
            "closes_at": _wall_time(settings.closes_at, zone),
            "privacy_controller": controller,
            "privacy_notice": notice,
        }
    )


def _check_address(address: str) -> None:
    try:
        normal_address(address)
    except AddressUnusable as refusal:
        raise ValidationError(str(refusal)) from refusal


def _instant(local: datetime | None, zone: ZoneInfo) -> datetime | None:
    return local.replace(tzinfo=zone).astimezone(UTC) if local else None


def _wall_time(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    return instant.astimezone(zone).replace(tzinfo=None) if instant else None
