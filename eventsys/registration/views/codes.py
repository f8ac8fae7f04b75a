"""The invitation code on a registration form: when it is asked for, and how often somebody may guess."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request
from sqlalchemy.orm import Session

from eventsys.kernel import clock, limits
from eventsys.registration.errors import CodeUnknown
from eventsys.registration.forms import EntryForm
from eventsys.registration.models import Admission, RegistrationSettings
from eventsys.registration.queries import invited

_GUESSES, _MOST, _SECONDS = "invitation codes", 40, 600


def is_code_asked(session: Session, settings: RegistrationSettings, *, has_any: bool = True) -> bool:
    """Where nobody comes without one, where there is one that could be used, and for who comes by its link. `has_any`
    False spares the look, where it is known that there is none."""
    if settings.admission == Admission.INVITED or request.args.get("code"):
        return True
    return has_any and invited.has_codes(session, settings.event_id, clock.now())


def fill_in_code(form: EntryForm) -> None:
    """The link that was sent brings the code along."""
    if not form.is_submitted():
        form.code.data = request.args.get("code", "")[:60]


@contextmanager
def trying_code(form: EntryForm) -> Iterator[None]:
    """Each try of a code counts until it proves right, so that nobody guesses for long. Raises TooManyTries.

    To be entered before the transaction: what is counted stays when that is rolled back.
    """
    if not (form.code.data or "").strip():
        yield
        return
    limits.take(_GUESSES, most=_MOST, seconds=_SECONDS)
    is_guess = False
    try:
        yield
    except CodeUnknown:
        is_guess = True
        raise
    finally:
        if not is_guess:
            limits.give_back(_GUESSES, seconds=_SECONDS)
