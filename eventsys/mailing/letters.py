"""What a message says: the letter that a maker writes when the worker is about to send it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, render_template
from jinja2 import TemplateNotFound
from sqlalchemy.orm import Session

_MAKERS = "eventsys.makers"


@dataclass(frozen=True)
class Attachment:
    """A file that goes along. `media_type` may carry parameters: `text/calendar; method=REQUEST; charset=utf-8`.

    A calendar with a method is an invitation: mail readers get it as an alternative of the text (RFC 6047, section
    2.4) and as a file.
    """

    filename: str
    media_type: str
    body: bytes


@dataclass(frozen=True)
class Letter:
    """One message to one address, ready to send."""

    to: str
    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)


# Reads what the row's arguments name and writes the letter; None when it is no longer wanted.
Maker = Callable[[Session, dict[str, Any]], Letter | None]


def write(
    template: str,
    *,
    to: str,
    subject: str,
    attachments: tuple[Attachment, ...] = (),
    reply_to: str = "",
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Letter:
    """A letter from `templates/<template>.txt` and, where there is one, `templates/<template>.html`."""
    context.setdefault("subject", subject)
    text = render_template(f"{template}.txt", **context)
    try:
        html: str | None = render_template(f"{template}.html", **context)
    except TemplateNotFound as missing:
        if missing.name != f"{template}.html":
            raise
        html = None
    return Letter(
        to=to,
        subject=str(subject),
        text=text.strip() + "\n",
        html=html,
        attachments=attachments,
        reply_to=reply_to,
        headers=dict(headers or {}),
    )


def use_makers(app: Flask, makers: Mapping[str, Maker]) -> None:
    """Tell the outbox who writes what; called once by the factory."""
    app.extensions[_MAKERS] = dict(makers)


def find_maker(name: str) -> Maker | None:
    """The maker of this name in the running app."""
    makers: dict[str, Maker] = current_app.extensions.get(_MAKERS, {})
    return makers.get(name)


def recipient_of(session: Session, maker: str, arguments: dict[str, Any]) -> str | None:
    """Whom a message would go to, which only its maker knows; None where it cannot or need not be written."""
    make = find_maker(maker)
    try:
        letter = make(session, arguments) if make is not None else None
    except Exception:
        # What is wrong with it the worker will tell.
        return None
    return letter.to if letter is not None else None
