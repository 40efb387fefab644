"""How printed cards are made of the parts above them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tnid.badges.service import Badges
from tnid.signin.assurance import CARD, is_by_card
from tnid.stores.badges import BadgeStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_badges(parts: Services) -> Badges:
    store = BadgeStore(parts.database)
    return Badges(
        store, parts.passwords, parts.sealer, parts.messages, parts.audit, sign_in_ending(parts, store)
    )


def sign_in_ending(parts: Services, store: BadgeStore) -> Callable[[str, int], None]:
    """Return what ends all that came of an account's card, in the caller's unit of work."""

    def end(account_id: str, now: int) -> None:
        for row in parts.sessions.list_live(account_id, now):
            if is_by_card(row.amr.split()):
                parts.sessions.end(row.sid, now)
        # Sessions before grants: none is added to a session that has ended
        store.revoke_grants(account_id, CARD, now)

    return end
