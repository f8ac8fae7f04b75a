"""What an element says of a person: placeholders, marks by who it is, lists that count what they cannot show."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from PIL import Image

from eventsys.badges.designs import Design, built_in, read_design
from eventsys.badges.faces import BadgeFace, Slot
from eventsys.badges.sheets import design_pdf, design_png, sheet_pages
from eventsys.badges.showing import face_hash, filled, shown
from tests.badges.names import badge
from tests.badges.reading import codes, pictures

FACE = replace(badge("Ada Lovelace"), first_name="Ada", last_name="Lovelace", answers={"table": "12"})


@pytest.fixture(autouse=True)
def _speaking(app: Flask) -> Any:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{name}", "Ada Lovelace"),
        ("{last_name}, {first_name}", "Lovelace, Ada"),
        ("Table {q_table}", "Table 12"),
        ("{q_none}\n{name}", "Ada Lovelace"),
        ("{dates} · {q_none} · {venue}", "3–4 December 2026 · Brussels"),
        ("{q_none} · {venue}", "Brussels"),
        ("{Name} {} { name }", "{Name} {} { name }"),
        ("plain", "plain"),
    ],
)
def test_placeholders_are_filled_and_leave_no_gap(text: str, expected: str) -> None:
    assert filled(text, FACE) == expected


def test_braces_in_a_name_are_not_filled_again() -> None:
    assert filled("{name}", replace(FACE, name="{short_code} {x}")) == "{short_code} {x}"


def _said(element: dict[str, Any], face: BadgeFace) -> Any:
    place = {"id": "it", "x": 5, "y": 5, "width": 40, "height": 20}
    design = read_design({"version": 1, "format": "a6", "sides": {"front": [place | element]}})
    return shown(design, face)["front"]["it"]


def test_who_has_not_agreed_to_photographs_carries_a_mark() -> None:
    element = {"kind": "consent", "question": "photo"}
    assert _said(element, FACE) == {"has_agreed": False, "text": "No photos"}
    agreed = replace(FACE, consents={"photo": True})
    assert _said(element, agreed) is None
    assert _said(element | {"shows": "both"}, agreed) == {"has_agreed": True, "text": "Photos welcome"}


def test_marks_of_access_go_to_those_they_are_for() -> None:
    marks = [
        {"letters": "AV", "tag": "AV team"},
        {"letters": "L", "question": "lunch"},
        {"letters": "V", "question": "diet", "answer": "vegan"},
    ]
    element = {"kind": "access", "marks": marks}
    face = replace(FACE, tags=frozenset({"av team"}), answers={"lunch": "no", "diet": "vegan, no nuts"})
    assert [mark["letters"] for mark in _said(element, face)] == ["AV", "V"]
    assert [mark["letters"] for mark in _said(element, replace(FACE, answers={"lunch": "yes"}))] == ["L"]


def _slots(number: int) -> tuple[Slot, ...]:
    return tuple(
        Slot(
            day=f"Day {place * 2 // number + 1}", time=f"{9 + place % 8:02}:00", title=f"Talk{place:03}", room="Room A"
        )
        for place in range(number)
    )


def _agenda(height: float) -> Design:
    element = {"id": "a", "kind": "agenda", "x": 5, "y": 5, "width": 60, "height": height, "heading": "Yours"}
    return read_design({"version": 1, "format": "a6", "sides": {"front": [element]}})


def _words(design: Design, face: BadgeFace, page: int = 0) -> str:
    return " ".join(pypdfium2.PdfDocument(design_pdf(design, [face]))[page].get_textpage().get_text_range().split())


@pytest.mark.parametrize(("number", "height"), [(3, 60), (25, 60), (25, 100), (80, 60), (300, 30)])
def test_a_list_shows_all_or_says_how_many_it_does_not(number: int, height: float) -> None:
    words = _words(_agenda(height), replace(FACE, agenda=_slots(number)))
    on_paper = words.count("Talk")
    hidden = number - on_paper
    assert ("more" in words) == (hidden > 0)
    assert not hidden or f"and {min(hidden, 200)} more" in words
    picture = next(pictures(design_pdf(_agenda(height), [replace(FACE, agenda=_slots(number))]), dpi=100))
    # Nothing below its rectangle.
    assert picture.crop((0, round((5 + height + 0.6) * 100 / 25.4), *picture.size)).getextrema()[0] == 255


def test_the_parts_of_a_programme_hold_each_session_once() -> None:
    face = replace(FACE, programme=_slots(40))
    words = _words(built_in("fold"), face)
    assert [words.count(f"Talk{place:03}") for place in range(40)] == [1] * 40
    inside = shown(built_in("fold"), face)
    assert [len(inside[side][name]["days"]) for side, name in (
        ("inside_left", "programme"), ("inside_right", "programme-more"),
    )] == [1, 1]  # fmt: skip


def test_a_folded_sheet_has_the_front_at_the_lower_right_and_the_inside_on_its_head() -> None:
    page = next(pictures(design_pdf(built_in("fold"), [replace(FACE, programme=_slots(10))]), dpi=150))
    width, height = page.size
    assert codes(page.crop((width // 2, height // 2, width, height))) == [FACE.code]
    upper = page.crop((0, 0, width, height // 2))
    # A programme of ten lines begins at the top of its page: which lies at the fold.
    assert upper.crop((0, 0, width, height // 4)).getextrema()[0] == 255
    assert upper.crop((0, height // 4, width, height // 2)).getextrema()[0] < 128


def test_labels_begin_at_the_first_free_one_and_go_on_over_sheets() -> None:
    design = built_in("labels")
    assert design.sheet
    pdf = design_pdf(design, (badge("Ada", number) for number in range(12)), first_label=4)
    sheets = list(pictures(pdf, dpi=150))
    assert len(sheets) == sheet_pages(design, 12, first_label=4) == 2
    dots = 150 / 25.4
    found = {}
    for page, picture in enumerate(sheets):
        for place in range(design.sheet.labels):
            left, top = (round(edge * dots) for edge in design.sheet.place(place))
            found[page, place] = codes(picture.crop((left, top, left + round(80 * dots), top + round(50 * dots))))
    free = [[]] * 3
    expected = [*free, *([badge("Ada", number).code] for number in range(12)), *([[]] * 5)]
    assert list(found.values()) == expected


def test_back_follows_front_and_a_roll_is_printed_upright() -> None:
    design = built_in("a6")
    both = replace(design, sides={**design.sides, "back": design.sides["front"][:1]})
    document = pypdfium2.PdfDocument(design_pdf(both, [badge("Ada", 1), badge("Bo", 2)]))
    assert ["Ada" in page.get_textpage().get_text_range() for page in document] == [True, False, False, False]
    assert (len(document), sheet_pages(both, 2)) == (4, 4)
    roll = pypdfium2.PdfDocument(design_pdf(built_in("62x100"), [badge("Ada")]))[0]
    assert [round(edge * 25.4 / 72) for edge in roll.get_size()] == [62, 100]


def test_a_picture_of_a_badge_is_read_and_as_printed_it_is_turned() -> None:
    design = built_in("62x100")
    lying, upright = (Image.open(BytesIO(design_png(design, FACE, ppi=203, as_printed=flag))) for flag in (False, True))
    assert (lying.size, upright.size) == ((799, 496), (496, 799))
    assert codes(lying.convert("L")) == codes(upright.convert("L")) == [FACE.code]


def test_the_same_programme_gives_the_same_hash_whoever_reads_it_and_a_changed_one_another() -> None:
    design = built_in("fold")

    def of(title: str) -> str:
        slots = (Slot(day="Thu", time="9:00", title=title), Slot(day="Fri", time="9:00", title="Closing"))
        return face_hash(replace(FACE, programme=slots), design)

    assert of("Opening") == of("Opening")
    assert len({of("Opening"), of("Welcome"), face_hash(replace(FACE, programme=()), design)}) == 3
