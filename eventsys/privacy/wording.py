"""Dates of erasure in words, and why each thing is kept: what people and data protection officers read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from eventsys.kernel.locale import day_of, say_day
from eventsys.registration.models import Basis, SensitiveLook

BASIS_LABELS = {
    Basis.CONSENT: _l("Consent (GDPR, Article 6(1)(a))"),
    Basis.CONTRACT: _l("Carrying out what you asked for (Article 6(1)(b))"),
    Basis.LEGAL_OBLIGATION: _l("Legal obligation (Article 6(1)(c))"),
    Basis.PUBLIC_TASK: _l("Task in the public interest (Article 6(1)(e))"),
    Basis.LEGITIMATE_INTEREST: _l("Legitimate interest (Article 6(1)(f))"),
}


@dataclass(frozen=True)
class FieldUse:
    """Something that every registration keeps: what, what for, and why it may be."""

    key: str
    label: LazyString
    purpose: LazyString
    basis: Basis


STANDARD = (
    FieldUse("name", _l("Name"), _l("Badge, list at the door, letters"), Basis.CONTRACT),
    FieldUse(
        "email", _l("E-mail address"), _l("Confirmation, ticket, personal link, changes of the event"), Basis.CONTRACT
    ),
    FieldUse(
        "organisation", _l("Organisation"), _l("Badge, and a balanced room"), Basis.LEGITIMATE_INTEREST
    ),
    FieldUse("country", _l("Country"), _l("A balanced room, and figures"), Basis.LEGITIMATE_INTEREST),
    FieldUse("sector", _l("Sector"), _l("Badge, a balanced room, and figures"), Basis.LEGITIMATE_INTEREST),
    FieldUse("mode", _l("Way and quality of taking part"), _l("Seats, and who may enter"), Basis.CONTRACT),
    FieldUse("language", _l("Language"), _l("Letters in the right language"), Basis.CONTRACT),
    FieldUse("ticket", _l("Codes of tickets"), _l("Entering"), Basis.CONTRACT),
    FieldUse("seats", _l("Seats, days and sessions"), _l("No room is overfull"), Basis.CONTRACT),
    FieldUse(
        "scans", _l("Scans at the door"), _l("Who is in the building, certificates, figures"), Basis.LEGITIMATE_INTEREST
    ),
    FieldUse("timeline", _l("Steps of the registration"), _l("Answering questions"), Basis.LEGITIMATE_INTEREST),
    FieldUse("mails", _l("Which mails were sent, and when"), _l("Sending none twice"), Basis.LEGITIMATE_INTEREST),
    FieldUse(
        "notes", _l("Notes, tags and opinions of organisers"), _l("Deciding and welcoming"), Basis.LEGITIMATE_INTEREST
    ),
    FieldUse(
        "consents", _l("What was agreed to, and when"), _l("Proof (Article 7(1))"), Basis.LEGAL_OBLIGATION
    ),
)  # fmt: skip


def erased_words(ends_at: datetime | None, *, zone: ZoneInfo, now: datetime) -> str:
    """`erased in 12 days, on Mon 14 December 2026`."""
    if ends_at is None:
        return str(_("kept until the organisers erase it"))
    day = say_day(ends_at, zone, year=True)
    days = (day_of(ends_at, zone) - day_of(now, zone)).days
    if ends_at <= now:
        return str(_("erased by now, due on %(day)s", day=day))
    if days == 0:
        return str(_("erased today"))
    return str(ngettext("erased tomorrow, on %(day)s", "erased in %(num)d days, on %(day)s", days, day=day))


_PLACES = {
    "person": _l("on the page of one person"),
    "table": _l("in the table"),
    "export": _l("in a downloaded table"),
    "needs": _l("in the list of needs"),
}


def look_words(look: SensitiveLook) -> str:
    """`in a downloaded table, 12 people`."""
    where = str(_PLACES.get(look.what, look.what))
    return f"{where}, {ngettext('%(num)d person', '%(num)d people', look.people)}"


def run_words(counts: Mapping[str, Any]) -> str:
    """`12 people, 40 answers`."""
    people, answers, files, mails = (int(counts.get(what, 0)) for what in ("people", "answers", "files", "mails"))
    parts = [
        ngettext("%(num)d person", "%(num)d people", people) if people else "",
        ngettext("%(num)d answer", "%(num)d answers", answers) if answers else "",
        ngettext("%(num)d file", "%(num)d files", files) if files else "",
        ngettext("%(num)d mail", "%(num)d mails", mails) if mails else "",
    ]
    return ", ".join(filter(None, map(str, parts))) or str(_("nothing"))
