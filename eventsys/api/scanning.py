"""The scans of several devices that call at the same moment, judged in one transaction and answered one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from eventsys.checkin import actions, forms
from eventsys.checkin.actions import Call, Recorded
from eventsys.checkin.errors import RoleLacks, ScanMisread
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import ENTRANCE, Entry
from eventsys.checkin.turnstile import Turnstile
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import current_locale
from eventsys.kernel.pages.waiting import stand_aside

# What a desk kept for longer is judged by itself: who stands at a door would wait for all of it.
_FEW = 20
_MOST_CALLS = 32


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as it came: the token, the event's address, and the JSON."""

    token: str
    slug: str
    sent: Any


@dataclass(frozen=True, slots=True)
class _Understood:
    """A call of a device that may scan here: what it sent, scan by scan, and those that can be judged."""

    asked: Asked
    read: Sequence[Entry | ScanMisread]
    call: Call


def judged(token: str, slug: str, sent: Any) -> dict[str, Any]:
    """What a call of scans is answered; raises the refusal of the call as a whole."""
    asked = Asked(token, slug, sent)
    scans = sent.get("scans") if isinstance(sent, dict) else None
    if isinstance(scans, list) and len(scans) > _FEW:
        [answer] = judge([asked])
        if isinstance(answer, Exception):
            raise answer
        return answer
    stand_aside()
    # Answers are worded in the language of the request that works for all.
    return _turnstile.through((slug, str(current_locale())), asked)


def judge(calls: Sequence[Asked]) -> list[dict[str, Any] | Exception]:
    """What each of these calls of one address is answered, or refused with."""
    now = clock.now()
    # The desks are read inside the one transaction: people queue, and a second one would cost them a tenth more.
    with transaction(actor="device") as session:
        understood = _understood(session, calls, now)
        recorded: dict[int, Recorded] = {}
        for calls_of_event in _by_event(understood):
            taken = actions.take_calls(session, list(calls_of_event.values()), now=now)
            recorded |= zip(calls_of_event, taken, strict=True)
    return [one if isinstance(one, Refusal) else _told(one, recorded[place]) for place, one in enumerate(understood)]


def _understood(session: Session, calls: Sequence[Asked], now: datetime) -> list[_Understood | Refusal]:
    desks = gate.desks_of(session, [asked.token for asked in calls], now=now)
    closed = {desk.event_id for desk in desks.values() if ENTRANCE not in desk.places}
    if closed:
        for event_id in sorted(closed):
            actions.ensure_entrance(session, event_id)
        desks = gate.desks_of(session, [asked.token for asked in calls], now=now)
    found: list[_Understood | Refusal] = []
    for asked in calls:
        try:
            found.append(_understand(session, asked, desks.get(asked.token)))
        except Refusal as refusal:
            found.append(refusal)
    return found


def _understand(session: Session, asked: Asked, opened: Desk | None) -> _Understood:
    desk = gate.desk_at(session, opened, slug=asked.slug)
    if not desk.may("scan"):
        raise RoleLacks
    read = forms.read_scans(asked.sent, point=desk.home)
    entries = [scan for scan in read if isinstance(scan, Entry)]
    if read and not entries:
        raise next(scan for scan in read if isinstance(scan, ScanMisread))
    return _Understood(asked, read, Call(desk, entries))


def _by_event(understood: Iterable[_Understood | Refusal]) -> Iterable[dict[int, Call]]:
    """The calls that can be judged by their place, together those of one event: an address may have had several."""
    found: dict[int, dict[int, Call]] = {}
    for place, one in enumerate(understood):
        if isinstance(one, _Understood):
            found.setdefault(one.call.desk.event_id, {})[place] = one.call
    return found.values()


def _told(one: _Understood, recorded: Recorded) -> dict[str, Any]:
    answers = iter(recorded.answers)
    results = [
        next(answers) if isinstance(scan, Entry) else _misread(scan, one.asked.sent, place)
        for place, scan in enumerate(one.read)
    ]
    return {"results": results} | ({"corrections": recorded.corrections} if recorded.corrections else {})


def _misread(refusal: ScanMisread, sent: Any, position: int) -> dict[str, Any]:
    """A place in the results for what is no scan; `outcome` is null, and sending it again does not help."""
    scan = sent["scans"][position]
    scan_id = scan.get("id") if isinstance(scan, dict) else None
    return {
        "id": scan_id if isinstance(scan_id, str) and scan_id.isprintable() else None,
        "outcome": None,
        "message": str(refusal),
        "attendee": None,
        "first": None,
        "error": {"code": refusal.code, "message": str(refusal)},
    }


_turnstile: Turnstile[Asked, dict[str, Any]] = Turnstile(judge, most=_MOST_CALLS)
