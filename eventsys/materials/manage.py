"""Organisers put up slides and recordings, replace them, take them away and bring them back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.agenda.models import AgendaSession, Talk
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import BadInput
from eventsys.materials import actions, queries, rules
from eventsys.materials.errors import MaterialUnknown
from eventsys.materials.forms import AUDIENCES, KINDS, ContentForm, DetailsForm, NewMaterialForm
from eventsys.materials.models import Material

bp = Blueprint("materials_manage", __name__, url_prefix="/manage/events/<slug>/materials")

LARGEST = 4 * 1024**3


@bp.route("", methods=["GET", "POST"])
def index(slug: str) -> str | tuple[str, int] | Response:
    """The list, and the form to add one more."""
    request.max_content_length = LARGEST
    event = event_to_manage(reading(), slug)
    form = NewMaterialForm()
    form.place.choices = _places(event)
    if form.validate_on_submit():
        try:
            return _add(slug, form)
        except BadInput as refusal:
            getattr(form, refusal.field or "file").errors = [str(refusal)]
    materials = queries.of_event(reading(), event.id, with_removed=True)
    page = render_template(
        "materials/manage/index.html",
        event=event,
        form=form,
        kept=[material for material in materials if material.removed_at is None],
        removed=[material for material in materials if material.removed_at is not None],
        kinds=KINDS,
        audiences=AUDIENCES,
        accepted=rules.ACCEPTED,
    )
    return (page, 422) if form.errors else page


def _places(event: Event) -> list[tuple[str, str]]:
    found = [("event", _("The whole event"))]
    for entry, talks in queries.places(reading(), event.id):
        found.append((f"session:{entry.id}", entry.title))
        found += [(f"talk:{talk.id}", f"\N{EM DASH} {talk.title}") for talk in talks]
    return found


def _add(slug: str, form: NewMaterialForm) -> Response:
    content = _content(form)
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        entry, talk = _place(session, event, form.place.data)
        actions.add_material(
            session, event, kind=form.kind.data, title=form.title.data, audience=form.audience.data,
            content=content, entry=entry, talk=talk, now=clock.now(),
        )  # fmt: skip
    flash(_("“%(title)s” is up.", title=form.title.data), "good")
    return redirect(url_for(".index", slug=slug), 303)


def _content(form: ContentForm) -> actions.StoredFile | str:
    """The upload lies in the storage before any transaction begins; a refusal after that leaves only unnamed bytes."""
    if form.file.data and form.file.data.filename:
        return actions.store_file(form.file.data.stream, form.file.data.filename)
    return rules.checked_address(form.url.data)


def _place(session: Session, event: Event, place: str) -> tuple[AgendaSession | None, Talk | None]:
    sort, _colon, number = place.partition(":")
    if sort == "session":
        entry = session.get(AgendaSession, int(number))
        if entry is not None and entry.event_id == event.id:
            return entry, None
    if sort == "talk":
        talk = session.get(Talk, int(number))
        if talk is not None and talk.session.event_id == event.id:
            return talk.session, talk
    return None, None


def _material(session: Session, event: Event, key: str) -> Material:
    material = queries.find_material(session, event.id, key, with_removed=True)
    if material is None:
        raise MaterialUnknown
    return material


@bp.route("/<key>", methods=["GET", "POST"])
def show(slug: str, key: str) -> str | tuple[str, int] | Response:
    """Change what is said about one material; see its versions."""
    event = event_to_manage(reading(), slug)
    material = _material(reading(), event, key)
    form = DetailsForm(obj=material)
    if form.validate_on_submit():
        with transaction(actor=access.actor()) as session:
            material = _material(session, event_to_manage(session, slug), key)
            actions.change_material(
                session, material, kind=form.kind.data, title=form.title.data, audience=form.audience.data,
                now=clock.now(),
            )  # fmt: skip
        flash(_("Saved."), "good")
        return redirect(url_for(".show", slug=slug, key=key), 303)
    return _page(event, material, form, ContentForm(formdata=None))


@bp.post("/<key>/versions")
def add_version(slug: str, key: str) -> str | tuple[str, int] | Response:
    """Replace the file or link; its address stays."""
    request.max_content_length = LARGEST
    event = event_to_manage(reading(), slug)
    material = _material(reading(), event, key)
    form = ContentForm()
    if form.validate_on_submit():
        try:
            content = _content(form)
            with transaction(actor=access.actor()) as session:
                material = _material(session, event_to_manage(session, slug), key)
                actions.add_version(session, material, content, now=clock.now())
        except BadInput as refusal:
            getattr(form, refusal.field or "file").errors = [str(refusal)]
        else:
            flash(_("The new version is up, at the same address."), "good")
            return redirect(url_for(".show", slug=slug, key=key), 303)
    return _page(event, material, DetailsForm(formdata=None, obj=material), form)


def _page(event: Event, material: Material, form: DetailsForm, content: ContentForm) -> str | tuple[str, int]:
    page = render_template(
        "materials/manage/show.html",
        event=event,
        material=material,
        form=form,
        content=content,
        accepted=rules.ACCEPTED,
    )
    return (page, 422) if form.errors or content.errors else page


@bp.post("/<key>/remove")
def remove(slug: str, key: str) -> Response:
    """Take it out of sight."""
    with transaction(actor=access.actor()) as session:
        material = _material(session, event_to_manage(session, slug), key)
        actions.remove_material(session, material, now=clock.now())
    flash(_("“%(title)s” is taken away. You can bring it back below.", title=material.title), "info")
    return redirect(url_for(".index", slug=slug), 303)


@bp.post("/<key>/restore")
def restore(slug: str, key: str) -> Response:
    """Bring it back."""
    with transaction(actor=access.actor()) as session:
        material = _material(session, event_to_manage(session, slug), key)
        actions.restore_material(session, material, now=clock.now())
    flash(_("“%(title)s” is back.", title=material.title), "good")
    return redirect(url_for(".index", slug=slug), 303)
