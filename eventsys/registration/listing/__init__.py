"""The organisers' table of registrations: searched, filtered, sorted and paged in the database."""

from __future__ import annotations

from eventsys.registration.listing.asked import Asked, read_asked
from eventsys.registration.listing.catalogue import Catalogue, Column, catalogue_of
from eventsys.registration.listing.choices import Choices, choices_of
from eventsys.registration.listing.matching import counted, matching, number_matching, ordered_ids
from eventsys.registration.listing.rows import Cell, Line, lines_of, page_of

__all__ = [
    "Asked",
    "Catalogue",
    "Cell",
    "Choices",
    "Column",
    "Line",
    "catalogue_of",
    "choices_of",
    "counted",
    "lines_of",
    "matching",
    "number_matching",
    "ordered_ids",
    "page_of",
    "read_asked",
]
