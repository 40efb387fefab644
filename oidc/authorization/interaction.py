"""A request that waits for a person: begun once, resumed from any screen, completed once.

Each screen does one thing, marks it here and returns to the resume address. An interaction belongs to the
browser that began it: `browser` is that browser's secret, of which only the hash is stored.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import TypeVar

from oidc.errors import ExpiredInteraction, OAuthError
from oidc.interfaces import InteractionStore
from oidc.models import AuthorizationRequest, Interaction
from oidc.sent import sent_as

MOST_LIFETIME_SECONDS = 3600
Error = TypeVar("Error", bound=OAuthError)


def hash_browser(browser: str) -> str:
    """Return what is stored of a browser's secret."""
    return hashlib.sha256(browser.encode()).hexdigest()


def grant_id_of(uid: str) -> str:
    """Return the id of the grant that an interaction leads to, which both are known by in the log.

    A hash: who reads it there doesn't learn the interaction's own, which is part of the address of its pages.
    """
    digest = hashlib.sha256(f"grant:{uid}".encode()).digest()[:16]
    identifier = urlsafe_b64encode(digest).decode().rstrip("=")
    # No leading dash, which looks like an option
    return "_" + identifier[1:] if identifier.startswith("-") else identifier


def _is_open(interaction: Interaction, now: int) -> bool:
    return interaction.completed_at is None and interaction.expires_at > now


def told_of(error: Error, interaction: Interaction) -> Error:
    """Return the error with what its developer may read of the request that it ends."""
    error.flow, error.began_at = grant_id_of(interaction.uid), interaction.created_at
    if interaction.request is not None:
        error.client_id, error.sent = interaction.request.client_id, sent_as(interaction.request)
    return error


def answered_already(interaction: Interaction) -> ExpiredInteraction:
    """Return the error of whoever comes second."""
    return told_of(ExpiredInteraction("This request was answered already.", was_answered=True), interaction)


class Interactions:
    """The life of interactions; each method runs in the caller's unit of work."""

    def __init__(self, store: InteractionStore, lifetime_seconds: int) -> None:
        self._store = store
        self._lifetime_seconds = lifetime_seconds

    def begin(
        self, request: AuthorizationRequest, browser: str, now: int, *, lifetime_seconds: int | None = None
    ) -> Interaction:
        """Store what a relying party asked for, until a person has answered."""
        return self._add(browser, now, request=request, lifetime_seconds=lifetime_seconds)

    def begin_local(
        self, browser: str, return_to: str, now: int, *, max_age: int | None = None, least_acr: str = ""
    ) -> Interaction:
        """Store that a page of ours, at the path `return_to`, needs a person signed in."""
        if not return_to.startswith("/") or return_to.startswith(("//", "/\\")):
            raise ValueError("return_to is not a path of ours")
        return self._add(browser, now, return_to=return_to, max_age=max_age, least_acr=least_acr)

    def _add(
        self,
        browser: str,
        now: int,
        *,
        request: AuthorizationRequest | None = None,
        return_to: str | None = None,
        max_age: int | None = None,
        least_acr: str = "",
        lifetime_seconds: int | None = None,
    ) -> Interaction:
        interaction = Interaction(
            uid=secrets.token_urlsafe(24),
            browser_hash=hash_browser(browser),
            request=request,
            return_to=return_to,
            max_age=max_age,
            least_acr=least_acr,
            created_at=now,
            expires_at=now + (lifetime_seconds or self._lifetime_seconds),
        )
        self._store.add(interaction)
        return interaction

    def find(self, uid: str, browser: str, now: int) -> Interaction | None:
        """Return an open interaction of this browser; None where unknown, expired, completed or another's."""
        interaction = self._find_own(uid, browser)
        return interaction if interaction and _is_open(interaction, now) else None

    def look_at(self, uid: str, now: int) -> Interaction | None:
        """Return an open interaction whichever browser it belongs to: to be judged elsewhere, and no more."""
        interaction = self._store.find(uid)
        return interaction if interaction and _is_open(interaction, now) else None

    def recall(self, uid: str) -> Interaction | None:
        """Return an interaction in whatever state: what it asked for is answered elsewhere, and later."""
        return self._store.find(uid)

    def get(self, uid: str, browser: str, now: int) -> Interaction:
        """Return an open interaction of this browser; raise ExpiredInteraction, which tells who asked."""
        interaction = self._find_own(uid, browser)
        if interaction and _is_open(interaction, now):
            return interaction
        request = interaction.request if interaction else None
        error = ExpiredInteraction(
            "This request has expired, was answered, or began in another browser.",
            client_id=request.client_id if request else None,
            was_answered=interaction is not None and interaction.completed_at is not None,
        )
        raise error if interaction is None else told_of(error, interaction)

    def find_left(self, uid: str, browser: str, now: int) -> Interaction | None:
        """Return this browser's interaction that nobody answered before its time was over, or None."""
        interaction = self._find_own(uid, browser)
        is_left = interaction and interaction.completed_at is None and interaction.expires_at <= now
        return interaction if is_left else None

    def _find_own(self, uid: str, browser: str) -> Interaction | None:
        """Return this browser's interaction in whatever state: another's is nobody's business."""
        interaction = self._store.find(uid)
        if interaction is None:
            return None
        is_own = secrets.compare_digest(interaction.browser_hash, hash_browser(browser))
        return interaction if is_own else None

    def mark_authenticated(self, uid: str, sid: str, now: int) -> bool:
        """Note that the person proved who they are within this interaction, giving session `sid`."""
        return self._store.update(uid, authenticated_at=now, authenticated_sid=sid)

    def mark_selected(self, uid: str, sid: str) -> bool:
        """Note that the person chose to go on as the account of session `sid`."""
        return self._store.update(uid, selected_sid=sid)

    def mark_consented(self, uid: str, account_id: str) -> bool:
        """Note that this account's person was asked within this interaction, and agreed."""
        return self._store.update(uid, consented_account_id=account_id)

    def mark_represented(self, uid: str, sid: str, mandate_id: str) -> bool:
        """Note for whom the person of session `sid` goes on: by a mandate, or with "" for themselves.

        What was agreed to within this interaction before was agreed to for somebody else.
        """
        return self._store.update(uid, mandate_sid=sid, mandate_id=mandate_id, consented_account_id=None)

    def deny(self, uid: str, now: int) -> bool:
        """Note that the person refused."""
        return self._store.update(uid, denied_at=now)

    def prolong(self, interaction: Interaction, now: int) -> bool:
        """Give a person who is busy with a long step as long again from now, within an hour in all."""
        most = interaction.created_at + MOST_LIFETIME_SECONDS
        until = max(interaction.expires_at, min(now + self._lifetime_seconds, most))
        return self._store.update(interaction.uid, expires_at=until)

    def stay(self, interaction: Interaction, until: int) -> Interaction:
        """Let it live until then, sooner or later than it was to, within an hour in all; return it."""
        expires_at = min(until, interaction.created_at + MOST_LIFETIME_SECONDS)
        if expires_at == interaction.expires_at:
            return interaction
        self._store.update(interaction.uid, expires_at=expires_at)
        return replace(interaction, expires_at=expires_at)

    def ask_otherwise(self, interaction: Interaction, request: AuthorizationRequest) -> bool:
        """Have an interaction go on with this request, which is its own but for a fault that was chosen."""
        return self._store.update(interaction.uid, request=request, expires_at=interaction.expires_at)

    def expire(self, uid: str, now: int) -> bool:
        """Have an interaction be over, as if nobody had come back to it."""
        return self._store.update(uid, expires_at=now)

    def complete(self, uid: str, now: int) -> bool:
        """Consume the interaction; True for one caller only."""
        return self._store.complete(uid, now)
