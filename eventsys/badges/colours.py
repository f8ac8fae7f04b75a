"""Which ink can be read on a colour that an organiser chose."""

from __future__ import annotations

import re

INK = "#17202e"
WHITE = "#ffffff"
BLACK = "#000000"

# Bars by type; the mark beside them says the same by its shape.
TYPE_COLOURS = {
    "participant": "#2f5d62",
    "speaker": "#8a2b2b",
    "staff": "#17202e",
    "press": "#5b4a8a",
    "guest": "#8a5a00",
}

# WCAG 2.2, success criterion 1.4.3.
LEAST_CONTRAST = 4.5


def ground(colour: str) -> str:
    """Give the colour as `#rrggbb`, or ink where it is none."""
    if re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return colour
    if re.fullmatch(r"#[0-9a-fA-F]{3}", colour):
        return "#" + "".join(2 * digit for digit in colour[1:])
    return INK


def readable_on(colour: str) -> str:
    """Give white or ink, whichever reads at 4.5:1 on this `#rrggbb`; black where neither does."""
    return next((ink for ink in (WHITE, INK) if contrast(ink, colour) >= LEAST_CONTRAST), BLACK)


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of WCAG 2.2 between two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
