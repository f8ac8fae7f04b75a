"""One organisation is one, however it is written: found by all its names, merged without losing any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.community import actions, queries
from eventsys.community.actions import OrganisationValues, values_of
from eventsys.community.errors import MergedWithItself, NameTaken, NameUnreadable
from eventsys.community.models import Organisation, OrganisationAlias
from eventsys.community.tables import ListedOrganisation
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from tests.counting import statements
from tests.factories.community import make_organisation

NOW = clock.now()


def change(organisation: Organisation, **values: object) -> None:
    with transaction() as session:
        found = session.get_one(Organisation, organisation.id)
        actions.change_organisation(session, found, replace(values_of(found), **values), now=NOW)


def merge(stays: Organisation, goes: Organisation) -> None:
    with transaction() as session:
        actions.merge_organisations(
            session, session.get_one(Organisation, stays.id), session.get_one(Organisation, goes.id), now=NOW
        )


def found(session: Session, name: str) -> str | None:
    session.expire_all()
    organisation = queries.find_organisation(session, name)
    return organisation.name if organisation else None


def suggested(session: Session, words: str) -> list[str]:
    return [one.name for one in queries.suggestions(session, words)]


@pytest.mark.parametrize(
    "written",
    ["Université de Liège", "universite de liege", "  UNIVERSITÉ  DE-LIÈGE ", "Universite\u0301 de Lie\u0300ge"],
)
def test_every_spelling_of_a_name_is_the_same_organisation(session: Session, written: str) -> None:
    make_organisation("Université de Liège")
    make_organisation("Université de Liège-Nord")
    assert found(session, written) == "Université de Liège"


def test_what_is_no_name_of_any_is_found_by_none(session: Session) -> None:
    make_organisation("Europol", other_names=["European Police Office"])
    assert [found(session, name) for name in ("", "…", "Euro", "Europol The Hague")] == [None] * 4


def test_a_name_that_is_given_up_goes_on_finding_it(session: Session) -> None:
    organisation = make_organisation("European Police Office", other_names=["Europol unit"])
    change(organisation, name="Europol")
    assert [found(session, name) for name in ("Europol", "european police office", "Europol Unit")] == ["Europol"] * 3
    change(organisation, other_names=[])
    assert [found(session, name) for name in ("Europol", "European Police Office")] == ["Europol", None]


def test_a_name_may_change_to_one_of_its_former_ones_and_back(session: Session) -> None:
    organisation = make_organisation("New name", other_names=["Old name"])
    change(organisation, name="Old name")
    change(organisation, name="New name")
    assert found(session, "old NAME") == "New name"
    assert session.scalar(select(func.count()).select_from(OrganisationAlias)) == 1


def test_a_new_spelling_of_the_same_name_makes_no_alias(session: Session) -> None:
    organisation = make_organisation("Universite de Liege")
    change(organisation, name="Université de Liège")
    assert found(session, "Universite de Liege") == "Université de Liège"
    assert session.scalars(select(OrganisationAlias.name)).all() == []


@pytest.mark.parametrize("values", [{"name": "EUROPOL"}, {"name": "New", "other_names": ["european police office"]}])
def test_a_name_belongs_to_one_organisation_only(session: Session, values: dict[str, object]) -> None:
    make_organisation("Europol", other_names=["European Police Office"])
    with pytest.raises(NameTaken, match="is a name of “Europol” already"), transaction() as writing:
        actions.add_organisation(writing, OrganisationValues(**values), now=NOW)  # type: ignore[arg-type]
    assert session.scalar(select(func.count()).select_from(Organisation)) == 1


def test_a_name_of_signs_alone_is_none(session: Session) -> None:
    with pytest.raises(NameUnreadable), transaction() as writing:
        actions.add_organisation(writing, OrganisationValues(name="…–…"), now=NOW)


def test_after_a_merge_all_names_find_the_one_that_stays(session: Session) -> None:
    stays = make_organisation("Joint Research Centre", country="IT")
    goes = make_organisation("JRC Ispra", short_name="JRC", country="BE", sector="research", other_names=["CCR"])
    merge(stays, goes)
    assert [found(session, name) for name in ("Joint Research Centre", "jrc ispra", "CCR")] == [
        "Joint Research Centre"
    ] * 3
    kept = session.scalars(select(Organisation)).one()
    # What was not known is taken over; what was known stays.
    assert (kept.short_name, kept.country, kept.sector) == ("JRC", "IT", "research")
    assert suggested(session, "jrc") == ["Joint Research Centre"]
    fact = session.scalars(select(Fact).where(Fact.kind == "organisation.merged")).one()
    assert (fact.subject_id, fact.data["merged"], fact.data["merged_key"]) == (stays.id, "JRC Ispra", "jrc ispra")


def test_nothing_is_merged_with_itself(session: Session) -> None:
    one = make_organisation()
    with pytest.raises(MergedWithItself):
        merge(one, one)
    assert found(session, one.name) == one.name


def test_people_are_counted_by_the_directory_and_else_by_the_folded_name(session: Session) -> None:
    merge(make_organisation("Joint Research Centre"), make_organisation("JRC"))
    names = ["JRC", "joint research centre", "Jrc ", "Fraunhofer IAIS", "FRAUNHOFER-IAIS", ""]
    centre, other = "joint research centre", "fraunhofer iais"
    assert [queries.organisation_key(session, name) for name in names] == [centre, centre, centre, other, other, ""]
    with statements() as run:
        assert queries.organisation_keys(session, names) == dict(
            zip(names, [centre, centre, centre, other, other, ""], strict=True)
        )
    assert len(run) == 1


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("univ", ["University of Oosterveen", "Universität Weserland"]),
        ("weserland universitat", ["Universität Weserland"]),
        ("UNIV wes", ["Universität Weserland"]),
        ("uniwes", []),
        ("TNO", ["Netherlands Organisation for Applied Scientific Research"]),
        ("applied", ["Netherlands Organisation for Applied Scientific Research"]),
        ("%", []),
        ("_niv", []),
        ("Хар", ["Харківський інститут"]),
        ("Kharkiv", ["Харківський інститут"]),
    ],
)  # fmt: skip
def test_words_are_found_by_how_they_begin_in_any_order(session: Session, typed: str, names: list[str]) -> None:
    make_organisation("Universität Weserland")
    make_organisation("University of Oosterveen")
    make_organisation("Netherlands Organisation for Applied Scientific Research", short_name="TNO")
    make_organisation("Харківський інститут")
    make_organisation("Universität Hidden", is_listed=False)
    assert sorted(suggested(session, typed)) == sorted(names)


def test_what_begins_so_comes_first_and_eight_are_enough(session: Session) -> None:
    for number in range(9):
        make_organisation(f"Ministry number {number} of Fire")
    make_organisation("Fire and Rescue Service Delfwijk")
    make_organisation("Institute of Fire Research", short_name="FIRE")
    assert suggested(session, "fire")[:2] == ["Institute of Fire Research", "Fire and Rescue Service Delfwijk"]
    assert len(suggested(session, "fire")) == 8


def listed(line: int, name: str, **values: object) -> ListedOrganisation:
    standard: dict[str, object] = {"short_name": "", "country": "", "sector": "", "is_listed": None, "other_names": ()}
    return ListedOrganisation(line=line, name=name, **(standard | values))  # type: ignore[arg-type]


def brought(*rows: ListedOrganisation) -> dict[str, int]:
    with transaction() as session:
        return dict(actions.bring_in(session, rows, now=NOW).counts)


def test_a_list_adds_and_completes_and_empties_nothing(session: Session) -> None:
    make_organisation("Europol", country="NL", sector="eu-institution", is_listed=False)
    rows = [
        listed(2, "EUROPOL", short_name="EP", other_names=("European Police Office",)),
        listed(3, "Frontex", country="PL"),
    ]
    assert brought(*rows) == {"added": 1, "changed": 1}
    assert brought(*rows) == {"unchanged": 2}
    session.expire_all()
    europol = queries.find_organisation(session, "European Police Office")
    assert europol is not None
    assert (europol.name, europol.short_name, europol.country, europol.is_listed) == ("Europol", "EP", "NL", False)


def test_a_list_that_gives_a_name_away_twice_is_refused_by_its_line(session: Session) -> None:
    make_organisation("Europol")
    with pytest.raises(NameTaken) as refusal:
        brought(listed(2, "Frontex"), listed(3, "Eurojust", other_names=("europol",)))
    assert (refusal.value.details["line"], refusal.value.field) == (3, "other_names")
    assert session.scalars(select(Organisation.name)).all() == ["Europol"]


def count(work: Callable[[], object]) -> int:
    with statements() as run:
        work()
    return len([statement for statement in run if statement.startswith("SELECT")])


def test_a_long_list_asks_no_more_than_a_short_one(session: Session) -> None:
    few = count(lambda: brought(listed(2, "Number 1", other_names=("No 1",))))
    many = count(lambda: brought(*(listed(n, f"Organisation {n}", other_names=(f"O {n}",)) for n in range(2, 32))))
    assert many == few + 1
    assert count(lambda: brought(*(listed(n, f"Organisation {n}", sector="ngo") for n in range(2, 32)))) == many
