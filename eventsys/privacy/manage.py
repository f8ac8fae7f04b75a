"""What organisers answer for: what is kept of people, why, until when, who looked; and needs for the kitchen."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.accounts.queries import names_of
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.locale import say_instant, say_stamp
from eventsys.kernel.paging import mapped, page_number, paginated
from eventsys.kernel.tables import write_csv
from eventsys.privacy import figures, rules
from eventsys.privacy.models import RetentionRun
from eventsys.privacy.wording import BASIS_LABELS, STANDARD, erased_words, look_words, run_words
from eventsys.registration.actions import note_look
from eventsys.registration.models import Basis, Question, SensitiveLook
from eventsys.registration.queries import questions_of, settings_of

bp = Blueprint("privacy_manage", __name__, url_prefix="/manage/events/<slug>")


@bp.get("/privacy")
def index(slug: str) -> str:
    """What is erased when, what is kept why, consents in figures, the runs so far, and who looked."""
    session, now = reading(), clock.now()
    event = event_to_manage(session, slug)
    page = paginated(session, figures.looks(event), number=page_number(), size=20)
    names = names_of(session, [look.by for look in page.items])

    def line(look: SensitiveLook) -> tuple[Any, ...]:
        who = names.get(look.by, look.by)
        return who, say_stamp(look.at, event.zone), look_words(look), look.registration_id

    return render_template(
        "privacy/manage/index.html",
        event=event,
        countdown=[
            (_label(one.question), one.number, erased_words(one.ends_at, zone=event.zone, now=now))
            for one in figures.kept(session, event)
        ],
        uses=_uses(session, event),
        versions=[(one, say_instant(one.first_at, event.zone)) for one in figures.versions(session, event)],
        runs=[_run(run, event) for run in figures.runs(session, event)],
        looks=mapped(page, line),
    )


def _label(question: Question | None) -> str:
    return question.label if question else str(_("Everything else that names people"))


def _run(run: RetentionRun, event: Event) -> tuple[str, str, str]:
    end = say_stamp(run.finished_at, event.zone) if run.finished_at else str(_("goes on"))
    return say_stamp(run.begun_at, event.zone), end, run_words(run.counts)


def _uses(session: Session, event: Event) -> list[tuple[str, str, str, str]]:
    """(what, what for, why it may be kept, until when): the standard fields, then the questions."""
    keep_days, now = settings_of(session, event.id).keep_days, clock.now()
    rest = erased_words(rules.people_end_at(event, keep_days), zone=event.zone, now=now)
    found = []
    for use in STANDARD:
        until = str(_("kept without a name as proof")) if use.key == "consents" else rest
        found.append((str(use.label), str(use.purpose), str(BASIS_LABELS[use.basis]), until))
    for question in questions_of(session, event.id, with_retired=True):
        if question.is_section:
            continue
        until = erased_words(rules.answers_end_at(event, question, keep_days), zone=event.zone, now=now)
        purpose = question.purpose or str(_("not said"))
        found.append((question.label, purpose, str(BASIS_LABELS[Basis(question.basis)]), until))
    return found


@bp.get("/privacy/record.csv")
def record(slug: str) -> Response:
    """The record of processing for a data protection officer (GDPR, Article 30)."""
    session = reading()
    event = event_to_manage(session, slug)
    about = [
        (_("Event"), event.title, "", ""),
        (_("Controller"), event.privacy_controller or ", ".join(event.organisers), event.contact, ""),
        (_("Persons"), _("People who register for the event, and those who register others"), "", ""),
        (_("Recipients"), _("Organisers and door staff of the event; caterers get counts without names"), "", ""),
    ]
    heads = [_("What"), _("What for"), _("Lawful basis"), _("Until when")]
    out = BytesIO()
    write_csv(out, heads, [*about, *_uses(session, event)], with_mark=True)
    return _table(out, f"processing-record-{event.slug}.csv")


@bp.route("/needs", methods=["GET", "POST"])
def needs(slug: str) -> str:
    """Dietary and access needs of who comes on site: counted; by POST with names, which is written down first."""
    session = reading()
    event = event_to_manage(session, slug)
    people = []
    if request.method == "POST":
        number = len(figures.people_with_needs(session, event))
        with transaction(actor=access.actor()) as session:
            note_look(session, event.id, "needs", people=number, now=clock.now())
        people = figures.people_with_needs(reading(), event)
    return render_template(
        "privacy/manage/needs.html",
        event=event,
        needs=figures.needs(reading(), event),
        people=people,
        is_open=request.method == "POST",
    )


@bp.get("/needs.csv")
def needs_table(slug: str) -> Response:
    """The counts for the caterer; no names."""
    session = reading()
    event = event_to_manage(session, slug)
    rows = [
        (need.question.label, answer, number)
        for need in figures.needs(session, event)
        for answer, number in need.answers
    ]
    out = BytesIO()
    write_csv(out, [_("Question"), _("Answer"), _("How many")], rows, with_mark=True)
    return _table(out, f"needs-{event.slug}.csv")


def _table(out: BytesIO, name: str) -> Response:
    response = Response(out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
