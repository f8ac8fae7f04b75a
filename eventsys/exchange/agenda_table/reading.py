"""The agenda as a table."""

from __future__ import annotations

from eventsys.exchange.document import Document
from eventsys.exchange.overrides import Overrides
from eventsys.exchange.queries import Whole
from eventsys.kernel.tables import Table


def document_of_table(table: Table, into: Whole, given: Overrides) -> Document:
    raise table.refusal("not yet")
