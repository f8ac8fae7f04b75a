"""Invented people of all parts of Europe and its neighbours, and the invented places they come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eventsys.community.models import Sector


@dataclass(frozen=True)
class Country:
    """One country and script: how often somebody comes from there, and what people and places are called."""

    code: str
    weight: int
    given: tuple[str, ...]
    family: tuple[str, ...]
    places: tuple[str, ...]


def _country(line: str) -> Country:
    code, weight, given, family, places = (part.strip() for part in line.split("|"))
    lists = [tuple(word.strip() for word in part.split(",")) for part in (given, family, places)]
    return Country(code, int(weight), *lists)


COUNTRIES = tuple(
    _country(line)
    for line in Path(__file__).with_name("names.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)

# How often somebody of a sector comes, and what their organisations are called; `{place}` is of their country.
SECTORS: dict[Sector, tuple[int, tuple[str, ...]]] = {
    Sector.EU_INSTITUTION: (
        8,
        (
            "EU institution, policy unit",
            "EU agency, innovation laboratory",
            "EU agency, training department",
            "EU body for research management",
        ),
    ),
    Sector.POLICY: (
        11,
        (
            "Ministry of the Interior",
            "Ministry of Justice",
            "Ministry of Civil Protection",
            "Government Office for Crisis Preparedness",
        ),
    ),
    Sector.POLICE: (
        16,
        ("Police {place}", "Criminal Investigation Office {place}", "Transit Police {place}", "Police Academy {place}"),
    ),
    Sector.FIRE_RESCUE: (
        10,
        ("Fire and Rescue Service {place}", "Civil Protection {place}", "Ambulance Service {place}"),
    ),
    Sector.BORDER_CUSTOMS: (
        7,
        ("Border Guard District {place}", "Customs Laboratory {place}", "Coast Guard Station {place}"),
    ),
    Sector.RESEARCH: (
        18,
        (
            "University of {place}",
            "{place} Institute of Technology",
            "Centre for Resilience Studies {place}",
            "Forensic Laboratory {place}",
        ),
    ),
    Sector.INDUSTRY: (12, ("{place} Sensors", "{place} Robotics", "{place} Secure Networks", "{place} Barrier Works")),
    Sector.NGO: (
        6,
        ("Victim Support {place}", "Volunteers for Resilience {place}", "Forum for Safer Neighbourhoods {place}"),
    ),
    Sector.LOCAL_AUTHORITY: (
        9,
        ("City of {place}", "Region of {place}", "Municipality of {place}, Prevention Service"),
    ),
    Sector.CONSULTANCY: (4, ("{place} Risk Advisory", "Studio for Public Safety {place}")),
    Sector.MEDIA: (2, ("{place} Courier", "Radio {place}")),
    Sector.PUBLIC: (2, ("",)),
}

PROJECTS = (
    "SAFE-CITIES", "PACTESUR", "TRACY", "PRoTECT", "IcARUS", "RiskPACC", "LINKS", "ENGAGE", "EURMARS", "METICOS",
    "ALUNA", "BAG-INTEL", "CYCLOPES", "NOTIONES", "STARLIGHT", "PROACTIVE",
)  # fmt: skip
NEEDS = (
    "A step-free way from the entrance, please.",
    "I read lips: a seat in front helps.",
    "Induction loop.",
    "I bring a guide dog.",
    "Sign language interpretation, if there is any.",
)
WISHES = (
    "Who pays for translation when there is no time?",
    "How do you warn people who are asleep?",
    "Please say something about false alarms.",
)
CASES = (
    "Forty kilos behind a false wall: how the dog, the scanner and the driver's story came together.",
    "A laboratory in a rented garage. Neighbours smelled it for weeks; nobody knew whom to call.",
    "We read chats of a closed market for a year and found that prices fall on Sundays.",
    "Parcels with a wrong sender: two offices, one list, and what the law lets us share.",
    "A sensor in the sewer of a festival, and what it told doctors the same night.",
)
