"""How a request that mostly waits lets others work: it gives its lane back, at once or when its answer begins."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request

from eventsys.kernel.database import db

# Set in the environment of a request whose answer stays open for minutes, waiting for news most of the time.
STAYS_OPEN = "eventsys.stays_open"
# In that environment: what gives the lane of a request back (see `eventsys.lanes`).
LANE = "eventsys.lane"


def stand_aside() -> None:
    """Let others work while this request waits for what one of them does."""
    if leave := request.environ.get(LANE):
        leave()


def stay_open(events: Iterator[bytes]) -> Response:
    """Server-sent events, as they come. The database is let go before: an open answer must hold nothing that others
    wait for."""
    db.session.remove()
    request.environ[STAYS_OPEN] = True
    response = Response(events, content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    # Proxies that collect an answer before they pass it on would hold it back for ever.
    response.headers["X-Accel-Buffering"] = "no"
    return response
