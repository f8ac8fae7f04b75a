"""A design is read strictly: what does not fit is refused by its place, and what is read is said again."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventsys.badges.designs import FORMATS, built_in, design_warnings, pictures_in, read_design, said_design
from eventsys.badges.errors import DesignMisread, LayoutUnknown

QR = {"id": "qr", "kind": "qr", "x": 5, "y": 5, "width": 30, "height": 30}
NAME = {"id": "name", "kind": "text", "x": 5, "y": 40, "width": 90, "height": 20, "text": "{name}", "size": 30}
CODE = {"id": "code", "kind": "code", "x": 5, "y": 65, "width": 40, "height": 6}


def _design(*front: Any, **more: Any) -> dict[str, Any]:
    return {"version": 1, "format": "a6", "sides": {"front": list(front or (QR, NAME, CODE))}} | more


def _with(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return _design(QR, CODE, element | more)


@pytest.mark.parametrize("key", FORMATS)
def test_a_built_in_design_is_read_as_it_is_said(key: str) -> None:
    design = built_in(key)
    assert read_design(json.loads(json.dumps(said_design(design)))) == design


@pytest.mark.parametrize("key", FORMATS)
def test_nothing_is_wrong_with_a_built_in_design(key: str) -> None:
    assert design_warnings(built_in(key)) == []


def test_an_unknown_format_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(LayoutUnknown, match=r"a3.*a6, a7, 96x82"):
        built_in("a3")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (_with(NAME, width=200), "front, element 3 (text): width must be between 3 and 105 mm"),
        (_with(NAME, width=2), "front, element 3 (text): width must be between 3 and 105 mm"),
        (_with(NAME, x=20), "front, element 3 (text): x must be between 0 and 15 mm"),
        (_with(NAME, y=float("nan")), "front, element 3 (text): y must be between 0 and 128 mm"),
        (_with(NAME, y=10**400), "front, element 3 (text): y must be between 0 and 128 mm"),
        (_with(NAME, size=True), "front, element 3 (text): size must be between 4 and 144 pt"),
        (_with(NAME, colour="red"), "front, element 3 (text): colour must be a colour such as #17202e"),
        (_with(NAME, weight=500), "front, element 3 (text): weight must be one of 400, 700"),
        (_with(NAME, bold=True), "front, element 3 (text): “bold” is not known here"),
        (
            _with(NAME, follows="below"),
            "front, element 3 (text): it can only follow a text above it that comes before it",
        ),
        (_with(NAME, id="qr"), "front, element 3: the id “qr” is there twice"),
        (_with(NAME, id="a b"), "front, element 3 (text): id must be 1 to 40 letters, digits, - or _"),
        (_with(QR, id="again"), "front: only one QR code on a side: a scanner must not have to choose"),
        (_with({"kind": "film"}), "front, element 3: kind must be one of text, qr"),
        (_with({"kind": "text", "id": "t"}), "front, element 3 (text): x is missing"),
        (_design("text"), "front, element 1: must be an object"),
        (_design(format="a3"), "format: must be one of a6, a7"),
        (_design(version=2), "version: must be 1"),
        (_design(colour="red"), "design: “colour” is not known here"),
        (_design(sheet={"paper": "a4"}), "sheet: only sheets of labels have it"),
        ({"version": 1, "format": "a6", "sides": {"front": []}}, "front: there must be at least one element"),
        ({"version": 1, "format": "62x100", "sides": {"back": []}}, "sides: “back” is not known here"),
        ({"version": 1, "format": "a6", "sides": []}, "sides: must be an object"),
        ([], "design: must be an object"),
    ],
)
def test_what_is_wrong_is_refused_by_its_place(wrong: Any, sentence: str) -> None:
    with pytest.raises(DesignMisread) as refused:
        read_design(wrong)
    assert str(refused.value).startswith(sentence)


def test_a_design_shows_a_dozen_pictures_at_most() -> None:
    def image(number: int) -> dict[str, Any]:
        place = {"x": 5, "y": 5 + 5 * number, "width": 5, "height": 5}
        return {"id": f"i{number}", "kind": "image", "image": f"{number:032x}", **place}

    read_design(_design(*map(image, range(1, 13))))
    with pytest.raises(DesignMisread, match="sides: at most 12 different pictures"):
        read_design(_design(*map(image, range(1, 14))))


def test_an_unknown_placeholder_is_refused_and_other_braces_are_text() -> None:
    with pytest.raises(DesignMisread, match=r"there is no placeholder {nam}; there are {name}, {first_name}"):
        read_design(_with(NAME, text="{nam}"))
    read_design(_with(NAME, text="{q_table} {Name} { } {1}"))


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ({"letters": "AV"}, "front, element 3 (access marks), mark 1: give either a tag or a question"),
        ({"letters": "AV", "tag": "a", "question": "b"}, "front, element 3 (access marks), mark 1: give either"),
        ({"letters": "", "tag": "a"}, "front, element 3 (access marks), mark 1: letters are missing"),
        (
            {"letters": "TOOLONG", "tag": "a"},
            "front, element 3 (access marks), mark 1: letters must be text of at most 4",
        ),
        (
            {"letters": "A", "tag": "a", "shape": "star"},
            "front, element 3 (access marks), mark 1: shape must be one of",
        ),
    ],
)
def test_a_mark_says_something_to_somebody(mark: dict[str, Any], sentence: str) -> None:
    access = {"id": "access", "kind": "access", "x": 5, "y": 80, "width": 40, "height": 8}
    with pytest.raises(DesignMisread) as refused:
        read_design(_design(QR, CODE, access | {"marks": [mark]}))
    assert str(refused.value).startswith(sentence)


def test_labels_that_do_not_fit_on_their_paper_are_refused() -> None:
    sheet = {"label_width": 80, "label_height": 50, "columns": 2, "rows": 6, "left": 17, "top": 13}
    with pytest.raises(DesignMisread, match="sheet: the labels do not fit: they end at 177 × 313 mm"):
        read_design(_design(NAME, format="labels", sheet=sheet))


def test_what_lies_on_a_code_is_said() -> None:
    over = _with(NAME, y=30)
    assert design_warnings(read_design(over)) == [
        "front: 1 (QR code) and 3 (text) overlap; the margin around a QR code must stay free."
    ]
    ground = {"id": "ground", "kind": "box", "x": 2, "y": 2, "width": 40, "height": 36, "fill": "#ffffff"}
    assert design_warnings(read_design(_design(ground, QR, NAME, CODE))) == []
    assert design_warnings(read_design(_design(ground | {"fill": "#224466"}, QR, NAME, CODE))) != []


def test_what_is_missing_is_said() -> None:
    said = design_warnings(read_design(_design({"id": "box", "kind": "box", "x": 0, "y": 0, "width": 9, "height": 9})))
    assert [sentence.split(":")[0] for sentence in said] == [
        "There is no QR code", "There is no short code", "The front does not carry the name.",
    ]  # fmt: skip


def test_a_design_tells_what_it_needs() -> None:
    design = read_design(_design(
        QR, NAME | {"text": "{name} {q_table}"},
        {"id": "i", "kind": "image", "x": 50, "y": 5, "width": 20, "height": 20, "image": "ab" * 16},
        {"id": "c", "kind": "consent", "x": 50, "y": 30, "width": 20, "height": 8, "question": "photo"},
        {"id": "a", "kind": "access", "x": 5, "y": 80, "width": 40, "height": 8,
         "marks": [{"letters": "AV", "tag": "av"}, {"letters": "L", "question": "lunch"}]},
        {"id": "s", "kind": "sessions", "x": 5, "y": 90, "width": 40, "height": 20},
    ))  # fmt: skip
    needs = design.needs
    assert (needs.answers, needs.consents) == (frozenset({"table", "lunch"}), frozenset({"photo"}))
    assert (needs.has_tags, needs.has_sessions, needs.has_agenda, needs.has_programme) == (True, True, False, False)
    assert pictures_in(design) == {"ab" * 16}


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(sorted(FORMATS)), st.data())
def test_any_json_in_any_place_is_read_or_refused(app: Flask, key: str, data: st.DataObject) -> None:
    """Nothing but a refusal comes of it, and what is read can be said and read again."""
    document = deepcopy(said_design(built_in(key)))
    spot: Any = document
    while isinstance(spot, dict | list) and spot:
        places = sorted(spot) if isinstance(spot, dict) else list(range(len(spot)))
        place = data.draw(st.sampled_from(places))
        if data.draw(st.booleans()) or not isinstance(spot[place], dict | list) or not spot[place]:
            spot[place] = data.draw(_JSON)
            break
        spot = spot[place]
    with app.app_context():
        try:
            design = read_design(document)
        except DesignMisread:
            return
        assert read_design(said_design(design)) == design
