"""Files kept outside the database: in the data directory or in an S3 bucket, behind one small door."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from eventsys.kernel.errors import Refusal
from eventsys.kernel.pages import settings

if TYPE_CHECKING:
    from obstore.store import LocalStore, S3Store

PIECE = 1024 * 1024


class FileMissing(Refusal):
    code = "file_missing"
    status = 404
    sentence = "This file is not in the storage any more."


def put(key: str, file: IO[bytes]) -> tuple[int, str]:
    """Store all that `file` holds under `key` (chosen by us, never by an uploader); gives size and SHA-256."""
    import obstore

    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    obstore.put(_store(), key, file)
    return size, digest.hexdigest()


def read(key: str, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` up to and without `end`, in pieces of at most 1 MiB."""
    import obstore

    store = _store()
    for at in range(start, end, PIECE):
        yield bytes(obstore.get_range(store, key, start=at, end=min(at + PIECE, end)))


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
    client: dict[str, Any] = {"allow_http": True} if wishes.get("endpoint", "").startswith("http://") else {}
    prefix = parts.path.strip("/") or None
    return S3Store(parts.netloc, prefix=prefix, client_options=client, **options)
