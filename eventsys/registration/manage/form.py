"""How an event registers people: seats, dates, waiting list, privacy, and the questions of its form."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.registration import actions, queries
from eventsys.registration.manage.forms import (
    QUESTION_TYPES,
    NewQuestionForm,
    SettingsForm,
    question_form,
    settings_form,
)
from eventsys.registration.models import Mode, Question


def form(slug: str) -> str | tuple[str, int] | Response:
    """Seats and dates on top, the questions below; more seats let in those who wait at once."""
    session = reading()
    event = event_to_manage(session, slug)
    seats = queries.seats(session, event.id)
    filled = settings_form(
        queries.settings_of(session, event.id), seats, event.privacy_controller, event.privacy_notice, event.zone
    )
    if filled.validate_on_submit():
        _save(event.id, filled)
        return redirect(url_for("registration_manage.form", slug=slug), 303)
    page = render_template(
        "registration/manage/form.html",
        event=event,
        form=filled,
        seats=seats,
        questions=queries.questions_of(session, event.id, with_retired=True),
        types=QUESTION_TYPES,
    )
    return page if request.method == "GET" else (page, 422)


def _save(event_id: int, filled: SettingsForm) -> None:
    now = clock.now()
    with transaction(actor=access.actor()) as session:
        event = session.get_one(Event, event_id)
        actions.change_settings(session, event, now=now, **filled.settings(event.zone))
        event.privacy_controller = filled.privacy_controller.data or ""
        event.privacy_notice = filled.privacy_notice.data or ""
        moved = actions.set_seats(session, event, Mode.ONSITE, filled.onsite.data, now=now)
        moved += actions.set_seats(session, event, Mode.ONLINE, filled.online.data, now=now)
        surplus = sum(found.overbooked for found in queries.seats(session, event_id).values())
    flash(_("Saved."), "good")
    if moved:
        flash(ngettext("%(num)d person has moved up.", "%(num)d people have moved up.", moved), "info")
    if surplus:
        words = ngettext(
            "%(num)d person more than there are seats is registered; nobody loses their seat.",
            "%(num)d people more than there are seats are registered; nobody loses their seat.",
            surplus,
        )
        flash(words, "warn")


def new_question(slug: str) -> str | tuple[str, int] | Response:
    """Add a question at the end of the form."""
    event = event_to_manage(reading(), slug)
    filled = NewQuestionForm()
    if filled.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                known = session.get_one(Event, event.id)
                actions.add_question(session, known, key=filled.chosen_key(), **filled.values())
            return redirect(url_for("registration_manage.form", slug=slug) + "#questions", 303)
        except Refusal as refusal:
            filled.key.errors = [*filled.key.errors, str(refusal)]
    page = render_template("registration/manage/question.html", event=event, form=filled, question=None)
    return page if request.method == "GET" else (page, 422)


def question(slug: str, key: str) -> str | tuple[str, int] | Response:
    """Change a question; its key stays."""
    event = event_to_manage(reading(), slug)
    known = _question(event.id, key)
    filled = question_form(known)
    if filled.validate_on_submit():
        with transaction(actor=access.actor()) as session:
            actions.change_question(session, session.get_one(Question, known.id), **filled.values())
        return redirect(url_for("registration_manage.form", slug=slug) + "#questions", 303)
    page = render_template("registration/manage/question.html", event=event, form=filled, question=known)
    return page if request.method == "GET" else (page, 422)


def move_question(slug: str, key: str, act: str) -> Response:
    """Move a question up or down, take it out of the form, or bring it back."""
    known = _question(event_to_manage(reading(), slug).id, key)
    if act not in ("up", "down", "retire"):
        raise NotFound
    with transaction(actor=access.actor()) as session:
        moved = session.get_one(Question, known.id)
        if act == "retire":
            actions.retire_question(session, moved, now=clock.now())
        else:
            actions.move_question(session, moved, steps=-1 if act == "up" else 1)
    return redirect(url_for("registration_manage.form", slug=slug) + "#questions", 303)


def _question(event_id: int, key: str) -> Question:
    found = reading().scalar(select(Question).where(Question.event_id == event_id, Question.key == key))
    if found is None:
        raise NotFound
    return found
