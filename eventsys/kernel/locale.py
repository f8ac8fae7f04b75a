"""Languages, zones, and how dates, times and numbers are said in them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval, format_time, get_timezone_location
from flask import Flask, has_request_context, request
from flask import session as cookie
from flask_babel import get_locale, gettext

from eventsys.kernel.extensions import babel
from eventsys.kernel.text import search_key

_TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
# English is in the code; any other language is spoken as soon as its catalogue lies in the folder.
LANGUAGES = ("en", *sorted({file.parents[1].name for file in _TRANSLATIONS.glob("*/LC_MESSAGES/messages.?o")}))
_BRITISH = Locale("en", "GB")


def set_up_locale(app: Flask) -> None:
    """Register the filters that templates say times with."""

    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(_TRANSLATIONS)
    babel.init_app(app, locale_selector=chosen_language)
    app.add_template_filter(say_day, "day")
    app.add_template_filter(say_time, "time")
    app.add_template_filter(say_when, "when")
    app.add_template_filter(say_range, "time_range")
    app.add_template_filter(say_days, "days")
    app.add_template_filter(say_instant, "instant")


def chosen_language() -> str:
    """The visitor's language: chosen by link, kept in the cookie, or the browser's, among those we speak."""
    if not has_request_context():
        return "en"
    for chosen in (request.args.get("lang"), cookie.get("lang") if request.cookies else None):
        if chosen in LANGUAGES:
            return str(chosen)
    accepted = request.environ.get("HTTP_ACCEPT_LANGUAGE")
    return (request.accept_languages.best_match(LANGUAGES) or "en") if accepted else "en"


def current_locale() -> Locale:
    """The locale of this request or of the `force_locale` block around."""
    return get_locale() or Locale("en")


def text_direction() -> str:
    return str(current_locale().text_direction)


@lru_cache(maxsize=512)
def zone_name(zone: str, locale: Locale) -> str:
    """The place of a zone as people say it: `Brussels`."""
    return str(get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True))


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The local day an instant falls on."""
    return instant.astimezone(zone).date()


def say_day(value: datetime | date, zone: ZoneInfo | None = None, *, year: bool = False) -> str:
    """`Thu 3 December`, with the year when asked; an instant is first brought to its zone."""
    shown = value.astimezone(zone) if isinstance(value, datetime) else value
    skeleton = "EEE d MMMM y" if year else "EEE d MMMM"
    locale = current_locale()
    return format_date(shown, skeleton if locale.language in ("en", "fr") else _pattern(locale, year), locale=locale)


def _pattern(locale: Locale, year: bool) -> str:
    pattern = locale.datetime_skeletons.get("yMMMEd" if year else "MMMEd")
    return str(pattern.pattern) if pattern else "EEE d MMMM y"


def day_number(value: date) -> str:
    """`3`, or `3.` where the language numbers its days so."""
    locale = current_locale()
    pattern = locale.datetime_skeletons.get("MMMMd")
    return format_date(value, "d", locale=locale) + ("." if pattern and "d." in str(pattern.pattern) else "")


def say_time(value: datetime, zone: ZoneInfo) -> str:
    """`09:30`, or as the language writes it."""
    shown = value.astimezone(zone)
    locale = current_locale()
    return format_time(shown, "HH:mm" if locale.language == "en" else "short", locale=locale)


def say_range(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """`09:30–10:15`."""
    return f"{say_time(start, zone)}–{say_time(end, zone)}"


def say_when(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """`Thu 3 December 2026, 09:30–10:15`, or `3–4 December 2026` over several days."""
    if day_of(start, zone) == day_of(end, zone):
        return f"{say_day(start, zone, year=True)}, {say_range(start, end, zone)}"
    return say_days(start, end, zone)


def say_days(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """The days from start to end: `3–4 December 2026`. An end at midnight belongs to the day before."""
    first, last = day_of(start, zone), day_of(end - timedelta(microseconds=1), zone)
    if first == last:
        return say_day(first, year=True)
    locale = current_locale()
    # Plain English is American to CLDR; our dates are said as in Europe.
    return str(format_interval(first, last, "yMMMMd", locale=_BRITISH if locale.language == "en" else locale))


def say_instant(value: datetime, zone: ZoneInfo) -> str:
    """Day, time and place: `Thu 3 December 2026, 09:30 (Brussels)`."""
    place = zone_name(zone.key, current_locale())
    said = gettext(
        "%(day)s, %(time)s (%(place)s)", day=say_day(value, zone, year=True), time=say_time(value, zone), place=place
    )
    return str(said)


def say_stamp(value: datetime, zone: ZoneInfo) -> str:
    """Date and time to the second, for logs and timelines."""
    return format_datetime(value.astimezone(zone), "medium", locale=current_locale())


def countries() -> list[tuple[str, str]]:
    """ISO 3166 alpha-2 codes with names in the reader's language, in its order."""
    return _countries(current_locale())


@lru_cache(maxsize=16)
def _countries(locale: Locale) -> list[tuple[str, str]]:
    named = [(code, name) for code, name in locale.territories.items() if len(code) == 2 and code.isalpha()]
    real = [(code, name) for code, name in named if code not in _NO_COUNTRY]
    return sorted(real, key=lambda pair: search_key(pair[1]))


def country_name(code: str) -> str:
    return str(current_locale().territories.get(code, code))


# Codes that CLDR names and ISO 3166 does not assign to a country.
_NO_COUNTRY = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
