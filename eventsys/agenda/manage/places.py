"""Rooms and tracks: named, ordered, taken away."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.agenda import actions, planning
from eventsys.agenda.errors import RoomUnknown, TrackUnknown
from eventsys.agenda.forms import RoomForm, TrackForm
from eventsys.agenda.manage.door import bp, raise_unless_shown
from eventsys.agenda.models import Room, Track
from eventsys.events.forms import blame
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.look import TINTS

Answer = Response | str | tuple[str, int]


@bp.route("/manage/events/<slug>/rooms", methods=["GET", "POST"])
def rooms(slug: str) -> Answer:
    """All rooms; a post adds one, or with `room` changes that one."""
    event_to_manage(reading(), slug)
    form = RoomForm()
    if form.validate_on_submit():
        with transaction(actor=access.actor()) as session:
            event = event_to_manage(session, slug)
            key = request.form.get("room")
            if key:
                actions.update_room(session, _room(session, event, key), name=form.name.data, seats=form.seats.data)
            else:
                actions.add_room(session, event, name=form.name.data or "", seats=form.seats.data)
        flash(_("“%(name)s” is saved.", name=form.name.data), "good")
        return redirect(url_for("agenda_manage.rooms", slug=slug), 303)
    event = event_to_manage(reading(), slug)
    counts, _tracks = planning.sessions_by_place(reading(), event.id)
    page = render_template(
        "agenda/manage/rooms.html",
        event=event,
        form=form,
        wrong=request.form.get("room") if form.errors else None,
        rooms=[(room, counts.get(room.id, 0)) for room in planning.rooms(reading(), event.id)],
    )
    return (page, 422) if form.errors else page


@bp.post("/manage/events/<slug>/rooms/<key>")
def change_room(slug: str, key: str) -> Response:
    """Move a room up or down, or take it away."""
    step = request.form.get("step", "")
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        room = _room(session, event, key)
        if step == "remove":
            actions.remove_room(session, room)
            flash(_("“%(name)s” is removed; its sessions have no room now.", name=room.name), "good")
        elif step in ("up", "down"):
            ordered = planning.rooms(session, event.id)
            place = ordered.index(room)
            ordered.insert(max(0, place + (-1 if step == "up" else 1)), ordered.pop(place))
            actions.order_rooms(session, ordered)
    return redirect(url_for("agenda_manage.rooms", slug=slug), 303)


@bp.route("/manage/events/<slug>/tracks", methods=["GET", "POST"])
def tracks(slug: str) -> Answer:
    """All tracks; a post adds one, or with `track` changes that one."""
    event = event_to_manage(reading(), slug)
    found = planning.tracks(reading(), event.id)
    form = TrackForm(data={"colour": TINTS[len(found) % (len(TINTS) - 1)]})
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                _save_track(session, event_to_manage(session, slug), form)
            flash(_("“%(name)s” is saved.", name=form.name.data), "good")
            return redirect(url_for("agenda_manage.tracks", slug=slug), 303)
        except Refusal as refusal:
            raise_unless_shown(refusal)
            blame(form, refusal)
    event = event_to_manage(reading(), slug)
    _rooms, counts = planning.sessions_by_place(reading(), event.id)
    page = render_template(
        "agenda/manage/tracks.html",
        event=event,
        form=form,
        wrong=request.form.get("track") if form.errors else None,
        tracks=[(track, counts.get(track.id, 0)) for track in planning.tracks(reading(), event.id)],
    )
    return (page, 422) if form.errors else page


def _save_track(session: Session, event: Event, form: TrackForm) -> None:
    key = request.form.get("track")
    name, colour = form.name.data or "", form.colour.data or ""
    if key:
        actions.update_track(session, _track(session, event, key), name=name, colour=colour)
    else:
        actions.add_track(session, event, name=name, colour=colour)


@bp.post("/manage/events/<slug>/tracks/<key>")
def remove_track(slug: str, key: str) -> Response:
    """Take a track away; its sessions stay."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        track = _track(session, event, key)
        actions.remove_track(session, track)
    flash(_("“%(name)s” is removed; its sessions stay.", name=track.name), "good")
    return redirect(url_for("agenda_manage.tracks", slug=slug), 303)


def _room(session: Session, event: Event, key: str) -> Room:
    room = planning.find_room(session, event.id, key)
    if room is None:
        raise RoomUnknown
    return room


def _track(session: Session, event: Event, key: str) -> Track:
    track = planning.find_track(session, event.id, key)
    if track is None:
        raise TrackUnknown
    return track
