"""Starts a server for a measurement, waits until it answers, weighs it, and ends what it started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"


@dataclass(frozen=True)
class Server:
    """A running server. `ready_after` is in seconds from start to the first good answer."""

    url: str
    pid: int
    ready_after: float

    def memory(self) -> float:
        """Proportional set size of the whole process tree, in MB."""
        return sum(_pss(pid) for pid in _tree(self.pid))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], env: dict[str, str], *, port: int, path: str) -> Iterator[Server]:
    """A server started by `command`, ended with its children when the block ends."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **env}, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url + path, process)
        yield Server(url, process.pid, time.perf_counter() - started)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def product(env: dict[str, str], *, workers: int = 2) -> Iterator[Server]:
    """Our own server, by the command that everyone uses."""
    port = free_port()
    settings = {**env, "EVENTSYS_BASE_URL": f"http://127.0.0.1:{port}"}
    command = [str(BIN / "eventsys"), "serve", "--port", str(port), "--workers", str(workers)]
    with running(command, settings, port=port, path="/readyz") as server:
        yield server


@contextmanager
def floor(env: dict[str, str], *, workers: int = 2) -> Iterator[Server]:
    """A bare Flask app on the same kind of server, database and session."""
    port = free_port()
    command = [str(BIN / "python"), "-m", "bench.floor", str(port), str(workers)]
    with running(command, env, port=port, path="/up") as server:
        yield server


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise SystemExit(f"the server ended at once with status {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise SystemExit(f"{url} did not answer within a minute")


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in _tree(int(child)))]


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
