"""What a visitor fills in: the registration form of one event, and the forms of a personal page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, EmailField, Field, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from eventsys.community.rules import SECTOR_LABELS
from eventsys.kernel import limits
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import current_locale
from eventsys.kernel.text import clean_line, is_visible
from eventsys.registration import rules
from eventsys.registration.answers import read_answer
from eventsys.registration.entries import NewEntry, normal_address
from eventsys.registration.errors import AddressUnusable, PrivacyNotAccepted
from eventsys.registration.files import is_file
from eventsys.registration.forms.fields import (
    CheckboxesField,
    as_data,
    as_text,
    choices_of,
    country_choices,
    field_of,
)
from eventsys.registration.forms.robots import reading_begins, was_read
from eventsys.registration.models import Mode, Question, QuestionType, Registration
from eventsys.registration.places import NO_PLACES, Places
from eventsys.registration.rules import Seats

_NAME = [Length(max=120, message=_l("At most %(max)d characters fit here."))]
_PLACE_LABELS = {"days": _l("Which days do you come?"), "sessions": _l("Which sessions do you sign up for?")}


def _clean(value: str | None) -> str:
    return clean_line(value or "")


@lru_cache(maxsize=16)
def _sectors(_locale: str) -> list[SelectChoice]:
    """The sectors in the language in force, made once a language."""
    named = {str(key): str(label) for key, label in SECTOR_LABELS.items()}
    return choices_of({"": _("Choose a sector"), **named})


class DetailsForm(FlaskForm):
    """Who somebody is, and what they answer to the `questions` of the form, sections among them."""

    questions: ClassVar[tuple[Question, ...]] = ()
    language: ClassVar[str] = ""

    first_name = StringField(
        _l("First name"), filters=[_clean], validators=[InputRequired(_l("Please give your name.")), *_NAME]
    )
    last_name = StringField(_l("Last name"), filters=[_clean], validators=_NAME)
    organisation = StringField(_l("Organisation"), filters=[_clean], validators=[Length(max=300)])
    country = SelectField(_l("Country"), validators=[Optional()])
    sector = SelectField(_l("Sector"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Files that were sent before, by the key of their question.
        self.kept_files: dict[str, dict[str, Any]] = kwargs.pop("kept_files", {})
        super().__init__(*args, **kwargs)
        locale = str(current_locale())
        self.country.choices, self.sector.choices = country_choices(locale), _sectors(locale)

    def validate_first_name(self, field: Field) -> None:
        if not is_visible(field.data or ""):
            raise ValidationError(_("Please give your name."))
        _refuse_address(field)

    def validate_last_name(self, field: Field) -> None:
        _refuse_address(field)

    def details(self) -> dict[str, Any]:
        """The five fields by name."""
        return {name: getattr(self, name).data or "" for name in DETAILS}

    @cached_property
    def asked(self) -> set[str]:
        """The keys of the questions that are asked of somebody who fills the form in like this."""
        return rules.asked_keys(
            self.questions, {one.key: self[f"q_{one.key}"].data for one in self.questions if not one.is_section}
        )

    def answers(self) -> dict[int, Any]:
        """What was answered, by question; None where nothing was or where it is not asked. Files are not among it."""
        found: dict[int, Any] = {}
        for question in self.questions:
            if question.type not in (QuestionType.SECTION, QuestionType.FILE):
                is_asked = not question.depends_on or question.key in self.asked
                found[question.id] = read_answer(question, as_text(self[f"q_{question.key}"])) if is_asked else None
        return found

    def taken_back(self) -> dict[int, None]:
        """The files that were sent before to questions that are not asked any more."""
        return {one.id: None for one in self.questions if one.key in self.kept_files and one.key not in self.asked}

    def uploads(self) -> dict[int, FileStorage]:
        """The files that were sent, by question."""
        asked = [one for one in self.questions if one.type == QuestionType.FILE and one.key in self.asked]
        return {one.id: upload for one in asked if (upload := self[f"q_{one.key}"].data)}

    def ask_for_files_again(self) -> None:
        """Say beside each file of a refused form that it must be chosen anew: a page hands back words, no files."""
        for question in self.questions:
            if question.type == QuestionType.FILE and self[f"q_{question.key}"].data:
                field = self[f"q_{question.key}"]
                field.errors = [*field.errors, _("Please choose the file again: the form was not sent.")]

    @property
    def takes_files(self) -> bool:
        return any(one.type == QuestionType.FILE for one in self.questions)

    def show(self, refusal: Refusal) -> None:
        """Say a refusal at the field that it names, else for the whole form."""
        field = self[refusal.field] if refusal.field and refusal.field in self else None
        if field is None:
            self.form_errors.append(str(refusal))
        else:
            field.errors = [*field.errors, str(refusal)]

    def consents(self) -> dict[int, str]:
        """The words of those that were agreed to."""
        wordings = self.wordings()
        return {key: words for key, words in wordings.items() if self.answers().get(key)} if wordings else {}

    def wordings(self) -> dict[int, str]:
        """The words of each statement that asks for consent, by question, agreed to or not."""
        return {one.id: rules.consent_text(one) for one in self.questions if rules.is_consent(one)}


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
    code = StringField(
        _l("Invitation code"),
        filters=[_clean],
        validators=[Length(max=60)],
        description=_l("As it was sent to you; capitals and hyphens do not matter."),
    )
    only_mode = ""
    places = NO_PLACES
    website = StringField(_l("Leave this field empty"))
    started = HiddenField()

    def validate_email(self, field: Field) -> None:
        try:
            field.data = normal_address(field.data)
        except AddressUnusable as refusal:
            raise ValidationError(str(refusal)) from refusal

    def validate_days(self, field: Field) -> None:
        if not field.data and self.mode.data in self.places.day_modes:
            raise ValidationError(_("Please choose the days on which you come."))

    def validate_sessions(self, field: Field) -> None:
        if clash := self.places.at_once(field.data or ()):
            names = {"first": clash[0].label, "second": clash[1].label}
            raise ValidationError(_("“%(first)s” and “%(second)s” are on at the same time: choose one.", **names))

    def validate_website(self, field: Field) -> None:
        if field.data:
            raise ValidationError(_("Please leave this field empty: it is only there to catch robots."))

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        if limits.is_on() and not was_read(self.started.data):
            self.form_errors.append(_("That was faster than people write. Please send the form once more."))
            return False
        return is_valid

    def entry(self, *, privacy_text: str, language: str, kept: Mapping[int, Any] | None = None) -> NewEntry:
        """What was asked for, typed; `kept` are the answers that name files."""
        answers = {key: value for key, value in self.answers().items() if value is not None}
        return NewEntry(
            **self.details(),
            email=self.email.data,
            mode=Mode(self.mode.data),
            language=language,
            answers=answers | dict(kept or {}),
            privacy_text_hash=rules.text_hash(privacy_text),
            privacy_text=privacy_text,
            consents=self.consents(),
            days=frozenset(self.days.data or ()) if "days" in self else frozenset(),
            sessions=frozenset(self.sessions.data or ()) if "sessions" in self else frozenset(),
        )


def entry_form(
    seats: Mapping[Mode, Seats],
    questions: tuple[Question, ...],
    language: str,
    *,
    places: Places = NO_PLACES,
    base: type[EntryForm] = EntryForm,
) -> EntryForm:
    """The form of one event: its modes, its questions, and what seats are chosen in."""
    kind: Any = base
    made = _with_questions(kind, questions, language, str(current_locale()), places.fields)
    form: EntryForm = made()
    offered = {str(mode): str(rules.MODE_LABELS[mode]) for mode, found in seats.items() if found.seats != 0}
    form.mode.choices = choices_of(offered)
    if len(offered) == 1:
        only, form.only_mode = next(iter(offered.items()))
        if not form.mode.data:
            form.mode.data, form.mode.raw_data = only, [only]
    form.started.data = form.started.data or reading_begins()
    if places is not NO_PLACES:
        form.places = places
        places.close(form)
    return form


def details_form(
    registration: Registration, questions: tuple[Question, ...], given: Mapping[int, Any], language: str
) -> DetailsForm:
    """The same questions, filled in with what is kept. A choice that is not offered any more stays where it was
    chosen."""
    values: dict[str, Any] = {name: getattr(registration, name) for name in DETAILS}
    kept: dict[str, dict[str, Any]] = {}
    for question in questions:
        answer = given.get(question.id)
        values[f"q_{question.key}"] = as_data(question, answer)
        if is_file(answer):
            kept[question.key] = answer
    questions = tuple(rules.with_choices(one, given.get(one.id)) for one in questions)
    bound = make_class(DetailsForm, questions, language, str(current_locale()), ())
    form: DetailsForm = bound(data=values, kept_files=kept)
    return form


def preview_form(questions: tuple[Question, ...], language: str) -> DetailsForm:
    """The questions to be looked at, with nothing filled in."""
    form: DetailsForm = make_class(DetailsForm, questions, language, str(current_locale()), ())(formdata=None)
    return form


@lru_cache(maxsize=128)
def _with_questions(
    form: type[DetailsForm], questions: tuple[Question, ...], language: str, locale: str, chosen: tuple[str, ...]
) -> Any:
    """The class of a form, made once: making it costs more than filling it in."""
    return make_class(form, questions, language, locale, chosen)


def make_class(
    form: type[DetailsForm], questions: tuple[Question, ...], language: str, locale: str, chosen: tuple[str, ...]
) -> Any:
    fields: dict[str, Any] = {"questions": questions, "language": language}
    for question in questions:
        if not question.is_section:
            fields[f"q_{question.key}"] = field_of(question, language, locale)
    for name in chosen:
        fields[name] = CheckboxesField(_PLACE_LABELS[name], choices=[])
    return type(form.__name__, (form,), fields)
