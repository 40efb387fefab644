"""Every claim is named where somebody looks for it: on the consent page, in discovery, in the documents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from oidc import discovery
from oidc.attested import QUESTIONS, SCOPES
from oidc.claims import CLAIMS_SUPPORTED, SCOPE_CLAIMS
from oidc.consent import CLAIM_GROUPS, item_name
from oidc.yes_no import ASKING
from tnid.employment.claims import FIELD_CLAIMS

DOCS = Path(__file__).resolve().parents[2] / "docs"
OPENAPI = yaml.safe_load((DOCS / "openapi.yaml").read_text())["components"]["schemas"]["Claims"]["properties"]
TABLE = {
    found[1]: [cell.strip() for cell in row.strip("|").split("|")]
    for row in (DOCS / "work-claims.md").read_text().splitlines()
    if (found := re.match(r"\| `(\w+)` \|", row))
}
OF_SCOPES = [(scope, claim) for scope, claims in SCOPE_CLAIMS.items() for claim in claims]


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    return discovery.metadata("https://id.example", ("RS256",), ("vi",))


@pytest.mark.parametrize(("scope", "claim"), OF_SCOPES)
def test_a_claim_of_a_scope_has_its_words_its_entry_and_its_form(
    scope: str, claim: str, published: dict[str, Any]
) -> None:
    assert claim in CLAIM_GROUPS[item_name(claim)], "of which each has its words: tests/tnid/consent"
    assert scope in published["scopes_supported"] and claim in published["claims_supported"]
    assert claim in OPENAPI


@pytest.mark.parametrize("claim", [name for name in CLAIMS_SUPPORTED if name in ASKING])
def test_a_question_has_its_entry_and_its_form(claim: str, published: dict[str, Any]) -> None:
    assert claim in published["claims_supported"] and claim in OPENAPI


def test_the_table_of_work_holds_every_claim_with_its_scope_and_its_field() -> None:
    of_work = {claim: f"`{scope}`" for scope, claim in OF_SCOPES if scope in SCOPES}
    assert {name: row[1] for name, row in TABLE.items()} == {**of_work, **dict.fromkeys(QUESTIONS, "by name")}
    fields = {claim: field for field, claims in FIELD_CLAIMS.items() for claim in claims}
    assert {name: row[2] for name, row in TABLE.items() if row[2] not in ("any", "none")} == fields
