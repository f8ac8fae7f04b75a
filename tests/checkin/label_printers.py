"""A label printer for the tests: it listens on a real socket, and reads what it is sent as such printers do."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

_GRAPHIC = re.compile(rb"\^GFA,(\d+),(\d+),(\d+),([^\^]*)\^FS")
READY = b"\x02030,0,0,0800,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
NO_PAPER = READY.replace(b"030,0,0", b"030,1,0")
HEAD_UP = READY.replace(b"001,0,0,0", b"001,0,1,0")


class LabelPrinter:
    """It answers ~HS with `status`, or keeps silent where that is empty, and keeps every label.

    `breaks_off` it closes the line with most of a label unread, once `may_break` is set; `is_stuck` it takes the line
    and reads nothing of it.
    """

    def __init__(self, status: bytes = READY) -> None:
        self.status = status
        self.breaks_off = self.is_stuck = False
        self.lines = 0
        self.labels: list[bytes] = []
        self.has_label = threading.Event()
        self.may_break = threading.Event()
        self._let_go = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        # Little is taken before it is read, as by the small memory of a printer.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self._listener.settimeout(0.2)
        self._is_on = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def switch_off(self) -> None:
        self._is_on = False
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while self._is_on:
            try:
                stream, _who = self._listener.accept()
            except TimeoutError:
                continue
            self.lines += 1
            with stream:
                stream.settimeout(10)
                if self.is_stuck:
                    while self._is_on and self.is_stuck:
                        self._let_go.wait(0.05)
                else:
                    self._hear(stream)

    def _hear(self, stream: socket.socket) -> None:
        heard = b""
        while piece := stream.recv(65536):
            heard += piece
            if self.breaks_off and b"^XA" in heard:
                self.may_break.wait(10)
                return
            if b"~HS" in heard:
                heard = heard.replace(b"~HS\n", b"", 1)
                if self.status:
                    stream.sendall(self.status)
        if b"^XZ" in heard:
            self.labels.append(heard)
            self.has_label.set()


@contextmanager
def label_printer(status: bytes = READY) -> Iterator[LabelPrinter]:
    printer = LabelPrinter(status)
    try:
        yield printer
    finally:
        printer.switch_off()


def picture_on(label: bytes) -> Image.Image:
    """The dots of a label, read as the language's manual says: hexadecimal with counts, `,` `!` and `:`."""
    found = _GRAPHIC.search(label)
    assert found is not None
    total, same, row = (int(found[number]) for number in (1, 2, 3))
    assert total == same
    digits = "".join(_rows(found[4].decode(), row * 2))
    assert len(digits) == total * 2
    inverted = bytes(255 - byte for byte in bytes.fromhex(digits))
    return Image.frombytes("1", (row * 8, total // row), inverted)


def size_of(label: bytes) -> tuple[int, int]:
    """Width and length of a label in dots, as it tells the printer."""
    found = re.search(rb"\^PW(\d+)\^LL(\d+)", label)
    assert found is not None
    return int(found[1]), int(found[2])


def _rows(text: str, width: int) -> Iterator[str]:
    line, times, before = "", 0, ""
    for sign in text:
        if sign in ",!:":
            line = before if sign == ":" else line + ("0" if sign == "," else "F") * (width - len(line))
        elif "G" <= sign <= "Y":
            times += ord(sign) - ord("G") + 1
            continue
        elif "g" <= sign <= "z":
            times += (ord(sign) - ord("g") + 1) * 20
            continue
        else:
            line += sign * (times or 1)
            times = 0
        if len(line) == width:
            yield line
            line, before = "", line
    assert (line, times) == ("", 0)
