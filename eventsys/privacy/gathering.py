"""Everything that is held of one person, under names that stay: what they take away as JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, ArrivalWatch, Scan
from eventsys.checkin.rules import came_on
from eventsys.contacts.queries import card_of, contacts_of
from eventsys.kernel import storage
from eventsys.kernel.storage.kinds import safe_filename
from eventsys.kernel.tables import write_csv
from eventsys.kernel.text import slugified
from eventsys.mailing.models import OutboxMessage
from eventsys.privacy import rules
from eventsys.registration import queries
from eventsys.registration.files import is_file
from eventsys.registration.models import (
    AcceptedText,
    Breakout,
    BreakoutWish,
    Consent,
    Delegation,
    EmailChange,
    Question,
    Registration,
    RegistrationTag,
    Review,
    SensitiveLook,
    Ticket,
)
from eventsys.reports.queries import certificate_of
from eventsys.reports.rules import spoken

FORMAT = "eventsys-person/1"

_PERSON = (
    "first_name", "last_name", "email", "organisation", "country", "sector", "type", "mode", "state", "language",
    "registered_at", "updated_at", "cancelled_at", "address_confirmed_at", "privacy_accepted_at", "queue_number",
    "offer_until", "coming", "coming_until", "is_online_meanwhile",
)  # fmt: skip


def gathered(session: Session, registration: Registration, *, now: datetime) -> dict[str, Any]:
    """All that is held, as JSON can say it (GDPR, Articles 15 and 20).

    What organisers noted is among it: it is about the person. Who of them wrote or looked is not: it is about them.
    """
    event = registration.event
    keep_days = queries.settings_of(session, event.id).keep_days
    found = {
        "format": FORMAT,
        "made_at": now,
        "event": {
            "slug": event.slug, "title": event.title, "starts_at": event.starts_at, "ends_at": event.ends_at,
            "controller": event.privacy_controller or ", ".join(event.organisers), "contact": event.contact,
        },
        "erased_on": rules.people_end_at(event, keep_days),
        "registration": {name: getattr(registration, name) for name in _PERSON},
        "note_for_the_door": registration.notes,
        "answers": _answers(session, registration, keep_days),
        "consents": _consents(session, registration),
        **_of_people(session, registration),
        **_of_the_door(session, registration),
        **_of_organisers(session, registration),
        **_of_contacts(session, registration),
        "timeline": [
            {"at": fact.at, "what": fact.kind, "by": _role(fact.actor)}
            for fact in queries.timeline_of(session, registration.id)
        ],
        "mails": _mails(session, registration),
    }  # fmt: skip
    said: dict[str, Any] = _sayable(found)
    return said


def _answers(session: Session, registration: Registration, keep_days: int | None) -> list[dict[str, Any]]:
    return [
        {
            "key": answer.question.key,
            "question": answer.question.label,
            "answer": answer.value["name"] if is_file(answer.value) else answer.value,
            "purpose": answer.question.purpose,
            "basis": answer.question.basis,
            "is_sensitive": answer.question.is_sensitive,
            "erased_on": rules.answers_end_at(registration.event, answer.question, keep_days),
        }
        for answer in queries.answers_of(session, registration.id)
    ]


def _consents(session: Session, registration: Registration) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Consent, Question.key, AcceptedText.text)
        .outerjoin(Question, Question.id == Consent.question_id)
        .outerjoin(AcceptedText, AcceptedText.hash == Consent.text_hash)
        .where(Consent.registration_id == registration.id)
        .order_by(Consent.id)
    )
    return [
        {
            "to": key or "privacy_notice", "text": text or "", "text_sha256": consent.text_hash,
            "given_at": consent.given_at, "withdrawn_at": consent.withdrawn_at,
        }
        for consent, key, text in rows
    ]  # fmt: skip


def _of_contacts(session: Session, registration: Registration) -> dict[str, Any]:
    """Their own card, and with whom they exchanged it: cards of others are the others' data."""
    card, known = card_of(session, registration.id), contacts_of(session, registration.id)
    columns = ("role", "email", "phone", "link", "is_open", "consented_at", "updated_at")
    return {
        "contact_card": {name: getattr(card, name) for name in columns} if card else None,
        "contacts": [{"name": one.person.name, "since": one.since} for one in known.agreed],
        "contacts_asked": {"of_me": len(known.asked_of_me), "by_me": len(known.asked_by_me)},
    }


def _of_people(session: Session, registration: Registration) -> dict[str, Any]:
    tickets = select(Ticket).where(Ticket.registration_id == registration.id).order_by(Ticket.id)
    changes = select(EmailChange).where(EmailChange.registration_id == registration.id).order_by(EmailChange.id)
    wishes = select(Breakout.name, BreakoutWish).join(Breakout).where(BreakoutWish.registration_id == registration.id)
    group = session.scalar(select(Delegation.name).where(Delegation.id == registration.delegation_id))
    return {
        "group": group,
        "seats": [
            {"counted_by": pool.kind, "key": pool.key, "state": seat.state}
            for pool, seat in queries.seats_of_person(session, registration.id)
        ],
        "tickets": [
            {
                "code": one.code,
                "short_code": one.short_code,
                "issued_at": one.created_at,
                "replaced_at": one.replaced_at,
            }
            for one in session.scalars(tickets)
        ],
        "address_changes": [
            {"email": one.email, "asked_at": one.created_at, "confirmed_at": one.confirmed_at}
            for one in session.scalars(changes)
        ],
        "wishes": [
            {"round": name, "ranking": wish.ranking, "given": wish.given}
            for name, wish in session.execute(wishes.order_by(Breakout.id))
        ],
    }


def _of_the_door(session: Session, registration: Registration) -> dict[str, Any]:
    scans = select(Scan).where(Scan.registration_id == registration.id).order_by(Scan.at, Scan.id)
    days = select(Admission).where(Admission.registration_id == registration.id)
    watches = select(ArrivalWatch).where(ArrivalWatch.registration_id == registration.id)
    certificate = certificate_of(session, registration.id)
    return {
        "certificates": [{"code": spoken(certificate.code), "issued_at": certificate.issued_at}] if certificate else [],
        "scans": [
            {
                "at": one.at, "point": one.point_key, "direction": one.direction,
                "outcome": one.corrected_outcome or one.outcome, "undone_at": one.undone_at,
            }
            for one in session.scalars(scans)
        ],
        "attendance": [
            {
                "day": came_on(one.day, one.first_at, registration.event.zone), "point": one.point_key,
                "first_at": one.first_at, "last_at": one.last_at,
            }
            for one in session.scalars(days.order_by(Admission.first_at, Admission.point_key))
        ],
        "arrival_waited_for": [
            {"words": one.words, "since": one.created_at, "arrived_at": one.arrived_at}
            for one in session.scalars(watches)
        ],
    }  # fmt: skip


def _of_organisers(session: Session, registration: Registration) -> dict[str, Any]:
    tags = select(RegistrationTag.tag).where(RegistrationTag.registration_id == registration.id)
    reviews = select(Review).where(Review.registration_id == registration.id).order_by(Review.id)
    looks = select(SensitiveLook).where(SensitiveLook.registration_id == registration.id).order_by(SensitiveLook.id)
    return {
        "tags": sorted(session.scalars(tags)),
        "opinions": [
            {"score": one.score, "verdict": one.verdict, "note": one.note, "at": one.updated_at}
            for one in session.scalars(reviews)
        ],
        "looks_at_sensitive_answers": [{"at": one.at, "where": one.what} for one in session.scalars(looks)],
    }


def _mails(session: Session, registration: Registration) -> list[dict[str, Any]]:
    mine = OutboxMessage.arguments["registration_id"].as_integer() == registration.id
    query = select(OutboxMessage).where(OutboxMessage.event_id == registration.event_id, mine)
    return [
        {"what": one.maker, "state": one.state, "written_at": one.created_at, "sent_at": one.sent_at}
        for one in session.scalars(query.order_by(OutboxMessage.id))
    ]


def _role(actor: str) -> str:
    """Who did something, without naming an organiser or a device."""
    return actor.partition(":")[0]


def _sayable(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Mapping():
            return {key: _sayable(one) for key, one in value.items()}
        case list() | tuple():
            return [_sayable(one) for one in value]
    return value


def packed(data: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """One ZIP: all of it as `data.json`, each list and the registration itself as a CSV, and the files."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        for name, rows in _tables(data):
            archive.writestr(f"{name}.csv", _written(rows))
        for name, body in files.items():
            archive.writestr(f"files/{name}", body)
    return out.getvalue()


def _tables(data: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    plain = {"event": data["event"]["title"], **data["registration"], "note_for_the_door": data["note_for_the_door"]}
    plain |= {"group": data["group"], "tags": data["tags"], "erased_on": data["erased_on"]}
    yield "registration", [{"field": key, "value": value} for key, value in plain.items()]
    for name, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield name, value


def _written(rows: Sequence[Mapping[str, Any]]) -> bytes:
    out = BytesIO()
    heads = list(rows[0])
    write_csv(out, heads, ([_cell(row[head]) for head in heads] for row in rows), with_mark=True)
    return out.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return "; ".join(map(str, value))
    return str(value)


def files_of(session: Session, registration: Registration) -> dict[str, bytes]:
    """The files that came as answers, by a name of their own; what the storage has lost is left out."""
    found = {}
    for answer in queries.answers_of(session, registration.id):
        if not is_file(answer.value):
            continue
        try:
            pieces = storage.read(answer.value["file"], 0, answer.value["size"])
        except storage.FileMissing:
            continue
        found[f"{slugified(answer.question.key)}-{safe_filename(answer.value['name'])}"] = b"".join(pieces)
    return found
