"""Names that have broken badges: long, bidirectional, combining, without spaces, full of another notation's signs."""

from __future__ import annotations

from eventsys.badges.faces import BadgeFace

LONG = (
    "Maria del Carmen Fernández-Villaverde y Rodríguez de la Fuente, Countess of Somewhere Very Far "
    "and of a Long Named Estate"
)
ONE_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

NAMES = (
    "Ioanna Papadaki",
    "Li Wu",
    "O",
    "Grzegorz Brzęczyszczykiewicz",
    "Ελένη Παπαδοπούλου-Κωνσταντινίδου",
    "Владимир Константинович Преображенский",
    "محمد عبد الله الحسيني",
    "عبدالرحمن بن محمد بن عبدالعزيز آل سعود الكبير من المدينة المنورة",
    "דוד בן־גוריון",
    "שָׁלוֹם עֲלֵיכֶם",
    "محمد Smith-الحسيني",
    "山田 太郎",
    "王小明",
    "欧阳锋欧阳锋欧阳锋欧阳锋欧阳锋欧阳锋欧阳锋欧阳锋欧阳锋",
    "김민수",
    "アレクサンドラ・イヴァーノヴナ・コンスタンティノポリスカヤ",
    "Nguyễn Thị Ánh Nguyệt",
    "Z\u0301oe\u0308 A\u0308\u030b\u030c\u0331\u0327",
    "a" + "\u0301" * 60,
    "प्रिया श्रीवास्तव",
    "გიორგი მარგველაშვილი",
    "🎉 Zoë 👩\u200d🚀 O’Brien 🇪🇺",
    "👍🏽",
    "#let {x} = $a$ *b* _c_ \\n <tag> @ref `raw` //",
    '"); #panic("no") (12 0 R) /Type/Page',
    "=Heading\n- item\t+ one",
    "\u202eevil \u2066isolated\u2069",
    "W" * 60,
    "M" * 120,
    " ".join(["Wm"] * 40),
    LONG,
    ONE_WORD,
    f"Anna {ONE_WORD}",
)

EU_LISA = (
    "European Union Agency for the Operational Management of Large-Scale IT Systems in the Area of Freedom, "
    "Security and Justice (eu-LISA), Directorate for Research, Foresight and Capability Development"
)

AFFILIATIONS = (
    "Hellenic Centre for Security Studies",
    "",
    EU_LISA,
    "جامعة القاهرة",
    "国家安全研究中心",
)

TYPES = ("participant", "speaker", "staff", "press", "guest")


def code_of(number: int) -> str:
    """A code as the contract has it: 29 characters of the QR alphanumeric set."""
    return f"EV1K7PM2QXD{number:018d}"


def badge(name: str, number: int = 0, **changes: str) -> BadgeFace:
    texts = {
        "name": name,
        "code": code_of(number),
        "short_code": "K7PM-2QXD",
        "affiliation": AFFILIATIONS[number % len(AFFILIATIONS)],
        "country": "Greece",
        "sector_label": "Research",
        "sector_colour": "#0b5a6f",
        "type_key": TYPES[number % len(TYPES)],
        "type_label": TYPES[number % len(TYPES)].capitalize(),
        "event_title": "Protecting public spaces",
        "event_dates": "3–4 December 2026",
        "venue": "Brussels",
    }
    return BadgeFace(**(texts | changes))
