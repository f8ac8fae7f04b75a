"""What all doors for devices share: the bearer token and its desk, the JSON that came in, the JSON that goes out."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.checkin.errors import BodyMisread, DeviceUnknown, RoleLacks
from eventsys.checkin.forms import read_instant
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk
from eventsys.kernel import clock

# Below this, compressing costs more than it saves.
_WORTH_COMPRESSING = 2000


def bearer() -> str:
    """The token of the device that asks; raises DeviceUnknown."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 20 <= len(token.strip()) <= 100:
        raise DeviceUnknown
    return token.strip()


def desk_asking(session: Session, slug: str | None, *, deed: str) -> Desk:
    """The desk of the device that asks, if it is there for `deed`.

    Raises DeviceUnknown, DeviceElsewhere and RoleLacks.
    """
    desk = gate.desk_of(session, bearer(), slug=slug, now=clock.now())
    if not desk.may(deed):
        raise RoleLacks
    return desk


def body() -> Any:
    """What was sent, as JSON; raises BodyMisread."""
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise BodyMisread from None


def since() -> datetime | None:
    """The cursor that was given, or None; raises BodyMisread."""
    given = request.args.get("since")
    try:
        # A plus sign that was not escaped in the address arrives as a blank.
        return read_instant(given.replace(" ", "+")) if given else None
    except ValueError:
        raise BodyMisread(_("“since” must be the cursor of an earlier answer.")) from None


def said(value: Any) -> Response:
    """JSON, compressed where it is long and the asker can read that."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(text, content_type="application/json")
    if len(text) > _WORTH_COMPRESSING and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(text, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    return response


def name_the_scheme(response: Response) -> Response:
    """RFC 6750, section 3: a refused token is told what is asked for."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="check-in"'
    return response
