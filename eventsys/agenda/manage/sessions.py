"""One session is written, moved, copied, cancelled."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import FieldList

from eventsys.agenda import actions, planning, rules
from eventsys.agenda.actions import TalkEntry
from eventsys.agenda.errors import SessionUnknown
from eventsys.agenda.forms import SessionForm, written
from eventsys.agenda.manage.door import bp, raise_unless_shown
from eventsys.agenda.manage.programme import said_clashes
from eventsys.agenda.models import AgendaSession, Person, ProgrammeRole
from eventsys.agenda.names import NameBook
from eventsys.agenda.queries import find_session
from eventsys.events.forms import blame
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.events.rules import refuse_if_changed
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal

Answer = Response | str | tuple[str, int]
_FIELDS = {"starts_at": "starts", "ends_at": "ends"}


@bp.route("/manage/events/<slug>/programme/sessions/new", methods=["GET", "POST"])
def new_session(slug: str) -> Answer:
    """A new session; `?after=<key>` begins it where another one ends, in its room."""
    event = event_to_manage(reading(), slug)
    form = SessionForm(data=_proposed(reading(), event))
    return _answered(event, form, None)


@bp.route("/manage/events/<slug>/programme/sessions/<key>", methods=["GET", "POST"])
def session(slug: str, key: str) -> Answer:
    """A session that is there."""
    event = event_to_manage(reading(), slug)
    entry = _entry(reading(), event, key)
    book = NameBook(planning.people(reading(), event.id))
    form = SessionForm(data=written(entry, event, book.label))
    return _answered(event, form, entry)


def _answered(event: Event, form: SessionForm, entry: AgendaSession | None) -> Answer:
    slug, key = event.slug, entry.key if entry else None
    form.offer(planning.rooms(reading(), event.id), planning.tracks(reading(), event.id))
    if _rows_changed(form):
        return _drawn(event, form, entry)
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as writing:
                event = event_to_manage(writing, slug)
                entry = _entry(writing, event, key) if key else None
                if entry is not None:
                    refuse_if_changed(form.seen.data, entry.updated_at)
                saved, made = _saved(writing, event, entry, form)
            _say_saved(event, saved, made)
            if request.form.get("then") == "another":
                return redirect(url_for("agenda_manage.new_session", slug=slug, after=saved.key), 303)
            return redirect(url_for("agenda_manage.programme", slug=slug, _anchor=f"s-{saved.id}"), 303)
        except Refusal as refusal:
            raise_unless_shown(refusal)
            blame(form, refusal, **_FIELDS)
            event = event_to_manage(reading(), slug)
            entry = _entry(reading(), event, key) if key else None
            form.seen.data = entry.updated_at.isoformat() if entry else None
    if entry is not None and not form.is_submitted():
        form.seen.data = entry.updated_at.isoformat()
    return _drawn(event, form, entry)


def _proposed(reader: Session, event: Event) -> dict[str, Any]:
    """Where the next session most likely goes: after the one just saved, or at the beginning."""
    before = find_session(reader, event.id, request.args.get("after", "")) if "after" in request.args else None
    start = rules.local_of(before.ends_at if before else event.starts_at, event.zone)
    room = before.room.key if before and before.room else ""
    track = before.track.key if before and before.track else ""
    return {"day": start.date(), "starts": start.time(), "room": room, "track": track, "people": [{}], "talks": []}


def _rows_changed(form: SessionForm) -> bool:
    """Add or drop a row for browsers without script; what was typed stays."""
    for rows in (form.people, form.talks):
        if f"add_{rows.short_name}" in request.form:
            rows.append_entry()
            return True
        dropped = request.form.get(f"drop_{rows.short_name}")
        if dropped is not None:
            _drop(rows, dropped)
            return True
    return False


def _drop(rows: FieldList[Any], number: str) -> None:
    rows.entries = [row for row in rows.entries if row.name != f"{rows.name}-{number}"]


def _saved(
    session: Session, event: Event, entry: AgendaSession | None, form: SessionForm
) -> tuple[AgendaSession, list[Person]]:
    """The session as the form says, and the people it names for the first time."""
    values = form.values(event)
    values["room"] = planning.find_room(session, event.id, form.room.data) if form.room.data else None
    values["track"] = planning.find_track(session, event.id, form.track.data) if form.track.data else None
    if entry is None:
        entry = actions.add_session(session, event, now=clock.now(), **values)
    else:
        actions.update_session(session, entry, **values)
    book, made = NameBook(planning.people(session, event.id)), []

    def person_named(name: str) -> Person:
        person = book.find(name)
        if person is None:
            person = actions.add_person(session, event, name=name)
            book.add(person)
            made.append(person)
        return person

    people = [(person_named(row["name"]), row["role"]) for row in form.people.data if row["name"]]
    actions.set_session_people(session, entry, people)
    actions.set_talks(session, entry, _talks(entry, form, person_named))
    return entry, made


def _talks(entry: AgendaSession, form: SessionForm, person_named: Any) -> list[TalkEntry]:
    known = {talk.key: talk for talk in entry.talks}
    talks = []
    for row in form.talks.data:
        if not row["title"]:
            continue
        talk = known.get(row["key"] or "")
        names = [name.strip() for name in (row["presenters"] or "").split(";") if name.strip()]
        people = [(person_named(name), str(ProgrammeRole.PRESENTER)) for name in names]
        # The form shows presenters only: what else people do in a talk stays as it is.
        if talk:
            people += [(role.person, role.role) for role in talk.roles if role.role != ProgrammeRole.PRESENTER]
        key, abstract = (talk.key, talk.abstract) if talk else (None, "")
        talks.append(TalkEntry(row["title"], key, row["minutes"], row["project"] or "", abstract, people))
    return talks


def _say_saved(event: Event, entry: AgendaSession, made: list[Person]) -> None:
    flash(_("“%(title)s” is saved.", title=entry.title), "good")
    if made:
        names = ", ".join(person.name for person in made)
        flash(_("New in the programme: %(names)s.", names=names), "info")
    if rules.is_outside(event, entry.starts_at, entry.ends_at):
        flash(_("This session lies outside the days of the event."), "warn")


def _drawn(event: Event, form: SessionForm, entry: AgendaSession | None) -> Answer:
    reader = reading()
    told = said_clashes(rules.clashes(planning.slots(reader, event.id)), event) if entry else {}
    page = render_template(
        "agenda/manage/session.html",
        event=event,
        form=form,
        entry=entry,
        status=rules.status_label(entry.status) if entry else "",
        clashes=told.get(entry.id, []) if entry else [],
        names=NameBook(planning.people(reader, event.id)).labels,
        projects=sorted({row["project"] for row in form.talks.data if row["project"]}),
        roles=[(key, str(label)) for key, label in rules.ROLE_LABELS.items()],
        is_removable=event.published_at is None,
    )
    return (page, 422) if form.errors else page


@bp.post("/manage/events/<slug>/programme/sessions/<key>/duplicate")
def duplicate(slug: str, key: str) -> Response:
    """The same session once more, to be moved to its own time."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        entry = _entry(session, event, key)
        title = _("%(title)s (copy)", title=entry.title)
        copy = actions.duplicate_session(session, entry, title=title, now=clock.now())
    flash(_("A copy is made, tentative: give it its own time."), "good")
    return redirect(url_for("agenda_manage.session", slug=slug, key=copy.key), 303)


@bp.post("/manage/events/<slug>/programme/sessions/<key>/status")
def change_status(slug: str, key: str) -> Response:
    """Cancel a session, take that back, or remove it from a draft."""
    step = request.form.get("step", "")
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        entry = _entry(session, event, key)
        if step == "remove":
            actions.remove_session(session, event, entry)
        elif step == "cancel":
            actions.cancel_session(session, entry)
        else:
            actions.restore_session(session, entry)
    said = {"remove": _("“%(title)s” is removed."), "cancel": ""}.get(step, _("“%(title)s” takes place after all."))
    if said:
        flash(said % {"title": entry.title}, "good")
    cancelled = key if step == "cancel" else None
    return redirect(url_for("agenda_manage.programme", slug=slug, cancelled=cancelled), 303)


def _entry(session: Session, event: Event, key: str) -> AgendaSession:
    entry = find_session(session, event.id, key)
    if entry is None:
        raise SessionUnknown
    return entry
