"""The curve of arrivals as a picture: paths that the page and its script draw alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 600, 160
_TICKS = 5
Points = Sequence[Sequence[int]]


def drawn(came: Points, usual: Points, expected: int) -> dict[str, Any]:
    """SVG paths in a box of WIDTH by HEIGHT: `came` as it went, `usual` as it goes by what is known of the past.

    Both are rows of (seconds since 1970, people). `goal` is the height of the expected number, `ticks` are instants
    under even steps of the width.
    """
    instants = [point[0] for point in (*came, *usual)]
    if not instants:
        return {"came": "", "area": "", "usual": "", "goal": 0, "ticks": []}
    first, last = _whole(min(instants), max(instants))
    top = max([expected, 1, *(point[1] for point in (*came, *usual))])
    line = _path(came, first, last, top)
    area = f"{line}V{HEIGHT}H{_x(came[0][0], first, last)}Z" if came else ""
    return {
        "came": line,
        "area": area,
        "usual": _path(usual, first, last, top),
        "goal": _y(expected, top),
        "ticks": [first + (last - first) * number // (_TICKS - 1) for number in range(_TICKS)],
    }


def _whole(first: int, last: int) -> tuple[int, int]:
    """Whole quarters of an hour under the ticks: from a half hour on, over as many hours as it takes."""
    first -= first % 1800
    return first, first + max(1, -(-(last - first) // 3600)) * 3600


def _path(points: Points, first: int, last: int, top: int) -> str:
    return "M" + "L".join(f"{_x(at, first, last)},{_y(people, top)}" for at, people in points) if points else ""


def _x(at: int, first: int, last: int) -> float:
    return round((at - first) / max(1, last - first) * WIDTH, 1)


def _y(people: int, top: int) -> float:
    return round(HEIGHT - people / top * (HEIGHT - 2), 1)
