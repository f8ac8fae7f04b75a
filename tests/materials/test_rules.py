"""What a file is, by its content; what it is called; where a link may lead."""

from __future__ import annotations

import tracemalloc
from io import BytesIO
from struct import pack
from typing import IO

import pytest

from eventsys.materials.errors import AddressNotTaken, TypeNotTaken
from eventsys.materials.rules import HEAD, checked_address, disposition, is_shown, safe_filename, type_of
from tests.factories.materials import PDF, PNG, zipped

HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
OPEN_XML = "application/vnd.openxmlformats-officedocument."


def judged(name: str, content: bytes) -> str:
    return type_of(name, content[:HEAD], BytesIO(content)).media_type


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.mp4", b"\0\0\0\x20ftypisom", "video/mp4"),
        ("a.webm", b"\x1a\x45\xdf\xa3", "video/webm"),
        ("a.mp3", b"ID3\x04", "audio/mpeg"),
        ("a.pptx", zipped(ppt__presentation=b"x"), OPEN_XML + "presentationml.presentation"),
        ("a.docx", zipped(word__document=b"x"), OPEN_XML + "wordprocessingml.document"),
        ("a.odp", zipped(mimetype=b"application/vnd.oasis.opendocument.presentation"),
         "application/vnd.oasis.opendocument.presentation"),
        ("a.zip", zipped(anything=b"x"), "application/zip"),
        ("a.txt", "Grüße\n".encode(), "text/plain; charset=utf-8"),
        ("a.csv", b"a;b\n", "text/csv; charset=utf-8"),
    ],
)  # fmt: skip
def test_a_file_is_taken_for_what_it_is(name: str, content: bytes, media_type: str) -> None:
    assert judged(name, content) == media_type


@pytest.mark.parametrize("content", [HTML, SVG, b"MZ\x90\0", b"alert(1)"], ids=["html", "svg", "exe", "js"])
@pytest.mark.parametrize("ending", ["pdf", "png", "jpg", "gif", "webp", "mp4", "webm", "mp3", "pptx", "zip", "doc"])
def test_what_only_calls_itself_so_is_refused(ending: str, content: bytes) -> None:
    with pytest.raises(TypeNotTaken):
        judged(f"a.{ending}", content)


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.svg", "a.js", "a.exe", "a.xhtml", "a.pdf.html", "a", "",
                                  "a.pdf.", "a.php", "a.swf"])  # fmt: skip
def test_kinds_we_do_not_know_are_refused_whatever_they_hold(name: str) -> None:
    with pytest.raises(TypeNotTaken):
        judged(name, PDF)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pptx", zipped(word__document=b"x")),
        ("a.docx", zipped(evil=b"x")),
        ("a.odp", zipped(mimetype=b"application/vnd.oasis.opendocument.text")),
        ("a.odt", zipped(other=b"x")),
        ("a.pptx", b"PK\x03\x04 and then nothing"),
        ("a.pptx", zipped(ppt__presentation=b"x")[:-10]),
        ("a.txt", b"\0\1\2"),
        ("a.txt", b"\xff\xfe" + "UTF-16".encode("utf-16-le")),
    ],
    ids=["word as powerpoint", "zip as word", "odt as odp", "zip as odt", "damaged", "cut", "binary", "utf-16"],
)
def test_a_container_must_hold_what_it_says(name: str, content: bytes) -> None:
    with pytest.raises(TypeNotTaken):
        judged(name, content)


def test_a_long_text_may_be_cut_inside_a_character_but_not_be_wrong() -> None:
    text = b"x" * (HEAD - 1) + "ü".encode()
    assert judged("a.txt", text) == "text/plain; charset=utf-8"
    with pytest.raises(TypeNotTaken):
        judged("a.txt", b"x\xff" + b"x" * HEAD)


def test_pages_of_script_are_never_shown_in_place() -> None:
    kinds = ("application/pdf", "image/png", "video/mp4", "text/plain; charset=utf-8", "text/html", "image/svg+xml", "")
    assert [kind for kind in kinds if is_shown(kind)] == ["application/pdf", "image/png", "video/mp4"]


def test_a_bomb_is_not_unpacked() -> None:
    bomb = BytesIO()
    from zipfile import ZIP_DEFLATED, ZipFile

    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr("ppt/presentation.xml", b"\0" * 200_000_000)
        archive.writestr("mimetype", b"\0" * 200_000_000)
    tracemalloc.start()
    assert judged("a.pptx", bomb.getvalue()) == OPEN_XML + "presentationml.presentation"
    with pytest.raises(TypeNotTaken):
        judged("a.odp", bomb.getvalue())
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


class Endless(BytesIO):
    """Claims a table of contents of two gigabytes and has them ready."""

    asked = 0

    def read(self, size: int | None = -1) -> bytes:
        self.asked = max(self.asked, size or 0)
        return super().read(size)


def test_a_table_of_contents_of_gigabytes_is_not_read() -> None:
    size = 64 * 1024 * 1024
    end = pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, size, 0, 0)
    made = Endless(b"PK\x03\x04" + b"\0" * (size - 4) + end)
    file: IO[bytes] = made
    with pytest.raises(TypeNotTaken):
        type_of("a.pptx", b"PK\x03\x04", file)
    assert made.asked <= 4 * 1024 * 1024


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ioanna – slides.pdf", "Ioanna – slides.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\ada\\deck.pptx", "deck.pptx"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("deck\u202exfdp.exe", "deckxfdp.exe"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie: x=1.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("n" * 300 + ".pdf", "n" * 140 + ".pdf"),
        ("n" * 300, "n" * 150),
        ("презентация.pdf", "презентация.pdf"),
    ],
)
def test_a_name_is_what_people_may_save(name: str, kept: str) -> None:
    assert safe_filename(name) == kept


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("deck.pdf", "attachment; filename=\"deck.pdf\"; filename*=UTF-8''deck.pdf"),
        ('a".pdf; x="y.pdf', "attachment; filename=\"a-pdf-x-y.pdf\"; filename*=UTF-8''a%22.pdf%3B%20x%3D%22y.pdf"),
        ("Müller.pdf", "attachment; filename=\"muller.pdf\"; filename*=UTF-8''M%C3%BCller.pdf"),
        ("a\r\nb.pdf", "attachment; filename=\"a-b.pdf\"; filename*=UTF-8''a%0D%0Ab.pdf"),
    ],
)
def test_no_name_breaks_out_of_its_header(name: str, header: str) -> None:
    assert disposition("attachment", name) == header


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "data:text/html,x", "//a.example", "https://", "a.example",
                                 "https://a.example/x y", "file:///etc/passwd", "https://[::1"])  # fmt: skip
def test_a_link_leads_to_a_site(url: str) -> None:
    with pytest.raises(AddressNotTaken):
        checked_address(url)
