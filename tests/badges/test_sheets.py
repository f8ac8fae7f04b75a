"""The printed badge and ticket, read back from their pixels: every name whole, every code readable, once a page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader

from eventsys.badges.colours import LEAST_CONTRAST, contrast, ground, readable_on
from eventsys.badges.errors import LayoutUnknown, NothingToDraw
from eventsys.badges.faces import TicketFace
from eventsys.badges.sheets import badge_pdf, ticket_pdf, write_badges
from tests.badges.names import LONG, NAMES, ONE_WORD, badge, code_of
from tests.badges.reading import MM, codes, darkest, fonts, glyphs, is_embedded, pictures

WHITE = 255
INNER = (9.0, 96.0)

TICKET = TicketFace(
    name="Ioanna Papadaki",
    code=code_of(1),
    short_code="K7PM-2QXD",
    event_title="Protecting public spaces",
    when=("Thursday 3 December 2026, 09:00–17:30",),
    where=("Albert Borschette Congress Centre", "Rue Froissart 36, 1040 Brussels"),
    affiliation="Hellenic Centre for Security Studies",
    mode_label="On site",
    state_label="You are in, on site",
    notes=("The doors open at 08:15.",),
    link="https://events.example.org/r/Zk3vY8mQ1xT7rB2nW9cLd4",
    site_name="Security Research Events",
)


@pytest.fixture(scope="module")
def sheet() -> bytes:
    return badge_pdf(badge(name, number) for number, name in enumerate(NAMES))


def test_every_badge_carries_its_own_code_once(sheet: bytes) -> None:
    assert [codes(picture) for picture in pictures(sheet)] == [[code_of(number)] for number in range(len(NAMES))]


def test_no_name_leaves_its_box(sheet: bytes) -> None:
    """Ink stands neither in the side margins, nor above the name, nor in the quiet zone of the code."""
    for name, picture in zip(NAMES, pictures(sheet), strict=True):
        strips = {
            "left": darkest(picture, x=(0, 8.4), y=(0, 131)),
            "right": darkest(picture, x=(96.6, 105), y=(0, 131)),
            "under the head": darkest(picture, x=(0, 105), y=(23.4, 24.2)),
            "over the code": darkest(picture, x=(0, 105), y=(82.2, 86.6)),
            "beside the code": darkest(picture, x=(41.4, 45.8), y=(82.2, 124)),
            "under the code": darkest(picture, x=(0, 105), y=(119.8, 123.6)),
        }
        assert strips == dict.fromkeys(strips, WHITE), name


def test_the_name_is_there_and_largest(sheet: bytes) -> None:
    for page in PdfReader(BytesIO(sheet)).pages:
        sizes: list[float] = []
        page.extract_text(visitor_operand_before=partial(_note_size, sizes))
        name = sizes[2]  # After title and facts of the event.
        assert [size for size in sizes if size != name and size > name * 0.86] == []


def _note_size(sizes: list[float], operator: bytes, operands: list[float], *_: object) -> None:
    if operator == b"Tf":
        sizes.append(float(operands[1]))


@pytest.mark.parametrize(
    "name", ["Ioanna Papadaki", LONG, "Владимир Преображенский", "Ελένη Παπαδοπούλου", "#let {x} $a$ *b*"]
)
def test_a_name_is_not_cut(name: str) -> None:
    text = pypdfium2.PdfDocument(badge_pdf([badge(name)]))[0].get_textpage().get_text_range()
    assert name.replace(" ", "").replace("-", "") in "".join(text.split()).replace("-", "").replace("\ufffe", "")


def test_a_word_longer_than_the_badge_breaks_and_keeps_its_letters() -> None:
    text = pypdfium2.PdfDocument(badge_pdf([badge(ONE_WORD)]))[0].get_textpage().get_text_range()
    kept = "".join(letter for letter in text if letter.isalpha())
    assert ONE_WORD in kept


def test_the_code_is_a_vector_of_at_least_30_mm() -> None:
    pdf = badge_pdf([badge("Ada")])
    page = PdfReader(BytesIO(pdf)).pages[0]
    picture = next(pictures(pdf, dpi=254))
    rows = [y for y in range(picture.height) if picture.crop((80, y, 420, y + 1)).getextrema()[0] == 0 and y < 1300]
    assert "/XObject" not in page["/Resources"]
    assert (max(rows) - min(row for row in rows if row > 800)) / 10 > 30


def test_every_font_is_embedded_and_no_glyph_is_missing(sheet: bytes) -> None:
    reader = PdfReader(BytesIO(sheet))
    assert {is_embedded(font) for page in reader.pages for font in fonts(page)} == {True}
    assert [NAMES[number] for number, page in enumerate(reader.pages) if 0 in set(glyphs(page, reader))] == []


def test_scripts_are_drawn_by_fonts_of_their_own(sheet: bytes) -> None:
    reader = PdfReader(BytesIO(sheet))
    used = {NAMES[number]: {str(font["/BaseFont"]) for font in fonts(page)} for number, page in enumerate(reader.pages)}
    expected = {
        "محمد عبد الله الحسيني": "NotoSansArabic",
        "דוד בן־גוריון": "NotoSansHebrew",
        "王小明": "NotoSansSC",
        "김민수": "NotoSansKR",
        "アレクサンドラ・イヴァーノヴナ・コンスタンティノポリスカヤ": "NotoSansJP",
    }
    assert {name: any(family in font for font in used[name]) for name, family in expected.items()} == dict.fromkeys(
        expected, True
    )


def test_markup_in_a_name_is_text() -> None:
    plain, odd = badge_pdf([badge("Ada")]), badge_pdf([badge('#panic("x") #image("/etc/passwd")')])
    assert len(PdfReader(BytesIO(odd)).pages) == len(PdfReader(BytesIO(plain)).pages) == 1


@pytest.mark.parametrize(
    "colour", ["#ffffff", "#000000", "#ffd617", "#808080", "#0f0", "#7a3e8e", "red", "", "#12345g"]
)
def test_the_sector_reads_on_any_colour(colour: str) -> None:
    assert contrast(readable_on(ground(colour)), ground(colour)) >= LEAST_CONTRAST


def test_contrast_is_that_of_the_standard() -> None:
    assert (contrast("#000000", "#ffffff"), round(contrast("#777777", "#ffffff"), 2)) == (21.0, 4.48)


def test_the_bar_has_the_colour_of_the_sector() -> None:
    page = pypdfium2.PdfDocument(badge_pdf([badge("Ada", sector_colour="#a1201a", sector_label="")]))[0]
    assert page.render(scale=1).to_pil().getpixel((20, 400)) == (0xA1, 0x20, 0x1A)


def test_types_differ_by_shape() -> None:
    kinds = ("participant", "speaker", "staff", "press", "guest")
    pdf = badge_pdf(badge("Ada", affiliation="", type_key=kind, type_label="X") for kind in kinds)
    shapes = {picture.crop((380, 690, 500, 1000)).tobytes() for picture in pictures(pdf)}
    assert len(shapes) == len(kinds)


def test_the_sheet_says_its_title_and_language() -> None:
    root = PdfReader(BytesIO(badge_pdf([badge("Ada", language="de")]))).trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("de", True)
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert ">Badges: Protecting public spaces<" in metadata


def test_a_badge_in_a_language_from_the_right_is_mirrored() -> None:
    left, right = (next(pictures(badge_pdf([badge("Ada", language=language)]))) for language in ("en", "ar"))
    assert codes(right) == codes(left) == [code_of(0)]
    assert darkest(left, x=(64, 96), y=(87, 100)) == WHITE
    assert darkest(right, x=(64, 96), y=(87, 100)) < WHITE


def test_nobody_and_an_unknown_layout_are_refused_with_nothing_written() -> None:
    out = BytesIO()
    with pytest.raises(NothingToDraw, match="nobody to print"):
        write_badges([], out)
    with pytest.raises(LayoutUnknown, match=r"no badge layout “a3”. Choose one of: a6, a7, .*fold\."):
        write_badges([badge("Ada")], out, layout="a3")
    assert out.getvalue() == b""


def test_a_ticket_holds_one_code_and_what_one_needs_on_the_day() -> None:
    pdf = ticket_pdf(TICKET)
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(document[0].get_textpage().get_text_range().split())
    assert [codes(picture) for picture in pictures(pdf, dpi=150)] == [[code_of(1)]]
    for wanted in (TICKET.name, TICKET.event_title, *TICKET.when, *TICKET.where, TICKET.short_code, TICKET.link):
        assert wanted in text
    size = PdfReader(BytesIO(pdf)).pages[0].mediabox
    assert (round(float(size.width) / MM), round(float(size.height) / MM)) == (148, 210)


@pytest.mark.parametrize("name", NAMES)
def test_a_ticket_keeps_every_name_beside_its_code(name: str) -> None:
    picture = next(pictures(ticket_pdf(replace(TICKET, name=name, event_title=name, affiliation=name)), dpi=150))
    assert codes(picture) == [code_of(1)]
    assert darkest(picture, x=(136.4, 148), y=(0, 210), dpi=150) == WHITE


def test_many_notes_flow_to_a_second_page_with_no_second_code() -> None:
    pdf = ticket_pdf(replace(TICKET, notes=tuple(f"Note number {number} of the day." for number in range(30))))
    assert [codes(picture) for picture in pictures(pdf, dpi=150)] == [[code_of(1)], []]


def test_a_ticket_that_does_not_open_the_door_looks_otherwise() -> None:
    valid, waiting = (next(pictures(ticket_pdf(replace(TICKET, is_valid=flag)))) for flag in (True, False))
    assert valid.tobytes() != waiting.tobytes()
