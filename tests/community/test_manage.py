"""Administrators look after the directory; everybody else is sent away and asks for suggestions only."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.community import queries
from eventsys.community.models import Organisation
from eventsys.kernel import limits
from eventsys.kernel.tables import read_table
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.community import make_organisation
from tests.forms import form_fields, post_form

HOME = "/admin/organisations"


def number_of(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Organisation)) or 0


def test_an_entry_is_added_changed_and_removed(session: Session, cast: Cast) -> None:
    eve = cast.browser_of(cast.eve)
    answer = post_form(eve, f"{HOME}/new", having="name", name=" Université  de Liège ", short_name="ULiège",
                       country="BE", sector="research", other_names="University of Liege\n\nLuik")  # fmt: skip
    assert (answer.status_code, answer.headers["Location"]) == (303, HOME)
    made = session.scalars(select(Organisation)).one()
    assert (made.name, made.country, made.sector, made.is_listed) == ("Université de Liège", "BE", "research", True)
    assert queries.find_organisation(session, "luik") is made
    page = f"{HOME}/{made.id}"
    fields = form_fields(eve.get(page).data, having="name")
    assert (fields["name"], fields["other_names"].split()) == (
        "Université de Liège",
        ["Luik", "University", "of", "Liege"],
    )
    fields.pop("is_listed")
    assert eve.post(page, data={**fields, "country": ""}).status_code == 303
    session.expire_all()
    assert (made.country, made.is_listed) == ("", False)
    assert post_form(eve, page, action=f"{page}/remove").status_code == 303
    assert number_of(session) == 0
    assert eve.get(page).status_code == 404


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "Enter the name."),
        ({"name": "…"}, "An organisation needs letters or digits in its name."),
        ({"name": "europol"}, "is a name of “Europol” already"),
        ({"name": "New", "other_names": "EUROPOL"}, "is a name of “Europol” already"),
        ({"name": "x" * 301}, "At most 300 characters fit here."),
        ({"name": "New", "other_names": "x" * 301}, "A name holds at most 300 characters."),
        ({"name": "New", "country": "XX"}, "Not a valid choice."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(session: Session, cast: Cast, values: dict[str, str], said: str) -> None:
    make_organisation("Europol")
    answer = post_form(cast.browser_of(cast.eve), f"{HOME}/new", having="name", **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert number_of(session) == 1


def test_two_entries_are_made_one(session: Session, cast: Cast) -> None:
    stays = make_organisation("Europol")
    make_organisation("European Police Office")
    eve, page = cast.browser_of(cast.eve), f"{HOME}/{stays.id}"
    for other, said in (
        ("Eurojust", "No organisation of the directory is called that."),
        ("europol", "the same entry"),
    ):
        refused = post_form(eve, page, action=f"{page}/merge", other=other)
        assert (refused.status_code, said in refused.text) == (422, True)
    assert post_form(eve, page, action=f"{page}/merge", other="european police OFFICE").status_code == 303
    assert number_of(session) == 1
    found = queries.find_organisation(session, "European Police Office")
    assert found is not None
    assert found.name == "Europol"


def test_the_list_is_searched_and_filtered(session: Session, cast: Cast) -> None:
    make_organisation("Europol", short_name="EP", country="NL", sector="police", other_names=["Police Office"])
    make_organisation("Frontex", country="PL", sector="border-customs")
    eve = cast.browser_of(cast.eve)

    def shown(query: str) -> list[bool]:
        page = eve.get(f"{HOME}?{query}").text
        return [">Europol<" in page, ">Frontex<" in page]

    both, first, none = [True, True], [True, False], [False, False]
    assert [shown(query) for query in ("", "q=office+pol", "q=EP", "country=NL", "sector=police", "country=BE")] == [
        both, first, first, first, first, both
    ]  # fmt: skip
    assert [shown(query) for query in ("q=%25", "q=rontex", "q=euro&country=PL", "sector=nonsense&page=x")] == [
        none, none, none, both
    ]  # fmt: skip


def test_the_list_costs_the_same_with_many(session: Session, cast: Cast) -> None:
    eve = cast.browser_of(cast.eve)
    make_organisation("Only one", country="BE")
    with statements() as few:
        eve.get(HOME)
    for number in range(60):
        make_organisation(f"Organisation {number}", country="BE", other_names=[f"O {number}"])
    with statements() as many:
        page = eve.get(HOME).text
    assert len(many) == len(few)
    assert "Page 1 of 2" in page


def send(eve: FlaskClient, content: bytes, name: str = "list.csv") -> str:
    answer = post_form(eve, f"{HOME}/import", having="csrf_token", action="", file=(io.BytesIO(content), name))
    return answer.text


def test_a_list_is_shown_first_and_then_written(session: Session, cast: Cast) -> None:
    make_organisation("Europol")
    eve = cast.browser_of(cast.eve)
    content = 'name;country;listed;other_names\nEUROPOL;nl;;\nFrontex;PL;no;"Border Agency; EBCGA"\n'
    page = send(eve, content.encode())
    assert number_of(session) == 1
    assert "Frontex" in page
    token = form_fields(page.encode(), having="token")
    answer = eve.post(f"{HOME}/import/confirm", data=token)
    assert answer.status_code == 303
    assert eve.post(f"{HOME}/import/confirm", data=token).status_code == 410
    session.expire_all()
    assert {one.name: (one.country, one.is_listed) for one in queries.all_organisations(session)} == {
        "Europol": ("NL", True), "Frontex": ("PL", False)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("label\nx\n", "list.csv, line 1, column “label”: this column is not known"),
        ("country\nBE\n", "list.csv, line 1: the column “name” is missing"),
        ("name\nA\n!\n", "list.csv, line 3, column “name”: an organisation needs letters"),
        ("name,country\nA,Belgium\n", "list.csv, line 2, column “country”: “Belgium” is no ISO 3166 code"),
        ("name,sector\nA,army\n", "list.csv, line 2, column “sector”: “army” is not known"),
        ("name,listed\nA,maybe\n", "list.csv, line 2, column “listed”: “maybe” is not known"),
        ("name\nÉcole\nECOLE\n", "list.csv, line 3, column “name”: this name is in line 2 already"),
        ("name,other_names\nA,Europol\n", "list.csv, line 2, column “other_names”: “Europol” is a name of “Europol”"),
        (f"name\n{'x' * 301}\n", "list.csv, line 2, column “name”: at most 300 characters fit here"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_by_line_and_column(
    session: Session, cast: Cast, content: str, said: str
) -> None:
    make_organisation("Europol")
    assert said in send(cast.browser_of(cast.eve), content.encode())
    assert number_of(session) == 1


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_taken_out_comes_in_again_unchanged(session: Session, cast: Cast, ending: str) -> None:
    make_organisation("=cmd()", short_name="-1", country="BE", sector="ngo", other_names=["A; b", "C"])
    make_organisation("Université", is_listed=False)
    eve = cast.browser_of(cast.eve)
    taken = eve.get(f"{HOME}/organisations.{ending}")
    assert [row.text("listed") for row in read_table(taken.data, "x").rows] == ["yes", "no"]
    assert "there is nothing to do" in send(eve, taken.data, f"list.{ending}")


@pytest.mark.parametrize("who", ["ada", "dee", None])
def test_nobody_else_looks_after_it(session: Session, cast: Cast, client: FlaskClient, who: str | None) -> None:
    number = make_organisation("Europol").id
    browser = cast.browser_of(getattr(cast, who)) if who else client
    paths = [HOME, f"{HOME}/new", f"{HOME}/{number}", f"{HOME}/import", f"{HOME}/organisations.csv"]
    assert [browser.get(path).status_code for path in paths] == [403 if who else 303] * len(paths)


def test_suggestions_are_for_everybody_and_may_be_kept_a_minute(session: Session, client: FlaskClient) -> None:
    make_organisation("Université de Liège", short_name="ULiège", country="BE", sector="research")
    make_organisation("Université Hidden", is_listed=False)
    answer = client.get("/organisations/suggest?q=liege+univ")
    assert answer.json == {
        "organisations": [
            {"name": "Université de Liège", "short_name": "ULiège", "country": "BE", "sector": "research"}
        ]
    }
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    assert [client.get(f"/organisations/suggest?q={words}").json for words in ("u", "", "%25%25")] == [
        {"organisations": []}
    ] * 3
    with statements() as run:
        client.get("/organisations/suggest?q=un")
    assert len(run) == 1


def test_who_asks_without_end_is_told_to_wait(
    session: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "is_on", lambda: True)
    monkeypatch.setattr(limits, "_looks", {})
    with statements() as run:
        answers = [client.get("/organisations/suggest?q=u").status_code for _ in range(1201)]
    assert answers == [200] * 1200 + [429]
    assert run == []


def test_the_registration_form_asks_for_suggestions(session: Session, client: FlaskClient) -> None:
    event = make_event()
    page = client.get(f"/events/{event.slug}/register").text
    assert 'data-organisations="/organisations/suggest"' in page
    assert 'autocomplete="organization"' in page
    assert "js/organisations.js" in page
