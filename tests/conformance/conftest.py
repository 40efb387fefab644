"""One provider for all plans of a test process, a person with every claim, and relying parties."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conformance.elsewhere import Elsewhere
from tests.conformance.relying_party import AFTER_LOGOUT, REDIRECT_URI, Op, RelyingParty
from tests.person import Person
from tests.security.target import running_target

EVERY_CLAIM = {
    "name": "Nguyễn Thị Chè",
    "family_name": "Nguyễn",
    "middle_name": "Thị",
    "given_name": "Chè",
    "nickname": "Chè",
    "profile": "https://people.example/che",
    "picture": "https://people.example/che.jpg",
    "website": "https://che.example/",
    "gender": "female",
    "birthdate": "1990-02-28",
    "zoneinfo": "Asia/Ho_Chi_Minh",
    "locale": "vi-VN",
    "email_verified": True,
    "phone_number_verified": True,
    "address": {"street_address": "1 Đội Cấn", "locality": "Thái Nguyên", "country": "VN"},
}

NewRelyingParty = Callable[..., RelyingParty]


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    """Where relying parties keep their documents."""
    made = Elsewhere(tmp_path_factory.mktemp("elsewhere"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def op(tmp_path_factory: pytest.TempPathFactory, elsewhere: Elsewhere) -> Iterator[Op]:
    """The provider, served as in production; addresses of clients on this machine may be fetched."""
    allowed = {
        "TNID_OUTBOUND_ALLOW_LOOPBACK": "true",
        "TNID_OUTBOUND_CA_FILE": str(elsewhere.ca_file),
    }
    with running_target(tmp_path_factory.mktemp("op"), workers=1, **allowed) as target:
        running = Op(target)
        yield running
        running.close()


@pytest.fixture(scope="session")
def person(op: Op) -> Person:
    """Somebody with a value for every standard claim, who signs in by password."""
    made: Person = op.target.new_person(
        totp=False, email="che@people.example", phone_number="0912345699", **EVERY_CLAIM
    )
    return made


@pytest.fixture
def new_relying_party(op: Op, person: Person) -> Iterator[NewRelyingParty]:
    """Register a client by an operator, who lets confidential ones off PKCE, as the plans send none."""
    made: list[RelyingParty] = []

    def new(*, by: Person | None = None, response_mode: str = "", **metadata: Any) -> RelyingParty:
        document = {
            "redirect_uris": [REDIRECT_URI],
            "post_logout_redirect_uris": [AFTER_LOGOUT],
            "grant_types": ["authorization_code", "refresh_token"],
            "require_pkce": False,
            **metadata,
        }
        party = op.target.new_client(**document)
        method = document.get("token_endpoint_auth_method", "client_secret_basic")
        made.append(
            RelyingParty(op, by or person, party.client_id, party.secret, method, response_mode=response_mode)
        )
        return made[-1]

    yield new
    for party in made:
        party.browser.close()
