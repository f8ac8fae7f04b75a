"""A test badge straight to a printer, while whoever looks after it stands beside it."""

from __future__ import annotations

from eventsys.badges.designs import built_in
from eventsys.badges.faces import BadgeFace
from eventsys.checkin.models import Printer, PrinterKind
from eventsys.checkin.printing import ipp, zpl
from eventsys.checkin.printing.drawing import Badge
from eventsys.checkin.printing.trouble import PrinterTrouble, graver
from eventsys.checkin.rules.printing import read_address

# A code of the length of a real one, which lets nobody in.
_CODE = "EV1:TEST0000000000000000TEST"
_LONG = "Maximiliane-Charlotte Featherstonehaugh-Papadopoulou"


def print_test(printer: Printer, format_key: str) -> tuple[str, ...]:
    """Send a test badge and give what the printer reports of itself, in codes with words. Raises PrinterTrouble."""
    address = read_address(printer.kind, printer.address)
    face = BadgeFace(name=_LONG, code=_CODE, short_code="TEST 000", affiliation=printer.name, type_label="Test")
    badge = Badge(built_in(format_key), face, "en", {})
    if printer.kind == PrinterKind.ZPL:
        zpl.send(address, zpl.label_of(badge.picture(printer.dpi)))
        return ()
    queue = ipp.ask_queue(address)
    if queue.format is None:
        raise PrinterTrouble("format")
    document = badge.document(queue.format, printer.dpi)
    ipp.send(address, document, format=queue.format, name="badge test", medium=queue.medium(*badge.paper))
    return graver(queue.reasons)
