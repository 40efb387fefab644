"""How operators are called on each other's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid import services

if TYPE_CHECKING:
    from tnid.services import Services


def name_of_operator(account_id: str | None) -> str:
    """Return the name and username of somebody who works here; "" where the account is gone."""
    return name_of(services.current(), account_id)


def name_of(parts: Services, account_id: str | None) -> str:
    """The same outside of a request."""
    account = parts.accounts.find(account_id) if account_id else None
    return f"{account.display_name} ({account.username})" if account else ""
