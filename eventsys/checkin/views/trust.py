"""What a phone accepts once in the hall: the authority of this computer, and where the phone puts it."""

from __future__ import annotations

from flask import Response, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from eventsys.badges.codes import qr_svg
from eventsys.checkin.hall import find_authority
from eventsys.kernel.errors import NotFound
from eventsys.kernel.pages import absolute, settings


class AuthorityMissing(NotFound):
    code = "authority_missing"
    sentence = _l("This server made no certificate of its own: its address needs none.")


def trust() -> str:
    """The certificate and what to do with it, by the kind of phone."""
    authority = find_authority(settings().data_dir)
    fingerprint = _in_two_lines(authority.fingerprint) if authority else []
    return render_template("checkin/trust.html", fingerprint=fingerprint)


def authority() -> Response:
    """The certificate as phones install it: DER, under the type that makes them ask what to do with it."""
    found = find_authority(settings().data_dir)
    if found is None:
        raise AuthorityMissing
    response = Response(found.der, content_type="application/x-x509-ca-cert")
    response.headers["Content-Disposition"] = 'attachment; filename="eventsys-hall.crt"'
    response.headers["Cache-Control"] = "no-cache"
    return response


def screen() -> str:
    """The same address for a projector: everybody in the hall scans it from there."""
    found = find_authority(settings().data_dir)
    link = absolute("checkin.trust")
    picture = Markup(qr_svg(link, title=_("The address of this page as a QR code")))
    fingerprint = _in_two_lines(found.fingerprint) if found else []
    return render_template("checkin/trust_screen.html", link=link, picture=picture, fingerprint=fingerprint)


def _in_two_lines(fingerprint: str) -> list[str]:
    """32 pairs are compared in halves."""
    return [fingerprint[:47], fingerprint[48:]]
