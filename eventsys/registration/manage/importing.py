"""A list of people is tried first, shown row by row, and comes in when the organiser says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, FileField
from wtforms.validators import ValidationError

from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction, tried
from eventsys.kernel.errors import Refusal
from eventsys.kernel.storage import takes_files
from eventsys.kernel.tables import read_table, uploads
from eventsys.kernel.tables.uploads import Upload
from eventsys.registration import queries, rules
from eventsys.registration.actions.listing import Outcome, bring_in_each
from eventsys.registration.errors import ListHasProblems
from eventsys.registration.models import State
from eventsys.registration.tables import PERSON, STANDING, Problem, look_through

MOST_BYTES = 20 * 1024 * 1024
_SHOWN = 200
OUTCOME_LABELS = {
    **{str(state): label for state, label in rules.STATE_LABELS.items()},
    "known": _l("Registered already, stays as it is"),
    "refused": _l("Refused"),
}


class PeopleForm(FlaskForm):
    """A list, and how it shall be taken."""

    file = FileField(_l("File"), description=_l("CSV (UTF-8) or XLSX with one person a row; at most 20 MB."))
    overbook = BooleanField(
        _l("Let them in even where no seat is left"),
        description=_l("The surplus is counted, shown and noted in the timeline."),
    )
    notify = BooleanField(_l("Send each what they came to, with ticket and personal link, by mail"))

    def validate_file(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_l("Choose a file."))


@dataclass(frozen=True)
class Report:
    """What a list would do, or did: all rows in their order, and everything that is wrong."""

    outcomes: Sequence[Outcome]
    problems: Sequence[Problem]

    @property
    def counts(self) -> Counter[str]:
        return Counter(one.came_to for one in self.outcomes)

    @property
    def refused_lines(self) -> int:
        return len({one.line for one in self.problems})

    @property
    def added(self) -> int:
        return sum(number for what, number in self.counts.items() if what not in ("known", "refused"))


def _guard(slug: str) -> None:
    event_to_manage(reading(), slug)


@takes_files(most=MOST_BYTES, guard=_guard)
def import_people(slug: str) -> str | tuple[str, int]:
    """Send a list to see what it would do."""
    event = event_to_manage(reading(), slug)
    form = PeopleForm()
    if form.validate_on_submit():
        upload = Upload(form.file.data.filename or "file", form.file.data.read())
        values = {"overbook": bool(form.overbook.data), "notify": bool(form.notify.data)}
        try:
            report = tried(partial(_bring_in, upload, slug, values), actor=access.actor())
            token = uploads.keep(upload, whose=_whose(slug))
            return _preview(slug, report, token, upload.filename, values)
        except Refusal as refusal:
            if refusal.status in (401, 403, 404):
                raise
            form.file.errors = [*form.file.errors, str(refusal)]
        event = event_to_manage(reading(), slug)
    questions = queries.questions_of(reading(), event.id)
    page = render_template(
        "registration/manage/import.html",
        event=event,
        form=form,
        columns=[*PERSON, *STANDING[:2]],
        questions=[question for question in questions if not question.is_section],
    )
    return (page, 422) if form.errors else page


def _preview(slug: str, report: Report, token: str, filename: str, values: dict[str, bool]) -> str:
    told = [one for one in report.outcomes if one.came_to != one.asked_for]
    return render_template(
        "registration/manage/import_preview.html",
        event=event_to_manage(reading(), slug),
        report=report,
        figures=[(str(OUTCOME_LABELS[what]), number) for what, number in sorted(report.counts.items())],
        problems=report.problems[:_SHOWN],
        told=told[:_SHOWN],
        more_told=len(told) - _SHOWN,
        rows=report.outcomes[:_SHOWN],
        labels=OUTCOME_LABELS,
        states=set(map(str, State)),
        token=token,
        filename=filename,
        values={name: "1" for name, value in values.items() if value},
    )


def confirm_import(slug: str) -> Response:
    """Bring in what the preview showed; rows that cannot be taken are left out where that was chosen."""
    event_to_manage(reading(), slug)
    token = request.form.get("token", "")
    upload = uploads.kept(token, whose=_whose(slug))
    values = {name: request.form.get(name) == "1" for name in ("overbook", "notify", "passes_over")}
    try:
        with transaction(actor=access.actor()) as session:
            report = _bring_in(upload, slug, values, session)
            _refuse_problems(report, values)
    except Refusal as refusal:
        if refusal.status in (401, 403, 404):
            raise
        flash(str(refusal), "bad")
        return redirect(url_for("registration_manage.import_people", slug=slug), 303)
    uploads.forget(token)
    flash(ngettext("%(num)d person is registered.", "%(num)d people are registered.", report.added), "good")
    return redirect(url_for("registration_manage.index", slug=slug), 303)


def _refuse_problems(report: Report, values: dict[str, Any]) -> None:
    is_wrong = report.problems or report.counts.get("refused")
    if is_wrong and not values["passes_over"]:
        raise ListHasProblems


def _bring_in(upload: Upload, slug: str, values: dict[str, bool], session: Session) -> Report:
    event = event_to_manage(session, slug)
    table = read_table(upload.data, upload.filename)
    questions = queries.questions_of(session, event.id, with_retired=True)
    people, problems = look_through(table, questions, language=event.language, is_mailed=values["notify"])
    outcomes = bring_in_each(session, event, people, now=clock.now(), overbook=values["overbook"], passes_over=True)
    # Who finds no seat is told with the others.
    full = [Problem(one.line, "mode", one.reason) for one in outcomes if one.came_to == "refused"]
    return Report(outcomes, sorted([*problems, *full], key=lambda problem: problem.line))


def _whose(slug: str) -> str:
    return f"{access.user_id()}/{slug}"
