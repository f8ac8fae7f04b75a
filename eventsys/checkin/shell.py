"""The page of the door as a browser keeps it for the day without a network: which files, under which version.

Scripts import one another by names that carry no mark of their content. Their version stands in the path instead
(`/checkin/app/<version>/js/checkin/…`), so that a page never runs with half of another edition.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from eventsys.settings import ROOT

_STATIC = ROOT / "static"
_SCRIPTS = ("js/checkin/*.js", "vendor/idb/*.js", "vendor/any-ascii/*.js", "vendor/zxing/*.js", "vendor/zxing/*/*.js")
_FONTS = ("vendor/inter/files/*-normal.woff2", "vendor/source-serif-4/files/*-latin*-normal.woff2")
# What the shell is drawn from beside the scripts: another word in it is another version too.
_DRAWN_FROM = ("static/css/*.css", "static/vendor/zxing/reader/*.wasm", "static/img/*", "templates/layouts/base.html",
               "templates/checkin/*.html", "eventsys/checkin/phrasebook.py",
               "translations/*/LC_MESSAGES/messages.po")  # fmt: skip


@lru_cache(maxsize=1)
def version() -> str:
    """10 letters that change with anything of the page. A process serves one version from its start to its end."""
    digest = hashlib.blake2b(digest_size=5)
    for path in (*_files(_SCRIPTS), *_files(_FONTS), *_found(ROOT, _DRAWN_FROM)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def module(name: str) -> str:
    """The address of a script of the door, such as `scanner.js`, under its version."""
    return f"/checkin/app/{version()}/js/checkin/{name}"


@lru_cache(maxsize=1)
def scripts() -> frozenset[str]:
    """The files that are served under a version, by their place in `static`."""
    return frozenset(path.relative_to(_STATIC).as_posix() for path in _files(_SCRIPTS))


@lru_cache(maxsize=1)
def assets() -> list[str]:
    """What a browser fetches beside the page and what the page itself names."""
    fonts = [f"/static/{path.relative_to(_STATIC).as_posix()}" for path in _files(_FONTS)]
    # The page calls its worker a module of its own; it is not one of the page's.
    return [f"/checkin/app/{version()}/{name}" for name in sorted(scripts() - {WORKER})] + fonts


WORKER = "js/checkin/worker.js"


def _files(patterns: tuple[str, ...]) -> list[Path]:
    return _found(_STATIC, patterns)


def _found(root: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted(path for pattern in patterns for path in root.glob(pattern) if path.is_file())
