"""A real print server for the tests: CUPS with its own settings, port and spool, and a printer that is a folder."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mailing.mailmen import free_port

SECONDS_TO_START = 30
SECONDS_TO_PRINT = 30
_PROGRAMS = Path("/usr/lib/cups")

# A printer as CUPS drives one: the paper it puts out is a file; while `empty` lies there it has none.
_PRINTER = """#!/bin/sh
[ $# = 0 ] && { echo 'direct shelf "Unknown" "Shelf"'; exit 0; }
folder=${DEVICE_URI#shelf:}
trap 'rm -f "$folder/$1.busy"; exit 1' TERM
trap 'rm -f "$folder/$1.busy"' EXIT
ln -s /proc/$$ "$folder/$1.busy"
if [ -e "$folder/empty" ]; then
    echo "STATE: +media-empty-error" >&2
    while [ -e "$folder/empty" ]; do sleep 0.05; done
    echo "STATE: -media-empty-error" >&2
fi
[ -e "$folder/broken" ] && exit 1
cat "${6:--}" > "$folder/$1.part" && mv "$folder/$1.part" "$folder/$1.out"
"""

_SETTINGS = """Listen 127.0.0.1:{port}
LogLevel debug
Browsing No
WebInterface No
DefaultAuthType None
PreserveJobHistory {history}
ErrorPolicy {policy}
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
JobPrivateAccess all
JobPrivateValues none
SubscriptionPrivateAccess all
SubscriptionPrivateValues none
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""


def program() -> str | None:
    """The print server of the distribution."""
    found = shutil.which("cupsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return found if found and shutil.which("lpadmin", path=f"{os.environ.get('PATH', '')}:/usr/sbin") else None


class PrintServer:
    """A running server with the queue `badges`."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.shelf = home / "shelf"

    @property
    def address(self) -> str:
        return f"ipp://127.0.0.1:{self.port}/printers/badges"

    def add_queue(self, name: str, *more: str) -> None:
        """A queue that prints into the folder; `more` are options of lpadmin."""
        self._run("lpadmin", "-p", name, "-E", "-v", f"shelf:{self.shelf}", *(more or ("-m", "raw")))

    def stop_queue(self, name: str, *, accepts: bool = True) -> None:
        self._run("cupsdisable" if accepts else "cupsreject", name)

    def start_queue(self, name: str) -> None:
        self._run("cupsenable", name)
        self._run("cupsaccept", name)

    def printed(self) -> list[bytes]:
        """What came out, in the order in which it was sent."""
        files = sorted(self.shelf.glob("*.out"), key=lambda file: int(file.stem))
        return [file.read_bytes() for file in files]

    def jobs(self, *options: str) -> str:
        """What the server lists: its own view of what it holds."""
        return self._run("lpstat", "-o", *options)

    def newest(self) -> int:
        """The number of the last job that was printed."""
        return max(int(file.stem) for file in self.shelf.glob("*.out"))

    def cancel_all(self) -> None:
        """As somebody who stands at the print server does."""
        self._run("cancel", "-a")

    def wait_until_put_away(self, number: int) -> None:
        """Until the server remembers of a job that is over only what it must, and reads the rest when asked."""
        deadline = time.monotonic() + SECONDS_TO_PRINT
        while f"[Job {number}] Unloading" not in (self.home / "log" / "error").read_text(errors="replace"):
            assert time.monotonic() < deadline, f"job {number} was not put away"
            time.sleep(0.05)

    def clear(self) -> None:
        """Take everything off the shelf and out of the queue."""
        for name in ("empty", "broken"):
            (self.shelf / name).unlink(missing_ok=True)
        self._run("cancel", "-a", "-x")
        # A printer may go on for a moment with what it had begun, and then put it out.
        deadline = time.monotonic() + SECONDS_TO_PRINT
        while self.is_busy() and time.monotonic() < deadline:
            time.sleep(0.02)
        for file in self.shelf.glob("*.*"):
            file.unlink()
        # A new queue: what the printer reported last would otherwise stay with it.
        self._run("lpadmin", "-x", "badges")
        self.add_queue("badges")

    def is_busy(self) -> bool:
        """Whether a printer is at work; one that was killed leaves a link behind that leads nowhere."""
        return any(file.exists() for file in self.shelf.glob("*.busy"))

    def _run(self, *command: str) -> str:
        path = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin", "LC_ALL": "C"}
        server = f"127.0.0.1:{self.port}"
        done = subprocess.run(
            [command[0], "-h", server, *command[1:]], env=path, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout


@contextmanager
def print_server(*, remembers: bool = True) -> Iterator[PrintServer]:
    """Start a server and wait for it; it ends with the block. One that `remembers` keeps what is over in its list."""
    # The server works as a user of its own, who must be able to reach the folder.
    home = Path(tempfile.mkdtemp(prefix="eventsys-cups-", dir="/tmp"))
    home.chmod(0o755)
    server = PrintServer(home, free_port())
    _furnish(server, remembers=remembers)
    command = [str(program()), "-f", "-c", str(home / "cupsd.conf"), "-s", str(home / "cups-files.conf")]
    with (home / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
    try:
        _wait_for(server, process)
        server.add_queue("badges")
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
        shutil.rmtree(home, ignore_errors=True)


def _furnish(server: PrintServer, *, remembers: bool) -> None:
    """The folders and settings of one server, and its printer."""
    home = server.home
    for name in ("programs/backend", "spool", "cache", "state", "log", "root", "shelf"):
        (home / name).mkdir(parents=True)
    server.shelf.chmod(0o777)
    for name in ("filter", "daemon", "notifier", "cgi-bin", "driver"):
        (home / "programs" / name).symlink_to(_PROGRAMS / name)
    printer = home / "programs" / "backend" / "shelf"
    printer.write_text(_PRINTER)
    printer.chmod(0o755)
    history = "Yes" if remembers else "No"
    (home / "cupsd.conf").write_text(_SETTINGS.format(port=server.port, policy="abort-job", history=history))
    places = {
        "ServerRoot": home / "root", "ServerBin": home / "programs", "DataDir": "/usr/share/cups",
        "RequestRoot": home / "spool", "CacheDir": home / "cache", "StateDir": home / "state",
        "TempDir": home / "spool", "AccessLog": home / "log/access", "ErrorLog": home / "log/error",
        "PageLog": home / "log/page",
    }  # fmt: skip
    user = _user()
    people = {"User": user.pw_name, "Group": grp.getgrgid(user.pw_gid).gr_name, "SystemGroup": "root"}
    lines = [f"{name} {value}\n" for name, value in (places | people).items()]
    (home / "cups-files.conf").write_text("".join(lines))


def _user() -> pwd.struct_passwd:
    """CUPS does not print as root: then it does as the user of its package."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    names = {one.pw_name for one in pwd.getpwall()}
    return pwd.getpwnam("lp" if "lp" in names else "nobody")


def _wait_for(server: PrintServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        # Asked before it runs, lpstat says so and is content.
        if "is running" in server._run("lpstat", "-r"):
            return
        time.sleep(0.05)
    log = server.home / "log" / "error"
    said = (server.home / "said").read_text() + (log.read_text() if log.exists() else "")
    raise AssertionError(f"the print server did not start: {said[-2000:]}")
