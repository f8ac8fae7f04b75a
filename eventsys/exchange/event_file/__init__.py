"""The event file: a whole event as one JSON document, read strictly and written so that it reads back the same."""

from __future__ import annotations

from eventsys.exchange.event_file.reading import FORMAT, read_event_file
from eventsys.exchange.event_file.writing import event_file_of, written_event_file

__all__ = ["FORMAT", "event_file_of", "read_event_file", "written_event_file"]
