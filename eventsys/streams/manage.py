"""Organisers put streams on rooms and sessions."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.agenda.models import AgendaSession, Room
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.streams import actions, queries, rules
from eventsys.streams.errors import StreamUnknown
from eventsys.streams.forms import AUDIENCES, NewStreamForm, StreamForm
from eventsys.streams.models import Stream

bp = Blueprint("streams_manage", __name__, url_prefix="/manage/events/<slug>/streams")


@bp.route("", methods=["GET", "POST"])
def index(slug: str) -> str | tuple[str, int] | Response:
    """The streams of the event, and the form to add one."""
    event = event_to_manage(reading(), slug)
    form = NewStreamForm()
    streams = queries.streams_of(reading(), event.id)
    form.place.choices = _places(reading(), event)
    if form.validate_on_submit():
        try:
            return _add(slug, form)
        except Refusal as refusal:
            getattr(form, refusal.field or "url").errors = [str(refusal)]
    players = {stream.id: rules.player_of(stream.url) for stream in streams}
    page = render_template(
        "streams/manage/index.html", event=event, form=form, streams=streams, players=players, audiences=AUDIENCES
    )
    return (page, 422) if form.errors else page


def _places(session: Session, event: Event) -> list[tuple[str, str]]:
    rooms = session.scalars(select(Room).where(Room.event_id == event.id).order_by(Room.position, Room.name)).all()
    entries = session.scalars(
        select(AgendaSession).where(AgendaSession.event_id == event.id).order_by(AgendaSession.starts_at)
    ).all()
    return [(f"room:{room.id}", _("Room: %(name)s", name=room.name)) for room in rooms] + [
        (f"session:{entry.id}", entry.title) for entry in entries
    ]


def _add(slug: str, form: NewStreamForm) -> Response:
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        actions.add_stream(
            session, event, _place(session, event, form.place.data), url=form.url.data or "", audience=form.audience.data,
            opens_minutes_before=form.opens_minutes_before.data or 0, now=clock.now(),
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
                    audience=form.audience.data, opens_minutes_before=form.opens_minutes_before.data or 0, now=clock.now(),
                )  # fmt: skip
        except Refusal as refusal:
            getattr(form, refusal.field or "url").errors = [str(refusal)]
        else:
            flash(_("Saved."), "good")
            return redirect(url_for(".index", slug=slug), 303)
    page = render_template("streams/manage/show.html", event=event, stream=stream, form=form)
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
