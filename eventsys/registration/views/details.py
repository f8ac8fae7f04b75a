"""What a person says of themselves, changed by their personal link: names, answers, files."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from eventsys.kernel import clock, storage
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.locale import chosen_language
from eventsys.registration import actions, files, queries, rules
from eventsys.registration.forms import DetailsForm, details_form
from eventsys.registration.models import PoolKind, Registration
from eventsys.registration.places import places_of
from eventsys.registration.views.drawing import asking_page
from eventsys.registration.views.person import REGISTRANT, registration_of


def refuse_large(token: str) -> None:
    """A large body is read only for somebody who is registered."""
    if (request.content_length or 0) > current_app.config["MAX_CONTENT_LENGTH"]:
        registration = registration_of(token)
        if not queries.form_of(reading(), registration.event, chosen_language()):
            raise RequestEntityTooLarge


@storage.takes_files(most=files.MOST_BODY, guard=refuse_large)
def change_details(token: str) -> AnyResponse | tuple[str, int] | str:
    """Names, organisation, country, sector and answers; the address stays. Where seats are counted by what changes, the
    seat changes with it."""
    registration = registration_of(token)
    rules.refuse_unless_living(registration)
    session, language, event = reading(), chosen_language(), registration.event
    given = {answer.question_id: answer.value for answer in queries.answers_of(session, registration.id)}
    form = details_form(registration, queries.form_of(session, event, language), given, language)
    pools = queries.pools_of(session, event.id, PoolKind.ANSWER)
    has_approval = queries.settings_of(session, event.id).has_approval
    places = places_of(session, event, pools, has_approval=has_approval).among(given)
    places.close(form)
    if form.validate_on_submit() and (answer := _change(token, registration, form, given)) is not None:
        return answer
    return asking_page("registration/details.html", form, places, event=event, token=token)


def _change(token: str, registration: Registration, form: DetailsForm, given: dict[int, Any]) -> AnyResponse | None:
    """Change what differs, and say so; None where the refusal is shown in the form."""
    number, event_id = registration.id, registration.event_id
    kept = {question: files.keep(event_id, upload) for question, upload in form.uploads().items()}
    answers = form.answers() | form.taken_back() | kept
    try:
        with transaction(actor=REGISTRANT) as writing:
            known = writing.get_one(Registration, number)
            changed = actions.change_details(
                writing, known, now=clock.now(), answers=answers, consents=form.wordings(), **form.details()
            )
    except Refusal as refusal:
        files.forget(kept.values())
        form.show(refusal)
        return None
    files.forget(given.get(question) for question, value in answers.items() if value != given.get(question))
    flash(_("Your details are changed.") if changed else _("Nothing was changed."), "good" if changed else "info")
    return redirect(url_for("site.personal", token=token), 303)


def file(token: str, key: str) -> Response:
    """A file that the person sent as an answer."""
    registration = registration_of(token)
    for answer in queries.answers_of(reading(), registration.id):
        if answer.question.key == key and files.is_file(answer.value) and not answer.question.is_internal:
            return files.saved(answer.value)
    raise NotFound
