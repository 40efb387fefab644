"""Four eyes: one operator asks for a dangerous act and says why, another one agrees, and then it is done.

A request is decided once: by one conditional statement, in the unit of work in which the act is done. It
ends after a day. Why: docs/decisions, "Two operators for what is dangerous".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from oidc.token.handles import new_identifier
from tnid.accounts.numbers import holds_personal_number
from tnid.accounts.refusal import Refused, refuse
from tnid.admin import notices
from tnid.admin.acts import ACTS, GRANT_ROLE, Act, Done
from tnid.admin.roles import may
from tnid.stores.operator_requests import OperatorRequestStore

if TYPE_CHECKING:
    from tnid.services import Services

LIFETIME_SECONDS = 86400
LEAST_REASON_CHARACTERS, MOST_REASON_CHARACTERS = 5, 300
MOST_SHOWN = 50
MOST_EXPIRED = 50
SHOWN_SECONDS = 30 * 86400
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class Asked(NamedTuple):
    """A request with what it is about."""

    row: Any
    act: Act
    arguments: Mapping[str, str]


class Requests:
    """Asks, agrees, refuses, withdraws; each method runs in the caller's unit of work, records what it did,
    and leaves one row in the audit log where it refuses."""

    def __init__(self, store: OperatorRequestStore, parts: Services) -> None:
        self._store = store
        self._parts = parts

    def ask(self, act: str, arguments: Mapping[str, str], reason: str, by: str, now: int) -> str | Refused:
        """Ask for an act; return the request's id.

        `reason`: none was given, or too long a one; `own_account`: nobody asks for power of their own;
        `asked_already`: the same is open; or what stands in the act's way.
        """
        read = read_reason(reason)
        if isinstance(read, Refused):
            return self._refuse("ask", read, by, now, act=act)
        if act == GRANT_ROLE and ACTS[act].concerns(arguments) == by:
            return self._refuse("ask", Refused("username", "own_account"), by, now, act=act)
        obstacle = ACTS[act].find_obstacle(self._parts, arguments, now)
        if obstacle is not None:
            return self._refuse("ask", obstacle, by, now, act=act)
        text, id_ = orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS).decode(), new_identifier()
        self._expire(self._store.list_due_of(act, text, now), now)
        is_added = self._store.add(
            id=id_, act=act, arguments=text, reason=read, asked_by=by, asked_at=now,
            expires_at=now + LIFETIME_SECONDS,
        )  # fmt: skip
        if not is_added:
            return self._refuse("ask", Refused("", "asked_already"), by, now, act=act)
        self._record("ask", by, now, act=act, request=id_)
        asked = self.find(id_)
        assert asked is not None  # noqa: S101  it was added a moment ago
        notices.tell_of_asked(self._parts, asked, now)
        return id_

    def find(self, id_: str) -> Asked | None:
        row = self._store.find(id_)
        return None if row is None or row.act not in ACTS else _read(row)

    def list_open(self, now: int) -> list[Asked]:
        """Return what waits to be decided, the one that ends first at the top."""
        return [_read(row) for row in self._store.list_open(now, most=MOST_SHOWN) if row.act in ACTS]

    def list_over(self, now: int) -> list[Asked]:
        """Return what was decided in the last month."""
        rows = self._store.list_over(now - SHOWN_SECONDS, most=MOST_SHOWN)
        return [_read(row) for row in rows if row.act in ACTS]

    def agree(self, id_: str, by: str, now: int) -> Refused | None:
        """Agree to what somebody else asked for: it is done in the same unit of work.

        `own_request`, `own_account` (it is about who agrees), `request_over` (decided, or too late),
        `asker_lost_role`, or what stands in the act's way by now: then the request is over, too.
        """
        refused = self._find_obstacle(id_, by, now)
        if refused is not None:
            return self._refuse("agree", refused, by, now, request=id_)
        if not self._store.decide(id_, by, "approved", now):
            return self._refuse("agree", Refused("", "request_over"), by, now, request=id_)
        asked = self.find(id_)
        assert asked is not None  # noqa: S101  it was decided a moment ago
        done = Done(asked.row.asked_by, by)
        refused = asked.act.perform(self._parts, asked.arguments, done, now)
        if refused is not None:
            self._store.fail(id_)
            notices.tell_of_outcome(self._parts, asked.row, "failed", now)
            return self._refuse("agree", refused, by, now, act=asked.row.act, request=id_)
        self._record("agree", by, now, act=asked.row.act, request=id_)
        notices.tell_of_outcome(self._parts, asked.row, "approved", now)
        return None

    def _find_obstacle(self, id_: str, by: str, now: int) -> Refused | None:
        asked = self.find(id_)
        if asked is None or asked.row.decided_at is not None or asked.row.expires_at <= now:
            return Refused("", "request_over")
        if asked.row.asked_by == by:
            return Refused("", "own_request")
        if asked.act.concerns(asked.arguments) == by:
            return Refused("", "own_account")
        # Who asked may have lost the role since, and with it the word
        held = self._parts.admin.operators.list_roles(asked.row.asked_by, now)
        is_standing = may(frozenset(row.role for row in held), asked.act.permission)
        account = self._parts.accounts.find(asked.row.asked_by)
        is_open = account is not None and account.is_open
        return None if is_standing and is_open else Refused("", "asker_lost_role")

    def refuse(self, id_: str, by: str, now: int) -> Refused | None:
        """Say no to what somebody else asked for: `request_over`, `own_request`."""
        asked = self.find(id_)
        if asked is not None and asked.row.asked_by == by:
            return self._refuse("refuse", Refused("", "own_request"), by, now, request=id_)
        if not self._store.decide(id_, by, "refused", now):
            return self._refuse("refuse", Refused("", "request_over"), by, now, request=id_)
        self._record("refuse", by, now, request=id_)
        if asked is not None:
            notices.tell_of_outcome(self._parts, asked.row, "refused", now)
        return None

    def withdraw(self, id_: str, by: str, now: int) -> Refused | None:
        """Take back what one asked for oneself: `request_over`."""
        if not self._store.withdraw(id_, by, now):
            return self._refuse("withdraw", Refused("", "request_over"), by, now, request=id_)
        self._record("withdraw", by, now, request=id_)
        return None

    def expire_due(self, now: int) -> bool:
        """Close what nobody decided in time, and tell who asked; say whether more may be left."""
        due = self._store.list_due(now, most=MOST_EXPIRED)
        self._expire(due, now)
        return len(due) == MOST_EXPIRED

    def _expire(self, due: list[Any], now: int) -> None:
        for row in due:
            if self._store.expire(row.id, now):
                self._record("expire", row.asked_by, now, act=row.act, request=row.id)
                notices.tell_of_outcome(self._parts, row, "expired", now)

    def _record(self, verb: str, by: str, now: int, **details: str) -> None:
        self._parts.audit.record(f"operator_request.{verb}", account_id=by, now=now, details=details)

    def _refuse(self, verb: str, refused: Refused, by: str, now: int, **details: str) -> Refused:
        event = f"operator_request.{verb}"
        return refuse(self._parts.audit, event, refused, by, now, details=details)


def read_reason(typed: str) -> str | Refused:
    """Return a reason as it is kept, in the log for good and on people's pages, or what is wrong with it.

    What can't be seen is left out: it turns letters around, and hides a number in pieces.
    """
    reason = "".join(one for one in " ".join(typed.split()) if unicodedata.category(one) not in UNSEEN)
    if holds_personal_number(reason):
        return Refused("reason", "reason_number")
    if len(reason) < LEAST_REASON_CHARACTERS:
        return Refused("reason", "reason")
    return Refused("reason", "too_long") if len(reason) > MOST_REASON_CHARACTERS else reason


def _read(row: Any) -> Asked:
    return Asked(row, ACTS[row.act], orjson.loads(row.arguments))
