"""The letter with the link by which somebody chooses a password."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.actions import PURPOSE
from eventsys.accounts.models import PasswordLink, User
from eventsys.kernel import clock, pages, tokens
from eventsys.mailing.letters import Letter, write


def password_link_letter(session: Session, arguments: dict[str, Any]) -> Letter | None:
    """The maker "accounts.password_link"; None once the link is used or expired, or the account is closed."""
    link = session.scalar(select(PasswordLink).where(PasswordLink.token_hash == arguments["link"]))
    if link is None or link.used_at is not None or link.expires_at <= clock.now():
        return None
    user = session.get(User, link.user_id)
    if user is None or not user.is_active:
        return None
    is_invitation = bool(arguments.get("is_invitation"))
    with force_locale(arguments.get("language", "en")):
        site = pages.settings().site_name
        return write(
            "accounts/mail/invited" if is_invitation else "accounts/mail/forgotten",
            to=user.email,
            subject=_("Your account at %(site)s", site=site) if is_invitation else _("Choose a new password"),
            name=user.name,
            url=pages.absolute("accounts.choose_password", token=tokens.derived(PURPOSE, link.nonce)),
        )
