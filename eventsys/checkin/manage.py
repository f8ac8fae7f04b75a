"""The door as organisers see it: who came and when, points, devices, the latest scans."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from eventsys.badges.codes import qr_svg
from eventsys.checkin import actions, rules
from eventsys.checkin.errors import DeviceGone
from eventsys.checkin.forms import DeviceForm, PointForm
from eventsys.checkin.queries import doors, figures
from eventsys.checkin.wording import OUTCOME_LABELS
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import say_day, say_time
from eventsys.kernel.pages import settings

bp = Blueprint("checkin_manage", __name__)

Answer = Response | str | tuple[str, int]


@bp.get("/manage/events/<slug>/door")
def door(slug: str) -> Answer:
    """All of it on one page; it loads in a fixed number of statements."""
    return _page(event_to_manage(reading(), slug), _device_form(slug))


@bp.post("/manage/events/<slug>/door/devices")
def add_device(slug: str) -> Answer:
    """A new device: its link and QR are shown on the answer, this once."""
    form = _device_form(slug)
    if not form.validate_on_submit():
        return _page(event_to_manage(reading(), slug), form), 422
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        device, token = actions.add_device(
            session, event, form.name.data or "", now=clock.now(), point=form.point.data or None
        )
    link = f"{settings().base_url}/checkin/device#{token}"
    picture = qr_svg(link, title=_("The link of %(device)s as a QR code", device=device.name))
    return render_template("checkin/manage/device.html", event=event, device=device, link=link, picture=picture)


@bp.post("/manage/events/<slug>/door/devices/<int:number>/revoke")
def revoke_device(slug: str, number: int) -> Response:
    """The next thing the device asks is refused."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        device = doors.find_device(session, event.id, number)
        if device is None:
            raise DeviceGone
        actions.revoke(session, device, now=clock.now())
    flash(_("“%(device)s” may not scan any more.", device=device.name), "good")
    return _back(slug)


@bp.post("/manage/events/<slug>/door/scans/<scan_id>/undo")
def undo_scan(slug: str, scan_id: str) -> Response:
    """Take back one scan, with a reason."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        desk = doors.desk_without_device(session, event, name="")
        reason = request.form.get("reason", "")
        actions.undo(session, desk, scan_id, reason, now=clock.now(), by=access.actor())
    flash(_("The scan is undone."), "good")
    return _back(slug)


@bp.route("/manage/events/<slug>/door/points/new", methods=["GET", "POST"])
def new_point(slug: str) -> Answer:
    """A further door, room or item."""
    event = event_to_manage(reading(), slug)
    form = PointForm()
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                event = event_to_manage(session, slug)
                actions.ensure_entrance(session, event.id)
                actions.add_point(session, event, **form.values(event.zone))
            return _back(slug)
        except Refusal as refusal:
            event = _blamed(form, refusal, slug)
    return _point_page(event, form, point=None)


@bp.route("/manage/events/<slug>/door/points/<key>", methods=["GET", "POST"])
def change_point(slug: str, key: str) -> Answer:
    """Another name or window."""
    event = event_to_manage(reading(), slug)
    point = actions.find_point(reading(), event.id, key)
    form = PointForm(data=_local(point, event))
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                event = event_to_manage(session, slug)
                point = actions.find_point(session, event.id, key)
                actions.change_point(session, point, **form.values(event.zone))
            return _back(slug)
        except Refusal as refusal:
            event = _blamed(form, refusal, slug)
    return _point_page(event, form, point=point)


def _local(point: Any, event: Event) -> dict[str, Any]:
    return {
        "name": point.name,
        "opens_at": point.opens_at and point.opens_at.astimezone(event.zone).replace(tzinfo=None),
        "closes_at": point.closes_at and point.closes_at.astimezone(event.zone).replace(tzinfo=None),
        "may_repeat": point.may_repeat,
    }


def _blamed(form: FlaskForm, refusal: Refusal, slug: str) -> Event:
    """Show a refusal beside its field, and find the event again: the transaction that refused has forgotten it."""
    if refusal.status in (401, 403, 404):
        raise refusal
    form[refusal.field or "name"].errors = [str(refusal)]
    return event_to_manage(reading(), slug)


def _point_page(event: Event, form: PointForm, *, point: Any) -> Answer:
    page = render_template("checkin/manage/point.html", event=event, form=form, point=point)
    return (page, 422) if form.errors else page


def _back(slug: str) -> Response:
    return redirect(url_for("checkin_manage.door", slug=slug), 303)


def _device_form(slug: str) -> DeviceForm:
    form = DeviceForm()
    event = event_to_manage(reading(), slug)
    points = [(point.key, point.name) for point, _place in doors.points_of(reading(), event)]
    form.point.choices = [("", _("Everywhere")), *points]
    return form


def _page(event: Event, form: DeviceForm) -> str:
    session, now = reading(), clock.now()
    day = rules.door_day(now, starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone)
    points = doors.points_of(session, event)
    counts = figures.counts(session, event.id, points=[point.key for point, _place in points], day=day)
    curve = figures.arrivals(session, event.id, day=day, zone=event.zone)
    return render_template(
        "checkin/manage/door.html",
        event=event,
        form=form,
        day=say_day(day),
        points=points,
        counts=counts,
        curve=[(say_time(instant, event.zone), number) for instant, number in curve],
        devices=[(device, _standing(device, now)) for device in doors.devices_of(session, event.id)],
        scans=[_line(line, event) for line in doors.latest_scans(session, event.id)],
    )


def _standing(device: Any, now: Any) -> str:
    if device.revoked_at is not None:
        return "revoked"
    return "ended" if device.expires_at <= now else "working"


def _line(line: doors.ScanLine, event: Event) -> dict[str, Any]:
    outcome, scan = line.outcome, line.scan
    return {
        "time": say_time(scan.at, event.zone),
        "name": line.name,
        "device": line.device,
        "outcome": OUTCOME_LABELS[outcome],  # type: ignore[index]
        "kind": "good" if outcome in ("admitted", "left") else "warn" if outcome == "already_in" else "bad",
        "is_corrected": scan.corrected_outcome is not None,
        "is_offline": scan.is_offline,
        "undone": scan.undone_reason if scan.undone_at else "",
        "may_undo": scan.undone_at is None and outcome in ("admitted", "left"),
        "id": scan.scan_id,
    }
