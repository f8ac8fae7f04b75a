"""QR codes as one vector path, so that they stay sharp on a phone, on paper and in a PDF."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Any

# ISO/IEC 18004 asks for four light modules around the symbol: without them cheap scanners see nothing.
QUIET_ZONE = 4

# Choosing the best of the eight masks costs six times the drawing itself, and any is legal: the symbol names its own.
_MASK = 3


def qr_matrix(code: str) -> list[list[bool]]:
    """Give the dark modules row by row, without quiet zone, at error correction Q.

    Up to 29 characters of the QR alphanumeric set make a version 2 symbol (25 by 25); other or longer text grows it.
    """
    from qrcode.constants import ERROR_CORRECT_Q
    from qrcode.main import QRCode

    symbol: QRCode[Any] = QRCode(version=2, error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=_MASK)
    symbol.add_data(code, optimize=0)
    symbol.make(fit=True)
    return [[bool(module) for module in row] for row in symbol.modules]


def qr_path(matrix: list[list[bool]], *, offset: int = 0) -> str:
    """Give SVG path data, one rectangle for each horizontal run of dark modules.

    All runs are one path: drawn as several shapes, neighbours would show a hairline of paper between them.
    """
    steps = []
    for y, row in enumerate(matrix, start=offset):
        x = offset
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                steps.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return "".join(steps)


def qr_svg(code: str, *, title: str = "") -> str:
    """Draw the code as an SVG element for a page, dark on its own white ground in every colour scheme.

    With `title` it is an image of that name for screen readers; without, it is hidden from them, for places where
    the readable code stands beside it.
    """
    matrix = qr_matrix(code)
    size = len(matrix) + 2 * QUIET_ZONE
    name = f'role="img"><title>{escape(title)}</title>' if title else 'aria-hidden="true">'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" '
        f'{name}<path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="#000" d="{qr_path(matrix, offset=QUIET_ZONE)}"/></svg>'
    )


def qr_print_svg(code: str) -> str:
    """Draw the code for a sheet: dark modules only, no ground; the layout keeps the quiet zone free."""
    matrix = qr_matrix(code)
    size = len(matrix)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{qr_path(matrix)}"/></svg>'
