"""The table of registrations: figures of the event on top, then who was asked for; views of it under a name."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import BadInput
from eventsys.kernel.paging import page_number
from eventsys.kernel.text import clean_line
from eventsys.registration import actions, listing, queries, rules
from eventsys.registration.listing.saved import views_of
from eventsys.registration.manage.bulk import ACTS
from eventsys.registration.manage.choosing import read_query
from eventsys.registration.models import Mode, RegistrationType, State
from eventsys.registration.queries.acts import latest_act

ROWS = 50
_SHOWN = (State.CONFIRMED, State.WAITING, State.OFFERED, State.INVITED, State.APPLIED, State.UNVERIFIED,
          State.CANCELLED, State.DECLINED)  # fmt: skip


def index(slug: str) -> str:
    """Who is registered: counts on top, then the rows that were asked for."""
    session = reading()
    event = event_to_manage(session, slug)
    known = listing.catalogue_of(session, event.id)
    asked = listing.read_asked(request.args, known)
    choices = listing.choices_of(session, event.id, known)
    counts = listing.counted(session, event.id)
    total = sum(counts.values())
    found = None if asked.has_filter else total
    return render_template(
        "registration/manage/index.html",
        event=event,
        asked=asked,
        query=asked.query(),
        page=listing.page_of(session, event, asked, known, number=page_number(), size=ROWS, total=found),
        seats=queries.seats(session, event.id),
        figures=_figures(counts),
        total=total,
        applied=sum(number for (state, _mode), number in counts.items() if state == State.APPLIED),
        missing=len(queries.programme_people_missing(session, event.id)),
        choices=choices,
        is_unfolded=any(name in asked.filters for name, _label, _choices in choices.more),
        chips=_chips(asked, choices),
        heads=_heads(asked, known),
        columns=_columns(asked, known),
        views=views_of(session, event.id, access.user_id()),
        acts=ACTS,
        latest=latest_act(session, event, access.actor(), clock.now()),
        **_labels(),
    )


def _figures(counts: dict[tuple[State, Mode], int]) -> list[tuple[Any, ...]]:
    """One figure a state that occurs; the first always."""
    found: list[tuple[Any, ...]] = []
    for state in _SHOWN:
        onsite, online = (counts.get((state, mode), 0) for mode in Mode)
        if onsite or online or state == State.CONFIRMED:
            words = _("%(onsite)s on site, %(online)s online", onsite=onsite, online=online)
            found.append((str(rules.STATE_LABELS[state]), onsite + online, words, f"?state={state}"))
    return found


def _heads(asked: listing.Asked, known: listing.Catalogue) -> list[dict[str, Any]]:
    """The heads of the table: each sorts by its column, pressed again the other way."""
    found = []
    for key in ("name", *asked.columns):
        column = known.columns[key]
        head = {"label": column.label, "kind": column.kind, "url": "?" + asked.sorted_the_other_way(key).query()}
        if asked.sorted_by == key:
            head["sorted"] = "descending" if asked.is_descending else "ascending"
        found.append(head)
    return found


def _columns(asked: listing.Asked, known: listing.Catalogue) -> list[dict[str, Any]]:
    """The columns to choose from: those that are shown in their order, then the others."""
    last = len(asked.columns) - 1
    shown = [
        {
            "key": key, "label": known.columns[key].label, "is_shown": True,
            "earlier": "?" + asked.moved(key, -1).query() if number else None,
            "later": "?" + asked.moved(key, 1).query() if number < last else None,
        }
        for number, key in enumerate(asked.columns)
    ]  # fmt: skip
    return shown + [
        {"key": key, "label": known.columns[key].label} for key in known.choosable if key not in asked.columns
    ]


def _chips(asked: listing.Asked, choices: listing.Choices) -> list[tuple[str, str]]:
    """The filters that are on, in words, each with the address without it."""
    found = []
    for name, value in asked.filters.items():
        label, words = choices.label_of(name, value)
        found.append((f"{label}: {words}", "?" + asked.without(name).query()))
    return found


def _labels() -> dict[str, Any]:
    return {
        "mode_labels": {str(key): label for key, label in rules.MODE_LABELS.items()},
        "type_labels": {str(key): label for key, label in rules.TYPE_LABELS.items()},
        "plain_type": str(RegistrationType.PARTICIPANT),
    }


def save_view(slug: str) -> Response:
    """Keep what the table shows now under a name."""
    session = reading()
    event = event_to_manage(session, slug)
    known = listing.catalogue_of(session, event.id)
    query = read_query(request.form.get("of", ""), known).query()
    name = clean_line(request.form.get("name", ""))[:80]
    user_id = access.user_id()
    assert user_id is not None
    try:
        with transaction(actor=access.actor()) as writing:
            actions.save_view(
                writing, event.id, user_id, name, query, is_shared=request.form.get("shared") == "1", now=clock.now()
            )
        flash(_("Kept as “%(name)s”.", name=name), "good")
    except BadInput as refusal:
        flash(str(refusal), "bad")
    return redirect(table_url(slug, query), 303)


def remove_view(slug: str, number: int) -> Response:
    """Take one's own view away; the registrations stay as they are."""
    event = event_to_manage(reading(), slug)
    user_id = access.user_id()
    assert user_id is not None
    with transaction(actor=access.actor()) as session:
        name = actions.remove_view(session, event.id, user_id, number).name
    flash(_("The view “%(name)s” is gone.", name=name), "good")
    return redirect(table_url(slug), 303)


def table_url(slug: str, query: str = "") -> str:
    """The table, with the same filters as before."""
    address = url_for("registration_manage.index", slug=slug)
    return f"{address}?{query}" if query else address
