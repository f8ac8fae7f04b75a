"""One badge as a printer takes it: a PDF of the paper's exact size, or dots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from flask_babel import force_locale
from sqlalchemy.orm import Session

from eventsys.badges import pictures, sheets
from eventsys.badges.designs import Design, pictures_in
from eventsys.badges.faces import BadgeFace
from eventsys.badges.queries import design_of
from eventsys.badges.showing import face_hash
from eventsys.checkin.queries.printing import current_ticket, may_have_badge
from eventsys.events.models import Event
from eventsys.registration.faces import badge_faces
from eventsys.registration.models import Registration


@dataclass(frozen=True)
class Badge:
    """What stands on one person's badge, and how it is laid out. `language` is that of its captions; `pictures` are
    files by their id."""

    design: Design
    face: BadgeFace
    language: str
    pictures: dict[str, bytes]

    @property
    def face_hash(self) -> str:
        """What stays the same as long as the printed badge would."""
        return hash_of(self.face, self.design)

    @property
    def paper(self) -> tuple[float, float]:
        """Width and height of the paper in millimetres, as it goes through the printer."""
        return self.design.media

    def pdf(self) -> bytes:
        with force_locale(self.language):
            return sheets.design_pdf(self.design, [self.face], pictures=self.pictures)

    def picture(self, dpi: int) -> bytes:
        """The front as PNG, upright as the paper leaves the printer, one pixel a dot."""
        with force_locale(self.language):
            return sheets.design_png(self.design, self.face, ppi=dpi, pictures=self.pictures, as_printed=True)

    def document(self, media_type: str, dpi: int) -> bytes:
        """As a print queue takes it: PDF, PNG or JPEG."""
        if media_type == "application/pdf":
            return self.pdf()
        picture = self.picture(dpi)
        return picture if media_type == "image/png" else _as_jpeg(picture, dpi)


def _as_jpeg(picture: bytes, dpi: int) -> bytes:
    from PIL import Image

    out = BytesIO()
    with Image.open(BytesIO(picture)) as opened:
        opened.convert("RGB").save(out, "JPEG", quality=95, dpi=(dpi, dpi))
    return out.getvalue()


def hash_of(face: BadgeFace, design: Design) -> str:
    """32 hexadecimal digits that stay the same as long as the printed badge would."""
    return face_hash(face, design)


def faces_of(session: Session, event: Event, numbers: Sequence[int], design: Design) -> Iterator[BadgeFace]:
    """What stands on the badges of these people, in the event's language, as far as the design shows it."""
    return badge_faces(session, event, ids=numbers, needs=design.needs)


def pictures_of(event_id: int, design: Design) -> dict[str, bytes]:
    """The pictures that a design shows, by their id."""
    return pictures.all_read(event_id, pictures_in(design))


def badge_of(session: Session, event_id: int, registration_id: int, design_key: str | None) -> Badge | None:
    """The badge of a person as they are now; None for who gets none. Raises LayoutUnknown and DesignMisread."""
    registration = session.get(Registration, registration_id)
    if registration is None or registration.event_id != event_id or not may_have_badge(registration):
        return None
    if current_ticket(session, registration_id) is None:
        return None
    event, design = registration.event, design_of(session, event_id, design_key)
    with force_locale(event.language):
        face = next(iter(faces_of(session, event, [registration_id], design)), None)
    return Badge(design, face, event.language, pictures_of(event_id, design)) if face else None
