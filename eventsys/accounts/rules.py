"""What a password must be, where a person may be sent after signing in, and how roles are called."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask_babel import gettext as _

from eventsys.accounts.models import Role

FORGOTTEN_LASTS = timedelta(hours=2)
INVITED_LASTS = timedelta(days=14)

LEAST_CHARACTERS = 10
# What is hashed is bounded, so that nobody keeps us busy with a megabyte.
MOST_CHARACTERS = 200

_COMMON = {"1234567890", "qwertyuiop", "password123", "password1234", "passwordpassword", "iloveyou123", "0123456789"}


def is_weak(password: str, *known: str) -> bool:
    """Whether a password is too easy to guess; `known` is what everybody knows of its owner: name and address."""
    folded = password.casefold()
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS or len(set(folded)) < 4:
        return True
    parts = {part.casefold() for text in known for part in (text, text.partition("@")[0], text.replace(" ", ""))}
    return folded in _COMMON or folded in parts


def is_own_page(target: str) -> bool:
    """Whether an address is a path of this site: what a browser would read as another site's is not."""
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        return False
    # Browsers read a backslash as a slash and skip tabs and line breaks.
    if "\\" in target or any(ord(c) < 33 or ord(c) == 127 for c in target):
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc


def first_page(role: str) -> str:
    """Where somebody of this role begins their work."""
    return "/checkin/" if role == Role.DOOR else "/manage/"


def role_label(role: str) -> str:
    """The role as people say it."""
    labels = {
        Role.ADMINISTRATOR.value: _("Administrator"),
        Role.ORGANISER.value: _("Organiser"),
        Role.DOOR.value: _("Door staff"),
    }
    return str(labels.get(role, role))
