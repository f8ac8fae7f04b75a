"""The agenda as a table that a secretary writes: read tolerantly, told exactly, written so that it reads back."""

from __future__ import annotations

from eventsys.exchange.agenda_table.reading import document_of_table
from eventsys.exchange.agenda_table.writing import agenda_csv, agenda_xlsx, template_csv, template_xlsx

__all__ = ["agenda_csv", "agenda_xlsx", "document_of_table", "template_csv", "template_xlsx"]
