"""Every catalogue says every text of the code and the templates, with its places, plurals and tags."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po
from flask import Flask, render_template
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext, ngettext
from lxml import html

from eventsys.kernel.locale import LANGUAGES, day_number

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("translations/*/LC_MESSAGES/messages.po"))
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
TAGS = re.compile(r"</?[a-z][^>]*>")

Text = str | tuple[str, ...]

each_catalogue = pytest.mark.parametrize("file", FILES, ids=lambda file: file.parents[1].name)


@cache
def texts() -> frozenset[tuple[str | None, Text]]:
    """What `make messages` collects, as (context, text or its forms)."""
    config = ConfigParser()
    config.read(ROOT / "babel.cfg", encoding="utf-8")
    methods = [(pattern, method) for method, pattern in (name.split(": ") for name in config.sections())]
    options = {pattern: dict(config[f"{method}: {pattern}"]) for pattern, method in methods}
    words = re.search(r"pybabel --quiet extract .*", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert words
    keywords = DEFAULT_KEYWORDS | parse_keywords(re.findall(r" -k (\S+)", words.group()))
    own = tuple(str(ROOT / folder) for folder in ("eventsys", "templates"))
    found = extract_from_dir(
        ROOT, methods, options, keywords, directory_filter=lambda folder: str(folder).startswith(own)
    )
    return frozenset((context, text) for _file, _line, text, _comments, context in found)


def read(file: Path) -> Catalog:
    with file.open("rb") as lines:
        return read_po(lines, locale=file.parents[1].name)


def forms(text: Text | list[str] | None) -> tuple[str, ...]:
    assert text is not None
    return (text,) if isinstance(text, str) else tuple(text)


def entries(file: Path) -> list[Message]:
    return [message for message in read(file) if message.id]


def test_texts_are_collected_from_code_and_templates() -> None:
    """The other tests would pass over nothing."""
    known = {text for _context, text in texts()}
    assert {
        "Abstract",  # lazy, in a form
        ("%(num)s talk", "%(num)s talks"),  # a plural in code
        "Skip to the content",  # a template
        "Nobody here has this code",  # lazy, in a table of words
    } <= known


def test_no_text_hides_from_the_collector() -> None:
    """Inside an f-string Python 3.11 shows it no calls, and a text that is put together is nothing to translate."""
    known = {forms(text)[0] for _context, text in texts()}
    calls = [
        (file.name, call.lineno, call.args[0].value if isinstance(call.args[0], ast.Constant) else None)
        for file in (ROOT / "eventsys").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in ("_", "_l", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext")
    ]
    assert len(calls) > 500
    assert [call for call in calls if call[2] not in known] == []


def test_no_text_is_said_while_modules_load() -> None:
    """A text said then is said in English for ever: those are lazy."""
    early = [
        (file.name, call.lineno)
        for file in (ROOT / "eventsys").rglob("*.py")
        for call in calls_while_loading(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call.func, ast.Name) and call.func.id in ("_", "gettext", "ngettext")
    ]
    assert early == []


def calls_while_loading(node: ast.AST) -> Iterator[ast.Call]:
    """The calls outside the bodies of functions; what stands in defaults and decorators runs at once too."""
    if isinstance(node, ast.Call):
        yield node
    late = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (late and name == "body"):
                yield from calls_while_loading(child)


def test_a_language_is_offered_when_it_has_a_catalogue() -> None:
    folders = [file.parents[1].name for file in FILES]
    assert list(LANGUAGES) == ["en", *folders]
    assert "de" in folders


@each_catalogue
def test_no_text_is_missing_and_none_is_of_yesterday(file: Path) -> None:
    catalogue = read(file)
    said = {(message.context, forms(message.id)[0]) for message in catalogue if message.id}
    assert said == {(context, forms(text)[0]) for context, text in texts()}
    assert not catalogue.obsolete


@each_catalogue
def test_every_text_is_said_in_every_form_and_none_is_a_guess(file: Path) -> None:
    count = read(file).num_plurals
    silent = [
        message.id
        for message in entries(file)
        if message.fuzzy
        or not all(forms(message.string))
        or len(forms(message.string)) != (count if message.pluralizable else 1)
    ]
    assert silent == []


@each_catalogue
def test_places_and_tags_are_those_of_the_english_text(file: Path) -> None:
    differing = []
    for message in entries(file):
        english = forms(message.id)
        for said in forms(message.string):
            for pattern in (PLACES, TAGS):
                allowed = [sorted(pattern.findall(form)) for form in english]
                if sorted(pattern.findall(said)) not in allowed:
                    differing.append((english[0], said))
    assert differing == []


@each_catalogue
def test_the_edges_of_a_text_are_kept(file: Path) -> None:
    """A lost line break or a blank too many shows where texts are joined."""
    differing = [
        message.id
        for message in entries(file)
        for said in forms(message.string)
        if said != said.strip() or said.count("\n") != forms(message.id)[0].count("\n")
    ]
    assert differing == []


def test_plurals_and_places_reach_the_reader(app: Flask) -> None:
    with app.test_request_context(), force_locale("de"):
        assert gettext("Page %(number)s of %(pages)s", number=2, pages=3) == "Seite 2 von 3"
        assert [ngettext("%(num)s talk", "%(num)s talks", count) for count in (0, 1, 2)] == [
            "0 Vorträge",
            "1 Vortrag",
            "2 Vorträge",
        ]


@pytest.mark.parametrize(("tag", "said"), [("en", "9"), ("de", "9."), ("fr", "9"), ("cs", "9.")])
def test_a_day_is_numbered_as_the_language_does(app: Flask, tag: str, said: str) -> None:
    with app.test_request_context(), force_locale(tag):
        assert day_number(date(2026, 12, 9)) == said


def test_a_page_is_german_for_who_asks_for_it(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/sign-in", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).data)
    assert page.get("lang") == "de"
    assert page.xpath("//label[@for='email']//text()[normalize-space()]") == ["E-Mail-Adresse"]
    assert page.xpath("//a/@hreflang") == list(LANGUAGES)


@pytest.mark.parametrize("tag", ["tlh", "xx", "DE", "../de", ""])
def test_a_language_nobody_speaks_here_is_ignored(client: FlaskClient, tag: str) -> None:
    client.get("/sign-in?lang=de")
    page = html.fromstring(client.get("/sign-in", query_string={"lang": tag}).data)
    assert page.get("lang") == "de"
    assert html.fromstring(client.get("/sign-in").data).get("lang") == "de"


def test_a_page_turns_round_for_scripts_that_run_from_the_right(app: Flask) -> None:
    with app.test_request_context(), force_locale("ar"):
        page = html.fromstring(render_template("errors/404.html"))
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
