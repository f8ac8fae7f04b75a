"""Label printers that speak ZPL II (Zebra and many others), over a plain TCP stream.

A badge goes out as one picture of black and white dots: the printer's own fonts know few scripts.
"""

from __future__ import annotations

import fcntl
import re
import socket
import struct
import termios
from io import BytesIO
from itertools import groupby
from time import monotonic
from typing import TYPE_CHECKING

from eventsys.checkin.printing.trouble import PrinterTrouble
from eventsys.checkin.rules.printing import CONNECT_SECONDS, DOCUMENT_SECONDS, PrinterAddress

if TYPE_CHECKING:
    from PIL.Image import Image

# Grounds lighter than this are paper: thermal paper knows no grey, and a letter must stay one.
_LIGHTER = 150
# Not every printer tells how it is; nobody waits long for one that does not.
_STATUS_SECONDS = 0.8
_STATUS = re.compile(rb"\x02([\d,]+)\x03")
_MOST_ANSWERED = 4096
_LAST_WORDS_SECONDS = 1.0


def label_of(picture: bytes) -> bytes:
    """A picture (PNG, one pixel a dot) as the commands that print one label of its size."""
    from PIL import Image

    with Image.open(BytesIO(picture)) as opened:
        dots = opened.convert("L").point(lambda light: 255 if light > _LIGHTER else 0).convert("1")
    row, total = _graphic_sizes(dots)
    head = f"^XA^PW{dots.width}^LL{dots.height}^LH0,0^LS0^FO0,0^GFA,{total},{total},{row},"
    return head.encode() + _packed(dots).encode() + b"^FS^PQ1,0,0,N^XZ"


def send(address: PrinterAddress, label: bytes) -> None:
    """Hand a label over, unless the printer says that it cannot print. Raises PrinterTrouble."""
    is_sent = False
    try:
        with socket.create_connection((address.host, address.port), timeout=CONNECT_SECONDS) as stream:
            _refuse_unless_ready(stream)
            _drop_when_closed(stream, True)
            stream.settimeout(DOCUMENT_SECONDS)
            stream.sendall(label)
            is_sent = True
            stream.shutdown(socket.SHUT_WR)
            _hear_out(stream)
            _drop_when_closed(stream, False)
    except TimeoutError:
        raise PrinterTrouble("silent") from None
    except OSError as error:
        if is_sent:
            # What ends a label was on its way, however the line went after: sent once more it might come out twice.
            raise PrinterTrouble("unsure") from None
        had_line = isinstance(error, ConnectionResetError | BrokenPipeError)
        raise PrinterTrouble("broke_off" if had_line else "unreachable") from None


def _drop_when_closed(stream: socket.socket, is_dropped: bool) -> None:
    """A label that is to be sent again must not be printed later behind our back: the system would go on with it."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", is_dropped, 0))


def _hear_out(stream: socket.socket) -> None:
    """Wait until the printer has taken all of it. A line that is closed with words unheard throws away, at the other
    end, what was not read yet."""
    until = monotonic() + DOCUMENT_SECONDS
    stream.settimeout(_LAST_WORDS_SECONDS)
    while monotonic() < until:
        try:
            if not stream.recv(1024):
                if _untaken(stream):
                    raise PrinterTrouble("unsure")
                return
        except TimeoutError:
            # Some keep the line open for minutes after a label.
            if not _untaken(stream):
                return
    if _untaken(stream):
        raise TimeoutError


def _untaken(stream: socket.socket) -> bool:
    """Whether the other end has yet to take any of the label; one thing more is the end of the line itself."""
    try:
        waiting = struct.unpack("i", fcntl.ioctl(stream, termios.TIOCOUTQ, bytes(4)))[0]
    except OSError:
        # Linux alone tells (tcp(7)); elsewhere a printer is believed.
        return False
    return bool(waiting > 1)


def _refuse_unless_ready(stream: socket.socket) -> None:
    """Ask by ~HS how the printer is, and believe one that keeps silent."""
    stream.settimeout(_STATUS_SECONDS)
    stream.sendall(b"~HS\n")
    said = b""
    try:
        while len(_STATUS.findall(said)) < 2 and len(said) < _MOST_ANSWERED:
            piece = stream.recv(1024)
            if not piece:
                return
            said += piece
    except TimeoutError:
        return
    problem = problem_in(said)
    if problem:
        raise PrinterTrouble(problem)


def problem_in(said: bytes) -> str:
    """What a host status (ZPL II, ~HS) says against printing, as a code of ours; empty where all is well."""
    lines = [line.split(b",") for line in _STATUS.findall(said)]
    if len(lines) < 2 or len(lines[0]) < 3 or len(lines[1]) < 4:
        return ""
    flags = {
        "media-empty": lines[0][1], "paused": lines[0][2], "cover-open": lines[1][2],
        "marker-supply-empty": lines[1][3],
    }  # fmt: skip
    return next((code for code, flag in flags.items() if flag == b"1"), "")


def _graphic_sizes(dots: Image) -> tuple[int, int]:
    """Bytes a row, and of the whole graphic."""
    row = (dots.width + 7) // 8
    return row, row * dots.height


def _packed(dots: Image) -> str:
    """The dots in ZPL's own compressed hexadecimal: a row is black where a bit is 1."""
    from PIL import ImageChops

    row, _total = _graphic_sizes(dots)
    data = ImageChops.invert(dots.convert("L")).convert("1").tobytes()
    rows = (data[start : start + row].hex().upper() for start in range(0, len(data), row))
    packed, before = [], None
    for digits in rows:
        packed.append(":" if digits == before else _packed_row(digits))
        before = digits
    return "".join(packed)


def _packed_row(digits: str) -> str:
    """One row: repeated digits are counted, and what is white or black to its end is one sign."""
    rest = digits.rstrip("0")
    if len(rest) < len(digits):
        return _counted(rest) + ","
    rest = digits.rstrip("F")
    return _counted(rest) + "!" if len(rest) < len(digits) else _counted(digits)


def _counted(digits: str) -> str:
    return "".join(_count(len(list(run))) + digit for digit, run in groupby(digits))


def _count(times: int) -> str:
    """`g` to `z` are 20 to 400 in twenties, `G` to `Y` are 1 to 19; one alone is left unsaid."""
    if times == 1:
        return ""
    most, rest = divmod(times, 400)
    twenties, ones = divmod(rest, 20)
    return "z" * most + (chr(ord("g") + twenties - 1) if twenties else "") + (chr(ord("G") + ones - 1) if ones else "")
