"""How a print job stands, as people at a desk read it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from eventsys.checkin.models import JobState, PrintJob
from eventsys.checkin.printing.trouble import UNCLEAR, in_words
from eventsys.checkin.rules.printing import MOST_TRIES

STATE_LABELS = {
    JobState.QUEUED: _l("waiting"),
    JobState.SENDING: _l("at the printer"),
    JobState.PRINTED: _l("printed"),
    JobState.FAILED: _l("not printed"),
    JobState.CANCELLED: _l("cancelled"),
}
STATE_KINDS = {
    JobState.QUEUED: "idle",
    JobState.SENDING: "warn",
    JobState.PRINTED: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "idle",
}


def label_of(job: PrintJob) -> tuple[str, str]:
    """The word for how it stands, and the kind of its sign."""
    if _is_unclear(job):
        return str(_("unclear")), "warn"
    state = JobState.QUEUED if is_to_be_tried_again(job) else JobState(job.state)
    return str(STATE_LABELS[state]), STATE_KINDS[JobState(job.state)]


def _is_unclear(job: PrintJob) -> bool:
    return job.state == JobState.FAILED and job.error in UNCLEAR


def is_to_be_tried_again(job: PrintJob) -> bool:
    """Whether the printer did not take it, and it waits for the next try."""
    return job.state == JobState.SENDING and job.handed_at is None and bool(job.error)


def say_tries(job: PrintJob) -> str:
    """How often it was tried, and that this goes on without anybody."""
    return str(_("Tried %(num)d of %(most)d times; the next try comes by itself.", num=job.tries, most=MOST_TRIES))


def job_in_words(job: PrintJob, before: int) -> str:
    """One or two short sentences; `before` is how many badges are before it at its printer."""
    printer, trouble = job.printer.name, in_words(job.error)
    match job.state:
        case JobState.PRINTED:
            return str(_("Printed on %(printer)s.", printer=printer))
        case JobState.FAILED if _is_unclear(job):
            return f"{printer}: {trouble}"
        case JobState.FAILED:
            return str(_("Not printed on %(printer)s.", printer=printer)) + f" {trouble}"
        case JobState.CANCELLED:
            said = _("Cancelled.")
            return f"{said} {trouble}".strip()
    if trouble:
        return f"{printer}: {trouble}"
    if before:
        told = ngettext(
            "%(num)d badge is before it on %(printer)s.",
            "%(num)d badges are before it on %(printer)s.",
            before,
            printer=printer,
        )
        return str(told)
    return str(_("Being printed on %(printer)s.", printer=printer))
