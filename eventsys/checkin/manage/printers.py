"""Administrators look after the printers of the installation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from eventsys.badges.designs import FORMATS
from eventsys.checkin.actions import printers as actions
from eventsys.checkin.errors import PrinterAddressMisread
from eventsys.checkin.models import Printer, PrinterKind
from eventsys.checkin.printing.forms import PaperForm, PrinterForm
from eventsys.checkin.printing.testing import print_test
from eventsys.checkin.printing.trouble import PrinterTrouble, in_words
from eventsys.checkin.queries import printing as queries
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.mailing import queries as mailing

bp = Blueprint("printers", __name__, url_prefix="/admin/printers")
bp.before_request(access.refuse_unless_administrator)

Answer = Response | str | tuple[str, int]


@bp.get("")
def index() -> str:
    """All printers, with how many badges wait at each."""
    session = reading()
    found = queries.printers(session, with_retired=True)
    return render_template(
        "checkin/admin/printers.html", printers=found, waiting=queries.waiting_at(session), kinds=_kinds(),
        mail=mailing.counts(session),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
def new() -> Answer:
    """One more."""
    form = PrinterForm()
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                added = actions.add_printer(session, **form.values(), now=clock.now())
        except PrinterAddressMisread as refusal:
            form.address.errors = [str(refusal)]
        else:
            flash(_("“%(printer)s” is added. Print a test badge now.", printer=added.name), "good")
            return redirect(url_for(".printer", number=added.id), 303)
    page = render_template("checkin/admin/new_printer.html", form=form)
    return (page, 422) if form.errors else page


@bp.route("/<int:number>", methods=["GET", "POST"])
def printer(number: int) -> Answer:
    """One of them, changed or tried."""
    found = queries.printer_of(reading(), number)
    form = PrinterForm(data={name: getattr(found, name) for name in ("name", "kind", "address", "dpi")})
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                changed = queries.printer_of(session, number)
                actions.change_printer(session, changed, **form.values(), now=clock.now())
        except PrinterAddressMisread as refusal:
            form.address.errors = [str(refusal)]
        else:
            flash(_("The printer is changed."), "good")
            return redirect(url_for(".printer", number=number), 303)
    page = _page(queries.printer_of(reading(), number), form)
    return (page, 422) if form.errors else page


@bp.post("/<int:number>/test")
def test(number: int) -> Response:
    """A badge of nobody, sent while the administrator waits for a few seconds at most."""
    session = reading()
    found, form = queries.printer_of(session, number), _test_form()
    session.expunge(found)
    # The conversation with the printer must not keep a transaction of the database open.
    session.rollback()
    try:
        reasons = print_test(found, form.format.data if form.format.data in FORMATS else _usual(found))
    except PrinterTrouble as trouble:
        flash(in_words(trouble.code), "bad")
    else:
        flash(_("The test badge is on its way."), "good")
        for reason in reasons:
            flash(in_words(reason), "warn")
    return redirect(url_for(".printer", number=number), 303)


@bp.post("/<int:number>/retire")
def retire(number: int) -> Response:
    """No event prints on it any more."""
    with transaction(actor=access.actor()) as session:
        actions.retire_printer(session, queries.printer_of(session, number), now=clock.now())
    flash(_("The printer takes no badges any more."), "good")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:number>/restore")
def restore(number: int) -> Response:
    """It is back in use."""
    with transaction(actor=access.actor()) as session:
        actions.restore_printer(session, queries.printer_of(session, number), now=clock.now())
    flash(_("The printer takes badges again."), "good")
    return redirect(url_for(".printer", number=number), 303)


def _page(found: Printer, form: PrinterForm) -> str:
    session = reading()
    test_form = _test_form(_usual(found))
    return render_template(
        "checkin/admin/printer.html", printer=found, form=form, test_form=test_form,
        waiting=queries.waiting_at(session).get(found.id, 0),
    )  # fmt: skip


def _test_form(usual: str | None = None) -> PaperForm:
    form = PaperForm(formdata=None, format=usual) if usual else PaperForm()
    single = [one for one in FORMATS.values() if not (one.is_sheet or one.is_fold)]
    form.format.choices = [SelectChoice(one.key, str(one.name)) for one in single]
    return form


def _usual(found: Printer) -> str:
    return "62x100" if found.kind == PrinterKind.ZPL else "a6"


def _kinds() -> dict[str, Any]:
    return {PrinterKind.IPP.value: _("Print queue (IPP)"), PrinterKind.ZPL.value: _("Label printer (ZPL)")}
