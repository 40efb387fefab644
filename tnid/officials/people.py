"""Whom a commune's counter serves: those whose address it is, and those it took in whose address is unknown.

A person whose address names one of the province's communes belongs there, whoever served them before. Nobody
of another commune is served, nor seen.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from tnid.accounts.account import Account, NewAccount
from tnid.accounts.contacts import parse_phone
from tnid.accounts.passwords import squash
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Accounts
from tnid.accounts.vault import Vault
from tnid.stores.accounts import AccountStore
from tnid.stores.counter_people import CounterPeopleStore
from tnid.wards import all_wards

_KIND = re.compile(r"^(phường|xã)\s+")
_PLACEHOLDER = "nguoi.moi."


@cache
def _codes_by_name() -> Mapping[str, str]:
    """Return the communes' codes by their names; without "ward" or "commune" where only one has that name."""
    full = {_name_key(ward.name): ward.code for ward in all_wards()}
    bare: dict[str, list[str]] = {}
    for ward in all_wards():
        bare.setdefault(_KIND.sub("", _name_key(ward.name)), []).append(ward.code)
    return full | {name: codes[0] for name, codes in bare.items() if len(codes) == 1}


def _name_key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def commune_of_address(profile: Mapping[str, Any]) -> str | None:
    """Return the code of the commune that a profile's address names, or None."""
    address = profile.get("address") or {}
    region = squash(str(address.get("region", "")))
    if region and not region.endswith("thainguyen"):
        return None
    return _codes_by_name().get(_name_key(str(address.get("locality", ""))))


class People:
    """Finds and begins accounts for a counter; each method runs in the caller's unit of work."""

    def __init__(
        self, accounts: Accounts, store: AccountStore, vault: Vault, claims: CounterPeopleStore
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._vault = vault
        self._claims = claims

    def find_commune(self, account: Account) -> str | None:
        """Return the commune that a person belongs to; None where none is known, and any may serve them."""
        known = commune_of_address(account.profile)
        if known is not None:
            return known
        claim = self._claims.find(account.id)
        return None if claim is None else str(claim.commune)

    def find_served(self, account_id: str, commune: str) -> Account | None:
        """Return an active account that this commune may serve, or None."""
        account = self._accounts.find(account_id)
        if account is None or account.disabled_at is not None:
            return None
        return account if self.find_commune(account) in (None, commune) else None

    def find_by_name(self, contact: str, name: str, commune: str) -> Account | None:
        """Return the one person of this counter's whom a username or phone, and the full name, both fit."""
        wanted = squash(name)
        fitting = [
            account
            for account_id in self._list_ids(contact)
            if (account := self.find_served(account_id, commune)) is not None
            and squash(str(account.profile.get("name", ""))) == wanted
        ]
        return fitting[0] if wanted and len(fitting) == 1 else None

    def _list_ids(self, contact: str) -> list[str]:
        phone = parse_phone(contact)
        rows = self._store.list_by_phone(self._vault.phone_index(phone) or "") if phone else []
        named = self._accounts.find_id_by_username(contact)
        return [*(row.id for row in rows), *([named] if named else [])]

    def claim(self, account: Account, commune: str, now: int) -> bool:
        """Take somebody in whom no commune looks after; False where another one was faster."""
        if commune_of_address(account.profile) is None:
            self._claims.claim(account.id, commune, now)
        return self.find_commune(account) == commune

    def is_waiting(self, account_id: str) -> bool:
        """Say whether the account was begun at a counter and nobody has activated it."""
        claim = self._claims.find(account_id)
        return claim is not None and bool(claim.is_waiting)

    def begin(self, claims: Mapping[str, Any], locale: str, commune: str, now: int) -> Account | Refused:
        """Begin an account that nobody can sign in to before its person activates it. Raises Busy."""
        # A password that nobody knows, not even for this moment
        new = NewAccount(
            username=_PLACEHOLDER + secrets.token_hex(6),
            password=secrets.token_urlsafe(48),
            claims=claims,
            locale=locale,
            organisation=commune,
        )
        made = self._accounts.create(new, now, trusted=True)
        if isinstance(made, Account):
            self._claims.claim(made.id, commune, now, is_waiting=True)
        return made
