"""Files that wait for somebody to confirm their import: under random names, for an hour, for whoever sent them."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from flask_babel import lazy_gettext as _l

from eventsys.kernel import tokens
from eventsys.kernel.errors import Refusal
from eventsys.kernel.pages import settings

KEPT_SECONDS = 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class UploadGone(Refusal):
    code = "upload_gone"
    status = 410
    sentence = _l("The file you sent has been put away: files wait an hour for your confirmation. Send it again.")


@dataclass(frozen=True)
class Upload:
    """A file as it came, with the name its sender gave it (for messages only)."""

    filename: str
    data: bytes


def keep(upload: Upload, *, whose: str) -> str:
    """Put the file aside; gives the token that brings it back to `whose`."""
    folder = _folder()
    _forget_old(folder)
    token = tokens.new_secret()
    head = json.dumps({"filename": upload.filename[:200], "whose": whose}).encode()
    handle = os.open(folder / token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(head + b"\n" + upload.data)
    return token


def kept(token: str, *, whose: str) -> Upload:
    """The file of a token. Raises UploadGone when it has expired or belongs to somebody else."""
    if not _TOKEN.fullmatch(token):
        raise UploadGone
    path = _folder() / token
    try:
        if path.stat().st_mtime < time.time() - KEPT_SECONDS:
            raise UploadGone
        head, _newline, data = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise UploadGone from error
    said = json.loads(head)
    if said["whose"] != whose:
        raise UploadGone
    return Upload(said["filename"], data)


def forget(token: str) -> None:
    """The file is not needed any more."""
    if _TOKEN.fullmatch(token):
        (_folder() / token).unlink(missing_ok=True)


def _folder() -> Path:
    folder = settings().data_dir / "imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _forget_old(folder: Path) -> None:
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < time.time() - KEPT_SECONDS:
                path.unlink()
        except FileNotFoundError:
            # Another process tidies up at the same time.
            continue
