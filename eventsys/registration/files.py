"""Files that people send as answers: judged by their content, kept under random names, handed out to be saved only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from io import SEEK_END
from typing import IO, Any, TypeGuard

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from eventsys.kernel import storage, tokens
from eventsys.kernel.storage import kinds
from eventsys.kernel.text import clean_line
from eventsys.registration.errors import FileNotTaken, FileTooLarge
from eventsys.registration.models import Answer, Question, QuestionType

MOST_MEGABYTES = 10
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
# Several questions may each bring a file.
MOST_BODY = 6 * MOST_BYTES + 4 * 1024 * 1024
ENDINGS = (
    "pdf", "png", "jpg", "jpeg", "webp", "gif", "docx", "xlsx", "pptx", "odt", "ods", "odp", "doc", "xls", "ppt",
)  # fmt: skip
ACCEPTED = ",".join(f".{ending}" for ending in ENDINGS)
FOLDER = "answers"
_GRACE = timedelta(hours=1)


def kind_of(upload: FileStorage) -> kinds.FileType:
    """What was sent, judged by its content. Raises FileTooLarge and FileNotTaken."""
    name = kinds.safe_filename(upload.filename or "")
    file: IO[bytes] = upload.stream
    if file.seek(0, SEEK_END) > MOST_BYTES:
        raise FileTooLarge(filename=clean_line(name)[:80], most=MOST_MEGABYTES)
    file.seek(0)
    head = file.read(kinds.HEAD)
    found = kinds.kind_of(name, head, file) if name.rpartition(".")[2].lower() in ENDINGS else None
    if found is None:
        raise FileNotTaken(filename=clean_line(name)[:80])
    return found


def keep(event_id: int, upload: FileStorage) -> dict[str, Any]:
    """Put a file that was judged into the storage; gives the answer that names it. No transaction waits for it."""
    kind = kind_of(upload)
    key = f"{FOLDER}/{event_id}/{tokens.readable(26).lower()}"
    size, _sha256 = storage.put(key, upload.stream)
    return {"file": key, "name": kinds.safe_filename(upload.filename or ""), "size": size, "type": kind.media_type}


def forget(answers: Iterable[Any]) -> None:
    """Remove the files among these answers: of a form that was refused, or replaced by newer ones."""
    for answer in answers:
        if is_file(answer):
            storage.remove(answer["file"])


def remove_orphans(session: Session, *, now: datetime) -> int:
    """Remove the files that no answer names any more: erased, replaced, or of a form that was never finished. Returns
    how many; a file of the last hour may belong to a form that is just being sent."""
    removed = 0
    for batch in storage.listed(FOLDER):
        old = {key for key, stored_at in batch if stored_at < now - _GRACE}
        if not old:
            continue
        events = {int(key.split("/")[1]) for key in old}
        named = select(Answer.value).join(Answer.question)
        answers = session.scalars(named.where(Question.type == QuestionType.FILE, Question.event_id.in_(events)))
        orphans = old - {answer["file"] for answer in answers if is_file(answer)}
        for key in orphans:
            storage.remove(key)
        removed += len(orphans)
    return removed


def is_file(answer: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(answer, dict) and "file" in answer


def saved(answer: dict[str, Any]) -> Response:
    """The file, to be saved and never shown in place: what strangers send runs nowhere. Raises FileMissing."""
    response = Response(storage.read(answer["file"], 0, answer["size"]), content_type=answer["type"])
    response.content_length = answer["size"]
    response.headers["Content-Disposition"] = kinds.disposition("attachment", answer["name"])
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
