"""Every reason that a list or a row can have is told in words of its own."""

from __future__ import annotations

import re
from pathlib import Path

import tnid
from tnid.imports.reader.headings import HEADINGS
from tnid.imports.rows import OUTCOMES
from tnid.imports.words import FIELDS, LISTS, ROWS
from tnid.imports.words import OUTCOMES as OUTCOME_WORDS

ROOT = Path(tnid.__file__).parent
READER = sorted((ROOT / "imports" / "reader").glob("*.py"))
_QUOTED = r'"([a-z0-9_]+)"'


def reasons(paths: list[Path], *patterns: str) -> set[str]:
    source = "\n".join(path.read_text() for path in paths)
    return {found for pattern in patterns for found in re.findall(pattern, source)}


def test_a_list_that_is_refused_hears_why() -> None:
    said = reasons(READER, rf"Unreadable\({_QUOTED}\)", rf'"refused": {_QUOTED}')
    said |= reasons([ROOT / "imports/engine.py", ROOT / "imports/staging.py"], rf"ListRefused\({_QUOTED}\)")
    fonts = {"font_tcvn3", "font_vni", "encoding_twice", "windows_1258", "encoding"}
    fonts |= {"xls", "password", "no_heading", "empty"}
    assert {"utf16", "pdf", "too_much_inside", "damaged"} <= said
    assert said | fonts <= set(LISTS)


def test_a_row_that_is_not_taken_over_hears_why() -> None:
    said = reasons(READER, rf"Fault\({_QUOTED}\)") | {"merged", "font_tcvn3", "font_vni", "encoding_twice"}
    said |= reasons([ROOT / "imports/staging.py"], rf", {_QUOTED}\),$", rf'"\w+", "\w+", {_QUOTED}\)')
    checks = rf'\("\w+", {_QUOTED}, (?:not|bool|turned)'
    said |= reasons([ROOT / "employment/attestation.py"], rf"Unfit\({_QUOTED}\)", checks)
    said |= reasons([ROOT / "employment/attestations.py"], rf'None, "\w+", {_QUOTED}\)')
    said |= {"characters", "name_characters", "too_long", "number_as_power", "number_without_zero"}
    assert {"formula", "not_on_list", "number_of_another", "too_young", "date", "number_twice"} <= said
    assert said <= set(ROWS)


def test_every_outcome_and_column_has_a_name() -> None:
    assert set(OUTCOME_WORDS) == set(OUTCOMES)
    assert set(FIELDS) == set(HEADINGS)
