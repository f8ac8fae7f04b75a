"""The event file read: required names, known names, types, times, and what refers to what."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from eventsys.events.models import EventKind, EventStatus
from eventsys.events.rules import refuse_unless_in_order, refuse_unless_slug, zone_named
from eventsys.exchange.document import Document, Values
from eventsys.exchange.event_file.badges import read_badges
from eventsys.exchange.event_file.points import read_points
from eventsys.exchange.event_file.programme import (
    read_people,
    read_rooms,
    read_sessions,
    read_streams,
    read_tracks,
)
from eventsys.exchange.event_file.questions import read_questions
from eventsys.exchange.node import Node
from eventsys.exchange.overrides import Overrides
from eventsys.exchange.times import read_instant
from eventsys.kernel.locale import countries
from eventsys.registration.models import WaitingList

FORMAT = "eventsys-event/1"
REQUIRED = ("format", "slug", "kind", "title", "timezone", "starts_at", "ends_at")
KNOWN = (
    *REQUIRED, "summary", "description", "language", "status", "status_note", "replaced_by", "venue", "themes",
    "organisers", "contact", "privacy", "seats", "waiting_list", "approval", "registration", "rooms", "tracks",
    "people", "sessions", "streams", "private", "badges", "points",
)  # fmt: skip
_WAITING = {True: WaitingList.AUTOMATIC, False: WaitingList.NONE, "offers": WaitingList.OFFERS}


def read_event_file(root: Node, given: Overrides) -> Document:
    """The event that a file describes. Raises FileRefused, naming line and place."""
    root.an_object(required=REQUIRED, known=KNOWN)
    if root.at("format").value != FORMAT:
        root.at("format").refuse(_("this version knows “%(format)s” only", format=FORMAT))
    slug = given.slug or root.at("slug").line(is_needed=True)
    root.at("slug").judged(refuse_unless_slug, slug)
    zone_name = given.timezone or root.at("timezone").line(is_needed=True)
    zone = root.at("timezone").judged(zone_named, zone_name)
    rooms, tracks, people = (
        read(root.at(name)) if root.has(name) else None
        for name, read in (("rooms", read_rooms), ("tracks", read_tracks), ("people", read_people))
    )
    sessions = read_sessions(root.at("sessions"), zone, rooms, tracks, people) if root.has("sessions") else None
    return Document(
        slug=slug,
        values=_values(root, given, zone),
        status=root.at("status").one_of(EventStatus) if root.has("status") else None,
        themes=root.at("themes").lines() if root.has("themes") else None,
        replaced_by=root.at("replaced_by").line(most=100) or None,
        seats=_seats(root.at("seats")) if root.has("seats") else {},
        settings=_settings(root, zone),
        questions=read_questions(root.at("registration")),
        rooms=rooms,
        tracks=tracks,
        people=people,
        sessions=sessions,
        streams=read_streams(root.at("streams"), rooms) if root.has("streams") else None,
        badges=read_badges(root.at("badges")) if root.has("badges") else None,
        points=read_points(root.at("points"), zone) if root.has("points") else None,
    )


def _values(root: Node, given: Overrides, zone: ZoneInfo) -> Values:
    read = partial(read_instant, zone=zone)
    starts_at, ends_at = (root.at(name).instant(read) for name in ("starts_at", "ends_at"))
    root.at("ends_at").judged(refuse_unless_in_order, starts_at, ends_at)
    values: Values = {
        "kind": given.kind or root.at("kind").one_of(EventKind),
        "title": given.title or root.at("title").line(is_needed=True),
        "timezone": zone.key,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
    for name in ("summary", "description", "status_note"):
        if root.has(name):
            values[name] = root.at(name).prose()
    if root.has("language"):
        values["language"] = root.at("language").line(most=35) or "en"
    if root.has("private"):
        values["is_private"] = root.at("private").truth()
    if root.has("contact"):
        values["contact"] = root.at("contact").line(most=254)
    if root.has("organisers"):
        values["organisers"] = root.at("organisers").lines()
    return values | _venue(root) | _privacy(root)


def _venue(root: Node) -> Values:
    if not root.has("venue"):
        return {}
    venue = root.at("venue").an_object(known=("name", "address", "city", "country"))
    country = venue.at("country").line(most=2).upper()
    if country and country not in dict(countries()):
        venue.at("country").refuse(_("“%(code)s” is no country of ISO 3166", code=country))
    names = {f"venue_{name}": venue.at(name).line() for name in ("name", "address", "city")}
    return names | {"venue_country": country}


def _privacy(root: Node) -> Values:
    if not root.has("privacy"):
        return {}
    privacy = root.at("privacy").an_object(known=("controller", "notice"))
    return {"privacy_controller": privacy.at("controller").line(), "privacy_notice": privacy.at("notice").prose()}


def _seats(seats: Node) -> dict[str, int | None]:
    seats.an_object(known=("onsite", "online"))
    return {mode: seats.at(mode).number_or_none() for mode in ("onsite", "online") if seats.has(mode)}


def _settings(root: Node, zone: ZoneInfo) -> Values:
    values: Values = {}
    if root.has("waiting_list"):
        waiting = root.at("waiting_list")
        if not isinstance(waiting.value, bool) and waiting.value != "offers":
            waiting.refuse(_("this must be true, false or “offers”"))
        values["waiting_list"] = _WAITING[waiting.value]
    if root.has("approval"):
        values["has_approval"] = root.at("approval").truth()
    if root.has("registration"):
        values |= _dates(root.at("registration"), zone)
    return values


def _dates(registration: Node, zone: ZoneInfo) -> Values:
    registration.an_object(known=("opens_at", "closes_at", "offer_hours", "questions"))
    values: Values = {}
    for name in ("opens_at", "closes_at"):
        if registration.has(name):
            node = registration.at(name)
            values[name] = None if node.value is None else node.instant(partial(read_instant, zone=zone))
    opens: datetime | None = values.get("opens_at")
    closes: datetime | None = values.get("closes_at")
    if opens and closes and closes <= opens:
        registration.at("closes_at").refuse(_("registration closes before it opens"))
    if registration.has("offer_hours"):
        values["offer_hours"] = registration.at("offer_hours").number(least=1, most=10_000)
    return values
