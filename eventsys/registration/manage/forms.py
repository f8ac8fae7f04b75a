"""What organisers fill in: people by hand and by list, seats and dates."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, ValidationError

from eventsys.kernel.text import clean_line, clean_prose
from eventsys.registration.entries import NewEntry, normal_address, split_name
from eventsys.registration.errors import AddressUnusable, NobodyToAdd
from eventsys.registration.forms import DetailsForm, choices_of
from eventsys.registration.models import Mode, RegistrationType
from eventsys.registration.rules import MODE_LABELS, TYPE_LABELS

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


def _check_address(address: str) -> None:
    try:
        normal_address(address)
    except AddressUnusable as refusal:
        raise ValidationError(str(refusal)) from refusal
