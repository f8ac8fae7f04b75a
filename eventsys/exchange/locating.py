"""On which line of a JSON text a value stands: asked only when something there is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(strict=False)


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) of the value at `path`, or of the nearest value around it."""
    place = 0
    try:
        place = _after_blank(text, 0)
        for step in path:
            place = _in_list(text, place, step) if isinstance(step, int) else _in_object(text, place, step)
    except (ValueError, IndexError):
        # A name that is missing has no line of its own: what should hold it does.
        pass
    return text.count("\n", 0, place) + 1


def said_path(path: Sequence[str | int]) -> str:
    """`sessions[3].room`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _after_blank(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found else place


def _in_object(text: str, place: int, name: str) -> int:
    if text[place] != "{":
        raise ValueError
    place = _after_blank(text, place + 1)
    while text[place] == '"':
        found, place = _DECODER.raw_decode(text, place)
        place = _after_blank(text, _after_blank(text, place) + 1)
        if found == name:
            return place
        place = _past(text, place)
    raise ValueError


def _in_list(text: str, place: int, number: int) -> int:
    if text[place] != "[":
        raise ValueError
    place = _after_blank(text, place + 1)
    for _skipped in range(number):
        place = _past(text, place)
    return place


def _past(text: str, place: int) -> int:
    """The beginning of what follows the value at `place` and its comma."""
    _value, place = _DECODER.raw_decode(text, place)
    place = _after_blank(text, place)
    return _after_blank(text, place + 1) if text[place] == "," else place
