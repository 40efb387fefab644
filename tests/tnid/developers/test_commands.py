"""`tnid team` and `tnid application`: what operators see, and what they may do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from tests.tnid.conftest import Someone
from tests.tnid.developers.conftest import NAME, Make
from tnid.cli import main
from tnid.services import Services

pytestmark = pytest.mark.usefixtures("environ")


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch, services: Services) -> None:
    """Have commands work on the application's own database."""
    settings = services.settings
    monkeypatch.setenv("TNID_INSTANCE_DIR", str(settings.instance_dir))
    monkeypatch.setenv("TNID_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("TNID_MASTER_KEY_FILE", str(settings.master_key_file))


def tnid(*arguments: str) -> Any:
    done = CliRunner().invoke(main, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refuse(*arguments: str) -> str:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 1, done.output
    return done.output


def test_an_operator_sees_teams_and_their_applications(team: str, vinh: Someone, make: Make) -> None:
    application = make()
    (listed,) = tnid("team", "list")["teams"]
    assert (listed["name"], listed["state"], listed["owners"], listed["applications"]) == (
        NAME,
        "active",
        1,
        1,
    )
    shown = tnid("team", "show", team)
    assert [one["username"] for one in shown["people"]] == ["vinh"]
    (listed,) = tnid("application", "list")["applications"]
    assert listed["id"] == application.id and listed["team"] == NAME
    for named in (application.id, application.sandbox_client_id):
        shown = tnid("application", "show", named)
        assert shown["texts"]["name"]["vi"] == "Sổ khám bệnh"
        assert [one["event"] for one in shown["acts"]] == ["application.create"]
    assert "secret" not in json.dumps(shown)


def test_an_operator_gives_a_team_an_owner_and_takes_one_away(team: str, vinh: Someone, mai: Someone) -> None:
    assert tnid("team", "member", "add", team, "mai", "--role", "owner")["role"] == "owner"
    assert tnid("team", "member", "add", team, "mai", "--role", "reader")["role"] == "reader"
    tnid("team", "member", "remove", team, "vinh")
    assert [one["username"] for one in tnid("team", "show", team)["people"]] == ["mai"]
    assert "does not belong" in refuse("team", "member", "remove", team, "vinh")


def test_an_operator_archives_an_application(make: Make, services: Services) -> None:
    application = make()
    tnid("application", "archive", application.id)
    assert services.clients.find_now(application.sandbox_client_id).disabled_at  # type: ignore[union-attr]
    assert "archived already" in refuse("application", "archive", application.id)


def test_what_is_not_there_is_said(services: Services) -> None:
    assert "There is no team" in refuse("team", "show", "none")
    assert "There is no application" in refuse("application", "show", "none")
