"""The QR of the page: what it holds, how large it is, what it may not contain."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from eventsys.badges.codes import QUIET_ZONE, _encoded, qr_path, qr_rows, qr_svg
from tests.badges.names import code_of


def _rectangles(path: str) -> Iterator[tuple[int, int, int]]:
    """Where each begins, and how wide it is: `M` by itself, `m` from the beginning of the one before (SVG, 9.3.3)."""
    x = y = 0
    for absolute, across, down, width in re.findall(r"(?:M(\d+ \d+))?m(\d+) (\d+)h(\d+)v1h-\4z", path):
        x, y = (int(number) for number in absolute.split()) if absolute else (x, y)
        x, y = x + int(across), y + int(down)
        yield x, y, int(width)


def _picture(path: str, size: int) -> Image.Image:
    """Fill the rectangles of the path by hand, six dots a module."""
    picture = Image.new("L", (6 * size, 6 * size), 255)
    for x, y, width in _rectangles(path):
        picture.paste(0, (6 * x, 6 * y, 6 * (x + width), 6 * (y + 1)))
    return picture


@pytest.mark.parametrize("code", ["A", code_of(7), "0" * 29, "HTTPS://EXAMPLE.ORG/$%*+-./:", "small letters, and ä"])
def test_the_path_holds_the_code(code: str) -> None:
    rows = qr_rows(code)
    picture = _picture(qr_path(rows, offset=QUIET_ZONE), len(rows) + 2 * QUIET_ZONE)
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [code]


def test_twenty_nine_characters_make_version_2_at_correction_q() -> None:
    rows = qr_rows("K" * 29)
    found = zxingcpp.read_barcodes(_picture(qr_path(rows, offset=QUIET_ZONE), 33))[0]
    assert (len(rows), found.ec_level) == (25, "Q")
    assert len(qr_rows("K" * 30)) == 29


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", min_size=29, max_size=29))
def test_a_symbol_summed_of_its_parts_is_the_symbol(code: str) -> None:
    assert qr_rows(code) == _encoded(code)


def test_the_element_leaves_the_quiet_zone_free() -> None:
    svg = qr_svg(code_of(1))
    starts = [(x, y) for x, y, _width in _rectangles(svg)]
    assert 'viewBox="0 0 33 33"' in svg
    assert (min(x for x, _ in starts), min(y for _, y in starts), max(y for _, y in starts)) == (4, 4, 28)


def test_the_element_names_itself_or_hides() -> None:
    assert 'role="img"><title>Ada &lt;b&gt;</title>' in qr_svg("A", title="Ada <b>")
    assert 'aria-hidden="true"' in qr_svg("A")
    assert "<title>" not in qr_svg("A")


def test_the_element_suits_a_page_without_inline_style_or_script() -> None:
    assert re.findall(r"style=|on\w+=|<script|<style|#{", qr_svg("A", title="T")) == []
