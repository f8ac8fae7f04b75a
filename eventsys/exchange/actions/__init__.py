"""Writes of whole events: a document becomes rows, rows that it lacks are withdrawn."""

from __future__ import annotations

from eventsys.exchange.actions.cloning import clone_event
from eventsys.exchange.actions.files import import_file
from eventsys.exchange.actions.imports import import_document

__all__ = ["clone_event", "import_document", "import_file"]
