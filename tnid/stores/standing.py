"""What the province knows of somebody's standing, of what was asked and by one statement."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, select

from oidc.attested import GUARDIAN_OF, PERSONAL_ID_NUMBER, RESIDENCE_WARD, STAFF_ROLES
from tnid.db import Database
from tnid.stores.accounts import IS_OPEN, accounts
from tnid.stores.guardianships import guardianships
from tnid.stores.roles import roles
from tnid.stores.verifications import verifications

LEAST_LEVEL_FOR_NUMBER = 2

# By another name than the account of whoever is asked about
_children = accounts.alias("children")

_HAS_NUMBER = accounts.c.identity_level >= LEAST_LEVEL_FOR_NUMBER
_COLUMNS = (accounts.c.id, accounts.c.username, accounts.c.identity_level, accounts.c.is_sandbox)
# A level that was taken back takes with it what it vouched for
_VERIFIED = (
    verifications.c.account_id == accounts.c.id,
    verifications.c.level <= accounts.c.identity_level,
)
# A role that was not used for long sleeps, and is none until it is granted anew
_ROLE = (
    roles.c.account_id == accounts.c.id,
    roles.c.revoked_at.is_(None),
    roles.c.used_at > bindparam("used_after"),
)
_GUARDIANSHIP = (
    guardianships.c.guardian_id == accounts.c.id,
    guardianships.c.agreed_at.is_not(None),
    guardianships.c.ended_at.is_(None),
    guardianships.c.expires_at > bindparam("now"),
)
_CHILD = (
    _children.c.id == guardianships.c.child_id,
    _children.c.disabled_at.is_(None),
    _children.c.shut_by_owner_at.is_(None),
    _children.c.deletion_due_at.is_(None),
)


@cache
def _statement(names: frozenset[str]) -> Any:
    """Return the look at these claims: 32 at the most, each compiled once."""
    columns: list[Any] = list(_COLUMNS)
    source: Any = accounts
    if PERSONAL_ID_NUMBER in names:
        # What isn't told isn't fetched
        sealed = case((_HAS_NUMBER, accounts.c.pin_sealed)).label("pin_sealed")
        columns += [sealed, accounts.c.pin_kind]
    if RESIDENCE_WARD in names:
        source = source.outerjoin(verifications, and_(*_VERIFIED))
        columns += [verifications.c.account_id, verifications.c.claims_sealed]
    if STAFF_ROLES in names:
        source = source.outerjoin(roles, and_(*_ROLE))
        columns += [roles.c.role, roles.c.commune]
    if GUARDIAN_OF in names:
        source = source.outerjoin(guardianships, and_(*_GUARDIANSHIP))
        source = source.outerjoin(_children, and_(*_CHILD))
        columns += [_children.c.id.label("child_id")]
    return select(*columns).select_from(source).where(accounts.c.id == bindparam("of_account"), *IS_OPEN)


class StandingStore:
    """Looks at what several tables hold of one person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, account_id: str, names: frozenset[str], *, used_after: int, now: int) -> list[Any]:
        """Return an open account's rows: one for each role with each child, at least one; none for who is
        shut. Only the columns of these claims are in them, and a number's only at identity level 2.

        Roles that were not used since `used_after` are none.
        """
        return self._database.fetch_all(
            _statement(names), of_account=account_id, used_after=used_after, now=now
        )
