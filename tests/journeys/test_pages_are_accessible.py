"""Every page there is, with something on it: clean under axe-core, whole on a phone, quiet in the console.

A new address must be placed here, as a page or among what is none, or these tests fail.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage
from sqlalchemy.orm import Session

from tests.cast import Cast
from tests.journeys.conftest import AXE, DESKTOP, PHONE, VIOLATIONS, WCAG
from tests.journeys.world import make_world

# Who reads which pages; what stands in braces comes from tests/journeys/world.py.
PAGES: dict[str, tuple[str, ...]] = {
    "public": (
        "/", "/events/", "/events/?when=past", "/events/?q=nothing-is-called-so", "/sign-in", "/password",
        "/password/sent", "/password/{password}", "/invitations/{invitation}", "/checkin/device", "/checkin/kiosk",
        "/checkin/trust", "/checkin/trust/screen", "/checkin/wall",
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
        "/r/confirm/{confirmation}", "/r/{bo}/email", "/r/{bo}/forget",
        "/r/{bo}/contacts", "/r/{bo}/contacts/card", "/r/{met}/contacts", "/r/new-address/{address}",
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
        "/manage/events/{today}/badges?whom=new", "/manage/events/{today}/badges/jobs",
        "/manage/events/{bare}/badges/jobs",
        "/manage/events/{bare}/badges", "/manage/events/{today}/badges/designs", "/manage/events/{bare}/badges/designs",
        "/manage/events/{today}/badges/designs/{design}", "/manage/events/{today}/badges/designs/{labels}",
        "/manage/events/{today}/privacy",
        "/manage/events/{bare}/privacy", "/manage/events/{over}/certificates", "/manage/events/{bare}/certificates",
        "/manage/events/{today}/needs", "/manage/events/{bare}/needs",
        "/manage/events/{today}/door",
        "/manage/events/{today}/door/new-point", "/manage/events/{today}/door/new-point?kind=session",
        "/manage/events/{today}/door/new-point?kind=item",
        "/manage/events/{today}/door/live", "/manage/events/{bare}/door/live",
        "/manage/events/{today}/door/live?wall=1",
        "/manage/events/{today}/door/points/entrance", "/manage/events/{today}/door/devices",
        "/manage/events/{bare}/door/devices", "/manage/events/{today}/door/devices/new",
        "/manage/events/{today}/door/devices/{device}", "/manage/events/{today}/door/devices/{device}/pairing",
        "/manage/events/{today}/door/devices/pairing", "/manage/events/{bare}/door/devices/pairing",
        "/invitations/{invitation}",
        "/manage/events/{today}/door/desk", "/manage/events/{bare}/door/desk", "/manage/events/{today}/door/paper",
    ),
    "dee": ("/checkin/", "/checkin/{today}/", "/manage/"),
    "eve": (
        "/admin/", "/admin/mail", "/admin/mail/addresses", "/admin/users/new", "/admin/users/{user}", "/manage/",
        "/admin/organisations",
        "/admin/printers", "/admin/printers/new", "/admin/printers/{printer}",
        "/admin/organisations/new", "/admin/organisations/{organisation}", "/admin/organisations/import",
    ),
}  # fmt: skip

# What is no page: files, feeds, pictures, answers for programs.
NO_PAGES = {
    "static", "events.way_in", "site.healthz", "site.readyz", "site.personal_feed", "calendars.all_events",
    "calendars.event",
    "calendars.agenda", "calendars.session", "exchange.frab_xml", "exchange.frab_json", "exchange_manage.download",
    "exchange_manage.template", "materials.download", "registration.ticket", "registration.qr",
    "registration_manage.sign_ups_file", "checkin_manage.badges_pdf", "registration_manage.breakout_people",
    "registration_manage.code_qr", "registration_manage.badge_pdf", "reports_manage.registrations",
    "reports_manage.view",
    "community.suggest", "community_manage.download", "registration.file", "privacy.data", "reports.certificate_pdf",
    "checkin_manage.design_file", "checkin_manage.design_picture", "checkin_manage.picture",
    "checkin.authority", "checkin_manage.pairing_state",
    "privacy_manage.record", "privacy_manage.needs_table", "registration_manage.answer_file",
    "checkin.manifest", "checkin.worker", "checkin.script",
    "checkin_manage.paper_list",
    "checkin_manage.live_stream", "contacts.one_card", "contacts.all_cards",
}  # fmt: skip

# So many tests look at all pages, each at as many: they keep several processes busy to the end.
PARTS = 6
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")
# Colours that are on their way to another scheme have arrived; what inherits one may set out after it.
LOOK = """() => {
    for (let moving = [true]; moving.length;) {
        moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
        for (const one of moving) one.finish();
    }
    return {
        headings: document.querySelectorAll("h1").length, lang: document.documentElement.lang,
        title: document.title.trim(), beyond: document.documentElement.scrollWidth - window.innerWidth,
    };
}"""


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
        # To send half a megabyte to each page takes longer than to load it: the browser keeps it.
        context.add_init_script(AXE.read_text())
        self.page, self.server = context.new_page(), server
        self.wrong: list[tuple[str, str, Any]] = []
        self.path, self.is_tried = "", False
        context.on("console", self.hear)
        context.on("weberror", lambda error: self.note("script", str(error.error)))

    def hear(self, message: ConsoleMessage) -> None:
        """What axe tries is refused by the page's policy and told here too: from the first trial on that is not the
        page's."""
        is_axe = self.is_tried and "Content Security Policy" in message.text
        if message.type in ("error", "warning") and not is_axe:
            self.note("console", message.text)

    def note(self, what: str, more: Any) -> None:
        self.wrong.append((self.path, what, more))

    def look_at(self, path: str, *, phone: Scheme, desk: Scheme) -> None:
        """On a phone in the one colour scheme; the same page then grows to a desk in the other."""
        self.path, self.is_tried = path, False
        self.become(PHONE, phone)
        answer = self.page.goto(self.server + path)
        if answer is None or answer.status != 200:
            self.note("status", answer and answer.status)
        self.measure("phone")
        self.run(f"390 {phone}")
        self.become(DESKTOP, desk)
        self.measure("desktop")
        self.run(f"1440 {desk}")

    def become(self, size: dict[str, int], scheme: Scheme) -> None:
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        self.page.emulate_media(color_scheme=scheme)

    def measure(self, size: str) -> None:
        found = self.page.evaluate(LOOK)
        if found["headings"] != 1 or not found["lang"] or not found["title"]:
            self.note("head", found)
        if found["beyond"] > 0:
            self.note(f"wider than a {size}", found["beyond"])

    def run(self, how: str) -> None:
        self.is_tried = True
        for violation in self.page.evaluate(VIOLATIONS, WCAG):
            nodes = [(node["html"][:160], node["failureSummary"][-160:]) for node in violation["nodes"]][:4]
            self.note(f"{how}: {violation['id']}", (violation["help"], nodes))


def cookies_of(cast: Cast, who: str, server: str) -> list[dict[str, str]]:
    cookie = cast.browser_of(getattr(cast, who)).get_cookie("eventsys")
    assert cookie is not None
    return [{"name": "eventsys", "value": cookie.value, "url": server}]


def pages_of(part: int) -> dict[str, list[tuple[str, Scheme, Scheme]]]:
    """By reader the addresses that this part looks at, with the scheme on a phone and that on a desk.

    Neighbours are drawn of the same pieces: of two, one is a phone by day and a desk by night, the other the reverse.
    """
    all_pages = [(who, path) for who, paths in PAGES.items() for path in paths]
    found: dict[str, list[tuple[str, Scheme, Scheme]]] = defaultdict(list)
    for number, (who, path) in enumerate(all_pages):
        if number * PARTS // len(all_pages) == part:
            found[who].append((path, SCHEMES[number % 2], SCHEMES[1 - number % 2]))
    return found


@pytest.mark.parametrize("part", range(PARTS), ids=lambda part: f"{part + 1} of {PARTS}")
def test_every_page_is_accessible_whole_and_quiet(
    part: int, app: Flask, browser: Browser, server: str, session: Session, cast: Cast
) -> None:
    world = make_world(app, cast)
    wrong: list[tuple[str, str, Any]] = []
    for who, pages in pages_of(part).items():
        context = browser.new_context(reduced_motion="reduce")
        if who not in ("public", "personal"):
            context.add_cookies(cookies_of(cast, who.split(maxsplit=1)[0], server))  # type: ignore[arg-type]
        inspector = Inspector(context, server)
        for path, phone, desk in pages:
            inspector.look_at(path.format_map(world), phone=phone, desk=desk)
        context.close()
        wrong += inspector.wrong
    if wrong:
        pytest.fail("\n".join(" | ".join(map(str, one)) for one in wrong), pytrace=False)
