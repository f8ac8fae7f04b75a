"""From draft to cancelled: what the public sees, what keeps leading there, what is counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.community.models import Theme
from eventsys.events import actions
from eventsys.events.errors import EndsBeforeStart, ReplacesItself, SlugTaken, StepNotPossible, ValueUnknown
from eventsys.events.models import Event, EventStatus, FormerSlug, Membership
from eventsys.events.queries import find_event, former_address
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from eventsys.kernel.facts import Fact
from tests.cast import Cast
from tests.factories import ENDS_AT, STARTS_AT, make_event

BASICS: dict[str, Any] = {
    "slug": "fct-2026",
    "kind": "workshop",
    "title": "FCT workshop",
    "timezone": "Europe/Brussels",
    "starts_at": STARTS_AT,
    "ends_at": ENDS_AT,
}


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Fact.kind).order_by(Fact.id)))


def fresh(event: Event) -> Event:
    session = db.session()
    session.expire_all()
    found = session.get(Event, event.id)
    assert found is not None
    return found


def test_an_event_begins_as_a_draft_of_its_owner(session: Session, cast: Cast) -> None:
    with transaction(actor=f"user:{cast.ada.id}") as writing:
        event = actions.create_event(writing, **BASICS, owner=cast.ada, now=clock.now(), themes=["FCT", "Border"])
    found = fresh(event)
    assert (found.status, found.sequence, found.published_at) == (EventStatus.DRAFT, 0, None)
    assert [theme.name for theme in found.themes] == ["Border", "FCT"]
    members = session.execute(select(Membership.user_id, Membership.role)).all()
    assert [tuple(row) for row in members] == [(cast.ada.id, "owner")]
    assert kinds(session) == ["event.created"]


def test_a_theme_is_made_once_however_it_is_written(session: Session) -> None:
    event = make_event(themes=("FCT",))
    with transaction() as writing:
        actions.set_themes(writing, writing.merge(event), ["fct", "Disaster resilience", "FCT"])
    assert list(session.scalars(select(Theme.name).order_by(Theme.key))) == ["Disaster resilience", "FCT"]
    assert [theme.key for theme in fresh(event).themes] == ["disaster-resilience", "fct"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"ends_at": STARTS_AT}, EndsBeforeStart),
        ({"ends_at": STARTS_AT - timedelta(hours=1)}, EndsBeforeStart),
        ({"kind": "party"}, ValueUnknown),
    ],
)
def test_an_impossible_event_is_refused_whole(session: Session, change: dict[str, Any], refusal: type) -> None:
    with pytest.raises(refusal), transaction() as writing:
        actions.create_event(writing, **(BASICS | change), now=clock.now(), themes=["New theme"])
    assert session.scalar(select(Event)) is None
    assert session.scalar(select(Theme)) is None


def test_an_address_belongs_to_one_event_also_when_it_is_a_former_one(session: Session) -> None:
    event = make_event(slug="first")
    with transaction() as writing:
        actions.rename_slug(writing, writing.merge(event), "second")
    for slug in ("first", "second"):
        with pytest.raises(SlugTaken), transaction() as writing:
            actions.create_event(writing, **(BASICS | {"slug": slug}), now=clock.now())


def test_a_public_address_leads_to_the_event_for_ever(session: Session) -> None:
    event = make_event(slug="first")
    for slug in ("second", "third", "first", "fourth"):
        with transaction() as writing:
            actions.rename_slug(writing, writing.get_one(Event, event.id), slug)
    assert {slug: former_address(session, slug) for slug in ("first", "second", "third", "fourth")} == {
        "first": "fourth", "second": "fourth", "third": "fourth", "fourth": None,
    }  # fmt: skip


def test_a_draft_that_nobody_saw_leaves_no_trace_of_its_address(session: Session) -> None:
    event = make_event(slug="first", status="draft", published_at=None)
    with transaction() as writing:
        actions.rename_slug(writing, writing.get_one(Event, event.id), "second")
    assert session.scalar(select(FormerSlug.slug)) is None


def test_publishing_cancelling_and_restoring_are_counted_and_told(session: Session) -> None:
    event = make_event(status="draft", published_at=None)
    replacement = make_event(slug="instead")
    now = clock.now()

    def doing(step: Any) -> tuple[str, int]:
        with transaction() as writing:
            step(writing, writing.get_one(Event, event.id))
        found = fresh(event)
        return found.status, found.sequence

    def cancelling(writing: Session, found: Event) -> None:
        actions.cancel(writing, found, now=now, note="Snow.", replaced_by=writing.get_one(Event, replacement.id))

    assert doing(lambda s, e: actions.publish(s, e, now=now)) == ("published", 1)
    assert doing(cancelling) == ("cancelled", 2)
    found = fresh(event)
    assert (found.status_note, found.cancelled_at, found.replaced_by_id) == ("Snow.", now, replacement.id)
    assert doing(lambda s, e: actions.publish(s, e, now=now)) == ("published", 3)
    found = fresh(event)
    assert (found.status_note, found.cancelled_at, found.replaced_by_id) == ("", None, None)
    assert doing(actions.restore_to_draft) == ("draft", 4)
    assert kinds(session) == ["event.published", "event.cancelled", "event.published", "event.draft"]


@pytest.mark.parametrize(
    ("status", "step"),
    [("draft", "cancel"), ("cancelled", "cancel"), ("published", "publish"), ("draft", "restore_to_draft"),
     ("published", "remove_draft"), ("cancelled", "remove_draft")],
)  # fmt: skip
def test_a_step_from_the_wrong_state_is_refused(session: Session, status: str, step: str) -> None:
    event = make_event(status=status)
    needs_now = {} if step in ("restore_to_draft", "remove_draft") else {"now": clock.now()}
    with pytest.raises(StepNotPossible), transaction() as writing:
        getattr(actions, step)(writing, writing.get_one(Event, event.id), **needs_now)
    assert fresh(event).status == status


def test_an_event_is_not_replaced_by_itself_by_any_way(session: Session) -> None:
    one, two = make_event(slug="one"), make_event(slug="two")
    now = clock.now()
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Event, one.id), now=now, replaced_by=writing.get_one(Event, two.id))
    for replacement in (one, two):
        with transaction() as writing:
            event, chosen = writing.get_one(Event, two.id), writing.get_one(Event, replacement.id)
            with pytest.raises(ReplacesItself):
                actions.cancel(writing, event, now=now, replaced_by=chosen)


def test_moving_counts_and_correcting_a_word_does_not(session: Session) -> None:
    event = make_event()

    def changed(**values: Any) -> tuple[int, int]:
        before = fresh(event).version
        with transaction() as writing:
            actions.update_event(writing, writing.get_one(Event, event.id), **values)
        found = fresh(event)
        return found.sequence, found.version - before

    assert changed(title="Protecting public spaces better") == (0, 1)
    assert changed(starts_at=STARTS_AT + timedelta(hours=1)) == (1, 1)
    assert changed(venue_name="Maison des Associations") == (2, 1)
    assert changed(title="Protecting public spaces better") == (2, 0)
    assert kinds(session) == ["event.moved", "event.moved"]


def test_a_draft_may_vanish(session: Session) -> None:
    event = make_event(slug="gone", status="draft", published_at=None)
    with transaction() as writing:
        actions.remove_draft(writing, writing.get_one(Event, event.id))
    assert find_event(session, "gone") is None
