"""Badges in bulk: whose, in which order, on what; what was printed before; the PDF while it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.badges import sheets
from eventsys.badges.designs import FORMATS, Design
from eventsys.badges.errors import LayoutUnknown, NothingToDraw
from eventsys.badges.queries import design_of, designs_of, find_kept
from eventsys.badges.streaming import streamed
from eventsys.checkin.actions import batches as actions
from eventsys.checkin.printing.drawing import hash_of, pictures_of
from eventsys.checkin.queries import batches as queries
from eventsys.checkin.queries import printing
from eventsys.checkin.queries.batches import ORDERS, Bearer, Wanted
from eventsys.community.models import Sector
from eventsys.community.rules import SECTOR_LABELS
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage, find_event
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.registration.models import RegistrationType
from eventsys.registration.queries import programme_people_missing
from eventsys.registration.rules import TYPE_LABELS

# Up to so many badges the page itself says whose are not true any more; above, whoever looks asks for it.
_COUNTED_AT_ONCE = 1500
_MOST_LABELS = 1000


@dataclass(frozen=True)
class Asked:
    """What the form asks for: whose badges, in which design, from which label on."""

    wanted: Wanted
    design_key: str | None
    design: Design
    first_label: int


def badges(slug: str) -> str:
    """How many badges the choice takes, and what was printed before."""
    session = reading()
    event = event_to_manage(session, slug)
    asked = _asked(session, event, request.args)
    number = queries.number_of_bearers(session, event.id, asked.wanted)
    standing = None
    if asked.wanted.is_only_new or number <= _COUNTED_AT_ONCE:
        everybody = queries.bearers(session, event.id, asked.wanted)
        standing = queries.untrue(session, event, everybody, asked.design)
    if standing and asked.wanted.is_only_new:
        number = len(standing.new) + len(standing.changed)
    past = queries.batches_of(session, event.id)
    return render_template(
        "checkin/manage/badges.html",
        event=event,
        asked=asked,
        number=number,
        pages=sheets.sheet_pages(asked.design, number, first_label=asked.first_label) if number else 0,
        new=len(standing.new) if standing else None,
        changed=len(standing.changed) if standing else None,
        batches=past,
        names=queries.names_of(session, [batch.made_by for batch in past]),
        singles=queries.single_prints(session, event.id),
        missing=programme_people_missing(session, event.id),
        jobs=printing.counts_of(session, event.id),
        order_labels=_order_labels(),
        design_names=_design_names(session, event),
        **_choices(session, event),
    )


def badges_pdf(slug: str) -> Response:
    """Everyone confirmed on site by family name, to look at: nothing is noted."""
    session = reading()
    event = event_to_manage(session, slug)
    asked = _asked(session, event, {})
    people = queries.bearers(session, event.id, asked.wanted)
    if not people:
        raise NothingToDraw
    return _answer(event, _drawn(event, asked, people, []), disposition="inline")


def print_badges(slug: str) -> AnyResponse:
    """Those who are chosen, noted as printed once the whole file has left."""
    session = reading()
    event = event_to_manage(session, slug)
    asked = _asked(session, event, request.form)
    people = queries.bearers(session, event.id, asked.wanted)
    if asked.wanted.is_only_new:
        standing = queries.untrue(session, event, people, asked.design)
        untrue = {one.number for one in (*standing.new, *standing.changed)}
        people = [one for one in people if one.number in untrue]
    return _printed(session, event, asked, people)


def print_again(slug: str, number: int) -> AnyResponse:
    """Exactly those of a former batch, in its order and design, as they are called now."""
    session = reading()
    event = event_to_manage(session, slug)
    batch = queries.batch_of(session, event.id, number)
    try:
        design = design_of(session, event.id, batch.layout)
        key: str | None = batch.layout
    except LayoutUnknown:
        design, key = design_of(session, event.id, None), None
    asked = Asked(Wanted(order=batch.sorted_by), key, design, _label(request.form.get("first", "1")))
    people = queries.bearers(session, event.id, Wanted(), only=queries.in_batch(session, batch))
    return _printed(session, event, asked, people)


def forget_batch(slug: str, number: int) -> AnyResponse:
    """Nothing came out after all."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        actions.forget_batch(session, queries.batch_of(session, event.id, number), now=clock.now())
    flash(_("These badges count as not printed."), "good")
    return redirect(url_for(".badges", slug=slug), 303)


def _printed(session: Session, event: Event, asked: Asked, people: Sequence[Bearer]) -> AnyResponse:
    if not people:
        flash(_("There is nobody to print a badge for."), "warn")
        return redirect(url_for(".badges", slug=event.slug), 303)
    kept = find_kept(session, event.id, asked.design_key)
    note = {
        "layout": asked.design_key or (kept.key if kept else asked.design.format),
        "design_id": kept.id if kept else None,
        "order": asked.wanted.order,
        "is_only_new": asked.wanted.is_only_new,
        "by": access.actor(),
    }
    drawn: list[tuple[int, str]] = []
    return _answer(event, _noted(event.id, _drawn(event, asked, people, drawn), drawn, note), disposition="attachment")


def _drawn(event: Event, asked: Asked, people: Sequence[Bearer], drawn: list[tuple[int, str]]) -> Iterator[bytes]:
    """The pieces of the PDF; `drawn` grows by whom it holds."""
    slug = event.slug

    def write(out: BinaryIO) -> None:
        # In a thread with a session of its own; who may see the event was judged before.
        session = reading()
        found = find_event(session, slug)
        if found is None:
            return
        with force_locale(found.language):
            pictures = pictures_of(found.id, asked.design)
            faces = _followed(queries.faces(session, found, people, asked.design), asked.design, drawn)
            sheets.write_design(asked.design, faces, out, pictures=pictures, first_label=asked.first_label)

    return streamed(current_app._get_current_object(), write)  # type: ignore[attr-defined]


def _followed(faces: Any, design: Design, drawn: list[tuple[int, str]]) -> Iterator[Any]:
    for number, face in faces:
        drawn.append((number, hash_of(face, design)))
        yield face


def _noted(
    event_id: int, pieces: Iterator[bytes], drawn: list[tuple[int, str]], note: dict[str, Any]
) -> Iterator[bytes]:
    """The pieces, and a note of what they hold when the last one has left: who goes away before has not printed."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def noted() -> Iterator[bytes]:
        yield from pieces
        with app.app_context(), transaction(actor=note["by"]) as session:
            actions.note_batch(session, event_id, drawn, **note, now=clock.now())

    return noted()


def _answer(event: Event, pieces: Iterator[bytes], *, disposition: str) -> Response:
    # Whatever keeps the first badges from being drawn is told on a page, not in the middle of a file.
    response = Response(chain([next(pieces)], pieces), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'{disposition}; filename="badges-{event.slug}.pdf"'
    return response


def _asked(session: Session, event: Event, sent: Any) -> Asked:
    """What was chosen; what nobody can choose counts as not chosen."""
    key, order = sent.get("design") or None, sent.get("order", "")
    types = sent.getlist("type") if hasattr(sent, "getlist") else []
    sector = sent.get("sector", "")
    try:
        design = design_of(session, event.id, key)
    except LayoutUnknown:
        key, design = None, design_of(session, event.id, None)
    wanted = Wanted(
        order=order if order in ORDERS else ORDERS[0],
        types=frozenset(types) & {one.value for one in RegistrationType},
        sector=sector if sector in set(Sector) else "",
        is_only_new=sent.get("whom") == "new",
    )
    return Asked(wanted, key, design, _label(sent.get("first", "1")))


def _label(text: str) -> int:
    return min(max(int(text), 1), _MOST_LABELS) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _choices(session: Session, event: Event) -> dict[str, Any]:
    kept = designs_of(session, event.id)
    default = next((one.name for one in kept if one.is_default), None) or str(FORMATS["a6"].name)
    return {
        "designs": [
            ("", _("%(design)s (usual)", design=default)),
            *((one.key, one.name) for one in kept if not one.is_default),
            *((key, str(one.name)) for key, one in FORMATS.items() if key not in {kept_one.key for kept_one in kept}),
        ],
        "orders": list(_order_labels().items()),
        "types": [(one.value, str(TYPE_LABELS[one])) for one in RegistrationType],
        "sectors": [("", _("All sectors")), *((one.value, str(SECTOR_LABELS[one])) for one in Sector)],
    }


def _design_names(session: Session, event: Event) -> dict[str, str]:
    """What the designs are called that a batch may name: those of the event, and the built-in ones."""
    return {key: str(one.name) for key, one in FORMATS.items()} | {
        one.key: one.name for one in designs_of(session, event.id)
    }


def _order_labels() -> dict[str, str]:
    return {
        "name": _("family name"),
        "organisation": _("organisation"),
        "type": _("type"),
        "sector": _("sector"),
        "registered": _("date of registration"),
    }
