"""How a text of any script reaches paper unharmed: what is drawn, in what direction and by which fonts."""

from __future__ import annotations

import re
import unicodedata

from eventsys.badges.fonts import is_drawable

_LATIN_AND_MORE = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew")
_HAN = {"zh": "Noto Sans SC", "ja": "Noto Sans JP", "ko": "Noto Sans KR"}
EASTERN = tuple(_HAN)

_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")

# Variation selectors and skin tones only change the emoji before them.
_SELECTOR = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")

# Joiners decide how Arabic and Indic letters connect; elsewhere (in emoji) they would leave an empty box behind.
_JOINERS = "\u200c\u200d"
_LOOSE_JOINER = re.compile(rf"(?<!\w)[{_JOINERS}]+|[{_JOINERS}]+(?!\w)")

# From this combining class on, marks stand above or below the letter and would pile up into the neighbouring lines;
# composed text (NFC) of real languages needs one of a class at most.
_FIRST_PILING_CLASS = 200
_BELOW = frozenset({200, 202, 204, 208, 218, 220, 222, 233, 240})


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


def reach(text: str) -> tuple[float, float]:
    """How far a line of this reaches above and below its base, in ems, with all that hangs on its letters.

    Latin, Greek, Cyrillic, Hebrew, Chinese, Japanese and Korean keep to a line of 1.24. Arabic hangs deeper, and a
    letter with marks beyond those composed into it needs most.
    """
    if text.isascii():
        return 0.93, 0.31
    if has_piled_marks(text):
        return 1.3, 0.5
    return (1.04, 0.5) if _ARABIC.search(text) else (0.93, 0.31)


def font_families(text: str, *, language: str = "") -> list[str]:
    """Name the fonts in the order to try them: Chinese, Japanese and Korean draw the same code points differently."""
    return families_of(east_of(text, language=language))


def east_of(text: str, *, language: str = "") -> str:
    """Whose signs a text is drawn with: `zh`, `ja` or `ko`."""
    if language.startswith("ko") or _HANGUL.search(text):
        return "ko"
    return "ja" if language.startswith("ja") or _KANA.search(text) else "zh"


def families_of(east: str) -> list[str]:
    """The fonts in the order to try them, those of this one of EASTERN first among their like."""
    others = [family for script, family in _HAN.items() if script != east]
    return [*_LATIN_AND_MORE, _HAN[east], *others, "Noto Sans Symbols 2"]


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
        if kind >= _FIRST_PILING_CLASS:
            # One mark above and one below: more would reach into the lines around.
            kind = _FIRST_PILING_CLASS + (kind in _BELOW)
        if category[0] != "M" and character not in _JOINERS:
            stands_on_letter = category[0] == "L" or category == "Nd"
            seen.clear()
        elif not stands_on_letter or (kind >= _FIRST_PILING_CLASS and kind in seen):
            continue
        seen.add(kind)
        kept.append(character)
    return "".join(kept)
