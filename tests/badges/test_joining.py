"""Many batches as one file: nothing lost, nothing doubled, tags and all."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from eventsys.badges import sheets
from eventsys.badges.joining import ForeignPdf, Joiner
from eventsys.badges.sheets import typesetting
from tests.badges.names import NAMES, badge, code_of
from tests.badges.reading import codes, pictures, tags

FIVE_MEGABYTES = 5_000_000


def test_batches_join_as_if_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = [badge(name, number) for number, name in enumerate(NAMES)]
    whole = sheets.badge_pdf(faces)
    monkeypatch.setattr(typesetting, "PAGES_A_BATCH", 7)
    joined = sheets.badge_pdf(faces)
    assert [picture.tobytes() for picture in pictures(joined, dpi=72)] == [
        picture.tobytes() for picture in pictures(whole, dpi=72)
    ]
    assert tags(joined) == tags(whole)


def test_page_content_finds_its_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "PAGES_A_BATCH", 2)
    reader = PdfReader(BytesIO(sheets.badge_pdf(badge("Ada", number) for number in range(5))), strict=True)
    numbers = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parents = {int(numbers[place]): numbers[place + 1].get_object() for place in range(0, len(numbers), 2)}
    assert [page["/StructParents"] for page in reader.pages] == list(range(5))
    for key, page in enumerate(reader.pages):
        owners = {
            element.get_object().raw_get("/Pg").idnum for element in parents[key] if "/Pg" in element.get_object()
        }
        assert owners == {page.indirect_reference.idnum}


def test_a_name_that_looks_like_a_reference_stays_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "PAGES_A_BATCH", 1)
    pdf = sheets.badge_pdf(badge("Ada", number, short_code=f"({number} 0 R)") for number in range(3))
    reader = PdfReader(BytesIO(pdf), strict=True)
    document = reader.trailer["/Root"]["/StructTreeRoot"]["/K"][0].get_object()
    figures = [kid.get_object() for kid in document["/K"] if kid.get_object()["/S"] == "/Figure"]
    assert [str(figure["/Alt"]) for figure in figures] == ["(0 0 R)", "(1 0 R)", "(2 0 R)"]


def test_a_thousand_badges_stay_under_five_megabytes_with_every_code() -> None:
    pdf = sheets.badge_pdf(badge(f"{NAMES[number % len(NAMES)]} {number}", number) for number in range(1000))
    reader = PdfReader(BytesIO(pdf), strict=True)
    assert len(reader.pages) == 1000
    assert len(pdf) < FIVE_MEGABYTES
    wanted = (0, 249, 250, 500, 750, 999)
    found = {number: codes(picture) for number, picture in enumerate(pictures(pdf, dpi=100)) if number in wanted}
    assert found == {number: [code_of(number)] for number in wanted}


@pytest.mark.parametrize(
    "damage", [lambda pdf: b"", lambda pdf: pdf[:-200], lambda pdf: pdf.replace(b"/Kids", b"/Xids")]
)
def test_a_file_of_another_kind_is_not_joined(damage: object) -> None:
    pdf = sheets.badge_pdf([badge("Ada")])
    with pytest.raises(ForeignPdf):
        Joiner(BytesIO()).add(damage(pdf))  # type: ignore[operator]
