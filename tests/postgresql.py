"""Finds a PostgreSQL server for the tests, or starts a private one that ends with them."""

import atexit
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from sqlalchemy import make_url

VARIABLE = "EVENTSYS_TEST_POSTGRESQL"
SECONDS_TO_START = 30

# A server of the tests may lose everything when the machine stops, so it need not wait for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "timezone": "UTC",
}


def server_url() -> str | None:
    """SQLAlchemy address of a server where databases may be made, or None where there is none.

    The answer is remembered in the environment: pytest-xdist's processes use the server of the one that started them.
    Raises ConnectionError where the environment names a server that does not answer.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not _may_make_databases(named):
            raise ConnectionError(f"{VARIABLE} names a server that does not answer, or where no database may be made")
        return named
    found = next((url for url in _local_servers() if _may_make_databases(url)), None) or _start_private_server()
    if found:
        os.environ[VARIABLE] = found
    return found


def _local_servers() -> list[str]:
    """Servers that let this user in without a password."""
    users = dict.fromkeys([pwd.getpwuid(os.getuid()).pw_name, "postgres"])
    hosts = ["/var/run/postgresql", "127.0.0.1"]
    return [f"postgresql+psycopg://{user}@/postgres?host={host}&port=5432" for host in hosts for user in users]


def _may_make_databases(url: str) -> bool:
    query = "select rolsuper or rolcreatedb from pg_roles where rolname = current_user"
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(plain, connect_timeout=3) as connection:
            return connection.execute(query).fetchone() == (True,)
    except psycopg.Error:
        return False


def _start_private_server() -> str | None:
    programs = _programs()
    if programs is None:
        return None
    home = Path(tempfile.mkdtemp(prefix="eventsys-pg-"))
    owner = _owner()
    group = None
    if owner:
        group = pwd.getpwnam(owner).pw_gid
        shutil.chown(home, owner, group)
    server = _init_and_start(programs, home, owner, group)
    atexit.register(_stop, server, home, os.getpid())
    url = f"postgresql+psycopg://postgres@/postgres?host={home}"
    return url if _answers_in_time(server, url) else None


def _init_and_start(programs: Path, home: Path, owner: str | None, group: int | None) -> "subprocess.Popen[bytes]":
    data = home / "data"
    groups: list[str | int] | None = [] if owner else None
    init: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    ]
    start: list[str | Path] = [programs / "postgres", "-D", data, "-k", home]
    for name, value in SETTINGS.items():
        start += ["-c", f"{name}={value}"]
    with (home / "log").open("wb") as log:
        subprocess.run(init, check=True, cwd=home, stdout=log, user=owner, group=group, extra_groups=groups)
        return subprocess.Popen(
            start,
            cwd=home,
            stdout=log,
            stderr=log,
            user=owner,
            group=group,
            extra_groups=groups,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - the tests have not begun: no other thread runs yet.
        )


def _programs() -> Path | None:
    """The newest server of those installed; Debian keeps them out of the search path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _owner() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the user of its package."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _end_with_parent() -> None:
    """Linux: have the server told to stop at once even if the tests are killed."""
    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGQUIT)


def _answers_in_time(server: "subprocess.Popen[bytes]", url: str) -> bool:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        if _may_make_databases(url):
            return True
        time.sleep(0.05)
    return False


def _stop(server: "subprocess.Popen[bytes]", home: Path, starter: int) -> None:
    if os.getpid() != starter:  # A forked child must not take its parent's server away.
        return
    server.send_signal(signal.SIGQUIT)
    server.wait()
    shutil.rmtree(home, ignore_errors=True)
