"""Whether the process is up, and whether it can serve: for supervisors and load balancers."""

from __future__ import annotations

import time
from threading import Lock

from flask import Response, make_response

from eventsys.kernel.database import is_migrated, reading

# Probes come often and from many sides: one look a second is enough for all of them.
_KEPT_FOR = 1.0
_lock = Lock()
_last: tuple[float, str] | None = None


def healthz() -> Response:
    """200 while the process answers at all; asks nothing else."""
    return _plain("ok", 200)


def readyz() -> Response:
    """200 when the database answers and has the newest migration, else 503 with the reason."""
    reason = _reason()
    return _plain(reason or "ready", 503 if reason else 200)


def _reason() -> str:
    global _last  # noqa: PLW0603  One process has one state.
    with _lock:
        if _last is None or time.monotonic() - _last[0] > _KEPT_FOR:
            _last = (time.monotonic(), _look())
        return _last[1]


def _look() -> str:
    return "" if is_migrated(reading()) else "the database does not answer or lacks `eventsys db upgrade`"


def _plain(text: str, status: int) -> Response:
    response = make_response(text + "\n", status)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response
