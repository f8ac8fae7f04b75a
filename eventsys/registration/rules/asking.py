"""What a form asks whom: a question that depends on another, and in whose words it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from eventsys.registration.models import Basis, Question, QuestionType

# What another question may depend on: answers that can be named beforehand.
LEADING = frozenset({QuestionType.CHOICE, QuestionType.CHOICES, QuestionType.STATEMENT})
YES, NO = "yes", "no"
_COLUMNS = (
    "id", "event_id", "key", "label", "help", "type", "choices", "least", "most", "is_required", "is_internal",
    "is_sensitive", "depends_on", "depends_values", "purpose", "basis", "translations", "erase_after_days", "position",
)  # fmt: skip


def asked_keys(questions: Iterable[Question], given: Mapping[str, Any]) -> set[str]:
    """The keys of the questions that are asked of somebody who gave these answers (by key), in the order of the form.

    An answer to a question that is not asked leads to none. A condition on a question that is not in the form holds.
    """
    asked: set[str] = set()
    known: dict[str, Question] = {}
    for question in questions:
        leading = known.get(question.depends_on)
        known[question.key] = question
        if leading is None or (
            leading.key in asked and _leading_values(leading, given.get(leading.key)) & set(question.depends_values)
        ):
            asked.add(question.key)
    return asked


def _leading_values(leading: Question, value: Any) -> set[str]:
    """An answer as the values that a condition names; a statement that is not ticked is a no."""
    if leading.type == QuestionType.STATEMENT:
        return {YES if value else NO}
    return set(value) if isinstance(value, list) else {value}


def in_language(question: Question, language: str) -> Question:
    """The question in a visitor's language, the event's own words where it was not translated. A row of no session:
    it is kept and read by many."""
    said = question.translations.get(language) or {}
    copy = Question(**{name: getattr(question, name) for name in _COLUMNS})
    copy.label = said.get("label") or question.label
    copy.help = said.get("help") or question.help
    return copy


def choice_labels(question: Question, language: str = "") -> dict[str, str]:
    """The choices and how each is said; what is kept is the choice itself, in whatever language it was read."""
    said = (question.translations.get(language) or {}).get("choices") or {}
    return {choice: said.get(choice) or choice for choice in question.choices}


def condition_of(question: Question, leading: Question, language: str = "") -> str:
    """When the question is asked, in words."""
    if leading.type == QuestionType.STATEMENT:
        if question.depends_values == [NO]:
            return str(_("Only if you do not tick “%(question)s”", question=leading.label))
        return str(_("Only if you tick “%(question)s”", question=leading.label))
    labels = choice_labels(leading, language)
    between = " " + _("or") + " "
    values = between.join(f"“{labels.get(value, value)}”" for value in question.depends_values)
    return str(_("Only if you answer %(values)s to “%(question)s”", values=values, question=leading.label))


def leads(question: Question) -> bool:
    """Whether others may depend on it."""
    return question.type in LEADING and question.retired_at is None


def may_lead(question: Question, follower: Question) -> bool:
    """Whether another question may depend on this one: its answers can be named, and who is asked sees it."""
    return leads(question) and (follower.is_internal or not question.is_internal)


def leading_choices(question: Question) -> list[str]:
    """The values that a condition on this question may name."""
    return [YES, NO] if question.type == QuestionType.STATEMENT else list(question.choices)


def leading_before(questions: Sequence[Question], question: Question | None) -> list[Question]:
    """The questions that this one (None: a new one at the end) may depend on: those that stand before it."""
    place = next((number for number, one in enumerate(questions) if question and one.id == question.id), len(questions))
    return [one for one in questions[:place] if leads(one)]


def following(questions: Iterable[Question], key: str) -> list[Question]:
    """The questions that are asked because of this one."""
    return [one for one in questions if one.depends_on == key]


def out_of_order(questions: Sequence[Question]) -> Question | None:
    """The first question that stands before the one it depends on, or without it."""
    places = {one.key: number for number, one in enumerate(questions)}
    depending = ((number, one) for number, one in enumerate(questions) if one.depends_on)
    return next((one for number, one in depending if places.get(one.depends_on, number) >= number), None)


def unled(questions: Sequence[Question]) -> Question | None:
    """The first question whose condition nobody could meet who is asked it."""
    by_key = {one.key: one for one in questions}
    depending = (one for one in questions if one.depends_on in by_key)
    return next((one for one in depending if not may_lead(by_key[one.depends_on], one)), None)


def is_consent(question: Question) -> bool:
    """Whether ticking it is a consent, which can be taken back (GDPR, Article 7)."""
    return question.type == QuestionType.STATEMENT and question.basis == Basis.CONSENT


def consent_text(question: Question) -> str:
    """What somebody agrees to, word for word as they read it."""
    return "\n\n".join(part for part in (question.label, question.help) if part)


def with_choices(question: Question, given: Any) -> Question:
    """The question with the choices that this person made when they were still offered."""
    chosen = [str(part) for part in (given if isinstance(given, list) else [given]) if part]
    gone = [choice for choice in chosen if choice not in question.choices]
    if question.type not in (QuestionType.CHOICE, QuestionType.CHOICES) or not gone:
        return question
    copy = in_language(question, "")
    copy.choices = [*question.choices, *gone]
    return copy
