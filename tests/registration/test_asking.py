"""What the form asks whom: by condition, with files, days and sessions, in the visitor's language; judged here, not in
the browser."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock, storage
from eventsys.kernel.database import transaction
from eventsys.registration import actions, files, jobs, queries, rules
from eventsys.registration.answers import said, written
from eventsys.registration.models import (
    AcceptedText,
    Answer,
    Consent,
    PoolKind,
    Question,
    Registration,
    Seat,
    SeatPool,
    SensitiveLook,
)
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event, make_session
from tests.factories.registration import make_question, make_registration
from tests.forms import post_form
from tests.registration.test_views import link, register

pytestmark = pytest.mark.usefixtures("session")

PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture(autouse=True)
def _no_files(app: Flask) -> Iterator[None]:
    yield
    with app.app_context():
        for key in stored():
            storage.remove(key)


def stored() -> list[str]:
    return [key for batch in storage.listed(files.FOLDER) for key, _at in batch]


def forgotten(answer: Any) -> Any:
    """The answer, with the body that the test's browser wrote to a file put away."""
    answer.request.environ["wsgi.input"].close()
    return answer


def lunch(event: Event) -> tuple[Question, Question, Question]:
    """A question that leads to another, which leads to a third."""
    diet = make_question(event, "diet", type="choice", choices=["none", "other"], is_required=True)
    which = make_question(
        event, "which", label="Which?", type="choice", choices=["nuts", "fish"], is_required=True,
        depends_on="diet", depends_values=["other"],
    )  # fmt: skip
    how = make_question(event, "how", label="How bad?", depends_on="which", depends_values=["nuts"])
    return diet, which, how


def kept(session: Session) -> dict[str, Any]:
    rows = session.execute(select(Question.key, Answer.value).join(Question, Question.id == Answer.question_id))
    return {row.key: row.value for row in rows}


def wrong(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return [href.lstrip("#") for href in html.fromstring(answer.data).xpath("//div[@data-takes-focus]//a/@href")]


def add_pool(event: Event, kind: PoolKind, key: str, seats: int | None, mode: str = "onsite") -> None:
    with transaction() as session:
        actions.add_pool(session, session.get_one(Event, event.id), kind, key, seats, mode=mode, now=clock.now())


def sits_in(session: Session, kind: PoolKind) -> dict[str, list[int]]:
    """Who has taken a seat, by what the pool counts."""
    session.rollback()
    found: dict[str, list[int]] = {}
    for key, number in session.execute(
        select(SeatPool.key, Seat.registration_id)
        .outerjoin(Seat, (Seat.pool_id == SeatPool.id) & (Seat.state == "taken"))
        .where(SeatPool.kind == kind)
        .order_by(SeatPool.key, Seat.registration_id)
    ):
        found.setdefault(key, []).extend([number] if number else [])
    return found


@pytest.mark.parametrize(
    ("given", "answers"),
    [
        ({"q_diet": "none"}, {"diet": "none"}),
        ({"q_diet": "none", "q_which": "nuts", "q_how": "very"}, {"diet": "none"}),
        ({"q_diet": "none", "q_which": "no such choice"}, {"diet": "none"}),
        ({"q_diet": "other", "q_which": "fish", "q_how": "very"}, {"diet": "other", "which": "fish"}),
        ({"q_diet": "other", "q_which": "nuts", "q_how": "very"}, {"diet": "other", "which": "nuts", "how": "very"}),
    ],
)
def test_what_is_not_asked_is_not_kept(
    client: FlaskClient, session: Session, given: dict[str, str], answers: dict[str, str]
) -> None:
    event = make_event()
    lunch(event)
    assert register(client, event, **given).status_code == 303
    assert kept(session) == answers


def test_what_is_required_is_required_only_where_it_is_asked(client: FlaskClient, session: Session) -> None:
    event = make_event()
    lunch(event)
    assert wrong(register(client, event, q_diet="other")) == ["q_which"]
    assert wrong(register(client, event, q_diet="other", q_which="shoes")) == ["q_which"]
    assert kept(session) == {}


def test_a_statement_and_several_choices_lead_to_others(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_question(event, "talks", label="I give a talk", type="statement")
    make_question(event, "topics", type="choices", choices=["FCT", "DRS", "BM"])
    make_question(event, "title", label="Title", depends_on="talks", depends_values=["yes"], is_required=True)
    make_question(event, "reason", label="Why not?", depends_on="talks", depends_values=["no"])
    make_question(event, "border", label="Which border?", depends_on="topics", depends_values=["BM", "DRS"])
    assert wrong(register(client, event, q_talks="y")) == ["q_title"]
    register(client, event, q_talks="y", q_title="Floods", q_reason="x", q_topics=["FCT", "DRS"], q_border="north")
    assert kept(session) == {"talks": True, "title": "Floods", "topics": ["FCT", "DRS"], "border": "north"}
    register(client, event, email="2@example.org", q_reason="shy", q_border="x", q_topics=["FCT"], q_title="x")
    assert {key: value for key, value in kept(session).items() if key == "reason"} == {"reason": "shy"}


def test_without_script_every_question_says_when_it_is_asked(client: FlaskClient) -> None:
    event = make_event()
    lunch(event)
    page = html.fromstring(client.get(f"/events/{event.slug}/register").data)
    assert page.xpath("//*[@class='only-if']/text()") == [
        "Only if you answer “other” to “Dietary needs”", "Only if you answer “nuts” to “Which?”",
    ]  # fmt: skip
    assert page.xpath("//*[@data-leading]/@data-leading") == ["q_diet", "q_which"]
    assert page.xpath("//*[@data-leading]/@data-values") == ['["other"]', '["nuts"]']


def test_questions_stand_in_their_sections(client: FlaskClient) -> None:
    event = make_event()
    make_question(event, "first")
    make_question(event, "visit", label="Your visit", type="section", help="For the rooms.")
    make_question(event, "second", label="Nights")
    make_question(event, "empty", label="Nothing in it", type="section")
    page = html.fromstring(client.get(f"/events/{event.slug}/register").data)
    assert page.xpath("//section[@class='form-section']//h2/text()") == ["Your visit"]
    assert page.xpath("//section[@class='form-section']//input/@name") == ["q_second"]


def test_what_organisers_alone_are_asked_is_no_part_of_the_form(client: FlaskClient, session: Session) -> None:
    event = make_event()
    secret = make_question(event, "visa", label="Needs a visa letter", is_internal=True)
    address = register(client, event, q_visa="yes").location
    assert kept(session) == {}
    bo = session.scalars(select(Registration)).one()
    with transaction() as writing:
        known = writing.get_one(Registration, bo.id)
        actions.change_details(writing, known, answers={secret.id: "yes"}, now=clock.now())
    for path in (address, f"{address}/details", f"/events/{event.slug}/register"):
        assert "visa" not in client.get(path).text.lower()
    post_form(client, f"{address}/details", having="first_name", first_name="Robert")
    assert kept(session) == {"visa": "yes"}


def test_a_visitor_is_asked_in_their_language_where_it_was_translated(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_question(
        event, "diet", label="Dietary needs", help="For the lunch.", type="choice", choices=["none", "vegan"],
        translations={"de": {"label": "Essen", "choices": {"none": "alles"}}},
    )  # fmt: skip
    for language, label, help, choices in (
        ("de", "Essen", "For the lunch.", ["alles", "vegan"]),
        ("fr", "Dietary needs", "For the lunch.", ["none", "vegan"]),
    ):
        page = html.fromstring(client.get(f"/events/{event.slug}/register?lang={language}").data)
        field = page.get_element_by_id("q_diet")
        assert field.xpath("string(legend)").startswith(label)
        assert field.xpath("p[@class='help']/text()") == [help]
        assert field.xpath(".//label/text()") == choices
        assert field.xpath(".//input/@value") == ["none", "vegan"]
    answer = post_form(
        client, f"/events/{event.slug}/register?lang=de", having="email", first_name="Bo", email="bo@example.org",
        mode="onsite", privacy_accepted="y", q_diet="none",
    )  # fmt: skip
    assert kept(session) == {"diet": "none"}
    assert "alles" in client.get(f"{answer.location}?lang=de").text


@pytest.mark.parametrize(
    ("values", "typed", "is_taken"),
    [
        ({"type": "number", "least": 0, "most": 3}, "4", False),
        ({"type": "number", "least": 0, "most": 3}, "-1", False),
        ({"type": "number", "least": 0, "most": 3}, "3", True),
        ({"type": "number", "least": 0.5}, "0.4", False),
        ({"type": "number", "most": 2}, "-7", True),
        ({"type": "country"}, "XX", False),
        ({"type": "country"}, "BE", True),
        ({"type": "organisation"}, "Harbour Police", True),
        ({"type": "organisation"}, "x" * 301, False),
    ],
)
def test_each_kind_of_answer_has_its_bounds(
    client: FlaskClient, session: Session, values: dict[str, Any], typed: str, is_taken: bool
) -> None:
    event = make_event()
    make_question(event, "more", label="More", **values)
    answer = register(client, event, q_more=typed)
    if is_taken:
        assert (answer.status_code, written(kept(session)["more"])) == (303, typed)
    else:
        assert wrong(answer) == ["q_more"]


def test_a_statement_that_asks_for_consent_keeps_its_wording(client: FlaskClient, session: Session) -> None:
    event = make_event(privacy_notice="Erased after a month.")
    photo = make_question(event, "photo", label="I may be photographed", help="For the report.", type="statement",
                          basis="consent")  # fmt: skip
    make_question(event, "rules", label="I follow the rules", type="statement")
    address = register(client, event, q_photo="y", q_rules="y").location
    rows = session.execute(
        select(Consent.question_id, AcceptedText.text, Consent.withdrawn_at)
        .join(AcceptedText, AcceptedText.hash == Consent.text_hash)
        .order_by(Consent.question_id.is_(None), Consent.question_id)
    ).all()
    assert [tuple(row) for row in rows] == [
        (photo.id, "I may be photographed\n\nFor the report.", None), (None, "Erased after a month.", None),
    ]  # fmt: skip
    form = {"having": "first_name", "q_rules": "y"}
    post_form(client, f"{address}/details", **form, q_photo="y")
    assert session.scalar(select(func.count()).select_from(Consent)) == 2
    page = client.get(f"{address}/details")
    assert html.fromstring(page.data).xpath("//input[@name='q_photo']/@checked") == ["checked"]
    _untick(client, f"{address}/details", "q_photo")
    session.rollback()
    assert (kept(session)["photo"], kept(session)["rules"]) == (False, True)
    withdrawn = select(Consent.withdrawn_at).where(Consent.question_id == photo.id)
    assert session.scalars(withdrawn).one() is not None


def _untick(client: FlaskClient, path: str, name: str) -> None:
    fields = dict(html.fromstring(client.get(path).data).forms[-1].form_values())
    del fields[name]
    assert client.post(path, data=fields).status_code == 303


def test_a_file_is_kept_for_organisers_and_the_person_alone(client: FlaskClient, cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    make_question(event, "cv", label="CV", type="file", is_required=True)
    assert wrong(register(client, event)) == ["q_cv"]
    address = register(client, event, q_cv=(io.BytesIO(PDF), "../Lebenslauf «é».pdf")).location
    answer = kept(session)["cv"]
    assert (answer["name"], answer["size"], answer["type"]) == ("Lebenslauf «é».pdf", len(PDF), "application/pdf")
    assert (said(answer), written(answer)) == ("Lebenslauf «é».pdf",) * 2
    number = session.scalars(select(Registration.id)).one()
    manage = f"/manage/events/{event.slug}/registrations/{number}/files/cv"
    for browser, path in ((client, f"{address}/files/cv"), (cast.browser_of(cast.ada), manage)):
        sent = browser.get(path)
        assert (sent.status_code, sent.data) == (200, PDF)
        assert sent.headers["Content-Disposition"].startswith("attachment;")
        assert sent.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in sent.headers["Content-Security-Policy"]
        assert sent.headers["Cache-Control"] == "private, no-store"
    other = make_registration(event)
    assert client.get(f"{link(other)}/files/cv").status_code == 404
    assert cast.browser_of(cast.al).get(manage).status_code == 403
    assert client.get(manage).status_code == 303
    assert client.get(manage.replace("/cv", "/diet")).status_code == 303


def office(name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "is_taken"),
    [
        (PDF, "cv.pdf", True),
        (office("word/document.xml"), "cv.docx", True),
        (b"\x89PNG\r\n\x1a\n", "me.png", True),
        (b"<script>alert(1)</script>", "cv.pdf", False),
        (b"<script>alert(1)</script>", "cv.html", False),
        (office("evil.exe"), "cv.docx", False),
        (office("x"), "cv.zip", False),
        (b"#!/bin/sh", "cv.txt", False),
        (PDF + b"x" * files.MOST_BYTES, "cv.pdf", False),
        (b"", "cv.pdf", False),
    ],
    ids=["pdf", "docx", "png", "html as pdf", "html", "zip as docx", "zip", "text", "too large", "empty"],
)
def test_a_file_is_judged_by_its_content(
    client: FlaskClient, session: Session, content: bytes, name: str, is_taken: bool
) -> None:
    event = make_event()
    make_question(event, "cv", label="CV", type="file")
    answer = forgotten(register(client, event, q_cv=(io.BytesIO(content), name)))
    if is_taken:
        assert answer.status_code == 303
    else:
        assert (wrong(answer), stored()) == (["q_cv"], [])
        assert session.scalar(select(func.count()).select_from(Registration)) == 0


def test_a_refused_form_keeps_what_was_typed_and_asks_for_the_file_again(client: FlaskClient, session: Session) -> None:
    event = make_event(onsite=0, online=1, waiting_list="none")
    make_question(event, "cv", label="CV", type="file")
    make_registration(event, mode="online")
    answer = register(client, event, mode="online", q_cv=(io.BytesIO(PDF), "cv.pdf"))
    assert "q_cv" in wrong(answer)
    assert "Please choose the file again" in answer.text
    assert html.fromstring(answer.data).xpath("//input[@name='organisation']/@value") == ["Harbour Police"]
    assert stored() == []


def test_a_body_too_large_is_read_only_where_files_are_asked_for(client: FlaskClient, session: Session) -> None:
    plain, asking = make_event(), make_event()
    make_question(asking, "cv", label="CV", type="file")
    large = PDF + b"x" * 5 * 1024 * 1024
    for event, status in ((plain, 413), (asking, 303)):
        answer = forgotten(register(client, event, q_cv=(io.BytesIO(large), "cv.pdf")))
        assert answer.status_code == status


def test_files_that_no_answer_names_are_removed(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_question(event, "cv", label="CV", type="file")
    address = register(client, event, q_cv=(io.BytesIO(PDF), "cv.pdf")).location
    first = kept(session)["cv"]["file"]
    storage.put(f"answers/{event.id}/left", io.BytesIO(b"behind"))
    assert jobs.remove_orphans(clock.now()) == 0
    later = clock.now() + timedelta(hours=2)
    assert (jobs.remove_orphans(later), jobs.remove_orphans(later)) == (1, 0)
    assert stored() == [first]
    post_form(client, f"{address}/details", having="first_name", q_cv=(io.BytesIO(PDF), "new.pdf"))
    session.rollback()
    answer = kept(session)["cv"]
    assert answer["name"] == "new.pdf"
    assert stored() == [answer["file"]]
    page = client.get(f"{address}/details")
    assert html.fromstring(page.data).xpath("//p[contains(@class, 'kept-file')]/a/text()") == ["new.pdf"]
    post_form(client, f"{address}/details", having="first_name", first_name="Robert")
    assert kept(session)["cv"] == answer


def test_days_and_sessions_are_chosen_with_their_seats(client: FlaskClient, session: Session) -> None:
    event = make_event(online=None)
    floods = make_session(event, "Floods", key="floods")
    make_session(event, "Fires", key="fires", starts_at=floods.starts_at + timedelta(minutes=30))
    make_session(event, "Full", key="full", starts_at=floods.starts_at + timedelta(hours=5))
    for kind, key, seats in (
        (PoolKind.DAY, "2026-12-03", 1), (PoolKind.DAY, "2026-12-04", None), (PoolKind.SESSION, "floods", 2),
        (PoolKind.SESSION, "fires", 2), (PoolKind.SESSION, "full", 0),
    ):  # fmt: skip
        add_pool(event, kind, key, seats)
    page = html.fromstring(client.get(f"/events/{event.slug}/register").data)
    assert page.xpath("//*[@id='days']//small/text()") == ["1 seat left"]
    assert page.xpath("//*[@id='sessions']//input/@value") == ["floods", "fires", "full"]
    assert page.xpath("//*[@id='sessions']//input[@disabled]/@value") == ["full"]
    assert page.xpath("//*[@id='sessions']//small/text()")[-1] == "No seat left"
    assert wrong(register(client, event)) == ["days"]
    assert wrong(register(client, event, days=["2026-12-03"], sessions=["floods", "fires"])) == ["sessions"]
    assert wrong(register(client, event, days=["2026-12-09"])) == ["days"]
    assert register(client, event, days=["2026-12-03"], sessions=["floods"]).status_code == 303
    first = session.scalars(select(Registration.id)).one()
    assert sits_in(session, PoolKind.DAY) == {"2026-12-03": [first], "2026-12-04": []}
    assert sits_in(session, PoolKind.SESSION) == {"floods": [first], "fires": [], "full": []}
    # Chosen in a page that was loaded before, full by now: said at its field.
    assert wrong(register(client, event, email="2@example.org", days=["2026-12-03"])) == ["days"]
    assert wrong(register(client, event, email="2@example.org", days=["2026-12-04"], sessions=["full"])) == ["sessions"]
    assert register(client, event, email="3@example.org", mode="online").status_code == 303


def test_an_answer_that_seats_are_counted_by_is_full_in_words(client: FlaskClient, session: Session) -> None:
    event = make_event()
    tour = make_question(event, "tour", label="Tour", type="choice", choices=["harbour", "tunnel", "none"])
    for choice, seats in (("harbour", 1), ("tunnel", 1)):
        add_pool(event, PoolKind.ANSWER, rules.answer_key(tour.id, choice), seats, mode="")
    first = register(client, event, q_tour="harbour").location
    page = html.fromstring(client.get(f"/events/{event.slug}/register").data)
    assert page.xpath("//*[@id='q_tour']//input[@disabled]/@value") == ["harbour"]
    assert page.xpath("//*[@id='q_tour']//small/text()") == ["No seat left", "1 seat left"]
    assert wrong(register(client, event, email="2@example.org", q_tour="harbour")) == ["q_tour"]
    second = register(client, event, email="2@example.org", q_tour="tunnel").location
    # Their own choice is open to them; the other's is not, and nothing of the form is changed then.
    page = html.fromstring(client.get(f"{first}/details").data)
    assert page.xpath("//*[@id='q_tour']//input[@disabled]/@value") == ["tunnel"]
    refused = post_form(client, f"{first}/details", having="first_name", first_name="Robert", q_tour="tunnel")
    assert wrong(refused) == ["q_tour"]
    session.rollback()
    bo, bea = session.scalars(select(Registration).order_by(Registration.id)).all()
    assert bo.first_name == "Bo"
    assert post_form(client, f"{second}/details", having="first_name", q_tour="none").status_code == 303
    assert post_form(client, f"{first}/details", having="first_name", q_tour="tunnel").status_code == 303
    assert sits_in(session, PoolKind.ANSWER) == {f"{tour.id}=harbour": [], f"{tour.id}=tunnel": [bo.id]}
    assert bea.state == "confirmed"


def test_another_sector_or_organisation_takes_its_seat_or_nothing_changes(
    client: FlaskClient, session: Session
) -> None:
    event = make_event()
    add_pool(event, PoolKind.SECTOR, "police", 2)
    add_pool(event, PoolKind.SECTOR, "research", 1)
    bo, bea = make_registration(event), make_registration(event, sector="research")
    refused = post_form(client, f"{link(bo)}/details", having="first_name", sector="research", organisation="UWL")
    assert (wrong(refused), "No seat is left for “Research”" in refused.text) == (["sector"], True)
    session.expire_all()
    assert (bo.sector, bo.organisation) == ("police", "Harbour Police")
    post_form(client, f"{link(bea)}/details", having="first_name", sector="police")
    post_form(client, f"{link(bo)}/details", having="first_name", sector="research")
    assert sits_in(session, PoolKind.SECTOR) == {"police": [bea.id], "research": [bo.id]}


def test_a_choice_taken_out_stays_with_those_who_chose_it(client: FlaskClient, session: Session) -> None:
    event = make_event()
    diet = make_question(event, "diet", type="choice", choices=["none", "vegan"])
    bo = make_registration(event, answers={diet.id: "vegan"})
    with transaction() as writing:
        actions.change_question(writing, writing.get_one(Question, diet.id), choices=["none"])
    page = html.fromstring(client.get(f"{link(bo)}/details").data)
    assert page.xpath("//input[@name='q_diet'][@checked]/@value") == ["vegan"]
    post_form(client, f"{link(bo)}/details", having="first_name", first_name="Robert")
    assert kept(session) == {"diet": "vegan"}
    page = html.fromstring(client.get(f"/events/{event.slug}/register").data)
    assert page.xpath("//input[@name='q_diet']/@value") == ["none"]
    assert wrong(register(client, event, q_diet="vegan")) == ["q_diet"]


def test_a_form_asks_the_database_no_more_for_thirty_questions_than_for_one(
    client: FlaskClient, session: Session
) -> None:
    one, thirty = make_event(), make_event()
    make_question(one, "a")
    for number in range(30):
        make_question(thirty, f"q{number}", type="choice", choices=["x", "y"])
    counts = []
    for event in (one, thirty):
        client.get(f"/events/{event.slug}/register")
        with statements() as said_there:
            assert client.get(f"/events/{event.slug}/register").status_code == 200
        counts.append(len(said_there))
    assert counts[0] == counts[1]


def test_a_changed_form_is_asked_at_once(client: FlaskClient, session: Session) -> None:
    """The form is kept in the process: who changes a question must not be shown the old one."""
    event = make_event()
    diet = make_question(event, "diet")
    path = f"/events/{event.slug}/register"
    assert "Dietary needs" in client.get(path).text
    with transaction() as writing:
        actions.change_question(writing, writing.get_one(Question, diet.id), label="What do you eat?")
    assert "What do you eat?" in client.get(path).text
    with transaction() as writing:
        actions.retire_question(writing, writing.get_one(Question, diet.id), now=clock.now())
    assert "What do you eat?" not in client.get(path).text


def test_organisers_fill_in_what_the_public_is_not_asked(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    visa = make_question(event, "visa", label="Visa letter", is_internal=True, is_required=True)
    access = make_question(event, "access", label="Access needs", is_sensitive=True)
    make_question(event, "photo", label="I may be photographed", type="statement", basis="consent")
    cv = make_question(event, "cv", label="CV", type="file", is_sensitive=True)
    bo = make_registration(event, answers={access.id: "a ramp"})
    client, base = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/registrations/{bo.id}"
    page = client.get(f"{base}/answers")
    assert [name for name in html.fromstring(page.data).xpath("//*/@name") if name.startswith("q_")] == [
        "q_visa", "q_access", "q_cv",
    ]  # fmt: skip
    assert "a ramp" not in page.text
    sent = post_form(
        client, f"{base}/answers", having="first_name", q_visa="sent", last_name="Bergman",
        q_cv=(io.BytesIO(PDF), "cv.pdf"),
    )  # fmt: skip
    assert (sent.status_code, sent.location) == (303, base)
    session.expire_all()
    assert (kept(session)["visa"], kept(session)["access"], bo.last_name) == ("sent", "a ramp", "Bergman")
    post_form(client, f"{base}/answers", having="first_name", q_access="a lift")
    assert kept(session)["access"] == "a lift"
    # A sensitive file is given out by a POST alone, and the look is written down.
    assert client.get(f"{base}/files/cv").status_code == 303
    assert session.scalar(select(func.count()).select_from(SensitiveLook)) == 0
    token = html.fromstring(page.data).xpath("//input[@name='csrf_token']/@value")[0]
    assert client.post(f"{base}/files/cv", data={"csrf_token": token}).data == PDF
    assert session.scalars(select(SensitiveLook.registration_id)).all() == [bo.id]
    assert {visa.id, access.id, cv.id} == set(session.scalars(select(Answer.question_id)))
    assert cast.browser_of(cast.al).get(f"{base}/answers").status_code == 403


def test_the_questions_of_one_language_are_not_shown_in_another(session: Session) -> None:
    event = make_event()
    make_question(event, "diet", translations={"de": {"label": "Essen"}})
    found = [queries.form_of(session, event, language)[0].label for language in ("en", "de", "en", "fr")]
    assert found == ["Dietary needs", "Essen", "Dietary needs", "Dietary needs"]
