"""What stands on a certificate of attendance, in the language and zone of who gets it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from eventsys.badges.faces import CertificateFace
from eventsys.events.models import Event
from eventsys.kernel.locale import current_locale, say_day, say_days
from eventsys.kernel.pages import absolute, settings
from eventsys.reports import queries, rules
from eventsys.reports.models import Certificate

_FACES_A_READ = 250


def certificate_face(certificate: Certificate, event: Event, days: Sequence[date], *, language: str) -> CertificateFace:
    """One certificate; the texts follow the locale in force, which is that of `language`."""
    person = certificate.registration
    where = ", ".join(filter(None, (event.venue_name, event.venue_city)))
    return CertificateFace(
        name=person.name,
        code=rules.spoken(certificate.code),
        event_title=event.title,
        event_when=say_days(event.starts_at, event.ends_at, event.zone),
        where=where,
        days=days_words(days),
        affiliation=person.organisation,
        organisers=", ".join(event.organisers) or settings().site_name,
        address=absolute("reports.certificate", code=rules.spoken(certificate.code)),
        issued=_("Issued on %(day)s", day=say_day(certificate.issued_at, event.zone, year=True)),
        language=language,
    )


def days_words(days: Sequence[date]) -> str:
    """`Present on 2 days: Thu 3 December, Fri 4 December`; of many days their number and the first and the last."""
    if len(days) > 4:
        first, last = (format_date(day, "long", locale=current_locale()) for day in (days[0], days[-1]))
        return str(_("Present on %(num)d days from %(first)s to %(last)s", num=len(days), first=first, last=last))
    said = ", ".join(say_day(day) for day in days)
    return str(ngettext("Present on %(days)s", "Present on %(num)d days: %(days)s", len(days), days=said))


def faces(session: Session, event: Event, registration_ids: Sequence[int]) -> Iterator[CertificateFace]:
    """Those of these people who have a certificate, in their order, read in pages so that memory stays flat."""
    for place in range(0, len(registration_ids), _FACES_A_READ):
        some = registration_ids[place : place + _FACES_A_READ]
        known, days = queries.certificates_among(session, some), queries.days_of(session, some)
        for number in some:
            if number in known:
                yield certificate_face(known[number], event, days.get(number, []), language=event.language)
        session.expunge_all()
