"""Who is asking: the guards that doors open with. Accounts fills in the person, events their place in an event."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import g, has_request_context
from flask import session as cookie
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from eventsys.kernel.errors import Forbidden, SignInNeeded

LET_IN = "let_in"
# By the event's id: the mark of the key that opened it, or `REGISTERED` for who opened a personal link.
LET_INTO = "let_into"
REGISTERED = "registered"

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


def let_into(event_id: int, mark: str = REGISTERED) -> None:
    """Remember in this browser's signed cookie that it may see this private event.

    `mark` names the key of the secret link it came by: with a new key the old mark opens nothing. Who opened a
    personal link stays in whatever becomes of the key.
    """
    known: dict[str, str] = dict(cookie.get(LET_INTO, {}))
    if known.get(str(event_id)) not in (mark, REGISTERED):
        known.pop(str(event_id), None)
        cookie[LET_INTO] = dict([*known.items(), (str(event_id), mark)][-20:])
        cookie.permanent = True


def is_let_into(event_id: int, mark: str) -> bool:
    """Whether this browser may see a private event whose present key has this mark."""
    if not has_request_context():
        return False
    return cookie.get(LET_INTO, {}).get(str(event_id)) in (mark, REGISTERED)


def keep_secret() -> None:
    """This answer is for who may see it alone: no shared cache keeps it, no search engine lists it."""
    if has_request_context():
        g.is_secret = True
