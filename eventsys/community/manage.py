"""Administrators look after the directory of organisations."""

from __future__ import annotations

import io
from dataclasses import asdict
from functools import partial

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.community import actions, queries, rules
from eventsys.community.actions import BroughtIn
from eventsys.community.errors import NameTaken, OrganisationUnknown
from eventsys.community.forms import ListForm, MergeForm, OrganisationForm
from eventsys.community.models import Organisation, Sector
from eventsys.community.tables import COLUMNS, MOST_ROWS, as_rows, read_organisations
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction, tried
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.locale import countries, country_name
from eventsys.kernel.paging import page_number, paginated
from eventsys.kernel.storage import takes_files
from eventsys.kernel.tables import Sheet, read_table, uploads, write_csv, write_xlsx
from eventsys.kernel.tables.uploads import Upload
from eventsys.kernel.text import clean_line
from eventsys.mailing import queries as mailing

bp = Blueprint("community_manage", __name__, url_prefix="/admin/organisations")
bp.before_request(access.refuse_unless_administrator)

MOST_BYTES = 5 * 1024 * 1024
Answer = AnyResponse | str | tuple[str, int]
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("")
def index() -> str:
    """The directory, searched and filtered."""
    session = reading()
    words, country, sector = (clean_line(request.args.get(name, ""))[:100] for name in ("q", "country", "sector"))
    sector = sector if sector in set(Sector) else ""
    occurring = queries.countries_of_organisations(session)
    country = country if country in occurring else ""
    page = paginated(session, queries.organisations(words, country, sector), number=page_number(), size=50)
    return render_template(
        "community/admin/organisations.html", page=page, words=words, country=country, sector=sector,
        countries=[(code, name) for code, name in countries() if code in occurring],
        sectors=[(str(key), str(label)) for key, label in rules.SECTOR_LABELS.items()],
        country_name=country_name, sector_label=rules.sector_label, mail=mailing.counts(session),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
def new() -> Answer:
    form = OrganisationForm(data={"is_listed": True} if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                added = actions.add_organisation(session, form.values(), now=clock.now())
        except Refusal as refusal:
            _blame(form, refusal)
        else:
            flash(_("“%(name)s” is in the directory.", name=added.name), "good")
            return redirect(url_for(".index"), 303)
    page = render_template("community/admin/new.html", form=form)
    return (page, 422) if form.errors else page


@bp.route("/<int:number>", methods=["GET", "POST"])
def organisation(number: int) -> Answer:
    """One entry, to be corrected, merged or removed."""
    form = _form_of(_find(reading(), number))
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                found = _find(session, number)
                actions.change_organisation(session, found, form.values(), now=clock.now())
        except Refusal as refusal:
            _blame(form, refusal)
        else:
            flash(_("“%(name)s” is saved.", name=found.name), "good")
            return redirect(url_for(".index"), 303)
    return _drawn(number, form, MergeForm(formdata=None))


@bp.post("/<int:number>/merge")
def merge(number: int) -> Answer:
    """Another entry goes, and its names find this one."""
    form = MergeForm()
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                stays, goes = _find(session, number), queries.find_organisation(session, form.other.data or "")
                if goes is None:
                    raise OrganisationUnknown(field="other")
                name = goes.name
                actions.merge_organisations(session, stays, goes, now=clock.now())
        except Refusal as refusal:
            if refusal.field is None:
                raise
            form.other.errors = [str(refusal)]
        else:
            flash(_("“%(other)s” is now another name of “%(name)s”.", other=name, name=stays.name), "good")
            return redirect(url_for(".organisation", number=number), 303)
    return _drawn(number, _form_of(_find(reading(), number), is_fresh=True), form)


@bp.post("/<int:number>/remove")
def remove(number: int) -> AnyResponse:
    with transaction(actor=access.actor()) as session:
        found = _find(session, number)
        name = found.name
        actions.remove_organisation(session, found, now=clock.now())
    flash(_("“%(name)s” is no longer in the directory.", name=name), "good")
    return redirect(url_for(".index"), 303)


@bp.route("/import", methods=["GET", "POST"])
@takes_files(most=MOST_BYTES, guard=access.refuse_unless_administrator)
def bring_in() -> Answer:
    """Send a list to see what it would change."""
    form = ListForm()
    if form.validate_on_submit():
        upload = form.upload()
        try:
            done = tried(partial(_into, upload), actor=access.actor())
            token = uploads.keep(upload, whose=_whose())
            return render_template(
                "community/admin/preview.html", done=done, token=token, filename=upload.filename, most=200
            )
        except Refusal as refusal:
            form.file.errors = [str(refusal)]
    page = render_template("community/admin/import.html", form=form, columns=COLUMNS)
    return (page, 422) if form.errors else page


@bp.post("/import/confirm")
def confirm() -> AnyResponse:
    """Write what the preview showed."""
    token = request.form.get("token", "")
    upload = uploads.kept(token, whose=_whose())
    with transaction(actor=access.actor()) as session:
        counts = _into(upload, session).counts
    uploads.forget(token)
    flash(
        _("Imported: %(added)d added, %(changed)d changed.", added=counts["added"], changed=counts["changed"]), "good"
    )
    return redirect(url_for(".index"), 303)


def _into(upload: Upload, session: Session) -> BroughtIn:
    table = read_table(upload.data, upload.filename, most_rows=MOST_ROWS)
    try:
        return actions.bring_in(session, read_organisations(table), now=clock.now())
    except NameTaken as refusal:
        raise table.refusal(str(refusal), line=refusal.details["line"], column=refusal.field) from refusal


@bp.get("/organisations.<ending>")
def download(ending: str) -> Response:
    """The directory as the table that the import takes."""
    if ending not in _MEDIA:
        raise NotFound
    rows, out = as_rows(queries.all_organisations(reading())), io.BytesIO()
    if ending == "csv":
        write_csv(out, COLUMNS, rows, with_mark=True)
    else:
        write_xlsx(out, Sheet(_("Organisations"), COLUMNS, rows, widths=(48, 14, 10, 18, 8, 48)))
    headers = {"Content-Disposition": f'attachment; filename="organisations.{ending}"'}
    return Response(out.getvalue(), content_type=_MEDIA[ending], headers=headers)


def _find(session: Session, number: int) -> Organisation:
    found = session.get(Organisation, number)
    if found is None:
        raise NotFound
    return found


def _form_of(organisation: Organisation, *, is_fresh: bool = False) -> OrganisationForm:
    values = asdict(actions.values_of(organisation))
    values["other_names"] = "\n".join(values["other_names"])
    return OrganisationForm(formdata=None, data=values) if is_fresh else OrganisationForm(data=values)


def _drawn(number: int, form: OrganisationForm, merging: MergeForm) -> Answer:
    found = _find(reading(), number)
    page = render_template("community/admin/organisation.html", organisation=found, form=form, merging=merging)
    return (page, 422) if form.errors or merging.errors else page


def _blame(form: OrganisationForm, refusal: Refusal) -> None:
    if refusal.field is None or refusal.field not in form:
        raise refusal
    form[refusal.field].errors = [str(refusal)]


def _whose() -> str:
    return f"{access.user_id()}/organisations"
