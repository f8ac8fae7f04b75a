"""What a point lets whom do, in sentences that a volunteer understands: who passes, how often, in and out, how many."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from eventsys.checkin.models import PointKind, Repeats
from eventsys.checkin.rules import Place
from eventsys.checkin.wording import TYPE_LABELS, type_label
from eventsys.kernel.locale import LANGUAGES, say_day, say_time
from eventsys.registration.models import Mode, State

KIND_LABELS = {
    PointKind.DOOR: _l("A door"),
    PointKind.DAY: _l("One day"),
    PointKind.SESSION: _l("One session"),
    PointKind.ITEM: _l("Something handed out"),
}
KIND_TITLES = {
    PointKind.DOOR: _l("Doors"),
    PointKind.DAY: _l("Days"),
    PointKind.SESSION: _l("Sessions"),
    PointKind.ITEM: _l("Things handed out"),
}
KIND_NOTES = {
    PointKind.DOOR: _l("A way in, for as long as it is open: another entrance, the cloakroom, the speakers’ room."),
    PointKind.DAY: _l("Open all that day, for those who come on it."),
    PointKind.SESSION: _l("Open from half an hour before the session until its end, for those who signed up."),
    PointKind.ITEM: _l("A lunch, a headset, a bag: each person gets one."),
}
MODE_LABELS = {Mode.ONSITE: _l("On site"), Mode.ONLINE: _l("Online")}
STATE_LABELS = {
    State.OFFERED: _l("Whoever is offered a seat and has not answered"),
    State.WAITING: _l("Whoever is on the waiting list"),
    State.APPLIED: _l("Whoever applied and awaits a decision"),
}
REPEATS_LABELS = {
    Repeats.DAILY: _l("Once a day"),
    Repeats.ONCE: _l("Once in the whole event"),
    Repeats.ALWAYS: _l("Any number of times"),
}
_LET_IN_TOO = {
    State.OFFERED: _l("those offered a seat"),
    State.WAITING: _l("the waiting list"),
    State.APPLIED: _l("those whose application awaits a decision"),
}


def who_passes(place: Place, *, session_title: str | None = None, has_days: bool = False) -> list[str]:
    """Who may pass here, one short sentence for each thing that is asked."""
    said = [_modes(place)]
    besides = ", ".join(str(words) for state, words in _LET_IN_TOO.items() if state in place.states)
    if besides:
        said.append(str(_("Besides: %(people)s", people=besides)))
    if place.types:
        only = ", ".join(type_label(key) for key in TYPE_LABELS if key in place.types)
        said.append(str(_("Only for: %(types)s", types=only)))
    if place.asks_day and has_days:
        said.append(_day(place))
    if place.session is not None:
        said.append(str(_("Only who signed up for “%(session)s”", session=session_title or place.session)))
    return said


def how_often(place: Place) -> list[str]:
    """How often a person passes here, in which ways, and how many at once."""
    said = [str(REPEATS_LABELS[Repeats(place.repeats)])]
    said.append(str(_("in and out")) if place.is_two_way else str(_("one way")))
    if place.seats is not None:
        said.append(ngettext("at most %(num)d person inside", "at most %(num)d people inside", place.seats))
    return said


def when_open(place: Place, zone: ZoneInfo) -> str:
    """`Thu 3 December, 12:00–14:00`, or both days where it closes on another one."""
    opens_at, closes_at = place.opens_at, place.closes_at
    first, last = say_day(opens_at, zone), say_day(closes_at, zone)
    if place.kind == PointKind.DAY and closes_at - opens_at > timedelta(hours=22):
        return str(_("%(day)s, all day", day=first))
    if first == last:
        return f"{first}, {say_time(opens_at, zone)}–{say_time(closes_at, zone)}"
    return f"{first}, {say_time(opens_at, zone)} – {last}, {say_time(closes_at, zone)}"


def name_on_day(name: str, was: date, day: date) -> str:
    """The name of a point that is moved to another day: where it is that of its old day, in any language, the new."""
    for language in LANGUAGES:
        with force_locale(language):
            if name == say_day(was):
                return say_day(day)
    return name


def _modes(place: Place) -> str:
    if {Mode.ONSITE, Mode.ONLINE} <= place.modes:
        return str(_("Everybody confirmed, on site or online"))
    if Mode.ONLINE in place.modes:
        return str(_("Everybody confirmed to take part online"))
    return str(_("Everybody confirmed on site"))


def _day(place: Place) -> str:
    if place.day is None:
        return str(_("On the days they chose"))
    return str(_("Only who comes on %(day)s", day=say_day(date.fromisoformat(place.day))))
