"""Every table says how long its rows stay: what removes them, or why nothing has to.

Whoever adds a table adds it here. "purge" is tnid/purge.py; other words are chores of tnid/housekeeping.py.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import ForeignKey, Table

from tnid import housekeeping, migrations, purge
from tnid.db import db

# Removed by a chore of its own, by the table's name
CHORES = {
    "audit_events": "purge_audit",
    "accounts": "delete_accounts",
    "signing_keys": "tend_keys",
    "client_secrets": "end_secrets",
}
# Belongs to a person, and goes with the account; few rows a person
OF_A_PERSON = {
    "totp_factors": "one a person",
    "passkeys": "as many as the person keeps",
    "recovery_codes": "ten a person, replaced together",
    "verifications": "one a person",
    "former_numbers": "an identification number that was replaced, sealed: a returning person is known by it",
    "counter_people": "one a person whom a counter made",
    "consents": "one a person and application, which they may look back on",
    "consent_heads": "the head of a person's ledger",
    "probes": "one a person, sector and question",
    "data_requests": "what the law has us answer, and the answer",
    "roles": "what somebody may do or could",
    "official_acts": "whom an official saw, for the person to look at",
    "mandate_clients": "goes with its mandate",
    "members": "who is or was in a team",
    "representatives": "who acts or acted for an employer",
}
# Goes with something else, which has an end of its own
OF_SOMETHING = {
    "import_parts": "its import",
    "import_rows": "its import, a batch before it",
    "client_versions": "its client; the oldest make room for new ones",
    "review_comments": "its review",
    "logos": "its application",
    "client_checks": "its application; one a check",
    "sandbox_requests": "its client, one of each",
}
# Grows with what there is, and not with what happens
BOUNDED = {
    "clients": "registered applications; disabled, and kept for the audit log's sake",
    "resources": "registered APIs",
    "employers": "organisations",
    "teams": "teams of developers, archived",
    "applications": "theirs, archived",
    "reviews": "what was applied for and decided, the basis of what an application gets",
    "agreements": "what was agreed, in force or not",
    "switches": "one a feature",
    "alarms": "one a kind",
    "leases": "one a chore",
    "audit_exports": "one a way out",
    "event_counts": "at most MOST_KINDS",
}
# Kept on purpose though it grows
KEPT = {
    "audit_batches": "the chain, a hash a second at most: without its links older events prove nothing",
    "audit_checks": "one a check of the log: when it was last whole is asked years later",
    "consent_ledger": "decisions under a number that is nobody's once the account is gone (decision 0019)",
}


def tables() -> dict[str, Table]:
    migrations.load_tables()
    return dict(db.metadata.tables)


def test_every_table_says_how_long_its_rows_stay() -> None:
    purged = {column.table.name for column in purge.EXPIRING}
    said = [*purged, *CHORES, *OF_A_PERSON, *OF_SOMETHING, *BOUNDED, *KEPT]
    assert set(tables()) - set(said) == set(), "say in this file what removes the rows of a new table"
    assert set(said) - set(tables()) == set()
    assert len(said) == len(set(said)), "one reason each"


def test_the_chores_are_there() -> None:
    text = Path(housekeeping.__file__).read_text()
    assert [chore for chore in CHORES.values() if f'Chore("{chore}"' not in text] == []


def test_what_is_a_persons_goes_with_the_account() -> None:
    staying = [
        name
        for name in OF_A_PERSON
        if not any(leads_to(key) for key in tables()[name].foreign_keys if key.ondelete == "CASCADE")
    ]
    assert staying == []


def leads_to(key: ForeignKey) -> bool:
    return key.column.table.name in ("accounts", "mandates")


def test_what_goes_with_something_is_bound_to_it() -> None:
    unbound = [name for name in OF_SOMETHING if not has_owner(tables()[name])]
    assert unbound == []


def has_owner(table: Table) -> bool:
    return any(key.ondelete == "CASCADE" for key in table.foreign_keys)
