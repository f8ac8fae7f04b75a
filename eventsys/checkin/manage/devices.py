"""Devices as organisers look after them: added, paired, watched, changed, revoked."""

from __future__ import annotations

from datetime import datetime

from flask import flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.checkin import actions
from eventsys.checkin.actions import pairing
from eventsys.checkin.device_wording import ROLE_NOTES, DeviceLine, device_line
from eventsys.checkin.errors import DeviceGone, DeviceOfAnAccount
from eventsys.checkin.manage.device_forms import DeviceForm, NewDeviceForm
from eventsys.checkin.models import Device
from eventsys.checkin.queries import devices as queries
from eventsys.checkin.queries import doors
from eventsys.checkin.queries.printing import printers
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal

Answer = Response | str | tuple[str, int]


def devices(slug: str) -> str:
    """All devices of an event, in a fixed number of statements."""
    event = event_to_manage(reading(), slug)
    return render_template("checkin/manage/devices.html", event=event, lines=lines_of(event, now=clock.now()))


def lines_of(event: Event, *, now: datetime) -> list[DeviceLine]:
    """The devices of an event as pages draw them."""
    return [device_line(device, now=now, zone=event.zone) for device in queries.devices_of(reading(), event.id)]


def new_device(slug: str) -> Answer:
    """One device or several; the next page shows what each is paired by."""
    event = event_to_manage(reading(), slug)
    form = NewDeviceForm()
    _offer_choices(form, event)
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                added = _add(session, event_to_manage(session, slug), form, now=clock.now())
            return _to_pairing(slug, added[0].id if len(added) == 1 else None)
        except Refusal as refusal:
            event = _blamed(form, refusal, slug)
    page = render_template("checkin/manage/new_device.html", event=event, form=form, notes=ROLE_NOTES)
    return (page, 422) if form.errors else page


def _add(session: Session, event: Event, form: NewDeviceForm, *, now: datetime) -> list[Device]:
    names = pairing.names_for(form.name.data or "", form.count.data or 1, queries.names_taken(session, event.id))
    values = form.values(event.zone)
    added = [
        # Nobody learns this token: pairing gives another.
        actions.add_device(session, event, name, now=now, role=form.role.data, **values)[0]
        for name in names
    ]
    for device in added:
        pairing.offer_pairing(session, device, now=now)
    return added


def change_device(slug: str, number: int) -> Answer:
    """Another name, other points, another end or printer, while it goes on working."""
    event = event_to_manage(reading(), slug)
    device = found(reading(), event, number)
    form = DeviceForm()
    _offer_choices(form, event)
    if not form.is_submitted():
        form.take(device, event.zone)
    elif form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                device = found(session, event_to_manage(session, slug), number)
                values = form.values(event.zone)
                actions.change_device(session, device, name=form.name.data or "", now=clock.now(), **values)
            flash(_("“%(device)s” is changed.", device=device.name), "good")
            return _back(slug)
        except Refusal as refusal:
            event = _blamed(form, refusal, slug)
            device = found(reading(), event, number)
    page = render_template(
        "checkin/manage/change_device.html", event=event, form=form,
        line=device_line(device, now=clock.now(), zone=event.zone),
    )  # fmt: skip
    return (page, 422) if form.errors else page


def offer_pairing(slug: str, number: int) -> Response:
    """A new code and PIN for a device: the first is void, was used, or the device is to be another phone."""
    with transaction(actor=access.actor()) as session:
        device = found(session, event_to_manage(session, slug), number)
        if device.user_id is not None:
            raise DeviceOfAnAccount
        pairing.offer_pairing(session, device, now=clock.now())
    return _to_pairing(slug, number)


def revoke_device(slug: str, number: int) -> Response:
    """The next thing the device asks is refused."""
    with transaction(actor=access.actor()) as session:
        device = found(session, event_to_manage(session, slug), number)
        actions.revoke(session, device, now=clock.now())
    flash(_("“%(device)s” may not scan any more.", device=device.name), "good")
    return _back(slug)


def revoke_all(slug: str) -> Response:
    """The door is closed for good, or somebody lost a bag of phones."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        count = actions.revoke_all(session, event.id, now=clock.now())
    flash(ngettext("%(num)d device may not scan any more.", "%(num)d devices may not scan any more.", count), "good")
    return _back(slug)


def pairing_state(slug: str) -> Response:
    """How the devices of the sheet stand, for the script that looks every two seconds."""
    now, session = clock.now(), reading()
    event = event_to_manage(session, slug)
    states = {str(device.id): _pairing_state(device, now) for device in queries.devices_of(session, event.id)}
    return jsonify({"devices": states})


def _pairing_state(device: Device, now: datetime) -> dict[str, str]:
    if device.pairing_hash is None and device.paired_at is not None and device.revoked_at is None:
        return {"state": "paired", "words": _("Paired as “%(device)s”", device=device.name)}
    if pairing.standing_offer(device, now=now) is not None:
        return {"state": "waiting", "words": _("Waits for a phone")}
    return {"state": "over", "words": _("This code is over")}


def found(session: Session, event: Event, number: int) -> Device:
    """A device of this event. Raises DeviceGone."""
    device = queries.find_device(session, event.id, number)
    if device is None:
        raise DeviceGone
    return device


def _offer_choices(form: DeviceForm, event: Event) -> None:
    points = {point.key: point.name for point, _place in doors.points_of(reading(), event)}
    form.offer(points, {printer.id: printer.name for printer in printers(reading())})


def _blamed(form: FlaskForm, refusal: Refusal, slug: str) -> Event:
    """Show a refusal beside its field, and find the event again: the transaction that refused has forgotten it."""
    if refusal.status in (401, 403, 404):
        raise refusal
    form[refusal.field or "name"].errors = [str(refusal)]
    return event_to_manage(reading(), slug)


def _to_pairing(slug: str, number: int | None) -> Response:
    if number is None:
        return redirect(url_for("checkin_manage.pairing_sheet", slug=slug), 303)
    return redirect(url_for("checkin_manage.pairing", slug=slug, number=number), 303)


def _back(slug: str) -> Response:
    return redirect(url_for("checkin_manage.devices", slug=slug), 303)
