"""How operators are called on each other's pages."""

from __future__ import annotations

from tnid import services


def name_of_operator(account_id: str | None) -> str:
    """Return the name and username of somebody who works here; "" where the account is gone."""
    account = services.current().accounts.find(account_id) if account_id else None
    return f"{account.display_name} ({account.username})" if account else ""
