"""The counting of rates, wired by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from oidc.errors import TooManyRequests
from tnid.rates.agreement import Agreement
from tnid.rates.counting import Rates
from tnid.rates.rules import Rule, Rules, rules_of
from tnid.signin.limits import network_of
from tnid.stores.throttles import ThrottleStore

if TYPE_CHECKING:
    from tnid.services import Services

OF_CLIENT = "requests_of_client"
OF_ACCOUNT = frozenset({"pages_of_account", "silent_of_account"})


def build_rates(parts: Services) -> tuple[Rates, Rules]:
    """Return what counts, and by which rules."""
    agreement = Agreement(ThrottleStore(parts.database), parts.sealer, parts.settings.redis_url)

    def note_shut(rule: Rule, subject: str, now: int) -> None:
        client_id = subject if rule.name == OF_CLIENT else None
        account_id = subject if rule.name in OF_ACCOUNT else None
        parts.audit.record(
            "rate.exceed", outcome="refused", reason=rule.name, client_id=client_id, account_id=account_id,
            now=now,
        )  # fmt: skip

    return Rates(agreement.add, note_shut), rules_of(parts.settings)


class Admission:
    """Lets a client that has proved itself go on, or raises TooManyRequests."""

    def __init__(self, rates: Rates, rule: Rule) -> None:
        self._rates = rates
        self._rule = rule

    def __call__(self, client_id: str, now: int) -> None:
        seconds = self._rates.take(self._rule, client_id, now)
        if seconds:
            raise TooManyRequests("This client makes too many requests.", seconds)


def make_admission(parts: Services) -> Admission:
    return Admission(parts.rates, parts.rate_rules.requests_of_client)


def make_admission_of_strangers(parts: Services) -> Callable[[str, int], None]:
    """Return what lets somebody begin a sign-in whom nobody knows, or raises TooManyRequests."""
    rates, rule = parts.rates, parts.rate_rules.begun_of_network

    def admit(address: str, now: int) -> None:
        seconds = rates.take(rule, network_of(address), now)
        if seconds:
            raise TooManyRequests("Too many sign-ins begin in this network.", seconds)

    return admit
