"""How a form with an event's questions is drawn, whoever fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from eventsys.events.models import Event
from eventsys.events.presentation import strip
from eventsys.kernel.text import markdown
from eventsys.registration.forms import DetailsForm, EntryForm, sections_of
from eventsys.registration.models import Admission, Mode, RegistrationSettings
from eventsys.registration.places import NO_PLACES, Places
from eventsys.registration.rules import Seats
from eventsys.registration.wording import mode_notes


def asking_page(template: str, form: DetailsForm, places: Places = NO_PLACES, **more: Any) -> str | tuple[str, int]:
    """The page of a form in its sections; with status 422 after a post, which is then one that was refused."""
    form.ask_for_files_again()
    page = render_template(
        template,
        form=form,
        sections=sections_of(form, places),
        takes_files=form.takes_files,
        place_fields=[(form[name], places.notes(name)) for name in places.fields if name in form],
        **more,
    )
    return page if request.method == "GET" else (page, 422)


def entry_page(
    template: str,
    form: EntryForm,
    places: Places,
    event: Event,
    settings: RegistrationSettings,
    seats: Mapping[Mode, Seats],
    *,
    privacy_notice: str,
    **more: Any,
) -> str | tuple[str, int]:
    """The page of somebody new, alone or with a group."""
    return asking_page(
        template,
        form,
        places,
        notes=mode_notes(seats, settings),
        only_mode=form.only_mode,
        settings=settings,
        is_by_invitation=settings.admission == Admission.INVITED,
        may_group=settings.group_most > 0,
        privacy_notice=markdown(privacy_notice),
        event=event,
        **strip(event),
        may_register=False,
        **more,
    )
