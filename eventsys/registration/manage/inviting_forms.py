"""What organisers fill in to let people in besides the open form: whom they invite, codes and domains."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from eventsys.events.forms import in_reach
from eventsys.events.models import Event
from eventsys.kernel.text import clean_line, clean_prose
from eventsys.registration.entries import NewEntry, normal_address, split_name
from eventsys.registration.errors import AddressUnusable
from eventsys.registration.forms import choices_of
from eventsys.registration.models import Invitation, Mode, RegistrationType
from eventsys.registration.rules import MODE_LABELS, TYPE_LABELS
from eventsys.registration.rules.invited import INVITATION_LASTS, kept_until, normal_code, normal_domain

_WALL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_TYPES = choices_of(TYPE_LABELS)
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_MOST_PEOPLE = 2000


@dataclass(frozen=True)
class Line:
    """One line of a list: who is named, or why it cannot be read."""

    number: int
    text: str
    entry: NewEntry | None
    refusal: str = ""


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def instant_of(local: datetime | None, zone: ZoneInfo) -> datetime | None:
    return local.replace(tzinfo=zone).astimezone(UTC) if local else None


class InviteForm(FlaskForm):
    """Whom to invite, a line each or as a file, and what is kept for them."""

    people = TextAreaField(
        _l("People"),
        description=_l("One person a line: name; organisation; e-mail address. The organisation may be missing."),
    )
    file = FileField(
        _l("Or a file"),
        description=_l("CSV or XLSX with the columns first_name, last_name, email, organisation, country, sector."),
    )
    type = SelectField(_l("Type"), choices=_TYPES, default=str(RegistrationType.PARTICIPANT))
    mode = RadioField(_l("How do they take part?"), choices=choices_of(MODE_LABELS), default=str(Mode.ONSITE))
    until = DateTimeLocalField(
        _l("They answer until"),
        format=_WALL,
        validators=[InputRequired(_l("Say until when they can answer.")), in_reach],
    )
    keeps_seat = BooleanField(
        _l("Keep a seat for each of them"),
        default=True,
        description=_l("Otherwise they get one when they accept, as far as there are any."),
    )
    overbook = BooleanField(
        _l("Keep seats even where none is left"),
        description=_l("The surplus is counted, shown and noted in the timeline."),
    )

    event: Event
    now: datetime

    def validate_people(self, field: Field) -> None:
        if not (field.data or "").strip() and not (self.file.data and self.file.data.filename):
            raise ValidationError(_("Please write one person a line, or choose a file."))

    def validate_until(self, field: Field) -> None:
        until = instant_of(field.data, self.event.zone)
        if until and not self.now < until <= self.event.ends_at:
            raise ValidationError(_("The deadline must lie ahead, and before the end of the event."))

    def lines(self) -> list[Line]:
        """The people, in the order of the lines; what cannot be read says why."""
        rows = clean_prose(self.people.data or "").split("\n")
        return [self._line(number, row) for number, row in enumerate(rows, 1) if row.strip(" ;,\t")][:_MOST_PEOPLE]

    def _line(self, number: int, row: str) -> Line:
        parts = [clean_line(part) for part in re.split(r"[;\t]", row)]
        email = next((part for part in parts if "@" in part), "")
        rest = [part for part in parts if part and part != email]
        if not rest:
            return Line(number, row, None, str(_("a name is missing")))
        if not email:
            return Line(number, row, None, str(_("an e-mail address is missing")))
        try:
            email = normal_address(email)
        except AddressUnusable as refusal:
            return Line(number, row, None, str(refusal))
        first_name, last_name = split_name(rest[0])
        entry = NewEntry(
            first_name=first_name[:120],
            last_name=last_name[:120],
            organisation=", ".join(rest[1:])[:300],
            email=email,
            **self.common(),
        )
        return Line(number, row, entry)

    def common(self) -> dict[str, Any]:
        """What all of them have in common."""
        return {
            "type": RegistrationType(self.type.data),
            "mode": Mode(self.mode.data),
            "language": self.event.language,
        }


def invite_form(event: Event, now: datetime) -> InviteForm:
    """A form whose deadline is two weeks away, or the beginning of the event."""
    until = kept_until(event, now, INVITATION_LASTS)
    form = InviteForm(data={"until": _local(until, event.zone)})
    form.event, form.now = event, now
    return form


class CodeForm(FlaskForm):
    """What a code or a domain opens, how often and until when."""

    label = StringField(
        _l("For whom"),
        filters=[lambda value: clean_line(value or "")],
        validators=[Length(max=200)],
        description=_l("For your own eyes: members of the network, the press list."),
    )
    type = SelectField(_l("They come as"), choices=_TYPES, default=str(RegistrationType.PARTICIPANT))
    uses = IntegerField(
        _l("How often it can be used"),
        validators=[Optional(), NumberRange(min=1, max=1_000_000)],
        description=_l("Empty: no limit."),
    )
    until = DateTimeLocalField(
        _l("Until"),
        format=_WALL,
        validators=[Optional(), in_reach],
        description=_l("Empty: as long as registration is open."),
    )
    passes_approval = BooleanField(
        _l("Nobody decides about them any more"),
        default=True,
        description=_l("Where the organisers decide on each registration, these people are in at once."),
    )

    def values(self, zone: ZoneInfo) -> dict[str, Any]:
        return {
            "label": self.label.data or "",
            "type": self.type.data,
            "uses": self.uses.data,
            "until": instant_of(self.until.data, zone),
            "passes_approval": bool(self.passes_approval.data),
        }


class NewCodeForm(CodeForm):
    """A new code, typed or made, or a domain."""

    what = RadioField(
        _l("What lets them in"),
        choices=choices_of(
            {"code": _l("a code that you send them"), "domain": _l("an address of their organisation’s domain")}
        ),
        default="code",
    )
    code = StringField(
        _l("Code"),
        filters=[lambda value: normal_code(value or "")],
        validators=[Length(max=40)],
        description=_l("Letters, digits and hyphens. Empty: we make one that can be read aloud."),
    )
    domain = StringField(
        _l("Domain"),
        filters=[lambda value: normal_domain(value or "")],
        description=_l(
            "The part behind the @, such as example.eu; those below it count too. The address is confirmed."
        ),
    )

    def validate_code(self, field: Field) -> None:
        if self.what.data == "code" and field.data and not re.fullmatch(r"[A-Z0-9-]{4,40}", field.data):
            raise ValidationError(_("A code has at least 4 letters, digits or hyphens, and nothing else."))

    def validate_domain(self, field: Field) -> None:
        if self.what.data == "domain" and not _DOMAIN.fullmatch(field.data or ""):
            raise ValidationError(_("This is no domain such as example.eu."))

    def chosen(self) -> dict[str, str]:
        name = "domain" if self.what.data == "domain" else "code"
        return {name: self[name].data or ""}


def code_form(invitation: Invitation, zone: ZoneInfo) -> CodeForm:
    """The form of a code or domain that exists."""
    names = ("label", "type", "uses", "passes_approval")
    values: dict[str, Any] = {name: getattr(invitation, name) for name in names}
    return CodeForm(data=values | {"until": _local(invitation.until, zone) if invitation.until else None})
