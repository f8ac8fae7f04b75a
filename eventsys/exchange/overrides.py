"""What whoever imports says better than the file does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _no_zone(_slug: str) -> str:
    return "Europe/Brussels"


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """Options of the import. `zone_of` gives the zone of an event by its slug, for files that name none."""

    slug: str | None = None
    title: str | None = None
    kind: str | None = None
    timezone: str | None = None
    zone_of: Callable[[str], str] = _no_zone
