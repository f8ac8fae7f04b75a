"""The sheets that leave for a printer: badges and certificates in bulk, and one ticket, as tagged PDF (PDF/UA-1)."""

from __future__ import annotations

from eventsys.badges.sheets.badges import (
    BADGE_LAYOUTS,
    badge_pdf,
    design_pdf,
    design_png,
    sheet_pages,
    write_badges,
    write_design,
)
from eventsys.badges.sheets.certificates import write_certificates
from eventsys.badges.sheets.tickets import ticket_pdf

__all__ = [
    "BADGE_LAYOUTS",
    "badge_pdf",
    "design_pdf",
    "design_png",
    "sheet_pages",
    "ticket_pdf",
    "write_badges",
    "write_certificates",
    "write_design",
]
