"""The database is migrated while people sign in: the code that was there before goes on unhindered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from tests.faults.conftest import KINDS
from tests.faults.nodes_load import find_lost, find_wrong, people_at, wait_for_sign_ins
from tests.security.target import Target
from tnid.migrations import change_schema
from tnid.revision import VERSIONS

USERS = 3
SIGN_INS = 5
# What a migration of ours may do: this, and nothing that takes away what older code uses
ADDITIONS = (
    "ALTER TABLE accounts ADD COLUMN of_tomorrow INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE grants ADD COLUMN of_tomorrow VARCHAR(64)",
    "ALTER TABLE sessions ADD COLUMN of_tomorrow BIGINT",
    "ALTER TABLE audit_events ADD COLUMN of_tomorrow TEXT",
    "CREATE INDEX ix_of_tomorrow ON grants (of_tomorrow)",
    "CREATE TABLE of_tomorrow (id INTEGER PRIMARY KEY, account_id VARCHAR(22) REFERENCES accounts (id))",
)
TAKES_AWAY = re.compile(r"drop_table|drop_column|rename|alter_column\([^)]*nullable=False", re.DOTALL)


@pytest.mark.parametrize("fragile", KINDS, indirect=True)
def test_people_sign_in_while_the_database_is_migrated(fragile: Target) -> None:
    party = fragile.new_client()
    with people_at(fragile, fragile.address, [party] * USERS) as users:
        wait_for_sign_ins(users, SIGN_INS)
        migrate(str(fragile.services.settings.database_url))
        wait_for_sign_ins(users, SIGN_INS)
    assert find_wrong(users) == []
    assert not any(status >= 500 or status == 0 for user in users for status in user.answers)
    assert find_lost(fragile, users) == []


def migrate(url: str) -> None:
    """Do in one transaction what a newer version's migration may do."""

    def change(connection: Connection) -> None:
        for statement in ADDITIONS:
            connection.execute(text(statement))

    change_schema(url, change)


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("[0-9]*.py")), ids=lambda path: path.name[:4])
def test_no_migration_takes_away_what_older_code_uses(path: Path) -> None:
    upgrading = path.read_text().partition("def downgrade")[0]
    assert not TAKES_AWAY.search(upgrading)
