"""The form as organisers build it: seen as people will see it, and changed question by question."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.locale import LANGUAGES, chosen_language
from eventsys.registration import actions, queries, rules
from eventsys.registration.forms import preview_form, sections_of
from eventsys.registration.manage.question_forms import (
    BASES,
    QUESTION_TYPES,
    NewQuestionForm,
    QuestionForm,
    language_names,
    question_form,
)
from eventsys.registration.models import Question


def index(slug: str) -> str:
    """The questions in their order, drawn as people see them in the language of `?form=`; those taken out below."""
    session = reading()
    event = event_to_manage(session, slug)
    questions = queries.questions_of(session, event.id, with_retired=True)
    asked = [one for one in questions if one.retired_at is None]
    asked_for = request.args.get("form", "")
    language = asked_for if asked_for in LANGUAGES else chosen_language()
    return render_template(
        "registration/manage/questions.html",
        event=event,
        rows=_drawn(asked, language),
        retired=[one for one in questions if one.retired_at is not None],
        answered=queries.answered_counts(session, event.id),
        types=QUESTION_TYPES,
        bases=BASES,
        languages=language_names(LANGUAGES),
        language=language,
    )


def _drawn(asked: list[Question], language: str) -> list[tuple[Question, Any]]:
    """Each question with what is drawn of it; None for a heading."""
    shown = tuple(rules.in_language(one, language) for one in asked)
    parts = {
        part.question.key: part for section in sections_of(preview_form(shown, language)) for part in section.parts
    }
    return [(one, parts.get(one.key)) for one in shown]


def new_question(slug: str) -> str | tuple[str, int] | Response:
    """Add a question at the end of the form."""
    session = reading()
    event = event_to_manage(session, slug)
    filled = question_form(None, queries.questions_of(session, event.id), event.language)
    if request.method == "GET" and request.args.get("type") in QUESTION_TYPES:
        filled.type.data = request.args["type"]
    if filled.validate_on_submit() and isinstance(filled, NewQuestionForm):
        try:
            with transaction(actor=access.actor()) as writing:
                known = writing.get_one(Event, event.id)
                actions.add_question(writing, known, key=filled.chosen_key(), **filled.values())
            return _back(slug, filled.chosen_key())
        except Refusal as refusal:
            _show(filled, refusal)
    return _page(event, filled, None)


def question(slug: str, key: str) -> str | tuple[str, int] | Response:
    """Change a question; its key stays."""
    session = reading()
    event = event_to_manage(session, slug)
    known = _question(event.id, key)
    filled = question_form(known, queries.questions_of(session, event.id), event.language)
    if filled.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as writing:
                actions.change_question(writing, writing.get_one(Question, known.id), **filled.values())
            return _back(slug, key)
        except Refusal as refusal:
            _show(filled, refusal)
            known = _question(event.id, key)
    return _page(event, filled, known)


def _show(filled: QuestionForm, refusal: Refusal) -> None:
    name = refusal.field if refusal.field and refusal.field in filled else "label"
    filled[name].errors = [*filled[name].errors, str(refusal)]


def _page(event: Event, filled: QuestionForm, known: Question | None) -> str | tuple[str, int]:
    answered = queries.answered_counts(reading(), event.id).get(known.id, 0) if known else 0
    page = render_template(
        "registration/manage/question.html",
        event=event,
        form=filled,
        question=known,
        answered=answered,
        languages=language_names(filled.languages),
        preview=_preview(filled, event.language),
    )
    return page if request.method == "GET" else (page, 422)


def preview(slug: str) -> str:
    """One question drawn as it is filled in at this moment; nothing is written."""
    event = event_to_manage(reading(), slug)
    filled = question_form(None, queries.questions_of(reading(), event.id), event.language)
    return render_template("registration/manage/_preview.html", preview=_preview(filled, event.language))


def _preview(filled: QuestionForm, language: str) -> Any:
    """The part that the page draws; a heading is drawn from the question itself."""
    values = filled.values() | {"depends_on": "", "depends_values": []}
    drawn = Question(id=0, event_id=0, key="preview", position=0, **values)
    if drawn.is_section:
        return SimpleNamespace(question=drawn, field=None)
    return sections_of(preview_form((drawn,), language))[0].parts[0]


def change_form(slug: str, key: str, act: str) -> Response:
    """Move a question up or down or to a place, take it out of the form, bring it back, or delete it."""
    known = _question(event_to_manage(reading(), slug).id, key)
    deed = _DEEDS.get(act)
    if deed is None:
        raise NotFound
    try:
        with transaction(actor=access.actor()) as session:
            said = deed(session, session.get_one(Question, known.id))
    except NotFound:
        raise
    except Refusal as refusal:
        flash(str(refusal), "bad")
    else:
        if said:
            flash(said, "good")
    return _back(slug, key)


def _move(steps: int) -> Any:
    def deed(session: Any, moved: Question) -> str:
        actions.move_question(session, moved, steps=steps)
        return ""

    return deed


def _place(session: Any, moved: Question) -> str:
    place = request.form.get("place", "")
    # No form has a thousand questions; longer figures are no place.
    if not (place.isascii() and place.isdecimal() and len(place) <= 3):
        raise NotFound
    actions.place_question(session, moved, int(place))
    return ""


def _retire(session: Any, moved: Question) -> str:
    actions.retire_question(session, moved, now=clock.now())
    if moved.retired_at is None:
        return str(_("“%(question)s” is asked again, at the end of the form.", question=moved.label))
    return str(_("“%(question)s” is not asked any more.", question=moved.label))


def _delete(session: Any, moved: Question) -> str:
    actions.delete_question(session, moved)
    return str(_("“%(question)s” is deleted.", question=moved.label))


_DEEDS = {"up": _move(-1), "down": _move(1), "place": _place, "retire": _retire, "delete": _delete}


def _back(slug: str, key: str) -> Response:
    return redirect(url_for("registration_manage.questions", slug=slug) + f"#q-{key}", 303)


def _question(event_id: int, key: str) -> Question:
    found = reading().scalar(select(Question).where(Question.event_id == event_id, Question.key == key))
    if found is None:
        raise NotFound
    return found
