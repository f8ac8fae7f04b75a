"""The door as an app of the browser: its manifest, the worker that keeps it without a network, and its scripts."""

from __future__ import annotations

import json

from flask import Response, abort, current_app, send_from_directory, url_for
from flask_babel import gettext as _

from eventsys.checkin import shell
from eventsys.kernel.pages import asset, settings

_YEAR = 365 * 24 * 3600


def manifest() -> Response:
    """What a phone needs to put the door on its home screen (W3C Web Application Manifest)."""
    icons = [
        {"src": asset("img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": asset("img/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": asset("img/icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    said = {
        "id": "/checkin/",
        "name": _("Door") + f" · {settings().site_name}",
        "short_name": _("Door"),
        "start_url": url_for("checkin.opened_by_link"),
        "scope": "/checkin/",
        "display": "standalone",
        "background_color": "#12151b",
        "theme_color": "#12151b",
        "icons": icons,
    }
    response = current_app.response_class(json.dumps(said), content_type="application/manifest+json")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def worker() -> Response:
    """The service worker with the list of what it keeps. Its scope is the door's pages and nothing else."""
    shells = [url_for("checkin.opened_by_link")]
    kept = {"version": shell.version(), "shells": shells, "assets": [*shell.assets(), url_for("checkin.manifest")]}
    source = (current_app.static_folder or "static") + "/" + shell.WORKER
    with open(source, encoding="utf-8") as script:
        text = f"const KEPT = {json.dumps(kept)};\n{script.read()}"
    response = current_app.response_class(text, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/checkin/"
    return response


def script(version: str, filename: str) -> Response:
    """A script of the door under its version. A page of an older one gets today's, which it may not keep."""
    if filename not in shell.scripts():
        abort(404)
    response = send_from_directory(current_app.static_folder or "static", filename)
    is_current = version == shell.version()
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if is_current else "no-cache"
    return response
