"""Who is asking: the guards that doors open with. Accounts fills in the person, events their place in an event."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import session as cookie
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from eventsys.kernel.errors import Forbidden, SignInNeeded

LET_IN = "let_in"

P = ParamSpec("P")
R = TypeVar("R")


def is_signed_in() -> bool:
    """Whether an account is signed in. Asks no database when the browser sent no cookie."""
    return bool(current_user.is_authenticated)


def user_id() -> int | None:
    """The id of the account that asks."""
    return current_user.id if is_signed_in() else None


def actor() -> str:
    """Who facts name: `user:<id>` or `visitor`."""
    return f"user:{current_user.id}" if is_signed_in() else "visitor"


def is_administrator() -> bool:
    return is_signed_in() and bool(current_user.is_administrator)


def refuse_unless_signed_in() -> None:
    """Raises SignInNeeded, which doors for people answer with the sign-in page."""
    if not is_signed_in():
        raise SignInNeeded


def refuse_unless_administrator() -> None:
    """Raises SignInNeeded or Forbidden."""
    refuse_unless_signed_in()
    if not is_administrator():
        raise Forbidden(_l("Only administrators may do this."))


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Guard a view: an account must be signed in."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        refuse_unless_signed_in()
        return view(*args, **kwargs)

    return guarded


def let_in(registration_id: int) -> None:
    """Remember in this browser's signed cookie that it opened this registration's personal link."""
    known: list[Any] = list(cookie.get(LET_IN, ()))
    if registration_id not in known:
        # A family shares a tablet, an assistant opens twenty links: the newest fifty are kept.
        cookie[LET_IN] = [*known, registration_id][-50:]
        cookie.permanent = True


def let_in_as() -> list[int]:
    """The registrations whose personal link this browser has opened, oldest first."""
    return [number for number in cookie.get(LET_IN, ()) if isinstance(number, int)]
