"""The desk as JSON: people registered, corrected, swapped and helped by devices that are there to help."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from eventsys.api.bearing import body, desk_asking, name_the_scheme, said
from eventsys.api.printing import told
from eventsys.checkin import actions, desk_forms, desk_words
from eventsys.checkin.actions import desk as deeds
from eventsys.checkin.actions import desk_solving, desk_watching
from eventsys.checkin.actions.desk import Deed
from eventsys.checkin.actions.printing import ask_for_badge
from eventsys.checkin.queries import desk as queries
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import ENTRANCE
from eventsys.community.models import Sector
from eventsys.community.rules import sector_label
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import countries, say_day
from eventsys.kernel.text import markdown
from eventsys.registration import rules as registering
from eventsys.registration.models import Mode
from eventsys.registration.queries import registration_of_event, seats, settings_of

bp = Blueprint("desk_api", __name__, url_prefix="/api/v1/events/<slug>/checkin/desk")
bp.after_request(name_the_scheme)


@bp.get("/form")
def form(slug: str) -> Response:
    """What the form for walk-ins asks and shows: the privacy notice, choices, days, how many seats are left."""
    session = reading()
    desk = desk_asking(session, slug, deed="help")
    event = session.get_one(Event, desk.event_id)
    notice, on_site = registering.privacy_text(event), seats(session, event.id)[Mode.ONSITE]
    today = desk.day(clock.now()).isoformat()
    return said(
        {
            "notice": str(markdown(notice)),
            "notice_hash": registering.text_hash(notice),
            "types": [{"key": str(key), "label": str(label)} for key, label in registering.TYPE_LABELS.items()],
            "sectors": [{"key": str(key), "label": sector_label(key)} for key in Sector],
            "countries": [{"key": key, "label": label} for key, label in countries()],
            "days": [
                {
                    "key": pool.key,
                    "label": say_day(date.fromisoformat(pool.key)),
                    "is_full": pool.is_full,
                    "is_today": pool.key == today,
                }
                for pool in queries.days_offered(session, event.id, Mode.ONSITE)
            ],
            "left": on_site.left,
            "may_wait": registering.has_waiting_list(settings_of(session, event.id)),
        }
    )


@bp.post("/walk-ins")
def walk_in(slug: str) -> Response:
    """Register somebody who stands here, then let them in: two steps, so that no seat is held while a badge is asked
    for. Sent again, it goes on where it stopped."""
    sent = desk_forms.read_object(body())
    with transaction(actor="device") as session:
        desk, deed = _at(session, slug, sent)
        event = session.get_one(Event, desk.event_id)
        accepted = desk_forms.read_notice(sent, event)
        entry = desk_forms.read_entry(sent, event, accepted, days=_days(session, desk, sent, deed))
        of = desk_forms.read_host(sent)
        if of is None:
            person = deeds.walk_in(session, desk, entry, deed, may_wait=sent.get("may_wait") is True)
        else:
            person = deeds.companion(session, desk, of, entry, deed)
    return _let_in(slug, sent, person.id)


@bp.get("/people/<int:number>")
def person(slug: str, number: int) -> Response:
    """One person whole."""
    return _sheet(reading(), desk_asking(reading(), slug, deed="help"), number)


@bp.post("/people/<int:number>/details")
def correct(slug: str, number: int) -> Response:
    """Another spelling of a name or an organisation; nobody is written to."""
    sent = desk_forms.read_object(body())
    with transaction(actor="device") as session:
        desk, deed = _at(session, slug, sent)
        deeds.correct(session, desk, number, desk_forms.read_details(sent), deed)
        return _sheet(session, desk, number)


@bp.post("/people/<int:number>/swap")
def swap(slug: str, number: int) -> Response:
    """Somebody else comes instead; answers with who has the seat now, who is let in."""
    sent = desk_forms.read_object(body())
    with transaction(actor="device") as session:
        desk, deed = _at(session, slug, sent)
        event = session.get_one(Event, desk.event_id)
        entry = desk_forms.read_entry(sent, event, desk_forms.read_notice(sent, event))
        colleague = deeds.swap(session, desk, number, entry, deed)
    return _let_in(slug, sent, colleague.id)


@bp.post("/people/<int:number>/notes")
def note(slug: str, number: int) -> Response:
    """What each scan of this person shows from now on."""
    sent = desk_forms.read_object(body())
    with transaction(actor="device") as session:
        desk, deed = _at(session, slug, sent)
        deeds.note_down(session, desk, number, desk_forms.read_note(sent), deed)
        return _sheet(session, desk, number)


@bp.post("/people/<int:number>/watch")
def watch(slug: str, number: int) -> Response:
    """Wait for this person's arrival, or with `"off": true` no more."""
    sent = desk_forms.read_object(body())
    with transaction(actor="device") as session:
        desk, deed = _at(session, slug, sent)
        registration = registration_of_event(session, desk.event_id, number)
        if sent.get("off") is True:
            desk_watching.unwatch(session, registration, now=deed.now)
        else:
            words = desk_forms.read_line(sent, "words", most=200)
            desk_watching.watch(session, registration, words, user_id=queries.user_of(session, desk), now=deed.now)
        return _sheet(session, desk, number)


@bp.post("/people/<int:number>/reissue")
def reissue(slug: str, number: int) -> Response:
    """A new code for a badge that was lost."""
    sent = desk_forms.read_object(body())
    with transaction(actor="device") as session:
        desk, deed = _at(session, slug, sent)
        deeds.reissue(session, desk, number, deed)
    return said({"person": _said_sheet(slug, number), "badge": _ask_for_badge(slug, number, deed)})


@bp.post("/people/<int:number>/solve")
def solve(slug: str, number: int) -> Response:
    """Put right what refused this person, with a reason, then scan them."""
    sent = desk_forms.read_object(body())
    with transaction(actor="device") as session:
        desk, deed = _at(session, slug, sent)
        reason, how = desk_forms.read_line(sent, "reason"), desk_forms.read_remedy(sent)
        desk_solving.solve(session, desk, number, how, reason, deed, point=_point(desk, sent))
    return _let_in(slug, sent, number)


@bp.get("/exceptions")
def exceptions(slug: str) -> Response:
    """Who was refused in the last hours and has not been helped."""
    session = reading()
    desk = desk_asking(session, slug, deed="help")
    found = queries.exceptions_of(session, desk.event_id, now=clock.now())
    names = {key: place.name for key, place in desk.places.items()}
    lines = [desk_words.said_refused(one, desk.zone) for one in found]
    return said({"exceptions": [line | {"point_name": names.get(line["point"], line["point"])} for line in lines]})


@bp.post("/exceptions/<scan_id>/close")
def close(slug: str, scan_id: str) -> Response:
    """Take a refused scan off the list, with a reason."""
    sent = desk_forms.read_object(body())
    with transaction(actor="device") as session:
        desk, deed = _at(session, slug, sent)
        desk_solving.close(session, desk, scan_id, desk_forms.read_line(sent, "reason"), deed)
    return said({"scan": scan_id})


def _at(session: Session, slug: str, sent: dict[str, Any]) -> tuple[Desk, Deed]:
    """The desk that asks, and the act it names; facts written from here on name the device."""
    desk = desk_asking(session, slug, deed="help")
    session.info["actor"] = by = f"device:{desk.device_id}"
    now = clock.now()
    return desk, Deed(id=desk_forms.read_id(sent), by=by, now=now, came_at=desk_forms.read_came_at(sent, now))


def _let_in(slug: str, sent: dict[str, Any], number: int) -> Response:
    """Scan whoever was helped, where they came to be let in, and ask for their badge."""
    with transaction(actor="device") as session:
        desk, deed = _at(session, slug, sent)
        if ENTRANCE not in desk.places:
            actions.ensure_entrance(session, desk.event_id)
            desk, deed = _at(session, slug, sent)
        result = deeds.admit(session, desk, number, deed, point=_point(desk, sent))
    badge = _ask_for_badge(slug, number, deed) if result is not None else None
    return said({"person": _said_sheet(slug, number), "result": result, "badge": badge})


def _ask_for_badge(slug: str, number: int, deed: Deed) -> dict[str, Any] | None:
    """The badge on its way to this desk's printer, or why it is not; None where the desk has none, and the browser
    prints. Whoever is in stays in, whatever becomes of the badge."""
    try:
        with transaction(actor="device") as session:
            desk = desk_asking(session, slug, deed="print")
            if desk.printer_id is None:
                return None
            job = ask_for_badge(session, desk, number, request_id=deed.id, now=deed.now, by=deed.by)
            return told(session, job)
    except Refusal as refusal:
        return {"registration": number, "state": "failed", "message": str(refusal)}


def _point(desk: Desk, sent: dict[str, Any]) -> str:
    key = sent.get("point")
    return key if isinstance(key, str) and key in desk.places else desk.home


def _days(session: Session, desk: Desk, sent: dict[str, Any], deed: Deed) -> frozenset[str]:
    """The days they come: those that were sent, else that on which they stood here, of those among which people
    choose."""
    offered = {pool.key for pool in queries.days_offered(session, desk.event_id, Mode.ONSITE)}
    given = sent.get("days")
    wanted = set(map(str, given)) if isinstance(given, list) and given else {desk.day(deed.at).isoformat()}
    return frozenset(wanted & offered)


def _sheet(session: Session, desk: Desk, number: int) -> Response:
    point = request.args.get("point", "")
    key = point if point in desk.places else desk.home
    found = queries.sheet_of(session, desk, number, point=key, now=clock.now())
    return said({"person": desk_words.said_sheet(found, desk.zone)})


def _said_sheet(slug: str, number: int) -> dict[str, Any]:
    session = reading()
    desk = desk_asking(session, slug, deed="help")
    found = queries.sheet_of(session, desk, number, point=desk.home, now=clock.now())
    return desk_words.said_sheet(found, desk.zone)
