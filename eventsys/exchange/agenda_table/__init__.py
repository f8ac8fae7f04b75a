"""The agenda as a table that a secretary writes: read tolerantly, told exactly, written so that it reads back."""

from __future__ import annotations

from eventsys.exchange.agenda_table.reading import document_of_table

__all__ = ["document_of_table"]
