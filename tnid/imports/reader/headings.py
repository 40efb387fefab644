"""Which column is which, by its heading: in Vietnamese, English or Korean, in any order, with or without
diacritics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from tnid.imports.reader.kinds import Unreadable

HEADINGS: dict[str, tuple[str, ...]] = {
    "staff_code": (
        *("mã nhân viên", "mã NV", "MSNV", "mã số nhân viên", "mã công nhân", "mã số công nhân", "mã số thẻ"),
        *(
            "mã người lao động",
            "mã lao động",
            "staff code",
            "employee code",
            "employee id",
            "employee number",
        ),
        *("staff id", "staff no", "employee no", "사번", "사원번호"),
    ),
    "name": (
        *("họ và tên", "họ tên", "họ, chữ đệm và tên", "họ và tên nhân viên", "họ tên nhân viên"),
        *("họ và tên người lao động", "tên nhân viên", "họ tên công nhân", "name", "full name"),
        *("employee name", "성명", "이름"),
    ),
    "personal_id_number": (
        *("số định danh cá nhân", "số định danh", "mã định danh", "mã định danh cá nhân", "CCCD", "số CCCD"),
        *("căn cước công dân", "số căn cước công dân", "số căn cước", "căn cước", "số thẻ căn cước"),
        *("CMND/CCCD", "số CMND/CCCD", "CCCD/CMND", "số CCCD/CMND", "personal id number", "personal id"),
        *("national id", "citizen id", "identity number", "id number", "개인식별번호"),
    ),
    "birthdate": (
        *("ngày sinh", "ngày tháng năm sinh", "ngày, tháng, năm sinh", "sinh ngày", "birthdate"),
        *("birth date", "date of birth", "birthday", "DOB", "생년월일"),
    ),
    "title": (
        *("chức danh", "chức vụ", "vị trí", "vị trí việc làm", "vị trí công việc", "công việc", "title"),
        *("job title", "position", "직위", "직책"),
    ),
    "park": ("khu công nghiệp", "KCN", "park", "industrial park", "산업단지"),
    "start_date": (
        *("ngày vào làm", "ngày vào làm việc", "ngày vào", "ngày bắt đầu", "ngày bắt đầu làm việc"),
        *("ngày nhận việc", "start date", "hire date", "date of joining", "joining date", "입사일"),
    ),
    "end_date": (
        *("ngày nghỉ việc", "ngày nghỉ", "ngày thôi việc", "ngày kết thúc", "ngày chấm dứt", "end date"),
        *("leaving date", "last day", "termination date", "퇴사일"),
    ),
    "contract_type": (
        *("loại hợp đồng", "loại hợp đồng lao động", "loại HĐLĐ", "loại HĐ", "hợp đồng", "contract type"),
        *("contract", "type of contract", "계약 유형"),
    ),
    "income": (
        *("thu nhập bình quân", "thu nhập bình quân tháng", "thu nhập bình quân 12 tháng", "thu nhập"),
        *("thu nhập trung bình", "income", "average income", "monthly income", "월평균 소득"),
    ),
    "tax_code": (
        *("mã số thuế", "MST", "mã số doanh nghiệp", "mã số thuế doanh nghiệp", "mã số thuế công ty"),
        *("tax code", "employer tax code", "enterprise code", "기업코드"),
    ),
}
"""The columns that are read, and what they are called; the first is on the template."""

# A title over the table, the company's name, a date: the headings come after them
MOST_ROWS_ABOVE = 20
LEAST_KNOWN = 2
MOST_COLUMNS = 64
_MOST_IGNORED = 20
_MOST_HEADING = 60
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NOT_LETTERS = re.compile(r"[\W_]+")
_MANY_DIGITS = re.compile(r"\d{6}")


class Columns(NamedTuple):
    """Where each column is, and the headings of those that nothing is taken from."""

    places: dict[str, int]
    ignored: tuple[str, ...]


def key_of(heading: str) -> str:
    """Return the heading without case, diacritics, signs and what stands in brackets."""
    bare = unicodedata.normalize("NFD", _IN_BRACKETS.sub(" ", heading[:200]).casefold().replace("đ", "d"))
    # Korean falls apart into its letters here, as it does in the table
    kept = "".join(letter for letter in bare if unicodedata.category(letter) != "Mn")
    return _NOT_LETTERS.sub(" ", kept).strip()


_FIELDS = {key_of(heading): field for field, headings in HEADINGS.items() for heading in headings}
_FIELDS |= {key_of(field): field for field in HEADINGS}


def find_columns(cells: Sequence[str]) -> Columns | None:
    """Return the columns if this row holds headings. Raises Unreadable for headings that can't be used:
    `heading_twice`, `no_number_column` and `no_name_column`."""
    fields = [_FIELDS.get(key_of(cell)) for cell in cells]
    known = [field for field in fields if field]
    if len(set(known)) < LEAST_KNOWN:
        return None
    if len(set(known)) < len(known):
        raise Unreadable("heading_twice")
    # Somebody is recognised by the one or the other; a name says that it is they who are meant
    if not {"staff_code", "personal_id_number"} & set(known):
        raise Unreadable("no_number_column")
    if "name" not in known:
        raise Unreadable("no_name_column")
    others = [cell.strip() for cell, field in zip(cells, fields, strict=True) if not field and cell.strip()]
    # A heading is the employer's word for a column. What holds digits may be somebody's number
    ignored = tuple(other[:_MOST_HEADING] for other in others if not _MANY_DIGITS.search(other))
    places = {field: place for place, field in enumerate(fields) if field}
    return Columns(places, ignored[:_MOST_IGNORED])
