"""The faces a design is tried on: made-up ones that are hard to draw, and real people of the event."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.badges.designs import Access, AccessMark, Design
from eventsys.badges.faces import BadgeFace, Slot
from eventsys.community.models import Sector
from eventsys.community.rules import SECTOR_COLOURS, sector_label
from eventsys.events.models import Event
from eventsys.kernel.locale import country_name, say_day, say_days
from eventsys.registration.faces import badge_faces
from eventsys.registration.models import Mode, Question, Registration, RegistrationType, State
from eventsys.registration.rules import TYPE_LABELS

TYPICAL, LONGEST, PERSON = "typical", "longest", "person"

# Names of scripts and habits that have broken badges before; none of these people is real.
STRANGE: dict[str, tuple[object, str, str]] = {
    "long": (
        _l("120 letters"),
        "Maria Theresia Walburga Amalia Christina von Hohenstein-Lichtenberg zu Oberösterreich-Toskana und Mendoza",
        "Directorate-General for Migration, Civil Protection and the Resilience of Critical Infrastructure, Unit B.4",
    ),
    "word": (_l("One long word"), "Jo Wolfeschlegelsteinhausenbergerdorff", "Donaudampfschifffahrtsgesellschaft"),
    "one": (_l("One name only"), "Sukarno", "Interpol"),
    "arabic": (_l("Arabic"), "عبد الرحمن بن محمد الخطيب الهاشمي", "وزارة الداخلية"),
    "hebrew": (_l("Hebrew"), "יעל בן-אריה", "משטרת ישראל"),
    "greek": (_l("Greek"), "Αλεξάνδρα Παπαδημητρίου-Χατζηκωνσταντίνου", "Ελληνική Αστυνομία"),
    "cyrillic": (_l("Cyrillic"), "Святослава Володимирівна Крижанівська", "Державна служба з надзвичайних ситуацій"),
    "han": (_l("Chinese, Japanese, Korean"), "欧阳修文 司馬光太郎 남궁민수", "警察庁"),
    "marks": (_l("Many marks"), "Nguyễn Thị Hồng Hạnh Ẫ̦̈ Ż̤̂", "Úřad pro vyšetřování"),
    "emoji": (_l("Emoji"), "Zoë 🦊 Müller 👩‍🚒", "Fire Service 🚒"),
}  # fmt: skip


@dataclass(frozen=True)
class Specimen:
    """A face, who it is in words, and for real people their number in the order of names, from 0."""

    face: BadgeFace
    said: str
    number: int = 0


def specimen(session: Session, event: Event, design: Design, which: str, number: int) -> Specimen:
    """The face of that name; where the event has nobody to show, a typical one. Texts follow the locale in force."""
    if which in (LONGEST, PERSON):
        found, place = _longest(session, event) if which == LONGEST else _in_order(session, event, number)
        for face in badge_faces(session, event, ids=[found], needs=design.needs) if found else ():
            return Specimen(face, face.name, place)
    face = _made_up(event, *STRANGE[which][1:]) if which in STRANGE else _made_up(event)
    return Specimen(_filled(session, event, design, face), face.name)


def _present() -> tuple[object, ...]:
    return Registration.state == State.CONFIRMED, Registration.mode == Mode.ONSITE


def _longest(session: Session, event: Event) -> tuple[int | None, int]:
    letters = func.length(Registration.first_name) + func.length(Registration.last_name)
    query = select(Registration.id).where(Registration.event_id == event.id, *_present())  # type: ignore[arg-type]
    return session.scalar(query.order_by(letters.desc(), Registration.id).limit(1)), 0


def _in_order(session: Session, event: Event, number: int) -> tuple[int | None, int]:
    """The registration with this number in the order of names, and the number that it really has."""
    query = select(Registration.id).where(Registration.event_id == event.id, *_present())  # type: ignore[arg-type]
    there = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    place = max(0, min(number, there - 1))
    order = query.order_by(Registration.last_name, Registration.first_name, Registration.id)
    return session.scalar(order.offset(place).limit(1)), place


def _made_up(event: Event, name: str = "Katrin Lindqvist", organisation: str = "") -> BadgeFace:
    first, _blank, last = name.rpartition(" ")
    return BadgeFace(
        name=name,
        first_name=first,
        last_name=last,
        # What no ticket of ours looks like: a scan of a sheet that was printed to try it answers “unknown”.
        code="SPECIMEN-NOT-A-TICKET-0000000",
        short_code="SAM-PLE",
        affiliation=organisation or _("Ministry of the Interior"),
        country=country_name("SE"),
        sector_label=sector_label(Sector.POLICE),
        sector_colour=SECTOR_COLOURS[Sector.POLICE],
        type_key=RegistrationType.SPEAKER,
        type_label=str(TYPE_LABELS[RegistrationType.SPEAKER]),
        event_title=event.title,
        event_dates=say_days(event.starts_at, event.ends_at, event.zone),
        venue=", ".join(filter(None, (event.venue_name, event.venue_city))),
        language=event.language,
    )


def _filled(session: Session, event: Event, design: Design, face: BadgeFace) -> BadgeFace:
    """With something wherever the design shows more: answers, marks, a refused photo, sessions of a made-up day."""
    needs, questions = design.needs, _labels(session, event.id)
    day, room = say_day(event.starts_at, event.zone), _("Room A")
    slots = tuple(
        Slot(day=day, time=time, title=title, room=room)
        for time, title in (
            ("09:30", _("Opening")),
            ("10:15", _("Panel with a long title")),
            ("13:00", _("Lunch")),
        )
    )
    return replace(
        face,
        answers={key: questions.get(key, key) for key in needs.answers},
        consents=dict.fromkeys(needs.consents, False),
        tags=frozenset(mark.tag for mark in _marks(design) if mark.tag),
        agenda=slots,
        sessions=slots[1:2],
        programme=slots,
    )


def _marks(design: Design) -> list[AccessMark]:
    elements = [element for side in design.sides.values() for element in side]
    return [mark for element in elements if isinstance(element, Access) for mark in element.marks]


def _labels(session: Session, event_id: int) -> dict[str, str]:
    return {found.key: found.label for found in session.scalars(select(Question).where(Question.event_id == event_id))}
