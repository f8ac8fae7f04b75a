"""Reads a PDF back with libraries that did not make it: pixels, QR codes, fonts and tags."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pypdfium2
import zxingcpp
from PIL.Image import Image
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

MM = 72 / 25.4


def pictures(pdf: bytes, *, dpi: int = 203) -> Iterator[Image]:
    """Draw page after page in grey; 203 dots an inch are what a cheap badge printer has."""
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        yield page.render(scale=dpi / 72).to_pil().convert("L")
    document.close()


def codes(picture: Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def darkest(picture: Image, *, x: tuple[float, float], y: tuple[float, float], dpi: int = 203) -> int:
    """The darkest grey in a rectangle given in millimetres: 255 where the paper shows."""
    dots = dpi / 25.4
    box = (round(x[0] * dots), round(y[0] * dots), round(x[1] * dots), round(y[1] * dots))
    return int(picture.crop(box).getextrema()[0])


def fonts(page: PageObject) -> list[Any]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


def is_embedded(font: Any) -> bool:
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    return bool({"/FontFile", "/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"].get_object()))


def glyphs(page: PageObject, reader: PdfReader) -> Iterator[int]:
    """The glyph numbers that the page shows; 0 is .notdef, the empty box."""
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        pieces = operands[0] if operator == b"TJ" else operands if operator == b"Tj" else []
        for piece in pieces:
            data = getattr(piece, "original_bytes", b"")
            yield from (int.from_bytes(data[place : place + 2]) for place in range(0, len(data), 2))


def tags(pdf: bytes) -> list[tuple[str, list[int]]]:
    """Each element under the document with the numbers of the pages that its content stands on."""
    reader = PdfReader(BytesIO(pdf), strict=True)
    numbers = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)}
    document = reader.trailer["/Root"]["/StructTreeRoot"]["/K"][0].get_object()
    return [_element(kid.get_object(), numbers) for kid in document["/K"]]


def _element(element: Any, numbers: dict[int, int]) -> tuple[str, list[int]]:
    return str(element["/S"]), [numbers[place] for place in _pages(element)]


def _pages(element: Any) -> list[int]:
    own = [element.raw_get("/Pg").idnum] if "/Pg" in element else []
    kids = element.get("/K", [])
    inner = [kid.get_object() for kid in (kids if isinstance(kids, list) else [kids])]
    return own + [page for kid in inner if not isinstance(kid, int) for page in _pages(kid)]
