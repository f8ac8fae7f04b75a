"""The door as JSON: what the scanner page uses, and anything else that holds a device's token."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from eventsys.checkin import actions, forms
from eventsys.checkin.errors import BodyMisread, DeviceUnknown, ScanMisread
from eventsys.checkin.queries import figures, gate, people, snapshot
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import ENTRANCE, Entry
from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction

bp = Blueprint("checkin_api", __name__, url_prefix="/api/v1")


@bp.post("/events/<slug>/checkin/scans")
def scans(slug: str) -> Response:
    """Judge up to 500 scans. One that cannot be understood is refused by itself, so that a queue never gets stuck
    behind it; only where none can be understood the call is refused."""
    token, body, now = _token(), _body(), clock.now()
    # The desk is read inside the one transaction: people queue, and a second one would cost them a tenth more.
    with transaction(actor="device") as session:
        desk = gate.desk_of(session, token, slug=slug, now=now)
        if ENTRANCE not in desk.places:
            actions.ensure_entrance(session, desk.event_id)
            desk = gate.desk_of(session, token, slug=slug, now=now)
        read = forms.read_scans(body, point=desk.only_at or ENTRANCE)
        entries = [scan for scan in read if isinstance(scan, Entry)]
        if read and not entries:
            raise next(scan for scan in read if isinstance(scan, ScanMisread))
        answers = iter(actions.record_scans(session, desk, entries, now=now) if entries else [])
    results = [next(answers) if isinstance(scan, Entry) else _misread(scan, body, n) for n, scan in enumerate(read)]
    return _json({"results": results})


def _misread(refusal: ScanMisread, body: Any, position: int) -> dict[str, Any]:
    """A place in the results for what is no scan; `outcome` is null, and sending it again does not help."""
    scan = body["scans"][position]
    scan_id = scan.get("id") if isinstance(scan, dict) else None
    return {
        "id": scan_id if isinstance(scan_id, str) and scan_id.isprintable() else None,
        "outcome": None,
        "message": str(refusal),
        "attendee": None,
        "first": None,
        "error": {"code": refusal.code, "message": str(refusal)},
    }


@bp.get("/checkin/device")
def device() -> Response:
    """What a device that holds nothing but its token needs to begin: its event, its name, its points."""
    return _json(snapshot.told_to(_desk(None)))


@bp.get("/events/<slug>/checkin/snapshot")
def people_and_changes(slug: str) -> Response:
    """Everybody, or the changes since a cursor; `only=corrections` leaves the people out."""
    desk, since = _desk(slug), _since()
    with_people = request.args.get("only") != "corrections"
    made = snapshot.snapshot(reading(), desk, _token(), since=since, now=clock.now(), with_people=with_people)
    return _json(made)


@bp.get("/events/<slug>/checkin/search")
def search(slug: str) -> Response:
    """The people meant by `q`, most likely first, with the code that lets them in."""
    desk = _desk(slug)
    found = people.search(reading(), desk, request.args.get("q", ""), point=_point(desk), day=desk.day(clock.now()))
    return _json({"people": found})


@bp.get("/events/<slug>/checkin/counts")
def counts(slug: str) -> Response:
    """Who is in, who came and who is expected on the day of the door; 304 while nothing changed."""
    desk = _desk(slug)
    points = [key for key in desk.places if desk.place(key)]
    response = _json(figures.counts(reading(), desk.event_id, points=points, day=desk.day(clock.now())))
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


@bp.post("/events/<slug>/checkin/undo")
def undo(slug: str) -> Response:
    """Take back one scan with a reason."""
    token, body, now = _token(), _body(), clock.now()
    with transaction(actor="device") as session:
        desk = gate.desk_of(session, token, slug=slug, now=now)
        scan_id, reason = forms.read_scan_id(body), forms.read_reason(body)
        undone = actions.undo(session, desk, scan_id, reason, now=now, by=f"device:{desk.device_id}")
    return _json(undone)


@bp.after_request
def _name_the_scheme(response: Response) -> Response:
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="check-in"'
    return response


def _token() -> str:
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 20 <= len(token.strip()) <= 100:
        raise DeviceUnknown
    return token.strip()


def _desk(slug: str | None) -> Desk:
    return gate.desk_of(reading(), _token(), slug=slug, now=clock.now())


def _body() -> Any:
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise BodyMisread from None


def _since() -> datetime | None:
    given = request.args.get("since")
    try:
        # A plus sign that was not escaped in the address arrives as a blank.
        return forms.read_instant(given.replace(" ", "+")) if given else None
    except ValueError:
        raise BodyMisread(_("“since” must be the cursor of an earlier answer.")) from None


def _point(desk: Desk) -> str:
    key = request.args.get("point", "")
    return key if key in desk.places else desk.only_at or ENTRANCE


def _json(value: Any) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(body, content_type="application/json")
    if len(body) > 2000 and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    return response
