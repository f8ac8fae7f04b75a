"""Every page there is, with something on it: clean under axe-core, whole on a phone, quiet in the console.

A new address must be placed here, as a page or among what is none, or these tests fail.
"""

from __future__ import annotations

from typing import Any, Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage
from sqlalchemy.orm import Session

from tests.cast import Cast
from tests.journeys.conftest import AXE, DESKTOP, PHONE, WCAG
from tests.journeys.world import make_world

# Who reads which pages; what stands in braces comes from tests/journeys/world.py.
PAGES: dict[str, tuple[str, ...]] = {
    "public": (
        "/", "/events/", "/events/?when=past", "/events/?q=nothing-is-called-so", "/sign-in", "/password",
        "/password/sent", "/password/{password}", "/invitations/{invitation}", "/checkin/device",
        "/events/{today}/", "/events/{today}/agenda", "/events/{today}/speakers", "/events/{today}/sessions/{panel}",
        "/events/{today}/sessions/{gone}", "/events/{today}/live", "/events/{today}/materials",
        "/events/{today}/privacy", "/events/{today}/register", "/events/{today}/register/sent", "/events/{over}/",
        "/events/{over}/materials", "/events/{over}/agenda", "/events/{over}/speakers", "/events/{over}/live",
        "/events/{cancelled}/", "/events/{cancelled}/register", "/events/{closed}/register", "/events/{full}/",
        "/events/{full}/register", "/forgotten", "/certificates/{certificate}",
    ),
    "personal": (
        "/r/{wished_one}", "/r/{wishes_one}", "/r/{wishes_one}/wishes/{opened}",
        "/r/{bo}", "/r/{online}", "/r/{waiting}", "/r/{applied}", "/r/{offered}", "/r/{unverified}",
        "/r/{invited}", "/r/{invited}/accept", "/r/{stepped_in}", "/r/{stepped_in}/accept", "/r/{giver}", "/r/{head}",
        "/r/{head}/group", "/r/{head}/group/{member}", "/r/{head}/hand-on", "/events/{called}/register",
        "/events/{called}/register/group", "/r/{cancelled_one}", "/r/{asked}", "/r/{bo}/details",
        "/r/confirm/{confirmation}", "/r/{bo}/email", "/r/{bo}/forget", "/r/new-address/{address}",
        "/events/{today}/live",
        "/events/{today}/materials",
    ),
    "ada": (
        "/account", "/manage/", "/manage/events/new", "/manage/events/import", "/events/{bare}/",
        "/manage/events/{today}/", "/manage/events/{today}/edit", "/manage/events/{today}/publish",
        "/manage/events/{bare}/publish", "/manage/events/{today}/cancel", "/manage/events/{today}/clone",
        "/manage/events/{today}/team", "/manage/events/{today}/exchange", "/manage/events/{bare}/",
        "/manage/events/{today}/programme", "/manage/events/{bare}/programme",
        "/manage/events/{today}/programme/sessions/new", "/manage/events/{today}/programme/sessions/{panel}",
        "/manage/events/{today}/rooms", "/manage/events/{bare}/rooms", "/manage/events/{today}/tracks",
        "/manage/events/{today}/people", "/manage/events/{today}/people/new", "/manage/events/{today}/people/{person}",
        "/manage/events/{today}/materials", "/manage/events/{today}/materials/{material}",
        "/manage/events/{bare}/materials", "/manage/events/{today}/streams", "/manage/events/{today}/streams/{stream}",
        "/manage/events/{bare}/streams",
    ),
    "ada at the desk": (
        "/manage/events/{wished}/breakouts", "/manage/events/{bare}/breakouts", "/manage/events/{wished}/breakouts/new",
        "/manage/events/{wished}/breakouts/{opened}", "/manage/events/{wished}/breakouts/{opened}/edit",
        "/manage/events/{wished}/breakouts/{opened}/preview?seed=tombola", "/manage/events/{wished}/breakouts/{dealt}",
        "/manage/events/{wished}/breakouts/{dealt}/check",
        "/manage/events/{called}/invitations", "/manage/events/{bare}/invitations",
        "/manage/events/{called}/invitations/people", "/manage/events/{called}/invitations/new",
        "/manage/events/{called}/invitations/{code}", "/manage/events/{called}/edit",
        "/manage/events/{called}/registrations/{head_number}/hand-on",
        "/manage/events/{called}/registrations/{head_number}",
        "/manage/events/{today}/registrations", "/manage/events/{bare}/registrations",
        "/manage/events/{today}/registrations/add", "/manage/events/{today}/registrations/list",
        "/manage/events/{today}/registrations/import", "/manage/events/{today}/registrations/doubles",
        "/manage/events/{today}/registrations/doubles/{twin}/{other_twin}", "/manage/events/{today}/registrations/acts",
        "/manage/events/{today}/registrations/acts/{act}",
        "/manage/events/{today}/registrations/bulk?act=message&all=1",
        "/manage/events/{chosen}/applications", "/manage/events/{bare}/applications",
        "/manage/events/{chosen}/applications/{applicant}", "/manage/events/{chosen}/applications/decide",
        "/manage/events/{chosen}/applications/rounds/{round}", "/manage/events/{chosen}/coming",
        "/manage/events/{bare}/coming", "/manage/events/{bare}/forecast", "/manage/events/{today}/forecast",
        "/manage/events/{today}/registrations/{number}", "/manage/events/{today}/registrations/{number}/answers",
        "/manage/events/{today}/registration-form/questions", "/manage/events/{bare}/registration-form/questions",
        "/manage/events/{today}/registration-form",
        "/manage/events/{today}/registration-form/seats/new", "/manage/events/{today}/registration-form/seats/{pool}",
        "/manage/events/{today}/registration-form/organisations", "/manage/events/{today}/registration-form/settings",
        "/manage/events/{today}/sessions/lab/sign-ups",
        "/manage/events/{bare}/registration-form", "/manage/events/{today}/registration-form/questions/new",
        "/manage/events/{today}/registration-form/questions/day", "/manage/events/{today}/badges",
        "/manage/events/{bare}/badges", "/manage/events/{today}/privacy",
        "/manage/events/{bare}/privacy", "/manage/events/{over}/certificates", "/manage/events/{bare}/certificates",
        "/manage/events/{today}/needs", "/manage/events/{bare}/needs",
        "/manage/events/{today}/door", "/manage/events/{today}/door/points/new",
        "/manage/events/{today}/door/points/entrance", "/invitations/{invitation}",
    ),
    "dee": ("/checkin/", "/checkin/{today}/", "/manage/"),
    "eve": (
        "/admin/", "/admin/mail", "/admin/mail/addresses", "/admin/users/new", "/admin/users/{user}", "/manage/",
        "/admin/organisations",
        "/admin/organisations/new", "/admin/organisations/{organisation}", "/admin/organisations/import",
    ),
}  # fmt: skip

# What is no page: files, feeds, pictures, answers for programs.
NO_PAGES = {
    "static", "events.way_in", "site.healthz", "site.readyz", "site.personal_feed", "calendars.all_events",
    "calendars.event",
    "calendars.agenda", "calendars.session", "exchange.frab_xml", "exchange.frab_json", "exchange_manage.download",
    "exchange_manage.template", "materials.download", "registration.ticket", "registration.qr",
    "registration_manage.sign_ups_file", "registration_manage.badges_pdf", "registration_manage.breakout_people",
    "registration_manage.code_qr", "registration_manage.badge_pdf", "reports_manage.registrations",
    "reports_manage.view",
    "community.suggest", "community_manage.download", "registration.file", "privacy.data", "reports.certificate_pdf",
    "privacy_manage.record", "privacy_manage.needs_table", "registration_manage.answer_file",
}  # fmt: skip

# Another scheme changes colours and nothing else.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
LOOK = """() => ({
    headings: document.querySelectorAll("h1").length, lang: document.documentElement.lang, title: document.title.trim(),
    beyond: document.documentElement.scrollWidth - window.innerWidth,
})"""


def test_every_page_is_among_them(app: Flask) -> None:
    class Anything(dict[str, str]):
        def __missing__(self, name: str) -> str:
            return "1"

    address = app.url_map.bind("127.0.0.1")
    placed = {
        address.match(path.partition("?")[0].format_map(Anything()))[0] for paths in PAGES.values() for path in paths
    }
    doors = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    }
    assert doors - placed - NO_PAGES == set(), "place it in PAGES or NO_PAGES"
    assert NO_PAGES - doors == set(), "NO_PAGES names what is not there any more"
    assert placed & NO_PAGES == set()


class Inspector:
    """Looks at one page after another in one tab, and keeps what is wrong by page."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.page, self.server = context.new_page(), server
        self.axe = AXE.read_text()
        self.wrong: list[tuple[str, str, Any]] = []
        self.path, self.is_listening = "", True
        context.on("console", self.hear)
        context.on("weberror", lambda error: self.note("script", str(error.error)))

    def hear(self, message: ConsoleMessage) -> None:
        """A refused style or script is told here as well."""
        if self.is_listening and message.type in ("error", "warning"):
            self.note("console", message.text)

    def note(self, what: str, more: Any) -> None:
        self.wrong.append((self.path, what, more))

    def look_at(self, path: str) -> None:
        """Once in the dark on a desk, once by daylight on a phone, which then grows to a desk."""
        self.path = path
        self.open("dark", DESKTOP)
        self.run("1440 dark", COLOURS)
        self.open("light", PHONE)
        self.measure("phone")
        self.run("390 light", WCAG)
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        self.measure("desktop")
        self.run("1440 light", WCAG)

    def open(self, scheme: Literal["light", "dark"], size: dict[str, int]) -> None:
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        self.page.emulate_media(color_scheme=scheme)
        self.is_listening = True
        answer = self.page.goto(self.server + self.path)
        if answer is None or answer.status != 200:
            self.note("status", answer and answer.status)
        # What axe tries is refused by the page's policy and said in the console: from here on it is not the page's.
        self.page.evaluate(self.axe)
        self.is_listening = False

    def measure(self, size: str) -> None:
        found = self.page.evaluate(LOOK)
        if found["headings"] != 1 or not found["lang"] or not found["title"]:
            self.note("head", found)
        if found["beyond"] > 0:
            self.note(f"wider than a {size}", found["beyond"])

    def run(self, how: str, options: dict[str, Any]) -> None:
        for violation in self.page.evaluate("options => axe.run(document, options)", options)["violations"]:
            nodes = [(node["html"][:160], node["failureSummary"][-160:]) for node in violation["nodes"]][:4]
            self.note(f"{how}: {violation['id']}", (violation["help"], nodes))


def cookies_of(cast: Cast, who: str, server: str) -> list[dict[str, str]]:
    cookie = cast.browser_of(getattr(cast, who)).get_cookie("eventsys")
    assert cookie is not None
    return [{"name": "eventsys", "value": cookie.value, "url": server}]


@pytest.mark.parametrize(
    "who",
    [
        pytest.param("public", marks=pytest.mark.xdist_group("pages of visitors")),
        pytest.param("personal", marks=pytest.mark.xdist_group("pages of visitors")),
        pytest.param("dee", marks=pytest.mark.xdist_group("pages of visitors")),
        pytest.param("eve", marks=pytest.mark.xdist_group("pages of visitors")),
        pytest.param("ada", marks=pytest.mark.xdist_group("pages of organisers")),
        pytest.param("ada at the desk", marks=pytest.mark.xdist_group("pages of organisers")),
    ],
)
def test_every_page_is_accessible_whole_and_quiet(
    who: str, app: Flask, browser: Browser, server: str, session: Session, cast: Cast
) -> None:
    world = make_world(app, cast)
    context = browser.new_context(reduced_motion="reduce")
    if who not in ("public", "personal"):
        context.add_cookies(cookies_of(cast, who.split(maxsplit=1)[0], server))  # type: ignore[arg-type]
    inspector = Inspector(context, server)
    for path in PAGES[who]:
        inspector.look_at(path.format_map(world))
    context.close()
    if inspector.wrong:
        pytest.fail("\n".join(" | ".join(map(str, one)) for one in inspector.wrong), pytrace=False)
