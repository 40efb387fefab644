"""Dynamic registration over HTTP, on the real stores and through the front."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tnid.conftest import InProcess
from tnid import clock
from tnid.app import Application

DOCUMENT = {"redirect_uris": ["https://rp.example/cb"], "client_name": "Ứng dụng"}


@pytest.fixture
def token(app: Application) -> str:
    made: str = app.extensions["tnid"].provider.registration.initial_access_token(clock.now(), 60)
    return made


def call(app: Application, method: str, path: str, token: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return app.test_client().open(path, method=method, json=body, headers=headers)


def test_a_client_registers_reads_changes_and_deletes_itself(app: Application, token: str) -> None:
    made = call(app, "POST", "/clients", token, DOCUMENT)
    assert made.status_code == 201 and made.json["client_secret"]
    path = made.json["registration_client_uri"].removeprefix(app.extensions["tnid"].settings.issuer)
    own = made.json["registration_access_token"]
    read = call(app, "GET", path, own)
    assert read.status_code == 200 and "client_secret" not in read.json
    changed = call(
        app, "PUT", path, own, {**DOCUMENT, "client_id": made.json["client_id"], "client_name": "Mới"}
    )
    assert changed.json["client_name"] == "Mới"
    assert call(app, "DELETE", path, own).status_code == 204
    assert call(app, "GET", path, own).status_code == 401


@pytest.mark.parametrize("path", ["/clients", "/clients/"])
@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "GET"])
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_an_address_without_an_id_answers_as_the_api_does(
    app: Application, method: str, path: str, accept: str
) -> None:
    headers = {"Authorization": "Bearer x", "Accept": accept}
    answer = app.test_client().open(path, method=method, headers=headers)
    assert answer.status_code in (401, 405) and answer.content_type == "application/json"
    assert answer.json["error"] in ("invalid_token", "invalid_request")
    assert answer.status_code == 401 or answer.headers["Allow"]


def test_nobody_registers_without_a_token(app: Application, browser: InProcess) -> None:
    refused = call(app, "POST", "/clients", "", DOCUMENT)
    assert refused.status_code == 401 and refused.json["error"] == "invalid_token"
    assert call(app, "GET", "/clients", "x").status_code == 405
    assert call(app, "PATCH", "/clients/x", "x").status_code == 405
    assert browser.get("http://localhost:8000/clients/x").status_code == 401


def test_an_address_on_this_machine_is_never_fetched(app: Application, token: str) -> None:
    for host in (
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "169.254.169.254",
        "0x7f000001",
        "localhost.",
    ):
        answer = call(
            app, "POST", "/clients", token, {**DOCUMENT, "sector_identifier_uri": f"https://{host}/x"}
        )
        assert answer.status_code == 400 and answer.json["error"] == "invalid_client_metadata", host
