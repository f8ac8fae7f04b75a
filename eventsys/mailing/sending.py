"""How a letter leaves: Flask-Mail over SMTP or into a file, with every header checked."""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
import tempfile
from datetime import UTC, datetime
from email.charset import BASE64, QP, Charset
from email.message import Message as Part
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import flask_mail
from flask import Flask, current_app
from markupsafe import escape

from eventsys.kernel.pages import settings
from eventsys.mailing.letters import Attachment, Letter
from eventsys.settings import Settings

_CONNECT_SECONDS = 10
_ANSWER_SECONDS = 15
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
# A server may refuse to take more over one connection; reconnecting now and then costs nothing.
_MOST_OVER_ONE_CONNECTION = 100

mail = flask_mail.Mail()


class HeaderRefused(ValueError):
    """A header holds a line break, or the recipient is not exactly one address."""


class Unreachable(OSError):
    """No connection to the mail server, or it does not let us in; the text names the kind of failure only."""


def _charset(body_encoding: int) -> Charset:
    """UTF-8 so that any server carries it; Flask-Mail sets the usual one to raw 8 bits for the whole process."""
    found = Charset("utf-8")
    found.body_encoding = body_encoding
    return found


_QUOTED = _charset(QP)
_PACKED = _charset(BASE64)


class MailMessage(flask_mail.Message):
    """Flask-Mail's message with a stable Message-ID, checked headers, and invitations as mail readers want them."""

    def __init__(self, letter: Letter, *, key: str) -> None:
        super().__init__(
            subject=letter.subject,
            recipients=[letter.to],
            body=letter.text,
            html=letter.html,
            reply_to=letter.reply_to or None,
            extra_headers={"Auto-Submitted": "auto-generated", **letter.headers},
        )
        self.invitations = [file for file in letter.attachments if _is_invitation(file)]
        for file in letter.attachments:
            kind = "application/ics" if _is_invitation(file) else file.media_type
            self.attach(file.filename, kind, file.body)
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        self.msgId = f"<{digest}@{_mail_domain(settings())}>"

    def has_bad_headers(self) -> bool:
        """Whether a header would end early and begin another one, or the message would reach other people."""
        files = [str(text) for file in self.attachments for text in (file.filename, file.content_type)]
        files += [file.media_type for file in self.invitations]
        more = [text for pair in (self.extra_headers or {}).items() for text in pair]
        texts = [self.subject, str(self.sender), str(self.reply_to or ""), *map(str, self.recipients), *files, *more]
        if any(c in text for text in texts for c in "\r\n\0"):
            return True
        return any(len(getaddresses([str(address)])) != 1 for address in self.recipients)

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        # A line of a mail holds at most 998 characters (RFC 5322, section 2.1.1), and not every server takes 8 bits.
        return MIMEText(text or "", subtype, _QUOTED)  # type: ignore[arg-type]

    def _message(self) -> MIMEBase:
        if not self.invitations:
            return super()._message()
        # The parent builds the alternative part only where there is HTML.
        self.html = self.html or f"<pre>{escape(self.body or '')}</pre>"
        message = super()._message()
        alternative: Any = message.get_payload(0)
        for file in self.invitations:
            alternative.attach(_calendar_part(file))
        return message


class MailConnection(flask_mail.Connection):
    """Flask-Mail's connection with time limits, a checked certificate, and a polite end."""

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        """Raises OSError or SMTPException when the server cannot be reached or does not let us in."""
        state, context = self.mail, ssl.create_default_context()
        host: smtplib.SMTP
        if state.use_ssl:
            host = smtplib.SMTP_SSL(state.server, state.port, timeout=_CONNECT_SECONDS, context=context)
        else:
            host = smtplib.SMTP(state.server, state.port, timeout=_CONNECT_SECONDS)
        try:
            if state.use_tls:
                host.starttls(context=context)
            if state.username and state.password:
                host.login(state.username, state.password)
        except BaseException:
            host.close()
            raise
        if host.sock is not None:
            host.sock.settimeout(_ANSWER_SECONDS)
        return host

    def __exit__(self, *error: Any) -> None:
        self.end()

    def end(self) -> None:
        """Say goodbye where somebody still listens."""
        host, self.host = self.host, None
        if host is not None:
            try:
                host.quit()
            except (OSError, smtplib.SMTPException):
                host.close()


class Post:
    """One kept connection that sends letters one after the other; opened with the first, reopened after a failure."""

    def __init__(self) -> None:
        self._connection: MailConnection | None = None

    def __enter__(self) -> Post:
        return self

    def __exit__(self, *error: Any) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.end()
            self._connection = None

    def send(self, letter: Letter, *, key: str, made_at: datetime) -> None:
        """Hand the letter over; `key` makes the Message-ID. Raises HeaderRefused, Unreachable or an SMTPException."""
        message = MailMessage(letter, key=key)
        try:
            if settings().mail_url.startswith("file:"):
                _write_file(message, key=key, made_at=made_at)
            else:
                self._connect().send(message)
        except (flask_mail.BadHeaderError, UnicodeError) as error:
            # No header takes an address with other letters than ASCII before the @.
            raise HeaderRefused from error
        except OSError as error:
            if not isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) or self._is_cut():
                self.hang_up()
            raise

    def _is_cut(self) -> bool:
        """Whether the server ended the connection with its answer (421, RFC 5321, section 3.8)."""
        host = self._connection.host if self._connection is not None else None
        return host is None or host.sock is None

    def _connect(self) -> MailConnection:
        if self._connection is None:
            connection = MailConnection(current_app.extensions["mail"])
            try:
                connection.__enter__()
            except OSError as error:
                raise Unreachable(type(error).__name__) from error
            self._connection = connection
        return self._connection


def set_up_mail(app: Flask, settings: Settings) -> None:
    """Turn EVENTSYS_MAIL_URL into Flask-Mail's settings."""
    parts = urlsplit(settings.mail_url)
    app.config.update(
        MAIL_SERVER=parts.hostname or "localhost",
        MAIL_PORT=parts.port or _PORTS.get(parts.scheme, 25),
        MAIL_USERNAME=unquote(parts.username) if parts.username else None,
        MAIL_PASSWORD=unquote(parts.password) if parts.password else None,
        MAIL_USE_SSL=parts.scheme == "smtps",
        MAIL_USE_TLS=parts.scheme == "smtp+starttls",
        MAIL_DEFAULT_SENDER=settings.mail_from,
        MAIL_MAX_EMAILS=_MOST_OVER_ONE_CONNECTION,
        MAIL_SUPPRESS_SEND=False,
    )
    mail.init_app(app)


def _is_invitation(file: Attachment) -> bool:
    kind = file.media_type.lower()
    return kind.startswith("text/calendar") and "method=" in kind


def _calendar_part(file: Attachment) -> Part:
    part = MIMEText(file.body.decode(), "calendar", _PACKED)  # type: ignore[arg-type]
    for piece in file.media_type.split(";")[1:]:
        name, _, value = piece.strip().partition("=")
        part.set_param(name.lower(), value.strip('"'))
    return part


def _mail_domain(settings: Settings) -> str:
    host = urlsplit(settings.base_url).hostname or "localhost"
    return f"[{host}]" if host.replace(".", "").isdigit() or ":" in host else host


def _write_file(message: MailMessage, *, key: str, made_at: datetime) -> None:
    """One .eml a message, complete or not at all. The name comes from the key: sent twice, it is still one file."""
    if message.has_bad_headers():
        raise HeaderRefused
    folder = settings().data_dir / "mail"
    folder.mkdir(exist_ok=True)
    stamp = made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{stamp}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.eml"
    message.date = made_at.timestamp()
    handle, unfinished = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(message.as_bytes())
        Path(unfinished).replace(folder / name)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    flask_mail.email_dispatched.send(current_app._get_current_object(), message=message)  # type: ignore[attr-defined]
