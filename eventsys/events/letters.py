"""The letter that asks somebody to work on an event."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.events import rules
from eventsys.events.actions import token_of
from eventsys.events.queries import find_invitation
from eventsys.kernel import clock, pages
from eventsys.kernel.text import clean_line
from eventsys.mailing.letters import Letter, write


def invitation_letter(session: Session, arguments: dict[str, Any]) -> Letter | None:
    """The maker "events.invitation"; None once the invitation is withdrawn, accepted or expired."""
    invitation = find_invitation(session, arguments["invitation"])
    if invitation is None or invitation.accepted_at is not None or invitation.expires_at <= clock.now():
        return None
    inviter = session.get(User, invitation.invited_by_id) if invitation.invited_by_id else None
    with force_locale(arguments.get("language", "en")):
        return write(
            "events/mail/invitation",
            to=invitation.email,
            subject=clean_line(_("Work with us on %(title)s", title=invitation.event.title)),
            event=invitation.event,
            inviter=inviter.name if inviter else "",
            role=rules.member_label(invitation.role),
            url=pages.absolute("events_manage.invitation", token=token_of(invitation.nonce)),
            expires_at=invitation.expires_at,
        )
