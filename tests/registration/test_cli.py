"""Lists in and out by command: all of a file or nothing, and what came out goes in again."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Device, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.tables import read_table
from eventsys.mailing.models import OutboxMessage
from eventsys.registration.models import Answer, Registration, SeatPool, Ticket
from eventsys.registration.queries import questions_of
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration


def run(app: Flask, *args: str) -> str:
    result = app.test_cli_runner().invoke(args=list(args))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return str(result.output)


def written(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_text(text, encoding=encoding)
    return str(path)


def states(session: Session, event: Event) -> list[str]:
    session.rollback()
    return list(
        session.scalars(select(Registration.state).where(Registration.event_id == event.id).order_by(Registration.id))
    )


def taken(session: Session, event: Event) -> list[tuple[int, int, int]]:
    session.rollback()
    query = select(SeatPool.taken, SeatPool.waiting, SeatPool.overbooked).where(SeatPool.event_id == event.id)
    return [tuple(row) for row in session.execute(query.order_by(SeatPool.id))]


LIST = "first_name;last_name;email;mode\nBo;Berg;bo@example.org;\nCyd;;cyd@example.org;onsite\nDi;Ode;;online\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_list_comes_in_and_a_row_beyond_the_seats_waits(
    app: Flask, session: Session, tmp_path: Path, encoding: str
) -> None:
    event = make_event(onsite=1, online=None)
    said = run(app, "registration", "import", event.slug, written(tmp_path / "list.csv", LIST, encoding))
    assert said == "list.csv: 2 confirmed, 1 waiting.\n"
    assert (states(session, event), taken(session, event)) == (
        ["confirmed", "waiting", "confirmed"], [(1, 1, 0), (1, 0, 0)],
    )  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Ticket)) == 2
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    again = run(app, "registration", "import", event.slug, str(tmp_path / "list.csv"))
    # Who has no address cannot be known again.
    assert again == "list.csv: 1 confirmed, 2 known.\n"


def test_a_dry_run_changes_nothing(app: Flask, session: Session, tmp_path: Path) -> None:
    event = make_event(onsite=5, online=5)
    said = run(app, "registration", "import", event.slug, written(tmp_path / "list.csv", LIST), "--dry-run")
    assert said == "Dry run of list.csv: 3 confirmed. Nothing was changed.\n"
    assert (states(session, event), taken(session, event)) == ([], [(0, 0, 0), (0, 0, 0)])


def test_without_a_waiting_list_the_line_is_named_and_nothing_stays(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    event = make_event(onsite=1, online=1, waiting_list="none")
    path = written(tmp_path / "list.csv", LIST)
    with pytest.raises(Refusal) as refused:
        run(app, "registration", "import", event.slug, path)
    assert str(refused.value).startswith("list.csv, line 3")
    assert states(session, event) == []
    assert run(app, "registration", "import", event.slug, path, "--overbook") == "list.csv: 3 confirmed.\n"
    assert taken(session, event) == [(2, 0, 1), (1, 0, 0)]


def test_only_notify_mails(app: Flask, session: Session, tmp_path: Path) -> None:
    event = make_event(onsite=1, online=1)
    run(app, "registration", "import", event.slug, written(tmp_path / "list.csv", LIST), "--notify")
    makers = session.scalars(select(OutboxMessage.maker).order_by(OutboxMessage.id)).all()
    assert makers == ["registration.confirmed", "registration.waiting"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("email\nbo@example.org\n", "list.csv, line 1: the column “first_name” is missing"),
        ("first_name,shoe\nBo,44\n", "list.csv, line 1, column “shoe”: this column is not known"),
        ("first_name,email\nBo,bo@\n", "list.csv, line 2, column “email”: "),
        ("first_name,email\nBo,b@x.org\nCy,B@x.org\n", "list.csv, line 3, column “email”: this address is in line 2"),
        ("first_name,mode\nBo,balcony\n", "list.csv, line 2, column “mode”: “balcony” is not known"),
        ("first_name,state\nBo,maybe\n", "list.csv, line 2, column “state”: “maybe” is not known"),
        ("first_name,country\nBo,Belgium\n", "list.csv, line 2, column “country”: “Belgium” is no ISO 3166"),
        (
            "first_name,registered_at\nBo,0001-01-01T00:00+05:00\n",
            "list.csv, line 2, column “registered_at”: The year 1 is out of reach",
        ),
        ("first_name,registered_at\nBo,soon\n", "list.csv, line 2, column “registered_at”: “soon” is no instant"),
        ("first_name,q_diet\nBo,fish\n", "list.csv, line 2, column “q_diet”: “fish” is none of the answers"),
        ("first_name,last_name\n,Berg\n", "list.csv, line 2, column “first_name”: a person needs a name"),
    ],
)
def test_bad_rows_are_refused_by_line_and_column(
    app: Flask, session: Session, tmp_path: Path, text: str, said: str
) -> None:
    event = make_event()
    make_question(event, "diet", type="choice", choices=["none", "vegan"])
    with pytest.raises(Refusal) as refused:
        run(app, "registration", "import", event.slug, written(tmp_path / "list.csv", text))
    assert str(refused.value)[: len(said)] == said
    assert states(session, event) == []


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_came_out_goes_in_again(app: Flask, session: Session, tmp_path: Path, ending: str) -> None:
    source, target = make_event(onsite=1, online=2), make_event(onsite=1, online=2)
    for event in (source, target):
        make_question(event, "diet", type="choice", choices=["none", "vegan"])
        make_question(event, "days", type="choices", choices=["Thu", "Fri"])
        make_question(event, "age", type="number")
    diet, days, age = [question.id for question in questions_of(session, source.id)]
    make_registration(source, first_name="=1+1", last_name="李", answers={diet: "vegan", days: ["Thu", "Fri"], age: 7})
    make_registration(source, first_name="Cyd", email="cyd@example.org", country="", sector="", last_name="")
    make_registration(source, first_name="Di", mode="online", type="press", email=None)
    first, second = tmp_path / f"first.{ending}", tmp_path / f"second.{ending}"
    run(app, "registration", "export", source.slug, "--out", str(first))
    run(app, "registration", "import", target.slug, str(first))
    run(app, "registration", "export", target.slug, "--out", str(second))
    assert _table(first) == _table(second)
    assert len(_table(first)) == 4
    assert _table(first)[1][:3] == ["=1+1", "李", _table(first)[1][2]]
    kept = session.scalars(
        select(Answer.value).join(Answer.question).where(Answer.question.has(event_id=target.id)).order_by(Answer.id)
    ).all()
    assert kept == ["vegan", ["Thu", "Fri"], 7]
    assert states(session, target) == ["confirmed", "waiting", "confirmed"]


def _table(path: Path) -> list[list[str]]:
    table = read_table(path.read_bytes(), path.name)
    return [table.columns, *([row.text(column) for column in table.columns] for row in table.rows)]


def test_only_tables_are_written(app: Flask, session: Session, tmp_path: Path) -> None:
    event = make_event()
    with pytest.raises(Refusal) as refused:
        run(app, "registration", "export", event.slug, "--out", str(tmp_path / "x.exe"))
    assert str(refused.value) == "x.exe: only .csv and .xlsx can be written; name the file so"
    assert list(tmp_path.iterdir()) == []


def test_no_cell_of_the_export_is_a_formula(app: Flask, session: Session, tmp_path: Path) -> None:
    event = make_event()
    for name in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"):
        make_registration(event, first_name=name, organisation=name)
    run(app, "registration", "export", event.slug, "--out", str(tmp_path / "out.csv"))
    cells = [cell for row in csv.reader(io.StringIO((tmp_path / "out.csv").read_text())) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t")] == []
    assert len(cells) == 6 * 11


def test_the_export_says_who_came_in_first(app: Flask, session: Session, tmp_path: Path) -> None:
    event = make_event()
    bo, cyd = make_registration(event), make_registration(event)
    at = event.starts_at
    with transaction() as writing:
        device = Device(event_id=event.id, name="Door", token_hash="x", created_at=at, expires_at=at)
        writing.add(device)
        writing.flush()
        for number, (point, when) in enumerate((("entrance", 26), ("entrance", 2), ("lunch", 1))):
            scan = Scan(
                event_id=event.id, scan_id=str(number), device_id=device.id, point_key=point, direction="in",
                at=at, received_at=at, outcome="admitted", answer={},
            )  # fmt: skip
            writing.add(scan)
            writing.flush()
            moment = at + timedelta(hours=when)
            writing.add(
                Admission(
                    event_id=event.id,
                    registration_id=bo.id,
                    point_key=point,
                    day=moment.date(),
                    first_at=moment,
                    first_scan_id=scan.id,
                    last_at=moment,
                )
            )
    run(app, "registration", "export", event.slug, "--out", str(tmp_path / "out.csv"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text())))
    assert [row["checked_in_at"] for row in rows] == ["2026-12-03T10:00:00.000Z", ""]
    assert [row["email"] for row in rows] == [bo.email, cyd.email]
    assert rows[0]["registered_at"].endswith("Z")


def test_badges_of_everyone_confirmed_on_site(app: Flask, session: Session, tmp_path: Path) -> None:
    event = make_event(onsite=2, online=2)
    make_registration(event, first_name="Ioanna")
    make_registration(event)
    make_registration(event)
    make_registration(event, mode="online")
    out = tmp_path / "badges.pdf"
    assert run(app, "badge", "print", event.slug, "--out", str(out)) == f"{out}: 2 badges.\n"
    assert len(PdfReader(out).pages) == 2


def test_commands_refuse_what_is_not_there(app: Flask, session: Session, tmp_path: Path) -> None:
    event = make_event(onsite=1)
    out = tmp_path / "badges.pdf"
    for args in (("badge", "print", "nowhere"), ("badge", "print", event.slug), ("registration", "export", "nowhere")):
        with pytest.raises(Refusal):
            run(app, *args, "--out", str(out))
    make_registration(event)
    with pytest.raises(Refusal):
        run(app, "badge", "print", event.slug, "--out", str(out), "--layout", "a0")
    assert list(tmp_path.iterdir()) == []


def test_a_thousand_rows_are_counted_one_by_one(app: Flask, session: Session, tmp_path: Path) -> None:
    event = make_event(onsite=300, online=0)
    lines = "".join(f"P{number},p{number}@example.org\n" for number in range(1000))
    began = clock.now()
    said = run(app, "registration", "import", event.slug, written(tmp_path / "l.csv", "first_name,email\n" + lines))
    assert said == "l.csv: 300 confirmed, 700 waiting.\n"
    assert taken(session, event)[0] == (300, 700, 0)
    assert clock.now() - began < timedelta(seconds=30)
