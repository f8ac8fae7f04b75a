"""The designs to begin from: one a format, drawn so that a name is read from two metres."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

from flask_babel import gettext as _

from eventsys.badges.designs.formats import BACK, FORMATS, FRONT, INSIDE_LEFT, INSIDE_RIGHT, USUAL_SHEET, Sheet
from eventsys.badges.designs.reading import VERSION, Design, read_design
from eventsys.badges.errors import LayoutUnknown

SOFT = "#566073"

# The dark modules are 25 of the 33 that a code takes with its quiet zone of four on each edge.
_WHOLE, _QUIET = 33 / 25, 4 / 25

Document = dict[str, Any]


def built_in(key: str, *, sheet: Sheet | None = None) -> Design:
    """The design to begin from in this format, for labels on this `sheet`; raises LayoutUnknown.

    Captions in it follow the locale in force.
    """
    if key not in FORMATS:
        raise LayoutUnknown(layout=key, known=", ".join(FORMATS))
    captions = (_("Your sessions"), _("Programme"))
    return _built(key, sheet or USUAL_SHEET if FORMATS[key].is_sheet else None, captions)


@cache
def _built(key: str, sheet: Sheet | None, captions: tuple[str, str]) -> Design:
    empty = Design(format=key, sheet=sheet)
    width, height = empty.width, empty.height
    if empty.form.is_fold:
        sides = _fold(width, height, *captions)
    elif height > width:
        sides = {FRONT: _card(width, height)}
    else:
        sides = {FRONT: _label(width, height, has_colour=not empty.form.is_turned)}
    labels = {"sheet": asdict(sheet)} if sheet else {}
    return read_design({"version": VERSION, "format": key, **labels, "sides": sides})


def _card(width: float, height: float) -> list[Document]:
    """Upright: the event above, the name, from where; the code and the role; the sector as the foot."""
    scale = min(width / 105, height / 148)
    edge, bar = 9 * scale, 16 * scale
    inner = width - 2 * edge
    # On a small card the code keeps a size that scans at arm's length.
    modules = max(32 * scale, 24)
    quiet = modules * _QUIET
    code_top = height - bar - 13 * scale - modules
    beside = edge + modules + 9 * scale
    name_top, name_height = 27 * scale, 35.6 * scale
    from_top = name_top + name_height + 1.2 * scale
    from_height = code_top - quiet - from_top - 6 * scale
    foot = code_top + modules
    return [
        _text("event", "{event}", (edge, 8 * scale, inner, 9 * scale), max(11 * scale, 8), weight=700, valign="bottom"),
        _text(
            "facts", "{dates} · {venue}", (edge, 17.4 * scale, inner, 4.2 * scale), max(8.5 * scale, 7),
            colour=SOFT, valign="bottom",
        ),
        _placed("rule", "line", (edge, 23 * scale, inner, 0)),
        _text("name", "{name}", (edge, name_top, inner, name_height), 44 * scale, weight=700, align="name",
              is_heading=True),
        _text("organisation", "{organisation}", (edge, from_top, inner, from_height), max(14 * scale, 10),
              align="name", follows="name"),
        _text("country", "{country}", (edge, from_top + from_height + 0.8 * scale, inner, 4.6 * scale),
              max(10.5 * scale, 8), align="name", colour=SOFT, follows="organisation"),
        _placed("qr", "qr", (edge - quiet, code_top - quiet, modules * _WHOLE, modules * _WHOLE)),
        _placed("code", "code", (edge, foot + quiet, modules, 5.2 * scale), size=round(12.5 * modules / 32, 1)),
        _placed("mark", "mark", (beside, foot - 20 * scale, 10 * scale, 10 * scale)),
        _text("type", "{type}", (beside, foot - 8.4 * scale, width - edge - beside, 8.4 * scale), 17 * scale,
              weight=700, valign="bottom"),
        _bar(width, height, bar, size=18 * scale, inset=edge),
    ]  # fmt: skip


def _label(width: float, height: float, *, has_colour: bool) -> list[Document]:
    """Lying: the name across, the code in the corner. A roll prints black only, so that nothing there needs colour."""
    edge = 5.0 if height > 60 else 4.0
    bar = height * 0.125 if has_colour else 0.0
    inner = width - 2 * edge
    code = min(max(height * 0.44, 20.5), 32)
    quiet = code / _WHOLE * _QUIET
    code_x, code_top = width - edge - code + quiet, height - bar - code - 3.7
    beside = code_x - edge - 0.2
    title = max(height * 0.072, 3.6)
    name_top = edge + title + height * 0.012
    name_height = code_top - name_top - 0.1
    from_top = name_top + name_height + 0.6
    role = height * 0.125
    role_top = height - bar - role - (2.8 if bar else edge)
    said = "{type}" if has_colour else "{type} · {sector}"
    elements = [
        _text("event", "{event}", (edge, edge - 0.6, inner, title), title * 2.2, weight=700, colour=SOFT),
        _text("name", "{name}", (edge, name_top, inner, name_height), height * 0.62, weight=700, align="name",
              is_heading=True),
        _text("organisation", "{organisation}\n{country}", (edge, from_top, beside, role_top - from_top - 1),
              height * 0.1 + 5.5, align="name", follows="name"),
        _placed("mark", "mark", (edge, role_top, role, role)),
        _text("type", said, (edge + role + 2.2, role_top, beside - role - 2.2, role), height * 0.22, weight=700,
              valign="middle"),
        _placed("qr", "qr", (code_x, code_top, code, code)),
        _placed("code", "code", (code_x + 1, code_top + code + 0.1, code - 2, 3.5), size=8, align="center"),
    ]  # fmt: skip
    return [*elements, _bar(width, height, bar, size=height * 0.17, inset=edge)] if has_colour else elements


def _fold(width: float, height: float, own: str, programme: str) -> dict[str, list[Document]]:
    left, inner = 9.0, width - 18
    return {
        FRONT: _card(width, height),
        BACK: [
            _text("back-event", "{event}", (left, 9, inner, 14), 13, weight=700),
            _text("back-facts", "{dates}\n{venue}", (left, 24.6, inner, 9), 9, colour=SOFT, follows="back-event"),
            _placed("agenda", "agenda", (left, 42, inner, 76), heading=own, size=9.5),
            _placed("picture", "image", (left, 122, inner, 17.5)),
        ],
        INSIDE_LEFT: [_placed("programme", "programme", (left, 9, inner, height - 18), size=10.5, heading=programme)],
        INSIDE_RIGHT: [_placed("programme-more", "programme", (left, 9, inner, height - 18), size=10.5)],
    }


def _bar(width: float, height: float, thickness: float, *, size: float, inset: float) -> Document:
    place = (0, height - thickness, width, thickness)
    return _placed("sector", "bar", place, by="sector", text="{sector}", size=round(size, 1), inset=round(inset, 1))


def _text(id: str, text: str, place: tuple[float, float, float, float], size: float, **more: Any) -> Document:
    return _placed(id, "text", place, text=text, size=round(size, 1), **more)


def _placed(id: str, kind: str, place: tuple[float, float, float, float], **more: Any) -> Document:
    x, y, width, height = (round(value, 1) for value in place)
    return {"id": id, "kind": kind, "x": x, "y": y, "width": width, "height": height, **more}
