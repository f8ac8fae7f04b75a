"""Passwords as Argon2id: slow for a thief, bounded for us, and the same time for an address that nobody has."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

from eventsys.accounts.errors import PasswordTooWeak
from eventsys.accounts.rules import MOST_CHARACTERS, is_weak
from eventsys.kernel.errors import TooManyTries

# 19 MiB, two passes, one lane: the least that OWASP's password storage cheat sheet asks for (about 30 ms here).
_MEMORY, _PASSES, _LANES = 19456, 2, 1
# The memory of all tries at once is bounded; whoever comes later waits, and is asked to come back in the end.
_AT_ONCE = threading.BoundedSemaphore(2)
_SECONDS_TO_WAIT = 5.0

# A hash by the same parameters that no password opens in practice: checked where there is no account.
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$LOdvWaK2iVWRqs0V1Nsb7g$e7XTUCPhjwIV06WBtT756q1MUEuwp8c7tmvbMg8vt9o"


@lru_cache(maxsize=1)
def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY, parallelism=_LANES)


def prepared(password: str, *known: str) -> str:
    """What is kept of a new password; `known` is its owner's name and address. Raises PasswordTooWeak."""
    if is_weak(password, *known):
        raise PasswordTooWeak(field="password")
    return hashed(password)


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _Turn():
        return str(_hasher().hash(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when nothing is kept."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    with _Turn():
        try:
            is_equal = bool(_hasher().verify(kept or _NOBODYS, password[: MOST_CHARACTERS + 1]))
        except (Argon2Error, InvalidHashError):
            return False
    return is_equal and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return bool(_hasher().check_needs_rehash(kept))


class _Turn:
    """A place among those who hash at the same time. Raises TooManyTries when none gets free in time."""

    def __enter__(self) -> None:
        if not _AT_ONCE.acquire(timeout=_SECONDS_TO_WAIT):
            raise TooManyTries(retry_after=10)

    def __exit__(self, *error: object) -> None:
        _AT_ONCE.release()
