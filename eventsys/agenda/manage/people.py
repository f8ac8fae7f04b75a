"""The people of a programme: listed, written down, corrected, merged."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.agenda import actions, planning
from eventsys.agenda.errors import PersonUnknown
from eventsys.agenda.forms import MergeForm, PersonForm
from eventsys.agenda.manage.door import bp, raise_unless_shown
from eventsys.agenda.models import Person
from eventsys.agenda.names import NameBook
from eventsys.events.forms import blame
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import BadInput, Refusal
from eventsys.kernel.paging import mapped, page_number, paginated

Answer = Response | str | tuple[str, int]


@bp.get("/manage/events/<slug>/people")
def people(slug: str) -> str:
    """Everyone in the programme, by name."""
    session = reading()
    event = event_to_manage(session, slug)
    q = request.args.get("q", "").strip()[:200]
    page = paginated(session, planning.listed_people(event.id, q=q), number=page_number(), size=50)
    appears = planning.appearances(session, [person.id for person in page.items])
    return render_template(
        "agenda/manage/people.html",
        event=event,
        page=mapped(page, lambda person: (person, appears.get(person.id, []))),
        q=q,
        found=ngettext("%(num)d person", "%(num)d people", page.total) if q else None,
    )


@bp.route("/manage/events/<slug>/people/new", methods=["GET", "POST"])
def new_person(slug: str) -> Answer:
    """Somebody for the programme."""
    event = event_to_manage(reading(), slug)
    form = PersonForm()
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                person = actions.add_person(session, event_to_manage(session, slug), **form.values())
            flash(_("“%(name)s” is saved.", name=person.name), "good")
            return redirect(url_for("agenda_manage.people", slug=slug), 303)
        except Refusal as refusal:
            raise_unless_shown(refusal)
            blame(form, refusal)
            event = event_to_manage(reading(), slug)
    return _drawn(event, form, None)


@bp.route("/manage/events/<slug>/people/<key>", methods=["GET", "POST"])
def person(slug: str, key: str) -> Answer:
    """What is written about somebody."""
    event = event_to_manage(reading(), slug)
    form = PersonForm.of(_person(reading(), event, key))
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                found = _person(session, event_to_manage(session, slug), key)
                actions.update_person(session, found, **form.values())
            flash(_("“%(name)s” is saved.", name=found.name), "good")
            return redirect(url_for("agenda_manage.people", slug=slug), 303)
        except Refusal as refusal:
            raise_unless_shown(refusal)
            blame(form, refusal)
            event = event_to_manage(reading(), slug)
    return _drawn(event, form, _person(reading(), event, key))


def _drawn(event: Event, form: PersonForm, person: Person | None, merging: MergeForm | None = None) -> Answer:
    reader = reading()
    names = NameBook(planning.people(reader, event.id)) if person else NameBook([])
    merging = merging or MergeForm(formdata=None)
    page = render_template(
        "agenda/manage/person.html",
        event=event,
        form=form,
        person=person,
        appearances=planning.appearances(reader, [person.id]).get(person.id, []) if person else [],
        merging=merging,
        names=[names.label(other) for other in names.people if person and other.id != person.id],
    )
    return (page, 422) if form.errors or merging.errors else page


@bp.post("/manage/events/<slug>/people/<key>/merge")
def merge(slug: str, key: str) -> Answer:
    """Two entries of one person become one."""
    event = event_to_manage(reading(), slug)
    person = _person(reading(), event, key)
    form = MergeForm()
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                event = event_to_manage(session, slug)
                other = NameBook(planning.people(session, event.id)).find(form.other.data or "")
                if other is None:
                    raise BadInput(_("Nobody in this programme is called that."), field="other")
                kept = _person(session, event, key)
                actions.merge_people(session, kept=kept, merged=other, now=clock.now())
            flash(_("“%(other)s” is now “%(name)s”.", other=other.name, name=kept.name), "good")
            return redirect(url_for("agenda_manage.person", slug=slug, key=key), 303)
        except Refusal as refusal:
            raise_unless_shown(refusal)
            blame(form, refusal)
            event = event_to_manage(reading(), slug)
            person = _person(reading(), event, key)
    return _drawn(event, PersonForm.of(person), person, form)


@bp.post("/manage/events/<slug>/people/<key>/remove")
def remove_person(slug: str, key: str) -> Response:
    """Take somebody out of the programme."""
    with transaction(actor=access.actor()) as session:
        person = _person(session, event_to_manage(session, slug), key)
        actions.remove_person(session, person)
    flash(_("“%(name)s” is no longer in the programme.", name=person.name), "good")
    return redirect(url_for("agenda_manage.people", slug=slug), 303)


def _person(session: Session, event: Event, key: str) -> Person:
    person = planning.find_person(session, event.id, key)
    if person is None:
        raise PersonUnknown
    return person
