"""The badge designs of an event: looked at, begun, copied, carried to other events, chosen, removed."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.badges import actions, carrying, pictures, queries
from eventsys.badges.designs import FORMATS, Design, pictures_in, read_design, said_design
from eventsys.badges.sheets import design_png
from eventsys.checkin.manage.design_forms import DesignFileForm, NewDesignForm
from eventsys.checkin.queries import specimens
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import BadInput, Refusal
from eventsys.kernel.storage import kinds, takes_files

Answer = Response | str | tuple[str, int]

# Enough for a list; the designer asks for more.
_POINTS = 96


def _guard(slug: str, **_values: object) -> None:
    event_to_manage(reading(), slug)


def designs(slug: str) -> Answer:
    """All designs with their pictures, and the ways to begin another."""
    return _page(slug, _new_form(slug), DesignFileForm(formdata=None))


def add_design(slug: str) -> Answer:
    """Begin a design as a built-in format or as a copy of another."""
    form = _new_form(slug)
    if not form.validate_on_submit():
        return _page(slug, form, DesignFileForm(formdata=None))
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        with force_locale(event.language):
            begun = said_design(queries.design_of(session, event.id, form.start.data))
        kept = actions.keep_design(
            session, event.id, key=None, name=form.name.data or "", design=begun, now=clock.now()
        )
        key = kept.key
    return redirect(url_for("checkin_manage.design", slug=slug, key=key), 303)


@takes_files(most=carrying.MOST_BYTES, guard=_guard)
def upload_design(slug: str) -> Answer:
    """Take in a design that was downloaded, with its pictures."""
    form = DesignFileForm()
    if form.validate_on_submit() and form.file.data:
        try:
            found = carrying.opened(form.file.data.read())
            return _taken_in(slug, found)
        except BadInput as refusal:
            form.file.errors = [str(refusal)]
    else:
        form.file.errors = [_("Choose a file.")]
    return _page(slug, _new_form(slug, is_sent=False), form)


def _taken_in(slug: str, found: carrying.Carried) -> Response:
    event = event_to_manage(reading(), slug)
    # Into the storage first: no transaction waits for it, and what a refusal leaves behind is removed by the worker.
    document, missing = carrying.placed(event.id, found, carrying.stored(event.id, [found]))
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        kept = actions.keep_design(session, event.id, key=None, name=found.name, design=document, now=clock.now())
        key = kept.key
    if missing:
        flash(_("The file does not hold all of its pictures: choose them again where they are missing."), "warn")
    return redirect(url_for("checkin_manage.design", slug=slug, key=key), 303)


def design_file(slug: str, key: str) -> Response:
    """One design as a file for another event, its pictures inside."""
    event = event_to_manage(reading(), slug)
    kept = queries.kept_design(reading(), event.id, key)
    body = json.dumps(carrying.packed(event.id, [kept])[0], ensure_ascii=False, indent=1) + "\n"
    response = Response(body, content_type="application/json")
    response.headers["Content-Disposition"] = kinds.disposition("attachment", f"badge-{kept.key}.json")
    return response


def design_picture(slug: str, key: str) -> Response:
    """The front of a design, or of a built-in format, on a typical face, as PNG."""
    event = event_to_manage(reading(), slug)
    found = _design_in_language(reading(), event, key)
    with force_locale(event.language):
        face = specimens.specimen(reading(), event, found, specimens.TYPICAL, 0).face
        png = design_png(found, face, ppi=_POINTS, pictures=pictures.all_read(event.id, pictures_in(found)))
    response = Response(png, content_type="image/png")
    # The address carries a mark of what it shows, so it may be kept; by this browser alone.
    response.headers["Cache-Control"] = "private, max-age=86400" if "v" in request.args else "private, no-store"
    return response


def duplicate_design(slug: str, key: str) -> Response:
    """The same design once more, under another name."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        kept = queries.kept_design(session, event.id, key)
        name = _("%(name)s (copy)", name=kept.name[:190])
        copy = actions.keep_design(session, event.id, key=None, name=name, design=kept.design, now=clock.now())
        made = copy.key
    return redirect(url_for("checkin_manage.design", slug=slug, key=made), 303)


def default_design(slug: str, key: str) -> Response:
    """Print with this one unless another is chosen."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        kept = actions.make_default(session, event.id, key, now=clock.now())
        flash(_("Badges are now printed as “%(name)s”.", name=kept.name), "good")
    return _back(slug)


def remove_design(slug: str, key: str) -> Response:
    """Forget a design; the page has asked before."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        name = queries.kept_design(session, event.id, key).name
        actions.remove_design(session, event.id, key, now=clock.now())
    flash(_("The design “%(name)s” is removed.", name=name), "good")
    return _back(slug)


def _back(slug: str) -> Response:
    return redirect(url_for("checkin_manage.designs", slug=slug), 303)


def _design_in_language(session: Session, event: Event, key: str) -> Design:
    """Words of built-in designs are those of the event, as on paper."""
    with force_locale(event.language):
        return queries.design_of(session, event.id, key)


def _new_form(slug: str, *, is_sent: bool = True) -> NewDesignForm:
    event = event_to_manage(reading(), slug)
    form = NewDesignForm() if is_sent else NewDesignForm(formdata=None)
    own = [(kept.key, kept.name) for kept in queries.designs_of(reading(), event.id)]
    built_in = [(key, str(found.name)) for key, found in FORMATS.items()]
    form.start.choices = {_("Formats"): built_in} | ({_("Designs of this event"): own} if own else {})
    return form


def _page(slug: str, form: NewDesignForm, file: DesignFileForm) -> Answer:
    event = event_to_manage(reading(), slug)
    kept = queries.designs_of(reading(), event.id)
    page = render_template(
        "checkin/manage/designs/index.html",
        event=event,
        form=form,
        file=file,
        designs=[_card(found) for found in kept],
        formats=[(key, found.name, found.width, found.height) for key, found in FORMATS.items()],
    )
    return (page, 422) if form.errors or file.errors else page


def _card(kept: Any) -> dict[str, Any]:
    try:
        found: Design | None = read_design(kept.design)
    except Refusal:
        # Written by a version that knew more: it is shown, and can be looked at as JSON.
        found = None
    return {
        "key": kept.key,
        "name": kept.name,
        "is_default": kept.is_default,
        "mark": int(kept.updated_at.timestamp()),
        "format": found.form.name if found else "",
        "width": found.width if found else 105,
        "height": found.height if found else 148,
        "sides": len(found.drawn_sides) if found else 0,
    }
