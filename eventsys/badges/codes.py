"""QR codes as one vector path, so that they stay sharp on a phone, on paper and in a PDF."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import Any

# ISO/IEC 18004 asks for four light modules around the symbol: without them cheap scanners see nothing.
QUIET_ZONE = 4

# Choosing the best of the eight masks costs six times the drawing itself, and any is legal: the symbol names its own.
_MASK = 3

_RUNS = re.compile("1+")

# There are 8,192 pieces of a row of so many modules: few enough to keep.
_PIECE = 13


def qr_rows(code: str) -> list[str]:
    """Give the modules row by row, 1 for a dark one, without quiet zone, at error correction Q.

    Up to 29 characters of the QR alphanumeric set make a version 2 symbol (25 by 25); other or longer text grows it.
    """
    if len(code) == _USUAL_LENGTH and _ALPHANUMERIC.issuperset(code):
        return _unpacked(_summed(code))
    return _encoded(code)


def _encoded(code: str) -> list[str]:
    from qrcode.constants import ERROR_CORRECT_Q
    from qrcode.main import QRCode
    from qrcode.util import MODE_ALPHA_NUM, QRData

    symbol: QRCode[Any] = QRCode(version=2, error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=_MASK)
    # Digits alone would be packed more densely, and so differ in more than their own modules.
    mode: Any = MODE_ALPHA_NUM if _ALPHANUMERIC.issuperset(code) else None
    symbol.add_data(QRData(code, mode), optimize=0)
    symbol.make(fit=True)
    return ["".join("01"[bool(module)] for module in row) for row in symbol.modules]


# Symbols of one length and mask differ by a sum, module by module and without carry (ISO/IEC 18004: the error
# correction is linear, placement and mask are fixed). So each is the sum of the symbol of zeros and of what each bit of
# its characters turns over; two characters are 11 bits, the last one 6.
_SET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_ALPHANUMERIC = frozenset(_SET)
_VALUES = {character: value for value, character in enumerate(_SET)}
_USUAL_LENGTH = 29
_SIDE = 25


def _summed(code: str) -> int:
    zeros, _turned = _basis()
    found = zeros
    for place in range(0, _USUAL_LENGTH - 1, 2):
        found ^= _turned_by(place, 45 * _VALUES[code[place]] + _VALUES[code[place + 1]])
    return found ^ _turned_by(_USUAL_LENGTH - 1, _VALUES[code[-1]])


@cache
def _turned_by(place: int, value: int) -> int:
    """What characters of this value at this place turn over; there are 30,000 of these at most."""
    _zeros, turned = _basis()
    found = 0
    for bit, modules in enumerate(turned[place]):
        if value >> bit & 1:
            found ^= modules
    return found


@cache
def _basis() -> tuple[int, dict[int, list[int]]]:
    """The symbol of zeros, and by place and bit what a one there turns over."""
    blank = "0" * _USUAL_LENGTH
    zeros = _packed(_encoded(blank))
    turned: dict[int, list[int]] = {}
    for place in range(0, _USUAL_LENGTH, 2):
        pair = place + 1 < _USUAL_LENGTH
        signs = [_signs(1 << bit, is_pair=pair) for bit in range(11 if pair else 6)]
        codes = [blank[:place] + sign + blank[place + len(sign) :] for sign in signs]
        turned[place] = [zeros ^ _packed(_encoded(code)) for code in codes]
    return zeros, turned


def _signs(value: int, *, is_pair: bool) -> str:
    return _SET[value // 45] + _SET[value % 45] if is_pair else _SET[value]


def _packed(rows: list[str]) -> int:
    return int("".join(rows), 2)


def _unpacked(modules: int) -> list[str]:
    bits = f"{modules:0{_SIDE * _SIDE}b}"
    return [bits[start : start + _SIDE] for start in range(0, _SIDE * _SIDE, _SIDE)]


def qr_path(rows: list[str], *, offset: int = 0) -> str:
    """Give SVG path data, one rectangle for each horizontal run of dark modules in a piece of a row.

    All runs are one path: drawn as several shapes, neighbours would show a hairline of paper between them.
    """
    starts = range(0, len(rows), _PIECE)
    return "".join([
        f"M{x + offset} {y}{drawn}"
        for y, row in enumerate(rows, offset)
        for x in starts
        if (drawn := _runs(row[x : x + _PIECE]))
    ])  # fmt: skip


@cache
def _runs(modules: str) -> str:
    """The runs of a piece, each begun from where the one before it was; most pieces were drawn in other symbols."""
    drawn, before = "", 0
    for run in _RUNS.finditer(modules):
        width = run.end() - run.start()
        drawn += f"m{run.start() - before} 0h{width}v1h-{width}z"
        before = run.start()
    return drawn


def qr_svg(code: str, *, title: str = "") -> str:
    """Draw the code as an SVG element for a page, dark on its own white ground in every colour scheme.

    With `title` it is an image of that name for screen readers; without, it is hidden from them, for places where
    the readable code stands beside it.
    """
    rows = qr_rows(code)
    size = len(rows) + 2 * QUIET_ZONE
    name = f'role="img"><title>{escape(title)}</title>' if title else 'aria-hidden="true">'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" '
        f'{name}<path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="#000" d="{qr_path(rows, offset=QUIET_ZONE)}"/></svg>'
    )


def qr_print_svg(code: str) -> str:
    """Draw the code for a sheet: dark modules only, no ground; the layout keeps the quiet zone free."""
    rows = qr_rows(code)
    size = len(rows)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{qr_path(rows)}"/></svg>'
