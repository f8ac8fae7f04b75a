"""The field that fits a question, and what is asked of it only where its condition holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from eventsys.kernel.locale import countries
from eventsys.registration import files
from eventsys.registration.answers import LINE_MOST, ORGANISATION_MOST, PROSE_MOST, read_answer, written
from eventsys.registration.errors import AnswerUnusable, FileNotTaken, FileTooLarge
from eventsys.registration.models import Question, QuestionType
from eventsys.registration.rules import choice_labels

# More choices than these stand in a list that unfolds.
MOST_RADIOS = 6
_NEEDED = _l("Please answer this question.")


class CheckboxesField(SelectMultipleField):
    """Several of a list, each as a checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def choices_of(labels: Mapping[Any, Any]) -> list[SelectChoice]:
    """Values and their labels as a field takes them; lazy labels stay lazy."""
    return [SelectChoice(str(value), label) for value, label in labels.items()]


@lru_cache(maxsize=16)
def country_choices(_locale: str) -> list[SelectChoice]:
    """The countries in the language in force, made once a language: 250 choices cost more than the rest of a form."""
    return choices_of({"": _("Choose a country"), **dict(countries())})


class WhereAsked:
    """Passes over a question whose condition does not hold; where it does, what is required must be answered."""

    def __init__(self, question: Question) -> None:
        self.key, self.is_required = question.key, question.is_required
        self.field_flags = {"required": True} if question.is_required else {"optional": True}

    def __call__(self, form: Any, field: Field) -> None:
        is_asked = self.key in form.asked
        if is_asked and field.data not in (None, "", [], False):
            return
        field.errors = []
        if is_asked and self.is_required and self.key not in form.kept_files:
            raise StopValidation(str(_NEEDED))
        raise StopValidation


def field_of(question: Question, language: str, locale: str) -> Any:
    """The field that fits the type of a question."""
    needed: Any = InputRequired(_NEEDED) if question.is_required else Optional()
    if question.depends_on or question.type == QuestionType.FILE:
        needed = WhereAsked(question)
    says: dict[str, Any] = {"label": question.label, "description": question.help}
    if question.type == QuestionType.CHOICE:
        return _one_of(choices_of(choice_labels(question, language)), needed, says)
    if question.type == QuestionType.CHOICES:
        return CheckboxesField(choices=choices_of(choice_labels(question, language)), validators=[needed], **says)
    if question.type == QuestionType.COUNTRY:
        return SelectField(choices=country_choices(locale), validators=[needed], **says)
    if question.type == QuestionType.FILE:
        return _file(question, needed, says)
    if question.type == QuestionType.NUMBER:
        return StringField(validators=[needed, _Readable(question)], render_kw={"inputmode": "decimal"}, **says)
    make, *rules = _PLAIN.get(question.type, (StringField, Length(max=LINE_MOST)))
    return make(validators=[needed, *rules], **says)


_PLAIN: dict[str, tuple[Any, ...]] = {
    QuestionType.LONGTEXT: (TextAreaField, Length(max=PROSE_MOST)),
    QuestionType.DATE: (DateField,),
    QuestionType.STATEMENT: (BooleanField,),
    QuestionType.ORGANISATION: (StringField, Length(max=ORGANISATION_MOST)),
}


def _one_of(choices: list[SelectChoice], needed: Any, says: dict[str, Any]) -> Any:
    if len(choices) <= MOST_RADIOS:
        return RadioField(choices=choices, validators=[needed], **says)
    return SelectField(choices=[SelectChoice("", _("Please choose")), *choices], validators=[needed], **says)


def _file(question: Question, needed: Any, says: dict[str, Any]) -> Any:
    limit = _("PDF, picture or Office file, at most %(most)d MB.", most=files.MOST_MEGABYTES)
    says["description"] = f"{question.help} {limit}".strip()
    return FileField(validators=[needed, _is_taken], render_kw={"accept": files.ACCEPTED}, **says)


def _is_taken(_form: Any, field: Field) -> None:
    try:
        files.kind_of(field.data)
    except (FileNotTaken, FileTooLarge) as refusal:
        raise ValidationError(str(refusal)) from refusal


class _Readable:
    """What was typed can be read as an answer to this question."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def __call__(self, _form: Any, field: Field) -> None:
        try:
            read_answer(self.question, field.data or "")
        except AnswerUnusable as refusal:
            raise ValidationError(str(refusal)) from refusal


def as_text(field: Field) -> str:
    """What was filled in, as `read_answer` takes it."""
    data = field.data
    if isinstance(data, bool):
        return "yes" if data else ""
    if isinstance(data, date):
        return data.isoformat()
    return written(data)


def as_data(question: Question, value: Any) -> Any:
    """An answer that is kept, as its field is filled in with it."""
    if question.type == QuestionType.DATE:
        return date.fromisoformat(value) if value else None
    if question.type == QuestionType.NUMBER:
        return written(value)
    return None if question.type == QuestionType.FILE else value
