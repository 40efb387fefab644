"""The text of a card's code: what is read, what is tolerated, what is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tnid.accounts.refusal import Refused
from tnid.enrolment.card_text import CardText, parse_card_text
from tnid.enrolment.names import bare_key, is_same_name, name_key, split_name

ADDRESS = "Tổ 5, Gia Sàng, Thành phố Thái Nguyên, Thái Nguyên"
AN = f"019090000123|090123456|Nguyễn Văn An|02011990|Nam|{ADDRESS}|15062021"
BICH = "006195004567||Nông Thị Bích|10031995|Nữ|Thôn Nà Cà, Chợ Rã, Ba Bể, Bắc Kạn|20072022"
NEW = "019090000123||Nguyễn Văn An|02011990|Nam|Tổ 5, Phường Gia Sàng, Thái Nguyên|01082024||||"


def read(text: str) -> CardText:
    found = parse_card_text(text)
    assert isinstance(found, CardText), found
    return found


def test_a_card_says_who_it_is_for() -> None:
    assert read(AN) == CardText(
        number="019090000123",
        old_number="090123456",
        name="Nguyễn Văn An",
        birthdate="1990-01-02",
        gender="male",
        address=ADDRESS,
        issued_on="2021-06-15",
    )
    bich = read(BICH)
    assert (bich.old_number, bich.gender, bich.birthdate) == ("", "female", "1995-03-10")
    assert read(NEW).issued_on == "2024-08-01"


@pytest.mark.parametrize(
    "text",
    [
        AN + "\x00\x00\x00",
        AN + "\x00rest of a buffer|1|2",
        AN + "\r\n",
        "\ufeff" + AN,
        AN + "|",
        AN + "||||",
        "https://example.vn/?" + AN,
        "CCCD: " + AN,
        "IDVNM|" + AN,
        AN.replace("|", " | "),
        unicodedata.normalize("NFD", AN),
    ],
)
def test_noise_around_the_text_makes_no_difference(text: str) -> None:
    assert read(text) == read(AN)


def test_a_missing_issue_date_is_no_fault() -> None:
    assert read(AN.rpartition("|")[0]).issued_on == ""
    assert read(AN.rpartition("|")[0] + "|").number == "019090000123"


@pytest.mark.parametrize(
    ("written", "birthdate"),
    [("00001950", "1950"), ("31021990", ""), ("1990", ""), ("", ""), ("00000000", ""), ("0201199O", "")],
)
def test_a_birth_date_that_is_none_is_left_to_the_person(written: str, birthdate: str) -> None:
    assert read(AN.replace("02011990", written)).birthdate == birthdate


@pytest.mark.parametrize(
    "text",
    [
        "DN4010112345678|4e677579e1bb856e|02/01/1990|1|5468|01-001|01/01/2021|-|15/01/2021|0101|-|4|01/01/2026|a-b|$",
        "0123456789|4e677579e1bb856e|02/01/1990|1|5468|01-001|01/01/2021|-|15/01/2021|0101|-|4|01/01/2026|a-b|$",
        "019090000123|4e677579e1bb856e|02/01/1990|1|5468|01-001|01/01/2021|-|15/01/2021|0101|-|4|a|b|$",
    ],
)
def test_a_health_insurance_card_is_named_as_one(text: str) -> None:
    assert parse_card_text(text) == Refused("card", "health_card")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.vn/",
        "019090000123",
        "019090000123|||||",
        "1019090000123|090123456|Nguyễn Văn An|02011990|Nam|Tổ 5|15062021",
        "０19090000123|090123456|Nguyễn Văn An|02011990|Nam|Tổ 5|15062021",
        AN + "x" * 2000,
        "WIFI:S:quan-ca-phe;T:WPA;P:12345678;;",
    ],
)
def test_what_is_no_card_is_refused(text: str) -> None:
    assert parse_card_text(text) == Refused("card", "card_text")


@given(st.text(max_size=300) | st.lists(st.text(max_size=20), max_size=14).map("|".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = parse_card_text(text)
    assert isinstance(found, CardText | Refused)


@given(prefix=st.text(max_size=20), fields=st.lists(st.text(max_size=30), min_size=5, max_size=12))
def test_whatever_follows_a_number_comes_out_clean(prefix: str, fields: list[str]) -> None:
    found = parse_card_text(f"{prefix}|019090000123|{'|'.join(fields)}")
    if isinstance(found, CardText):
        assert found.number.isascii() and len(found.number) == 12
        for value in (found.name, found.address):
            assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in value)
            assert unicodedata.is_normalized("NFC", value) and "|" not in value


def test_a_card_s_text_never_shows_in_a_trace() -> None:
    assert "Nguyễn" not in repr(read(AN)) and "0190" not in repr(read(AN))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Nguyễn Văn An", {"family_name": "Nguyễn", "middle_name": "Văn", "given_name": "An"}),
        (
            "Lường Thị Bích Ngọc",
            {"family_name": "Lường", "middle_name": "Thị Bích", "given_name": "Ngọc"},
        ),
        ("Nông Bích", {"family_name": "Nông", "given_name": "Bích"}),
        ("An", {"given_name": "An"}),
        ("", {}),
    ],
)
def test_a_name_is_split_in_its_order(name: str, parts: dict[str, str]) -> None:
    assert split_name(name) == parts


def test_two_spellings_of_one_name() -> None:
    assert name_key("NGUYỄN  văn An") == name_key(unicodedata.normalize("NFD", "Nguyễn Văn An"))
    assert is_same_name("Hoà", "Hòa") and is_same_name("Đặng Thị Thuỷ", "DANG THI THUY")
    assert name_key("Hoà") != name_key("Hòa") and bare_key("Đức") == "duc"
    assert not is_same_name("Nguyễn Văn An", "Nguyễn Văn Anh")
