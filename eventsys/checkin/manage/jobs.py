"""Badges at printers, as organisers see them: what waits, what came out, what did not, and what to do about it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventsys.checkin.actions import printing as actions
from eventsys.checkin.errors import PrinterMissing
from eventsys.checkin.models import JobState, PrintJob
from eventsys.checkin.printing.trouble import in_words
from eventsys.checkin.printing.wording import is_to_be_tried_again, label_of, say_tries
from eventsys.checkin.queries import printing as queries
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.locale import say_day, say_time
from eventsys.kernel.paging import mapped, page_number, paginated

_FILTERS = {"": (), "open": queries.OPEN, "failed": (JobState.FAILED,), "printed": (JobState.PRINTED,)}


def jobs(slug: str) -> str:
    """The jobs of this event, the newest first; those of other events are but a number."""
    session = reading()
    event = event_to_manage(session, slug)
    chosen = request.args.get("state", "")
    states = _FILTERS.get(chosen, ())
    page = paginated(session, queries.jobs_of(event.id, states=states), number=page_number())
    printers, waiting = queries.printers(session), queries.waiting_at(session)
    counts = queries.counts_of(session, event.id)
    return render_template(
        "checkin/manage/jobs.html",
        event=event,
        page=mapped(page, lambda job: _line(job, event)),
        chosen=chosen if chosen in _FILTERS else "",
        filters=_filters(counts),
        printers=[(one.id, one.name, _queue(waiting.get(one.id, 0))) for one in printers],
        open=sum(counts[state] for state in queries.OPEN),
    )


def print_again(slug: str, number: int) -> Response:
    """The same badge once more."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        job = queries.job_of(session, event.id, number)
        again = actions.print_again(session, job, now=clock.now(), by=access.actor())
        printer = again.printer.name
    flash(_("The badge goes to %(printer)s again.", printer=printer), "good")
    return _back(slug)


def cancel(slug: str, number: int) -> Response:
    """Print it no more."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        actions.cancel_job(session, queries.job_of(session, event.id, number, is_to_change=True), now=clock.now())
    flash(_("The badge is not printed."), "good")
    return _back(slug)


def move(slug: str, number: int) -> Response:
    """Print it on another printer."""
    chosen = request.form.get("printer", "")
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
            raise PrinterMissing
        job = queries.job_of(session, event.id, number, is_to_change=True)
        moved = actions.move_job(session, job, int(chosen), now=clock.now(), by=access.actor())
        printer = queries.printer_of(session, moved.printer_id).name
    flash(_("The badge goes to %(printer)s.", printer=printer), "good")
    return _back(slug)


def _back(slug: str) -> Response:
    return redirect(url_for("checkin_manage.print_jobs", slug=slug, state=request.form.get("state") or None), 303)


def _queue(waiting: int) -> str:
    return str(ngettext("%(num)d badge waits", "%(num)d badges wait", waiting)) if waiting else str(_("free"))


def _filters(counts: dict[str, int]) -> list[tuple[str, str]]:
    number = {key: sum(counts[state] for state in states) for key, states in _FILTERS.items()}
    return [
        ("", _("All")),
        ("open", _("Waiting or at the printer (%(num)d)", num=number["open"])),
        ("failed", _("Not printed (%(num)d)", num=number["failed"])),
        ("printed", _("Printed (%(num)d)", num=number["printed"])),
    ]


def _line(job: PrintJob, event: Event) -> dict[str, Any]:
    state, (label, kind) = JobState(job.state), label_of(job)
    return {
        "id": job.id,
        "name": job.registration.name,
        "registration": job.registration_id,
        "printer": job.printer.name,
        "printer_id": job.printer_id,
        "day": say_day(job.created_at, event.zone),
        "time": say_time(job.created_at, event.zone),
        "state": label,
        "kind": kind,
        "trouble": in_words(job.error),
        "tries": say_tries(job) if is_to_be_tried_again(job) else "",
        "is_open": state in queries.OPEN,
        "may_move": state in (*queries.OPEN, JobState.FAILED),
        "is_again": job.repeats_id is not None,
    }
