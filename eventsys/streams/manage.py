"""Organisers put streams on rooms and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from eventsys.agenda.models import AgendaSession, Room, SessionStatus
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import say_day, say_time
from eventsys.registration.models import Audience
from eventsys.streams import actions, queries, rules
from eventsys.streams.errors import StreamUnknown
from eventsys.streams.forms import AUDIENCE_NOTES, AUDIENCES, NewStreamForm, StreamForm
from eventsys.streams.models import Stream
from eventsys.streams.rules import Way

bp = Blueprint("streams_manage", __name__, url_prefix="/manage/events/<slug>/streams")


@bp.route("", methods=["GET", "POST"])
def index(slug: str) -> str | tuple[str, int] | Response:
    """The streams of the event, and the form to add one."""
    event = event_to_manage(reading(), slug)
    form = NewStreamForm()
    streams = queries.streams_of(reading(), event.id)
    form.place.choices = _places(reading(), event, streams)
    if form.validate_on_submit():
        try:
            return _add(slug, form)
        except Refusal as refusal:
            getattr(form, refusal.field or "url").errors = [str(refusal)]
    page = render_template(
        "streams/manage/index.html", event=event, form=form, rows=_rows(event, streams), notes=AUDIENCE_NOTES
    )
    return (page, 422) if form.errors else page


@dataclass(frozen=True)
class Row:
    """One stream as its organisers see it; `way` says how visitors will watch."""

    stream: Stream
    place: str
    is_room: bool
    host: str
    way: str
    audience: str
    moment: rules.Moment
    opens_at: datetime | None


def _rows(event: Event, streams: Sequence[Stream]) -> list[Row]:
    entries, now = queries.shown_sessions(reading(), streams), clock.now()
    return [_row(stream, rules.showing(stream, entries, event, now=now)) for stream in streams]


def _row(stream: Stream, shown: rules.Showing) -> Row:
    player = rules.player_of(stream.url)
    ways = {Way.FRAME: _("in the page"), Way.HLS: _("video in the page"), Way.VIDEO: _("video in the page")}
    return Row(
        stream=stream,
        place=place_of(stream),
        is_room=stream.room is not None,
        host=player.host,
        way=ways.get(player.way) or _("people join there"),
        audience=str(AUDIENCES[Audience(stream.audience)]),
        moment=shown.moment,
        opens_at=shown.opens_at,
    )


def place_of(stream: Stream) -> str:
    """The name of the room or the title of the session."""
    if stream.room is not None:
        return stream.room.name
    return stream.session.title if stream.session else ""


def _places(session: Session, event: Event, streams: Sequence[Stream]) -> list[SelectChoice]:
    """Rooms and sessions that have no stream yet."""
    taken = {(stream.room_id, stream.session_id) for stream in streams}
    rooms = session.scalars(select(Room).where(Room.event_id == event.id).order_by(Room.position, Room.name)).all()
    entries = session.scalars(
        select(AgendaSession)
        .where(AgendaSession.event_id == event.id, AgendaSession.status != SessionStatus.CANCELLED)
        .order_by(AgendaSession.starts_at, AgendaSession.id)
    ).all()
    choices = [
        SelectChoice(f"room:{room.id}", room.name, optgroup=_("Rooms"))
        for room in rooms
        if (room.id, None) not in taken
    ]
    choices += [
        SelectChoice(f"session:{entry.id}", _words(event, entry), optgroup=_("Sessions"))
        for entry in entries
        if (None, entry.id) not in taken
    ]
    return choices


def _words(event: Event, entry: AgendaSession) -> str:
    return f"{say_day(entry.starts_at, event.zone)}, {say_time(entry.starts_at, event.zone)}: {entry.title}"


def _add(slug: str, form: NewStreamForm) -> Response:
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        actions.add_stream(
            session, event, _place(session, event, form.place.data), url=form.url.data or "",
            audience=form.audience.data, opens_minutes_before=form.opens_minutes_before.data or 0, now=clock.now(),
        )  # fmt: skip
    flash(_("The stream is set."), "good")
    return redirect(url_for(".index", slug=slug), 303)


def _place(session: Session, event: Event, place: str) -> Room | AgendaSession:
    sort, _colon, number = place.partition(":")
    found: Room | AgendaSession | None = (
        session.get(Room, int(number)) if sort == "room" else session.get(AgendaSession, int(number))
    )
    if found is None or found.event_id != event.id:
        raise StreamUnknown
    return found


@bp.route("/<int:number>", methods=["GET", "POST"])
def show(slug: str, number: int) -> str | tuple[str, int] | Response:
    """Change one stream."""
    event = event_to_manage(reading(), slug)
    stream = _stream(reading(), event, number)
    form = StreamForm(obj=stream)
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                actions.change_stream(
                    session, _stream(session, event_to_manage(session, slug), number), url=form.url.data or "",
                    audience=form.audience.data, opens_minutes_before=form.opens_minutes_before.data or 0,
                    now=clock.now(),
                )  # fmt: skip
        except Refusal as refusal:
            getattr(form, refusal.field or "url").errors = [str(refusal)]
        else:
            flash(_("Saved."), "good")
            return redirect(url_for(".index", slug=slug), 303)
    page = render_template(
        "streams/manage/show.html", event=event, row=_rows(event, [stream])[0], form=form, notes=AUDIENCE_NOTES
    )
    return (page, 422) if form.errors else page


@bp.post("/<int:number>/remove")
def remove(slug: str, number: int) -> Response:
    """Take a stream off its place."""
    with transaction(actor=access.actor()) as session:
        actions.remove_stream(session, _stream(session, event_to_manage(session, slug), number), now=clock.now())
    flash(_("The stream is taken off."), "info")
    return redirect(url_for(".index", slug=slug), 303)


def _stream(session: Session, event: Event, number: int) -> Stream:
    stream = queries.find_stream(session, event.id, number)
    if stream is None:
        raise StreamUnknown
    return stream
