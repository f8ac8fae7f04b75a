"""The door as JSON: what the scanner page uses, and anything else that holds a device's token."""

from __future__ import annotations

from flask import Blueprint, Response, request

from eventsys.api.bearing import bearer, body, desk_asking, name_the_scheme, said, since
from eventsys.api.scanning import judged
from eventsys.checkin import actions, forms
from eventsys.checkin.queries import figures, gate, people, snapshot
from eventsys.checkin.queries.gate import Desk
from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction

bp = Blueprint("checkin_api", __name__, url_prefix="/api/v1")
bp.after_request(name_the_scheme)


@bp.post("/events/<slug>/checkin/scans")
def scans(slug: str) -> Response:
    """Judge up to 500 scans. One that cannot be understood is refused by itself, so that a queue never gets stuck
    behind it; only where none can be understood the call is refused."""
    return said(judged(bearer(), slug, body()))


@bp.get("/checkin/device")
def device() -> Response:
    """What a device that holds nothing but its token needs to begin: its event, its name, its points."""
    return said(snapshot.told_to(gate.desk_of(reading(), bearer(), slug=None, now=clock.now())))


@bp.get("/events/<slug>/checkin/snapshot")
def people_and_changes(slug: str) -> Response:
    """Everybody, or the changes since a cursor; `only=corrections` leaves the people out."""
    desk = desk_asking(reading(), slug, deed="people")
    with_people = request.args.get("only") != "corrections"
    made = snapshot.snapshot(reading(), desk, bearer(), since=since(), now=clock.now(), with_people=with_people)
    return said(made)


@bp.get("/events/<slug>/checkin/search")
def search(slug: str) -> Response:
    """The people meant by `q`, most likely first, with the code that lets them in."""
    desk = desk_asking(reading(), slug, deed="people")
    now = clock.now()
    words = request.args.get("q", "")
    found = people.search(reading(), desk, words, point=_point(desk), day=desk.day(now), now=now)
    return said({"people": found})


@bp.get("/events/<slug>/checkin/counts")
def counts(slug: str) -> Response:
    """Who is in, who came and who is expected on the day of the door; 304 while nothing changed."""
    desk = desk_asking(reading(), slug, deed="figures")
    points = [key for key in desk.places if desk.place(key)]
    day = desk.day(clock.now())
    response = said(figures.counts(reading(), desk.event_id, points=points, day=day))
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


@bp.post("/events/<slug>/checkin/undo")
def undo(slug: str) -> Response:
    """Take back one scan with a reason."""
    sent, now = body(), clock.now()
    with transaction(actor="device") as session:
        desk = desk_asking(session, slug, deed="scan")
        scan_id, reason = forms.read_scan_id(sent), forms.read_reason(sent)
        undone = actions.undo(session, desk, scan_id, reason, now=now, by=f"device:{desk.device_id}")
    return said(undone)


def _point(desk: Desk) -> str:
    key = request.args.get("point", "")
    return key if key in desk.places else desk.home
