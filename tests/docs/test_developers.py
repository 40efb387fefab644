"""The developers' pages name everything that the protocol may answer, and every claim there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from oidc import errors
from oidc.claims import CLAIMS_SUPPORTED, SCOPE_CLAIMS
from tnid.errors import WORDINGS

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "developers"
PEOPLE = tomllib.loads((ROOT / "tnid/sandbox/people.toml").read_text())["person"]


def named(page: str) -> set[str]:
    return set(re.findall(r"`([\w-]+)`", (PAGES / page).read_text()))


def codes() -> set[str]:
    """Return the code of every error of the protocol."""
    found = [value for value in vars(errors).values() if isinstance(value, type)]
    return {str(kind.code) for kind in found if issubclass(kind, errors.OAuthError) and hasattr(kind, "code")}


def test_every_error_of_the_protocol_is_explained() -> None:
    assert len(codes()) > 25
    assert codes() - named("errors.md") == set()


def test_the_error_pages_that_an_application_can_cause_are_explained() -> None:
    shown = {
        "interaction_expired",
        "not_at_terminal",
        "too_many_attempts",
        "invalid_client",
        "invalid_request",
    }
    assert shown <= set(WORDINGS) & named("errors.md")


def test_every_scope_and_claim_is_named() -> None:
    assert {*SCOPE_CLAIMS, *CLAIMS_SUPPORTED} - named("claims.md") == set()


@pytest.mark.parametrize("page", ["sandbox.md", "../vi/developers/sandbox.md"])
def test_every_made_up_person_is_named(page: str) -> None:
    assert {one["username"] for one in PEOPLE} - named(page) == set()
