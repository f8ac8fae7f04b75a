"""The iCalendar writer, read back by another library: wall times round the clock changes, escaping, invitations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from dateutil.tz import tzical

from eventsys.calendars import writer
from eventsys.calendars.writer import Entry

CREATED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CHANGED = datetime(2026, 2, 6, 10, 30, tzinfo=UTC)


def an_entry(**values: Any) -> Entry:
    start = values.setdefault("starts_at", datetime(2026, 12, 3, 8, 0, tzinfo=UTC))
    defaults: dict[str, Any] = {
        "uid": "one@example.org", "title": "Opening", "ends_at": start + timedelta(hours=1),
        "zone": ZoneInfo("Europe/Brussels"), "created_at": CREATED, "updated_at": CHANGED, "sequence": 0,
    }  # fmt: skip
    return Entry(**(defaults | values))


def read(body: bytes) -> Any:
    return vobject.readOne(body.decode())


@pytest.mark.parametrize(
    "zone",
    ["Europe/Brussels", "Europe/Athens", "Europe/Dublin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe",
     "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo"],
)  # fmt: skip
def test_the_vtimezone_agrees_with_the_zone_in_every_hour_of_the_years_used(zone: str) -> None:
    known = ZoneInfo(zone)
    first, last = datetime(2025, 1, 1, 12, tzinfo=UTC), datetime(2027, 12, 30, 12, tzinfo=UTC)
    body = writer.feed([an_entry(zone=known, starts_at=first), an_entry(zone=known, starts_at=last)], name="x")
    described = body[body.index(b"BEGIN:VTIMEZONE") : body.index(b"BEGIN:VEVENT")].decode()
    read_back = tzical(StringIO(described)).get(zone)
    wrong = []
    instant = first
    while instant < last:
        wall = instant.astimezone(known)
        # Wall times that exist once: what a wall time that comes twice means is settled by the writer.
        if (
            wall.replace(fold=0).utcoffset() == wall.replace(fold=1).utcoffset()
            and wall.replace(tzinfo=read_back) != wall
        ):
            wrong.append(wall)
        instant += timedelta(hours=1)
    assert wrong == []


def test_the_onset_of_summer_is_written_in_the_old_wall_time() -> None:
    body = writer.feed([an_entry(zone=ZoneInfo("Europe/Athens"))], name="x").decode()
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20250330T030000\r\n" in body


def test_a_vtimezone_stays_small_over_twelve_years() -> None:
    starts = [datetime(year, 6, 1, 8, tzinfo=UTC) for year in (2014, 2026)]
    body = writer.feed([an_entry(starts_at=start) for start in starts], name="x")
    assert body.index(b"END:VTIMEZONE") - body.index(b"BEGIN:VTIMEZONE") < 400


def test_the_hour_that_comes_twice_is_not_confused() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    found = read(writer.feed([an_entry(starts_at=first), an_entry(starts_at=second)], name="x")).vevent_list
    assert [event.dtstart.value.astimezone(UTC) for event in found] == [first, second]


def test_the_same_values_give_the_same_bytes() -> None:
    assert writer.feed([an_entry()], name="x") == writer.feed([an_entry()], name="x")


def test_stamps_come_from_the_data() -> None:
    event = read(writer.feed([an_entry(sequence=3)], name="x")).vevent
    assert (event.dtstamp.value, event.last_modified.value, event.created.value) == (CHANGED, CHANGED, CREATED)
    assert (event.uid.value, event.sequence.value) == ("one@example.org", "3")


def test_a_cancelled_entry_stays_and_blocks_no_time() -> None:
    event = read(writer.feed([an_entry(status="cancelled", takes_time=True)], name="x")).vevent
    assert (event.status.value, event.transp.value) == ("CANCELLED", "TRANSPARENT")


def test_lines_are_folded_at_75_octets_and_end_in_crlf() -> None:
    body = writer.feed([an_entry(title="Sécurité çà et là " * 20, description="Ω" * 300)], name="Ж" * 90)
    assert body.count(b"\n") == body.count(b"\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75


@pytest.mark.parametrize(
    "title", ["a\r\nATTENDEE:mailto:eve@example.org", 'a; b, c \\n \\ "d"', "BEGIN:VEVENT", "\u202egnirts"]
)
def test_texts_stay_texts(title: str) -> None:
    found = read(writer.feed([an_entry(title=title, location=title, description=title)], name=title))
    assert len(found.vevent_list) == 1
    assert not hasattr(found.vevent, "attendee")
    assert found.vevent.location.value == found.vevent.summary.value


def test_a_title_is_read_back_as_written() -> None:
    title = 'Öffnung; "eins", zwei \\ drei'
    assert read(writer.feed([an_entry(title=title)], name="x")).vevent.summary.value == title


def test_utc_needs_no_vtimezone() -> None:
    body = writer.feed([an_entry(zone=ZoneInfo("Etc/UTC"))], name="x")
    assert b"VTIMEZONE" not in body
    assert b"DTSTART:20261203T080000Z" in body


def test_an_empty_feed_is_a_calendar_with_a_name() -> None:
    found = read(writer.feed([], name="Nothing yet"))
    assert (found.x_wr_calname.value, list(found.getChildren()) != []) == ("Nothing yet", True)


def invite(**values: Any) -> Any:
    method = values.pop("method", "REQUEST")
    return read(
        writer.invitation(
            an_entry(**values), method=method, attendee_email="bo@example.org", attendee_name='Bo "Bob"; Äbc, MSc',
            organizer_email="desk@example.org", organizer_name="Desk", uid="two@example.org", sequence=4,
        )
    )  # fmt: skip


def test_an_invitation_names_both_sides_and_asks_nothing_back() -> None:
    found = invite()
    event = found.vevent
    assert (found.method.value, event.status.value, event.transp.value) == ("REQUEST", "CONFIRMED", "OPAQUE")
    assert (event.uid.value, event.sequence.value) == ("two@example.org", "4")
    assert event.organizer.value == "mailto:desk@example.org"
    assert event.attendee.value == "mailto:bo@example.org"
    assert event.attendee.params["CN"] == ["Bo 'Bob'; Äbc, MSc"]
    assert (event.attendee.params["PARTSTAT"], event.attendee.params["RSVP"]) == (["ACCEPTED"], ["FALSE"])


def test_a_cancelled_invitation_cancels() -> None:
    found = invite(method="CANCEL")
    assert (found.method.value, found.vevent.status.value) == ("CANCEL", "CANCELLED")


def test_an_address_cannot_smuggle_a_line() -> None:
    body = writer.invitation(
        an_entry(), method="REQUEST", attendee_email="bo@example.org\r\nX-EVIL:1", organizer_email="desk@example.org"
    )
    assert b"\r\nX-EVIL" not in body
