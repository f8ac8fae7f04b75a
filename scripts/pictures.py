"""Takes the pictures of the README from the demo community, in a real browser: docs/pictures/*.png."""

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eventsys.demo import cast  # noqa: E402  The checkout is no package: it is found by its place.
from tests.missing import chromium  # noqa: E402

EVENTSYS = str(ROOT / ".venv" / "bin" / "eventsys")
PICTURES = ROOT / "docs" / "pictures"
WIDE, PHONE = (1440, 900), (390, 844)
TODAY = "/events/ceris-public-spaces"
MANAGE = "/manage/events/ceris-public-spaces"
COLOURS = 96

# Name, address, window, who looks.
SHOWN: tuple[tuple[str, str, tuple[int, int], cast.SignIn | None], ...] = (
    ("home", "/", WIDE, None),
    ("event", f"{TODAY}/", WIDE, None),
    ("agenda", f"{TODAY}/agenda", WIDE, None),
    ("agenda-phone", f"{TODAY}/agenda", PHONE, None),
    ("personal-phone", "/events/security-research-event/register", PHONE, None),
    ("organiser", f"{MANAGE}/", WIDE, cast.ORGANISER),
    ("registrations", f"{MANAGE}/registrations", WIDE, cast.ORGANISER),
    ("door-phone", "/checkin/ceris-public-spaces/", PHONE, cast.DOOR),
)


def main() -> int:
    path = chromium()
    if path is None:
        print("Chromium is missing: apt-get install chromium, or name one in EVENTSYS_TEST_CHROMIUM", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"EVENTSYS_DATA_DIR": folder, "EVENTSYS_BASE_URL": f"http://127.0.0.1:{port}"}
        os.environ.pop("EVENTSYS_DATABASE_URL", None)
        for command in (["db", "upgrade"], ["demo", "load"]):
            subprocess.run([EVENTSYS, *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([EVENTSYS, "serve", "--port", str(port)], cwd=ROOT)
        try:
            _wait(f"http://127.0.0.1:{port}/readyz")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path)
                for name, address, window, who in SHOWN:
                    _take(browser, f"http://127.0.0.1:{port}", name, address, window, who)
                browser.close()
        finally:
            server.terminate()
            server.wait()
    return 0


def _take(
    browser: Browser, base: str, name: str, address: str, window: tuple[int, int], who: cast.SignIn | None
) -> None:
    context = browser.new_context(viewport={"width": window[0], "height": window[1]}, timezone_id="Europe/Brussels")
    page = context.new_page()
    page.set_default_timeout(90_000)
    if who is not None:
        _sign_in(page, base, who)
    page.goto(base + address)
    page.wait_for_load_state("networkidle")
    if name in ACTS:
        ACTS[name](page)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    picture.save(PICTURES / f"{name}.png", optimize=True)
    context.close()
    print(f"{name}.png  {(PICTURES / f'{name}.png').stat().st_size // 1024} kB")


def _register(page: Page) -> None:
    """A participant registers and comes to their own page."""
    values = {"first_name": "Zuzanna", "last_name": "Wierzbicka-Chrzanowska", "email": "zuzanna@example.org"}
    for name, value in (values | {"organisation": "Fire and Rescue Service Podlesie"}).items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=country]", "PL")
    page.select_option("[name=sector]", "fire-rescue")
    page.check("[name=mode][value=onsite]", force=True)
    page.check("[name=privacy_accepted]")
    # Whoever sends a form within two seconds is taken for a robot.
    page.wait_for_timeout(4000)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/r/*")


def _scan(page: Page) -> None:
    """Somebody arrives whose badge a handheld scanner reads."""
    page.click("[data-begin]")
    page.locator("[data-find], .door-find").first.wait_for()
    page.wait_for_timeout(1500)
    page.keyboard.type(_code_of_somebody(), delay=4)
    page.keyboard.press("Enter")
    page.locator("[data-answer]").wait_for()
    page.wait_for_timeout(800)


def _code_of_somebody() -> str:
    with closing(sqlite3.connect(Path(os.environ["EVENTSYS_DATA_DIR"]) / "eventsys.sqlite3")) as database:
        (code,) = database.execute(
            "SELECT code FROM ticket JOIN registration ON registration.id = registration_id JOIN event ON event.id ="
            " registration.event_id WHERE slug = 'ceris-public-spaces' AND state = 'confirmed' AND mode = 'onsite' AND"
            " type = 'participant' AND registration.id NOT IN (SELECT registration_id FROM admission) LIMIT 1"
        ).fetchone()
    return str(code)


def _scroll(page: Page) -> None:
    """To where rooms run side by side."""
    parallel = page.get_by_text("Breakout A: Cities of every size").first
    parallel.evaluate("(entry) => window.scrollTo(0, entry.getBoundingClientRect().top + window.scrollY - 400)")


ACTS: dict[str, Callable[[Page], None]] = {
    "agenda": _scroll,
    "agenda-phone": _scroll,
    "personal-phone": _register,
    "door-phone": _scan,
}


def _sign_in(page: Page, base: str, who: cast.SignIn) -> None:
    page.goto(f"{base}/sign-in")
    page.fill("[name=email]", who.email)
    page.fill("[name=password]", who.password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def _wait(address: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with opener.open(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not come up.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
