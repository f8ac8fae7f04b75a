"""What organisers fill in about one question of the form: what it asks, of whom, why, and in which languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from eventsys.kernel.locale import LANGUAGES
from eventsys.kernel.text import clean_line, clean_prose, slugified
from eventsys.registration import rules
from eventsys.registration.answers import BETWEEN
from eventsys.registration.forms import CheckboxesField, choices_of
from eventsys.registration.models import Basis, Question, QuestionType

QUESTION_TYPES = {
    QuestionType.TEXT: _l("one line of text"),
    QuestionType.LONGTEXT: _l("several lines of text"),
    QuestionType.CHOICE: _l("one of a list"),
    QuestionType.CHOICES: _l("several of a list"),
    QuestionType.NUMBER: _l("a number"),
    QuestionType.DATE: _l("a date"),
    QuestionType.COUNTRY: _l("a country"),
    QuestionType.ORGANISATION: _l("an organisation of the directory"),
    QuestionType.FILE: _l("a file"),
    QuestionType.STATEMENT: _l("a statement to tick"),
    QuestionType.SECTION: _l("nothing: a heading for those that follow"),
}
BASES = {
    Basis.LEGITIMATE_INTEREST: _l("a legitimate interest: the event cannot be run well without"),
    Basis.CONSENT: _l("consent, which can be withdrawn"),
    Basis.CONTRACT: _l("a contract with the person"),
    Basis.LEGAL_OBLIGATION: _l("a legal obligation"),
    Basis.PUBLIC_TASK: _l("a task in the public interest"),
}
LISTS = (QuestionType.CHOICE, QuestionType.CHOICES)
_ADDRESSES = ("new", "preview")
# "inf" and "nan" are numbers to Python and none to JSON: the file of the event could not be read again.
_FINITE = NumberRange(min=-1_000_000_000_000, max=1_000_000_000_000)


def _line(value: str | None) -> str:
    return clean_line(value or "")


class QuestionForm(FlaskForm):
    """One question. `depends_on` names a question before it, `when_<key>` the answers to it that matter."""

    label = StringField(
        _l("Question"), filters=[_line], validators=[InputRequired(_l("Please write the question.")), Length(max=500)]
    )
    help = StringField(
        _l("Help"), filters=[_line], validators=[Length(max=500)], description=_l("How to answer, or why you ask.")
    )
    type = SelectField(_l("What is the answer?"), choices=choices_of(QUESTION_TYPES))
    choices = TextAreaField(_l("Choices"), description=_l("One a line."))
    least = FloatField(_l("Least"), validators=[Optional(), _FINITE])
    most = FloatField(_l("Most"), validators=[Optional(), _FINITE])
    is_required = BooleanField(_l("Must be answered"))
    is_internal = BooleanField(
        _l("Hidden from the public"), description=_l("Only organisers see it, and fill it in on the person’s page.")
    )
    is_sensitive = BooleanField(
        _l("Sensitive"), description=_l("Such as diet, health or access needs. Who reads the answers is written down.")
    )
    depends_on = SelectField(_l("Of whom?"), default="")
    purpose = StringField(
        _l("Purpose"), filters=[_line], validators=[Length(max=500)],
        description=_l("What you need it for; people read it with their data."),
    )  # fmt: skip
    basis = RadioField(_l("Lawful basis"), choices=choices_of(BASES), default=str(Basis.LEGITIMATE_INTEREST))
    erase_after_days = IntegerField(
        _l("Erase the answers so many days after the event"),
        validators=[Optional(), NumberRange(min=0, max=3650)],
        description=_l("Empty: with the rest of the registration."),
    )
    languages: ClassVar[tuple[str, ...]] = ()
    leading: ClassVar[tuple[str, ...]] = ()

    def validate_depends_on(self, field: Field) -> None:
        if field.data and field.data in self.leading and not self[f"when_{field.data}"].data:
            raise ValidationError(_("Please choose the answers after which it is asked."))

    def validate_choices(self, field: Field) -> None:
        lines = self.lines()
        if self.type.data in LISTS and not lines:
            raise ValidationError(_("A list needs its choices, one a line."))
        if any(BETWEEN in line for line in lines):
            raise ValidationError(_("A choice cannot hold a semicolon: tables put it between several answers."))

    def validate_most(self, field: Field) -> None:
        if field.data is not None and self.least.data is not None and field.data < self.least.data:
            raise ValidationError(_("The most is less than the least."))

    def lines(self) -> list[str]:
        """The choices, each once."""
        return list(dict.fromkeys(_lines(self.choices.data)))

    def values(self) -> dict[str, Any]:
        """The columns of the question. What does not belong to its type is left empty."""
        kind, numbers = self.type.data, self.type.data == QuestionType.NUMBER
        asks = kind != QuestionType.SECTION
        leading = self.depends_on.data if asks and self.depends_on.data in self.leading else ""
        return {
            "label": self.label.data,
            "help": self.help.data,
            "type": kind,
            "choices": self.lines() if kind in LISTS else [],
            "least": self.least.data if numbers else None,
            "most": self.most.data if numbers else None,
            "is_required": asks and bool(self.is_required.data),
            "is_internal": asks and bool(self.is_internal.data),
            "is_sensitive": asks and bool(self.is_sensitive.data),
            "depends_on": leading,
            "depends_values": list(self[f"when_{leading}"].data or ()) if leading else [],
            "purpose": self.purpose.data,
            "basis": self.basis.data,
            "erase_after_days": self.erase_after_days.data if asks else None,
            "translations": self.translations(),
        }

    def translations(self) -> dict[str, Any]:
        """What was translated, by language: label, help, and choices in the order of the list."""
        found: dict[str, Any] = {}
        for language in self.languages:
            said: dict[str, Any] = {
                name: self[f"{name}_{language}"].data for name in ("label", "help") if self[f"{name}_{language}"].data
            }
            pairs = zip(self.lines(), _lines(self[f"choices_{language}"].data, keep_empty=True), strict=False)
            if self.type.data in LISTS and (choices := {choice: words for choice, words in pairs if words}):
                said["choices"] = choices
            if said:
                found[language] = said
        return found


class NewQuestionForm(QuestionForm):
    """A new question: its key names it in tables and addresses for ever."""

    key = StringField(
        _l("Short name"), filters=[lambda value: slugified(value or "", most=60).replace("-", "_")],
        description=_l("Names the column in tables (diet becomes q_diet). Empty: made from the question."),
    )  # fmt: skip

    def chosen_key(self) -> str:
        """The name given, or one made from the question; never one that an address beside it has."""
        made = slugified(self.label.data or "", most=60).replace("-", "_")
        found = self.key.data or made or "question"
        return f"{found}_question" if found in _ADDRESSES else found


def question_form(question: Question | None, asked: Sequence[Question], language: str) -> QuestionForm:
    """The form of a question (None: a new one) among those that are asked, of an event in `language`."""
    others = tuple(one for one in LANGUAGES if one != language.partition("-")[0])
    leading = rules.leading_before(asked, question)
    kind = _made(QuestionForm if question else NewQuestionForm, others, leading)
    form: QuestionForm = kind(data=_filled(question, others) if question else None)
    form.depends_on.choices = choices_of(
        {"": _("Of everybody")} | {one.key: _("Depends on “%(question)s”", question=one.label) for one in leading}
    )
    return form


def _made(kind: type[QuestionForm], languages: tuple[str, ...], leading: Sequence[Question]) -> type[QuestionForm]:
    """The form with fields for each language besides that of the event, and for each question it may depend on."""
    fields: dict[str, Any] = {"languages": languages, "leading": tuple(one.key for one in leading)}
    for language in languages:
        fields |= {
            f"label_{language}": StringField(_l("Question"), filters=[_line], validators=[Length(max=500)]),
            f"help_{language}": StringField(_l("Help"), filters=[_line], validators=[Length(max=500)]),
            f"choices_{language}": TextAreaField(
                _l("Choices"), description=_l("One a line, in the order of the choices above.")
            ),
        }
    for one in leading:
        labels = rules.choice_labels(one) or {"yes": _("ticked"), "no": _("not ticked")}
        name = _("Asked where the answer to “%(question)s” is", question=one.label)
        fields[f"when_{one.key}"] = CheckboxesField(name, choices=choices_of(labels))
    return type(kind.__name__, (kind,), fields)


def language_names(languages: Sequence[str]) -> dict[str, str]:
    """Languages as their speakers call them."""
    return {one: str(Locale.parse(one, sep="-").get_display_name(one) or one).capitalize() for one in languages}


def _filled(question: Question, languages: Sequence[str]) -> dict[str, Any]:
    names = ("label", "help", "type", "least", "most", "is_required", "is_internal", "is_sensitive", "purpose", "basis",
             "erase_after_days", "depends_on")  # fmt: skip
    values: dict[str, Any] = {name: getattr(question, name) for name in names}
    values["choices"] = "\n".join(question.choices)
    if question.depends_on:
        values[f"when_{question.depends_on}"] = question.depends_values
    for language in languages:
        said = question.translations.get(language) or {}
        words = said.get("choices") or {}
        values |= {
            f"label_{language}": said.get("label", ""),
            f"help_{language}": said.get("help", ""),
            f"choices_{language}": "\n".join(words.get(choice, "") for choice in question.choices) if words else "",
        }
    return values


def _lines(text: str | None, *, keep_empty: bool = False) -> list[str]:
    found = [clean_line(line)[:200] for line in clean_prose(text or "").split("\n")]
    return found if keep_empty else [line for line in found if line]
