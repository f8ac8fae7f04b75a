"""A person's contacts, by their personal link: their card, the badges they scanned, and who asked for theirs."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from eventsys.contacts import actions, cards, queries, rules
from eventsys.contacts.errors import ExchangeUnknown
from eventsys.contacts.forms import CardForm, CodeForm
from eventsys.kernel import clock, limits
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.pages import allow_source
from eventsys.kernel.text import slugified
from eventsys.registration.models import Registration, State
from eventsys.registration.rules import refuse_unless_in
from eventsys.registration.views.person import REGISTRANT, registration_of

bp = Blueprint("contacts", __name__)

Answer = AnyResponse | str | tuple[str, int]
# Somebody who walks from badge to badge, and not somebody who guesses short codes.
_MOST_SCANS, _IN_SECONDS = 40, 300


@bp.get("/r/<token>/contacts")
def contacts(token: str) -> Answer:
    """One's card, whom one met, and the camera for the next badge."""
    return _page(token, _present(token), CodeForm())


@bp.route("/r/<token>/contacts/card", methods=["GET", "POST"])
def card(token: str) -> Answer:
    """Write or change one's card."""
    registration = _present(token)
    form = CardForm(obj=queries.card_of(reading(), registration.id))
    if form.validate_on_submit():
        with transaction(actor=REGISTRANT) as session:
            known = session.get_one(Registration, registration.id)
            actions.keep_card(session, known, now=clock.now(), **form.values())
        flash(_("Your card is kept. Only those you agree with see it."), "good")
        return _back(token)
    has_card = queries.card_of(reading(), registration.id) is not None
    page = render_template(
        "contacts/card.html", event=registration.event, registration=registration, token=token, form=form,
        has_card=has_card,
    )  # fmt: skip
    return (page, 422) if form.errors else page


@bp.post("/r/<token>/contacts/card/remove")
def remove_card(token: str) -> AnyResponse:
    """Take the consent back, for all exchanges."""
    registration = _present(token)
    with transaction(actor=REGISTRANT) as session:
        actions.remove_card(session, session.get_one(Registration, registration.id), now=clock.now())
    flash(_("Your card is gone, and nobody you met here sees it any more."), "good")
    return _back(token)


@bp.post("/r/<token>/contacts/scan")
def scan(token: str) -> Answer:
    """Ask whose badge was scanned for their card."""
    registration = _present(token)
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(token, registration, form), 422
    limits.take("contacts.scan", most=_MOST_SCANS, seconds=_IN_SECONDS, by=f"registration:{registration.id}")
    number = registration.id
    try:
        with transaction(actor=REGISTRANT) as session:
            known = session.get_one(Registration, number)
            exchange = actions.ask(session, known, form.code.data or "", now=clock.now())
            person = exchange.asked if exchange.asker_id == number else exchange.asker
            said = _said(person, is_agreed=rules.is_agreed(exchange))
    except Refusal as refusal:
        form.code.errors = [str(refusal)]
        return _page(token, _present(token), form), refusal.status
    flash(said, "good")
    return _back(token)


def _said(person: Registration, *, is_agreed: bool) -> str:
    if is_agreed:
        return str(_("You and %(name)s have each other's card.", name=person.name))
    # Who does not agree stays unnamed: a badge that lies about names nobody.
    return str(_("Asked. Their card is here as soon as they agree, or scan your badge too."))


@bp.post("/r/<token>/contacts/<int:number>/agree")
def agree(token: str, number: int) -> AnyResponse:
    """Say yes to somebody who asked."""
    registration = _present(token)
    with transaction(actor=REGISTRANT) as session:
        known = session.get_one(Registration, registration.id)
        exchange = actions.agree(session, known, number, now=clock.now())
        said = _said(exchange.asker, is_agreed=True)
    flash(said, "good")
    return _back(token)


@bp.post("/r/<token>/contacts/<int:number>/end")
def end(token: str, number: int) -> AnyResponse:
    """Say no, or take a yes back."""
    registration = _present(token)
    with transaction(actor=REGISTRANT) as session:
        actions.end(session, session.get_one(Registration, registration.id), number, now=clock.now())
    flash(_("Neither of you sees the other's card now."), "good")
    return _back(token)


@bp.get("/r/<token>/contacts/<int:number>.vcf")
def one_card(token: str, number: int) -> Response:
    """One card, for the phone's own contacts."""
    registration = _present(token)
    found = [one for one in queries.contacts_of(reading(), registration.id).agreed if one.exchange.id == number]
    if not found or found[0].card is None:
        raise ExchangeUnknown
    return _file(registration, found, slugified(found[0].person.name, most=60) or "contact")


@bp.get("/r/<token>/contacts.vcf")
def all_cards(token: str) -> Response:
    """All cards in one file."""
    registration = _present(token)
    agreed = list(queries.contacts_of(reading(), registration.id).agreed)
    return _file(registration, agreed, f"contacts-{registration.event.slug}")


def _file(registration: Registration, found: list[queries.Contact], name: str) -> Response:
    people = [(one.person, one.card) for one in found if one.card is not None]
    response = Response(cards.vcards(people, registration.event), content_type=cards.CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.vcf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _present(token: str) -> Registration:
    """Whose link this is, if they take part."""
    registration = registration_of(token)
    refuse_unless_in(registration, State.CONFIRMED)
    return registration


def _page(token: str, registration: Registration, form: CodeForm) -> str:
    # The reader of QR codes is WebAssembly; no other page may compile any.
    allow_source("script-src", "'wasm-unsafe-eval'")
    session = reading()
    return render_template(
        "contacts/contacts.html",
        event=registration.event,
        registration=registration,
        token=token,
        form=form,
        card=queries.card_of(session, registration.id),
        contacts=queries.contacts_of(session, registration.id),
        is_open=rules.is_open(registration.event, clock.now()),
    )


def _back(token: str) -> AnyResponse:
    return redirect(url_for("contacts.contacts", token=token), 303)
