"""What every page has: its context, its headers, and the page shown when something is refused or breaks."""

from __future__ import annotations

import hashlib
import logging
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from babel import Locale
from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, UnicodeConverter, ValidationError
from werkzeug.wrappers import Response as AnyResponse

from eventsys.kernel.access import is_signed_in
from eventsys.kernel.database import db
from eventsys.kernel.errors import BadInput, Refusal, SignInNeeded
from eventsys.kernel.locale import LANGUAGES, current_locale, text_direction
from eventsys.kernel.look import icon_paths, nearest_tint
from eventsys.settings import ROOT, Settings

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_POLICY = "; ".join(f"{name} {sources}" for name, sources in _SOURCES.items())
_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
_YEAR = 365 * 24 * 3600
# What PostgreSQL calls it (SQLSTATE); on SQLite writers come one after the other, and each sees what is taken.
_UNIQUE_VIOLATION = "23505"


def settings() -> Settings:
    """The settings of the running app."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def absolute(endpoint: str, **values: Any) -> str:
    """An absolute address built from EVENTSYS_BASE_URL, never from the Host header."""
    anchor = values.pop("_anchor", None)
    # The worker writes mail outside of any request, where url_for knows no address.
    path = current_app.url_map.bind("").build(endpoint, values)
    return settings().base_url + path + (f"#{quote(anchor)}" if anchor else "")


class NoText(BadInput):
    code = "no_text"
    sentence = _l("What was sent holds a character that no text can hold.")


class DoneMeanwhile(Refusal):
    code = "done_meanwhile"
    sentence = _l("The same was done a moment ago, perhaps by a second click. Load the page anew to see it.")


class _Text(UnicodeConverter):
    """A part of an address as Werkzeug takes it, without a NUL."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.regex = self.regex.replace("[^/]", "[^/\\0]")


class _Number(IntegerConverter):
    """A number in an address. SQLite refuses those beyond 64 bits, Python those beyond some thousand digits."""

    def to_python(self, value: str) -> Any:
        if len(value) > 18:
            raise ValidationError
        return super().to_python(value)


def keep_out_nul(app: Flask) -> None:
    """PostgreSQL refuses NUL in any text. An address that holds one leads nowhere; a question or form is refused.

    So does an address with a number that no key can be. To be called before doors are added.
    """
    app.url_map.converters["default"] = app.url_map.converters["string"] = _Text
    app.url_map.converters["int"] = _Number
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    """Raises NoText."""
    if "%00" in request.environ.get("QUERY_STRING", ""):
        raise NoText
    if request.method == "POST" and any("\0" in value for values in request.form.listvalues() for value in values):
        raise NoText


def dress(app: Flask) -> None:
    """Give all pages their context, headers and error pages."""
    app.context_processor(_context)
    # Macros are imported without the context of a page: what they call must be global.
    app.jinja_env.globals["icon_paths"] = icon_paths
    app.add_template_filter(nearest_tint, "tint")
    app.after_request(_protect)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(IntegrityError, _collided)
    app.register_error_handler(Exception, _broke)


def allow_source(directive: str, source: str) -> None:
    """Let this one answer load from `source` too (an origin such as https://player.example, or a CSP keyword)."""
    g.setdefault("sources", {}).setdefault(directive, []).append(source)


def is_for_everybody() -> bool:
    """Whether this reader gets the page that everybody gets: nobody is signed in, and nothing is to be told once."""
    if not request.cookies:
        return True
    return "_flashes" not in cookie and not is_signed_in()


def asset(path: str) -> str:
    """The address of a static file with a mark of its content, so that browsers may keep it for a year."""
    return f"/static/{path}?v={_mark(path)}"


@lru_cache(maxsize=500)
def _mark(path: str) -> str:
    file = ROOT / "static" / path
    return hashlib.blake2b(file.read_bytes(), digest_size=6).hexdigest() if file.is_file() else "missing"


def _context() -> dict[str, Any]:
    locale = current_locale()
    return {
        "asset": asset,
        "absolute": absolute,
        "site_name": settings().site_name,
        "locale_tag": str(locale).replace("_", "-"),
        "text_direction": text_direction(),
        "locales": _language_names(),
    }


@lru_cache(maxsize=1)
def _language_names() -> list[tuple[str, str]]:

    return [(tag, (Locale(tag).display_name or tag).capitalize()) for tag in LANGUAGES]


def _protect(response: Response) -> Response:
    headers = response.headers
    if response.status_code == 308:
        # Werkzeug adds a missing slash after the name in the Host header, which anybody may have written.
        leads_to = urlsplit(headers["Location"])
        headers["Location"] = "/" + leads_to.path.lstrip("/") + (f"?{leads_to.query}" if leads_to.query else "")
        response.set_data(b"")
    extra = g.get("sources")
    if "Content-Security-Policy" not in headers:
        headers["Content-Security-Policy"] = _with(extra) if extra else _POLICY
    headers.extend(_HEADERS)
    # Personal links live in addresses: no other site may learn them from a Referer.
    headers["Referrer-Policy"] = "same-origin" if not request.path.startswith("/r/") else "no-referrer"
    if retry_after := g.get("retry_after"):
        headers["Retry-After"] = str(retry_after)
    # In the hall we vouch for ourselves, and the name may be another machine's tomorrow: a browser that had promised
    # itself a year of HTTPS would let nobody past the warning.
    if request.is_secure and not current_app.config.get("IS_HALL"):
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
    if request.path.startswith("/static/") and response.status_code == 200:
        headers["Cache-Control"] = _kept()
    elif "Cache-Control" not in headers or g.get("is_secret"):
        headers["Cache-Control"] = "private, no-store"
    if g.get("is_secret"):
        headers["X-Robots-Tag"] = "noindex"
    return response


def _kept() -> str:
    """How long browsers may keep a static file. Style sheets name fonts without a mark; these hardly ever change."""
    if "v" in request.args:
        return "public, max-age=31536000, immutable"
    return "public, max-age=2592000" if request.path.endswith(".woff2") else "no-cache"


def _with(extra: dict[str, list[str]]) -> str:
    sources = dict(_SOURCES)
    for name, more in extra.items():
        sources[name] = " ".join([sources.get(name, "").replace("'none'", ""), *more]).strip()
    return "; ".join(f"{name} {value}" for name, value in sources.items())


def _wants_json() -> bool:
    return request.path.startswith("/api/")


def _refused(refusal: Refusal) -> AnyResponse | tuple[Any, int]:
    db.session.rollback()
    if "retry_after" in refusal.details:
        g.retry_after = refusal.details["retry_after"]
    if _wants_json():
        return jsonify({"error": {"code": refusal.code, "message": str(refusal)}}), refusal.status
    if isinstance(refusal, SignInNeeded):
        if request.method in ("GET", "HEAD"):
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
        return redirect(url_for("accounts.sign_in"), 303)
    return _error_page(refusal.status, str(refusal))


def _form_too_old(_error: CSRFError) -> tuple[Any, int]:
    if _wants_json():
        return jsonify({"error": {"code": "csrf", "message": "The request carries no valid token."}}), 400
    sentence = _("This form is too old or came from another page. Go back, reload the page and send it again.")
    if not request.cookies:
        sentence = _("Your browser sent no cookie. Allow cookies for this site, load the form again and send it.")
    return _error_page(400, sentence)


def _failed(error: HTTPException) -> AnyResponse | tuple[Any, int]:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    if _wants_json():
        name = (error.name or "error").lower().replace(" ", "_")
        answer: tuple[Any, int] = jsonify({"error": {"code": name, "message": error.description}}), code
    else:
        answer = _error_page(code, None)
    response = current_app.make_response(answer)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _collided(error: IntegrityError) -> AnyResponse | tuple[Any, int]:
    # On PostgreSQL two may find the same key free at one moment: the constraint lets the first have it.
    if getattr(error.orig, "sqlstate", None) != _UNIQUE_VIOLATION:
        return _broke(error)
    db.session.rollback()
    return _refused(DoneMeanwhile())


def _broke(error: Exception) -> tuple[Any, int]:
    # The path may hold a personal link: the log names the endpoint only.
    logging.getLogger("eventsys").exception("%s %s failed", request.method, request.endpoint)
    if current_app.config.get("PROPAGATE_ERRORS"):
        raise error
    # What broke may be the database: this page must not ask it who is signed in.
    g._login_user = AnonymousUserMixin()
    db.session.rollback()
    if _wants_json():
        return jsonify({"error": {"code": "broken", "message": "Something broke here. It has been noted."}}), 500
    return _error_page(500, None)


def _error_page(code: int, sentence: str | None) -> tuple[Any, int]:
    template = f"errors/{code}.html"
    known = code in (400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500)
    return render_template(template if known else "errors/500.html", sentence=sentence, code=code), code
