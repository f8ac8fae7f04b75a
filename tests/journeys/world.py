"""A small world with something on every page: events in each state of life, people in each state of registration."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from eventsys.accounts import actions as accounts
from eventsys.accounts.models import User
from eventsys.agenda import actions as agenda
from eventsys.agenda.actions import TalkEntry
from eventsys.agenda.models import AgendaSession, Person, Room
from eventsys.badges import actions as badges
from eventsys.badges.designs import built_in, said_design
from eventsys.contacts import actions as contacts
from eventsys.events import actions as events
from eventsys.events.models import Event
from eventsys.kernel import clock, tokens
from eventsys.kernel.database import reading, transaction
from eventsys.mailing import actions as mailing
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, queries
from eventsys.registration.actions import bulk
from eventsys.registration.entries import NewEntry
from eventsys.registration.models import (
    Mode,
    PoolKind,
    Registration,
    RegistrationSettings,
    State,
    Ticket,
    Verdict,
)
from eventsys.registration.queries import invited as asked
from eventsys.registration.rules.applying import Opinion
from tests.cast import Cast
from tests.factories import make_event, make_person, make_room, make_session
from tests.factories.breakouts import make_wished
from tests.factories.checkin import a_scan, make_desk, make_device, make_devices
from tests.factories.community import make_organisation
from tests.factories.materials import make_material
from tests.factories.printing import make_prints
from tests.factories.registration import make_question, make_registration
from tests.factories.reports import make_certificate
from tests.factories.streams import make_stream

LONG = "Disaster-resilient societies: results of projects for those who prevent, prepare, respond and recover in Europe"
QUESTIONS: tuple[dict[str, Any], ...] = (
    {"key": "diet", "label": "Dietary needs", "help": "For the lunch."},
    {"key": "story", "label": "What do you hope for?", "type": "longtext"},
    {"key": "day", "label": "Which day?", "type": "choice", "choices": ["both", "the first"], "is_required": True},
    {"key": "topics", "label": "What interests you?", "type": "choices", "choices": ["FCT", "DRS", "BM"]},
    {"key": "years", "label": "Years in the service", "type": "number"},
    {"key": "arrival", "label": "Day of arrival", "type": "date"},
    {"key": "more", "label": "Your visit", "type": "section", "help": "So that we can plan the rooms."},
    {
        "key": "why",
        "label": "Why only the first?",
        "depends_on": "day",
        "depends_values": ["the first"],
        "purpose": "x",
    },
    {"key": "home", "label": "Country of your service", "type": "country"},
    {"key": "partner", "label": "Partner organisation", "type": "organisation"},
    {"key": "cv", "label": "A short CV", "type": "file"},
    {"key": "visa", "label": "Needs a visa letter", "type": "statement", "is_internal": True, "is_sensitive": True},
    {"key": "photo", "label": "I may be photographed", "type": "statement", "basis": "consent"},
)


def make_world(app: Flask, cast: Cast) -> dict[str, str]:
    """What the addresses of the pages name."""
    today = _event_of_today(cast)
    return {
        "today": today.slug,
        **_other_events(cast),
        **_programme(today),
        **_people(today),
        **_many(cast, today),
        **_door(app, today),
        **_around(cast, today),
        **_designs(today),
        **make_prints(today),
        **_applications(cast),
        **_called(cast),
        **make_wished(cast.ada),
        **_counted(today),
        "organisation": str(make_organisation("Universität Weserland", other_names=["Weserland"]).id),
    }


def _event_of_today(cast: Cast) -> Event:
    now = clock.now()
    event = make_event(
        slug="today", title=LONG, owner=cast.ada, editor=cast.al, door=cast.dee, onsite=4, online=None,
        starts_at=now - timedelta(hours=2), ends_at=now + timedelta(hours=30), themes=("DRS", "FCT"),
        summary="Two days in Brussels.", description="# Why\n\n- **results**\n- [more](https://example.org)",
        organisers=["DG HOME", "CERIS"], contact="desk@example.org", status_note="The room has changed.",
    )  # fmt: skip
    for question in QUESTIONS:
        make_question(event, **question)
    return event


def _designs(event: Event) -> dict[str, str]:
    """A design of a card, and one of sheets of labels."""
    with transaction() as session:
        found = [
            badges.keep_design(
                session, event.id, key=None, name=name, design=said_design(built_in(format)), now=clock.now()
            ).key
            for name, format in (("Participants of both days", "a6"), ("Sheets at the desk", "labels"))
        ]
    return dict(zip(("design", "labels"), found, strict=True))


def _counted(event: Event) -> dict[str, str]:
    """Seats counted by sector, by day and in sessions: one that is full and waited for, one with seats left."""
    now = clock.now()
    with transaction() as session:
        its = session.get_one(Event, event.id)
        pool = actions.add_pool(session, its, PoolKind.SECTOR, "police", 1, mode="onsite", now=now)
        for number in (0, 1):
            day = (event.starts_at + timedelta(days=number)).astimezone(event.zone).date().isoformat()
            actions.add_pool(session, its, PoolKind.DAY, day, 3, mode="", now=now)
    begin = event.ends_at - timedelta(hours=6)
    make_session(event, "Hands-on lab", key="lab", seats=1, starts_at=begin)
    make_session(event, "Tour of the port", key="tour", seats=10, starts_at=begin + timedelta(hours=2))
    with transaction() as session:
        seated = select(Registration).where(Registration.event_id == event.id, Registration.state == State.CONFIRMED)
        on_site = seated.where(Registration.mode == Mode.ONSITE).order_by(Registration.id.desc())
        for one in session.scalars(on_site).all():
            actions.sign_up(session, one, "lab", now=now)
    return {"pool": str(pool.id)}


def _other_events(cast: Cast) -> dict[str, str]:
    now, day = clock.now(), timedelta(days=1)
    over = make_event(slug="over", title="Last year's forum", owner=cast.ada, starts_at=now - 300 * day,
                      ends_at=now - 299 * day, onsite=80)  # fmt: skip
    make_material(over, "Report of the forum", kind="report", filename="report.pdf")
    make_event(slug="full", title="A seminar that is full", owner=cast.ada, onsite=0, online=None,
               waiting_list="offers", has_approval=True, starts_at=now + 9 * day, ends_at=now + 10 * day)  # fmt: skip
    make_event(slug="closed", title="Registration is over", starts_at=now + 9 * day, ends_at=now + 10 * day,
               closes_at=now - day)  # fmt: skip
    make_event(slug="bare", title="A draft", owner=cast.ada, status="draft", published_at=None)
    cancelled = make_event(slug="cancelled", title="The one that was not")
    with transaction() as session:
        gone, instead = session.get_one(Event, cancelled.id), session.get_one(Event, over.id)
        events.cancel(session, gone, note="The venue is flooded.", replaced_by=instead, now=now)
    return {
        "over": "over",
        "full": "full",
        "closed": "closed",
        "bare": "bare",
        "cancelled": "cancelled",
        "certificate": make_certificate(over),
    }


def _programme(event: Event) -> dict[str, str]:
    room, other = make_room(event, seats=120), make_room(event, "Room B")
    person = make_person(event, "Ioanna Papadaki", key="ioanna", affiliation="KEMEA", biography="Leads *much*.",
                         email="ioanna@example.org", links=["https://example.org/ioanna"])  # fmt: skip
    panel = make_session(event, "From pilots to practice", key="panel", kind="panel", room_id=room.id,
                         starts_at=event.starts_at + timedelta(hours=1), ends_at=event.starts_at + timedelta(hours=3),
                         abstract="Three **projects**.")  # fmt: skip
    make_session(event, "At the same time, in another room and under a much longer title than fits on one line",
                 room_id=other.id, starts_at=panel.starts_at)  # fmt: skip
    make_session(event, "Coffee", kind="break", starts_at=panel.ends_at, status="tentative")
    gone = make_session(event, "Does not take place", room_id=other.id, starts_at=panel.ends_at + timedelta(hours=2))
    make_session(event, "A clash", room_id=room.id, starts_at=panel.starts_at, key="clash")
    with transaction() as session:
        track = agenda.add_track(session, session.get_one(Event, event.id), name="FCT", colour="#0b5394")
        entry, who = session.get_one(AgendaSession, panel.id), session.get_one(Person, person.id)
        agenda.set_session_people(session, entry, [(who, "chair")])
        agenda.set_talks(
            session, entry, [TalkEntry("Floods", minutes=12, project="STARLIGHT", people=[(who, "presenter")])]
        )
        agenda.update_session(session, entry, room=session.get_one(Room, room.id), track=track, ends_at=entry.ends_at)
        agenda.cancel_session(session, session.get_one(AgendaSession, gone.id))
    stream = make_stream(event, panel, audience="public", url="https://youtu.be/abcDEF12345")
    make_stream(event, other)
    deck = make_material(event, "Slides of the panel", entry=panel)
    make_material(event, "For those who are here", audience="onsite", filename="handout.pdf")
    return {"panel": "panel", "gone": gone.key, "person": "ioanna", "material": deck.key, "stream": str(stream.id)}


def _people(event: Event) -> dict[str, str]:
    """Bo and three more are in, one waits, others are online, cancelled, asked, and not yet decided."""
    given: dict[str, Any] = {"diet": "vegan", "day": "both", "topics": ["FCT", "BM"], "years": 12, "photo": True}
    asked = queries.questions_of(reading(), event.id)
    answers = {question.id: given[question.key] for question in asked if question.key in given}
    bo = make_registration(event, first_name="Bo", last_name="Berg-Papadopoulou", answers=answers)
    held = [make_registration(event) for _ in range(3)]
    with transaction() as session:
        actions.cancel(session, session.get_one(Registration, held[0].id), now=clock.now())
    make_registration(event)
    online = make_registration(event, mode="online")
    waiting, applied, offered, unverified = (make_registration(event) for _ in range(4))
    now = clock.now()
    with transaction() as session:
        actions.add_note(session, session.get_one(Registration, bo.id), "Needs a ramp.", now=now)
        change = actions.request_email_change(
            session, session.get_one(Registration, online.id), "new@example.org", now=now
        )
        for one, state in ((applied, "applied"), (unverified, "unverified"), (offered, "offered")):
            until = now + timedelta(hours=20) if state == "offered" else None
            session.execute(
                update(Registration)
                .where(Registration.id == one.id)
                .values(state=state, offer_until=until, queue_number=None)
            )
        session.execute(update(RegistrationSettings).values(offer_hours=24))
        nonce = change.nonce
    met = _met(bo, held[1], held[2])
    people = {"bo": bo, "met": met, "online": online, "applied": applied, "offered": offered}
    people |= {"cancelled_one": held[0], "waiting": waiting, "unverified": unverified}
    return {
        **{name: queries.link_of(one) for name, one in people.items()},
        "number": str(bo.id),
        "address": tokens.derived(queries.NEW_ADDRESS, nonce),
        "confirmation": queries.confirmation_of(unverified),
    }


def _met(bo: Registration, asking: Registration, met: Registration) -> Registration:
    """Two who exchanged cards, and a third who would like to."""
    now = clock.now()
    with transaction() as session:
        one, other, third = (session.get_one(Registration, person.id) for person in (met, bo, asking))
        for person in (one, third):
            contacts.keep_card(session, person, now=now, is_open=False, email="met@example.org", role="Researcher")
        contacts.keep_card(session, other, now=now, is_open=True, phone="+32 2 555 0101", link="https://example.org")
        for asker, asked_one in ((one, other), (third, one)):
            ticket = queries.current_ticket(session, asked_one.id)
            assert ticket is not None
            contacts.ask(session, asker, ticket.code, now=now)
    return met


def _many(cast: Cast, event: Event) -> dict[str, str]:
    """Two who look like one; an act on many that one of them refused; a view under a name."""
    twins = [make_registration(event, first_name="Ann", last_name="Lee") for _ in range(2)]
    now = clock.now()
    with transaction(actor=f"user:{cast.ada.id}") as session:
        known = session.get_one(Event, event.id)
        actions.add_tag(session, session.get_one(Registration, twins[0].id), "VIP", now=now)
        actions.save_view(session, event.id, cast.ada.id, "Police", "sector=police", is_shared=True, now=now)
        act = bulk.begin(session, known, "restore", [one.id for one in twins], now=now)
        bulk.carry_on(session, act.id, now=now)
        return {"act": str(act.id), "twin": str(twins[0].id), "other_twin": str(twins[1].id)}


def _door(app: Flask, event: Event) -> dict[str, str]:
    """A desk has let one person in, and refused another."""
    make_device(event, "Desk 7")
    desk = make_desk(app.test_client(), event, "Desk 1")
    with transaction() as session:
        codes = list(session.scalars(select(Ticket.code).where(Ticket.event_id == event.id).order_by(Ticket.id)))
    outcomes = desk.outcomes(*(a_scan(code, at=clock.now()) for code in (codes[0], "EV1:0123456789ABCDEFGHJKMNPQ")))
    assert outcomes == ["admitted", "unknown"]
    return make_devices(event, data_dir=app.config["SETTINGS"].data_dir)


def _around(cast: Cast, event: Event) -> dict[str, str]:
    """An invitation, a link to choose a password, mail that could not be sent, a device's first link."""
    now = clock.now()
    with transaction() as session:
        invitation = events.invite_member(
            session, session.get_one(Event, event.id), email="x@example.org", role="door",
            invited_by=session.get_one(User, cast.ada.id), now=now,
        )  # fmt: skip
        token = events.token_of(invitation.nonce)
        password = accounts.send_password_link(session, session.get_one(User, cast.al.id), now=now)
        first = session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id)).first()
        mailing.note_bounce(session, "gone@example.org", status="5.1.1", reason="refused (550)", now=now)
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == first)
            .values(state="failed", tries=9, last_error="550 No such user here")
        )
    return {"invitation": token, "password": password, "user": str(cast.al.id)}


def _called(cast: Cast) -> dict[str, str]:
    """A private event by invitation: somebody invited, a group, a seat handed on, a code."""
    now = clock.now()
    event = make_event(
        slug="called", title="By invitation", owner=cast.ada, onsite=9, online=None, contact="desk@example.org",
        starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=10),
    )  # fmt: skip
    make_person(event, "Ioanna Papadaki", email="ioanna.papadaki@example.org")
    head = make_registration(event, first_name="Hed", last_name="Haas")
    giver = make_registration(event, first_name="Gil", last_name="Gray")
    with transaction(actor="user:1") as session:
        settings = session.get_one(RegistrationSettings, event.id)
        settings.admission, settings.group_most = "invited", 6
        known = session.get_one(Event, event.id)
        code = actions.add_invitation(session, known, code="NETWORK-26", label="The network", uses=20, now=now, by="")
        actions.add_invitation(session, known, domain="police.example", now=now, by="")
        until = now + timedelta(days=5)
        invited = actions.invite(
            session, known, NewEntry(first_name="Ivo", email="ivo@example.org"), until=until, now=now
        )
        mates = [NewEntry(first_name=name, email=f"{name}@example.org") for name in ("Mia", "Max")]
        actions.add_members(session, session.get_one(Registration, head.id), mates, waits=False, now=now)
        delegation = asked.delegation_of(session, head)
        assert delegation is not None
        member = asked.members_of(session, delegation)[0].id
        colleague = NewEntry(first_name="Cal", email="cal@example.org")
        stepped_in = actions.substitute(session, session.get_one(Registration, giver.id), colleague, now=now)
        known.is_private, known.private_nonce = True, "a nonce"
    people = {"invited": invited, "head": head, "stepped_in": stepped_in, "giver": giver}
    return {
        "called": "called", "code": str(code.id), "member": str(member), "head_number": str(head.id),
        **{name: queries.link_of(one) for name, one in people.items()},
    }  # fmt: skip


def _applications(cast: Cast) -> dict[str, str]:
    """An event by application: one decided in a round, one picked, one still to be looked at."""
    now = clock.now()
    event = make_event(
        slug="chosen", title="By application", owner=cast.ada, has_approval=True, onsite=1, online=None,
        starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=10),
    )  # fmt: skip
    theme = make_question(event, "theme", label="Theme", type="choice", choices=["Floods", "Fire"])
    in_, picked, new = (make_registration(event, answers={theme.id: "Floods"}) for _ in range(3))
    with transaction(actor=f"user:{cast.ada.id}") as session:
        known = session.get_one(Event, event.id)
        actions.pick(session, event.id, [in_.id, picked.id], Verdict.ACCEPT, cast.ada.id, now=now)
        outcome = actions.decide(
            session, known, {in_.id: "accept"}, texts={"accept": "Bring a pass."}, actor=f"user:{cast.ada.id}", now=now
        )
        actions.review(session, session.get_one(Registration, new.id), cast.al.id, Opinion(4, None, "Good."), now=now)
        actions.ask_batch(session, known, before=now + timedelta(days=1), now=now)
    return {"chosen": "chosen", "applicant": str(new.id), "round": str(outcome.round_id), "asked": queries.link_of(in_)}
