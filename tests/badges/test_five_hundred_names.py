"""Five hundred names on paper, as a cheap printer draws them: every code readable, no ink outside its box."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw

from eventsys.badges.advances import is_plain
from eventsys.badges.designs import FORMATS, Design, Text, built_in, read_design
from eventsys.badges.sheets import design_pdf
from eventsys.badges.writing import drawable
from tests.badges.many_names import FIVE_HUNDRED
from tests.badges.names import badge, code_of
from tests.badges.reading import pictures

DPI = 203
DOTS = DPI / 25.4

# The edge of a letter may blur into two dots.
HAIR = 2


def _text(id: str, place: tuple[float, float, float, float], size: float, **more: Any) -> dict[str, Any]:
    x, y, width, height = place
    return {"id": id, "kind": "text", "x": x, "y": y, "width": width, "height": height, "size": size, **more}


# Boxes of every proportion with paper between them, so that what leaves one is seen.
BOXES = read_design({
    "version": 1,
    "format": "a6",
    "sides": {"front": [
        _text("strip", (5, 5, 95, 6), 20, text="{name}", weight=700),
        _text("name", (5, 14, 95, 30), 44, text="{name}", weight=700, align="name", is_heading=True),
        _text("narrow", (5, 47, 20, 62), 30, text="{name}", valign="middle"),
        _text("small", (30, 47, 30, 8), 14, text="{name}", align="end"),
        _text("low", (65, 47, 35, 13), 24, text="{name}", align="center", valign="bottom", weight=700),
        _text("lines", (30, 63, 70, 11), 12, text="{name}\n{organisation}"),
        {"id": "qr", "kind": "qr", "x": 30, "y": 77, "width": 38, "height": 38},
        {"id": "code", "kind": "code", "x": 30, "y": 117, "width": 38, "height": 5, "size": 12},
        {"id": "bar", "kind": "bar", "x": 5, "y": 125, "width": 95, "height": 10, "text": "{name}", "inset": 3},
    ]},
})  # fmt: skip


def test_no_name_leaves_a_box_and_every_code_is_read() -> None:
    pdf = design_pdf(BOXES, (badge(name, number) for number, name in enumerate(FIVE_HUNDRED)))
    paper = _paper(BOXES)
    outside = {}
    read = []
    for name, picture in zip(FIVE_HUNDRED, pictures(pdf, dpi=DPI), strict=True):
        if found := _ink(picture, paper):
            outside[name] = found
        read.append(_codes(picture))
    assert outside == {}
    assert read == [[code_of(number)] for number in range(len(FIVE_HUNDRED))]


@pytest.mark.parametrize("key", FORMATS)
def test_every_format_keeps_strange_names_in_their_boxes(key: str) -> None:
    """Each tenth name, another set for each format."""
    design, start = built_in(key), list(FORMATS).index(key)
    names = FIVE_HUNDRED[start::10]
    pages = list(pictures(design_pdf(design, (badge(name, number) for number, name in enumerate(names))), dpi=DPI))
    badges = list(_badges(design, pages))[: len(names)]
    paper = _paper(design)
    assert {name: _ink(picture, paper) for name, picture in zip(names, badges, strict=True)} == dict.fromkeys(names)
    assert [_codes(picture) for picture in badges] == [[code_of(number)] for number in range(len(names))]


def test_a_name_is_whole_on_paper() -> None:
    """Read back letter by letter, where a PDF reader tells letters as they were: not in scripts that join them."""
    names = [name for name in FIVE_HUNDRED if is_plain(drawable(name))]
    document = pypdfium2.PdfDocument(design_pdf(BOXES, (badge(name, affiliation="") for name in names)))
    missing = []
    for name, page in zip(names, document, strict=True):
        text = _letters(page.get_textpage().get_text_range())
        # In six boxes and the bar, whole each time.
        if text.count(_letters(drawable(name)) or "k7pm") < 7 * bool(_letters(drawable(name))):
            missing.append(name)
    assert missing == []


@pytest.mark.parametrize("key", FORMATS)
def test_the_short_code_is_set_in_print_that_is_read_without_glasses(key: str) -> None:
    page = pypdfium2.PdfDocument(design_pdf(built_in(key), [badge("Ada", short_code="HHHH-HHHH")]))[0]
    text = page.get_textpage()
    place = text.get_text_range().index("HHHH-HHHH")
    left, bottom, right, top = text.get_charbox(place)
    # Points; capitals of eight-point print are 5.7 high.
    assert max(right - left, top - bottom) >= 5.5


def _codes(picture: Image.Image) -> list[str]:
    """QR codes only: somebody of the name of llllIIII makes a fine bar code."""
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)]


def _letters(text: str) -> str:
    return "".join(sign.casefold() for sign in text if sign.isalnum())


def _paper(design: Design) -> Image.Image:
    """White where the paper must stay free, black in every box of the front."""
    size = (round(design.width * DOTS), round(design.height * DOTS))
    paper = Image.new("L", size, 255)
    drawing = ImageDraw.Draw(paper)
    elements = {element.id: element for element in design.sides["front"]}
    for element in elements.values():
        # Who follows another may stand higher, up to where that one begins.
        above = elements[element.follows] if isinstance(element, Text) and element.follows else element
        left, top = element.x * DOTS - HAIR, above.y * DOTS - HAIR
        right, bottom = (element.x + element.width) * DOTS + HAIR, (element.y + element.height) * DOTS + HAIR
        drawing.rectangle((left, top, right, bottom), fill=0)
    return paper


def _ink(picture: Image.Image, paper: Image.Image) -> tuple[int, int, int, int] | None:
    """Where ink stands on paper that must stay free; None where there is none."""
    dark = picture.resize(paper.size).point(lambda grey: 255 if grey < 160 else 0)
    return ImageChops.multiply(dark, paper).getbbox()


def _badges(design: Design, pages: list[Image.Image]) -> Iterator[Image.Image]:
    """The fronts, cut out of the paper and the right way up."""
    width, height = design.width * DOTS, design.height * DOTS
    for page in pages:
        if design.sheet:
            for number in range(design.sheet.labels):
                left, top = (edge * DOTS for edge in design.sheet.place(number))
                yield page.crop((round(left), round(top), round(left + width), round(top + height)))
        elif design.form.is_fold:
            yield page.crop((round(width), round(height), round(2 * width), round(2 * height)))
        else:
            yield page.transpose(Image.Transpose.ROTATE_90) if design.form.is_turned else page
