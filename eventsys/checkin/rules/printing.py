"""Printers and their jobs: which addresses are taken, how long a job is held, when it is tried again or given up."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from eventsys.checkin.errors import PrinterAddressMisread
from eventsys.checkin.models import PrinterKind

# A worker holds a job this long; that of a crashed one waits for as long.
LEASE = timedelta(seconds=90)
# What one conversation with a printer may take, all of it: a question, and a badge handed over.
QUESTION_SECONDS = 10.0
DOCUMENT_SECONDS = 20.0
CONNECT_SECONDS = 5.0
# The longest way of one badge: found again, looked at, the queue asked, a job made there, the badge handed over. None
# is begun with less of the lease left.
LONGEST_WAY = timedelta(seconds=4 * QUESTION_SECONDS + DOCUMENT_SECONDS + 5)

# Somebody stands at the desk and waits: the pauses are short, and after six tries they were sent elsewhere.
_PAUSES = (3, 10, 30, 60, 120)
MOST_TRIES = 6

# A job that lies in a queue for so long is taken back, and one in a queue that cannot be asked for so long is lost from
# sight: its person has long had a badge from another printer.
LONGEST_IN_QUEUE = timedelta(minutes=20)

IPP_PORT, ZPL_PORT = 631, 9100
_SCHEMES = {"ipp": False, "ipps": True, "http": False, "https": True}
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?")
_PATH = re.compile(r"(/[A-Za-z0-9._~%+@:-]+)+/?|/?")
_HOST_AND_PORT = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:/@\s]+)(?::([0-9]{1,5}))?")


def pause_after(tries: int) -> timedelta | None:
    """How long a job waits after so many tries (counted from 1); None when it is given up."""
    return timedelta(seconds=_PAUSES[min(tries, len(_PAUSES)) - 1]) if tries < MOST_TRIES else None


def pause_before_look(age: timedelta) -> timedelta:
    """How long after the last look a queue is asked again about a job of this age: often at first, then less."""
    return timedelta(seconds=1) if age < timedelta(seconds=20) else timedelta(seconds=5)


@dataclass(frozen=True)
class PrinterAddress:
    """Where a printer listens. `path` is that of its queue; a label printer has none."""

    host: str
    port: int
    path: str = ""
    is_secure: bool = False

    @property
    def uri(self) -> str:
        """The address as the Internet Printing Protocol names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'ipps' if self.is_secure else 'ipp'}://{host}:{self.port}{self.path}"


def read_address(kind: str, text: str) -> PrinterAddress:
    """The address that an administrator wrote.

    Taken are ipp://, ipps://, http:// and https:// for IPP, and host:port for ZPL; nothing that carries a password, a
    query or a fragment. Raises PrinterAddressMisread.
    """
    return _stream_address(text.strip()) if kind == PrinterKind.ZPL else _queue_address(text.strip())


def _queue_address(text: str) -> PrinterAddress:
    try:
        parts = urlsplit(text)
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError:
        raise PrinterAddressMisread(field="address") from None
    is_odd = "@" in parts.netloc or parts.query or parts.fragment or "?" in text or "#" in text
    if parts.scheme not in _SCHEMES or is_odd or not _is_host(host) or not _PATH.fullmatch(parts.path) or port == 0:
        raise PrinterAddressMisread(field="address")
    is_web = parts.scheme.startswith("http")
    usual = (443 if parts.scheme == "https" else 80) if is_web else IPP_PORT
    return PrinterAddress(host, port or usual, parts.path or "/", _SCHEMES[parts.scheme])


def _stream_address(text: str) -> PrinterAddress:
    found = _HOST_AND_PORT.fullmatch(text)
    host = found[1].strip("[]").lower() if found else ""
    port = int(found[2] or ZPL_PORT) if found else 0
    if not _is_host(host) or not 0 < port < 65536:
        raise PrinterAddressMisread(field="address")
    return PrinterAddress(host, port)


def _is_host(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(_HOST.fullmatch(host)) and not host.replace(".", "").isdigit()
    return not (address.is_multicast or address.is_unspecified)
