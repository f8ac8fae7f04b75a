"""Whom a volunteer means, found on the device: any order, any script, a slip of the fingers, among twenty thousand."""

from __future__ import annotations

import random
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from eventsys.kernel.text import search_key

CAST = (
    "Γιώργος Παπαδόπουλος|Κέντρο Μελετών Ασφάλειας", "Ioanna Papadaki|Hellenic Centre for Security Studies",
    "Никита Хрущёв|", "Игорь Щербаков|МЧС России", "Jürgen Müller|Bundespolizei", "Łukasz Wójcik|Komenda Stołeczna",
    "Søren Kierkegård|Beredskabsstyrelsen", "Nguyễn Văn Đức|", "王小明|清华大学", "محمد بن سلمان|", "أحمد يوسف|",
    "김철수|", "Shane O'Neill|An Garda Síochána", "Pieter van der Berg|Politie", "Jean-Pierre Lefèvre|Ville de Liège",
    "Александр Кузнецов|", "Χρήστος Μπακογιάννης|", "Ευάγγελος Βενιζέλος|", "Юлия Соколова|", "Đorđe Đorđević|",
    "İbrahim Çelik|AFAD", "Björk Guðmundsdóttir|Almannavarnir", "Κωνσταντίνος Ντούσκος|", "דוד שלום|",
    "Ana María Núñez|Universidad de Granada", "ნინო ბერიძე|", "प्रिया शर्मा|", "สมชาย ใจดี|", "Þórður Ægisson|",
    "Zoë d’Hulst|Vrije Universiteit", "Ștefan Țepeș|", "Đặng Thị Hạnh|", "Grzegorz Brzęczyszczykiewicz|Policja",
    "박지성|", "정은경|", "이영희|한국경찰", "최우식|", "たなか じゅん|", "サトウ ユウキ|",
    "はっとり きょうこ|", "大野しょうたろう|",
    "ジェニファー ティール|", "鈴木美咲|", "노현주|", "곽도훈|",
)  # fmt: skip

# What is typed, and who is meant.
MEANT = (
    ("papadopoulos", 0), ("papadopulos", 0), ("Papadopoylos", 0), ("Παπαδοπουλος", 0), ("παπαδόπουλος γιώργος", 0),
    ("giorgos pap", 0), ("papadopuolos", 0), ("papadaki", 1), ("hellenic papad", 1), ("papdaki ioanna", 1),
    ("Khrushchev", 2), ("chruschtschow", 2), ("Shcherbakov", 3), ("Scherbakov", 3), ("Schtscherbakow", 3),
    ("Щербаков", 3), ("sherbakov igor", 3), ("mueller", 4), ("muller", 4), ("müler", 4), ("jurgen m", 4),
    ("bundespolizei muller", 4), ("lukasz", 5), ("Łuk", 5), ("wojcik lukas", 5), ("soeren", 6), ("sören", 6),
    ("soren kierkegaard", 6), ("nguyen van duc", 7), ("Nguyễn", 7), ("wang xiaoming", 8), ("小明", 8), ("xiaoming", 8),
    ("qinghua", 8), ("mohammed", 9), ("muhammad salman", 9), ("محمد", 9), ("ahmed yousef", 10), ("kim", 11),
    ("김철", 11), ("chulsoo", 11), ("kim chul soo", 11), ("cheolsu", 11), ("park", 33), ("park ji sung", 33),
    ("jiseong", 33),
    ("박지", 33), ("eunkyung", 34), ("eun gyeong", 34), ("chung eun", 34), ("lee younghee", 35), ("yi yeonghui", 35),
    ("영희", 35), ("hanguk gyeongchal", 35), ("choi woosik", 36), ("choi usik", 36), ("tanaka jun", 37), ("たなか", 37),
    ("タナカ", 37),
    ("じゅん", 37), ("sato yuki", 38), ("satou yuuki", 38), ("satoh", 38), ("hattori kyoko", 39), ("kyouko", 39),
    ("ハットリ", 39),
    ("shotaro", 40), ("大野", 40), ("jenifa", 41), ("鈴木", 42), ("美咲", 42), ("roh hyunju", 43), ("hyeonju", 43),
    ("kwak", 44), ("dohoon", 44),
    ("oneill", 12), ("o'neill", 12), ("o neil", 12), ("vanderberg", 13), ("van den berg", 13), ("berg pieter", 13),
    ("jeanpierre", 14), ("lefevre", 14), ("lefebre", 14), ("kuznetsov", 15), ("kusnezow alexander", 15),
    ("bakogiannis", 16), ("mpakogiannis", 16), ("bakoyannis", 16), ("hristos bako", 16), ("evangelos", 17),
    ("venizelos", 17), ("yulia", 18), ("julia sokolova", 18), ("djordjevic", 19), ("dordevic", 19), ("celik", 20),
    ("ibrahim celik afad", 20), ("gudmundsdottir", 21), ("gudmunsdottir", 21), ("douskos", 22), ("ntouskos", 22),
    ("shalom david", 23), ("שלום", 23), ("nunez ana", 24), ("granada nunez", 24), ("beridze", 25), ("priya", 26),
    ("somchai", 27), ("thordur aegisson", 28), ("aegison", 28), ("dhulst", 29), ("zoe", 29), ("stefan tepes", 30),
    ("dang thi hanh", 31), ("brzeczyszczykiewicz", 32), ("bzreczyszczykiewicz", 32),
)  # fmt: skip
# Among thousands a dozen others are meant as well.
AMBIGUOUS = {"jurgen m", "Łuk", "park", "鈴木", "美咲"}

GIVEN = """Anna Maria Jan Piotr Elena Sofia Lukas Marta Nikos Giulia Pedro Chloé Jürgen Åsa Øystein Zdeněk Łucja
    Mihály Ελένη Δημήτρης Κώστας Анна Дмитрий Ольга Сергей فاطمة علي 李 伟 美咲 민준"""
FAMILY = """Schmidt Novák Nowak Rossi Silva García Dubois Jansen Andersson Hansen Kovács Popescu Horvat Ivanova
    Petrov Παππάς Νικολάου Οικονόμου Смирнов Попова Лебедев حسن إبراهيم 王 鈴木 박 Özdemir Çağlar Bērziņš Žukauskas"""
HOUSES = ("Polizia di Stato", "Bundesamt für Bevölkerungsschutz", "Κέντρο Μελετών", "МЧС", "Ville de Namur", "TU Delft")


def crowd(size: int) -> list[dict[str, Any]]:
    """People whose names repeat as real ones do, each family name with an ending of its own."""
    drawn = random.Random(7)
    given, family = GIVEN.split(), FAMILY.split()
    ends = ["", "", "ová", "son", "-Rossi", "escu", "ski", "idis", "enko"]
    made = []
    for number in range(size):
        last = drawn.choice(family) + drawn.choice(ends) + drawn.choice("aeiouklmnrst") + drawn.choice("aeiou")
        house = f"{drawn.choice(HOUSES)} {drawn.randint(1, 400)}"
        state = drawn.choice(["confirmed", "confirmed", "confirmed", "waiting"])
        made.append(
            {"id": 1000 + number, "name": f"{drawn.choice(given)} {last}", "organisation": house, "state": state}
        )
    return made


def people() -> list[dict[str, Any]]:
    split = [line.split("|") for line in CAST]
    return [
        {"id": n, "name": name, "organisation": house, "state": "confirmed"} for n, (name, house) in enumerate(split)
    ]


BUILD = """async (people) => {
  const { NameIndex } = await import('/static/js/checkin/search.js');
  window.names = new NameIndex();
  await window.names.take(new Map(people.map((person) => [person.id, person])));
}"""
FIND = "(asked) => asked.map((words) => window.names.find(words).map(({person}) => person.id))"


@pytest.fixture
def page_with_names(context: BrowserContext, server: str) -> Page:
    page = context.new_page()
    page.goto(f"{server}/healthz")
    return page


def test_whoever_is_meant_comes_first_however_the_name_is_typed(page_with_names: Page) -> None:
    page_with_names.evaluate(BUILD, people())
    found = page_with_names.evaluate(FIND, [typed for typed, _who in MEANT])
    first = [(typed, ids[0] if ids else None) for (typed, _who), ids in zip(MEANT, found, strict=True)]
    assert first == list(MEANT)


def test_the_same_people_are_found_among_twenty_thousand(page_with_names: Page) -> None:
    page_with_names.evaluate(BUILD, crowd(20_000) + people())
    found = page_with_names.evaluate(FIND, [typed for typed, _who in MEANT])
    lost = [typed for (typed, who), ids in zip(MEANT, found, strict=True) if who not in ids and typed not in AMBIGUOUS]
    assert lost == []
    assert max(map(len, found)) == 12


def test_exact_comes_before_a_beginning_before_a_slip_and_the_confirmed_first(page_with_names: Page) -> None:
    names = ["Anna Bergman", "Anna Berk", "Anna Berg", "Anna Berg", "Anna Bergh"]
    states = ["confirmed", "confirmed", "waiting", "confirmed", "confirmed"]
    known = [{"id": n, "name": name, "organisation": "", "state": state}
             for n, (name, state) in enumerate(zip(names, states, strict=True))]  # fmt: skip
    page_with_names.evaluate(BUILD, known)
    assert page_with_names.evaluate(FIND, ["anna berg"]) == [[3, 2, 4, 0, 1]]
    # Of three letters none is a slip, of many only two are.
    assert page_with_names.evaluate(FIND, ["anx", "bergmxyz", "xqz", ""]) == [[], [], [], []]


def test_what_changes_is_found_as_it_is_now(page_with_names: Page) -> None:
    page_with_names.evaluate(BUILD, people())
    known = people()
    known[1]["name"] = "Ioanna Zoumboulaki"
    page_with_names.evaluate("async (people) => window.names.take(people)", known[:3])
    assert page_with_names.evaluate(FIND, ["papadaki", "zoumbou", "mueller", "khrushchev"]) == [[], [1], [], [2]]


def test_parts_that_answer_are_marked(page_with_names: Page) -> None:
    page_with_names.evaluate(BUILD, people())
    marks = "(words) => window.names.find(words).slice(0, 1).map(({name, organisation}) => [name, organisation])"
    assert page_with_names.evaluate(marks, "mull bundes") == [[[[7, 11]], [[0, 6]]]]
    assert page_with_names.evaluate(marks, "papadopoulos") == [[[[8, 20]], []]]


def test_names_are_folded_as_the_server_folds_them(page_with_names: Page) -> None:
    texts = [name for line in CAST for name in line.split("|")] + [
        "Straße ﬁn Ⅷ ½",
        "ẞ ǅ Ǆ ŉ",
        "a\u0301\u0328 e\u0301",
        "Ω Å K",
    ]
    folded = page_with_names.evaluate(
        """async (texts) => { const { loadScripts, searchKey } = await import('/static/js/checkin/folding.js');
        await loadScripts(); return texts.map(searchKey); }""",
        texts,
    )
    assert folded == [search_key(text) for text in texts]
