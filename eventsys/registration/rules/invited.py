"""Ways in besides the open form: what a code or a domain still opens, and how long a kept seat is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_babel import gettext as _

from eventsys.events.models import Event
from eventsys.kernel.tokens import as_typed
from eventsys.registration.errors import InvitationGone
from eventsys.registration.models import Invitation, Registration, State

# How long people of a group have to confirm, and how long before the deadline everybody is reminded.
GROUP_LASTS = timedelta(days=7)
INVITATION_LASTS = timedelta(days=14)
REMINDED_BEFORE = timedelta(days=2)

_GROUPS = 4


def refuse_unless_open_invitation(invitation: Invitation, now: datetime) -> None:
    """Raises InvitationGone that says why the code or domain opens nothing any more."""
    if invitation.revoked_at is not None:
        raise InvitationGone(_("This code is not valid any more. Please ask the organisers for another one."))
    if invitation.until is not None and invitation.until <= now:
        raise InvitationGone(_("This code has ended. Please ask the organisers for another one."))
    if is_used_up(invitation):
        raise InvitationGone


def is_used_up(invitation: Invitation) -> bool:
    return invitation.uses is not None and invitation.used >= invitation.uses


def uses_left(invitation: Invitation) -> int | None:
    """None where there is no limit."""
    return None if invitation.uses is None else max(0, invitation.uses - invitation.used)


def kept_until(event: Event, now: datetime, lasts: timedelta = GROUP_LASTS) -> datetime:
    """The deadline of a kept seat: at the latest when the event begins, while it goes on when it ends."""
    return min(now + lasts, event.starts_at if now < event.starts_at else event.ends_at)


def is_to_complete(registration: Registration) -> bool:
    """Whether somebody who was handed a seat has not said yet who they are, nor accepted the privacy notice."""
    was_handed = registration.stands_in_for_id is not None and registration.state == State.CONFIRMED
    return was_handed and registration.privacy_accepted_at is None


def is_to_remind(registration: Registration, now: datetime) -> bool:
    """Whether an invitation ends soon: two days before, or in the last third of a shorter one."""
    until = registration.offer_until
    if until is None or until <= now:
        return False
    return until - now <= min(REMINDED_BEFORE, (until - registration.registered_at) / 3)


def normal_code(code: str) -> str:
    """A code as it is kept: capitals, no blanks."""
    return re.sub(r"\s+", "", code).upper()


def spellings(code: str) -> set[str]:
    """What a typed code may be kept as, hyphens left out: also with the letters that are taken for digits."""
    plain = normal_code(code).replace("-", "")
    return {plain, as_typed(plain)}


def grouped(code: str) -> str:
    """A made code as people read it aloud: K7PM-2QXD-9F3A."""
    return "-".join(code[start : start + _GROUPS] for start in range(0, len(code), _GROUPS))


def normal_domain(domain: str) -> str:
    """`@Example.EU ` as `example.eu`."""
    return domain.strip().lower().lstrip("@").strip(".")


def domains_of(email: str) -> Iterator[str]:
    """The domain of an address and those above it, the nearest first; never a top level alone."""
    parts = normal_domain(email.rpartition("@")[2]).split(".")
    for start in range(len(parts) - 1):
        yield ".".join(parts[start:])
