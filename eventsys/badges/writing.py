"""How a text of any script reaches paper unharmed: what is drawn, in what direction and by which fonts."""

from __future__ import annotations

import re
import unicodedata

from eventsys.badges.fonts import is_drawable

_LATIN_AND_MORE = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew")
_HAN = {"zh": "Noto Sans SC", "ja": "Noto Sans JP", "ko": "Noto Sans KR"}

_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")

# Variation selectors and skin tones only change the emoji before them.
_SELECTOR = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")

# Joiners decide how Arabic and Indic letters connect; elsewhere (in emoji) they would leave an empty box behind.
_JOINERS = "\u200c\u200d"
_LOOSE_JOINER = re.compile(rf"(?<!\w)[{_JOINERS}]+|[{_JOINERS}]+(?!\w)")

# From this combining class on, marks stand above or below the letter and would pile up into the neighbouring lines;
# composed text (NFC) of real languages needs one of a class at most.
_FIRST_PILING_CLASS = 200


def drawable(text: str) -> str:
    """Give the text as our fonts can draw it, on one line.

    A letter that no font has is written in Latin (an empty box helps nobody at the door), any other sign without
    glyph is left out, and so are controls that would turn the direction of what stands around them.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(_drawn(character, before) for before, character in zip(" " + composed, composed, strict=False))
    joined = _LOOSE_JOINER.sub("", _with_few_marks(kept))
    return " ".join(joined.split()) or _in_latin(text)


def direction(text: str, *, otherwise: str = "ltr") -> str:
    """Tell `rtl` or `ltr` by the first letter that has a direction (Unicode Bidirectional Algorithm, P2 and P3)."""
    for character in text:
        match unicodedata.bidirectional(character):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return otherwise


def has_piled_marks(text: str) -> bool:
    """Whether a letter carries marks beyond those composed into it, so that its line must be higher."""
    return not text.isascii() and any(unicodedata.combining(mark) >= _FIRST_PILING_CLASS for mark in text)


def font_families(text: str, *, language: str = "") -> list[str]:
    """Name the fonts in the order to try them: Chinese, Japanese and Korean draw the same code points differently."""
    first = "zh"
    if _KANA.search(text) or language.startswith("ja"):
        first = "ja"
    if _HANGUL.search(text) or language.startswith("ko"):
        first = "ko"
    others = [family for script, family in _HAN.items() if script != first]
    return [*_LATIN_AND_MORE, _HAN[first], *others, "Noto Sans Symbols 2"]


def _drawn(character: str, before: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category == "Cf":
        return character if character in _JOINERS else ""
    if category in ("Cs", "Co", "Cn") or _SELECTOR.match(character):
        return ""
    if is_drawable(character):
        return character
    latin = _in_latin(character) if category.startswith(("L", "N", "M")) else ""
    # Many scripts have no capitals; a name in Latin begins with one.
    return latin.capitalize() if before.isspace() else latin


def _in_latin(text: str) -> str:
    from anyascii import anyascii

    return " ".join(anyascii(text).split())


def _with_few_marks(text: str) -> str:
    kept: list[str] = []
    seen: set[int] = set()
    stands_on_letter = False
    for character in text:
        category = unicodedata.category(character)
        kind = unicodedata.combining(character)
        if category[0] != "M" and character not in _JOINERS:
            stands_on_letter = category[0] == "L" or category == "Nd"
            seen.clear()
        elif not stands_on_letter or (kind >= _FIRST_PILING_CLASS and kind in seen):
            continue
        seen.add(kind)
        kept.append(character)
    return "".join(kept)
