"""What is counted, and how much of it a minute is allowed."""

from __future__ import annotations

from typing import NamedTuple

from tnid.settings import Settings

MINUTE_SECONDS = 60
# For how many seconds an account signs in without a screen no more, as the front found: not to its
# application, which would ask again at once, but to the browser, where no script of an application's runs
SILENT_SHUT = "tnid.silent_shut"


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
    silent_of_account: Rule
    silent_of_session: Rule
    requests_of_client: Rule


def rules_of(settings: Settings) -> Rules:
    return Rules(
        Rule("pages_of_network", settings.rate_network_pages),
        # Each costs a row that a stranger makes
        Rule("begun_of_network", settings.rate_network_sign_ins),
        Rule("refused_of_network", settings.rate_network_refusals),
        Rule("pages_of_account", settings.rate_account_pages),
        # Each costs a grant, and no page that anybody would have to look at
        Rule("silent_of_account", settings.rate_account_silent_sign_ins),
        # Of somebody made up, who is everybody's
        Rule("silent_of_session", settings.rate_account_silent_sign_ins),
        Rule("requests_of_client", settings.rate_client_requests),
    )
