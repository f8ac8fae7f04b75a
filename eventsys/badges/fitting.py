"""How large a text stands in its box, and where its lines end: shrunk first, then wrapped, never cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from eventsys.badges import advances

# Every line is as high as this, whatever its script (in ems); `layouts/fitting.typ` sets it so.
LINE = 1.24

# One line is kept as long as it is set at this part of the largest size; below, several may be larger.
ONE_LINE_FROM = 0.73

# Several lines must be larger by this to be worth it.
_GAIN = 1.12

# Estimated widths are those without kerning; a hair is kept free for what a font adds.
_ROOM = 0.995

_SMALLEST = 2.0
_STEPS = 14

# Where a line may end: after a blank, a hyphen or a slash, and beside a Chinese or Japanese sign, unless the next one
# must not begin a line.
_EAST = "[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_BREAK = re.compile(rf"(?<=[-\u2010\u2013\u2014/])(?=\w)| |(?<={_EAST})(?={_EAST})")
_NOT_FIRST = "、。，．・：；？！ー）」』】〉》ぁぃぅぇぉっゃゅょァィゥェォッャュョ々"


@dataclass(frozen=True)
class Fitted:
    """The size in points, the lines, and how far (in ems) the first letter of one would reach out of the box."""

    size: float
    lines: tuple[str, ...]
    lead: float = 0.0

    @property
    def height(self) -> float:
        """In points."""
        return self.size * LINE * len(self.lines)


@dataclass(frozen=True)
class _Piece:
    """What stays on one line, how wide it is in ems, how wide the blank before it is, and how far it reaches out to
    the left where it begins a line."""

    text: str
    width: float
    blank: float
    lead: float = 0.0
    is_cut: bool = False


@lru_cache(maxsize=8192)
def fitted(text: str, families: tuple[str, ...], weight: int, box: tuple[float, float], largest: float) -> Fitted:
    """Fit plain text (`advances.is_plain` each line) into a box of width and height, all in points."""
    width, height = box[0] * _ROOM, box[1]
    paragraphs = [_pieces(line, families, weight) for line in text.split("\n")]
    lead = max(piece.lead for pieces in paragraphs for piece in pieces)
    wholes = [lead + sum(piece.width + piece.blank for piece in pieces) for pieces in paragraphs]
    single = min(largest, width / max(*wholes, 0.01), height / (LINE * len(paragraphs)))
    if single >= ONE_LINE_FROM * largest:
        return _set(single, paragraphs)
    broken, most = _broken_where_needed(paragraphs, width, largest, families, weight)
    size = _largest_wrapped(broken, width, height, lead, bounds=(min(single, most), min(largest, most)))
    if size < single * _GAIN:
        return _set(single, paragraphs)
    return _set(size, [line for pieces in broken for line in _balanced(pieces, width / size - lead)])


def _set(size: float, lines: list[list[_Piece]]) -> Fitted:
    lead = max(pieces[0].lead for pieces in lines)
    return Fitted(int(size * 100) / 100, tuple(_line(pieces) for pieces in lines), round(lead, 4))


def _pieces(text: str, families: tuple[str, ...], weight: int) -> list[_Piece]:
    blank = advances.width(" ", families, weight)
    return [_piece(part, blank if has_blank else 0.0, families, weight) for part, has_blank in _parts(text)]


def _piece(text: str, blank: float, families: tuple[str, ...], weight: int) -> _Piece:
    lead = advances.overhang(text[0], families, weight) if text else 0.0
    return _Piece(text, advances.width(text, families, weight), blank, lead)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Each part with whether a blank stands before it."""
    start, has_blank = 0, False
    for found in _BREAK.finditer(text):
        if found.end() < len(text) and text[found.end()] in _NOT_FIRST:
            continue
        yield text[start : found.start()], has_blank
        start, has_blank = found.end(), found.start() < found.end()
    yield text[start:], has_blank


def _broken_where_needed(
    paragraphs: list[list[_Piece]], width: float, largest: float, families: tuple[str, ...], weight: int
) -> tuple[list[list[_Piece]], float]:
    """A word that would make its line tiny is broken, and shows it by a hyphen; gives the largest size then too."""
    longest = max(piece.lead + piece.width for pieces in paragraphs for piece in pieces)
    unbroken = width / max(longest, 0.01)
    if unbroken >= ONE_LINE_FROM / 3 * largest:
        return paragraphs, unbroken
    most = ONE_LINE_FROM * 0.6 * largest
    hyphen = advances.width("-", families, weight)
    whole = [
        [part for piece in pieces for part in _cut(piece, width / most - hyphen, families, weight)]
        for pieces in paragraphs
    ]
    return whole, most


def _cut(piece: _Piece, most: float, families: tuple[str, ...], weight: int) -> Iterator[_Piece]:
    if piece.width <= most or len(piece.text) < 8:
        yield piece
        return
    # Parts of about the same length, none longer than a line.
    parts = int(piece.width / max(most, 0.1)) + 1
    length = -(-len(piece.text) // min(parts, len(piece.text) // 4))
    for start in range(0, len(piece.text), length):
        text = piece.text[start : start + length] + ("-" if start + length < len(piece.text) else "")
        part = _piece(text, piece.blank if start == 0 else 0.0, families, weight)
        yield replace(part, is_cut=start + length < len(piece.text))


def _largest_wrapped(
    paragraphs: list[list[_Piece]], width: float, height: float, lead: float, *, bounds: tuple[float, float]
) -> float:
    high = bounds[1]
    low = max(min(bounds), _SMALLEST)
    if high > low and _stands(paragraphs, width / high - lead, height / high):
        return high
    for _step in range(_STEPS):
        middle = (low + high) / 2
        is_fine = _stands(paragraphs, width / middle - lead, height / middle)
        low, high = (middle, high) if is_fine else (low, middle)
    return low


def _stands(paragraphs: list[list[_Piece]], width: float, height: float) -> bool:
    """Whether all stands in a box of this many ems."""
    if any(piece.width > width for pieces in paragraphs for piece in pieces):
        return False
    return sum(len(_broken(pieces, width)) for pieces in paragraphs) * LINE <= height


def _broken(pieces: list[_Piece], most: float) -> list[list[_Piece]]:
    """Fill line after line, each at most this many ems wide where its words allow it."""
    lines: list[list[_Piece]] = []
    used = 0.0
    for piece in pieces:
        if lines and used + piece.blank + piece.width <= most:
            lines[-1].append(piece)
            used += piece.blank + piece.width
        else:
            lines.append([piece])
            used = piece.width
    return lines


def _balanced(pieces: list[_Piece], most: float) -> list[list[_Piece]]:
    """As many lines as must be, of about the same length: no word stands alone on the last."""
    needed = len(_broken(pieces, most))
    low, high = most / needed, most
    for _step in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_broken(pieces, middle)) <= needed else (middle, high)
    return _broken(pieces, high)


def _line(pieces: list[_Piece]) -> str:
    """The words of a line; the hyphen of a word that was cut stands only where the line ends."""
    said = ""
    for place, piece in enumerate(pieces):
        is_last = place == len(pieces) - 1
        text = piece.text[:-1] if piece.is_cut and not is_last else piece.text
        said += (" " if piece.blank and place else "") + text
    return said
