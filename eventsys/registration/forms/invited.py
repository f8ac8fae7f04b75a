"""What people fill in who are called by somebody else, or call others: invited, in a group, handed a seat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field, Form, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from eventsys.kernel.locale import current_locale
from eventsys.kernel.text import clean_line, is_visible
from eventsys.registration import rules
from eventsys.registration.entries import NewEntry, address_key, is_disposable, normal_address, split_name
from eventsys.registration.errors import AddressDisposable, AddressUnusable, PrivacyNotAccepted
from eventsys.registration.forms.entering import DETAILS, DetailsForm, EntryForm, make_class
from eventsys.registration.forms.fields import as_data
from eventsys.registration.models import Mode, Question, Registration, RegistrationSettings
from eventsys.registration.places import NO_PLACES, Places

# How many people can be named at once, and how many rows are open at first.
ROWS_MOST = 20
ROWS_OPEN = 4


def _clean(value: str | None) -> str:
    return clean_line(value or "")


def _stripped(value: str | None) -> str:
    return (value or "").strip()


class AcceptForm(DetailsForm):
    """Who is invited completes their own; the address and the way to take part are as whoever invited has set."""

    privacy_accepted = BooleanField(
        _l("I have read the privacy notice and accept it"),
        validators=[InputRequired(PrivacyNotAccepted.sentence)],
    )
    places: Places = NO_PLACES
    mode: ClassVar[Mode] = Mode.ONSITE

    def validate_days(self, field: Field) -> None:
        if not field.data and self.mode in self.places.day_modes:
            raise ValidationError(_("Please choose the days on which you come."))

    def validate_sessions(self, field: Field) -> None:
        if clash := self.places.at_once(field.data or ()):
            names = {"first": clash[0].label, "second": clash[1].label}
            raise ValidationError(_("“%(first)s” and “%(second)s” are on at the same time: choose one.", **names))

    def entry(self, *, privacy_text: str, language: str, kept: Mapping[int, Any] | None = None) -> NewEntry:
        """What was said, typed; `kept` are the answers that name files."""
        answers = {key: value for key, value in self.answers().items() if value is not None}
        return NewEntry(
            **self.details(),
            mode=self.mode,
            language=language,
            answers=answers | dict(kept or {}),
            privacy_text_hash=rules.text_hash(privacy_text),
            privacy_text=privacy_text,
            consents=self.consents(),
            days=frozenset(self.days.data or ()) if "days" in self else frozenset(),
            sessions=frozenset(self.sessions.data or ()) if "sessions" in self else frozenset(),
        )


def accept_form(
    registration: Registration,
    questions: tuple[Question, ...],
    given: Mapping[int, Any],
    language: str,
    *,
    places: Places = NO_PLACES,
    chosen: Mapping[str, list[str]],
) -> AcceptForm:
    """The form of one person, filled in with what is known; `chosen` are the days and sessions kept for them."""
    values: dict[str, Any] = {name: getattr(registration, name) for name in DETAILS}
    values |= {name: chosen.get(name, []) for name in places.fields}
    values |= {f"q_{one.key}": as_data(one, given.get(one.id)) for one in questions if not one.is_section}
    made = make_class(AcceptForm, questions, language, str(current_locale()), places.fields)
    made.mode = Mode(registration.mode)
    form: AcceptForm = made(data=values)
    form.places = places
    if places is not NO_PLACES:
        places.close(form)
    return form


class RowsForm(Form):
    """Several people, a row each: a name and an address. Rows left empty name nobody."""

    rows_number: ClassVar[int] = 0

    @property
    def rows(self) -> list[tuple[Field, Field]]:
        return [(self[f"name_{number}"], self[f"email_{number}"]) for number in range(1, self.rows_number + 1)]

    @property
    def open_rows(self) -> int:
        """How many are shown at once: those that are filled in, and a few more."""
        filled = [number for number, (name, email) in enumerate(self.rows, 1) if name.data or email.data]
        return max(ROWS_OPEN, max(filled, default=0))

    def members(self) -> Iterator[NewEntry]:
        """The people named, in their order."""
        for name, email in self.rows:
            if name.data:
                first_name, last_name = split_name(name.data)
                yield NewEntry(first_name=first_name[:120], last_name=last_name[:120], email=email.data)

    def check_rows(self, settings: RegistrationSettings, *mine: str | None) -> bool:
        """Whether every row is whole and each address is there once; what is not is said beside it."""
        seen = {address_key(one) for one in mine if one}
        found = [self._check(name, email, settings, seen) for name, email in self.rows]
        if not any(name.data for name, _email in self.rows) and self.rows:
            _blame(self.rows[0][0], _("Please name at least one person."))
            return False
        return all(found)

    def _check(self, name: Field, email: Field, settings: RegistrationSettings, seen: set[str]) -> bool:
        if not name.data and not email.data:
            return True
        if not is_visible(name.data or ""):
            return _blame(name, _("Please give the name of this person."))
        if "://" in name.data or "www." in name.data.lower():
            return _blame(name, _("A name holds no web address."))
        try:
            email.data = reachable(email.data or "", settings)
        except (AddressUnusable, AddressDisposable) as refusal:
            return _blame(email, str(refusal))
        key = address_key(email.data)
        if key in seen:
            return _blame(email, _("This address is there twice: each person needs their own."))
        seen.add(key)
        return True


def _blame(field: Field, sentence: str) -> bool:
    field.errors = [*field.errors, sentence]
    return False


def reachable(email: str, settings: RegistrationSettings) -> str:
    """The address as it can be written to. Raises AddressUnusable, and AddressDisposable where the event takes none."""
    found = normal_address(email)
    if settings.refuses_disposable and is_disposable(found):
        raise AddressDisposable(field="email")
    return found


def _row_fields(number: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"rows_number": number}
    for one in range(1, number + 1):
        fields[f"name_{one}"] = StringField(
            _l("Name of person %(number)d", number=one), filters=[_clean], validators=[Length(max=240)]
        )
        fields[f"email_{one}"] = EmailField(_l("E-mail address of person %(number)d", number=one), filters=[_stripped])
    return fields


class _Waits(Form):
    waits = BooleanField(
        _l("If there are not enough seats, the rest waits"),
        description=_l("Otherwise nobody of you is registered, and you can choose."),
    )


class MembersForm(_Waits, RowsForm, FlaskForm):
    """The people that somebody who is registered brings along."""


class GroupForm(_Waits, RowsForm, EntryForm):
    """The whole registration form of somebody who brings others along."""


@lru_cache(maxsize=64)
def _with_rows(form: type[RowsForm], number: int) -> Any:
    return type(form.__name__, (form,), _row_fields(number))


def members_form(number: int) -> MembersForm:
    """A form with rows for so many people."""
    form: MembersForm = _with_rows(MembersForm, min(number, ROWS_MOST))()
    return form


def group_form_class(number: int) -> type[GroupForm]:
    """The class of a registration form with rows for so many people."""
    made: type[GroupForm] = _with_rows(GroupForm, min(number, ROWS_MOST))
    return made


class ColleagueForm(FlaskForm):
    """Who comes instead."""

    name = StringField(
        _l("Name"),
        filters=[_clean],
        validators=[InputRequired(_l("Please give the name of this person.")), Length(max=240)],
    )
    email = EmailField(
        _l("E-mail address"),
        filters=[_stripped],
        validators=[InputRequired(_l("Please give the address: the ticket goes there."))],
    )

    def validate_name(self, field: Field) -> None:
        if not is_visible(field.data or ""):
            raise ValidationError(_("Please give the name of this person."))
        if "://" in field.data or "www." in field.data.lower():
            raise ValidationError(_("A name holds no web address."))

    def entry(self, settings: RegistrationSettings) -> NewEntry:
        """Raises AddressUnusable and AddressDisposable."""
        first_name, last_name = split_name(self.name.data or "")
        address = reachable(self.email.data or "", settings)
        return NewEntry(first_name=first_name[:120], last_name=last_name[:120], email=address)
