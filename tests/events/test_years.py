"""Years that no event can be in: each form says so at its field, and none fails over them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import html
from sqlalchemy.orm import Session

from eventsys.events.errors import YearOutOfReach
from eventsys.events.rules import instant_of, refuse_unless_in_reach
from tests.cast import Cast
from tests.events.test_rules import BRUSSELS, at
from tests.factories import make_event
from tests.factories.breakouts import make_parallel
from tests.forms import post_form

MANAGE = "/manage/events/far"
FORMS = [
    ("/manage/events/new", "title", "starts_on"),
    ("/manage/events/new", "title", "ends_on"),
    (f"{MANAGE}/edit", "title", "starts_on"),
    (f"{MANAGE}/clone", "slug", "first_day"),
    (f"{MANAGE}/programme/sessions/new", "title", "day"),
    (f"{MANAGE}/door/new-point", "name", "opens_at"),
    (f"{MANAGE}/door/new-point", "name", "closes_at"),
    (f"{MANAGE}/registration-form/settings", "opens_at", "opens_at"),
    (f"{MANAGE}/registration-form/settings", "opens_at", "closes_at"),
    (f"{MANAGE}/invitations/people", "people", "until"),
    (f"{MANAGE}/invitations/new", "what", "until"),
    (f"{MANAGE}/breakouts/new", "wishes_most", "closes_at"),
]
DAYS = {"starts_on", "ends_on", "first_day", "day"}
# What these forms need besides, as far as it decides whether the day is looked at.
REST = {"title": "Far", "slug": "again", "name": "Lunch", "starts": "09:00", "ends": "10:00", "people": "Cyd; c@x.eu"}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(("address", "having", "field"), FORMS)
def test_a_form_says_at_its_field_that_a_year_is_out_of_reach(
    cast: Cast, session: Session, address: str, having: str, field: str, day: str
) -> None:
    event = make_event(slug="far", owner=cast.ada)
    make_parallel(event, drones=1, floods=1)
    ada = cast.browser_of(cast.ada)
    value = day if field in DAYS else f"{day}T00:00"
    answer = post_form(ada, address, having=having, **{**REST, field: value})
    assert answer.status_code == 422
    (said,) = html.fromstring(answer.data).xpath(f"//*[@id='{field}-wrong']")
    year = int(day[:4])
    assert f"The year {year} is out of reach: choose one from 1900 to 2200." in said.text_content()


def test_an_event_that_ends_never_is_not_copied_off_the_calendar(cast: Cast, session: Session) -> None:
    make_event(slug="far", owner=cast.ada, closes_at=datetime(9999, 12, 30, tzinfo=UTC))
    answer = post_form(
        cast.browser_of(cast.ada), f"{MANAGE}/clone", having="slug", slug="again", first_day="2199-01-01"
    )
    assert (answer.status_code, "The year 9999 is out of reach" in answer.text) == (422, True)


@pytest.mark.parametrize("local", ["1899-12-31T23:59", "2201-01-01T00:00"])
def test_a_year_beyond_the_bounds_is_refused_by_name(local: str) -> None:
    with pytest.raises(YearOutOfReach) as refusal:
        instant_of(at(local), BRUSSELS, field="starts_at")
    assert (refusal.value.details["year"], refusal.value.field) == (int(local[:4]), "starts_at")


@pytest.mark.parametrize("local", ["1900-01-01T00:00", "2200-12-31T23:59"])
def test_the_years_of_the_bounds_are_within_reach(local: str) -> None:
    refuse_unless_in_reach(at(local))
