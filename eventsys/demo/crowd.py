"""Who comes to the demo's events: the same invented people whenever the same seed asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from eventsys.community.models import Sector
from eventsys.demo.names import CASES, COUNTRIES, NEEDS, PROJECTS, SECTORS, WISHES, Country
from eventsys.kernel.text import search_key
from eventsys.registration.entries import NewEntry
from eventsys.registration.models import Mode, Question, QuestionType, RegistrationType
from eventsys.registration.rules import consent_text, is_consent, text_hash

# Answers to the free questions of the demo's forms: how many people in a hundred answer, and with what.
_SAID = {"project": (100, PROJECTS), "access": (3, NEEDS), "ask": (6, WISHES), "case": (100, CASES)}
_LANGUAGES = {"FR": "fr", "DE": "de", "AT": "de"}

# What a name of a service or house says of its sector, looked for in this order.
_TOLD = (
    (Sector.EU_INSTITUTION, ("Directorate for", "Research Executive")),
    (Sector.POLICY, ("Ministry",)),
    (Sector.LOCAL_AUTHORITY, ("City of", "Municipality", "Comune", "Câmara", "Region", "Fédération", "Agence")),
    (Sector.BORDER_CUSTOMS, ("Border", "Coast Guard", "Customs", "Search and Rescue Coordination")),
    (Sector.POLICE, ("Police",)),
    (Sector.FIRE_RESCUE, ("Fire", "Rescue", "Emergency", "Disaster", "Protezione", "Volunteer")),
    (Sector.NGO, ("Victims", "Network", "Forum", "Platform")),
    (Sector.INDUSTRY, ("Systems", "UAB", "Mobility", "Port Authority", "Consorzio", "Freelance", "Venue")),
)


def sector_of(organisation: str) -> str:
    """The sector that the name of an organisation tells; most others of the programme do research."""
    for sector, words in _TOLD:
        if any(word in organisation for word in words):
            return str(sector)
    return str(Sector.RESEARCH)


class Crowd:
    """An endless row of people, each with an address of their own."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)
        self._addresses: set[str] = set()

    def entry(
        self,
        mode: Mode,
        questions: Sequence[Question] = (),
        *,
        privacy_text: str = "",
        type: RegistrationType = RegistrationType.PARTICIPANT,
    ) -> NewEntry:
        """The next person, as the form would give them. Nobody is mailed."""
        country = self._random.choices(COUNTRIES, [each.weight for each in COUNTRIES])[0]
        given, family = self._random.choice(country.given), self._family(country)
        sector = self._sector(type)
        organisation = self._organisation(sector, country)
        answers = dict(self._answers(questions, country))
        return NewEntry(
            first_name=given,
            last_name=family,
            email=self._address(given, family),
            organisation=organisation,
            country=country.code,
            sector=str(sector),
            mode=mode,
            type=type,
            language=_LANGUAGES.get(country.code, "en"),
            answers=answers,
            consents={one.id: consent_text(one) for one in questions if is_consent(one) and answers.get(one.id)},
            privacy_text_hash=text_hash(privacy_text) if privacy_text else "",
            privacy_text=privacy_text,
            is_mailed=False,
        )

    def _family(self, country: Country) -> str:
        """Some carry two names."""
        first, second = self._random.sample(country.family, 2)
        is_double = self._random.random() < 0.08 and first.isalpha() and second.isalpha()
        return f"{first}-{second}" if is_double else first

    def _sector(self, type: RegistrationType) -> Sector:
        if type == RegistrationType.PRESS:
            return Sector.MEDIA
        return self._random.choices(list(SECTORS), [weight for weight, _names in SECTORS.values()])[0]

    def _organisation(self, sector: Sector, country: Country) -> str:
        names = SECTORS[sector][1]
        return self._random.choice(names).format(place=self._random.choice(country.places))

    def _address(self, given: str, family: str) -> str:
        name = ".".join(search_key(part).replace(" ", "-") for part in (given, family))
        number, address = 1, f"{name}@example.org"
        while address in self._addresses:
            number += 1
            address = f"{name}.{number}@example.org"
        self._addresses.add(address)
        return address

    def _answers(self, questions: Sequence[Question], country: Country) -> Iterator[tuple[int, Any]]:
        """What the person says, to what they are asked."""
        said: dict[str, Any] = {}
        for question in questions:
            is_asked = not question.depends_on or said.get(question.depends_on) in question.depends_values
            if is_asked and not question.is_internal and (value := self._answer(question, country)) is not None:
                said[question.key] = value
                yield question.id, value

    def _answer(self, question: Question, country: Country) -> Any:
        if question.type == QuestionType.CHOICE:
            return self._choice(question.choices) if self._random.random() < (question.is_required or 0.7) else None
        if question.type == QuestionType.STATEMENT:
            return self._random.random() < 0.6 or None
        if question.type == QuestionType.COUNTRY:
            return country.code
        percent, said = _SAID.get(question.key, (0, ("",)))
        return self._random.choice(said) if self._random.randrange(100) < percent else None

    def _choice(self, choices: list[str]) -> str:
        """What stands first is chosen most."""
        return self._random.choices(choices, [6, *[2] * (len(choices) - 1)])[0]
