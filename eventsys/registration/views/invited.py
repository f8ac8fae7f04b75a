"""Who is called by somebody else: the invitation accepted with their own details, a seat that was handed on."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from eventsys.kernel import clock, storage
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import chosen_language, say_instant
from eventsys.kernel.text import markdown
from eventsys.registration import actions, files, queries, rules
from eventsys.registration.errors import OfferGone
from eventsys.registration.forms.invited import AcceptForm, accept_form
from eventsys.registration.models import PoolKind, Registration, SeatState, State
from eventsys.registration.places import FIELDS, Places, places_of
from eventsys.registration.rules.invited import is_to_complete
from eventsys.registration.views.details import refuse_large
from eventsys.registration.views.drawing import asking_page
from eventsys.registration.views.person import REGISTRANT, registration_of


@storage.takes_files(most=files.MOST_BODY, guard=refuse_large)
def accept(token: str) -> AnyResponse | tuple[str, int] | str:
    """The form of who is invited, or was handed a seat: the address is shown and stays as it is."""
    registration = registration_of(token)
    _refuse_unless_asked(registration)
    session, event = reading(), registration.event
    form, places = _form(registration)
    if form.validate_on_submit() and (answer := _accept(token, registration, form)) is not None:
        return answer
    until = registration.offer_until if registration.state == State.INVITED else None
    return asking_page(
        "registration/accept.html",
        form,
        places,
        registration=registration,
        mode_label=rules.MODE_LABELS[form.mode],
        until=say_instant(until, event.zone) if until else "",
        privacy_notice=markdown(rules.privacy_text(event)),
        event=event,
        token=token,
        has_approval=queries.settings_of(session, event.id).has_approval and registration.delegation_id is not None,
    )


def _refuse_unless_asked(registration: Registration) -> None:
    """Raises OfferGone for who was not invited, has answered, or comes too late."""
    rules.refuse_unless_running(registration.event, clock.now())
    if is_to_complete(registration):
        return
    if registration.state != State.INVITED or (registration.offer_until and registration.offer_until <= clock.now()):
        raise OfferGone(_("This invitation has been answered or has ended."))


def _form(registration: Registration) -> tuple[AcceptForm, Places]:
    session, language, event = reading(), chosen_language(), registration.event
    given = {answer.question_id: answer.value for answer in queries.answers_of(session, registration.id)}
    kept: dict[str, list[str]] = {}
    for pool, seat in queries.seats_of_person(session, registration.id):
        if pool.kind in (PoolKind.DAY, PoolKind.SESSION) and seat.state != SeatState.WANTED:
            kept.setdefault(FIELDS[PoolKind(pool.kind)], []).append(pool.key)
    places = places_of(session, event, queries.pools_of(session, event.id), has_approval=False)
    places = places.among(given).with_own(kept)
    questions = queries.form_of(session, event, language)
    return accept_form(registration, questions, given, language, places=places, chosen=kept), places


def _accept(token: str, registration: Registration, form: AcceptForm) -> AnyResponse | None:
    """Take the seat; None where the refusal is shown in the form."""
    number, event = registration.id, registration.event
    is_new = registration.state == State.INVITED
    kept = {question: files.keep(event.id, upload) for question, upload in form.uploads().items()}
    entry = form.entry(privacy_text=rules.privacy_text(event), language=registration.language, kept=kept)
    try:
        with transaction(actor=REGISTRANT) as session:
            known = session.get_one(Registration, number)
            deed = actions.accept_invitation if is_new else actions.complete
            deed(session, known, entry, now=clock.now())
            state = known.state
    except Refusal as refusal:
        files.forget(kept.values())
        form.show(refusal)
        return None
    flash(_said(State(state), is_new), "good")
    return redirect(url_for("site.personal", token=token), 303)


def _said(state: State, is_new: bool) -> str:
    if not is_new:
        return str(_("Thank you. Your details are complete."))
    if state == State.CONFIRMED:
        return str(_("Thank you for accepting. You are in."))
    return str(_("Thank you for accepting."))
