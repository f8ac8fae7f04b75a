"""Administrators' pages: who has an account, what stands in the outbox, and which addresses are dead."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from eventsys.accounts import actions, queries, rules
from eventsys.accounts.errors import AddressTaken, AddressWrong
from eventsys.accounts.forms import NewUserForm, RoleForm
from eventsys.accounts.models import Role, User
from eventsys.kernel import access, clock, pages
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound
from eventsys.kernel.paging import page_number, paginated
from eventsys.kernel.text import clean_line
from eventsys.mailing import actions as mail_actions
from eventsys.mailing import queries as mail_queries
from eventsys.mailing.letters import recipient_of
from eventsys.mailing.models import BouncedAddress, Delivery, OutboxMessage

bp = Blueprint("accounts_manage", __name__, url_prefix="/admin")
bp.before_request(access.refuse_unless_administrator)

# A message that is due for longer than this and taken by nobody means that no worker runs.
_PATIENCE = timedelta(minutes=2)


@bp.get("/")
def home() -> str:
    words, role = clean_line(request.args.get("q", ""))[:100], request.args.get("role", "")
    role = role if role in set(Role) else ""
    page = paginated(reading(), queries.accounts(words, role), number=page_number())
    roles = [(one.value, rules.role_label(one.value)) for one in Role]
    return render_template(
        "accounts/admin/users.html", page=page, words=words, role=role, roles=roles, labels=dict(roles),
        counts=mail_queries.counts(reading()), zone=_zone(),
    )  # fmt: skip


@bp.route("/users/new", methods=["GET", "POST"])
def new_user() -> AnyResponse | str | tuple[str, int]:
    form = NewUserForm()
    if not form.validate_on_submit():
        return render_template("accounts/admin/new.html", form=form), 422 if request.method == "POST" else 200
    values = {"email": str(form.email.data), "name": str(form.name.data), "role": str(form.role.data)}
    try:
        with transaction(actor=access.actor()) as session:
            user = actions.create_user(session, **values, now=clock.now())
            actions.send_password_link(session, user, now=clock.now(), language=_language(), is_invitation=True)
            number = user.id
    except (AddressTaken, AddressWrong) as refusal:
        form.email.errors = [str(refusal)]
        return render_template("accounts/admin/new.html", form=form), 422
    flash(_("The account is made. A link to choose a password goes to %(email)s.", email=values["email"]), "good")
    return redirect(url_for("accounts_manage.user", number=number), 303)


@bp.get("/users/<int:number>")
def user(number: int) -> str:
    found = _find(number)
    form = RoleForm(formdata=None, role=found.role)
    return render_template(
        "accounts/admin/user.html", account=found, form=form, role=rules.role_label(found.role),
        is_self=found.id == current_user.id, zone=_zone(),
    )  # fmt: skip


@bp.post("/users/<int:number>/role")
def change_role(number: int) -> AnyResponse:
    form = RoleForm()
    if form.validate_on_submit():
        with transaction(actor=access.actor()) as session:
            by = current_user.id
            actions.change_role(session, _find(number), str(form.role.data), by=by, now=clock.now())
        flash(_("The role is changed."), "good")
    return redirect(url_for("accounts_manage.user", number=number), 303)


@bp.post("/users/<int:number>/deactivate")
def deactivate(number: int) -> AnyResponse:
    with transaction(actor=access.actor()) as session:
        actions.deactivate(session, _find(number), by=current_user.id, now=clock.now())
    flash(_("The account is closed, and signed out everywhere."), "good")
    return redirect(url_for("accounts_manage.user", number=number), 303)


@bp.post("/users/<int:number>/activate")
def activate(number: int) -> AnyResponse:
    with transaction(actor=access.actor()) as session:
        actions.activate(session, _find(number), now=clock.now())
    flash(_("The account is open again."), "good")
    return redirect(url_for("accounts_manage.user", number=number), 303)


@bp.post("/users/<int:number>/link")
def send_link(number: int) -> AnyResponse:
    with transaction(actor=access.actor()) as session:
        found = _find(number)
        is_new = found.password_hash is None
        actions.send_password_link(session, found, now=clock.now(), language=_language(), is_invitation=is_new)
        email = found.email
    flash(_("A link to choose a password goes to %(email)s.", email=email), "good")
    return redirect(url_for("accounts_manage.user", number=number), 303)


@bp.get("/mail")
def outbox() -> str:
    state = request.args.get("state", Delivery.FAILED.value)
    state = state if state in set(Delivery) else Delivery.FAILED.value
    page = paginated(reading(), mail_queries.messages_in(state), number=page_number())
    return render_template(
        "accounts/admin/outbox.html", page=page, state=state, states=_states(), zone=_zone(),
        counts=mail_queries.counts(reading()),
        is_late=mail_queries.is_any_due(reading(), now=clock.now() - _PATIENCE),
        dead=mail_queries.number_of_bounced(reading()),
    )  # fmt: skip


@bp.post("/mail/<int:number>/retry")
def retry(number: int) -> AnyResponse:
    """Try once more, also where mail to this address came back before. The letter is written before anything waits."""
    known = reading().get(OutboxMessage, number)
    address = recipient_of(reading(), known.maker, known.arguments) if known is not None else None
    with transaction(actor=access.actor()) as session:
        message = session.get(OutboxMessage, number)
        if message is None or message.state not in (Delivery.FAILED, Delivery.WAITING):
            raise NotFound
        mail_actions.send_again(session, message, now=clock.now())
        if address is not None:
            mail_actions.clear_bounce(session, address, now=clock.now())
    flash(_("The message is sent again."), "good")
    return redirect(url_for("accounts_manage.outbox"), 303)


@bp.get("/mail/addresses")
def dead_addresses() -> str:
    """The addresses that mail does not reach, and why."""
    words = clean_line(request.args.get("q", ""))[:254]
    page = paginated(reading(), mail_queries.bounced_addresses(words), number=page_number())
    return render_template(
        "accounts/admin/addresses.html", page=page, words=words, zone=_zone(), counts=mail_queries.counts(reading())
    )


@bp.post("/mail/addresses/<int:number>/clear")
def clear_address(number: int) -> AnyResponse:
    with transaction(actor=access.actor()) as session:
        found = session.get(BouncedAddress, number)
        if found is None:
            raise NotFound
        mail_actions.clear_bounce(session, found.address_key, now=clock.now())
        address = found.address_key
    flash(_("Mail to %(address)s is sent again.", address=address), "good")
    return redirect(url_for("accounts_manage.dead_addresses"), 303)


def _find(number: int) -> User:
    found = reading().get(User, number)
    if found is None:
        raise NotFound
    return found


def _states() -> list[tuple[str, str]]:
    return [
        (Delivery.FAILED.value, _("Given up")),
        (Delivery.WAITING.value, _("Waiting")),
        (Delivery.SENT.value, _("Sent")),
        (Delivery.DROPPED.value, _("No longer wanted")),
    ]


def _zone() -> ZoneInfo:
    return ZoneInfo(pages.settings().timezone)


def _language() -> str:
    return str(get_locale() or "en")
