"""Loads the demo community and runs the server and the worker together, until one ends or somebody says stop."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
EVENTSYS = str(ROOT / ".venv" / "bin" / "eventsys")
NAMES = ("serve", "work")
SECONDS_TO_START = 60
SECONDS_TO_END = 10


class Stopped(Exception):
    """Somebody sent SIGINT or SIGTERM."""


def main(port: int) -> int:
    """Exit status: 0 when told to stop, 1 when something refused or ended by itself."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    if not 1 <= port <= 65535 or not _is_free(port):
        print(f"Port {port} is not free here: choose another one, as in make demo PORT=8001", file=sys.stderr)
        return 1
    os.environ.setdefault("EVENTSYS_BASE_URL", f"http://127.0.0.1:{port}")
    try:
        sign_ins = _load()
    except subprocess.CalledProcessError as refused:
        return refused.returncode or 1
    except Stopped:
        return 0
    return _run(port, sign_ins)


def _load() -> str:
    """Migrate and load; what the demo says about itself is kept for when the server answers."""
    subprocess.run([EVENTSYS, "db", "upgrade"], cwd=ROOT, check=True)
    print("Loading the demo community…", flush=True)
    return subprocess.run(
        [EVENTSYS, "demo", "load"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ).stdout


def _run(port: int, sign_ins: str) -> int:
    children: list[subprocess.Popen[bytes]] = []
    try:
        children.append(subprocess.Popen([EVENTSYS, NAMES[0], "--port", str(port)], cwd=ROOT))
        children.append(subprocess.Popen([EVENTSYS, NAMES[1]], cwd=ROOT))
        if _wait_until_ready(port, children):
            _announce(sign_ins)
        while all(child.poll() is None for child in children):
            time.sleep(0.2)
        ended = next(child for child in children if child.poll() is not None)
        print(
            f"eventsys {NAMES[children.index(ended)]} has ended ({ended.returncode}): stopping the other.",
            file=sys.stderr,
        )
        return 1
    except Stopped:
        return 0
    finally:
        _end(children)


def _announce(sign_ins: str) -> None:
    print(f"\n{sign_ins.strip()}\n\neventsys is at {os.environ['EVENTSYS_BASE_URL']}   (Ctrl-C stops it)\n", flush=True)


def _wait_until_ready(port: int, children: list[subprocess.Popen[bytes]]) -> bool:
    """True when the server answers and its database is migrated; False when a child ended or the time is over."""
    # A proxy of the environment must not be asked for what is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and all(child.poll() is None for child in children):
        try:
            with opener.open(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask all that still run, wait for them together, then insist."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    until = time.monotonic() + SECONDS_TO_END
    for child in children:
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does it: a port whose last connections are still fading is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("usage: run_demo.py PORT")
    sys.exit(main(int(sys.argv[1])))
