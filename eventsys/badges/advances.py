"""How wide a text will be, read from the fonts: to fit ten thousand names, none has to be set first."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from eventsys.badges.fonts import font_folder, font_table

# Scripts of which a letter is as wide as its glyph, whatever stands beside it: Latin, Greek, Cyrillic, Chinese,
# Japanese and Korean with their punctuation. Other scripts shape their letters, and must be set to be measured.
_PLAIN = re.compile(
    "[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02af\u0370-\u03ff\u0400-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027"
    "\u2030-\u205e\u20a0-\u20bf\u2100-\u214f\u3000-\u3029\u3030-\u3098\u309b-\u30ff\u3400-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\uff01-\uff9d]*"
)

_FILES = {
    "Noto Sans": "NotoSans",
    "Noto Sans Arabic": "NotoSansArabic",
    "Noto Sans Hebrew": "NotoSansHebrew",
    "Noto Sans SC": "NotoSansSC",
    "Noto Sans JP": "NotoSansJP",
    "Noto Sans KR": "NotoSansKR",
    "Noto Sans Symbols 2": "NotoSansSymbols2",
}


def is_plain(text: str) -> bool:
    """Whether `width` can tell how wide this is."""
    return _PLAIN.fullmatch(text) is not None


def width(text: str, families: tuple[str, ...], weight: int) -> float:
    """The sum of the advances, in ems; kerning changes it by a hundredth or so."""
    return sum(_advance(character, families, weight) for character in text)


@cache
def overhang(character: str, families: tuple[str, ...], weight: int) -> float:
    """How far the glyph reaches out to the left of where it is set, in ems: the tail of a J does."""
    for family in families:
        found = _metrics(family, weight).glyph(ord(character))
        if found:
            return max(-_metrics(family, weight).bearing(found), 0.0)
    return 0.0


@cache
def _advance(character: str, families: tuple[str, ...], weight: int) -> float:
    for family in families:
        found = _metrics(family, weight).advance(ord(character))
        if found is not None:
            return found
    return 1.0


@dataclass(frozen=True)
class _Metrics:
    """The mapped ranges of a font, as first code points in order with (last, first glyph or glyphs), and advances."""

    firsts: list[int]
    ranges: list[tuple[int, int | tuple[int, ...]]]
    horizontal: bytes
    full: int
    em: int

    def advance(self, point: int) -> float | None:
        glyph = self.glyph(point)
        if not glyph:
            return None
        (units,) = struct.unpack_from(">H", self.horizontal, 4 * min(glyph, self.full - 1))
        return float(units / self.em)

    def bearing(self, glyph: int) -> float:
        """Where the ink begins, from where the glyph is set."""
        if glyph >= self.full:
            return 0.0
        (units,) = struct.unpack_from(">h", self.horizontal, 4 * glyph + 2)
        return float(units / self.em)

    def glyph(self, point: int) -> int:
        """The number of the glyph; 0 for none."""
        place = bisect_right(self.firsts, point) - 1
        if place < 0 or point > self.ranges[place][0]:
            return 0
        glyphs = self.ranges[place][1]
        offset = point - self.firsts[place]
        return glyphs + offset if isinstance(glyphs, int) else glyphs[offset]


@cache
def _metrics(family: str, weight: int) -> _Metrics:
    path = _file(family, weight)
    (em,) = struct.unpack_from(">H", font_table(path, b"head"), 18)
    (full,) = struct.unpack_from(">H", font_table(path, b"hhea"), 34)
    ranges = sorted(_ranges(font_table(path, b"cmap")))
    horizontal = font_table(path, b"hmtx")[: 4 * full]
    return _Metrics(
        [first for first, _, _ in ranges], [(last, glyphs) for _, last, glyphs in ranges], horizontal, full, em
    )


def _file(family: str, weight: int) -> Path:
    name = "700Bold" if weight >= 600 else "400Regular"
    path = font_folder() / f"{_FILES[family]}_{name}.ttf"
    return path if path.is_file() else font_folder() / f"{_FILES[family]}_400Regular.ttf"


def _ranges(cmap: bytes) -> list[tuple[int, int, int | tuple[int, ...]]]:
    """Read the widest Unicode subtable (OpenType, `cmap` formats 12 and 4) as (first, last, glyphs)."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    offsets = [struct.unpack_from(">HHI", cmap, 4 + 8 * number) for number in range(count)]
    formats = {struct.unpack_from(">H", cmap, offset)[0]: offset for kind, _, offset in offsets if kind in (0, 3)}
    if 12 in formats:
        (groups,) = struct.unpack_from(">I", cmap, formats[12] + 12)
        return [struct.unpack_from(">III", cmap, formats[12] + 16 + 12 * number) for number in range(groups)]
    return list(_segments(cmap, formats[4]))


def _segments(cmap: bytes, offset: int) -> list[tuple[int, int, int | tuple[int, ...]]]:
    (twice,) = struct.unpack_from(">H", cmap, offset + 6)
    count = twice // 2
    read = [
        struct.unpack_from(f">{count}H", cmap, offset + start + twice * at) for at, start in enumerate((14, 16, 16, 16))
    ]
    found: list[tuple[int, int, int | tuple[int, ...]]] = []
    for number, (last, first, delta, away) in enumerate(zip(*read, strict=True)):
        if first == 0xFFFF:
            continue
        table = offset + 16 + 3 * twice + 2 * number + away
        raw = struct.unpack_from(f">{last - first + 1}H", cmap, table) if away else range(first, last + 1)
        found.append((first, last, tuple((glyph + delta) & 0xFFFF if glyph or not away else 0 for glyph in raw)))
    return found
