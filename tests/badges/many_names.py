"""Five hundred names as people have them, of every script that registers, and some that only a keyboard knows."""

from __future__ import annotations

from itertools import islice, product

from tests.badges.names import NAMES

# Given names and family names of one language, to be combined.
_PEOPLE = {
    "el": ("Ελένη Γεώργιος Κωνσταντίνος Παναγιώτα Αικατερίνη", "Παπαδοπούλου Κωνσταντινίδης Οικονόμου Χατζηγεωργίου"),
    "ru": ("Владимир Екатерина Вячеслав Юлия", "Преображенский Рождественская-Орлова Щербаков Ёлкина"),
    "uk": ("Олександр Ґанна Їжакевич", "Шевченко Кобилянський-Підгорний Приймаченко"),
    "bg": ("Стоян Цветелина", "Георгиев-Димитров Стойчева"),
    "sr": ("Ђорђе Љиљана", "Његошевић Џакула"),
    "ar": ("محمد فاطمة عبدالرحمن خديجة", "الحسيني بن-عبدالعزيز آل-سعود القرطبي"),
    "fa": ("علی‌رضا زهرا پژمان", "گلستانی‌نژاد کرمانشاهی چگینی"),
    "ur": ("شہزادہ ڈاکٹر", "قریشی ٹھاکر"),
    "he": ("דוד שרה יהונתן", "בן־גוריון אברהמי־לוי כהן"),
    "zh": ("王 欧阳 李 司马", "小明 锋 建国 相如子长"),
    "tw": ("諸葛 歐陽", "孔明 菲菲"),
    "ja": ("山田 勅使河原 小鳥遊", "太郎 さくら 龍之介"),
    "kana": ("アレクサンドラ ジャン＝ピエール", "コンスタンティノポリスカヤ デュポン"),
    "ko": ("김 남궁 황보", "민수 하늘별님구름햇님보다사랑스러우리 서연"),
    "vi": ("Nguyễn Trần Đặng", "Thị-Ánh-Nguyệt Quốc-Toản Hữu-Phước"),
    "pl": ("Grzegorz Żaneta Łucja", "Brzęczyszczykiewicz Źdźbłowska-Śmigły Wójcik"),
    "cs": ("Jiří Šárka", "Nejezchlebová-Procházková Dvořák"),
    "hu": ("Győző Erzsébet", "Székelyhidi-Kővágóörsi Nagy"),
    "ro": ("Ștefăniță Ileana", "Țepeș-Brâncoveanu Popescu"),
    "tr": ("Çağrı Şükrü İlknur", "Ağaoğlu Öztürk-Güneş Işık"),
    "fr": ("Anne-Françoise Jean-Baptiste", "de La Rochefoucauld-Liancourt|L’Hôpital|d’Œuvre"),
    "de": ("Karl-Theodor Ännchen", "Müller-Lüdenscheidt|Freiherr von und zu Guttenberg|Groß|Weiß-ẞ"),
    "es": ("María-de-los-Ángeles Íñigo", "Fernández-Villaverde y Rodríguez|Peña|Núñez de Balboa y Cabeza de Vaca"),
    "pt": ("João Conceição", "de Albuquerque Cavalcanti de Melo|Gonçalves"),
    "nl": ("Sjoerd Anneke", "van den Broecke-van der Heijden|’t Hooft|IJsselmuiden"),
    "da": ("Søren Åse", "Kierkegaard-Østergård Ærø"),
    "is": ("Guðrún Þorsteinn", "Eyjafjallajökulsdóttir Ægisson"),
    "fi": ("Päivi Yrjö", "Hyyppänen-Määttä Äyräpää"),
    "et": ("Õie Jüri", "Jäääär-Öötöö Kask"),
    "lv": ("Ģirts Ķērsta", "Bērziņš-Šķēle Ņikuļcovs"),
    "lt": ("Žydrūnas Ūla", "Čiurlionytė-Jankauskienė Šiaučiūnas"),
    "mt": ("Ġorġ Ċensa", "Għaxaq-Ħamrun Żammit"),
    "ga": ("Pádraig Siobhán", "Ó-Súilleabháin Nic-Dhonnchadha"),
    "cy": ("Llŷr Gwenllïan", "Llanfairpwllgwyngyll-ap-Rhys Wŷn"),
    "eu": ("Itziar", "Iturriagagoitia-Zubizarreta Etxeberria"),
    "sq": ("Çlirim Ëngjëll", "Përmeti-Gjirokastra Xhaçka"),
    "hr": ("Žarko Đurđica", "Šćepanović-Štambuk Čačić"),
    "az": ("Əli Günəş", "Məmmədquluzadə Ağayev"),
    "yo": ("Ọláńrewájú Ṣadé", "Adébáyọ̀ Ògúnṣọlá"),
    "haw": ("Keʻala", "Keihanaikukauakahihuliheekahaunaele"),
    "mg": ("Haja", "Andriamanitrarivonandrasanimerina Rakotomalala"),
    "ta": ("Vidhyasagar", "Venkatanarasimharajuvaripeta"),
    "hi": ("प्रिया लक्ष्मी", "श्रीवास्तव त्रिपाठी"),
    "th": ("สมชาย", "รัตนโกสินทร์วงศ์ไพบูลย์"),
    "ka": ("გიორგი", "მარგველაშვილი-ჯანაშია"),
    "hy": ("Հովհաննես", "Տեր-Պետրոսյան"),
    "am": ("አበበ", "ቢቂላ"),
    "bn": ("রবীন্দ্রনাথ", "ঠাকুর"),
    "my": ("အောင်ဆန်း", "စုကြည်"),
    "km": ("សុខា", "ព្រះ"),
    "si": ("සරත්", "විජේසිංහ"),
    "mixed": ("محمد דוד Владимир 王小明", "Smith O’Connor-لطفي Иванов-Kim 김-Müller"),
}

_TITLES = ("Prof. Dr. Dr. h.c. mult.", "H.E. Ambassador", "Brigadier General (ret.)", "Κος", "Проф. д-р", "الدكتور")

_KEYBOARDS = (
    "A", "é", "李", "م", "Ω", "ß", "I", ".", "-", "’", "🙂", "👩‍🚀", "🏳️‍🌈 Kim", "Zoë 🇪🇺 Müller 🎉🎉🎉", "👨‍👩‍👧‍👦",
    "x" * 120, "W" * 119, "i" * 120, "محمد" * 30, "王" * 120, "Ωμέγα " * 20, "ä̈̈̈̈̈ö̈̈̈̈ü̈̈̈̈", "Z̸̧̢̛̺̤̜̲͎̈́̔͑́͝a̵̛͈̟̦̒̑͂͝l̶̡̡̛̪̭͖̍̾͌g̷̨̛̦̤̗̾̈́̈́̚͝o̴̢̨̦̺̝͋̽̿̃",
    "A\u0301ngel N\u0303andu\u0301", "Nguye\u0302\u0303n Thi\u0323",
    "\u202eMoscow\u202c Reverse", "a\u200bb\u200bc",
    "Ann\u00adMarie Soft\u00adHyphen",
    "Tab\tand\nLine", "  spaced   out  ", "<b>Bold</b> & Co.", "O'Brien; DROP TABLE badge",
    "#set page(width: 1pt)", "$x^2$ *y* _z_ `w`",
    "{name} {organisation}", "\\ud83d\\ude00", "ﬁnﬂuﬀ Ligaturová", "ǅemal Ǌegoš", "Ⅷ Henry", "１２３ ＡＢＣ", "㍿ 株式",
    "ﷺ", "ـــمـــد",
    "İIıi Türkçe", "Straße GROẞE",
    "John Smith-" * 10, "Anna-Maria-" * 11 + "X", "de " * 30 + "Silva",
    "AVAVAV WAWAWA ToToTo YoYoYo", "lllllllllllllll IIIIIIIIIIIII",
    "𝓕𝓪𝓷𝓬𝔂 𝕿𝖊𝖝𝖙", "Ｆｕｌｌ Ｗｉｄｔｈ", "ⓒⓘⓡⓒⓛⓔ",
)  # fmt: skip


def _combined() -> list[str]:
    found = []
    for given, families in _PEOPLE.values():
        sign = "|" if "|" in families else " "
        found += [f"{one} {other}" for one, other in product(given.split(), families.split(sign))]
    return found


def _titled(names: list[str]) -> list[str]:
    return [f"{_TITLES[place % len(_TITLES)]} {name} {names[-1 - place]}" for place, name in enumerate(names)]


_PLAIN = [*NAMES, *_KEYBOARDS, *_combined()]
FIVE_HUNDRED = list(islice(dict.fromkeys([*_PLAIN, *_titled(_PLAIN[::-1])]), 500))
