"""`tnid review` and the life of applications by `tnid application`: done, or refused with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.servers.provider import environ_for
from tests.tnid.reviews.conftest import FULL
from tests.tnid.test_cli import Commands
from tnid import clock
from tnid.cli.services import open_services
from tnid.developers.applications import Made, NewApplication
from tnid.reviews.document import make_document

APP = {
    "client_id": "viec-lam",
    "client_name": "Việc làm",
    "redirect_uris": ["https://viec.example/cb"],
    "token_endpoint_auth_method": "none",
}


@pytest.fixture
def tnid(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    made = Commands(environ_for(tmp_path, 1, database_url))
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)
    made.answer("db", "upgrade")
    for username in ("vinh", "duyet", "hai"):
        given = {"username": username, "password": "chè xanh búp tím 2 nương", "totp": True}
        made.answer("account", "create", "-", given=given)
    for username in ("duyet", "hai"):
        made.answer("operator", "add", username, "--role", "reviewer")
    return made


def submit(*names: str) -> tuple[str, str, str]:
    """Make an application of vinh's team and submit it; return it, the review and the team."""
    now = clock.now()
    with open_services() as services:
        services.keyring.ensure(now)
        vinh = services.accounts.find_by_username("vinh")
        assert vinh is not None
        developers = services.developers
        team_id = str(developers.teams.create("Nhóm Sổ khám", "Sở Y tế", vinh.id, now))
        new = NewApplication(team_id, "Sổ khám bệnh", "web", "https://so.example/cb", "a" * 22)
        made = developers.applications.create(new, vinh.id, now)
        assert isinstance(made, Made)
        developers.disclosures.choose(made.application_id, list(names), vinh.id, now)
        for name in names:
            wish = FULL.__class__(FULL.purpose, basis="contract", kept="year", reason="Đối chiếu")
            developers.disclosures.describe(made.application_id, name, wish, vinh.id, now)
        application = developers.applications.find(made.application_id)
        team = developers.teams.find(team_id)
        assert application is not None and team is not None
        sandbox = services.clients.find_now(application.sandbox_client_id)
        assert sandbox is not None
        signed = {"name": "Lê Quang Vinh", "position": "Trưởng phòng"}
        document = make_document(team, application, sandbox, None, {}, signed)
        review = services.going_live.reviews.submit(document, vinh.id, now)
    return made.application_id, str(review), team_id


def test_a_review_is_listed_talked_about_and_decided(tnid: Commands) -> None:
    application, review, _team = submit("name")
    (listed,) = tnid.answer("review", "list")["reviews"]
    assert (listed["id"], listed["application"], listed["needs_two"]) == (review, "Sổ khám bệnh", False)
    assert "has" in tnid.refusal("review", "comment", review, "x" * 1001, "--by", "duyet")
    tnid.answer("review", "comment", review, "Vì sao?", "--field", "items/name", "--by", "duyet")
    shown = tnid.answer("review", "show", review)
    assert shown["comments"][0]["text"] == "Vì sao?" and "name" in shown["document"]["items"]
    assert "vinh is no reviewer" in tnid.refusal("review", "approve", review, "--by", "vinh")
    assert "no review" in tnid.refusal("review", "show", "nothing")
    done = tnid.answer("review", "approve", review, "--by", "duyet")
    assert done["is_live"] and done["certificate"].endswith("-000001")
    assert "decided" in tnid.refusal("review", "refuse", review, "--reason", "Muộn", "--by", "hai")
    client = tnid.answer("client", "show", done["client_id"])
    assert client["agreed_only"] and set(client["consent_items"]) == {"name"} and application


def test_two_reviewers_and_changes_by_command(tnid: Commands) -> None:
    _application, review, _team = submit("verified_claims/name")
    assert tnid.answer("review", "approve", review, "--by", "duyet") == {"review": review, "is_live": False}
    assert "second reviewer" in tnid.refusal("review", "approve", review, "--by", "duyet")
    tnid.answer("review", "changes", review, "--reason", "Sửa mục đích", "--by", "hai")
    assert tnid.answer("review", "list", "--state", "changes_asked")["reviews"][0]["reason"] == "Sửa mục đích"


def test_an_application_is_stopped_resumed_and_ended_by_command(tnid: Commands) -> None:
    application, review, _team = submit("name")
    assert "not live" in tnid.refusal("application", "suspend", application, "--reason", "Lộ khóa")
    client_id = tnid.answer("review", "approve", review, "--by", "duyet")["client_id"]
    tnid.answer("application", "suspend", application, "--reason", "Lộ khóa")
    assert "already" in tnid.refusal("application", "suspend", application, "--reason", "Lộ khóa")
    assert tnid.answer("client", "show", client_id)["disabled_at"]
    tnid.answer("application", "resume", application)
    assert "not suspended" in tnid.refusal("application", "resume", application)
    assert "--yes" in tnid.refusal("application", "end", application), "a script has nobody to ask"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tnid.cli.answers.is_at_terminal", lambda: True)
        asked = tnid.run("application", "end", application, given="n\n")
    assert (asked.exit_code, "End it?" in asked.output) == (1, True)
    tnid.answer("application", "end", application, "--yes")
    assert "ended" in tnid.refusal("application", "end", application, "--yes")
    assert "ended, and stays so" in tnid.refusal("client", "enable", client_id)
    assert tnid.answer("client", "show", client_id)["disabled_at"], "what was ended stays so"


def test_a_client_from_before_is_adopted_by_command(tnid: Commands) -> None:
    _application, _review, team = submit("name")
    tnid.answer("client", "create", "-", given=APP)
    assert "no such team" in tnid.refusal("application", "adopt", "viec-lam", "--team", "nothing")
    made: Any = tnid.answer("application", "adopt", "viec-lam", "--team", team)
    assert made["client_id"] == "viec-lam" and made["application"]
    assert "already" in tnid.refusal("application", "adopt", "viec-lam", "--team", team)
    assert "no client" in tnid.refusal("application", "adopt", "nobody", "--team", team)
