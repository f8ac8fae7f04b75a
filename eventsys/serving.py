"""The processes: `eventsys serve` answers people, `eventsys work` does what the clock asks for."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import ssl
from collections.abc import Sequence
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from eventsys.checkin import hall
from eventsys.checkin.broadcasting import MOST_LISTENERS, end_streams
from eventsys.checkin.hall.saying import instructions
from eventsys.factory import JOBS, create_app
from eventsys.kernel import clock, work
from eventsys.kernel.database import db, is_migrated, reading
from eventsys.kernel.errors import Refusal
from eventsys.lanes import Lanes
from eventsys.logs import LINE
from eventsys.settings import ROOT, Settings

log = logging.getLogger("eventsys.serve")

# Requests at work at once: enough for a slow visitor or a PDF beside the pages; more would wait for the interpreter
# while one holds a seat.
_LANES = 3
# Threads beyond them wait: for their turn, or for news on answers that stay open.
_THREADS = _LANES + MOST_LISTENERS + 5
_SECONDS_TO_END = 8

# What granian says goes where everything goes, and loses the same secrets.
_LOGS = {
    "formatters": {
        "generic": {"()": "eventsys.logs.RedactingFormatter", "fmt": LINE},
        "access": {"()": "eventsys.logs.RedactingFormatter", "fmt": LINE},
    },
    "handlers": {
        "console": {"class": "eventsys.logs.StderrHandler", "formatter": "generic"},
        "access": {"class": "logging.NullHandler"},
    },
}

_made: list[Flask] = []


class CannotStart(Refusal):
    """A sentence for whoever typed the command."""

    code = "cannot_start"


@click.command("work")
@click.option("--once", is_flag=True, help="Do all that is due, then exit.")
@with_appcontext
def work_command(once: bool) -> None:
    """Send mail and do what the clock asks for."""
    _refuse_unless_migrated()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop_working)
    if once:
        for name, count in work.run_once(JOBS).items():
            if count:
                click.echo(f"{name}: {count}", err=True)
        return
    gc.freeze()
    work.run_until_stopped(JOBS)


def _stop_working(number: int, frame: FrameType | None) -> None:
    work.stop()


@click.command("serve")
@click.option("--host", help="The default is 127.0.0.1, and with --lan all addresses.")
@click.option("--port", type=click.IntRange(1, 65535), help="The default is PORT, or the port of the base URL.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--certificate", type=click.Path(path_type=Path), help="Serve HTTPS with this certificate (PEM).")
@click.option("--key", type=click.Path(path_type=Path), help="The private key of the certificate (PEM).")
@click.option("--lan", is_flag=True, help="Serve HTTPS to the phones of this network, by a certificate made here.")
@with_appcontext
def serve_command(
    host: str | None, port: int | None, workers: int, certificate: Path | None, key: Path | None, lan: bool
) -> None:
    """Answer people and programs; it runs no worker."""
    if lan and (certificate or key):
        raise click.UsageError("--lan makes a certificate of its own: leave out --certificate and --key.")
    settings: Settings = current_app.config["SETTINGS"]
    port = port or _port(settings)
    addresses = _addresses(host) if lan else []
    host = host or ("0.0.0.0" if lan else "127.0.0.1")
    _refuse_unless_readable(certificate, key)
    _refuse_unless_free(host, port)
    _refuse_unless_migrated()
    if addresses:
        certificate, key, app = _open_hall(addresses, port, settings)
    else:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
    app.config["IS_HALL"] = lan
    _made.append(app)
    # A connection must not be shared by the processes that are made from this one.
    db.session.remove()
    db.engine.dispose()
    server = _server(host, port, workers, certificate, key)
    _say_address(host, port, is_secure=certificate is not None)
    gc.collect()
    gc.freeze()
    server.serve(target_loader=partial(load_app, is_hall=lan), wrap_loader=False)


def _addresses(host: str | None) -> list[IPv4Address]:
    """Where phones find this computer: by `host`, or by all its addresses. Raises CannotStart without a network."""
    if host is None:
        found = hall.addresses_here()
        if not found:
            raise CannotStart("This computer is in no network: connect it to that of the hall first.")
        return found
    try:
        return [IPv4Address(host)]
    except ValueError:
        raise click.UsageError(
            f"--lan takes an IPv4 address as --host, such as 192.168.1.20; {host} is none."
        ) from None


def _open_hall(addresses: Sequence[IPv4Address], port: int, settings: Settings) -> tuple[Path, Path, Flask]:
    """The certificate, its key and an app whose links lead to this address of the network, unless the environment
    names another; says what phones are to do."""
    address = f"https://{addresses[0]}:{port}"
    named = os.environ.get("EVENTSYS_BASE_URL", "")
    if not named:
        # A process that shares nothing with this one reads it there.
        os.environ["EVENTSYS_BASE_URL"] = address
    papers = hall.prepare(settings.data_dir, addresses=addresses, hostname=hall.hostname_here(), now=clock.now())
    elsewhere = named if named.rstrip("/") != address else ""
    fingerprint = papers.authority.fingerprint
    click.echo(instructions(address, fingerprint, is_replaced=papers.is_replaced, elsewhere=elsewhere))
    return papers.certificate, papers.key, create_app()


def load_app(*, is_hall: bool = False) -> Lanes:
    """The app of a web process: the one made before the processes parted, or its own where they share nothing."""
    app = _made[0] if _made else create_app()
    app.config["IS_HALL"] = is_hall
    _hear_of_the_end()
    return Lanes(app, _LANES)


def _hear_of_the_end() -> None:
    """End the answers that stay open as soon as this process is told to stop: the server waits for all of them.

    It has handlers of its own for these signals; the interpreter tells a pipe of them beside those.
    """
    hears, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    Thread(target=_await_end, args=(hears,), name="eventsys-end", daemon=True).start()


def _await_end(hears: int) -> None:
    while said := os.read(hears, 1):
        if said[0] in (signal.SIGTERM, signal.SIGINT):
            end_streams()
            return


def _server(host: str, port: int, workers: int, certificate: Path | None, key: Path | None) -> Any:
    from granian.constants import Interfaces, SSLProtocols
    from granian.log import LogLevels
    from granian.server import Server

    return Server(
        "app:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_THREADS,
        backlog=2048,
        # Addresses of pages hold personal links: they are never logged.
        log_access=False,
        log_level=LogLevels.error,
        log_dictconfig=_LOGS,
        ssl_cert=certificate,
        ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12,
        respawn_failed_workers=True,
        workers_kill_timeout=_SECONDS_TO_END,
        working_dir=ROOT,
    )


def _port(settings: Settings) -> int:
    return int(os.environ.get("PORT") or urlsplit(settings.base_url).port or 8000)


def _say_address(host: str, port: int, *, is_secure: bool) -> None:
    shown = f"[{host}]" if ":" in host else host
    log.info("listening at %s://%s:%s", "https" if is_secure else "http", shown, port)


def _refuse_unless_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(f"{host} port {port} cannot be listened at: {error.strerror or error}.") from error


def _refuse_unless_readable(certificate: Path | None, key: Path | None) -> None:
    if certificate is None and key is None:
        return
    if certificate is None or key is None:
        raise CannotStart("HTTPS needs both --certificate and --key.")
    for file in (certificate, key):
        try:
            file.read_bytes()
        except OSError as error:
            raise CannotStart(f"{file} cannot be read: {error.strerror}.") from error
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except ssl.SSLError as error:
        raise CannotStart(f"{certificate} and {key} are no certificate and its key, both in PEM.") from error


def _refuse_unless_migrated() -> None:
    if not is_migrated(reading()):
        raise CannotStart("The database is not ready for this version. Run: eventsys db upgrade")
    reading().rollback()
