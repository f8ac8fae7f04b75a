"""A badge as a job of a print queue: made, handed over, looked after, found again, taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from eventsys.checkin.printing.ipp.queues import queue_of
from eventsys.checkin.printing.ipp.speaking import ask, converse, first, listed, status_of
from eventsys.checkin.printing.trouble import PrinterTrouble, graver
from eventsys.checkin.rules.printing import DOCUMENT_SECONDS, PrinterAddress

if TYPE_CHECKING:
    from pyipp import IPP

_WANTED = (
    "job-id", "job-name", "job-state", "job-state-reasons", "time-at-creation", "job-printer-up-time",
    "number-of-documents",
)  # fmt: skip
# CUPS forgets the names of jobs that are over, and reads them again only for who asks for more than it remembers.
_TO_FIND = ("job-id", "job-name", "job-originating-host-name", "job-uuid")
_MOST_NAMELESS = 50
_PENDING, _HELD, _CANCELLED, _ABORTED, _COMPLETED = 3, 4, 7, 8, 9
# RFC 8011, appendix B.1.4: not found, and gone.
_GONE = (0x0406, 0x0407)
# RFC 8011, section 5.3.8: it was made, and its document has yet to come.
_EXPECTING = {"job-incoming", "job-data-insufficient"}


class Fate(Enum):
    """What became of a job: it waits for its badge; it has it; it printed it; the queue keeps no memory of it."""

    EXPECTED = auto()
    QUEUED = auto()
    PRINTED = auto()
    FORGOTTEN = auto()


@dataclass(frozen=True)
class Looked:
    """A job as its queue tells of it: how old it is there, and what keeps the printer from it."""

    fate: Fate
    age: timedelta | None = None
    reasons: tuple[str, ...] = ()


def begin(address: PrinterAddress, *, name: str, medium: str | None) -> int:
    """Have a job made that has nothing to print yet, and give its number there. Raises PrinterTrouble."""

    async def beginning(client: IPP) -> int:
        return _number(await ask(client, "CREATE_JOB", {"job-name": name}, job=_ticket(medium)))

    return converse(address, beginning)


def hand_over(address: PrinterAddress, number: int, document: bytes, *, format: str) -> None:
    """Give a job that was made what it is to print. Done twice it prints twice: look before. Raises PrinterTrouble."""

    async def handing(client: IPP) -> None:
        about = {"job-id": number, "document-format": format, "last-document": True}
        await ask(client, "SEND_DOCUMENT", about, data=document)

    converse(address, handing, seconds=DOCUMENT_SECONDS)


def send(address: PrinterAddress, document: bytes, *, format: str, name: str, medium: str | None) -> int:
    """Make a job and hand it over at once, for queues that know no other way. Raises PrinterTrouble."""

    async def sending(client: IPP) -> int:
        about = {"job-name": name, "document-format": format}
        return _number(await ask(client, "PRINT_JOB", about, job=_ticket(medium), data=document))

    return converse(address, sending, seconds=DOCUMENT_SECONDS)


def look(address: PrinterAddress, number: int) -> Looked:
    """What became of a job. Raises PrinterTrouble when it was given up or taken back there, or nobody answers."""

    async def looking(client: IPP) -> Looked:
        job = await _known(client, number)
        if job is None:
            # Where even the queue is gone, that is said, and nothing of the job.
            await queue_of(client)
            return Looked(Fate.FORGOTTEN)
        state, age = int(job.get("job-state") or 0), _age(job)
        if state == _COMPLETED:
            return Looked(Fate.PRINTED, age)
        if state in (_CANCELLED, _ABORTED):
            raise PrinterTrouble("taken_back" if state == _CANCELLED else "aborted")
        if _is_empty(job, state):
            return Looked(Fate.EXPECTED, age)
        return Looked(Fate.QUEUED, age, graver((await queue_of(client)).reasons))

    return converse(address, looking)


def find(address: PrinterAddress, name: str) -> int | None:
    """The number of our job of this name, where the queue took one and we were killed before we wrote it down."""

    async def finding(client: IPP) -> int | None:
        for which in ("not-completed", "completed"):
            about = {"which-jobs": which, "requested-attributes": list(_TO_FIND)}
            answer = await ask(client, "GET_JOBS", about)
            jobs = {job["job-id"]: job for job in answer.get("jobs", ()) if isinstance(job.get("job-id"), int)}
            nameless = sorted(number for number, job in jobs.items() if "job-name" not in job)
            for number in nameless[-_MOST_NAMELESS:]:
                jobs[number] = await _known(client, number) or {}
            for number, job in jobs.items():
                if job.get("job-name") == name:
                    return int(number)
        return None

    return converse(address, finding)


def cancel(address: PrinterAddress, number: int) -> None:
    """Take a job out of the queue; one that is over stays as it is. Raises PrinterTrouble when nobody answers."""

    async def cancelling(client: IPP) -> None:
        await ask(client, "CANCEL_JOB", {"job-id": number})

    try:
        converse(address, cancelling)
    except PrinterTrouble as trouble:
        if trouble.code not in ("refused", "not_found"):
            raise


def _ticket(medium: str | None) -> dict[str, Any]:
    return {"copies": 1, "print-scaling": "auto-fit"} | ({"media": medium} if medium else {})


def _number(answer: Mapping[str, Any]) -> int:
    number = first(answer, "jobs").get("job-id")
    if not isinstance(number, int):
        raise PrinterTrouble("not_a_printer")
    return number


async def _known(client: IPP, number: int) -> dict[str, Any] | None:
    """A job, or None where the queue has forgotten it or never knew it."""
    from pyipp.exceptions import IPPError

    try:
        answer = await ask(client, "GET_JOB_ATTRIBUTES", {"job-id": number, "requested-attributes": list(_WANTED)})
    except IPPError as error:
        if status_of(error) not in _GONE:
            raise
        return None
    return first(answer, "jobs")


def _is_empty(job: Mapping[str, Any], state: int) -> bool:
    """Whether the queue says that this job has no document yet; where it leaves that open, it has one."""
    says_so = bool(_EXPECTING & set(map(str, listed(job.get("job-state-reasons")))))
    return state in (_PENDING, _HELD) and says_so and not job.get("number-of-documents")


def _age(job: Mapping[str, Any]) -> timedelta | None:
    """By the printer's own clock, which need not be ours."""
    now, then = job.get("job-printer-up-time"), job.get("time-at-creation")
    return timedelta(seconds=max(0, now - then)) if isinstance(now, int) and isinstance(then, int) else None
