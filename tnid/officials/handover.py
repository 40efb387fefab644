"""An account comes into its person's hands: by the code on a slip, with a password that they choose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from oidc.interfaces import Events
from tnid.accounts import passwords as policy
from tnid.accounts import usernames
from tnid.accounts.account import Account
from tnid.accounts.passwords import Passwords
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Accounts, personal_words
from tnid.interfaces import Announcer
from tnid.officials.activations import RECOVER, Activations
from tnid.signin.factors import Factors
from tnid.stores.counter_people import CounterPeopleStore

OVER = Refused("", "activation_over")
"""The code was used, has expired or was replaced while its person was choosing."""


class Handover:
    """Completes activations; each method runs in the caller's unit of work."""

    def __init__(
        self,
        activations: Activations,
        accounts: Accounts,
        claims: CounterPeopleStore,
        passwords: Passwords,
        factors: Factors,
        messages: Announcer,
        events: Events,
        endings: Iterable[Callable[[str, int], object]],
    ) -> None:
        self._activations = activations
        self._accounts = accounts
        self._claims = claims
        self._passwords = passwords
        self._factors = factors
        self._messages = messages
        self._events = events
        self._endings = tuple(endings)

    def complete(self, code_hash: str, username: str | None, password: str, now: int) -> Account | Refused:
        """Spend the code and set what its person chose; `username` None keeps the one there is.

        Everything that was open for the account ends, its factors go, and the recovery codes that came with
        the slip count. Hashes before it writes. Raises Busy.
        """
        activation = self._activations.find(code_hash, now)
        if activation is None:
            return self._refuse(None, now)
        account = self._accounts.get(activation.account_id)
        chosen = account.username if username is None else username
        refused = self._find_fault(account, chosen, password)
        if refused is not None:
            return refused
        new_hash = self._passwords.hash(password)
        # Hashing takes its time: somebody may have taken the name, and the code isn't spent for that
        if chosen != account.username and self._accounts.find_by_username(chosen) is not None:
            return Refused("username", "username_taken")
        if not self._activations.consume(code_hash, now):
            return self._refuse(account.id, now)
        required_at = None if policy.is_strong_alone(password) else now
        name, key = usernames.clean(chosen), usernames.username_key(chosen)
        if not self._activations.set_credentials(account.id, name, key, new_hash, required_at, now):
            return self._refuse(account.id, now)
        self._give(activation, now)
        return self._accounts.get(account.id)

    def _give(self, activation: Any, now: int) -> None:
        account_id = activation.account_id
        for end in self._endings:
            end(account_id, now)
        self._factors.remove_all(account_id)
        self._factors.set_recovery_codes(account_id, activation.recovery_hashes.split(), now)
        self._claims.activate(account_id)
        details = {"purpose": activation.purpose}
        self._events.record("activation.complete", account_id=account_id, now=now, details=details)
        text = "counter_recovered" if activation.purpose == RECOVER else "counter_activated"
        self._messages.announce(account_id, text, now)

    def _find_fault(self, account: Account, username: str, password: str) -> Refused | None:
        if username != account.username:
            fault = usernames.find_fault(username)
            if fault is None and usernames.is_reserved(username):
                fault = "username_reserved"
            if fault is None and self._accounts.find_by_username(username) is not None:
                fault = "username_taken"
            if fault is not None:
                return Refused("username", fault)
        number = self._accounts.reveal_personal_id_number(account.id)
        weakness = policy.find_weakness(password, personal_words(username, account.profile, number))
        return None if weakness is None else Refused("password", weakness)

    def _refuse(self, account_id: str | None, now: int) -> Refused:
        self._events.record(
            "activation.complete", outcome="refused", reason="not_open", account_id=account_id, now=now
        )
        return OVER
