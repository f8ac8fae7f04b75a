"""The commands that keep running: `serve` answers and refuses with a sentence, `work` needs a migrated database."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from eventsys.logs import redacted
from tests.beside import run
from tests.factories import make_event
from tests.factories.checkin import make_desk

ROOT = Path(__file__).resolve().parents[2]
EVENTSYS = [sys.executable, "-m", "eventsys.commandline"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _life(environment: dict[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], **environment}


class Served:
    """A server of the production kind, on a port of its own."""

    def __init__(self, environment: dict[str, str], log: Path, *words: str) -> None:
        self.port = free_port()
        self.log = log
        self.scheme = "https" if "--certificate" in words else "http"
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [*EVENTSYS, "serve", "--port", str(self.port), *words],
                cwd=ROOT, env=_life(environment), stdout=file, stderr=file,
            )  # fmt: skip

    def get(self, path: str) -> tuple[int, bytes]:
        context = ssl._create_unverified_context() if self.scheme == "https" else None
        url = f"{self.scheme}://127.0.0.1:{self.port}{path}"
        try:
            with urllib.request.urlopen(url, timeout=10, context=context) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            try:
                self.get("/sign-in")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.log.read_text())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture
def served(app: Flask, environment: dict[str, str], tmp_path: Path) -> Iterator[Served]:
    found = Served(environment, tmp_path / "log")
    yield found
    if found.process.poll() is None:
        found.stop()


def test_a_page_is_served_and_the_server_ends_when_told(served: Served) -> None:
    served.wait()
    status, page = served.get("/sign-in")
    assert status == 200
    assert b'name="password"' in page
    # Begun as a script begins it; what else is refused below is forked (tests.beside).
    taken = subprocess.run(
        [*EVENTSYS, "serve", "--port", str(served.port)], cwd=ROOT, capture_output=True, text=True, check=False,
        env=_life({"EVENTSYS_DATA_DIR": str(served.log.parent)}),
    )  # fmt: skip
    assert (taken.returncode, taken.stdout) == (1, "")
    assert taken.stderr == f"127.0.0.1 port {served.port} cannot be listened at: Address already in use.\n"
    assert served.stop() == 0


def test_answers_that_stay_open_end_when_the_server_does(served: Served, app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app.test_client(), make_event(), role="wall")
    served.wait()
    lines = [http.client.HTTPConnection("127.0.0.1", served.port, timeout=60) for _line in range(4)]
    heard = []
    for line in lines:
        line.request("GET", f"{desk.root}/live/stream", headers=desk.headers())
        heard.append(line.getresponse())
        assert heard[-1].readline() == b"retry: 2000\n"
    served.process.send_signal(signal.SIGTERM)
    for answer in heard:
        # Read to its end: one that the server had to cut off would lack its last piece, and be refused here.
        answer.read()
        assert answer.isclosed()
    for line in lines:
        line.close()
    assert served.process.wait(30) == 0


@pytest.mark.parametrize(
    ("address", "reason"),
    [("", "no such table: event"), ("postgresql://bo:hunter2@127.0.0.1:1/nowhere", "connection failed")],
)
def test_a_database_that_is_away_or_empty_is_one_line(tmp_path: Path, address: str, reason: str) -> None:
    nowhere = {"EVENTSYS_DATA_DIR": str(tmp_path), "EVENTSYS_DATABASE_URL": address}
    asked = run("event", "export", "known", "--format", "ics", "--out", tmp_path / "known.ics", environment=nowhere)
    assert (asked.status, asked.out, asked.err.count("\n")) == (1, "", 1)
    assert asked.err.startswith(f"The database is away or not up to date ({reason}")
    assert "hunter2" not in asked.err


def test_the_log_holds_no_personal_link(served: Served) -> None:
    served.wait()
    for path in ("/password/abcdefghijklmnopqrstuv", "/r/abcdefghijklmnopqrstuv", "/nothing?token=abcdefghijklmnop"):
        assert served.get(path)[0] in (404, 410)
    served.stop()
    assert "listening at" in served.log.read_text()
    assert "abcdefghij" not in served.log.read_text()


def test_https_with_a_certificate(app: Flask, environment: dict[str, str], tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    served = Served(environment, tmp_path / "log", "--certificate", str(certificate), "--key", str(key))
    served.wait()
    assert served.get("/sign-in")[0] == 200
    assert served.stop() == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--certificate", "c.pem"), "HTTPS needs both --certificate and --key."),
        (("--certificate", "missing.pem", "--key", "k.pem"), "missing.pem cannot be read: No such file or directory."),
        (("--certificate", "README.md", "--key", "README.md"),
         "README.md and README.md are no certificate and its key, both in PEM."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_certificate_is_said(
    app: Flask, environment: dict[str, str], words: tuple[str, ...], sentence: str
) -> None:
    files = (word.replace("README.md", "LICENSE") for word in words)
    done = run("serve", "--port", free_port(), *files, environment=environment)
    assert (done.status, done.err) == (1, sentence.replace("README.md", "LICENSE") + "\n")


@pytest.mark.parametrize("words", [("serve", "--port", "PORT"), ("work",), ("work", "--once")])
def test_a_database_that_is_not_migrated_is_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    words = tuple(word.replace("PORT", str(free_port())) for word in words)
    done = run(*words, environment={"EVENTSYS_DATA_DIR": str(tmp_path)})
    assert (done.status, done.out) == (1, "")
    assert done.err == "The database is not ready for this version. Run: eventsys db upgrade\n"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("GET /r/AbCdEf_123-xyz9 failed", "GET /r/(link) failed"),
        ("https://e.example/password/AbCdEf_123-xyz9?x", "https://e.example/password/(link)?x"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer (token)"),
        ("mail to bo@example.org refused", "mail to (address) refused"),
        ("smtp://desk:geheim@mail.example.org:25", "smtp://desk:(password)@mail.example.org:25"),
        ("csrf_token=abcdef&x=1", "csrf_token=(hidden)&x=1"),
        ("/checkin/device#secret", "/checkin/device#(token)"),
        ("event ceris-2026 at 10:15", "event ceris-2026 at 10:15"),
    ],
)
def test_secrets_are_taken_out_of_the_log(said: str, kept: str) -> None:
    assert redacted(said) == kept
