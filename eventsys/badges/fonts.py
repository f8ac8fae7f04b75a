"""Where the fonts for print are, and which characters they can draw."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from eventsys.badges.errors import FontsMissing

if TYPE_CHECKING:
    from typst import Fonts

FONT_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "fonts"

_LAST_CHARACTER = 0x10FFFF


def font_folder(folder: Path = FONT_FOLDER) -> Path:
    """Give the folder with the fonts; raises FontsMissing while the set-up has not filled it."""
    if not any(folder.glob("NotoSans_*.ttf")):
        raise FontsMissing(folder=str(folder))
    return folder


@cache
def print_fonts() -> Fonts:
    """Give the fonts to print with, and no others: a sheet looks the same on every machine."""
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())])


def is_drawable(character: str) -> bool:
    """Whether one of our fonts has a glyph for this character."""
    point = ord(character)
    return bool(_coverage()[point >> 3] >> (point & 7) & 1)


@cache
def _coverage() -> bytearray:
    """Give one bit a code point, set where a font has it: 136 kB, where a set of the same would take megabytes."""
    bits = bytearray((_LAST_CHARACTER >> 3) + 1)
    for path in sorted(font_folder().glob("*Regular.ttf")):
        for first, last in _mapped_ranges(path):
            for point in range(first, last + 1):
                bits[point >> 3] |= 1 << (point & 7)
    return bits


def _mapped_ranges(path: Path) -> list[tuple[int, int]]:
    """Read the widest Unicode subtable of the font's `cmap` (OpenType, formats 4 and 12)."""
    cmap = font_table(path, b"cmap")
    (count,) = struct.unpack_from(">H", cmap, 2)
    offsets = [struct.unpack_from(">HHI", cmap, 4 + 8 * number) for number in range(count)]
    formats = {
        struct.unpack_from(">H", cmap, offset)[0]: offset for platform, _, offset in offsets if platform in (0, 3)
    }
    if 12 in formats:
        return _groups(cmap, formats[12])
    return _segments(cmap, formats[4])


def font_table(path: Path, wanted: bytes) -> bytes:
    """Give one table of a font file (OpenType, table directory); raises FontsMissing where it has none."""
    with path.open("rb") as font:
        (count,) = struct.unpack(">4xH6x", font.read(12))
        for _ in range(count):
            tag, offset, length = struct.unpack(">4s4xII", font.read(16))
            if tag == wanted:
                font.seek(offset)
                return font.read(length)
    raise FontsMissing(folder=str(path))


def _groups(cmap: bytes, offset: int) -> list[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", cmap, offset + 12)
    return [struct.unpack_from(">II", cmap, offset + 16 + 12 * number) for number in range(count)]


def _segments(cmap: bytes, offset: int) -> list[tuple[int, int]]:
    (twice,) = struct.unpack_from(">H", cmap, offset + 6)
    ends = struct.unpack_from(f">{twice // 2}H", cmap, offset + 14)
    starts = struct.unpack_from(f">{twice // 2}H", cmap, offset + 16 + twice)
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start != 0xFFFF]
