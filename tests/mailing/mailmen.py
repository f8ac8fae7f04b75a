"""A real mail server for tests, and real workers beside it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from eventsys.mailing.sending import set_up_mail
from tests.beside import Beside
from tests.mailing.worker import work

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """What the server was given. `answer(rcpt)` and `at_data()` decide what it says; between a message and
    the answer to it comes `before_answer()`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.connections = 0
        self.answer: Callable[[str], str] = lambda address: "250 OK"
        self.at_data: Callable[[], str] = lambda: "250 OK"
        self.before_answer: Callable[[], None] = lambda: None

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.answer(address)
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        letter: Any = message_from_bytes(bytes(envelope.content or b""), policy=default)
        said = await asyncio.get_running_loop().run_in_executor(None, self.at_data)
        if said.startswith("2"):
            self.letters.append(letter)
            self.recipients.append(list(envelope.rcpt_tos))
            await asyncio.get_running_loop().run_in_executor(None, self.before_answer)
        return said


def start_server(mailbox: Mailbox) -> Controller:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    return controller


def use_server(app: Flask, url: str) -> None:
    """Let the app send to another mail server."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url=url)
    set_up_mail(app, app.config["SETTINGS"])


def start_worker(environment: dict[str, str], *words: str) -> Beside:
    """`eventsys work` as it runs in life, with the makers of the tests' own app beside those of the project.

    What it says lies in the data directory, at the end of `worker.log`.
    """
    log = worker_log(environment)
    return Beside(work, *words, environment=environment, out=log, err=log)


def worker_log(environment: dict[str, str]) -> Path:
    return Path(environment["EVENTSYS_DATA_DIR"]) / "worker.log"
