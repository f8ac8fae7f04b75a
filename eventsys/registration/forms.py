"""What a visitor fills in: the registration form of one event, and the forms of a personal page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, TimestampSigner
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from eventsys.community.rules import SECTOR_LABELS
from eventsys.kernel import limits
from eventsys.kernel.locale import countries, current_locale
from eventsys.kernel.text import clean_line, is_visible
from eventsys.registration.answers import LINE_MOST, PROSE_MOST, read_answer, written
from eventsys.registration.entries import NewEntry, normal_address
from eventsys.registration.errors import AddressUnusable, AnswerUnusable, PrivacyNotAccepted
from eventsys.registration.models import Mode, Question, Registration
from eventsys.registration.rules import Seats

# Nobody reads a form and fills it in faster; robots do.
LEAST_SECONDS = 1
_NAME = [Length(max=120, message=_l("At most %(max)d characters fit here."))]
_SIGNER = "registration form"


def _clean(value: str | None) -> str:
    return clean_line(value or "")


def choices_of(labels: Mapping[Any, Any]) -> list[SelectChoice]:
    """Values and their labels as a field takes them; lazy labels stay lazy."""
    return [SelectChoice(str(value), label) for value, label in labels.items()]


@lru_cache(maxsize=16)
def _long_choices(_locale: str) -> tuple[list[SelectChoice], list[SelectChoice]]:
    """Countries and sectors in the language in force, made once a language: 250 choices cost more than the rest."""
    named = choices_of({"": _("Choose a country"), **dict(countries())})
    sectors = [SelectChoice(str(key), str(label)) for key, label in SECTOR_LABELS.items()]
    return named, [SelectChoice("", _("Choose a sector")), *sectors]


class CheckboxesField(SelectMultipleField):
    """Several of a list, each as a checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DetailsForm(FlaskForm):
    """Who somebody is."""

    first_name = StringField(
        _l("First name"), filters=[_clean], validators=[InputRequired(_l("Please give your name.")), *_NAME]
    )
    last_name = StringField(_l("Last name"), filters=[_clean], validators=_NAME)
    organisation = StringField(_l("Organisation"), filters=[_clean], validators=[Length(max=300)])
    country = SelectField(_l("Country"), validators=[Optional()])
    sector = SelectField(_l("Sector"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices, self.sector.choices = _long_choices(str(current_locale()))

    def validate_first_name(self, field: Field) -> None:
        if not is_visible(field.data or ""):
            raise ValidationError(_("Please give your name."))
        _refuse_address(field)

    def validate_last_name(self, field: Field) -> None:
        _refuse_address(field)

    def details(self) -> dict[str, Any]:
        """The five fields by name."""
        return {name: getattr(self, name).data or "" for name in DETAILS}

    def answers(self, questions: Iterable[Question]) -> dict[int, Any]:
        """What was answered, by question; None where nothing was."""
        return {question.id: read_answer(question, _as_text(self[f"q_{question.key}"])) for question in questions}


def _refuse_address(field: Field) -> None:
    # Our letters greet people by name: nobody shall send strangers a link in our words.
    if "://" in (field.data or "") or "www." in (field.data or "").lower():
        raise ValidationError(_("A name holds no web address."))


DETAILS = ("first_name", "last_name", "organisation", "country", "sector")


class EntryForm(DetailsForm):
    """The whole registration form; `website` is bait for robots."""

    email = EmailField(
        _l("E-mail address"),
        filters=[lambda value: (value or "").strip()],
        validators=[InputRequired(_l("Please give your e-mail address: your ticket goes there."))],
    )
    mode = RadioField(_l("How do you take part?"), validators=[InputRequired(_l("Please choose one."))])
    privacy_accepted = BooleanField(
        _l("I have read the privacy notice and accept it"),
        validators=[InputRequired(PrivacyNotAccepted.sentence)],
    )
    only_mode = ""
    website = StringField(_l("Leave this field empty"))
    started = HiddenField()

    def validate_email(self, field: Field) -> None:
        try:
            field.data = normal_address(field.data)
        except AddressUnusable as refusal:
            raise ValidationError(str(refusal)) from refusal

    def validate_website(self, field: Field) -> None:
        if field.data:
            raise ValidationError(_("Please leave this field empty: it is only there to catch robots."))

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        if limits.is_on() and not _was_read(self.started.data):
            self.form_errors.append(_("That was faster than people write. Please send the form once more."))
            return False
        return is_valid

    def entry(self, questions: Sequence[Question], *, privacy_text_hash: str, language: str) -> NewEntry:
        """What was asked for, typed."""
        answers = {key: value for key, value in self.answers(questions).items() if value is not None}
        return NewEntry(
            **self.details(),
            email=self.email.data,
            mode=Mode(self.mode.data),
            language=language,
            answers=answers,
            privacy_text_hash=privacy_text_hash,
        )


class AddressForm(FlaskForm):
    """A new e-mail address."""

    email = EmailField(
        _l("New e-mail address"),
        filters=[lambda value: (value or "").strip()],
        validators=[InputRequired(_l("Please give the new address."))],
    )


def entry_form(seats: Mapping[Mode, Seats], questions: Sequence[Question], labels: Mapping[Mode, str]) -> EntryForm:
    """The form of one event: its modes, its questions."""
    form: EntryForm = _with_questions(EntryForm, questions)()
    offered = {str(mode): str(labels[mode]) for mode, found in seats.items() if found.seats != 0}
    form.mode.choices = choices_of(offered)
    if len(offered) == 1:
        only, form.only_mode = next(iter(offered.items()))
        if not form.mode.data:
            form.mode.data, form.mode.raw_data = only, [only]
    form.started.data = form.started.data or _signer().sign("read").decode()
    return form


def details_form(registration: Registration, questions: Sequence[Question], given: Mapping[int, Any]) -> DetailsForm:
    """The same questions, filled in with what is kept."""
    values: dict[str, Any] = {name: getattr(registration, name) for name in DETAILS}
    for question in questions:
        values[f"q_{question.key}"] = _as_data(question, given.get(question.id))
    form: DetailsForm = _with_questions(DetailsForm, questions)(data=values)
    return form


def _with_questions(form: type[DetailsForm], questions: Sequence[Question]) -> Any:
    if not questions:
        return form
    return type(form.__name__, (form,), {f"q_{question.key}": _field(question) for question in questions})


def _field(question: Question) -> Any:
    """The field that fits the type of a question."""
    needed = InputRequired(_l("Please answer this question.")) if question.is_required else Optional()
    says: dict[str, Any] = {"label": question.label, "description": question.help}
    choices = choices_of({choice: choice for choice in question.choices})
    match question.type:
        case "longtext":
            return TextAreaField(validators=[needed, Length(max=PROSE_MOST)], **says)
        case "choice":
            if len(choices) > 6:
                return SelectField(
                    choices=[SelectChoice("", _l("Please choose")), *choices], validators=[needed], **says
                )
            return RadioField(choices=choices, validators=[needed], **says)
        case "choices":
            return CheckboxesField(choices=choices, validators=[needed], **says)
        case "date":
            return DateField(validators=[needed], **says)
        case "statement":
            return BooleanField(validators=[needed], **says)
        case "number":
            return StringField(validators=[needed, _readable(question)], **says)
    return StringField(validators=[needed, Length(max=LINE_MOST)], **says)


def _readable(question: Question) -> Any:
    def validate(_form: Any, field: Field) -> None:
        try:
            read_answer(question, field.data or "")
        except AnswerUnusable as refusal:
            raise ValidationError(str(refusal)) from refusal

    return validate


def _as_text(field: Field) -> str:
    data = field.data
    if isinstance(data, bool):
        return "yes" if data else ""
    if isinstance(data, date):
        return data.isoformat()
    return written(data)


def _as_data(question: Question, value: Any) -> Any:
    if question.type == "date":
        return date.fromisoformat(value) if value else None
    if question.type == "number":
        return written(value)
    return value


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt=_SIGNER)


def _was_read(started: str | None) -> bool:
    """Whether the form was loaded here, and long enough ago for a person. It may be sent again, for another one."""
    try:
        _read, loaded_at = _signer().unsign(started or "", return_timestamp=True)
    except BadSignature:
        return False
    from time import time

    return time() - loaded_at.timestamp() >= LEAST_SECONDS
