"""The designer: a design is drawn, looked at on many faces, and saved when somebody says so."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any, ParamSpec

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventsys.badges import actions, pictures, queries
from eventsys.badges.designs import (
    FORMATS,
    KINDS,
    PLACEHOLDERS,
    SIDES,
    Design,
    design_warnings,
    pictures_in,
    read_design,
)
from eventsys.badges.designs.elements import KIND_LABELS
from eventsys.badges.designs.formats import FRONT, KNOWN_SHEETS
from eventsys.badges.sheets import design_png, write_design
from eventsys.checkin.manage import design_facts
from eventsys.checkin.manage.design_forms import DesignForm, read_document, sent_json, text_of
from eventsys.checkin.queries import specimens
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock, limits
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.storage import takes_files

P = ParamSpec("P")
Answer = Response | str | tuple[str, int]
JsonAnswer = Response | tuple[Response, int]

# A card of 105 mm is then as wide as a large screen shows it.
_POINTS = 200
# Far more than a hand can ask for, far less than a machine could.
_LOOKS_A_MINUTE = 240
# One white point: a side without elements is not drawn.
_BLANK = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)


def _in_json(view: Callable[P, dict[str, Any]]) -> Callable[P, JsonAnswer]:
    """Answer the designer's script: values, or the refusal as its sentence."""

    @wraps(view)
    def answered(*args: P.args, **kwargs: P.kwargs) -> JsonAnswer:
        try:
            return jsonify(view(*args, **kwargs))
        except Refusal as refusal:
            return jsonify({"error": {"code": refusal.code, "message": str(refusal)}}), refusal.status

    return answered


def _guard(slug: str, **_values: object) -> None:
    event_to_manage(reading(), slug)


def design(slug: str, key: str) -> Answer:
    """The designer, with what is kept."""
    event = event_to_manage(reading(), slug)
    kept = queries.kept_design(reading(), event.id, key)
    form = DesignForm(formdata=None, name=kept.name, design=_written(kept.design))
    return _page(event, kept, form, seen=_mark(kept))


def save_design(slug: str, key: str) -> JsonAnswer | Answer:
    """Keep what was drawn: asked by the designer in JSON, without script by its form."""
    if request.is_json:
        return _save_from_script(slug, key)
    event = event_to_manage(reading(), slug)
    kept = queries.kept_design(reading(), event.id, key)
    form, seen = DesignForm(), request.form.get("seen", "")
    if form.validate_on_submit():
        try:
            _keep(slug, key, name=form.name.data or "", document=read_document(form.design.data or ""), seen=seen)
            flash(_("Saved."), "good")
            return redirect(url_for("checkin_manage.design", slug=slug, key=key), 303)
        except Refusal as refusal:
            if refusal.status in (401, 403, 404):
                raise
            form.design.errors = [str(refusal)]
            event = event_to_manage(reading(), slug)
            kept = queries.kept_design(reading(), event.id, key)
            # Who has been told and sends it once more means it.
            seen = _mark(kept)
    return _page(event, kept, form, seen=seen), 422


@_in_json
def _save_from_script(slug: str, key: str) -> dict[str, Any]:
    sent = sent_json()
    name, document = text_of(sent, "name"), sent.get("design")
    made = None if sent.get("copy") is True else key
    kept_key, seen = _keep(slug, made, name=name, document=document, seen=text_of(sent, "seen"))
    return {"seen": seen, "url": url_for("checkin_manage.design", slug=slug, key=kept_key)}


def _keep(slug: str, key: str | None, *, name: str, document: Any, seen: str) -> tuple[str, str]:
    """Keep it under its key, or as a new one; gives the key and the mark of what is kept now. Raises DesignChanged."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        if key is not None and seen:
            actions.refuse_if_changed(session, event.id, key, since=seen)
        kept = actions.keep_design(session, event.id, key=key, name=name, design=document, now=clock.now())
        return kept.key, _mark(kept)


@_in_json
def try_design(slug: str) -> dict[str, Any]:
    """One side on one face as a picture, with what should be looked at; nothing is kept."""
    event = event_to_manage(reading(), slug)
    limits.glance("badges.try", most=_LOOKS_A_MINUTE, seconds=60)
    sent = sent_json()
    found = read_design(sent.get("design"))
    side = text_of(sent, "side") if sent.get("side") in found.form.sides else FRONT
    number = sent.get("number")
    shown = _specimen(event, found, text_of(sent, "face"), number if isinstance(number, int) else 0)
    return {
        "picture": _drawn(event, found, shown, side) if side in found.drawn_sides else _BLANK,
        "who": shown.said,
        "number": shown.number,
        "warnings": design_warnings(found),
    }


def _drawn(event: Event, found: Design, shown: specimens.Specimen, side: str) -> str:
    with force_locale(event.language):
        png = design_png(found, shown.face, side=side, ppi=_POINTS, pictures=_pictures(event, found))
    return "data:image/png;base64," + base64.b64encode(png).decode()


def try_design_pdf(slug: str) -> Response:
    """The whole design on one face, as it would be printed; nothing is kept."""
    event = event_to_manage(reading(), slug)
    limits.glance("badges.try", most=_LOOKS_A_MINUTE, seconds=60)
    found = read_design(read_document(request.form.get("design", "")))
    shown = _specimen(event, found, request.form.get("face", ""), 0)
    out = BytesIO()
    with force_locale(event.language):
        write_design(found, [shown.face], out, pictures=_pictures(event, found))
    response = Response(out.getvalue(), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="badge-{event.slug}.pdf"'
    return response


@takes_files(most=pictures.MOST_BYTES + 64 * 1024, guard=_guard)
@_in_json
def add_picture(slug: str) -> dict[str, Any]:
    """Take in a picture; gives its id and its size in pixels."""
    event = event_to_manage(reading(), slug)
    limits.glance("badges.pictures", most=60, seconds=60)
    sent = request.files.get("file")
    found = pictures.keep(event.id, sent.read() if sent else b"")
    return {"id": found.id, "width": found.width, "height": found.height}


def picture(slug: str, picture: str) -> Response:
    """A picture of the event's designs, for its organisers."""
    event = event_to_manage(reading(), slug)
    data = pictures.read(event.id, picture)
    response = Response(data, content_type=pictures.media_type(data))
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _specimen(event: Event, found: Design, which: str, number: int) -> specimens.Specimen:
    with force_locale(event.language):
        return specimens.specimen(reading(), event, found, which, number)


def _pictures(event: Event, found: Design) -> dict[str, bytes]:
    return pictures.all_read(event.id, pictures_in(found))


def _mark(kept: Any) -> str:
    return str(kept.updated_at.isoformat())


def _written(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


def _page(event: Event, kept: Any, form: DesignForm, *, seen: str) -> str:
    questions = design_facts.questions_to_show(reading(), event.id)
    facts = design_facts.facts_of(event, questions)
    return render_template(
        "checkin/manage/designs/design.html",
        event=event,
        kept=kept,
        form=form,
        seen=seen,
        facts=json.dumps(facts),
        is_mirrored=facts["direction"] == "rtl",
        formats=[(key, found.name) for key, found in FORMATS.items()],
        sheets=list(KNOWN_SHEETS),
        sides=list(SIDES.items()),
        kinds=[(kind, KIND_LABELS[kind]) for kind in KINDS],
        # A design from elsewhere may mark consent; here it can be begun only where a statement asks for it.
        addable=[kind for kind in KINDS if kind != "consent" or design_facts.statements(questions)],
        placeholders=list(PLACEHOLDERS.items()),
        questions=questions,
        statements=design_facts.statements(questions),
        strange=[(key, label) for key, (label, _name, _from) in specimens.STRANGE.items()],
    )
