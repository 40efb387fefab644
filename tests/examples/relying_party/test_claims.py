"""Claims in words: what a person reads of them, and of a number its end alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples.relying_party import claims, words
from examples.relying_party.words import LANGUAGES, Words
from oidc.claims import SCOPE_CLAIMS

WORDS = Words(Path(words.__file__).with_name("words.toml"))
NUMBER = "019161004512"
GIA_SANG = {"code": "05467", "name": "Phường Gia Sàng"}
TOLD = {
    "identity_level": 0,
    "residence_ward": GIA_SANG,
    "personal_id_number": NUMBER,
    "guardian_of": ["one", "two"],
    "staff_roles": [{"role": "official", "ward": GIA_SANG}, {"role": "operator"}],
}


def test_what_the_province_knows_is_written_in_words_and_the_number_masked() -> None:
    lines = {line.claim: (line.label, line.value) for line in claims.describe(TOLD, WORDS.say)}
    assert lines == {
        "identity_level": ("Mức danh tính", "Mức 0: tự khai"),
        "residence_ward": ("Xã, phường cư trú", "Phường Gia Sàng"),
        "personal_id_number": ("Số định danh cá nhân", "•••••••••512"),
        "guardian_of": ("Số con đang giám hộ", "2"),
        "staff_roles": ("Vai trò cán bộ", "Cán bộ một cửa – Phường Gia Sàng; Người vận hành Thái Nguyên ID"),
    }


WORK = {
    "is_worker": True,
    "employer": {"name": "Công ty CP May Sông Công", "tax_code": "4600777701"},
    "job_title": "Công nhân may",
    "industrial_park": {"id": "song-cong-2", "name": "KCN Sông Công II"},
    "employment_start_date": "2020-03-02",
    "employment_contract_type": "indefinite",
    "represents": [{"name": "Công ty CP May Sông Công"}],
    "job_seeker": {"kinds": ["may"]},
}


def test_what_is_told_of_work_is_written_in_words() -> None:
    lines = {line.claim: line.value for line in claims.describe(WORK, WORDS.say)}
    assert lines == {
        "is_worker": "Có",
        "employer": "Công ty CP May Sông Công",
        "job_title": "Công nhân may",
        "industrial_park": "KCN Sông Công II",
        "employment_start_date": "02/03/2020",
        "employment_contract_type": "Không xác định thời hạn",
        "represents": "Công ty CP May Sông Công",
        "job_seeker": "Đã nhận",
    }


@pytest.mark.parametrize("scope", ["worker", "employer", "employee", "jobs", "housing"])
def test_no_claim_about_work_is_passed_over_in_silence(scope: str) -> None:
    # When it was confirmed says less than until when that counts
    assert set(SCOPE_CLAIMS[scope]) - {"employment_confirmed_at"} <= set(claims.SHOWN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_words(language: str) -> None:
    told = {**TOLD, **WORK}
    lines = claims.describe(told, lambda key: WORDS.say(key, language))
    assert len(lines) == len(told) and NUMBER not in str(lines)


def test_word_for_word_the_number_is_masked_too() -> None:
    assert NUMBER not in json.dumps(claims.mask(TOLD)) and claims.mask(TOLD)["guardian_of"] == ["one", "two"]
    assert claims.mask({"name": "An"}) == {"name": "An"} and TOLD["personal_id_number"] == NUMBER


def test_what_was_asked_and_did_not_come_is_named() -> None:
    asked = ("openid", "citizen", "pid", "guardian", "staff")
    assert claims.find_missing(asked, {}) == ["citizen", "pid", "staff"]
    assert claims.find_missing(asked, {"identity_level": 0, "personal_id_number": NUMBER}) == ["staff"]
    assert claims.find_missing(asked, {"identity_level": 2}, by_helper=True) == []
