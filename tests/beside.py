"""Real processes beside the test, each forked from one that has loaded the program already: loading it costs most."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from eventsys.commandline import main
from eventsys.settings import ROOT

PATIENCE = 120

# A process that does nothing but fork: no thread, no connection and no setting of the test comes along.
_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(["tests.beside"])


# A file, or the end of a pipe.
End = str | Path | Connection


@dataclass(frozen=True)
class Done:
    """What a shell sees of a command that has ended."""

    status: int
    out: str
    err: str


class Beside:
    """`deed(*args)` in a process of its own, with these environment variables and no others.

    What it says goes to the end of `out` and `err`; its status is that of `sys.exit`, or the negative number of the
    signal that ended it.
    """

    def __init__(
        self,
        deed: Callable[..., Any],
        *args: Any,
        environment: Mapping[str, str],
        folder: Path = ROOT,
        out: End = os.devnull,
        err: End = os.devnull,
        given: End = os.devnull,
    ) -> None:
        begun = {"PATH": os.environ["PATH"], **environment}
        ends = (given, out, err)
        self._process = _NURSERY.Process(target=_live, args=(deed, args, begun, folder, ends), daemon=True)
        self._process.start()

    def kill(self) -> None:
        """At once, whatever it is doing."""
        self._process.kill()
        self.wait()

    def tell_to_end(self) -> None:
        """As a service is told. It ends when it is ready to."""
        self._process.terminate()

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def wait(self, patience: float = PATIENCE) -> int:
        """Its status. Raises TimeoutError where it goes on longer than `patience` (seconds)."""
        self._process.join(patience)
        if self._process.exitcode is None:
            raise TimeoutError(f"it went on for more than {patience} s")
        return self._process.exitcode


def run(*words: object, environment: Mapping[str, str], folder: Path = ROOT, given: bytes = b"") -> Done:
    """The command `eventsys` with these words, as a script runs it; `given` is its standard input."""
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        (here / "in").write_bytes(given)
        began = Beside(
            command, *map(str, words), environment=environment, folder=folder,
            given=here / "in", out=here / "out", err=here / "err",
        )  # fmt: skip
        status = began.wait()
        return Done(status, (here / "out").read_text(), (here / "err").read_text())


def command(*words: str) -> None:
    sys.argv = ["eventsys", *words]
    sys.exit(main())


def _live(
    deed: Callable[..., Any],
    args: tuple[Any, ...],
    environment: Mapping[str, str],
    folder: Path,
    ends: tuple[End, End, End],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, end in enumerate(ends):
        how = os.O_WRONLY | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        os.dup2(end.fileno() if isinstance(end, Connection) else os.open(end, how), number)
    # The streams that Python begins with: multiprocessing leaves nothing to read, and to write what its parent had.
    sys.stdin = _named(os.fdopen(0, closefd=False), "<stdin>")
    sys.stdout = _named(os.fdopen(1, "w", closefd=False), "<stdout>")
    sys.stderr = _named(os.fdopen(2, "w", buffering=1, closefd=False), "<stderr>")
    deed(*args)


def _named(stream: Any, name: str) -> Any:
    stream.buffer.raw.name = name
    return stream


def lines_of(deed: Callable[..., Any], *args: Any, environment: Mapping[str, str]) -> Iterator[tuple[Beside, str]]:
    """Each line that it says, as soon as it has, and the process itself, until it says no more and has ended."""
    receiving, sending = _NURSERY.Pipe(duplex=False)
    process = Beside(deed, *args, environment=environment, out=sending)
    sending.close()
    with receiving, os.fdopen(receiving.fileno(), closefd=False) as lines:
        for line in lines:
            yield process, line
    process.wait()
