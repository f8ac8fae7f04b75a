"""The public doors to materials: the list of an event, and each file at its lasting address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from flask import Blueprint, Response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.http import http_date
from werkzeug.wrappers import Response as AnyResponse

from eventsys.agenda.models import AgendaSession
from eventsys.events import visits
from eventsys.events.models import Event
from eventsys.events.presentation import strip
from eventsys.events.queries import visible_event
from eventsys.kernel import access, clock, storage
from eventsys.kernel.database import reading
from eventsys.materials import cards, queries, rules
from eventsys.materials.errors import MaterialNotForYou, MaterialUnknown
from eventsys.materials.models import Material, MaterialVersion
from eventsys.registration.queries import settings_of, viewer_of
from eventsys.registration.rules import is_open, may_see
from eventsys.streams.rules import barrier
from eventsys.streams.views import personal_path

bp = Blueprint("materials", __name__)

# A document shown in place loads nothing and runs nothing.
_SHOWN = "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; frame-ancestors 'none'"
_SAVED = "default-src 'none'; sandbox; frame-ancestors 'none'"


@bp.get("/events/<slug>/materials")
def index(slug: str) -> AnyResponse:
    """All slides, recordings and reports of an event; what is not for this visitor is named, not linked."""
    return visits.page(slug, ("materials",), _index_page, is_kept=False)


def _index_page(session: Session, event: Event) -> str:
    viewer = viewer_of(session, event)
    listed = [material for material in queries.of_event(session, event.id) if rules.is_listed(material, viewer)]
    barriers = {barrier(material.audience, viewer) for material in listed} - {None}
    is_registering = is_open(event, settings_of(session, event.id), clock.now())
    return render_template(
        "materials/index.html",
        event=event,
        groups=[(entry, [cards.card_of(event, one, viewer) for one in some]) for entry, some in _by_session(listed)],
        barriers=sorted(found for found in barriers if found),
        may_register=is_registering and not viewer.registrations,
        personal_path=personal_path(viewer),
        **strip(event),
    )


def _by_session(materials: Sequence[Material]) -> list[tuple[AgendaSession | None, list[Material]]]:
    return [(entry, list(some)) for entry, some in groupby(materials, key=lambda material: material.session)]


@bp.app_template_global()
def recordings_of(event: Event) -> dict[int, str]:
    """Addresses of the recordings this visitor may watch, by session id, for the live page: streams stand below
    materials and cannot ask for them."""
    session = reading()
    viewer = viewer_of(session, event)
    found = queries.recordings(session, event.id)
    return {
        number: cards.path_of(event, material)
        for number, material in found.items()
        if may_see(material.audience, viewer)
    }


@bp.get("/events/<slug>/materials/<key>")
@bp.get("/events/<slug>/materials/<key>/<filename>")
def download(slug: str, key: str, filename: str = "") -> AnyResponse:
    """The newest version, or `?version=N`. The name at the end of the address is for people and decides nothing."""
    session = reading()
    event = visible_event(session, slug)
    material = queries.find_material(session, event.id, key)
    if material is None:
        raise MaterialUnknown
    _refuse_unless_for_visitor(event, material)
    version = _asked_version(material)
    if version.url is not None:
        return redirect(version.url, 302)
    return _file(version, is_public=material.audience == "public" and event.is_listed)


def _refuse_unless_for_visitor(event: Event, material: Material) -> None:
    if material.audience == "public":
        return
    viewer = viewer_of(reading(), event)
    if not may_see(material.audience, viewer):
        if not rules.is_listed(material, viewer) and not access.is_signed_in():
            raise MaterialUnknown
        raise MaterialNotForYou


def _asked_version(material: Material) -> MaterialVersion:
    asked = request.args.get("version")
    for version in reversed(material.versions):
        if asked is None or str(version.number) == asked:
            return version
    raise MaterialUnknown


def _file(version: MaterialVersion, *, is_public: bool) -> Response:
    """A whole file, or the one range that was asked for (RFC 9110, section 14); several ranges get the whole."""
    response = Response(content_type=version.media_type or "application/octet-stream")
    is_shown = rules.is_shown(version.media_type)
    etag = version.sha256[:32]
    response.set_etag(etag)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Last-Modified"] = http_date(version.created_at)
    response.headers["Cache-Control"] = "no-cache" if is_public else "private, no-cache"
    response.headers["Content-Disposition"] = rules.disposition(
        "inline" if is_shown else "attachment", version.filename or "file"
    )
    response.headers["Content-Security-Policy"] = _SHOWN if is_shown else _SAVED
    if _is_known(etag, version.created_at):
        response.status_code = 304
        return response
    return _with_body(response, version.storage_key or "", version.size, etag)


def _is_known(etag: str, modified: datetime) -> bool:
    """Whether the browser holds this version already (RFC 9110, section 13.1)."""
    if request.if_none_match:
        return request.if_none_match.contains_weak(etag)
    since = request.if_modified_since
    return since is not None and modified.replace(microsecond=0) <= since


def _with_body(response: Response, key: str, size: int, etag: str) -> Response:
    wanted = _wanted_range(size, etag)
    if wanted == (0, 0):
        response.status_code = 416
        response.headers["Content-Range"] = f"bytes */{size}"
        del response.headers["Content-Disposition"]
        return response
    start, end = wanted or (0, size)
    if wanted is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    if request.method == "HEAD":
        storage.refuse_unless_kept(key)
    else:
        response.response = storage.read(key, start, end)
    response.content_length = end - start
    return response


def _wanted_range(size: int, etag: str) -> tuple[int, int] | None:
    """The one range asked for as (start, end); None for the whole; (0, 0) when it cannot be given."""
    asked = request.range
    # Ranges are a matter of GET alone (RFC 9110, section 14.2).
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or request.method != "GET":
        return None
    if (condition := request.headers.get("If-Range")) and condition != f'"{etag}"':
        return None
    start, end = asked.ranges[0]
    if start < 0:
        return (max(0, size + start), size)
    if start >= size:
        return (0, 0)
    return (start, min(size, end if end is not None else size))
