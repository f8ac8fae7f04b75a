"""What is drawn of a text, in what direction and by which fonts."""

from __future__ import annotations

import pytest

from eventsys.badges.errors import FontsMissing
from eventsys.badges.fonts import font_folder, is_drawable
from eventsys.badges.writing import direction, drawable, font_families


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("Ada  Lovelace ", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("#let {x} $a$ *b* _c_ \\n", "#let {x} $a$ *b* _c_ \\n"),
        ("two\nlines\tand\x00more", "two lines and more"),
        ("\u202eevil\u202c \u2066x\u2069 so\u00adft", "evil x soft"),
        ("👩🏽\u200d🦰 Zoë\ufe0f", "Zoë"),
        ("გიორგი მარგველაშვილი", "Giorgi Margvelashvili"),
        ("a" + "\u0301" * 9 + "b", "á\u0301b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("\ud800\ue000\U0001ffff", ""),
        ("", ""),
    ],
)
def test_a_text_is_drawn_as_our_fonts_can(written: str, drawn: str) -> None:
    assert drawable(written) == drawn


def test_an_emoji_alone_is_put_in_letters() -> None:
    assert is_drawable("🦰") is False
    assert drawable("🧿🪬").isascii()
    assert drawable("🧿🪬") != ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada", "ltr"),
        ("محمد", "rtl"),
        ("דוד", "rtl"),
        ("123 محمد", "rtl"),
        ("Ada محمد", "ltr"),
        ("123", "ltr"),
        ("", "ltr"),
    ],
)
def test_the_first_letter_tells_the_direction(text: str, expected: str) -> None:
    assert direction(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [("王小明", "en", "SC"), ("やまだ", "en", "JP"), ("山田", "ja", "JP"), ("김", "en", "KR"), ("金", "ko", "KR")],
)
def test_a_han_name_is_drawn_as_its_country_does(text: str, language: str, first: str) -> None:
    han = [family for family in font_families(text, language=language) if family[-2:] in ("SC", "JP", "KR")]
    assert han[0] == f"Noto Sans {first}"
    assert sorted(han) == ["Noto Sans JP", "Noto Sans KR", "Noto Sans SC"]


@pytest.mark.parametrize("character", ["A", "ß", "Ω", "Ж", "ع", "ש", "山", "あ", "한", "ệ"])
def test_our_fonts_draw_the_scripts_they_are_there_for(character: str) -> None:
    assert is_drawable(character) is True


def test_missing_fonts_are_named_with_the_cure(tmp_path: object) -> None:
    with pytest.raises(FontsMissing, match=r"missing in .*: run make setup\.$"):
        font_folder(tmp_path)  # type: ignore[arg-type]
