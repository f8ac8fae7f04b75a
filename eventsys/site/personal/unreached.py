"""What a person must know of their address: that it waits for their yes, or that mail does not arrive there."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.mailing.queries import is_bounced
from eventsys.registration.models import ENDED, Registration, State


def unreached(session: Session, registration: Registration) -> str:
    """One sentence, or nothing where mail arrives."""
    if not registration.email or registration.state in ENDED:
        return ""
    if registration.state == State.UNVERIFIED:
        sent = _("We have sent a letter to %(address)s. Open the link in it: then the seat is taken.",
                 address=registration.email)  # fmt: skip
        return str(sent)
    if is_bounced(session, registration.email):
        return str(
            _(
                "Mail to %(address)s did not arrive before. Keep this page, and change the address if it is wrong.",
                address=registration.email,
            )
        )
    return ""
