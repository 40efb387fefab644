"""Where printed cards are taken, and for what: at registered terminals, at LoA1, for nothing sensitive."""

from __future__ import annotations

from oidc.authorization.prompts import Situation
from oidc.models import LOA1, Client, Interaction, acr_at_least
from oidc.sensitive import asks_for_sensitive
from tnid import services


def is_terminal(client: Client | None) -> bool:
    """Say whether a client is a shared screen that an operator registered."""
    return client is not None and bool(client.terminal)


def find_terminal(interaction: Interaction) -> Client | None:
    """Return the terminal that asks, or None where it is none, or a page of ours."""
    if interaction.request is None:
        return None
    client = services.current().clients.find(interaction.request.client_id)
    return client if is_terminal(client) else None


def takes_cards(interaction: Interaction) -> bool:
    """Say whether a card is a way to sign in here."""
    return find_terminal(interaction) is not None and not needs_phone(interaction)


def needs_phone(interaction: Interaction) -> bool:
    """Say whether more is asked than a card ever opens: two factors, income, data of an identity document."""
    client = services.current().clients.find(interaction.request.client_id) if interaction.request else None
    if interaction.request is None or client is None:
        return True
    least = Situation(services.now(), interaction.request, client, None).least_acr
    return not acr_at_least(LOA1, least) or asks_for_sensitive(interaction.request)
