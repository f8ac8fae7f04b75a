"""The questions of a form as a page draws them: in sections, each with the words for when it is asked."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import Field

from eventsys.registration import rules
from eventsys.registration.forms.entering import DetailsForm
from eventsys.registration.models import Question
from eventsys.registration.places import NO_PLACES, Places


@dataclass(frozen=True)
class Part:
    """One question: its field, and when it is asked (`only_if`, in words; `leading` names the field that decides,
    `values` what must be answered there, as JSON).

    `notes` are the seats left by choice; `kept_file` is the name of a file that was sent before.
    """

    question: Question
    field: Field
    only_if: str = ""
    leading: str = ""
    values: str = "[]"
    is_asked: bool = True
    notes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    kept_file: str = ""


@dataclass
class Section:
    """Questions under one heading; those that stand before the first heading have none."""

    heading: Question | None
    parts: list[Part]


def sections_of(form: DetailsForm, places: Places = NO_PLACES) -> list[Section]:
    """The questions of a form in their sections; a heading without questions is left out."""
    by_key = {question.key: question for question in form.questions}
    found = [Section(None, [])]
    for question in form.questions:
        if question.is_section:
            found.append(Section(question, []))
        else:
            found[-1].parts.append(_part(form, question, by_key.get(question.depends_on), places))
    return [section for section in found if section.parts]


def _part(form: DetailsForm, question: Question, leading: Question | None, places: Places) -> Part:
    said: dict[str, Any] = {"notes": places.notes(str(question.id)) if places.answers else {}}
    if leading is not None:
        said |= {
            "only_if": rules.condition_of(question, leading, form.language),
            "leading": f"q_{leading.key}",
            "values": json.dumps(question.depends_values),
            "is_asked": question.key in form.asked,
        }
    kept = form.kept_files.get(question.key)
    return Part(question, form[f"q_{question.key}"], kept_file=kept["name"] if kept else "", **said)
