"""What is counted, and how much of it a minute is allowed."""

from __future__ import annotations

from typing import NamedTuple

from tnid.settings import Settings

MINUTE_SECONDS = 60


class Rule(NamedTuple):
    """So many of something within each minute."""

    name: str
    allowed: int


class Rules(NamedTuple):
    """Every rule, as the operator set it.

    Networks are counted widely: thousands of a factory's workers come from one address at a shift's end.
    """

    pages_of_network: Rule
    begun_of_network: Rule
    refused_of_network: Rule
    pages_of_account: Rule
    requests_of_client: Rule


def rules_of(settings: Settings) -> Rules:
    return Rules(
        Rule("pages_of_network", settings.rate_network_pages),
        # Each costs a row that a stranger makes
        Rule("begun_of_network", settings.rate_network_sign_ins),
        Rule("refused_of_network", settings.rate_network_refusals),
        Rule("pages_of_account", settings.rate_account_pages),
        Rule("requests_of_client", settings.rate_client_requests),
    )
