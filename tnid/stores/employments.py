"""Employments: what an employer attests of somebody, and which of it the worker accepted.

A row never names an account until its worker has linked it: whose number it is, is found from the worker's
side. What was attested is sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.employers import employers

employments = db.Table(
    "employments",
    Column("id", String(22), primary_key=True),
    Column("employer_id", String(22), ForeignKey("employers.id", ondelete="CASCADE"), nullable=False),
    # The employer's own code of the worker; None once the employer's data is erased, as all that is sealed
    Column("staff_code", String(64)),
    # The blind index of the identification number, as accounts have it; None where the employer gave none
    Column("number_index", String(64)),
    # tnid.employment.attestation, under `employments.values:<id>`
    Column("values_sealed", LargeBinary),
    # Of the code by which a worker finds the offer without a number
    Column("invitation_hash", String(64), unique=True),
    Column("invitation_expires_at", BigInteger),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("linked_at", BigInteger),
    # Set where the person at this number said that it isn't them, or wants none of it
    Column("declined_at", BigInteger),
    # Fields that the worker accepted and refused, by spaces; any other is offered
    Column("accepted", Text, nullable=False),
    Column("refused", Text, nullable=False),
    # 1 while the employer is kept from listings, else 0
    Column("is_hidden", Integer, nullable=False),
    # When the employer last said so, who of it and how ("list", "page", "scim", "operator")
    Column("attested_at", BigInteger, nullable=False),
    Column("attested_by", String(22), ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("attested_through", String(16), nullable=False),
    Column("valid_until", BigInteger, nullable=False),
    # The first second after the last day of work, None while no end is known
    Column("ends_at", BigInteger),
    # When the end was carried out: everybody told, and the employer's data erased
    Column("ended_at", BigInteger),
    # What the worker keeps of it, under `employments.history:<id>`
    Column("history_sealed", LargeBinary),
    # When somebody with the number was looked for, and told; None while that, or a change, is to be told
    Column("told_at", BigInteger),
    # What its worker was told of the confirmation: one of tnid.stores.employment_notices
    Column("reminded", Integer, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)
_ROW = employments.c
IS_CURRENT = _ROW.ended_at.is_(None)
Index(
    "uq_employments_employer_id_staff_code_current",
    _ROW.employer_id,
    _ROW.staff_code,
    unique=True,
    sqlite_where=IS_CURRENT,
    postgresql_where=IS_CURRENT,
)
Index(
    "uq_employments_employer_id_number_index_current",
    _ROW.employer_id,
    _ROW.number_index,
    unique=True,
    sqlite_where=IS_CURRENT,
    postgresql_where=IS_CURRENT,
)
Index("ix_employments_employer_id", _ROW.employer_id, _ROW.id)
Index("ix_employments_number_index", _ROW.number_index)
Index("ix_employments_account_id", _ROW.account_id)
Index("ix_employments_attested_by", _ROW.attested_by)
Index("ix_employments_ends_at", _ROW.ends_at, sqlite_where=IS_CURRENT, postgresql_where=IS_CURRENT)
Index("ix_employments_valid_until", _ROW.valid_until, sqlite_where=IS_CURRENT, postgresql_where=IS_CURRENT)
_IS_UNTOLD = _ROW.told_at.is_(None)
Index("ix_employments_untold", _ROW.created_at, sqlite_where=_IS_UNTOLD, postgresql_where=_IS_UNTOLD)
_IS_LINKED = and_(_ROW.account_id.is_not(None), IS_CURRENT)
Index(
    "ix_employments_reminded",
    _ROW.reminded,
    _ROW.valid_until,
    sqlite_where=_IS_LINKED,
    postgresql_where=_IS_LINKED,
)

# What the statements say of a row

EMPLOYER_STANDS = (employers.c.approved_at.is_not(None), employers.c.suspended_at.is_(None))
NOT_OVER = (IS_CURRENT, or_(_ROW.ends_at.is_(None), _ROW.ends_at > bindparam("now")))
WITH_EMPLOYER = select(
    employments,
    employers.c.tax_code.label("tax_code"),
    employers.c.name.label("employer_name"),
    employers.c.domain.label("domain"),
    employers.c.domain_verified_at.label("domain_verified_at"),
    employers.c.suspended_at.label("suspended_at"),
).join(employers, employers.c.id == _ROW.employer_id)
_INSERT = insert(employments)
_OF_EMPLOYER = (_ROW.employer_id == bindparam("of_employer"), IS_CURRENT)
_FIND_BY_STAFF_CODE = select(employments).where(*_OF_EMPLOYER, _ROW.staff_code == bindparam("code"))
_FIND_BY_NUMBER = select(employments).where(*_OF_EMPLOYER, _ROW.number_index == bindparam("index"))
_FIND = select(employments).where(*_OF_EMPLOYER, _ROW.id == bindparam("of_id"))
# For a list: who of a hundred is there, by one look
LOOKED_UP_AT_ONCE = 100
_PLACES = tuple(f"value_{place}" for place in range(LOOKED_UP_AT_ONCE))
_KNOWN_STAFF_CODES, _KNOWN_NUMBERS = (
    select(column.label("value")).where(*_OF_EMPLOYER, column.in_([bindparam(name) for name in _PLACES]))
    for column in (_ROW.staff_code, _ROW.number_index)
)
_REPLACE = (
    update(employments)
    .where(_ROW.id == bindparam("of_id"), _ROW.version == bindparam("seen"), IS_CURRENT)
    .values(
        staff_code=bindparam("new_staff_code"),
        number_index=bindparam("new_number_index"),
        values_sealed=bindparam("new_values"),
        accepted=bindparam("new_accepted"),
        # Not what was read: the worker may have been told since
        told_at=case((bindparam("to_be_told", type_=Integer) == 1, null()), else_=_ROW.told_at),
        reminded=0,
        ends_at=bindparam("new_ends_at"),
        attested_at=bindparam("now"),
        attested_by=bindparam("by_account"),
        attested_through=bindparam("by_way"),
        valid_until=bindparam("new_valid_until"),
        updated_at=bindparam("now"),
        version=_ROW.version + 1,
    )
)
_CONFIRM = (
    update(employments)
    .where(*_OF_EMPLOYER, _ROW.id == bindparam("of_id"))
    .values(
        attested_at=bindparam("now"),
        attested_by=bindparam("by_account"),
        attested_through=bindparam("by_way"),
        valid_until=bindparam("new_valid_until"),
        reminded=0,
        updated_at=bindparam("now"),
        version=_ROW.version + 1,
    )
)
_SET_END = (
    update(employments)
    .where(*_OF_EMPLOYER, _ROW.id == bindparam("of_id"))
    .values(ends_at=bindparam("at"), updated_at=bindparam("now"), version=_ROW.version + 1)
)
_INVITE = (
    update(employments)
    .where(*_OF_EMPLOYER, _ROW.id == bindparam("of_id"), _ROW.account_id.is_(None))
    .values(invitation_hash=bindparam("code_hash"), invitation_expires_at=bindparam("until"))
)
_LIST_OF_EMPLOYER = (
    select(employments)
    .where(*_OF_EMPLOYER, _ROW.id > bindparam("after"))
    .order_by(_ROW.id)
    .limit(bindparam("most"))
)
_COUNTS = select(
    func.count().label("people"),
    func.count(_ROW.account_id).label("linked"),
    func.count(case((_ROW.valid_until <= bindparam("due_before"), 1))).label("due"),
).where(*_OF_EMPLOYER)

_LIST_OVER = (
    WITH_EMPLOYER.where(IS_CURRENT, _ROW.ends_at <= bindparam("now"))
    .order_by(_ROW.ends_at, _ROW.id)
    .limit(bindparam("most"))
)
# The employer's data goes; what the worker keeps is under a seal of its own
_CLOSE = (
    update(employments)
    .where(_ROW.id == bindparam("of_id"), IS_CURRENT, _ROW.account_id == bindparam("of_account"))
    .values(
        staff_code=null(), number_index=null(), values_sealed=null(), invitation_hash=null(),
        attested_by=null(), ended_at=bindparam("now"), history_sealed=bindparam("history"),
        ends_at=bindparam("at"), updated_at=bindparam("now"), version=_ROW.version + 1,
    )
)  # fmt: skip
_REMOVE = delete(employments).where(_ROW.id == bindparam("of_id"), IS_CURRENT, _ROW.account_id.is_(None))


class EmploymentStore:
    """Keeps employments. What was read and matters stands in the WHERE of what is written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # The employer's side: never an account's data

    def add(self, **columns: Any) -> None:
        """Add a row; raises Conflict where the staff code or the number is on the employer's list."""
        self._database.execute(_INSERT, **columns)

    def find(self, employer_id: str, employment_id: str) -> Any:
        return self._database.fetch_one(_FIND, of_employer=employer_id, of_id=employment_id)

    def find_by_staff_code(self, employer_id: str, code: str) -> Any:
        return self._database.fetch_one(_FIND_BY_STAFF_CODE, of_employer=employer_id, code=code)

    def find_by_number(self, employer_id: str, index: str) -> Any:
        return self._database.fetch_one(_FIND_BY_NUMBER, of_employer=employer_id, index=index)

    def find_known(self, employer_id: str, codes: Iterable[str], indexes: Iterable[str]) -> frozenset[str]:
        """Return which of these staff codes and numbers the employer's list has."""
        asked = (_KNOWN_STAFF_CODES, list(codes)), (_KNOWN_NUMBERS, list(indexes))
        return frozenset(
            row.value
            for statement, values in asked
            for begin in range(0, len(values), LOOKED_UP_AT_ONCE)
            for row in self._list_known(statement, employer_id, values[begin : begin + LOOKED_UP_AT_ONCE])
        )

    def _list_known(self, statement: Select[Any], employer_id: str, values: list[str]) -> list[Any]:
        filled = values + values[-1:] * (LOOKED_UP_AT_ONCE - len(values))
        return self._database.fetch_all(
            statement, of_employer=employer_id, **dict(zip(_PLACES, filled, strict=True))
        )

    def replace(self, employment_id: str, seen: int, **new: Any) -> bool:
        return self._database.execute(_REPLACE, of_id=employment_id, seen=seen, **new) == 1

    def confirm(self, employer_id: str, employment_id: str, **new: Any) -> bool:
        return self._database.execute(_CONFIRM, of_employer=employer_id, of_id=employment_id, **new) == 1

    def set_end(self, employer_id: str, employment_id: str, at: int | None, now: int) -> bool:
        return (
            self._database.execute(_SET_END, of_employer=employer_id, of_id=employment_id, at=at, now=now)
            == 1
        )

    def invite(self, employer_id: str, employment_id: str, code_hash: str, until: int) -> bool:
        """Set the code of the invitation, in place of any before; False where somebody has linked it."""
        found = {"of_employer": employer_id, "of_id": employment_id}
        return self._database.execute(_INVITE, **found, code_hash=code_hash, until=until) == 1

    def list_of_employer(self, employer_id: str, after: str, most: int) -> list[Any]:
        return self._database.fetch_all(_LIST_OF_EMPLOYER, of_employer=employer_id, after=after, most=most)

    def count(self, employer_id: str, due_before: int) -> Any:
        """Return `people`, those of them `linked`, and those `due` to be confirmed again by then."""
        return self._database.fetch_one(_COUNTS, of_employer=employer_id, due_before=due_before)

    # The end

    def list_over(self, now: int, most: int) -> list[Any]:
        return self._database.fetch_all(_LIST_OVER, now=now, most=most)

    def close(self, row: Any, history: bytes, at: int, now: int) -> bool:
        """Erase the employer's data of a linked row and keep the worker's; False where it was done."""
        found = {"of_id": row.id, "of_account": row.account_id}
        return self._database.execute(_CLOSE, **found, history=history, at=at, now=now) == 1

    def remove(self, employment_id: str) -> bool:
        """Remove a row that nobody linked."""
        return self._database.execute(_REMOVE, of_id=employment_id) == 1
