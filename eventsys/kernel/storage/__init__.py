"""Files kept outside the database: in the data directory or in an S3 bucket, behind one small door."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import Refusal
from eventsys.kernel.pages import settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, LocalStore, S3Store

PIECE = 1024 * 1024

View = TypeVar("View", bound=Callable[..., Any])


class FileMissing(Refusal):
    code = "file_missing"
    status = 404
    sentence = _l("This file is not in the storage any more.")


def takes_files(*, most: int, guard: Callable[..., object]) -> Callable[[View], View]:
    """Mark a view whose forms bring files: a body of up to `most` bytes is read, but only after `guard` let it.

    `guard` gets the values of the address and raises a Refusal for whoever may not send anything here. All other views
    keep the small limit of the app.
    """

    def mark(view: View) -> View:
        view.takes_files = (most, guard)  # type: ignore[attr-defined]
        return view

    return mark


def admit_files(app: Flask) -> None:
    """Ask the guards of `takes_files`. Call it before CSRFProtect is bound, which reads the body of every post."""
    app.before_request(_admit)


def _admit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    marked = getattr(view, "takes_files", None)
    if marked is not None and request.method == "POST":
        most, guard = marked
        guard(**(request.view_args or {}))
        request.max_content_length = most


def put(key: str, file: IO[bytes]) -> tuple[int, str]:
    """Store all that `file` holds under `key` (chosen by us, never by an uploader); gives size and SHA-256."""
    import obstore

    digest, size = hashlib.sha256(), 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
            yield piece

    file.seek(0)
    # Few parts at once: each waits in memory until it is sent.
    obstore.put(_store(), key, pieces(), max_concurrency=2)
    return size, digest.hexdigest()


def read(key: str, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` up to and without `end`, in pieces of about 1 MiB. Raises FileMissing."""
    import obstore

    # Opened here and not in a generator: what it yields is asked for when the request is over.
    try:
        found = obstore.get(_store(), key, options={"range": (start, end)})
    except FileNotFoundError as error:
        raise FileMissing from error
    return (bytes(piece) for piece in found.stream(min_chunk_size=PIECE))


def refuse_unless_kept(key: str) -> None:
    """Raises FileMissing when nothing is stored under `key`."""
    import obstore

    try:
        obstore.head(_store(), key)
    except FileNotFoundError as error:
        raise FileMissing from error


def remove(key: str) -> None:
    """Forget a file; one that is gone already is fine."""
    import obstore

    try:
        obstore.delete(_store(), key)
    except FileNotFoundError:
        return


def listed(folder: str) -> Iterator[list[tuple[str, datetime]]]:
    """The keys under a folder and when each was stored, in batches of at most a thousand."""
    import obstore

    for batch in obstore.list(_store(), folder, chunk_size=1000):
        yield [(str(one["path"]), one["last_modified"]) for one in batch]


def _store() -> LocalStore | S3Store:
    found = settings()
    return _open(found.storage_url, str(found.data_dir / "files"))


@lru_cache(maxsize=4)
def _open(url: str, folder: str) -> LocalStore | S3Store:
    from obstore.store import LocalStore, S3Store

    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(prefix=folder, mkdir=True)
    wishes = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {"virtual_hosted_style_request": False}
    if region := wishes.get("region"):
        options["region"] = region
    if endpoint := wishes.get("endpoint"):
        options["endpoint"] = endpoint
        options.setdefault("region", "us-east-1")
    # Keys come from the usual AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, never from an address that gets logged.
    client: ClientConfig = {"allow_http": True} if wishes.get("endpoint", "").startswith("http://") else {}
    prefix = parts.path.strip("/") or None
    return S3Store(parts.netloc, prefix=prefix, client_options=client, **options)
