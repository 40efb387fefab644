"""Where printed cards are taken, and for what: at registered terminals, at LoA1, for nothing sensitive."""

from __future__ import annotations

from oidc.authorization.prompts import Situation
from oidc.models import LOA1, Interaction, acr_at_least
from oidc.sensitive import asks_for_sensitive
from tnid import services
from tnid.signin.session import find_terminal


def takes_cards(interaction: Interaction) -> bool:
    """Say whether a card is a way to sign in here."""
    return find_terminal() is not None and not needs_phone(interaction)


def needs_phone(interaction: Interaction) -> bool:
    """Say whether more is asked than a card ever opens: two factors, income, data of an identity document."""
    client = services.current().clients.find(interaction.request.client_id) if interaction.request else None
    if interaction.request is None or client is None:
        return True
    least = Situation(services.now(), interaction.request, client, None).least_acr
    return not acr_at_least(LOA1, least) or asks_for_sensitive(interaction.request)
