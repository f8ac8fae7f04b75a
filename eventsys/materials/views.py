"""The public doors to materials: the list of an event, and each file at its lasting address."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.http import http_date
from werkzeug.wrappers import Response as AnyResponse

from eventsys.agenda.models import AgendaSession
from eventsys.events.models import Event
from eventsys.events.queries import visible_event
from eventsys.kernel import access, storage
from eventsys.kernel.database import reading
from eventsys.materials import queries, rules
from eventsys.materials.errors import MaterialNotForYou, MaterialUnknown
from eventsys.materials.models import Material, MaterialVersion
from eventsys.registration.queries import viewer_of
from eventsys.registration.rules import may_see

bp = Blueprint("materials", __name__)

# A document shown in place loads nothing and runs nothing.
_SHOWN = "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; frame-ancestors 'none'"
_SAVED = "default-src 'none'; sandbox; frame-ancestors 'none'"


@bp.get("/events/<slug>/materials")
def index(slug: str) -> str:
    """All slides, recordings and reports of an event; what is not for this visitor is named, not linked."""
    session = reading()
    event = visible_event(session, slug)
    viewer = viewer_of(session, event)
    materials = queries.of_event(session, event.id)
    open_keys = {material.key for material in materials if may_see(material.audience, viewer)}
    return render_template(
        "materials/index.html",
        event=event,
        groups=_by_session(materials),
        open_keys=open_keys,
        has_hidden=len(open_keys) < len(materials),
    )


def _by_session(materials: Sequence[Material]) -> list[tuple[AgendaSession | None, list[Material]]]:
    return [(entry, list(some)) for entry, some in groupby(materials, key=lambda material: material.session)]


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
    return _file(version, is_public=material.audience == "public" and event.is_public)


def _refuse_unless_for_visitor(event: Event, material: Material) -> None:
    if material.audience == "public":
        return
    if not may_see(material.audience, viewer_of(reading(), event)):
        if material.audience == "staff" and not access.is_signed_in():
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
    key = version.storage_key or ""
    storage.refuse_unless_kept(key)
    response = Response(content_type=version.media_type or "application/octet-stream")
    is_shown = rules.is_shown(version.media_type)
    etag = f'"{version.sha256[:32]}"'
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(version.created_at)
    response.headers["Cache-Control"] = "no-cache" if is_public else "private, no-cache"
    response.headers["Content-Disposition"] = rules.disposition(
        "inline" if is_shown else "attachment", version.filename or "file"
    )
    response.headers["Content-Security-Policy"] = _SHOWN if is_shown else _SAVED
    if etag in request.headers.get("If-None-Match", ""):
        response.status_code = 304
        return response
    return _with_body(response, key, version.size, etag)


def _with_body(response: Response, key: str, size: int, etag: str) -> Response:
    wanted = _wanted_range(size, etag)
    if wanted == (0, 0):
        response.status_code = 416
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    start, end = wanted or (0, size)
    if wanted is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response.content_length = end - start
    if request.method != "HEAD":
        response.response = storage.read(key, start, end)
    return response


def _wanted_range(size: int, etag: str) -> tuple[int, int] | None:
    """The one range asked for as (start, end); None for the whole; (0, 0) when it cannot be given."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    if (condition := request.headers.get("If-Range")) and condition != etag:
        return None
    start, end = asked.ranges[0]
    if start < 0:
        return (max(0, size + start), size)
    if start >= size:
        return (0, 0)
    return (start, min(size, end if end is not None else size))
