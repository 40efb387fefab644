"""docs/openapi.yaml against discovery and the running server: what is there is written, and holds."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from oidc import discovery
from oidc.credentials import issuer
from tests.security.target import Party, Target, running_target
from tests.tnid.employment.work import an_employer
from tnid import clock, front
from tnid.employment import card_status
from tnid.scim.tokens import Made

PATH = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
SCHEMA = schemathesis.openapi.from_path(PATH)
EXAMPLES = 12
CHECKS = (
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
)
OPERATIONS = {
    f"{found.ok().method.upper()} {found.ok().path}": found.ok() for found in SCHEMA.get_all_operations()
}
CASES = [
    (name, scheme)
    for name, operation in OPERATIONS.items()
    for scheme in ("", *(next(iter(way)) for way in operation.definition.raw.get("security", ())[:1]))
]
# Addresses of our own, of which no relying party knows
OPERATIONAL = {"/healthz", "/readyz", "/qr/poll", "/metrics"}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server where anybody may register, so that registration is reached."""
    folder = tmp_path_factory.mktemp("openapi")
    with running_target(folder, workers=1, TNID_REGISTRATION_OPEN="true") as running:
        yield running


@pytest.fixture(scope="module")
def headers_of(target: Target) -> dict[str, dict[str, str]]:
    """Return, for each way of authentication, a header that succeeds."""
    client: Party = target.new_client(grant_types=["authorization_code", "refresh_token"])
    token = target.new_tokens(target.new_person(), client)["access_token"]
    pair = base64.b64encode(f"{client.client_id}:{client.secret}".encode()).decode()
    return {
        "clientSecretBasic": {"Authorization": f"Basic {pair}"},
        "accessToken": bearer(token),
        "employerToken": bearer(new_employer_token(target)),
    }


def new_employer_token(target: Target) -> str:
    services = target.services
    with services.database.unit():
        made = services.employer_tokens.make(an_employer(services, clock.now()).id, "HRM", None, clock.now())
    assert isinstance(made, Made)
    return made.token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def documented_paths() -> set[str]:
    """Return what relying parties call; where personnel systems do, discovery is SCIM's own."""
    return {path for path in SCHEMA.raw_schema["paths"] if not path.startswith("/scim/v2/")}


def test_every_endpoint_of_discovery_is_documented_and_no_other() -> None:
    published = {*discovery.ENDPOINTS.values(), discovery.OPENID_PATH, discovery.OAUTH_PATH}
    # Of credentials, which discovery doesn't know
    published |= {issuer.PATH, card_status.PATH}
    assert documented_paths() - OPERATIONAL - {front.CLIENT_PREFIX + "{client_id}"} == published


def test_every_route_of_the_front_is_documented_with_its_methods(target: Target) -> None:
    for path, route in front.routes(target.services).items():
        documented = {name.upper() for name in SCHEMA.raw_schema["paths"][path]} & {"GET", "POST"}
        assert route.methods - {"HEAD"} <= documented, path


@pytest.mark.parametrize(("name", "scheme"), CASES)
def test_the_server_answers_as_written(
    name: str, scheme: str, target: Target, headers_of: dict[str, dict[str, str]]
) -> None:
    operation, headers = OPERATIONS[name], headers_of.get(scheme, {})

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=os.environ.get("CI") == "true",
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        # Nobody's cookies: each example is a stranger
        response = case.call(base_url=target.address, headers=headers, allow_redirects=False)
        case.validate_response(response, checks=CHECKS)

    send()
