"""How single values of a design are read: text, numbers, colours, one of several; each refusal names its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from flask_babel import gettext as _

from eventsys.badges.designs.elements import PLACEHOLDERS
from eventsys.badges.designs.formats import PAPERS, Sheet
from eventsys.badges.errors import DesignMisread

MOST_TEXT = 500

PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_-]*)\}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ID_OR_NONE = re.compile(r"[A-Za-z0-9_-]{0,40}")
_PICTURE = re.compile(r"[0-9a-f]{32}|")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# Controls, and halves of a character that no database keeps.
_UNKEPT = ("Cc", "Cs")
_QUESTION = re.compile(r"[A-Za-z0-9._-]{1,100}")

_ALIGNS = ("start", "center", "end")


def mapping(value: Any, *, where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise DesignMisread(where=where or _("design"), fault=_("must be an object"))
    return value


def refuse_unknown(document: dict[str, Any], known: set[str], *, where: str) -> None:
    unknown = sorted(set(document) - known)
    if unknown:
        fault = _("“%(name)s” is not known here", name=unknown[0][:40])
        raise DesignMisread(where=where or _("design"), fault=fault)


def one_of(value: Any, known: tuple[Any, ...], *, where: str, name: str = "") -> Any:
    # True equals 1 in Python, and would pass for a weight or a version.
    if isinstance(value, bool) or not isinstance(value, str | int) or value not in known:
        choices = ", ".join(str(item) for item in known)
        raise DesignMisread(where=where, fault=_("%(name)s must be one of %(known)s", name=name, known=choices).strip())
    return value


def number(value: Any, least: float, most: float, where: str, name: str, *, unit: str) -> float:
    """A finite number in its range, to a hundredth."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # Compared before it becomes a float, which a number of four hundred digits cannot.
    is_near = is_number and least - 1 <= value <= most + 1
    if not is_near or not least <= round(float(value), 2) <= round(most, 2):
        fault = _(
            "%(name)s must be between %(least)s and %(most)s %(unit)s",
            name=name, least=f"{least:g}", most=f"{round(most, 1):g}", unit=unit,
        )  # fmt: skip
        raise DesignMisread(where=where, fault=fault)
    return round(float(value), 2)


def sheet(value: Any) -> Sheet:
    """The labels of a sheet; raises DesignMisread where they do not fit on their paper."""
    document = mapping(value, where="sheet")
    refuse_unknown(document, {found.name for found in fields(Sheet)}, where="sheet")
    paper = one_of(document.get("paper", "a4"), tuple(PAPERS), where="sheet", name="paper")
    width, height = PAPERS[paper]
    bounds = {
        "label_width": (20, width), "label_height": (15, height), "columns": (1, 10), "rows": (1, 25),
        "column_gap": (0, width), "row_gap": (0, height), "left": (0, width), "top": (0, height),
    }  # fmt: skip
    found = {
        name: number(
            document.get(name, 0), least, most, "sheet", name, unit="" if name in ("columns", "rows") else "mm"
        )
        for name, (least, most) in bounds.items()
    }
    rows, columns = int(found.pop("rows")), int(found.pop("columns"))
    read = Sheet(paper=paper, rows=rows, columns=columns, **found)
    right, bottom = (
        sum(pair) for pair in zip(read.place(read.labels - 1), (read.label_width, read.label_height), strict=True)
    )
    if right > width + 0.05 or bottom > height + 0.05:
        fault = _(
            "the labels do not fit: they end at %(right)s × %(bottom)s mm", right=f"{right:g}", bottom=f"{bottom:g}"
        )
        raise DesignMisread(where="sheet", fault=fault)
    return read


def read(kind: str, name: str, value: Any, where: str) -> Any:
    """One field of an element of this kind."""
    reader = _READERS.get((kind, name)) or _READERS["", name]
    return reader(value, where, name)


def _line(most: int, *, lines: bool = False, placeholders: bool = False) -> Callable[[Any, str, str], str]:
    def read(value: Any, where: str, name: str) -> str:
        if not isinstance(value, str) or len(value) > most:
            fault = _("%(name)s must be text of at most %(most)s characters", name=name, most=most)
            raise DesignMisread(where=where, fault=fault)
        kept = "".join(sign for sign in value if (lines and sign == "\n") or unicodedata.category(sign) not in _UNKEPT)
        if placeholders:
            _refuse_unknown_placeholders(kept, where)
        return kept

    return read


def _refuse_unknown_placeholders(text: str, where: str) -> None:
    for name in PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS and not name.startswith("q_"):
            known = ", ".join(f"{{{key}}}" for key in PLACEHOLDERS)
            fault = _("there is no placeholder {%(name)s}; there are %(known)s and {q_…}", name=name, known=known)
            raise DesignMisread(where=where, fault=fault)


def _of(*known: Any) -> Callable[[Any, str, str], Any]:
    return lambda value, where, name: one_of(value, known, where=where, name=name)


def _between(least: float, most: float, unit: str) -> Callable[[Any, str, str], float]:
    return lambda value, where, name: number(value, least, most, where, name, unit=unit)


def _like(pattern: re.Pattern[str], fault: Callable[[], str]) -> Callable[[Any, str, str], str]:
    def read(value: Any, where: str, name: str) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise DesignMisread(where=where, fault=f"{name} {fault()}")
        return value

    return read


def _colour_or_none(value: Any, where: str, name: str) -> str:
    return "" if value == "" else _colour(value, where, name)


def _flag(value: Any, where: str, name: str) -> bool:
    if not isinstance(value, bool):
        raise DesignMisread(where=where, fault=_("%(name)s must be true or false", name=name))
    return value


def _colour(value: Any, where: str, name: str) -> str:
    return _like(_COLOUR, lambda: _("must be a colour such as #17202e"))(value, where, name).lower()


_READERS: dict[tuple[str, str], Callable[[Any, str, str], Any]] = {
    ("", "id"): _like(_ID, lambda: _("must be 1 to 40 letters, digits, - or _")),
    ("", "text"): _line(MOST_TEXT, lines=True, placeholders=True),
    ("", "heading"): _line(120, placeholders=True),
    ("", "size"): _between(4, 144, "pt"),
    ("", "weight"): _of(400, 700),
    ("", "align"): _of(*_ALIGNS),
    ("text", "align"): _of(*_ALIGNS, "name"),
    ("", "valign"): _of("top", "middle", "bottom"),
    ("", "colour"): _colour,
    ("", "follows"): _like(_ID_OR_NONE, lambda: _("must be the id of an element")),
    ("", "is_heading"): _flag,
    ("", "image"): _like(_PICTURE, lambda: _("must be the id of a picture")),
    ("", "alt"): _line(300),
    ("", "by"): _of("sector", "type", "colour"),
    ("", "inset"): _between(0, 30, "mm"),
    ("", "question"): _like(_QUESTION, lambda: _("must be the key of a question")),
    ("", "shows"): _of("refused", "both"),
    ("", "thickness"): _between(0.1, 20, "pt"),
    ("", "fill"): _colour_or_none,
    ("", "stroke"): _colour_or_none,
    ("", "radius"): _between(0, 50, "mm"),
    ("access", "letters"): _line(4),
    ("access", "label"): _line(60),
    ("access", "shape"): _of("circle", "square", "diamond", "hexagon", "triangle"),
    ("access", "tag"): _line(60),
    ("access", "question"): _line(100),
    ("access", "answer"): _line(300),
}
