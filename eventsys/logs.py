"""What the processes say about themselves: one line on stderr, without anybody's address or personal link."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# Whoever holds one of these may act in somebody's name, or reach them.
_SECRETS = (
    (re.compile(r"(/(?:r|password|invitations)/)[A-Za-z0-9_-]{8,}"), r"\1(link)"),
    (re.compile(r"(?i)\b(bearer\s+)\S+"), r"\1(token)"),
    (re.compile(r"(/checkin/[a-z]+)#\S+"), r"\1#(token)"),
    (
        re.compile(r"(?i)\b(csrf_token|password|token|secret|pairing|pin|next)(=|'?\"?:\s*'?\"?)[^\s&'\"]+"),
        r"\1\2(hidden)",
    ),
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), r"\1(password)@"),
    (re.compile(r"[^\s<>\"'(),;:=]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "(address)"),
)


def redacted(text: str) -> str:
    """The text with links, tokens, passwords and e-mail addresses replaced by what they are."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class RedactingFormatter(logging.Formatter):
    """Formats a record with its traceback and takes out what nobody may read later."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def set_up_logs() -> None:
    """Send the log of everything in this process to stderr; once, however often it is called."""
    root = logging.getLogger()
    if any(isinstance(handler, StderrHandler) for handler in root.handlers):
        return
    handler = StderrHandler()
    handler.setFormatter(RedactingFormatter(LINE))
    root.addHandler(handler)
    logging.getLogger("eventsys").setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
