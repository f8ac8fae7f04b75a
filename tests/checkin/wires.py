"""A wire to a print server that is listened in on: it sees what is asked, and can do something at that very moment."""

from __future__ import annotations

import http.client
import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyipp.enums import IppOperation

# RFC 8010, section 3.1: one more value of an attribute, an enum of four bytes.
_ONE_MORE = b"\x23\x00\x00\x00\x04"


@dataclass
class Wire:
    """Passes on to the server at `port` what comes. `asked` grows by the operations that came.

    `interrupt` is called once, at one moment of one operation: before the server hears of it (`asked`), when it has
    heard half (`half`), or when it has answered and nobody knows (`answered`). What was asked then gets no answer, and
    what it is `deaf_to` never gets one.
    """

    port: int
    moment: tuple[str, str] | None = None
    interrupt: Callable[[], None] = lambda: None
    numbers_first: bool = True
    deaf_to: str = ""
    asked: list[str] = field(default_factory=list)
    was_interrupted: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def is_now(self, operation: str, moment: str) -> bool:
        if self.moment != (operation, moment):
            return False
        self.moment = None
        self.interrupt()
        self.was_interrupted.set()
        return True


class _Passing(http.server.BaseHTTPRequestHandler):
    wire: Wire

    def do_POST(self) -> None:
        wire, body = self.wire, self.rfile.read(int(self.headers["Content-Length"]))
        operation = IppOperation(int.from_bytes(body[2:4], "big")).name
        wire.asked.append(operation)
        if wire.is_now(operation, "asked") or operation == wire.deaf_to:
            return
        if wire.moment == (operation, "half"):
            self._pass_half(body)
            return
        passed = http.client.HTTPConnection("127.0.0.1", wire.port, timeout=30)
        passed.request("POST", self.path, body, {"Content-Type": "application/ipp"})
        answer = passed.getresponse()
        said = answer.read()
        passed.close()
        if wire.is_now(operation, "answered"):
            return
        said = said if wire.numbers_first else _without_create_job(said)
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/ipp")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _pass_half(self, body: bytes) -> None:
        head = f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/ipp\r\n"
        with socket.create_connection(("127.0.0.1", self.wire.port), 30) as stream:
            stream.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[: len(body) // 2])
            self.wire.is_now(IppOperation(int.from_bytes(body[2:4], "big")).name, "half")

    def log_message(self, *_said: object) -> None:
        """Quiet."""


def _without_create_job(said: bytes) -> bytes:
    """The same answer of a printer that knows Print-Job alone."""
    head, name, listed = said.partition(b"operations-supported")
    create, printing = (_ONE_MORE + number.to_bytes(4, "big") for number in (0x0005, 0x0002))
    return head + name + listed.replace(create, printing, 1)


@contextmanager
def wire_to(port: int, path: str = "/printers/badges") -> Iterator[Wire]:
    """A wire to the server at this port; `address` is what an administrator would write."""
    wire = Wire(port)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Passing", (_Passing,), {"wire": wire}))
    wire.address = f"http://127.0.0.1:{server.server_port}{path}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield wire
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
