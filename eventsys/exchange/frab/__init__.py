"""Programmes in the format of frab, pentabarf and pretalx, as XML and as JSON: read and written."""

from __future__ import annotations

from eventsys.exchange.frab.documents import document_of
from eventsys.exchange.frab.names import recognised
from eventsys.exchange.frab.reading_json import read_frab_json
from eventsys.exchange.frab.reading_xml import read_frab_xml
from eventsys.exchange.frab.writing import written_frab_json, written_frab_xml

__all__ = [
    "document_of", "read_frab_json", "read_frab_xml", "recognised", "written_frab_json", "written_frab_xml",
]  # fmt: skip
