"""A real server beside the tests, a real browser before it: what the journeys share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from eventsys.accounts.models import User
from tests.cast import Cast
from tests.journeys.reading import Post
from tests.journeys.served import FORGET
from tests.journeys.working import Worker
from tests.mailing.mailmen import Mailbox, start_server
from tests.missing import chromium, skip_or_fail

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SECONDS_TO_START = 90
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-extensions", "--disable-software-rasterizer")  # fmt: skip

# A desk with two busy cores takes its time; what never comes is waited for as long as this.
expect.set_options(timeout=15_000)

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# To list all that is well takes axe as long again as to find what is wrong.
WCAG = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
VIOLATIONS = "options => axe.run(document, options).then((found) => found.violations)"

# Those that take longest, as files; each of their tests is worth many others.
LONGEST = ("test_pages_are_accessible", "test_offline_schedules", "test_delegation", "test_crash")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: pytest-xdist hands tests out in this order, and one that begins last is waited for alone."""
    here = Path(__file__).parent
    ranks = {here / f"{name}.py": rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(LONGEST) + (item.path.parent != here)))


@pytest.fixture(scope="session")
def server(environment: dict[str, str], _migrated_app: Flask) -> Iterator[str]:
    """The address of a server over the database of the tests, in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = {**os.environ, **environment, "EVENTSYS_BASE_URL": url}
    command = [sys.executable, "-m", "tests.journeys.served", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, env=settings, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait_for(port, process)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr:
            process.stderr.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    process.kill()
    said = process.communicate()[1].decode(errors="replace")
    pytest.fail(f"the server did not start: {said[-2000:]}", pytrace=False)


@pytest.fixture(autouse=True)
def _forgetful(request: pytest.FixtureRequest, app: Flask) -> Iterator[None]:
    """When a test is over its pages are closed, the server ends what they asked of it and begins anew; only then does
    `app` empty the database. A page left open goes on asking: the scanner polls."""
    yield
    if "browser" in request.fixturenames:
        for context in request.getfixturevalue("browser").contexts:
            context.close()
    if "server" in request.fixturenames:
        address = request.getfixturevalue("server") + FORGET
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert answer.status == 200


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium of the distribution: nothing is downloaded for the tests."""
    path = chromium()
    if path is None:
        skip_or_fail("Chromium is missing: apt-get install chromium, or name one in EVENTSYS_TEST_CHROMIUM")
    return {**browser_type_launch_args, "executable_path": path, "args": list(QUIET)}


@pytest.fixture
def sign_in(server: str, cast: Cast) -> Callable[[BrowserContext, User], None]:
    """Give a browser the cookie of someone who signed in."""

    def give(context: BrowserContext, user: User) -> None:
        cookie = cast.browser_of(user).get_cookie("eventsys")
        assert cookie is not None
        context.add_cookies([{"name": "eventsys", "value": cookie.value, "url": server}])

    return give


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Check the page as it stands by axe-core for WCAG 2.2 A and AA: what is wrong, without a list of what is well."""
    if not AXE.is_file():
        skip_or_fail("axe-core is missing: make dev gets it")
    source = AXE.read_text()

    def check(page: Page) -> None:
        # The Content-Security-Policy stops a script element; what the test evaluates is not the page's.
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        wrong = [
            (violation["id"], violation["help"], [node["html"][:200] for node in violation["nodes"]])
            for violation in page.evaluate(VIOLATIONS, WCAG)
        ]
        assert wrong == []

    return check


@pytest.fixture(scope="session")
def post_office(server: str, environment: dict[str, str]) -> Iterator[Post]:
    """A real mail server, and a worker beside it that stays for all tests."""
    mailbox = Mailbox()
    controller = start_server(mailbox)
    settings = {
        **environment,
        "EVENTSYS_BASE_URL": server,
        "EVENTSYS_MAIL_URL": f"smtp://127.0.0.1:{controller.port}",
        "EVENTSYS_MAIL_FROM": "desk@example.org",
    }
    worker = Worker(settings)
    yield Post(mailbox, worker)
    worker.stop()
    controller.stop()


@pytest.fixture
def post(post_office: Post, app: Flask) -> Iterator[Post]:
    """A real mail server, and the worker that sends to it."""
    yield post_office
    post_office.mailbox.letters.clear()
    post_office.mailbox.recipients.clear()
