"""Employers, and who represents each: an organisation asks to be one, and an operator approves it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Exists,
    ForeignKey,
    Index,
    String,
    Text,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import accounts

MANAGER = "manager"

employers = db.Table(
    "employers",
    Column("id", String(22), primary_key=True),
    # The enterprise code (mã số thuế): ten digits, or those of a branch after them
    Column("tax_code", String(14), nullable=False),
    Column("name", Text, nullable=False),
    # One of the industrial parks, None for elsewhere: where its people work unless the list says otherwise
    Column("park", String(32)),
    Column("domain", String(253)),
    Column("domain_verified_at", BigInteger),
    Column("requested_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("requested_at", BigInteger, nullable=False),
    Column("approved_at", BigInteger),
    Column("suspended_at", BigInteger),
    # When those who manage it were last told whom it is to confirm again
    Column("reminded_at", BigInteger),
)
_EMPLOYER = employers.c
# Anybody may ask in an organisation's name; one of those who asked is approved
_IS_APPROVED = _EMPLOYER.approved_at.is_not(None)
Index(
    "uq_employers_tax_code_approved",
    _EMPLOYER.tax_code,
    unique=True,
    sqlite_where=_IS_APPROVED,
    postgresql_where=_IS_APPROVED,
)
Index("ix_employers_tax_code", _EMPLOYER.tax_code)
Index("ix_employers_requested_by", _EMPLOYER.requested_by)

representatives = db.Table(
    "representatives",
    Column("id", String(22), primary_key=True),
    Column("employer_id", String(22), ForeignKey("employers.id", ondelete="CASCADE"), nullable=False),
    # None until somebody took the invitation up
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE")),
    # One of tnid.employers.roles
    Column("role", String(16), nullable=False),
    Column("invited_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("invitation_hash", String(64), unique=True),
    Column("invitation_expires_at", BigInteger),
    Column("granted_at", BigInteger, nullable=False),
    Column("accepted_at", BigInteger),
    Column("revoked_at", BigInteger),
)
_REPRESENTATIVE = representatives.c
_STANDS = _REPRESENTATIVE.revoked_at.is_(None)
Index(
    "uq_representatives_employer_id_account_id_active",
    _REPRESENTATIVE.employer_id,
    _REPRESENTATIVE.account_id,
    unique=True,
    sqlite_where=_STANDS,
    postgresql_where=_STANDS,
)
Index("ix_representatives_account_id", _REPRESENTATIVE.account_id)
Index("ix_representatives_employer_id", _REPRESENTATIVE.employer_id)
Index("ix_representatives_invited_by", _REPRESENTATIVE.invited_by)

# For statements: who may be served, and in whose name something is done

MAY_ACT = (_EMPLOYER.approved_at.is_not(None), _EMPLOYER.suspended_at.is_(None))
IN_FORCE = (_REPRESENTATIVE.accepted_at.is_not(None), _REPRESENTATIVE.revoked_at.is_(None))
_acting, _acting_for = representatives.alias("acting"), employers.alias("acting_for")


def is_managed_by(employer_id: ColumnElement[Any], account_id: ColumnElement[Any]) -> Exists:
    """Say in a statement that somebody manages an organisation that may act: whatever is written in its name
    needs that at the very moment of writing."""
    return exists().where(
        _acting.c.employer_id == employer_id,
        _acting.c.account_id == account_id,
        _acting.c.role == MANAGER,
        _acting.c.accepted_at.is_not(None),
        _acting.c.revoked_at.is_(None),
        _acting_for.c.id == _acting.c.employer_id,
        _acting_for.c.approved_at.is_not(None),
        _acting_for.c.suspended_at.is_(None),
    )


_OF = _EMPLOYER.id == bindparam("employer_id")
_BY_MANAGER = is_managed_by(_EMPLOYER.id, bindparam("by"))
_IS_ASKED = _EMPLOYER.approved_at.is_(None)
_INSERT = insert(employers)
_FIND = select(employers).where(_OF)
_FIND_APPROVED = select(employers).where(_EMPLOYER.tax_code == bindparam("of_code"), _IS_APPROVED)
_LIST = (
    select(employers, accounts.c.username)
    .outerjoin(accounts, accounts.c.id == _EMPLOYER.requested_by)
    .order_by(_EMPLOYER.tax_code, _EMPLOYER.requested_at, _EMPLOYER.id)
)
_LIST_ASKED_BY = (
    select(employers)
    .where(_EMPLOYER.requested_by == bindparam("of_account"), _IS_ASKED)
    .order_by(_EMPLOYER.requested_at, _EMPLOYER.id)
)
_APPROVE = (
    update(employers).where(_OF, _IS_ASKED).values(approved_at=bindparam("now")).returning(*employers.c)
)
_DROP = delete(employers).where(_OF, _IS_ASKED).returning(*employers.c)
_SUSPEND = update(employers).where(_OF, *MAY_ACT).values(suspended_at=bindparam("now"))
_RESUME = update(employers).where(_OF, _EMPLOYER.suspended_at.is_not(None)).values(suspended_at=None)
_DESCRIBE = update(employers).where(_OF).values(name=bindparam("name_now"), park=bindparam("park_now"))
_SET_DOMAIN = (
    update(employers).where(_OF, _BY_MANAGER).values(domain=bindparam("domain_now"), domain_verified_at=None)
)
_VERIFY_DOMAIN = (
    update(employers)
    .where(_OF, _BY_MANAGER, _EMPLOYER.domain == bindparam("of_domain"))
    .values(domain_verified_at=bindparam("verified_at"))
)
# Whoever changes who manages it waits here for whoever does so at this moment
_HOLD = update(employers).where(_OF).values(requested_at=_EMPLOYER.requested_at)


class EmployerStore:
    """Keeps organisations; who represents them is in tnid.stores.representatives."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        """Store an organisation; raises Conflict where one with its tax code is approved already."""
        self._database.execute(_INSERT, **{"suspended_at": None, **columns})

    def find(self, employer_id: str) -> Any:
        return self._database.fetch_one(_FIND, employer_id=employer_id)

    def find_approved(self, tax_code: str) -> Any:
        """Return the one organisation that was approved under a tax code, suspended or not, or None."""
        return self._database.fetch_one(_FIND_APPROVED, of_code=tax_code)

    def list_all(self) -> list[Any]:
        """Return every organisation and every request, with the username of who asked."""
        return self._database.fetch_all(_LIST)

    def list_asked_by(self, account_id: str) -> list[Any]:
        """Return what somebody asked for and no operator has decided yet, the oldest first."""
        return self._database.fetch_all(_LIST_ASKED_BY, of_account=account_id)

    def approve(self, employer_id: str, now: int) -> Any:
        """Approve what was asked for; return the row, None where there is none to decide. Raises Conflict."""
        return self._database.execute_returning(_APPROVE, employer_id=employer_id, now=now)

    def drop_request(self, employer_id: str) -> Any:
        """Remove what was asked for and not approved; return its row, or None."""
        return self._database.execute_returning(_DROP, employer_id=employer_id)

    def suspend(self, employer_id: str, now: int) -> bool:
        return self._database.execute(_SUSPEND, employer_id=employer_id, now=now) == 1

    def resume(self, employer_id: str) -> bool:
        return self._database.execute(_RESUME, employer_id=employer_id) == 1

    def describe(self, employer_id: str, name: str, park: str | None) -> bool:
        """Set name and park; False for no such organisation."""
        return self._database.execute(_DESCRIBE, employer_id=employer_id, name_now=name, park_now=park) == 1

    def set_domain(self, employer_id: str, domain: str | None, by: str) -> bool:
        """Set the domain, not verified yet; False where `by` doesn't manage the organisation."""
        return self._database.execute(_SET_DOMAIN, employer_id=employer_id, by=by, domain_now=domain) == 1

    def note_domain(self, employer_id: str, domain: str, verified_at: int | None, by: str) -> bool:
        """Note when the domain was verified, None for not; False where it is another by now."""
        return (
            self._database.execute(
                _VERIFY_DOMAIN, employer_id=employer_id, of_domain=domain, verified_at=verified_at, by=by
            )
            == 1
        )

    def hold(self, employer_id: str) -> None:
        """Have everybody else wait who changes who manages the organisation, until this unit ends."""
        self._database.execute(_HOLD, employer_id=employer_id)
