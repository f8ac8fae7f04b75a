"""The columns of an agenda table: their names, what else people call them, and what to write in them."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from eventsys.kernel.text import search_key


@dataclass(frozen=True)
class Column:
    """`name` is what we write; `also` is what we understand as well, folded for search."""

    name: str
    also: tuple[str, ...]
    words: object
    example: str = ""
    width: int = 16


COLUMNS = (
    Column(
        "key",
        ("id", "code"),
        _l(
            "Leave empty: it is made from the title. An export fills it in, so that a changed "
            "title stays the same session."
        ),
        "",
        22,
    ),
    Column(
        "day",
        ("date", "jour", "tag", "datum"),
        _l("2026-12-03 or 3/12/2026 (day first) or “Day 1”. Empty: the day of the row above."),
        "2026-12-03",
        12,
    ),
    Column(
        "start",
        ("starts", "from", "begin", "begins", "time", "start time", "debut", "beginn", "von"),
        _l("9:30, 09.30 or 9h30, in the event's zone. Empty only in the row of a talk."),
        "9:30",
        8,
    ),
    Column(
        "end",
        ("ends", "to", "until", "end time", "fin", "ende", "bis"),
        _l("As start. Before the start: the next morning. Or give a duration instead."),
        "10:15",
        8,
    ),
    Column(
        "duration",
        ("minutes", "min", "length", "duree", "dauer"),
        _l("Minutes (45) or hours and minutes (1:30), where there is no end."),
        "",
        9,
    ),
    Column(
        "room",
        ("place", "location", "salle", "raum", "saal"),
        _l("The room's name; a new name makes a new room. Empty: for everybody, no room."),
        "Plenary hall",
        18,
    ),
    Column("track", ("strand", "topic", "parcours"), _l("The track's name; a new name makes a new track."), "", 18),
    Column(
        "kind",
        ("type", "format", "session type", "art"),
        _l(
            "opening, keynote, panel, talks, breakout, workshop, demonstration, poster, visit, "
            "break, meal, social or closing. “talk” (without a start) is one talk of the session "
            "above."
        ),
        "panel",
        14,
    ),
    Column(
        "title",
        ("session", "name", "session title", "titre", "titel"),
        _l("What it is called. Every row needs one."),
        "From pilots to practice",
        40,
    ),
    Column("subtitle", ("sub title", "sous titre", "untertitel"), _l("A second line, when there is one."), "", 24),
    Column(
        "abstract",
        ("description", "summary", "resume", "beschreibung"),
        _l("As many lines as you like; markdown is understood."),
        "",
        50,
    ),
    Column(
        "people",
        ("speakers", "speaker", "persons", "who", "intervenants", "referenten"),
        _l(
            "Name (Affiliation) – role; Name (Affiliation) – role. Roles: chair, moderator, "
            "keynote, panellist, presenter, rapporteur, facilitator, interpreter, host."
        ),
        "Ioanna Papadaki (KEMEA) – chair; Jan Novák – panellist",
        50,
    ),
    Column(
        "talks",
        ("presentations", "contributions", "vortrage", "exposes"),
        _l("One talk a line: Title | minutes | project | people. Or give each talk a row of its own."),
        "",
        40,
    ),
    Column("project", ("projet", "projekt"), _l("Of a talk: the project it reports on."), "", 16),
    Column("language", ("lang", "langue", "sprache"), _l("A language tag such as en or fr."), "en", 10),
    Column("status", ("state", "etat"), _l("tentative, confirmed or cancelled. Empty: confirmed."), "", 12),
    Column("seats", ("capacity", "places", "platze"), _l("How many can take part, when that is limited."), "", 8),
)
NAMES = tuple(column.name for column in COLUMNS)
_BY_WORD = {word: column.name for column in COLUMNS for word in (column.name, *column.also)}


def column_called(heading: str) -> str | None:
    """The column that a heading means."""
    return _BY_WORD.get(search_key(heading))
