"""What visitors fill in: the registration form with the questions of the event, and the forms of a personal page."""

from __future__ import annotations

from eventsys.registration.forms.address import AddressForm
from eventsys.registration.forms.entering import (
    DetailsForm,
    EntryForm,
    details_form,
    entry_form,
    preview_form,
)
from eventsys.registration.forms.fields import CheckboxesField, choices_of
from eventsys.registration.forms.parts import Part, Section, sections_of

__all__ = [
    "AddressForm",
    "CheckboxesField",
    "DetailsForm",
    "EntryForm",
    "Part",
    "Section",
    "choices_of",
    "details_form",
    "entry_form",
    "preview_form",
    "sections_of",
]
