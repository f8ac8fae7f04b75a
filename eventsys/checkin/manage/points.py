"""Points: doors, days, sessions and items, added one by one or for all days and sessions at once."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventsys.checkin import actions
from eventsys.checkin.manage import point_lines
from eventsys.checkin.manage.point_forms import PointForm
from eventsys.checkin.models import Point, PointKind
from eventsys.checkin.point_wording import KIND_LABELS, KIND_NOTES
from eventsys.checkin.queries import doors
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import say_day

Answer = Response | str | tuple[str, int]


def new_point(slug: str) -> Answer:
    """A further point of the kind that the address names; a door unless it names one."""
    event, kind = event_to_manage(reading(), slug), _kind()
    form = _form(event, kind)
    if not form.is_submitted():
        form.take_usual(kind)
    elif form.validate():
        try:
            with transaction(actor=access.actor()) as session:
                event = event_to_manage(session, slug)
                actions.ensure_entrance(session, event.id)
                added = actions.add_point(session, event, kind=kind, **form.values(event.zone))
                point_lines.say_added(event, [added])
            return _back(slug, kind)
        except Refusal as refusal:
            event = _blamed(form, refusal, slug)
    return _point_page(event, form, kind, point=None)


def change_point(slug: str, key: str) -> Answer:
    """Another name, window or condition."""
    event = event_to_manage(reading(), slug)
    point = actions.find_point(reading(), event.id, key)
    kind = PointKind(point.kind)
    form = _form(event, kind, point)
    if not form.is_submitted():
        form.take(point, event.zone)
    elif form.validate():
        try:
            with transaction(actor=access.actor()) as session:
                event = event_to_manage(session, slug)
                point = actions.find_point(session, event.id, key)
                values = form.values(event.zone)
                actions.change_passing(session, event, point, repeats=values["repeats"], now=clock.now())
                actions.change_point(session, point, **values)
            return _back(slug, kind)
        except Refusal as refusal:
            event = _blamed(form, refusal, slug)
            point = actions.find_point(reading(), event.id, key)
    return _point_page(event, form, kind, point=point)


def remove_point(slug: str, key: str) -> Response:
    """Take away a point where nobody was scanned yet."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        point = actions.find_point(session, event.id, key)
        actions.remove_point(session, point)
        point_lines.say(event, _("“%(point)s” is removed.", point=point.name))
    return _back(slug)


def remove_added(slug: str) -> Response:
    """Take away again what was just added, all of it or nothing: none where somebody was scanned at one meanwhile."""
    first, last = (request.form.get(name, default=0, type=int) for name in ("first", "last"))
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        points = [point for point, _place in doors.points_of(session, event) if first <= point.id <= last]
        for point in points:
            actions.remove_point(session, point)
        words = ngettext("%(num)d point is removed.", "%(num)d points are removed.", len(points))
        point_lines.say(event, words)
    return _back(slug)


def move_point(slug: str, key: str) -> Response:
    """One place up or down in the order that desks read."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        point = actions.find_point(session, event.id, key)
        actions.move_point(session, point, by=-1 if request.form.get("to") == "up" else 1)
    return _back(slug, point.kind)


def add_days(slug: str) -> Response:
    """One point for each day that has none."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        actions.ensure_entrance(session, event.id)
        point_lines.say_added(event, actions.add_days(session, event))
    return _back(slug, PointKind.DAY)


def add_sessions(slug: str) -> Response:
    """One point for each session that people sign up for and that has none."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        actions.ensure_entrance(session, event.id)
        lacking = doors.sessions_to_sign_up_for(session, event.id)
        point_lines.say_added(event, actions.add_sessions(session, event, lacking))
    return _back(slug, PointKind.SESSION)


def lack_points(event: Event, known: set[str | None]) -> bool:
    """Whether a session that people sign up for is not among these."""
    return any(entry.key not in known for entry in doors.sessions_to_sign_up_for(reading(), event.id))


def _kind() -> PointKind:
    asked = request.args.get("kind", "")
    return PointKind(asked) if asked in set(PointKind) else PointKind.DOOR


def _form(event: Event, kind: PointKind, point: Point | None = None) -> PointForm:
    session, form = reading(), PointForm()
    days = {day.isoformat(): say_day(day) for day in actions.days_of(event)}
    sessions = {entry.key: entry.title for entry in doors.sessions_of(session, event.id)}
    # What the agenda lost since stays chosen until somebody chooses otherwise.
    if point is not None and point.day is not None:
        days.setdefault(point.day.isoformat(), say_day(point.day))
    if point is not None and point.session_key is not None:
        sessions.setdefault(point.session_key, point.session_key)
    form.of_kind(kind, days=days, sessions=sessions, has_days=doors.has_days(session, event.id))
    return form


def _blamed(form: PointForm, refusal: Refusal, slug: str) -> Event:
    """Show a refusal beside its field, and find the event again: the transaction that refused has forgotten it."""
    if refusal.status in (401, 403, 404):
        raise refusal
    form[refusal.field or "name"].errors = [str(refusal)]
    return event_to_manage(reading(), slug)


def _point_page(event: Event, form: PointForm, kind: PointKind, *, point: Point | None) -> Answer:
    values: dict[str, Any] = {
        "kinds": [(one.value, label, one == kind) for one, label in KIND_LABELS.items()],
        "kind": KIND_LABELS[kind],
        "note": KIND_NOTES[kind],
        "may_remove": point is not None and doors.may_remove(reading(), point),
        "usual": _usual_window(kind),
    }
    page = render_template("checkin/manage/point.html", event=event, form=form, point=point, **values)
    return (page, 422) if form.errors else page


def _usual_window(kind: PointKind) -> tuple[str, str]:
    """When a point of this kind opens and closes unless times are given."""
    if kind == PointKind.DAY:
        return _("Empty: at midnight, as the day begins."), _("Empty: at midnight, as the day ends.")
    if kind == PointKind.SESSION:
        return _("Empty: half an hour before the session."), _("Empty: the end of the session.")
    return _("Empty: three hours before the event."), _("Empty: the end of the event.")


def _back(slug: str, of: str | None = None) -> Response:
    """To the list of points, its part of this kind unfolded."""
    return redirect(url_for("checkin_manage.door", slug=slug, of=of, _anchor="points"), 303)
