"""The kiosk's page: it holds nothing of the event until its script has asked by the device's token."""

from __future__ import annotations

from flask import render_template
from flask_babel import force_locale
from markupsafe import Markup

from eventsys.checkin import shell
from eventsys.kernel.locale import LANGUAGES, current_locale
from eventsys.kernel.pages import allow_source


def kiosk() -> str:
    """One page in all languages at once: changing the language must not load it anew, which ends the full screen."""
    allow_source("script-src", "'wasm-unsafe-eval'")
    return render_template("checkin/kiosk.html", version=shell.version(), spoken=[_spoken(tag) for tag in LANGUAGES])


def _spoken(tag: str) -> dict[str, str]:
    """A language: its tag, its own name, its direction, and the words of the page in it."""
    with force_locale(tag):
        locale = current_locale()
        name = (locale.display_name or tag).capitalize()
        # Escaped by the template already.
        words = Markup(render_template("checkin/_kiosk_words.html"))
        return {"tag": tag, "name": name, "direction": str(locale.text_direction), "words": words}
