"""Mandates: by which a helper signs in to chosen applications in somebody else's stead, until a day.

A mandate is offered by a one-time code or to a named account, accepted once, and ended by either of the two.
What is one-time is one conditional statement here, whose row count decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import IS_OPEN, accounts

BY_THE_PERSON = "person"

mandates = db.Table(
    "mandates",
    Column("id", String(22), primary_key=True),
    Column("principal_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    # Before it is accepted: whom it was offered to by name, NULL where by a code, or where there is nobody
    Column("helper_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("offered_to", String(64)),
    Column("code_hash", LargeBinary, unique=True),
    Column("offer_expires_at", BigInteger, nullable=False),
    Column("given_by", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("accepted_at", BigInteger),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)
Index("ix_mandates_principal_id", mandates.c.principal_id)
Index("ix_mandates_helper_id", mandates.c.helper_id)
Index("ix_mandates_expires_at", mandates.c.expires_at)

mandate_clients = db.Table(
    "mandate_clients",
    Column("mandate_id", String(22), ForeignKey("mandates.id", ondelete="CASCADE"), primary_key=True),
    Column("client_id", String(255), primary_key=True),
    Column("scope", Text, nullable=False),
)

IS_IN_FORCE = (
    mandates.c.accepted_at.is_not(None),
    mandates.c.ended_at.is_(None),
    mandates.c.expires_at > bindparam("now"),
)
_IS_OPEN = (mandates.c.ended_at.is_(None), mandates.c.expires_at > bindparam("now"))
_IS_OFFERED = (
    mandates.c.accepted_at.is_(None),
    mandates.c.offer_expires_at > bindparam("now"),
    *_IS_OPEN,
    # Nobody acts for themselves
    mandates.c.principal_id != bindparam("of_helper"),
    exists().where(accounts.c.id == mandates.c.principal_id, *IS_OPEN),
)
_INSERT, _INSERT_CLIENT = insert(mandates), insert(mandate_clients)
_ACCEPT_BY_CODE = (
    update(mandates)
    .where(mandates.c.code_hash == bindparam("presented"), *_IS_OFFERED)
    .values(helper_id=bindparam("of_helper"), accepted_at=bindparam("now"))
    .returning(*mandates.c)
)
_ACCEPT_OFFER = (
    update(mandates)
    .where(
        mandates.c.id == bindparam("mandate_id"),
        mandates.c.helper_id == bindparam("of_helper"),
        *_IS_OFFERED,
    )
    .values(accepted_at=bindparam("now"))
    .returning(*mandates.c)
)
_END = (
    update(mandates)
    .where(
        mandates.c.id == bindparam("mandate_id"),
        or_(
            mandates.c.principal_id == bindparam("of_account"),
            mandates.c.helper_id == bindparam("of_account"),
        ),
        *_IS_OPEN,
    )
    .values(ended_at=bindparam("now"))
    .returning(*mandates.c)
)
_END_ANY = (
    update(mandates)
    .where(mandates.c.id == bindparam("mandate_id"), mandates.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
    .returning(*mandates.c)
)
_HAS = select(mandates.c.id).where(mandates.c.id == bindparam("mandate_id"))
_LIST_IDS_OF = select(mandates.c.id).where(
    or_(mandates.c.principal_id == bindparam("of_account"), mandates.c.helper_id == bindparam("of_account")),
    mandates.c.ended_at.is_(None),
)
_LIST_EXPIRED = (
    select(mandates.c.id)
    .where(mandates.c.expires_at <= bindparam("now"), mandates.c.ended_at.is_(None))
    .order_by(mandates.c.expires_at)
    .limit(bindparam("most"))
)
_FIND_BY_CODE = select(mandates).where(mandates.c.code_hash == bindparam("presented"), *_IS_OFFERED)
_LIST_GIVEN = (
    select(mandates)
    .where(mandates.c.principal_id == bindparam("of_account"), *_IS_OPEN)
    .order_by(mandates.c.created_at.desc(), mandates.c.id)
)
_LIST_RECEIVED = (
    select(mandates)
    .where(
        mandates.c.helper_id == bindparam("of_account"),
        or_(mandates.c.accepted_at.is_not(None), mandates.c.offer_expires_at > bindparam("now")),
        *_IS_OPEN,
    )
    .order_by(mandates.c.created_at.desc(), mandates.c.id)
)
_LIST_CLIENTS = (
    select(mandate_clients)
    .where(mandate_clients.c.mandate_id == bindparam("of_mandate"))
    .order_by(mandate_clients.c.client_id)
)
_LIST_HELD = (
    select(
        mandates.c.id,
        mandates.c.principal_id,
        mandates.c.helper_id,
        mandate_clients.c.client_id,
        mandate_clients.c.scope,
        accounts.c.identity_level,
        mandates.c.expires_at,
    )
    .join(mandate_clients, mandate_clients.c.mandate_id == mandates.c.id)
    .join(accounts, accounts.c.id == mandates.c.principal_id)
    .where(
        mandates.c.helper_id == bindparam("of_helper"),
        mandate_clients.c.client_id == bindparam("of_client"),
        *IS_OPEN,
        or_(
            accounts.c.guardian_awaited_until.is_(None),
            accounts.c.guardian_awaited_until <= bindparam("now"),
        ),
        *IS_IN_FORCE,
    )
    .order_by(mandates.c.created_at, mandates.c.id)
)


class NewMandate(NamedTuple):
    """What is stored of a mandate when it is given. `scopes` gives each client's, with spaces between."""

    id: str
    principal_id: str
    helper_id: str | None
    offered_to: str | None
    code_hash: bytes | None
    offer_expires_at: int
    given_by: str
    created_at: int
    accepted_at: int | None
    expires_at: int
    scopes: Mapping[str, str]


class MandateStore:
    """Keeps mandates; knows nothing of grants, which end with them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewMandate) -> None:
        columns = new._asdict()
        scopes = columns.pop("scopes")
        self._database.execute(_INSERT, **columns, ended_at=None)
        for client_id, scope in scopes.items():
            self._database.execute(_INSERT_CLIENT, mandate_id=new.id, client_id=client_id, scope=scope)

    def has(self, mandate_id: str) -> bool:
        """Say whether there is a mandate of this id, over or not."""
        return self._database.fetch_one(_HAS, mandate_id=mandate_id) is not None

    def find_by_code(self, code_hash: bytes, helper_id: str, now: int) -> Any:
        """Return the mandate that is offered under this code to anybody but its principal, or None."""
        return self._database.fetch_one(_FIND_BY_CODE, presented=code_hash, of_helper=helper_id, now=now)

    def accept_by_code(self, code_hash: bytes, helper_id: str, now: int) -> Any:
        """Make this person the helper, in one statement; return the row, None where it was too late."""
        return self._database.execute_returning(
            _ACCEPT_BY_CODE, presented=code_hash, of_helper=helper_id, now=now
        )

    def accept_offer(self, mandate_id: str, helper_id: str, now: int) -> Any:
        """Accept what is offered to this very account; return the row, None where it isn't any more."""
        return self._database.execute_returning(
            _ACCEPT_OFFER, mandate_id=mandate_id, of_helper=helper_id, now=now
        )

    def end(self, mandate_id: str, account_id: str, now: int) -> Any:
        """End a mandate that this person gave or holds; return the row, None where there is none open."""
        return self._database.execute_returning(_END, mandate_id=mandate_id, of_account=account_id, now=now)

    def end_any(self, mandate_id: str, now: int) -> Any:
        """End a mandate, whoever asks for it; return the row for one caller, None for the others."""
        return self._database.execute_returning(_END_ANY, mandate_id=mandate_id, now=now)

    def list_ids_of(self, account_id: str) -> list[str]:
        """Return every mandate that this account gave or holds and that hasn't been ended."""
        return [row.id for row in self._database.fetch_all(_LIST_IDS_OF, of_account=account_id)]

    def list_expired(self, now: int, *, most: int) -> list[str]:
        """Return mandates whose day has come and that nobody has ended, the oldest first."""
        return [row.id for row in self._database.fetch_all(_LIST_EXPIRED, now=now, most=most)]

    def list_given(self, account_id: str, now: int) -> list[Any]:
        """Return what this account gave and hasn't ended or run out, offers too, the newest first."""
        return self._database.fetch_all(_LIST_GIVEN, of_account=account_id, now=now)

    def list_received(self, account_id: str, now: int) -> list[Any]:
        """Return what this account holds or is offered by name, the newest first."""
        return self._database.fetch_all(_LIST_RECEIVED, of_account=account_id, now=now)

    def list_clients(self, mandate_id: str) -> list[Any]:
        return self._database.fetch_all(_LIST_CLIENTS, of_mandate=mandate_id)

    def list_held(self, helper_id: str, client_id: str, now: int) -> list[Any]:
        """Return the mandates in force of a helper at a client, for active principals."""
        return self._database.fetch_all(_LIST_HELD, of_helper=helper_id, of_client=client_id, now=now)
