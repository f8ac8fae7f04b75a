"""How a print queue is: what keeps it from printing, what it takes, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventsys.checkin.printing.ipp.speaking import ask, converse, first, listed
from eventsys.checkin.printing.trouble import reasons_in
from eventsys.checkin.rules.printing import PrinterAddress

if TYPE_CHECKING:
    from pyipp import IPP

# What we can make, in the order of how well it prints.
FORMATS = ("application/pdf", "image/png", "image/jpeg")
_WANTED = (
    "printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "document-format-supported",
    "media-supported", "queued-job-count", "operations-supported",
)  # fmt: skip
# RFC 8011, section 5.4.15: a job is made first and gets its document then.
_CREATE_JOB, _SEND_DOCUMENT = 0x0005, 0x0006
_NEARLY = 1.0
# PWG 5101.1, section 5: a name ends in the size of the medium.
_SIZE = re.compile(r"_(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(mm|in)$")


@dataclass(frozen=True)
class Queue:
    """How a print queue is: what keeps it from printing, in codes with words; the format to send; its media.

    `numbers_first` where it numbers a job before it is sent anything to print.
    """

    reasons: tuple[str, ...]
    is_accepting: bool
    format: str | None
    media: tuple[str, ...]
    waiting: int
    numbers_first: bool

    def medium(self, width: float, height: float) -> str | None:
        """The name of paper of this size (in mm), as the queue calls it or as one of its own; None where it has
        none."""
        for name in self.media:
            size = _size_of(name)
            if size and max(abs(size[0] - width), abs(size[1] - height)) <= _NEARLY and not name.startswith("custom_m"):
                return name
        return f"custom_badge_{width:g}x{height:g}mm" if self._takes_any(width, height) else None

    def _takes_any(self, width: float, height: float) -> bool:
        ends = [_size_of(name) for name in self.media if name.startswith(("custom_min", "custom_max"))]
        sizes = sorted(size for size in ends if size)
        if not self.media:
            return True
        return len(sizes) == 2 and sizes[0][0] <= width <= sizes[1][0] and sizes[0][1] <= height <= sizes[1][1]


def ask_queue(address: PrinterAddress) -> Queue:
    """How a queue is. Raises PrinterTrouble."""
    return converse(address, queue_of)


async def queue_of(client: IPP) -> Queue:
    """The same in a conversation that has begun."""
    found = first(await ask(client, "GET_PRINTER_ATTRIBUTES", {"requested-attributes": list(_WANTED)}), "printers")
    formats = _texts(found.get("document-format-supported"))
    operations = listed(found.get("operations-supported"))
    waiting = found.get("queued-job-count")
    return Queue(
        reasons=reasons_in(found.get("printer-state-reasons")),
        is_accepting=found.get("printer-is-accepting-jobs") is not False,
        format=next((one for one in FORMATS if one in formats), None),
        media=tuple(_texts(found.get("media-supported"))),
        waiting=waiting if isinstance(waiting, int) else 0,
        numbers_first=_CREATE_JOB in operations and _SEND_DOCUMENT in operations,
    )


def _texts(value: object) -> list[str]:
    return [one for one in listed(value) if isinstance(one, str)]


def _size_of(name: str) -> tuple[float, float] | None:
    found = _SIZE.search(name)
    if found is None:
        return None
    unit = 25.4 if found[3] == "in" else 1.0
    return float(found[1]) * unit, float(found[2]) * unit
