"""Badge designs in the event file and in clones: the same comes out that went in, with its pictures."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.badges import carrying, pictures
from eventsys.badges.designs import built_in, read_design, said_design
from eventsys.badges.models import BadgeDesign
from eventsys.events.models import Event
from eventsys.events.queries import find_event
from eventsys.exchange import actions
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.tables import FileRefused
from tests.factories.exchange import as_json, bring, example, taken_out


def a_picture(format: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.effect_noise((90, 60), 80).convert("RGB").save(out, format)
    return out.getvalue()


def shown(picture: str) -> dict[str, Any]:
    """A design that shows a picture."""
    document = said_design(built_in("a6"))
    document["sides"]["back"] = [
        {"id": "logo", "kind": "image", "x": 5, "y": 5, "width": 30, "height": 20, "image": picture}
    ]
    return said_design(read_design(document))


def badges(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"is_default": False} | entry for entry in entries]


def its(session: Session, slug: str) -> list[BadgeDesign]:
    session.rollback()
    query = select(BadgeDesign).join(Event, Event.id == BadgeDesign.event_id).where(Event.slug == slug)
    return list(session.scalars(query.order_by(BadgeDesign.key)))


def test_designs_and_pictures_come_out_as_they_came_in(session: Session) -> None:
    bring(example())
    event = find_event(session, "ceris-fct-2026")
    assert event is not None
    logo = pictures.keep(event.id, a_picture()).id
    entries = badges(
        {"key": "card", "name": "Card", "is_default": True, "design": shown(logo)},
        {"key": "sheet", "name": "Sheet", "design": said_design(built_in("labels"))},
    )
    summary = bring(example(status="draft", badges=entries))
    assert (summary.badges.added, summary.notes) == (2, [])
    out = json.loads(taken_out("ceris-fct-2026"))
    inside = out["badges"][0].pop("pictures")
    assert (out["badges"], list(inside)) == (entries, [logo])
    # Its own export changes nothing, also where a JPEG made anew would be another one.
    again = bring(taken_out("ceris-fct-2026"))
    assert (again.badges.unchanged, again.has_changed) == (2, False)
    # Elsewhere it is made anew, shown by the same elements, and from then on stays as it is.
    elsewhere = out | {"slug": "elsewhere", "badges": [out["badges"][0] | {"pictures": inside}, out["badges"][1]]}
    bring(as_json(elsewhere))
    [card, _sheet] = its(session, "elsewhere")
    [element] = card.design["sides"]["back"]
    with Image.open(BytesIO(pictures.read(card.event_id, element["image"]))) as image:
        assert (image.format, image.size) == ("JPEG", (90, 60))
    assert (bring(taken_out("elsewhere")).has_changed, bring(as_json(elsewhere)).has_changed) == (False, False)


def test_a_newer_file_changes_and_removes_designs_and_moves_the_default(session: Session) -> None:
    small, large = said_design(built_in("a7")), said_design(built_in("a6"))
    first = badges(
        {"key": "a", "name": "A", "is_default": True, "design": small}, {"key": "b", "name": "B", "design": small}
    )
    bring(example(badges=first))
    assert bring(example()).badges.changed == 0
    newer = badges(
        {"key": "a", "name": "A", "design": small}, {"key": "c", "name": "C", "is_default": True, "design": large}
    )
    summary = bring(example(badges=newer))
    assert (summary.badges.added, summary.badges.updated, summary.badges.withdrawn) == (1, 1, 1)
    assert [(one.key, one.is_default) for one in its(session, "ceris-fct-2026")] == [("a", False), ("c", True)]
    assert (bring(example(badges=[])).badges.withdrawn, its(session, "ceris-fct-2026")) == (2, [])


def test_a_picture_that_is_not_in_the_file_is_told(session: Session) -> None:
    [entry] = badges({"key": "card", "name": "Card", "design": shown("0" * 32)})
    assert bring(example(status="draft", badges=[entry])).notes == [
        "1 picture of the badge designs is not in the file: choose it again in the designer"
    ]


def test_what_is_more_than_a_file_holds_is_left_out(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(example())
    event = find_event(session, "ceris-fct-2026")
    assert event is not None
    logo = pictures.keep(event.id, a_picture()).id
    bring(example(badges=badges({"key": "card", "name": "Card", "design": shown(logo)})))
    monkeypatch.setattr(carrying, "MOST_PICTURES", 100)
    assert "pictures" not in json.loads(taken_out("ceris-fct-2026"))["badges"][0]


WRONG: list[tuple[Any, str]] = [
    ({}, "badges: this must be a list"),
    ([{"key": "a", "name": "A"}], "badges[0]: “design” is missing"),
    ([{"key": "a", "name": "A", "design": {}, "desing": 1}], "badges[0].desing: “desing” is not known here"),
    ([{"key": "a", "name": "A", "design": {}}], "badges[0]: version: must be 1"),
    ([{"key": "a6", "name": "A", "design": {}}], "badges[0].key: “a6” is the name of a format"),
    ([{"key": "a b", "name": "A", "design": {}}], "badges[0].key: “a b” cannot be a key"),
    ([{"key": "a", "name": " ", "design": {}}], "badges[0]: name: this must be a text that is not empty"),
    ([{"key": "a", "name": "A", "design": "D", "pictures": {"x": "eA=="}}], "this must be pictures by their ids"),
    ([{"key": "a", "name": "A", "design": "D", "pictures": {"0" * 32: "eA=="}}], "This is no picture"),
    ([{"key": "a", "name": "A", "design": "D", "is_default": 1}], "is_default: this must be true or false"),
    ([{"key": k, "name": "A", "design": "D", "is_default": True} for k in "ab"], "badges[1].is_default: another"),
    ([{"key": "a", "name": "A", "design": "D"}] * 2, "badges[1].key: the key “a” is there twice"),
]


@pytest.mark.parametrize(("content", "told"), WRONG)
def test_what_is_wrong_is_refused_by_its_place_and_changes_nothing(session: Session, content: Any, told: str) -> None:
    whole = said_design(built_in("a6"))
    if isinstance(content, list):
        content = [entry | ({"design": whole} if entry.get("design") == "D" else {}) for entry in content]
    with pytest.raises(FileRefused) as refused:
        bring(example(badges=content))
    assert told in str(refused.value)
    assert session.scalar(select(func.count()).select_from(BadgeDesign)) == 0


def test_a_clone_brings_designs_and_pictures_of_its_own(session: Session) -> None:
    bring(example())
    event = find_event(session, "ceris-fct-2026")
    assert event is not None
    logo = pictures.keep(event.id, a_picture()).id
    bring(example(badges=badges({"key": "card", "name": "Card", "is_default": True, "design": shown(logo)})))
    with transaction() as writing:
        source = find_event(writing, "ceris-fct-2026")
        assert source is not None
        actions.clone_event(writing, source, slug="next", title="Next", first_day=date(2027, 5, 4), now=clock.now())
    [copy], [card] = its(session, "next"), its(session, "ceris-fct-2026")
    assert (copy.name, copy.design, copy.is_default) == (card.name, card.design, True)
    assert (copy.event_id != card.event_id, pictures.read(copy.event_id, logo)) == (True, pictures.read(event.id, logo))
