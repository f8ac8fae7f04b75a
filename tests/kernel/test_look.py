"""The design keeps its promises: readable in every hue, day and night; icons of one set; no style in templates."""

from __future__ import annotations

import json
import re

import pytest

from eventsys.kernel.look import TINTS, icon_paths, nearest_tint
from eventsys.settings import ROOT

TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
PAIRS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS)
}
TINT_PAIRS = re.findall(r"\.tint-(\d+) \{ --tint: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS)
GROUNDS = ("paper", "sheet", "calm")


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_says() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    ("token", "least"),
    [(name, 4.5) for name in ("ink", "soft", "accent", "good", "warn", "bad", "live")] + [("edge", 3.0)],
)
def test_what_is_read_stands_out_from_every_ground(token: str, least: float, ground: str, scheme: int) -> None:
    assert _contrast(PAIRS[token][scheme], PAIRS[ground][scheme]) >= least


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("state", ["good", "warn", "bad"])
def test_a_state_is_readable_on_its_own_wash(state: str, scheme: int) -> None:
    wash = PAIRS[f"{state}-wash"][scheme]
    assert _contrast(PAIRS[state][scheme], wash) >= 4.5
    assert _contrast(PAIRS["ink"][scheme], wash) >= 4.5


@pytest.mark.parametrize(("number", "light", "dark"), TINT_PAIRS)
def test_every_tint_is_readable_on_every_ground_and_under_words(number: str, light: str, dark: str) -> None:
    assert min(_contrast(light, PAIRS[ground][0]) for ground in GROUNDS) >= 4.5, number
    assert min(_contrast(dark, PAIRS[ground][1]) for ground in GROUNDS) >= 4.5, number
    assert _contrast(light, "#ffffff") >= 4.5
    assert _contrast(dark, "#10151c") >= 4.5


def test_the_server_chooses_among_the_tints_of_the_style_sheet() -> None:
    assert tuple(light for _, light, _ in TINT_PAIRS) == TINTS


@pytest.mark.parametrize(
    ("colour", "tint"),
    [
        ("#0b5394", 2),
        ("#cc0000", 7),
        ("#38761d", 11),
        ("#f1c232", 9),
        ("#999", 12),
        ("#674ea7", 4),
        ("ff00aa", 6),
        ("red", None),
        (None, None),
    ],
)
def test_a_colour_becomes_the_tint_of_its_hue(colour: str | None, tint: int | None) -> None:
    assert nearest_tint(colour) == tint


@pytest.mark.parametrize(("number", "light"), [(int(number), light) for number, light, _ in TINT_PAIRS])
def test_a_tint_is_nearest_to_itself(number: int, light: str) -> None:
    assert nearest_tint(light) == number


def test_an_icon_is_its_strokes_and_nothing_else() -> None:
    drawn = icon_paths("calendar-days")
    assert drawn.startswith("<path")
    assert not re.search(r"<svg|</svg>|class=|stroke=|<script", drawn)


@pytest.mark.parametrize("name", ["no-such-icon", "../../../pyproject", "Calendar", ""])
def test_what_is_no_icon_draws_nothing(name: str) -> None:
    assert icon_paths(name) == ""


def test_every_icon_that_templates_name_is_in_the_set() -> None:
    named = {
        name
        for template in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"\bicon(?:\(|=)\"([a-z0-9-]+)\"", template.read_text(encoding="utf-8"))
    }
    assert named
    assert {name for name in named if not icon_paths(name)} == set()


# A block of data for search engines is no script: browsers never run it.
INLINE = re.compile(r"<[^>]*\s(style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)(?! type=\"application/ld\+json\">)")


@pytest.mark.parametrize(
    ("markup", "is_found"),
    [
        ('<p style="color: red">', True),
        ('<p class="x" onclick="go()">', True),
        ("<style>", True),
        ("<script>go()</script>", True),
        ('<script type="module">', True),
        ('<script type="text/javascript" data-as="application/ld+json">', True),
        ('<script type="application/ld+json" onload="go()">', True),
        ('<script type="application/ld+json">{}</script>', False),
        ('<script type="module" src="/static/js/ui.js"></script>', False),
    ],
)
def test_inline_style_and_script_are_told_from_data(markup: str, is_found: bool) -> None:
    assert bool(INLINE.search(markup)) == is_found


def test_only_mail_carries_style_in_its_elements() -> None:
    carriers = {
        str(template.relative_to(ROOT / "templates"))
        for template in (ROOT / "templates").rglob("*.html")
        if INLINE.search(template.read_text(encoding="utf-8"))
        and "mail" not in template.relative_to(ROOT / "templates").parts[:-1]
    }
    assert carriers == {"components/mail.html", "layouts/mail.html"}


def test_the_ground_is_asked_for_by_the_version_that_is_installed() -> None:
    pinned = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]["bootstrap"]
    base = (ROOT / "templates" / "layouts" / "base.html").read_text(encoding="utf-8")
    assert re.findall(r"reboot\.min\.css\?v=([0-9.]+)", TOKENS + base) == [pinned, pinned]


@pytest.mark.parametrize("fill", ["good", "warn", "bad"])
def test_the_words_of_the_door_stand_out_from_its_whole_screen(fill: str) -> None:
    found = re.search(rf"--fill-{fill}: (#[0-9a-f]{{6}});", TOKENS)
    assert found
    assert _contrast(found[1], "#ffffff") >= 4.5
