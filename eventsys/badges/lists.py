"""The paper list of a door: everybody by family name with boxes to tick, for the day when all else fails."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from eventsys.badges.fonts import print_fonts
from eventsys.badges.writing import direction, drawable, font_families
from eventsys.kernel.text import search_key

_LAYOUT = Path(__file__).resolve().parent / "layouts" / "list.typ"
_BLANK_LINES = 24


@dataclass(frozen=True, kw_only=True)
class ListLine:
    """One person of the list. `family` is what they are found by; `type_label` is empty for participants."""

    family: str
    given: str
    organisation: str = ""
    type_label: str = ""
    short_code: str = ""

    @property
    def sort_key(self) -> tuple[str, str]:
        return search_key(self.family or self.given), search_key(self.given)

    @property
    def letter(self) -> str:
        """Under which letter people look: the first of the name in Latin, whatever its script."""
        first = self.sort_key[0][:1].upper()
        return first if first.isalpha() else "#"


@dataclass(frozen=True, kw_only=True)
class ListHead:
    """What stands around the lines: `boxes` are the labels of the boxes beside each name, `about` says of which day
    they are, `printed` when."""

    event: str
    printed: str
    about: str = ""
    boxes: Sequence[str]
    language: str = "en"


def list_pdf(head: ListHead, lines: Iterable[ListLine]) -> bytes:
    """A4 pages as tagged PDF, the lines in order of family name, then blank ones; captions in the locale in force.

    Raises FontsMissing.
    """
    from typst import Compiler, TypstError

    ordered = sorted(lines, key=lambda line: line.sort_key)
    inputs = {"data": json.dumps(_sheet(head, ordered))}
    compiler = Compiler(font_paths=print_fonts(), ignore_system_fonts=True)
    try:
        pdf = compiler.compile(str(_LAYOUT), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"])
    except TypstError:
        # One sign that no font draws must not keep the list from the door: still tagged, not vouched for.
        pdf = compiler.compile(str(_LAYOUT), format="pdf", sys_inputs=inputs)
    assert isinstance(pdf, bytes)
    return pdf


def _sheet(head: ListHead, lines: Sequence[ListLine]) -> dict[str, Any]:
    def said(text: str) -> dict[str, Any]:
        return _said(text, head.language)

    groups: list[dict[str, Any]] = []
    for line in lines:
        if not groups or groups[-1]["letter"] != line.letter:
            groups.append({"letter": line.letter, "lines": []})
        groups[-1]["lines"].append([
            said(f"{line.family}, {line.given}" if line.family and line.given else line.family or line.given),
            said(line.organisation), said(line.type_label), drawable(line.short_code),
        ])  # fmt: skip
    captions = {
        "title": _("Paper list: %(event)s", event=head.event), "event": head.event, "printed": head.printed,
        "about": head.about,
        "name": _("Name"), "organisation": _("Organisation"), "type": _("Type"), "code": _("Code"),
        "walk_ins": _("Not on the list"),
        "count": _("%(n)s people", n=len(lines)),
    }  # fmt: skip
    return {
        **{key: said(words) for key, words in captions.items()},
        "lang": head.language[:2],
        "fonts": font_families("", language=head.language),
        "dir": direction(captions["name"]),
        "boxes": [said(box) for box in head.boxes],
        "groups": groups,
        "blank": _BLANK_LINES,
    }


def _said(text: str, language: str) -> dict[str, Any]:
    words = drawable(text) if text else ""
    return {
        "text": words,
        "dir": direction(words),
        "fonts": font_families(words, language=language),
    }
