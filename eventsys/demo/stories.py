"""The demo community's events in the order in which they took place, and what befell each of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from eventsys.demo import placing, shelf
from eventsys.demo.applying import count_seats, judge, send_papers
from eventsys.demo.arriving import certify, let_in
from eventsys.demo.history import Loading, Story, announce, of_state
from eventsys.demo.inviting import bring_delegation, close_the_circle, invite_guests
from eventsys.demo.wishing import rank_subgroups
from eventsys.events.actions import cancel as cancel_event
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.registration import actions as registration
from eventsys.registration.models import Audience, Mode, State

_MONTH = timedelta(days=30)


def _postpone_twice(loading: Loading, event: Event) -> None:
    """From autumn 2020 to May 2021 and on to October: a newer event file is imported each time."""
    document = placing.event_file("2021-10-security-democracy-and-cities")
    for at, days in ((datetime(2020, 7, 9, 14, tzinfo=UTC), 224), (datetime(2021, 3, 4, 10, tzinfo=UTC), 371)):
        announce(loading, placing.moved(document, timedelta(days=days)), at=at)


def _cancel_and_replace(loading: Loading, event: Event) -> None:
    at = datetime(2021, 12, 1, 15, 30, tzinfo=UTC)
    replacement = announce(
        loading, placing.event_file("2022-03-drs-thematic-event"), at=at - timedelta(hours=1), owner=loading.organiser
    )
    note = "The health situation does not allow three days in one room. The event takes place in March instead."
    with clock.set_to(at):
        cancel_event(loading.session, event, note=note, replaced_by=replacement, now=at)


def _show_what_remains(loading: Loading, event: Event) -> None:
    """Slides for everybody, some weeks later; a report where there was time to write one."""
    shelf.add_decks(
        loading.session, event, most=3, audience=Audience.PUBLIC, now=event.ends_at + timedelta(days=9, hours=2)
    )


def _write_report(loading: Loading, event: Event) -> None:
    shelf.add_report(loading.session, event, now=event.ends_at + 3 * _MONTH)


def _show_recording(loading: Loading, event: Event) -> None:
    shelf.add_recordings(
        loading.session, event, ["Recording of the plenary"], now=event.ends_at + timedelta(days=4, hours=3)
    )


def _show_recordings_in_parts(loading: Loading, event: Event) -> None:
    parts = [f"Recording, {day} December, {half}" for day in (4, 5, 6) for half in ("morning", "afternoon")]
    parts.append("Recording, 7 December: begins after 16 minutes, the sound was missing")
    shelf.add_recordings(loading.session, event, parts, now=event.ends_at + timedelta(days=5))


def _link_to_news(loading: Loading, event: Event) -> None:
    address = f"https://news.example.org/{event.slug}"
    shelf.add_link(
        loading.session, event, kind="link", title="News article about the event", address=address,
        now=event.ends_at + timedelta(days=6),
    )  # fmt: skip


def _free_a_seat(loading: Loading, event: Event) -> None:
    """One of the seated cannot come: the seat is offered to who waits longest."""
    seated = [one for one in of_state(loading, event, State.CONFIRMED) if one.mode == Mode.ONSITE]
    registration.cancel(loading.session, seated[5], now=loading.now - timedelta(hours=5))


CITIES, NETWORK = "cities@example.org", "network@example.org"

PAST = (
    Story(file="2014-11-first-community-of-users", announced=34, onsite=12),
    Story(file="2018-12-community-of-users", announced=31, onsite=10, leaving=1, then=(_show_what_remains,)),
    Story(
        file="2018-12-security-research-event", announced=75, onsite=64, online=18, leaving=2, has_door=True,
        then=(let_in, _show_recording, _link_to_news),
    ),
    Story(
        file="2019-10-mediterranean-security-event", announced=90, onsite=9, owner=NETWORK,
        then=(_show_what_remains, _link_to_news),
    ),
    Story(file="2021-03-drs-sendai-webinar", announced=28, online=9, then=(_show_what_remains, _show_recording)),
    Story(file="2021-06-infra-hybrid-threats", announced=30, online=8, then=(_show_what_remains, _write_report)),
    Story(
        file="2021-10-security-democracy-and-cities", announced=240, onsite=14, leaving=2, owner=CITIES,
        then=(_postpone_twice, _link_to_news),
    ),
    Story(file="2021-12-drs-annual-event", announced=45, onsite=6, online=8, then=(_cancel_and_replace,)),
    Story(file="2022-05-cbrn-e-side-event", announced=40, onsite=10, then=(_show_what_remains,)),
    Story(
        file="2022-11-drs-annual-event", announced=45, onsite=148, online=90, leaving=4,
        then=(let_in, _show_what_remains, _link_to_news),
    ),
    Story(file="2023-10-medea-final-event", announced=50, onsite=12, owner=NETWORK, then=(_show_what_remains,)),
    Story(
        file="2023-12-drs-annual-event", announced=42, onsite=96, online=40, leaving=2,
        then=(let_in, _show_recordings_in_parts, _show_what_remains),
    ),
    Story(
        file="2024-02-bm-maritime-awareness", announced=35, onsite=118, leaving=3,
        then=(let_in, _show_what_remains, _write_report),
    ),
    Story(
        file="2024-06-icarus-final-conference", announced=60, onsite=9, online=5, owner=CITIES,
        then=(_show_recording, _show_what_remains),
    ),
    Story(
        file="2024-12-securing-major-public-events", announced=30, onsite=70, leaving=2,
        then=(let_in, _show_what_remains, _write_report),
    ),
    Story(
        file="2025-10-disaster-resilience-days", announced=80, onsite=236, online=60, leaving=5,
        then=(let_in, _show_what_remains, _show_recording, _link_to_news),
    ),
)  # fmt: skip

# Of this year, wherever that is: these keep their distance like what is coming.
RECENT = (
    Story(file="recent-1-infra-ports-and-pipelines", announced=40, onsite=86, leaving=2, then=(let_in, _write_report)),
    Story(file="recent-2-fct-explosives", announced=38, onsite=78, leaving=3, then=(let_in, certify)),
)

COMING = (
    Story(file="coming-1-drs-webinar-early-warnings", announced=45, online=58, leaving=1),
    Story(
        file="coming-2-illicit-drugs",
        announced=50,
        onsite=64,
        has_door=True,
        then=(count_seats, send_papers, judge),
    ),
    Story(file="coming-3-border-winter", announced=80, onsite=46, online=10, then=(_free_a_seat,)),
    Story(file="coming-4-expert-group", announced=90, onsite=44, then=(rank_subgroups, close_the_circle)),
    Story(
        file="coming-5-security-research-event",
        announced=130,
        onsite=30,
        online=15,
        leaving=2,
        then=(bring_delegation, invite_guests),
    ),
    Story(file="coming-6-disaster-resilience-days", announced=170),
    Story(file="coming-7-projects-to-policy", announced=210),
    Story(file="coming-8-security-democracy-cities", announced=340, owner=CITIES),
)
