"""Sign-ins by QR: a screen that waits, the phone that claimed it, and what became of it. One row a screen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    String,
    and_,
    bindparam,
    case,
    exists,
    insert,
    or_,
    select,
    update,
)

from tnid.db import Database, db
from tnid.stores.accounts import IS_OPEN, accounts

# A screen that waited learns within seconds what became of it; whoever comes later learns that it is over
KEEP_SECONDS = 20

qr_sign_ins = db.Table(
    "qr_sign_ins",
    # In the QR: 128 bits in base 32
    Column("id", String(26), primary_key=True),
    # "screen", which waits for its phone, or "room", whose code is taken outside and brought back
    Column("kind", String(8), nullable=False),
    # The screen's own secret, of which only the hash is kept
    Column("secret_hash", String(64), nullable=False, unique=True),
    # A keyed hash of the code that can be typed; None once a phone has claimed, but for a room's
    Column("typed_hash", String(64), unique=True),
    Column("browser_hash", String(64), nullable=False),
    Column("interaction_uid", String(32), nullable=False),
    Column("network", String(64), nullable=False),
    Column("client_id", String(255)),
    Column("asked_from", String(45), nullable=False),
    Column("user_agent", String(255), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("account_id", String(22), ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("phone_hash", String(64)),
    Column("claimed_at", BigInteger),
    Column("approved_at", BigInteger),
    Column("acr", String(16)),
    Column("amr", String(64)),
    Column("digits_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("end_reason", String(16)),
    Column("collected_at", BigInteger),
)
Index("ix_qr_sign_ins_expires_at", qr_sign_ins.c.expires_at)
Index("ix_qr_sign_ins_changed_at", qr_sign_ins.c.changed_at)
Index("ix_qr_sign_ins_interaction_uid", qr_sign_ins.c.interaction_uid)

_ROW = qr_sign_ins.c
_LIVES = (_ROW.ended_at.is_(None), _ROW.collected_at.is_(None), _ROW.expires_at > bindparam("now"))
_OF_ID = _ROW.id == bindparam("of_id")
_OF_PHONE = (_ROW.phone_hash == bindparam("by_phone"), _ROW.account_id == bindparam("by_account"))
_PERSON_IS_OPEN = exists().where(accounts.c.id == bindparam("by_account"), *IS_OPEN)
# A new password ends what was allowed under the old one, as it ends every grant
_STANDS_BY_IT = exists().where(
    accounts.c.id == _ROW.account_id, *IS_OPEN, accounts.c.password_changed_at <= _ROW.approved_at
)

_INSERT = insert(qr_sign_ins)
_FIND = select(qr_sign_ins).where(_OF_ID)
_FIND_BY_SECRET = select(qr_sign_ins).where(_ROW.secret_hash == bindparam("presented"))
_FIND_BY_TYPED = select(qr_sign_ins).where(
    _ROW.typed_hash == bindparam("presented"), _ROW.claimed_at.is_(None), *_LIVES
)
_IS_ROOM = _ROW.kind == "room"
_FIND_ROOM = select(qr_sign_ins).where(_ROW.typed_hash == bindparam("presented"), _IS_ROOM, *_LIVES)
# What a screen that waits is told of: nothing about who it is, or where
_POLLED = (
    *(_ROW.id, _ROW.secret_hash, _ROW.created_at, _ROW.expires_at, _ROW.claimed_at, _ROW.approved_at),
    *(_ROW.digits_at, _ROW.ended_at, _ROW.end_reason, _ROW.collected_at),
)
_FIND_OF_POLL = select(*_POLLED).where(_ROW.secret_hash == bindparam("presented"))
# The newest first: where there are too many, the oldest are those that are over
_LIST_CHANGED = (
    select(*_POLLED)
    .where(_ROW.changed_at >= bindparam("since"))
    .order_by(_ROW.changed_at.desc())
    .limit(bindparam("most"))
)
_CLAIM = (
    update(qr_sign_ins)
    .where(
        _OF_ID,
        *_LIVES,
        _PERSON_IS_OPEN,
        or_(_ROW.claimed_at.is_(None), and_(*_OF_PHONE)),
    )
    .values(
        account_id=bindparam("by_account"),
        phone_hash=bindparam("by_phone"),
        claimed_at=case((_ROW.claimed_at.is_(None), bindparam("now")), else_=_ROW.claimed_at),
        typed_hash=case((_IS_ROOM, _ROW.typed_hash), else_=None),
        changed_at=bindparam("now"),
    )
    .returning(*qr_sign_ins.columns)
)
_APPROVE = (
    update(qr_sign_ins)
    .where(_OF_ID, *_OF_PHONE, *_LIVES, _ROW.approved_at.is_(None), _PERSON_IS_OPEN)
    .values(
        approved_at=bindparam("now"),
        acr=bindparam("by_acr"),
        amr=bindparam("by_amr"),
        expires_at=case(
            (_ROW.expires_at < bindparam("least_expiry"), bindparam("least_expiry")), else_=_ROW.expires_at
        ),
        changed_at=bindparam("now"),
    )
)
_END = (
    update(qr_sign_ins)
    .where(_OF_ID, _ROW.ended_at.is_(None), _ROW.collected_at.is_(None))
    .values(
        ended_at=bindparam("now"),
        end_reason=bindparam("why"),
        typed_hash=None,
        changed_at=bindparam("now"),
    )
)
# One whose time ran out has ended by that, and is counted so
_END_OF_INTERACTION = (
    update(qr_sign_ins)
    .where(_ROW.interaction_uid == bindparam("of_interaction"), *_LIVES)
    .values(
        ended_at=bindparam("now"), end_reason=bindparam("why"), typed_hash=None, changed_at=bindparam("now")
    )
)
_END_OF_ACCOUNT = (
    update(qr_sign_ins)
    .where(_ROW.account_id == bindparam("of_account"), _ROW.ended_at.is_(None), _ROW.collected_at.is_(None))
    .values(
        ended_at=bindparam("now"), end_reason=bindparam("why"), typed_hash=None, changed_at=bindparam("now")
    )
)
_IS_OPEN = (_ROW.ended_at.is_(None), _ROW.collected_at.is_(None))
_END_OF_PHONE = (
    update(qr_sign_ins)
    .where(*_OF_PHONE, *_IS_OPEN)
    .values(
        ended_at=bindparam("now"), end_reason=bindparam("why"), typed_hash=None, changed_at=bindparam("now")
    )
)
_RAN_OUT = select(_ROW.id).where(_ROW.expires_at <= bindparam("now"), *_IS_OPEN).limit(bindparam("most"))
_END_EXPIRED = (
    update(qr_sign_ins)
    .where(_ROW.id.in_(_RAN_OUT), *_IS_OPEN)
    .values(ended_at=_ROW.expires_at, end_reason=bindparam("why"), typed_hash=None)
)
# One try: right or wrong, it is spent by the one statement that judges it
_TRY_DIGITS = (
    update(qr_sign_ins)
    .where(_OF_ID, *_LIVES, _ROW.claimed_at.is_not(None), _ROW.digits_at.is_(None))
    .values(
        digits_at=case((bindparam("is_right") == 1, bindparam("now")), else_=None),
        ended_at=case((bindparam("is_right") == 1, None), else_=bindparam("now")),
        end_reason=case((bindparam("is_right") == 1, None), else_=bindparam("why")),
        changed_at=bindparam("now"),
    )
)
_COLLECT = (
    update(qr_sign_ins)
    .where(
        _OF_ID,
        _ROW.secret_hash == bindparam("presented"),
        *_LIVES,
        _ROW.approved_at.is_not(None),
        _ROW.digits_at.is_not(None),
        _STANDS_BY_IT,
    )
    .values(collected_at=bindparam("now"), changed_at=bindparam("now"))
    .returning(*qr_sign_ins.columns)
)


class QrSignInStore:
    """Keeps them. Secrets and codes come in as hashes; each change is one conditional statement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, **columns: Any) -> None:
        self._database.execute(_INSERT, **columns)

    def find(self, qr_id: str) -> Any:
        return self._database.fetch_one(_FIND, of_id=qr_id)

    def find_by_secret(self, secret_hash: str) -> Any:
        return self._database.fetch_one(_FIND_BY_SECRET, presented=secret_hash)

    def find_by_typed(self, typed_hash: str, now: int) -> Any:
        """Return the live one of a code that was typed, None where a phone has claimed it."""
        return self._database.fetch_one(_FIND_BY_TYPED, presented=typed_hash, now=now)

    def find_of_poll(self, secret_hash: str) -> Any:
        """Return of a screen's row what `list_changed` returns, or None."""
        return self._database.fetch_one(_FIND_OF_POLL, presented=secret_hash)

    def find_room(self, typed_hash: str, now: int) -> Any:
        """Return the live one of a code that was taken outside, whether a phone has claimed it or not."""
        return self._database.fetch_one(_FIND_ROOM, presented=typed_hash, now=now)

    def list_changed(self, since: int, *, most: int) -> list[Any]:
        """Return what tells the state of those that changed in or after second `since`, the newest first."""
        return self._database.fetch_all(_LIST_CHANGED, since=since, most=most)

    def claim(self, qr_id: str, account_id: str, phone_hash: str, now: int) -> Any:
        """Give it to a phone; return the row, or None where it is over or another phone's or person's."""
        return self._database.execute_returning(
            _CLAIM, of_id=qr_id, by_account=account_id, by_phone=phone_hash, now=now
        )

    def approve(
        self,
        qr_id: str,
        account_id: str,
        phone_hash: str,
        *,
        acr: str,
        amr: str,
        now: int,
        least_expiry: int,
    ) -> bool:
        """Note the yes of the phone that claimed it, once; it lives until `least_expiry` at least."""
        approved = self._database.execute(
            _APPROVE,
            of_id=qr_id,
            by_account=account_id,
            by_phone=phone_hash,
            by_acr=acr,
            by_amr=amr,
            now=now,
            least_expiry=least_expiry,
        )
        return approved == 1

    def end(self, qr_id: str, reason: str, now: int) -> bool:
        """End it for good, whatever its state; False where it had ended or was collected."""
        return self._database.execute(_END, of_id=qr_id, why=reason, now=now) == 1

    def end_of_interaction(self, uid: str, reason: str, now: int) -> int:
        return self._database.execute(_END_OF_INTERACTION, of_interaction=uid, why=reason, now=now)

    def end_of_account(self, account_id: str, reason: str, now: int) -> int:
        return self._database.execute(_END_OF_ACCOUNT, of_account=account_id, why=reason, now=now)

    def end_of_phone(self, account_id: str, phone_hash: str, reason: str, now: int) -> int:
        return self._database.execute(
            _END_OF_PHONE, by_account=account_id, by_phone=phone_hash, why=reason, now=now
        )

    def end_expired(self, reason: str, now: int, *, most: int) -> int:
        """End up to `most` of those whose time ran out, as of then; return how many."""
        return self._database.execute(_END_EXPIRED, why=reason, now=now, most=most)

    def try_digits(self, qr_id: str, *, is_right: bool, reason: str, now: int) -> bool:
        """Spend the only try: note right digits, or end it; False where there was no try left."""
        tried = self._database.execute(_TRY_DIGITS, of_id=qr_id, is_right=int(is_right), why=reason, now=now)
        return tried == 1

    def collect(self, qr_id: str, secret_hash: str, now: int) -> Any:
        """Consume it by its screen; return the row once, and None ever after."""
        return self._database.execute_returning(_COLLECT, of_id=qr_id, presented=secret_hash, now=now)
