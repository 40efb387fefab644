"""A backup under load, restored elsewhere: it is whole, and nothing that was spent since works."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import KINDS
from tests.faults.nodes_load import find_wrong, people_at, wait_for_sign_ins
from tests.security.target import Party, Target
from tests.servers.postgresql import PostgreSQL
from tests.servers.provider import Provider, running_provider

USERS = 3
SIGN_INS = 4


@pytest.fixture
def elsewhere(fragile: Target, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Another machine: the same master key, an empty database."""
    folder = tmp_path / "elsewhere"
    (folder / "instance").mkdir(parents=True)
    shutil.copy2(fragile.services.settings.master_key_file, folder / "instance")
    environ = {**fragile.provider.environ, "TNID_INSTANCE_DIR": str(folder / "instance")}
    if "TNID_DATABASE_URL" not in environ:
        yield environ
        return
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    name = server.create_database()
    yield {**environ, "TNID_DATABASE_URL": server.url_of(name)}
    server.drop_database(name)


@pytest.mark.parametrize("fragile", KINDS, indirect=True)
def test_a_backup_under_load_is_restored_and_revives_nothing(
    fragile: Target, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    party, person = fragile.new_client(), fragile.new_person()
    tokens = fragile.new_tokens(person, party)
    with people_at(fragile, fragile.address, [party] * USERS) as users:
        wait_for_sign_ins(users, SIGN_INS)
        code = fragile.new_code(person, party)
        fragile.provider.tnid("backup", str(tmp_path / "backup"))
        wait_for_sign_ins(users, SIGN_INS)
    assert find_wrong(users) == []
    assert fragile.http.post("/token", data=party.redemption(code), headers=party.basic).status_code == 200
    fragile.provider.stop()

    there = {name: value for name, value in elsewhere.items() if name.startswith("TNID_")}
    Provider("", 0, elsewhere, tmp_path / "log", 1).tnid("restore", str(tmp_path / "backup"))
    url = there.pop("TNID_DATABASE_URL", None)
    with running_provider(tmp_path / "elsewhere", database_url=url, workers=1, **there) as restored:
        told = users[0].told
        refresh_tokens = [tokens["refresh_token"], told.refresh_token]
        check_refused(restored, party, [code, *told.spent_codes[:5]], refresh_tokens)
        restored.tnid("db", "check")
        restored.tnid("audit", "verify")
        assert restored.tnid("account", "show", person.username)["username"] == person.username


def check_refused(restored: Provider, party: Party, codes: list[str], tokens: list[str]) -> None:
    """What worked when the backup was made may have been used since: none of it works."""
    with httpx.Client(base_url=f"http://127.0.0.1:{restored.port}", timeout=30) as http:
        for form in (*map(party.redemption, codes), *map(party.refreshment, tokens)):
            answer = http.post("/token", data=form, headers=party.basic)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
