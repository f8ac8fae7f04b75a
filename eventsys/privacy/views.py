"""What a person does with what is held of them, by their personal link: read it, take it along, agree, be forgotten."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from eventsys.kernel import clock, limits
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import BadInput, NotFound
from eventsys.kernel.locale import chosen_language
from eventsys.privacy import actions, gathering, queries, rules
from eventsys.registration.models import Registration
from eventsys.registration.queries import questions_of
from eventsys.registration.rules import in_language, is_consent
from eventsys.registration.views.person import REGISTRANT, registration_of

bp = Blueprint("privacy", __name__)


@bp.get("/r/<token>/data.zip")
def data(token: str) -> Response:
    """Everything that is held of the person, to take along."""
    registration = registration_of(token)
    limits.take("data", most=20, seconds=3600, by=str(registration.id))
    session, now = reading(), clock.now()
    registration = session.get_one(Registration, registration.id)
    packed = gathering.packed(
        gathering.gathered(session, registration, now=now), gathering.files_of(session, registration)
    )
    response = Response(packed, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{registration.event.slug}-my-data.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/r/<token>/consents/<int:number>")
def consent(token: str, number: int) -> AnyResponse:
    """Agree to one statement, or take the consent back, as easily as it was given (GDPR, Article 7(3))."""
    known, act = registration_of(token), request.form.get("act")
    if act not in ("give", "withdraw"):
        raise BadInput
    limits.take("consents", most=60, seconds=3600, by=str(known.id))
    with transaction(actor=REGISTRANT) as session:
        registration = session.get_one(Registration, known.id)
        questions = questions_of(session, registration.event_id, with_retired=act == "withdraw")
        question = next((one for one in questions if one.id == number and is_consent(one)), None)
        if question is None:
            raise NotFound
        deed = actions.agree if act == "give" else actions.disagree
        deed(session, registration, in_language(question, chosen_language()), now=clock.now())
    said = _("Thank you. It is kept with its wording.") if act == "give" else _("Your consent is withdrawn.")
    flash(said, "good")
    return redirect(url_for("site.personal", token=token, _anchor="your-data"), 303)


@bp.route("/r/<token>/forget", methods=["GET", "POST"])
def forget(token: str) -> AnyResponse | str:
    """What goes and what stays, and then the deed, which cannot be undone."""
    registration = registration_of(token)
    event, now = registration.event, clock.now()
    if request.method == "GET":
        people = queries.of_one_person(reading(), registration)
        return render_template(
            "privacy/forget.html",
            registration=registration,
            event=event,
            token=token,
            gives_up_seat=any(rules.must_give_up_seat(one, event, now) for one in people),
            number=len(people),
            came=queries.days_present(reading(), [one.id for one in people]),
        )
    limits.take("forget", most=10, seconds=3600)
    with transaction(actor=REGISTRANT) as session:
        actions.erase_person(session, session.get_one(Registration, registration.id), now=now)
    return redirect(url_for("privacy.forgotten"), 303)


@bp.get("/forgotten")
def forgotten() -> str:
    """The last page of who was forgotten: it names nobody."""
    return render_template("privacy/forgotten.html")
