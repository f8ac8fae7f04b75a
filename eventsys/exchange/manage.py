"""Organisers bring events in and take them out: a file is tried first, shown, and written when they say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.accounts.models import User
from eventsys.events.forms import blame
from eventsys.events.manage.home import refuse_unless_may_create
from eventsys.events.queries import event_to_manage
from eventsys.events.rules import zone_names
from eventsys.exchange import actions
from eventsys.exchange.agenda_table import agenda_csv, template_csv, template_xlsx
from eventsys.exchange.exporting import WRITERS, ExportFormat, exported
from eventsys.exchange.forms import CloneForm, NewImportForm, UploadForm
from eventsys.exchange.opening import open_file
from eventsys.exchange.overrides import Overrides
from eventsys.exchange.queries import whole_event
from eventsys.exchange.summary import Summary
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction, tried
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.pages import settings
from eventsys.kernel.storage import takes_files
from eventsys.kernel.tables import uploads
from eventsys.kernel.tables.uploads import Upload

bp = Blueprint("exchange_manage", __name__)

MOST_BYTES = 20 * 1024 * 1024
Answer = AnyResponse | str | tuple[str, int]
_TEMPLATES: dict[str, tuple[Callable[[], bytes], str]] = {
    "csv": (template_csv, WRITERS[ExportFormat.CSV].media_type),
    "xlsx": (template_xlsx, WRITERS[ExportFormat.XLSX].media_type),
}


def _guard(slug: str) -> None:
    event_to_manage(reading(), slug)


@bp.route("/manage/events/<slug>/exchange", methods=["GET", "POST"])
@takes_files(most=MOST_BYTES, guard=_guard)
def index(slug: str) -> Answer:
    """Send a file to see what it would change; take the event away in any format."""
    event = event_to_manage(reading(), slug)
    form = UploadForm()
    if form.validate_on_submit():
        upload = form.upload()
        try:
            summary = tried(partial(_into, upload, slug), actor=access.actor())
            token = uploads.keep(upload, whose=_whose(slug))
            event = event_to_manage(reading(), slug)
            return render_template(
                "exchange/preview.html", event=event, summary=summary, token=token, filename=upload.filename,
                action=url_for(".confirm", slug=slug), back=url_for(".index", slug=slug), values={},
            )  # fmt: skip
        except Refusal as refusal:
            _blame_file(form, refusal)
        event = event_to_manage(reading(), slug)
    page = render_template("exchange/index.html", event=event, form=form, formats=list(ExportFormat))
    return (page, 422) if form.errors else page


@bp.post("/manage/events/<slug>/exchange/confirm")
def confirm(slug: str) -> AnyResponse:
    """Write what the preview showed."""
    event_to_manage(reading(), slug)
    token = request.form.get("token", "")
    upload = uploads.kept(token, whose=_whose(slug))
    with transaction(actor=access.actor()) as session:
        summary = _into(upload, slug, session)
    uploads.forget(token)
    _tell(summary)
    return redirect(url_for("agenda_manage.programme", slug=slug), 303)


def _into(upload: Upload, slug: str, session: Session) -> Summary:
    event_to_manage(session, slug)
    given = Overrides(slug=slug, zone_of=_standard_zone)
    return actions.import_file(session, open_file(upload.data, upload.filename), given, is_new=False, now=clock.now())


@bp.get("/manage/events/<slug>/exchange/<format>")
def download(slug: str, format: str) -> Response:
    """The event in one format. The event file has the addresses of streams: it is for those who run the event."""
    event = event_to_manage(reading(), slug)
    if format not in list(ExportFormat):
        raise NotFound
    writer = WRITERS[ExportFormat(format)]
    whole = whole_event(reading(), event)
    # A browser hands the CSV to Excel, which knows UTF-8 by the mark.
    is_csv = format == ExportFormat.CSV
    body = agenda_csv(whole, with_mark=True) if is_csv else exported(whole, ExportFormat(format))
    return _attached(body, writer.media_type, f"{event.slug}.{writer.ending}")


@bp.get("/manage/events/agenda-template.<ending>")
@access.signed_in
def template(ending: str) -> Response:
    """An empty agenda table."""
    if ending not in _TEMPLATES:
        raise NotFound
    write, media_type = _TEMPLATES[ending]
    return _attached(write(), media_type, f"agenda.{ending}")


def _attached(body: bytes, media_type: str, filename: str) -> Response:
    return Response(
        body, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{filename}"'}
    )


@bp.route("/manage/events/import", methods=["GET", "POST"])
@takes_files(most=MOST_BYTES, guard=refuse_unless_may_create)
def new() -> Answer:
    """Make a new event from a file."""
    refuse_unless_may_create()
    form = NewImportForm()
    form.timezone.choices = [("", _("as the file or this site says")), *((name, name) for name in zone_names())]
    if form.validate_on_submit():
        upload = form.upload()
        values = {name: form[name].data or "" for name in ("title", "slug", "timezone")}
        try:
            summary = tried(partial(_as_new, upload, values), actor=access.actor())
            token = uploads.keep(upload, whose=_whose(""))
            return render_template(
                "exchange/preview.html", event=None, summary=summary, token=token, filename=upload.filename,
                action=url_for(".confirm_new"), back=url_for(".new"), values=values,
            )  # fmt: skip
        except Refusal as refusal:
            _blame_file(form, refusal)
    page = render_template("exchange/new.html", form=form)
    return (page, 422) if form.errors else page


@bp.post("/manage/events/import/confirm")
def confirm_new() -> AnyResponse:
    """Make the event that the preview showed."""
    refuse_unless_may_create()
    token = request.form.get("token", "")
    upload = uploads.kept(token, whose=_whose(""))
    values = {name: request.form.get(name, "")[:300] for name in ("title", "slug", "timezone")}
    with transaction(actor=access.actor()) as session:
        summary = _as_new(upload, values, session)
    uploads.forget(token)
    _tell(summary)
    return redirect(url_for("agenda_manage.programme", slug=summary.slug), 303)


def _as_new(upload: Upload, values: dict[str, str], session: Session) -> Summary:
    owner = session.get_one(User, access.user_id())
    given = Overrides(**{name: value or None for name, value in values.items()}, zone_of=_standard_zone)
    file = open_file(upload.data, upload.filename)
    return actions.import_file(session, file, given, owner=owner, is_new=True, now=clock.now())


@bp.route("/manage/events/<slug>/clone", methods=["GET", "POST"])
def clone(slug: str) -> Answer:
    """The same event once more, as a draft on other days."""
    owner = refuse_unless_may_create()
    event = event_to_manage(reading(), slug)
    first_day = event.starts_at.astimezone(event.zone).date()
    form = CloneForm(data={"title": event.title, "slug": "", "first_day": first_day + timedelta(weeks=52)})
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                copy = actions.clone_event(
                    session,
                    event_to_manage(session, slug),
                    slug=form.slug.data or "",
                    title=form.title.data or "",
                    first_day=form.first_day.data or first_day,
                    with_streams=form.has_streams.data,
                    owner=session.get_one(User, owner.id),
                    now=clock.now(),
                )
            flash(_("The copy is a draft: only its team sees it."), "good")
            return redirect(url_for("events_manage.edit", slug=copy.slug), 303)
        except Refusal as refusal:
            if refusal.status in (401, 403, 404):
                raise
            blame(form, refusal)
            event = event_to_manage(reading(), slug)
    page = render_template("exchange/clone.html", event=event, form=form)
    return (page, 422) if form.errors else page


def _whose(slug: str) -> str:
    return f"{access.user_id()}/{slug}"


def _standard_zone(_slug: str) -> str:
    return settings().timezone


def _blame_file(form: UploadForm, refusal: Refusal) -> None:
    if refusal.status in (401, 403, 404):
        raise refusal
    form.file.errors = [str(refusal)]


def _tell(summary: Summary) -> None:
    flash(_("Imported. Sessions: %(counts)s.", counts=str(summary.sessions)), "good")
    for note in summary.notes:
        flash(note, "info")
    if summary.clashes:
        flash(_("%(number)d clashes: see the programme.", number=len(summary.clashes)), "warn")
