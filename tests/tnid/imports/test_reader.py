"""What the reader makes of a list, and which lists it refuses, each with a reason of its own."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tnid.imports.lists import HEADINGS, WORKERS, make_csv, make_xlsx, save, with_part
from tnid.imports.reader.files import read_file
from tnid.imports.reader.fonts import TCVN3
from tnid.imports.reader.kinds import Unreadable

MOST_BYTES = 32 * 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"


def read(content: bytes, most_rows: int = 1000) -> list[dict[str, Any]]:
    return list(read_file(io.BytesIO(content), most_rows, MOST_BYTES))


def rows_of(content: bytes) -> list[dict[str, Any]]:
    return [event for event in read(content) if "row" in event]


def reason_of(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read(content)
    return refused.value.reason


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_is_read_whatever_its_delimiter_and_mark(delimiter: str, encoding: str) -> None:
    events = read(make_csv([HEADINGS, *WORKERS], delimiter=delimiter, encoding=encoding))
    assert events[0] == {
        "columns": ["staff_code", "name", "personal_id_number", "birthdate", "title", "start_date"],
        "ignored": [],
    }
    assert events[1]["row"] == 2
    assert events[1]["values"]["name"] == "Nguyễn Thị Hằng"
    assert events[2]["values"]["personal_id_number"] == "019095000102"
    assert events[-1] == {"end": 2, "has_more": False}


def test_quoted_line_breaks_and_delimiters_stay_in_their_cell() -> None:
    headings = "Mã nhân viên,Họ và tên,Chức danh"
    text = f'{headings}\r\nNV001,"Nguyễn Thị\nHằng","Tổ trưởng, ca 1"\r\nNV002,Trần Văn Đức,\r\n'
    first, second = rows_of(text.encode())
    assert first["values"] == {"staff_code": "NV001", "name": "Nguyễn Thị Hằng", "title": "Tổ trưởng, ca 1"}
    # As the spreadsheet counts its rows, not as the file counts its lines
    assert second["row"] == 3


def test_the_line_that_tells_excel_the_delimiter_is_not_counted() -> None:
    content = b"sep=;\r\n" + make_csv([HEADINGS, *WORKERS], delimiter=";")
    assert [row["row"] for row in rows_of(content)] == [2, 3]


def test_a_title_above_the_table_and_blank_rows_are_passed_over() -> None:
    above = [("DANH SÁCH CÔNG NHÂN",), ("Mã số thuế", "4600000007", "Khu công nghiệp", "Điềm Thụy"), ()]
    rows = rows_of(make_csv([*above, HEADINGS, WORKERS[0], ("", "", ""), WORKERS[1]]))
    assert [row["row"] for row in rows] == [5, 7]


@pytest.mark.parametrize(
    "headings",
    [
        ("ma nhan vien", "HO VA TEN", "so cccd"),
        ("staff_code", "name", "personal_id_number"),
        ("Employee ID", "Full name", "National ID (12 digits)"),
        ("사번", "성명", "개인식별번호"),
        ("Mã NV *", "Họ tên:", "Số CMND/CCCD"),
    ],
)
def test_headings_are_known_in_three_languages_with_or_without_diacritics(headings: tuple[str, ...]) -> None:
    assert read(make_csv([headings, WORKERS[0][:3]]))[0]["columns"] == [
        "staff_code",
        "name",
        "personal_id_number",
    ]


def test_unknown_columns_are_said_and_never_with_somebodys_number() -> None:
    headings = ("Ghi chú", *HEADINGS, "Số điện thoại", "0912345678")
    assert read(make_csv([headings, ("x", *WORKERS[0], "y", "z")]))[0]["ignored"] == [
        "Ghi chú",
        "Số điện thoại",
    ]


@pytest.mark.parametrize(
    ("headings", "reason"),
    [
        (("Họ và tên", "Ngày sinh"), "no_number_column"),
        (("Mã nhân viên", "Ngày sinh"), "no_name_column"),
        (("Mã nhân viên", "Họ và tên", "Mã NV"), "heading_twice"),
        (("Xe", "Biển số"), "no_heading"),
    ],
)
def test_a_list_without_the_columns_that_it_needs_is_refused(headings: tuple[str, ...], reason: str) -> None:
    assert reason_of(make_csv([headings, ("a", "b", "c")])) == reason


def test_headings_alone_are_no_list() -> None:
    assert reason_of(make_csv([HEADINGS])) == "no_rows"


def test_rows_past_the_most_are_not_read_and_that_is_said() -> None:
    events = read(make_csv([HEADINGS, *WORKERS]), most_rows=1)
    assert events[-1] == {"end": 1, "has_more": True}
    assert len(events) == 3


def test_a_quotation_mark_that_is_never_closed_is_a_broken_file() -> None:
    content = make_csv([HEADINGS, *WORKERS]) + b'\r\n"'
    assert reason_of(content + b"a,b\r\n" * 20_000) == "broken"
    # As well where it is no more than a cell could hold: nobody's row is lost in silence
    assert reason_of(content + b"NV003,x,y\r\nNV004,x,y\r\n") == "broken"


# Other encodings, other files


def old_font(text: str) -> str:
    """The text as TCVN3 keeps it, in the letters that a Western computer shows."""
    codes = {letter: chr(code) for code, letter in TCVN3.items()}
    return "".join(codes.get(letter, letter) for letter in text)


VNI = "Maõ nhaân vieân,Hoï vaø teân,Soá CCCD\r\nNV1,Nguyeãn Thò Haèng,019195000101\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_tcvn3_is_told_apart(encoding: str) -> None:
    text = old_font("Mã nhân viên,Họ và tên,Số CCCD\r\nNV1,Nguyễn Thị Hằng,019195000101\r\n")
    assert "NguyÔn" in text
    assert reason_of(text.encode(encoding)) == "font_tcvn3"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_vni_is_told_apart(encoding: str) -> None:
    assert reason_of(VNI.encode(encoding)) == "font_vni"


def test_an_old_font_under_good_headings_is_told_apart() -> None:
    workers = [("NV1", old_font("Nguyễn Thị Hằng")), ("NV2", old_font("Trần Văn Đức"))]
    assert reason_of(make_csv([HEADINGS[:2], *workers])) == "font_tcvn3"
    assert reason_of(make_xlsx([HEADINGS[:2], *workers])) == "font_tcvn3"


def test_one_name_in_an_old_font_is_that_rows_fault_alone() -> None:
    rows = rows_of(
        make_csv([HEADINGS[:2], *((w[0], w[1]) for w in WORKERS), ("NV3", old_font("Lê Thị Hạnh"))])
    )
    assert [row.get("fault") for row in rows] == [None, None, ("name", "font_tcvn3")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused_with_or_without_its_mark(encoding: str) -> None:
    assert reason_of(make_csv([HEADINGS, *WORKERS], encoding=encoding)) == "utf16"


def test_windows_1258_is_told_apart() -> None:
    # Its tones are letters of their own after the letter that bears them
    text = "Ma\u0303 nhân viên,Ho\u0323 va\u0300 tên\r\nNV1,Nguyê\u0303n Thi\u0323 Hă\u0300ng\r\n"
    assert reason_of(text.encode("cp1258")) == "windows_1258"


def test_what_was_read_wrongly_and_saved_is_told_apart() -> None:
    twice = "Mã,Họ tên\r\nNV1,Nguyễn Thị Hằng\r\n".encode().decode("latin-1").encode()
    assert reason_of(twice) in ("encoding_twice", "no_heading")
    assert (
        reason_of("Nguyễn Văn Đức,Trần Hải".encode().decode("cp1252", "replace").encode()) == "encoding_twice"
    )


def test_bytes_of_no_known_encoding_are_refused() -> None:
    assert reason_of(b"staff_code,name\r\n1,\xff\xfe\xfd\r\n") == "encoding"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n \r\n", "empty"),
        (b"%PDF-1.7\n...", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"W\0o\0r\0k\0b\0o\0o\0k\0", "xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "not_a_list"),
        (b"\x89PNG\r\n\x1a\n" + bytes(7) + b"IHDR and more letters than zeros are in here", "not_a_list"),
        (b"PK\x03\x04 and nothing more", "broken"),
    ],
)
def test_other_files_are_refused_each_for_its_reason(content: bytes, reason: str) -> None:
    assert reason_of(content) == reason


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


def test_an_ods_and_any_other_archive_are_refused() -> None:
    sheet = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
    assert reason_of(zipped(**sheet)) == "ods"
    assert reason_of(zipped(**{"photo.jpg": b"x"})) == "not_a_list"


# XLSX


def test_an_xlsx_is_read_with_real_dates_and_whole_numbers() -> None:
    headings = ("Mã nhân viên", "Họ và tên", "Ngày sinh", "Thu nhập bình quân")
    born = datetime.datetime(1995, 3, 15)
    [row] = rows_of(make_xlsx([headings, (1024, "Nguyễn Thị Hằng", born, 9500000.4)]))
    assert row["values"] == {
        "staff_code": "1024", "name": "Nguyễn Thị Hằng", "birthdate": "1995-03-15", "income": "9500000",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("Số CCCD", 19195000101, "number_without_zero"),
        ("Số CCCD", 6095000101, "number_without_zero"),
        ("Số CCCD", "19195000101", "number_without_zero"),
        ("Số CCCD", "1.9195E+10", "number_as_power"),
        ("Số CCCD", "1,9195E+10", "number_as_power"),
        ("Mã NV", "1.2E+15", "number_as_power"),
        ("Mã NV", datetime.datetime(2026, 2, 1), "turned_into_date"),
        ("Mã NV", "=HYPERLINK(\"http://x\")", "formula"),
        ("Họ tên", "=A1&B1", "formula"),
        ("Họ tên", "#N/A", "cell_error"),
        ("Họ tên", "a" * 301, "too_long"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_made_of_a_value_is_said(field: str, value: Any, reason: str) -> None:
    good = {"Mã NV": "NV001", "Họ tên": "Nguyễn Thị Hằng", "Số CCCD": "019195000101"}
    changed = {**good, field: value}
    [row] = rows_of(make_xlsx([tuple(good), tuple(changed.values())]))
    names = {"Mã NV": "staff_code", "Họ tên": "name", "Số CCCD": "personal_id_number"}
    assert row["fault"] == (names[field], reason)
    assert names[field] not in row["values"]


def test_the_value_that_a_formula_had_is_not_trusted() -> None:
    package = make_xlsx([HEADINGS[:2], ("NV1", "Nguyễn Thị Hằng")])
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        xml = archive.read(SHEET)
    cell = xml[xml.index(b'<c r="B2"') : xml.index(b"</c>", xml.index(b'<c r="B2"')) + 4]
    kept = b'<c r="B2" t="str"><f>Other!A1</f><v>Tr\xe1\xba\xa7n V\xc4\x83n An</v></c>'
    [row] = rows_of(with_part(package, SHEET, xml.replace(cell, kept)))
    assert row["fault"] == ("name", "formula")
    assert "Trần" not in str(row)


def test_a_formula_in_a_csv_is_the_rows_fault_and_the_rest_stands() -> None:
    rows = rows_of(make_csv([HEADINGS[:2], ("NV1", "=cmd|'/c calc'!A1"), ("NV2", "Trần Văn Đức")]))
    assert [row.get("fault") for row in rows] == [("name", "formula"), None]


def test_merged_cells_among_the_workers_are_their_rows_fault() -> None:
    def merge(sheet: Any) -> None:
        sheet.insert_rows(1)
        sheet["A1"] = "DANH SÁCH"
        sheet.merge_cells("A1:F1")
        sheet.merge_cells("E3:E4")
        sheet.merge_cells("H5:I5")

    third = ("NV003", "Lê Thị Hạnh", "019195000103", "15/03/1995", "Công nhân", "01/02/2024")
    rows = rows_of(make_xlsx([HEADINGS, *WORKERS, third], merge))
    assert [(row["row"], row.get("fault")) for row in rows] == [
        (3, ("", "merged")),
        (4, ("", "merged")),
        (5, None),
    ]


def test_hidden_sheets_are_not_read_and_two_lists_are_refused() -> None:
    book = openpyxl.Workbook()
    hidden, shown = book.active, book.create_sheet("Danh sách")
    assert hidden is not None
    for sheet, worker in ((hidden, WORKERS[0]), (shown, WORKERS[1])):
        sheet.append(HEADINGS)
        sheet.append(worker)
    hidden.sheet_state = "hidden"
    assert [row["values"]["staff_code"] for row in rows_of(save(book))] == ["NV002"]
    hidden.sheet_state = "visible"
    assert reason_of(save(book)) == "several_sheets"


def test_macros_and_links_to_other_files_are_left_alone() -> None:
    package = make_xlsx([HEADINGS, *WORKERS])
    package = with_part(package, "xl/vbaProject.bin", b"macro")
    package = with_part(package, "xl/externalLinks/externalLink1.xml", b"<not xml")
    assert len(rows_of(package)) == 2


# Archives made to harm


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    package = make_xlsx([HEADINGS, *WORKERS])
    assert reason_of(with_part(package, SHEET, b"<row/>" * 10_000_000)) == "too_much_inside"
    assert reason_of(with_part(package, "xl/styles.xml", b" " * (9 * 1024 * 1024))) == "too_much_inside"


def test_an_archive_that_lies_about_its_size_is_broken() -> None:
    package = bytearray(with_part(make_xlsx([HEADINGS, *WORKERS]), SHEET, b"<row/>" * 1_000_000))
    # The size in the central directory, of the entry that was written last
    place = package.rindex(b"PK\x01\x02") + 24
    package[place : place + 4] = (1000).to_bytes(4, "little")
    with pytest.raises((Unreadable, zipfile.BadZipFile, ValueError, SyntaxError)):
        read(bytes(package))


def test_too_many_entries_are_refused() -> None:
    parts = {f"xl/part{number}.xml": b"" for number in range(2001)}
    assert reason_of(zipped(**{"[Content_Types].xml": b"", **parts})) == "too_much_inside"


# Whatever comes


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except Unreadable as unreadable:
        assert unreadable.reason


@given(st.lists(st.lists(st.text(max_size=20), max_size=8), max_size=8))
@settings(max_examples=200, deadline=None)
def test_any_rows_under_good_headings_are_read_or_refused(rows: list[list[str]]) -> None:
    try:
        for row in rows_of(make_csv([HEADINGS, *rows], encoding="utf-8").replace(b"\x00", b"")):
            assert row["row"] >= 2
    except (Unreadable, UnicodeEncodeError):
        pass
