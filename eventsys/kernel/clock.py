"""What time it is: the one place that asks the system's clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_offset = timedelta(0)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC) + _offset


def said_instant(instant: datetime) -> str:
    """An instant as programs read it: ISO 8601, in UTC, with milliseconds (2026-12-03T08:59:12.345Z)."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def set_offset(seconds: float) -> None:
    """Shift the clock for tests by process; the settings refuse it elsewhere."""
    global _offset  # noqa: PLW0603  One process has one clock.
    _offset = timedelta(seconds=seconds)


@contextmanager
def set_to(instant: datetime) -> Iterator[None]:
    """Let this process live at another instant for a while: how the demo community gets a history."""
    global _offset  # noqa: PLW0603  One process has one clock.
    before, _offset = _offset, instant - datetime.now(UTC)
    try:
        yield
    finally:
        _offset = before
