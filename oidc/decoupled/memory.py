"""Requests answered elsewhere in memory, held to the same contract as the database's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oidc.decoupled.models import DecoupledRequest
from oidc.memory import MemoryGrants


class MemoryDecoupledRequests:
    """`grants` tells which accounts are active."""

    def __init__(self, grants: MemoryGrants) -> None:
        self.rows: dict[str, DecoupledRequest] = {}
        self._grants = grants

    def add(self, request: DecoupledRequest) -> bool:
        if request.user_code_hash is not None and self._find_by_user_code(request.user_code_hash):
            return False
        self.rows[request.id] = request
        return True

    def find(self, request_id: str) -> DecoupledRequest | None:
        return self.rows.get(request_id)

    def claim(self, user_code_hash: bytes, account_id: str, now: int) -> DecoupledRequest | None:
        found = self._find_by_user_code(user_code_hash)
        if found is None or found.account_id not in (None, account_id) or not found.is_waiting(now):
            return None
        return self._change(found, account_id=account_id)

    def _find_by_user_code(self, user_code_hash: bytes) -> DecoupledRequest | None:
        return next((r for r in self.rows.values() if r.user_code_hash == user_code_hash), None)

    def find_by_handle(self, handle_hash: bytes) -> DecoupledRequest | None:
        return next((r for r in self.rows.values() if r.handle_hash == handle_hash), None)

    def list_waiting(self, account_id: str, now: int) -> list[DecoupledRequest]:
        waiting = [r for r in self.rows.values() if r.account_id == account_id and r.is_waiting(now)]
        return sorted(waiting, key=lambda r: (-r.created_at, r.id))

    def poll(self, handle_hash: bytes, grant_type: str, client_id: str, now: int) -> DecoupledRequest | None:
        found = self._find_unredeemed(handle_hash, grant_type, client_id)
        if found is None:
            return None
        too_fast = found.polled_at is not None and now < found.polled_at + found.interval_seconds
        interval = found.interval_seconds + 5 * too_fast
        return self._change(found, polled_at=now, too_fast=int(too_fast), interval_seconds=interval)

    def allow(
        self, request_id: str, *, account_id: str, auth_time: int, acr: str, amr: str, now: int
    ) -> bool:
        found = self._find_waiting_for(request_id, account_id, now)
        if found is None or not self._grants.is_active(account_id):
            return False
        self._change(found, auth_time=auth_time, acr=acr, amr=amr, allowed_at=now)
        return True

    def deny(self, request_id: str, account_id: str, now: int) -> bool:
        found = self._find_waiting_for(request_id, account_id, now)
        return found is not None and bool(self._change(found, denied_at=now))

    def redeem(
        self, handle_hash: bytes, grant_type: str, client_id: str, now: int
    ) -> DecoupledRequest | None:
        found = self._find_unredeemed(handle_hash, grant_type, client_id)
        if found is None or found.allowed_at is None or found.expires_at <= now:
            return None
        is_active = self._grants.is_active(found.account_id or "")
        return self._change(found, redeemed_at=now) if is_active else None

    def _find_unredeemed(
        self, handle_hash: bytes, grant_type: str, client_id: str
    ) -> DecoupledRequest | None:
        found = self.find_by_handle(handle_hash)
        is_meant = found is not None and (found.grant_type, found.client_id) == (grant_type, client_id)
        return found if is_meant and found is not None and found.redeemed_at is None else None

    def _find_waiting_for(self, request_id: str, account_id: str, now: int) -> DecoupledRequest | None:
        found = self.rows.get(request_id)
        is_theirs = found is not None and found.account_id == account_id and found.is_waiting(now)
        return found if is_theirs else None

    def _change(self, request: DecoupledRequest, **changes: Any) -> DecoupledRequest:
        self.rows[request.id] = changed = replace(request, **changes)
        return changed
