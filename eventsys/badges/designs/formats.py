"""What badges are printed on: cards, labels off a roll, sheets of labels, a sheet folded twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

FRONT, BACK, INSIDE_LEFT, INSIDE_RIGHT = "front", "back", "inside_left", "inside_right"

SIDES: dict[str, Any] = {
    FRONT: _l("front"),
    BACK: _l("back"),
    INSIDE_LEFT: _l("inside left"),
    INSIDE_RIGHT: _l("inside right"),
}

# Paper for sheets of labels, in millimetres.
PAPERS: dict[str, tuple[float, float]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Labels on a sheet of paper, in millimetres: `left` and `top` lead to the first label."""

    paper: str = "a4"
    label_width: float
    label_height: float
    columns: int
    rows: int
    column_gap: float = 0.0
    row_gap: float = 0.0
    left: float
    top: float

    @property
    def labels(self) -> int:
        return self.columns * self.rows

    @property
    def size(self) -> tuple[float, float]:
        return PAPERS[self.paper]

    def place(self, number: int) -> tuple[float, float]:
        """Where the label of this number (from 0, row by row) begins: millimetres from the left and the top."""
        row, column = divmod(number, self.columns)
        return (
            self.left + column * (self.label_width + self.column_gap),
            self.top + row * (self.label_height + self.row_gap),
        )


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format. `width` and `height` are those of a side as it is read, in millimetres; `media` is the paper as it
    goes through the printer, which a roll takes upright while its labels are read across: `is_turned`.
    """

    key: str
    name: Any
    width: float
    height: float
    sides: tuple[str, ...] = (FRONT, BACK)
    media: tuple[float, float]
    is_turned: bool = False
    is_fold: bool = False
    is_sheet: bool = False


def _card(key: str, name: Any, width: float, height: float) -> Format:
    return Format(key=key, name=name, width=width, height=height, media=(width, height))


def _roll(key: str, name: Any, width: float, height: float) -> Format:
    """A roll of labels, read across: it is printed from one side only."""
    return Format(key=key, name=name, width=height, height=width, sides=(FRONT,), media=(width, height), is_turned=True)


# Ten badges of 80 by 50 mm on A4: the commonest sheet of badge inserts (Avery L4785 and its like).
USUAL_SHEET = Sheet(label_width=80, label_height=50, columns=2, rows=5, column_gap=15, row_gap=5, left=17.5, top=13.5)

# Sheets that organisers can begin from, by name.
KNOWN_SHEETS: dict[str, Sheet] = {
    "A4 · 10 × 80 × 50 mm (Avery L4785)": USUAL_SHEET,
    "Letter · 8 × 3⅜ × 2⅓ in (Avery 5395)": Sheet(
        paper="letter", label_width=85.73, label_height=59.27, columns=2, rows=4, column_gap=9.53, row_gap=4.23,
        left=17.46, top=14.82,
    ),
}  # fmt: skip

FORMATS: dict[str, Format] = {
    found.key: found
    for found in (
        _card("a6", _l("A6 card, 105 × 148 mm"), 105, 148),
        _card("a7", _l("A7 card, 74 × 105 mm"), 74, 105),
        _card("96x82", _l("Card, 96 × 82 mm"), 96, 82),
        _card("4x6", _l("Card, 4 × 6 in"), 101.6, 152.4),
        _roll("62x100", _l("Label roll, 62 × 100 mm"), 62, 100),
        _roll("54x101", _l("Label roll, 54 × 101 mm"), 54, 101),
        Format(
            key="labels", name=_l("Sheets of labels"), width=USUAL_SHEET.label_width, height=USUAL_SHEET.label_height,
            sides=(FRONT,), media=USUAL_SHEET.size, is_sheet=True,
        ),
        Format(
            key="fold", name=_l("A4 folded twice to A6, with the programme inside"), width=105, height=148.5,
            sides=(FRONT, BACK, INSIDE_LEFT, INSIDE_RIGHT), media=(210, 297), is_fold=True,
        ),
    )
}  # fmt: skip
