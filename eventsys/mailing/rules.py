"""When a message is tried again, when it is given up, and when an address counts as dead."""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parseaddr

# How long a worker holds what it took; the messages of a crashed one wait this long.
LEASE = timedelta(seconds=60)
# No message is begun with less of the lease left: a slow mail server must not outlast it.
TIME_FOR_ONE = timedelta(seconds=50)
BATCH = 20

_MINUTES = (1, 5, 30, 120)
_THEN = 360
# The pauses above and eleven times six hours: nearly three days.
MOST_TRIES = 16


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after this many tries (counted from 1); None when it is time to give up."""
    if tries >= MOST_TRIES:
        return None
    return timedelta(minutes=_MINUTES[tries - 1] if 1 <= tries <= len(_MINUTES) else _THEN)


# What a server says of a recipient without a code of RFC 3463 (RFC 5321, section 4.2.3; RFC 7504).
_OF_ADDRESSES = {501: "5.1.3", 550: "5.0.0", 551: "5.1.6", 553: "5.1.3", 556: "5.1.10"}
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?!\d)")


def address_key(address: str) -> str:
    """One key for all spellings of one address, also of one with a name before it."""
    return parseaddr(address)[1].lower()


def is_dead(status: str) -> bool:
    """Whether a code of RFC 3463 says that mail to an address never arrives: no such mailbox, none any more, no host.

    Full mailboxes (5.2.2), content and policy (5.6.x, 5.7.x) say nothing of the address: a server that blocks us for a
    day must not make everybody on it unreachable.
    """
    return status.startswith(("5.0.", "5.1.")) or status in ("5.2.0", "5.2.1", "5.4.4")


def status_in(text: str) -> str:
    """The code that a text begins with, such as `5.1.1`; empty where there is none."""
    found = _STATUS.match(text.strip())
    return found[0] if found else ""


def dead_status(code: int, said: str) -> str | None:
    """The code by which a refused recipient counts as dead; None where the refusal is about something else."""
    status = status_in(said) or _OF_ADDRESSES.get(code, "")
    return status if 500 <= code < 600 and is_dead(status) else None
