"""Certificates of attendance: taken by the personal link, and verified by anybody who holds one."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from eventsys.badges.sheets import write_certificates
from eventsys.kernel import clock, limits, tokens
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.locale import say_days
from eventsys.kernel.text import clean_line
from eventsys.registration.models import Registration
from eventsys.registration.views.person import REGISTRANT, registration_of
from eventsys.reports import actions, queries, rules
from eventsys.reports.certificates import certificate_face, days_words
from eventsys.reports.errors import CertificateUnknown, NotAttended

bp = Blueprint("reports", __name__)


@bp.post("/r/<token>/certificate")
def issue(token: str) -> AnyResponse:
    """Issue the certificate of who was there, and lead to it."""
    known = registration_of(token)
    with transaction(actor=REGISTRANT) as session:
        actions.issue(session, session.get_one(Registration, known.id), now=clock.now())
    return redirect(url_for("reports.certificate_pdf", token=token), 303)


@bp.get("/r/<token>/certificate.pdf")
def certificate_pdf(token: str) -> Response:
    """The certificate that was issued, drawn in the language of the registration."""
    registration, session = registration_of(token), reading()
    found = queries.certificate_of(session, registration.id)
    if found is None:
        raise NotAttended
    days = queries.days_of(session, [registration.id]).get(registration.id, [])
    out = BytesIO()
    with force_locale(registration.language):
        face = certificate_face(found, registration.event, days, language=registration.language)
        write_certificates([face], out)
    return _pdf(out.getvalue(), f"certificate-{rules.spoken(found.code)}.pdf")


def _pdf(body: bytes, name: str) -> Response:
    response = Response(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/certificates/<code>", methods=["GET", "POST"])
def certificate(code: str) -> str:
    """Whether a certificate is true: who asks types the name that stands on it. The page itself names nobody.

    Raises CertificateUnknown, and TooManyTries for who goes on guessing.
    """
    if request.method == "POST":
        limits.take("certificates", most=60, seconds=3600)
    else:
        limits.glance("certificates", most=120, seconds=3600)
    session = reading()
    found = queries.find_certificate(session, tokens.as_typed(code[:40]))
    if found is None:
        raise CertificateUnknown
    name, event = clean_line(request.form.get("name", ""))[:300], found.event
    days = queries.days_of(session, [found.registration_id]).get(found.registration_id, [])
    return render_template(
        "reports/certificate.html",
        code=rules.spoken(found.code),
        event=event,
        when=say_days(event.starts_at, event.ends_at, event.zone),
        organisers=", ".join(event.organisers),
        days=days_words(days),
        name=name,
        error=_("Type the name as it stands on the certificate.") if request.method == "POST" and not name else "",
        is_true=rules.is_of(found.code, found.name_hash, name) if name else None,
    )
