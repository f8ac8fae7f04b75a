"""What templates draw with: the strokes of an icon, and the design's hue nearest to a colour an organiser named."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup

from eventsys.settings import ROOT

_ICONS = ROOT / "static" / "vendor" / "lucide"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COLOUR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")

# The colours of .tint-1 … .tint-12 in static/css/tokens.css on paper; the last is the grey one.
TINTS = (
    "#015c72", "#17548f", "#414a91", "#5d4188", "#713975", "#7f335b",
    "#86323a", "#853816", "#6f4a04", "#565602", "#0d632d", "#485363",
)  # fmt: skip
_GREY = len(TINTS)


@lru_cache(maxsize=256)
def icon_paths(name: str) -> Markup:
    """The shapes inside one Lucide icon; nothing for a name the set does not have."""
    file = _ICONS / f"{name}.svg"
    if not _NAME.fullmatch(name) or not file.is_file():
        return Markup("")
    body = file.read_text(encoding="utf-8").partition("<svg")[2].partition(">")[2].rpartition("</svg>")[0]
    return Markup(re.sub(r"\s+", " ", body).replace("> <", "><").strip())


@lru_cache(maxsize=1024)
def nearest_tint(colour: str | None) -> int | None:
    """The number of the tint whose hue is nearest to a colour such as `#0b5394`; None for what is no colour.

    An organiser's exact colour may be unreadable on paper or at night; a tint of its hue is not.
    """
    found = _COLOUR.fullmatch(colour or "")
    if not found:
        return None
    hue, chroma = _hue_and_chroma(found[1])
    if chroma < 0.12:
        return _GREY
    return min(range(1, _GREY), key=lambda tint: _apart(hue, _hue_and_chroma(TINTS[tint - 1][1:])[0]))


def _hue_and_chroma(digits: str) -> tuple[float, float]:
    """Hue in degrees, and how colourful it is from 0 (grey) to 1."""
    pairs = [digit * 2 for digit in digits] if len(digits) == 3 else [digits[at : at + 2] for at in (0, 2, 4)]
    red, green, blue = (int(pair, 16) / 255 for pair in pairs)
    top, span = max(red, green, blue), max(red, green, blue) - min(red, green, blue)
    if span == 0:
        return 0.0, 0.0
    if top == red:
        hue = ((green - blue) / span) % 6
    elif top == green:
        hue = (blue - red) / span + 2
    else:
        hue = (red - green) / span + 4
    return hue * 60, span


def _apart(one: float, other: float) -> float:
    """Degrees between two hues, the short way round."""
    return abs((one - other + 180) % 360 - 180)
