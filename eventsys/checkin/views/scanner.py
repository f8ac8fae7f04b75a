"""The doors of door staff: the events they work at, the scanner, and the device that a browser becomes."""

from __future__ import annotations

from flask import Response, jsonify, render_template, request
from flask_login import current_user

from eventsys.checkin import actions
from eventsys.checkin.models import DeviceRole
from eventsys.checkin.queries import doors
from eventsys.events.models import MemberRole
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.clock import said_instant
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.pages import allow_source
from eventsys.kernel.paging import page_number, paginated


@access.signed_in
def home() -> str:
    """The events one may work at, what goes on now first."""
    now, session = clock.now(), reading()
    wanted = doors.events_to_work_at(now, user_id=current_user.id, is_administrator=access.is_administrator())
    page = paginated(session, wanted, number=page_number(), size=20)
    open_now = {event.id for event in page.items if doors.is_open(event, now)}
    return render_template("checkin/home.html", page=page, open_now=open_now)


def scanner(slug: str) -> str:
    """The scanner for someone who signed in and works at this event."""
    event = event_to_manage(reading(), slug, needs=MemberRole.DOOR)
    return _scanner(event_title=event.title, slug=event.slug, name=current_user.name)


def opened_by_link() -> str:
    """The scanner of a device opened by its link: the token stands in the fragment, which never reaches a server, so
    the page itself holds nothing and the script asks for the rest."""
    return _scanner(event_title="", slug="", name="")


def _scanner(*, event_title: str, slug: str, name: str) -> str:
    # The reader of QR codes is WebAssembly; no other page may compile any.
    allow_source("script-src", "'wasm-unsafe-eval'")
    return render_template("checkin/scanner.html", event_title=event_title, slug=slug, name=name)


def become_device(slug: str) -> Response:
    """Make this browser a device of the person who signed in. It ends with the event, or with their place in it."""
    now = clock.now()
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug, needs=MemberRole.DOOR)
        name = request.form.get("name", "") or current_user.name
        device, token = actions.add_device(session, event, name, now=now, user=current_user, role=DeviceRole.DESK)
    return jsonify({"token": token, "name": device.name, "expires_at": said_instant(device.expires_at)})
