"""How materials come, get a new version, and go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, Talk
from eventsys.events.models import Event
from eventsys.kernel import storage, tokens
from eventsys.kernel.facts import record
from eventsys.kernel.text import clean_line
from eventsys.materials import rules
from eventsys.materials.errors import FileEmpty, MaterialUnknown
from eventsys.materials.models import Material, MaterialVersion


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file that lies in the storage already, so that no transaction waits for an upload."""

    storage_key: str
    filename: str
    media_type: str
    size: int
    sha256: str


def store_file(file: IO[bytes], filename: str) -> StoredFile:
    """Judge a file by its content and put it into the storage. Raises TypeNotTaken or FileEmpty."""
    filename = rules.safe_filename(filename)
    file.seek(0)
    head = file.read(rules.HEAD)
    if not head:
        raise FileEmpty(filename=filename, field="file")
    kind = rules.type_of(filename, head, file)
    key = f"materials/{tokens.readable(26).lower()}"
    size, sha256 = storage.put(key, file)
    return StoredFile(storage_key=key, filename=filename, media_type=kind.media_type, size=size, sha256=sha256)


def forget_file(content: StoredFile | str) -> None:
    """Take back a file that was stored for something that was then refused."""
    if isinstance(content, StoredFile):
        storage.remove(content.storage_key)


def add_material(
    session: Session,
    event: Event,
    *,
    kind: str,
    title: str,
    audience: str,
    content: StoredFile | str,
    now: datetime,
    entry: AgendaSession | None = None,
    talk: Talk | None = None,
) -> Material:
    """Add a file (already stored) or a link; a talk brings its session along."""
    material = Material(
        event_id=event.id,
        session_id=entry.id if entry else None,
        talk_id=talk.id if talk else None,
        key=tokens.readable(10).lower(),
        kind=kind,
        title=clean_line(title),
        audience=audience,
        created_at=now,
        updated_at=now,
    )
    material.versions.append(_version(1, content, now))
    session.add(material)
    session.flush()
    record(session, "material.added", at=now, subject="material", subject_id=material.id, event_id=event.id)
    return material


def add_version(session: Session, material: Material, content: StoredFile | str, *, now: datetime) -> None:
    """Put a newer file or link in its place: the address stays, older versions can still be asked for."""
    number = max((version.number for version in material.versions), default=0) + 1
    material.versions.append(_version(number, content, now))
    material.updated_at = now
    session.flush()
    record(
        session, "material.replaced", at=now, subject="material", subject_id=material.id,
        event_id=material.event_id, version=number,
    )  # fmt: skip


def change_material(
    session: Session, material: Material, *, kind: str, title: str, audience: str, now: datetime
) -> None:
    """Change what is said about a material and who may have it."""
    before = {"kind": material.kind, "audience": material.audience}
    material.kind, material.title, material.audience, material.updated_at = kind, clean_line(title), audience, now
    session.flush()
    record(
        session, "material.changed", at=now, subject="material", subject_id=material.id,
        event_id=material.event_id, before=before, after={"kind": kind, "audience": audience},
    )  # fmt: skip


def remove_material(session: Session, material: Material, *, now: datetime) -> None:
    """Take a material out of sight; it can be brought back, so its files stay."""
    if material.removed_at is None:
        material.removed_at = now
        session.flush()
        record(
            session, "material.removed", at=now, subject="material", subject_id=material.id, event_id=material.event_id
        )


def restore_material(session: Session, material: Material, *, now: datetime) -> None:
    """Bring a removed material back. Raises MaterialUnknown when it was not removed."""
    if material.removed_at is None:
        raise MaterialUnknown
    material.removed_at = None
    session.flush()
    record(session, "material.restored", at=now, subject="material", subject_id=material.id, event_id=material.event_id)


def _version(number: int, content: StoredFile | str, now: datetime) -> MaterialVersion:
    if isinstance(content, str):
        return MaterialVersion(number=number, url=rules.checked_address(content), created_at=now)
    return MaterialVersion(
        number=number,
        storage_key=content.storage_key,
        filename=content.filename,
        media_type=content.media_type,
        size=content.size,
        sha256=content.sha256,
        created_at=now,
    )
