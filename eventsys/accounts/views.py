"""Signing in and out, forgotten passwords, one's own account, and the language of this browser."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user, login_user
from werkzeug.wrappers import Response as AnyResponse

from eventsys.accounts import actions, passwords, queries, rules
from eventsys.accounts.errors import LinkUsedUp, PasswordTooWeak
from eventsys.accounts.forms import ChangePasswordForm, ChoosePasswordForm, ForgottenForm, NameForm, SignInForm
from eventsys.accounts.models import PasswordLink, User
from eventsys.kernel import access, clock, limits
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.extensions import login_manager
from eventsys.kernel.locale import LANGUAGES

bp = Blueprint("accounts", __name__)

_QUARTER = 15 * 60
# The cookie is signed and names the account by its stamp: a browser's address may change on a train.
login_manager.session_protection = None


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _who(name: str) -> User | None:
    return queries.user_of_session(reading(), name)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse | str | tuple[str, int]:
    form = SignInForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        return render_template("accounts/sign_in.html", form=form)
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 422
    email = str(form.email.data).lower()
    _count_try(email)
    user = _user_with(email, str(form.password.data))
    if user is None:
        form.form_errors.append(_("The address or the password is wrong."))
        return render_template("accounts/sign_in.html", form=form), 422
    _uncount_try(email)
    role = user.role
    _let_in(user, remember=bool(form.remember.data))
    target = str(form.next.data or "")
    return redirect(target if rules.is_own_page(target) else rules.first_page(role), 303)


@bp.post("/sign-out")
def sign_out() -> AnyResponse:
    _forget_all_but_language()
    flash(_("You are signed out."), "good")
    return redirect(url_for("accounts.sign_in"), 303)


@bp.route("/password", methods=["GET", "POST"])
@limits.limited("forgotten", most=10, seconds=_QUARTER)
def forgotten() -> AnyResponse | str | tuple[str, int]:
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form), 422 if request.method == "POST" else 200
    email = str(form.email.data)
    limits.take("forgotten-address", most=5, seconds=60 * 60, by=email.lower())
    with transaction() as session:
        user = queries.find_user(session, email)
        if user is not None and user.is_active:
            actions.send_password_link(session, user, now=clock.now(), language=str(get_locale() or "en"))
    # The same for everybody: nobody learns here who has an account.
    return redirect(url_for("accounts.forgotten_sent"), 303)


@bp.get("/password/sent")
def forgotten_sent() -> str:
    return render_template("accounts/sent.html")


@bp.route("/password/<token>", methods=["GET", "POST"])
def choose_password(token: str) -> AnyResponse | str | tuple[str, int]:
    """Opening the link shows the form and uses nothing up: programs that check mail open links too."""
    link, user = _open_link(token)
    form = ChoosePasswordForm()
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("accounts/choose_password.html", form=form, account=user), status
    try:
        password_hash = passwords.prepared(str(form.password.data), user.name, user.email)
    except PasswordTooWeak as refusal:
        form.password.errors = [str(refusal)]
        return render_template("accounts/choose_password.html", form=form, account=user), 422
    number = link.id
    with transaction() as session:
        user = actions.choose_password(session, session.get_one(PasswordLink, number), password_hash, now=clock.now())
        role = user.role
    _let_in(user, remember=False)
    flash(_("Your password is set, and you are signed in."), "good")
    return redirect(rules.first_page(role), 303)


@bp.route("/account", methods=["GET", "POST"])
@access.signed_in
def account() -> AnyResponse | str | tuple[str, int]:
    form = NameForm(name=current_user.name)
    if request.method == "POST" and form.validate_on_submit():
        with transaction(actor=access.actor()) as session:
            actions.rename(session, current_user, str(form.name.data))
        flash(_("Your name is changed."), "good")
        return redirect(url_for("accounts.account"), 303)
    return _account_page(name_form=form)


@bp.post("/account/password")
@access.signed_in
def change_password() -> AnyResponse | tuple[str, int]:
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _account_page(password_form=form)
    limits.take("sign-in-address", most=20, seconds=_QUARTER, by=current_user.email)
    if not passwords.is_right(current_user.password_hash, str(form.present.data)):
        form.present.errors = [_("This is not your present password.")]
        return _account_page(password_form=form)
    try:
        password_hash = passwords.prepared(str(form.password.data), current_user.name, current_user.email)
    except PasswordTooWeak as refusal:
        form.password.errors = [str(refusal)]
        return _account_page(password_form=form)
    with transaction(actor=access.actor()) as session:
        user = session.get_one(User, current_user.id)
        actions.change_password(session, user, password_hash, now=clock.now())
    _let_in(user, remember=cookie.permanent)
    flash(_("Your password is changed. All your other browsers are signed out."), "good")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/sign-out-everywhere")
@access.signed_in
def sign_out_everywhere() -> AnyResponse:
    with transaction(actor=access.actor()) as session:
        actions.sign_out_everywhere(session, session.get_one(User, current_user.id))
    _forget_all_but_language()
    flash(_("You are signed out in every browser."), "good")
    return redirect(url_for("accounts.sign_in"), 303)


@bp.post("/language")
def language() -> AnyResponse:
    target = request.form.get("next", "/")
    _keep_language(request.form.get("lang", ""))
    return redirect(target if rules.is_own_page(target) else "/", 303)


@bp.after_app_request
def _keep_language_of_address(response: Response) -> Response:
    """`?lang=de` on any page is a choice that lasts; a feed or a file that carries it sets no cookie."""
    chosen = request.args.get("lang") if request.query_string else None
    if chosen and cookie.get("lang") != chosen and response.mimetype == "text/html":
        _keep_language(chosen)
    return response


def _keep_language(tag: str) -> None:
    if tag in LANGUAGES:
        cookie["lang"] = tag


def _count_try(email: str) -> None:
    """One person mistypes, a hall full of people shares one address, a thief tries many addresses or one of them."""
    for name, most, by in _tries(email):
        limits.take(name, most=most, seconds=_QUARTER, by=by)


def _uncount_try(email: str) -> None:
    """Only wrong passwords are limited: a desk may sign in and out all day."""
    for name, _most, by in _tries(email):
        limits.give_back(name, seconds=_QUARTER, by=by)


def _tries(email: str) -> list[tuple[str, int, str]]:
    here = limits.client()
    return [("sign-in", 10, f"{here} {email}"), ("sign-in-client", 60, here), ("sign-in-address", 50, email)]


def _user_with(email: str, password: str) -> User | None:
    user = queries.find_user(reading(), email)
    kept = user.password_hash if user is not None and user.is_active else None
    # Without anything kept this costs the same time: whoever measures learns nothing.
    if not passwords.is_right(kept, password) or user is None or kept is None:
        return None
    number = user.id
    password_hash = passwords.hashed(password) if passwords.is_outdated(kept) else None
    with transaction() as session:
        user = session.get(User, number)
        if user is None or not user.is_active or user.password_hash != kept:
            return None
        actions.note_sign_in(session, user, now=clock.now(), password_hash=password_hash)
    return user


def _let_in(user: User, *, remember: bool) -> None:
    """A new session for who has proved to be somebody: nothing that was planted before survives."""
    _forget_all_but_language()
    login_user(user)
    cookie.permanent = remember


def _forget_all_but_language() -> None:
    tag = cookie.get("lang")
    cookie.clear()
    if tag:
        cookie["lang"] = tag


def _open_link(token: str) -> tuple[PasswordLink, User]:
    link = queries.find_password_link(reading(), token)
    user = reading().get(User, link.user_id) if link is not None else None
    if link is None or user is None:
        limits.take("links", most=30, seconds=60)
        raise LinkUsedUp
    if link.used_at is not None or link.expires_at <= clock.now() or not user.is_active:
        raise LinkUsedUp
    return link, user


def _account_page(
    *, name_form: NameForm | None = None, password_form: ChangePasswordForm | None = None
) -> tuple[str, int]:
    name_form = name_form or NameForm(formdata=None, name=current_user.name)
    password_form = password_form or ChangePasswordForm(formdata=None)
    status = 422 if name_form.errors or password_form.errors else 200
    return render_template("accounts/account.html", name_form=name_form, password_form=password_form), status
