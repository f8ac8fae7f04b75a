"""Organisers put up slides and recordings, replace them, take them away and bring them back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from eventsys.agenda.models import AgendaSession, Talk
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock, storage
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import BadInput, Refusal
from eventsys.materials import actions, cards, queries, rules
from eventsys.materials.errors import MaterialUnknown
from eventsys.materials.forms import ContentForm, DetailsForm, NewMaterialForm
from eventsys.materials.models import Material
from eventsys.registration.rules import Viewer

bp = Blueprint("materials_manage", __name__, url_prefix="/manage/events/<slug>/materials")

LARGEST = 4 * 1024**3


def _refuse_unless_editor(slug: str, **_values: object) -> None:
    event_to_manage(reading(), slug)


@bp.route("", methods=["GET", "POST"])
@storage.takes_files(most=LARGEST, guard=_refuse_unless_editor)
def index(slug: str) -> str | tuple[str, int] | Response:
    """The list, and the form to add one more."""
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
        kept=_cards(event, [material for material in materials if material.removed_at is None]),
        removed=_cards(event, [material for material in materials if material.removed_at is not None]),
        accepted=rules.ACCEPTED,
    )
    return (page, 422) if form.errors else page


def _cards(event: Event, materials: list[Material]) -> list[tuple[Material, cards.Card]]:
    return [(material, cards.card_of(event, material, Viewer(is_staff=True))) for material in materials]


def _places(event: Event) -> list[SelectChoice]:
    found = [SelectChoice("event", _("The whole event"))]
    for entry, talks in queries.places(reading(), event.id):
        found.append(SelectChoice(f"session:{entry.id}", entry.title))
        found += [SelectChoice(f"talk:{talk.id}", f"\N{EM DASH} {talk.title}") for talk in talks]
    return found


def _add(slug: str, form: NewMaterialForm) -> Response:
    with _stored(form) as content, transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        entry, talk = _place(session, event, form.place.data)
        actions.add_material(
            session, event, kind=form.kind.data, title=form.title.data or "", audience=form.audience.data,
            content=content, entry=entry, talk=talk, now=clock.now(),
        )  # fmt: skip
    flash(_("“%(title)s” is up.", title=form.title.data), "good")
    return redirect(url_for(".index", slug=slug), 303)


@contextmanager
def _stored(form: ContentForm) -> Iterator[actions.StoredFile | str]:
    """The upload lies in the storage before the transaction inside begins; it is taken back when that is refused."""
    if not (form.file.data and form.file.data.filename):
        yield rules.checked_address(form.url.data or "")
        return
    content = actions.store_file(form.file.data.stream, form.file.data.filename)
    try:
        yield content
    except Refusal:
        # Only a refusal is sure to come before the commit: after any other failure the file may be named already.
        actions.forget_file(content)
        raise


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
                session, material, kind=form.kind.data, title=form.title.data or "", audience=form.audience.data,
                now=clock.now(),
            )  # fmt: skip
        flash(_("Saved."), "good")
        return redirect(url_for(".show", slug=slug, key=key), 303)
    return _page(event, material, form, ContentForm(formdata=None))


@bp.post("/<key>/versions")
@storage.takes_files(most=LARGEST, guard=_refuse_unless_editor)
def add_version(slug: str, key: str) -> str | tuple[str, int] | Response:
    """Replace the file or link; its address stays."""
    event = event_to_manage(reading(), slug)
    material = _material(reading(), event, key)
    form = ContentForm()
    if form.validate_on_submit():
        try:
            with _stored(form) as content, transaction(actor=access.actor()) as session:
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
        path=cards.path_of(event, material),
        versions=[(version, cards.describe(version)) for version in reversed(material.versions)],
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
