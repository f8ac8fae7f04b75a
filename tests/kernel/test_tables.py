"""Tables: what people send is read or refused by line, what we send is never calculated."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from eventsys.kernel.tables import Cell, FileRefused, Sheet, read_table, write_csv, write_table, write_xlsx


def csv_of(columns: list[str], rows: Iterable[list[Cell]], *, with_mark: bool = False) -> bytes:
    out = io.BytesIO()
    write_csv(out, columns, rows, with_mark=with_mark)
    return out.getvalue()


def xlsx_of(*sheets: Sheet) -> bytes:
    out = io.BytesIO()
    write_xlsx(out, *sheets)
    return out.getvalue()


def book_of(*rows: list[Cell]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refused(data: bytes, name: str = "list.csv", **limits: int) -> str:
    with pytest.raises(FileRefused) as caught:
        read_table(data, name, **limits)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
def test_csv_is_read_with_and_without_mark_and_with_each_separator(mark: bytes, separator: bytes) -> None:
    data = mark + b"first_name,email\r\nZo\xc3\xab,zoe@example.org\r\n".replace(b",", separator)
    table = read_table(data, "list.csv")
    assert table.columns == ["first_name", "email"]
    assert [(row.line, row.values) for row in table.rows] == [(2, {"first_name": "Zoë", "email": "zoe@example.org"})]


def test_a_row_is_told_by_the_line_it_begins_on() -> None:
    table = read_table(b'name,note\nAda,"two\nlines, both hers"\n\nBo,\n', "list.csv")
    assert [(row.line, row.text("name"), row.text("note")) for row in table.rows] == [
        (2, "Ada", "two\nlines, both hers"),
        (5, "Bo", ""),
    ]


def test_the_separator_that_excel_announces_is_taken() -> None:
    table = read_table(b"sep=;\na;b\n1,5;2\n", "list.csv")
    assert [(row.line, row.values) for row in table.rows] == [(3, {"a": "1,5", "b": "2"})]


def test_text_of_another_coding_is_refused_by_its_line() -> None:
    assert refused("name\nAda\nZoë\n".encode("latin-1")) == (
        "list.csv, line 3: this is not UTF-8; in Excel, save as “CSV UTF-8”"
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "list.csv, line 1: the file is empty"),
        (b"\xef\xbb\xbf\r\n", "list.csv, line 1: the file is empty"),
        (b'a,b\n"open', "list.csv, line 2: this row cannot be read (unexpected end of data)"),
        (b"a,b,a\n1,2,3\n", "list.csv, line 1, column “a”: this heading is there twice"),
        (b"a,b\n1,2,3\n", "list.csv, line 2: cell 3 has content, but its column has no heading"),
        (b"a,b\n1,\x00\n", "list.csv, line 2: this is no text; CSV or XLSX was expected"),
        (b"\xd0\xcf\x11\xe0rest", "list.csv: this is an old Excel file; save it as .xlsx or as CSV UTF-8"),
        (b"PK\x03\x04rest", "list.csv: this workbook is damaged or protected"),
    ],
)
def test_what_cannot_be_read_is_refused_with_place_and_reason(data: bytes, sentence: str) -> None:
    assert refused(data) == sentence


def test_a_message_names_no_path_and_stays_on_one_line() -> None:
    assert refused(b"", "../../etc/pass\nwd.csv") == "pass wd.csv, line 1: the file is empty"


def test_more_rows_than_allowed_are_refused_in_both_formats() -> None:
    rows: list[list[Cell]] = [[str(number)] for number in range(4)]
    assert refused(csv_of(["n"], rows), most_rows=3) == "list.csv, line 5: there are more than 3 rows"
    assert (
        refused(xlsx_of(Sheet("s", ["n"], rows)), "l.xlsx", most_rows=3) == "l.xlsx, line 5: there are more than 3 rows"
    )


def test_xlsx_keeps_dates_and_times_typed_and_reads_the_first_sheet() -> None:
    day, at = date(2026, 12, 3), time(9, 30)
    data = xlsx_of(
        Sheet("Agenda", ["day", "start", "seats", "title"], [[day, at, 12, "Zoë"], [None, None, None, None], [day]]),
        Sheet("Help", ["column"], [["never read"]]),
    )
    table = read_table(data, "agenda.xlsx")
    assert [row.line for row in table.rows] == [2, 4]
    first = table.rows[0]
    assert first.values["day"] == datetime(2026, 12, 3)  # noqa: DTZ001  Spreadsheets know no zones.
    assert (first.values["start"], first.values["seats"], first.text("title")) == (at, 12, "Zoë")


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/part{number}.xml", b" " * 80_000_000)
    assert len(packed.getvalue()) < 1_000_000
    assert refused(packed.getvalue(), "b.xlsx") == "b.xlsx: this workbook unpacks to more than a table may hold"


def swapped(part: str, body: bytes) -> bytes:
    """A small workbook in which one part says something else."""
    source, changed = io.BytesIO(book_of(["a"], ["b"])), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != part:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(part, body)
    return changed.getvalue()


@pytest.mark.parametrize(
    ("part", "body"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>%s</sheetData></worksheet>" % (b"<row/>" * 2_000_000)),
        ("xl/worksheets/sheet1.xml", b"<worksheet>%s</worksheet>" % (b"<x/>" * 2_000_000)),
        ("xl/worksheets/sheet1.xml", b"<worksheet><row>%s</row></worksheet>" % (b"<c/>" * 2_000_000)),
        ("xl/worksheets/sheet1.xml", b"<a>" * 1000 + b"</a>" * 1000),
        ("xl/sharedStrings.xml", b"<sst>%s</sst>" % (b"<si/>" * 2_000_000)),
        ("xl/styles.xml", b"<styleSheet>%s</styleSheet>" % (b"<a><b/><b/></a>" * 500_000)),
    ],
    ids=["rows", "others", "cells", "depth", "strings", "styles"],
)
def test_a_small_workbook_of_countless_elements_is_refused_before_it_is_read(
    part: str, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_args, **_more: pytest.fail("it was read"))
    data = swapped(part, body)
    assert len(data) < 200_000
    assert refused(data, "b.xlsx") == "b.xlsx: this workbook unpacks to more than a table may hold"


def test_a_real_workbook_of_many_rows_is_read() -> None:
    rows: list[list[Cell]] = [[f"Person {number}", f"p{number}@example.org", "yes"] for number in range(50_000)]
    table = read_table(xlsx_of(Sheet("People", ["name", "email", "comes"], rows)), "people.xlsx")
    assert (len(table.rows), table.rows[-1].text("email")) == (50_000, "p49999@example.org")


def test_a_workbook_with_entities_is_refused() -> None:
    source, changed = io.BytesIO(book_of(["a"], ["b"])), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.infolist():
            body = old.read(part)
            new.writestr(part, b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + body if "sheet1" in part.filename else body)
    assert refused(changed.getvalue(), "b.xlsx") == (
        "b.xlsx: this workbook defines entities, which a table never needs"
    )


def test_a_damaged_workbook_is_refused() -> None:
    whole = book_of(["a"], ["b"])
    source, changed = io.BytesIO(whole), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.infolist():
            body = old.read(part)
            new.writestr(part, body[: len(body) // 2] if "sheet1" in part.filename else body)
    assert refused(changed.getvalue(), "b.xlsx").startswith("b.xlsx: this workbook is damaged or no .xlsx")
    assert refused(whole[: len(whole) // 2], "b.xlsx") == "b.xlsx: this workbook is damaged or protected"


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing() -> None:
    book = Workbook()
    assert book.active is not None
    book.active["A1"], book.active["A2"], book.active["A1048576"] = "name", "Ada", "far"
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue(), "far.xlsx", most_rows=10)
    assert [row.text("name") for row in table.rows] == ["Ada"]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", "''=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_csv_begins_like_a_formula(formula: str) -> None:
    (_heads, written) = list(csv.reader(io.StringIO(csv_of(["v"], [[formula]]).decode(), newline="")))
    assert written == ["'" + formula]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_workbook_is_a_formula(formula: str) -> None:
    book = load_workbook(io.BytesIO(xlsx_of(Sheet("s", ["v", formula], [[formula, 1]]))))
    sheet = book.worksheets[0]
    assert [cell.data_type for row in sheet.iter_rows() for cell in row] == ["s", "s", "s", "n"]
    assert sheet["A2"].quotePrefix or formula.startswith("'")


def test_numbers_stay_numbers_in_a_csv() -> None:
    assert csv_of(["n"], [[-5], [1.5], [None], [True]]) == b'"n"\r\n-5\r\n1.5\r\n""\r\n"true"\r\n'


def test_the_mark_comes_only_when_asked_for() -> None:
    assert csv_of(["n"], []) == b'"n"\r\n'
    assert csv_of(["n"], [], with_mark=True) == b'\xef\xbb\xbf"n"\r\n'


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(FORMULAS) | TEXTS), max_size=5))
def test_what_we_write_reads_back_as_it_was(pairs: list[tuple[str, str]]) -> None:
    rows: list[list[Cell]] = [[f"x{left}", right] for left, right in pairs]
    wanted = [{"a": left, "b": right} for left, right in rows]
    assert [row.values for row in read_table(csv_of(["a", "b"], rows), "t.csv").rows] == wanted


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(FORMULAS[:4]) | TEXTS), max_size=5))
def test_a_workbook_of_ours_reads_back_as_it_was(pairs: list[tuple[str, str]]) -> None:
    rows: list[list[Cell]] = [[f"x{left}", f"{right}x"] for left, right in pairs]
    wanted = [{"a": left, "b": right} for left, right in rows]
    assert [row.values for row in read_table(xlsx_of(Sheet("s", ["a", "b"], rows)), "t.xlsx").rows] == wanted


def test_the_ending_of_the_path_says_the_format(tmp_path: Path) -> None:
    for name, begins in (("out.XLSX", b"PK"), ("out.csv", b'"a"')):
        write_table(tmp_path / name, ["a"], [["1"]])
        assert (tmp_path / name).read_bytes().startswith(begins)
        assert [row.values for row in read_table((tmp_path / name).read_bytes(), name).rows] == [{"a": "1"}]
