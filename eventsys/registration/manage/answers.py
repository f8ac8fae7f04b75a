"""What organisers fill in about one person: details, answers, what is asked of them alone, and files that were sent."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock, storage
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.registration import actions, files, queries, rules
from eventsys.registration.answers import said
from eventsys.registration.forms import DetailsForm, details_form, sections_of
from eventsys.registration.models import Answer, Question, Registration


def _refuse_unless_editor(slug: str, **_values: object) -> None:
    event_to_manage(reading(), slug)


@storage.takes_files(most=files.MOST_BODY, guard=_refuse_unless_editor)
def answers(slug: str, number: int) -> Response | str | tuple[str, int]:
    """Details and answers, those hidden from the public among them. What is sensitive is not shown, only replaced; a
    consent is the person's own to give."""
    session = reading()
    event = event_to_manage(session, slug)
    registration = queries.registration_of_event(session, event.id, number)
    rules.refuse_unless_living(registration)
    questions = tuple(_open(one) for one in queries.questions_of(session, event.id) if not rules.is_consent(one))
    given = {one.question_id: one.value for one in registration.answers if not one.question.is_sensitive}
    form = details_form(registration, questions, given, event.language)
    if form.validate_on_submit() and (answer := _change(slug, registration, form, given)) is not None:
        return answer
    form.ask_for_files_again()
    page = render_template(
        "registration/manage/answers.html",
        event=event,
        registration=registration,
        form=form,
        sections=sections_of(form),
        has_sensitive=any(one.is_sensitive for one in questions),
    )
    return page if request.method == "GET" else (page, 422)


def _open(question: Question) -> Question:
    """The question as organisers answer it: nothing must be."""
    copy = rules.in_language(question, "")
    copy.is_required = False
    return copy


def _change(slug: str, registration: Registration, form: DetailsForm, given: dict[int, Any]) -> Response | None:
    number = registration.id
    kept = {question: files.keep(registration.event_id, upload) for question, upload in form.uploads().items()}
    unseen = {one.id for one in form.questions if one.is_sensitive}
    found = {question: value for question, value in form.answers().items() if question not in unseen or value}
    try:
        with transaction(actor=access.actor()) as writing:
            known = queries.registration_of_event(writing, registration.event_id, number)
            changed = actions.change_details(writing, known, now=clock.now(), answers=found | kept, **form.details())
    except Refusal as refusal:
        files.forget(kept.values())
        form.show(refusal)
        return None
    files.forget(given.get(question) for question in kept)
    flash(_("Saved.") if changed else _("Nothing was changed."), "good" if changed else "info")
    return redirect(url_for("registration_manage.show", slug=slug, number=number), 303)


def file(slug: str, number: int, key: str) -> Response:
    """A file that somebody sent as an answer. One of a sensitive question is asked for by a POST, and noted first."""
    event = event_to_manage(reading(), slug)
    registration = queries.registration_of_event(reading(), event.id, number)
    found = next((one for one in registration.answers if one.question.key == key and files.is_file(one.value)), None)
    if found is None:
        raise NotFound
    answer, registration_id = dict(found.value), registration.id
    if found.question.is_sensitive:
        if request.method == "GET":
            return redirect(url_for("registration_manage.show", slug=slug, number=number), 303)
        with transaction(actor=access.actor()) as session:
            actions.note_look(session, event.id, "person", people=1, now=clock.now(), registration_id=registration_id)
    return files.saved(answer)


def said_to_organisers(slug: str, number: int, answer: Answer) -> str:
    """An answer as the person's page says it; a file is a link to it."""
    if not files.is_file(answer.value):
        return said(answer.value, answer.question)
    address = url_for("registration_manage.answer_file", slug=slug, number=number, key=answer.question.key)
    if answer.question.is_sensitive:
        return said(answer.value)
    return Markup('<a href="{}" download>{}</a>').format(address, answer.value["name"])
