"""Runs typst over layouts of ours; what people wrote reaches it as JSON, never as its own source."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from eventsys.badges.fonts import print_fonts

if TYPE_CHECKING:
    from typst import Compiler

T = TypeVar("T")

LAYOUT_FOLDER = Path(__file__).resolve().parents[1] / "layouts"

# The memory of a typst run grows with its pages, and what several of them hold is not given back at once: all of a long
# print takes 60 MB with 125 pages a run, and 130 MB with 250, which are drawn no faster.
PAGES_A_BATCH = 125

_RUNS_REMEMBERED = 10

# The compiler keeps its fonts and layouts between tickets, and serves one thread at a time.
_kept_lock = Lock()


def typeset(
    layout: str,
    sheet: Mapping[str, Any],
    *,
    pictures: Mapping[str, bytes] | None = None,
    compiler: Compiler | None = None,
) -> bytes:
    """Give the PDF (PDF/UA-1) that a layout draws of this data."""
    from typst import TypstError

    compiler = compiler or new_compiler()
    source, inputs = str(LAYOUT_FOLDER / f"{layout}.typ"), _inputs(sheet, pictures or {})
    try:
        pdf = compiler.compile(source, format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"])
    except TypstError:
        # One sign that no font draws after all must not keep a thousand people waiting: still tagged, not vouched for.
        pdf = compiler.compile(source, format="pdf", sys_inputs=inputs)
    assert isinstance(pdf, bytes)
    return pdf


def typeset_at_once(layout: str, sheet: Mapping[str, Any]) -> bytes:
    """The same for one small sheet, by the compiler that is kept warm for them."""
    with _kept_lock:
        return typeset(layout, sheet, compiler=_kept_compiler())


def pictured(
    layout: str, sheet: Mapping[str, Any], *, ppi: float, pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """Give the PNG of a layout's only page, at this many pixels an inch, by the compiler that is kept warm."""
    with _kept_lock:
        source, inputs = str(LAYOUT_FOLDER / f"{layout}.typ"), _inputs(sheet, pictures or {})
        png = _kept_compiler().compile(source, format="png", ppi=ppi, sys_inputs=inputs)
    assert isinstance(png, bytes)
    return png


def forget_pages() -> None:
    """Make typst free the pages it has laid out: it keeps, at 0.2 MB a page, what one of the last ten runs used."""
    from typst import Compiler

    blank = Compiler(b"", font_paths=print_fonts(), ignore_system_fonts=True)
    for _run in range(_RUNS_REMEMBERED + 1):
        blank.compile(b"", format="svg")


def new_compiler() -> Compiler:
    from typst import Compiler

    return Compiler(root=str(LAYOUT_FOLDER), font_paths=print_fonts(), ignore_system_fonts=True)


def batches(faces: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(faces)
    while batch := list(islice(rest, size)):
        yield batch


def _inputs(sheet: Mapping[str, Any], pictures: Mapping[str, bytes]) -> dict[str, str]:
    """Data as text: a picture as the list of its bytes, which is what typst can take."""
    drawn = {f"picture-{key}": json.dumps(list(data)) for key, data in pictures.items()}
    return {"data": json.dumps(sheet), **drawn}


@cache
def _kept_compiler() -> Compiler:
    return new_compiler()
