"""Materials for tests: files small enough to read, true enough to be taken."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.materials import actions
from eventsys.materials.models import Material

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def make_material(
    event: Event, title: str = "Slides", *, content: bytes | str = PDF, filename: str = "slides.pdf", **values: Any
) -> Material:
    """Slides for everybody, unless said otherwise; a `content` of str is a link."""
    stored = content if isinstance(content, str) else actions.store_file(BytesIO(content), filename)
    defaults: dict[str, Any] = {"kind": "slides", "audience": "public", "now": clock.now()}
    with transaction() as session:
        return actions.add_material(session, event, title=title, content=stored, **(defaults | values))


def zipped(**entries: bytes) -> bytes:
    """A ZIP of these entries; two underscores stand for a slash."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, body in entries.items():
            archive.writestr(name.replace("__", "/"), body)
    return made.getvalue()
