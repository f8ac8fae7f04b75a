"""One act on many registrations: in batches that lock in one order, each with what must be known to undo it."""

from __future__ import annotations

from eventsys.registration.actions.bulk.carrying import begin, begun_before, carry_on, undo
from eventsys.registration.actions.bulk.deeds import DEEDS, Deed
from eventsys.registration.actions.bulk.merging import FIELDS, merge

__all__ = ["DEEDS", "FIELDS", "Deed", "begin", "begun_before", "carry_on", "merge", "undo"]
