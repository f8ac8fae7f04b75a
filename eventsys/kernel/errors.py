"""Refusals: exceptions that carry a stable code, a sentence for people and an HTTP status."""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """Something the program will not do, said so that a person can act on it.

    Subclasses set `code` (stable, for programs), `status` (HTTP) and a `sentence` that may hold `%(name)s` places.
    `field` names the form field or column that is to blame, where there is one.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    sentence: Any = "This cannot be done."

    def __init__(self, sentence: Any = None, *, field: str | None = None, **details: Any) -> None:
        self.details = details
        self.field = field
        if sentence is not None:
            self.sentence = sentence
        super().__init__(self.code)

    def __str__(self) -> str:
        # gettext's lazy strings interpolate late; a plain `%` works for both kinds.
        text = str(self.sentence)
        return text % self.details if self.details else text


class NotFound(Refusal):
    code = "not_found"
    status = 404
    sentence = "There is nothing at this address."


class Forbidden(Refusal):
    code = "forbidden"
    status = 403
    sentence = "You may not do this."


class SignInNeeded(Refusal):
    code = "sign_in_needed"
    status = 401
    sentence = "Please sign in first."


class BadInput(Refusal):
    """Input that cannot be understood; `line` (1-based) and `file` say where when a file was read."""

    code = "bad_input"
    status = 422
    sentence = "This input cannot be understood."


class TooManyTries(Refusal):
    code = "too_many_tries"
    status = 429
    sentence = "Too many tries. Please wait a little and try again."
