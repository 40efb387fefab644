"""A request that waits for days: for something about its person that no screen can settle.

It stays the browser's that began it, and is completed once, as any other. What limited its beginning, such as
the minute and a half of a pushed request, is spent when the waiting begins.
"""

from __future__ import annotations

from dataclasses import replace

from oidc.authorization.pushed_request import PushedRequests
from oidc.models import Interaction
from oidc.parts import Parts


class WaitingRequests:
    """Has interactions wait; the caller's unit of work is committed."""

    def __init__(self, parts: Parts) -> None:
        self._store = parts.stores.interactions
        self._pushed = PushedRequests(parts)

    def begin(self, interaction: Interaction, until: int, now: int) -> bool:
        """Have an open interaction wait until then; False where its pushed request was used before.

        One that waits already waits no longer for being asked again.
        """
        request = interaction.request
        if request is None:
            return False
        if interaction.expires_at >= until:
            return True
        # RFC 9126 §4: a request_uri is for one use; this is it
        if not self._pushed.consume(request, now):
            return False
        spent = replace(request, pushed_uri_hash="")
        return self._store.update(interaction.uid, request=spent, expires_at=until)
