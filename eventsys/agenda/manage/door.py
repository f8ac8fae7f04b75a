"""The blueprint that the organisers' pages of a programme hang on."""

from __future__ import annotations

from flask import Blueprint

from eventsys.kernel.errors import Refusal

bp = Blueprint("agenda_manage", __name__)


def raise_unless_shown(refusal: Refusal) -> None:
    """What is no matter of the form (not yours, not there) gets its own page: raises it again."""
    if refusal.status in (401, 403, 404):
        raise refusal
