"""The life of a live application after its review: stopped, resumed, ended; and taken over from before.

Each method runs in the caller's unit of work, records what it did, and tells the team.
"""

from __future__ import annotations

from typing import Any, Protocol

import orjson

from oidc.interfaces import Events
from oidc.models import Client
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused, refuse
from tnid.db import Conflict
from tnid.developers.disclosure import ITEMS, Disclosure, Wish, write_disclosure
from tnid.developers.disclosure_words import KEPT_OTHER
from tnid.developers.presets import CLI, NATIVE, SERVICE, SPA, WEB
from tnid.interfaces import Announcer
from tnid.reviews.agreements import Agreements
from tnid.reviews.needs import Acts
from tnid.stores.applications import ApplicationStore
from tnid.stores.mirrors import PREFIX
from tnid.stores.reviews import ReviewStore
from tnid.stores.teams import TeamStore

MOST_REASON = 1000


class Clients(Protocol):
    """What is needed of tnid.stores.clients."""

    def find_now(self, client_id: str) -> Client | None: ...
    def add(self, client: Client) -> None: ...
    def disable(self, client_id: str, now: int) -> bool: ...
    def enable(self, client_id: str, now: int) -> bool: ...


class Lives:
    """What operators, and owners who have had enough, do with live applications."""

    def __init__(
        self,
        applications: ApplicationStore,
        teams: TeamStore,
        reviews: ReviewStore,
        clients: Clients,
        agreements: Agreements,
        acts: Acts,
        events: Events,
        messages: Announcer,
    ) -> None:
        self._applications = applications
        self._teams = teams
        self._reviews = reviews
        self._clients = clients
        self._agreements = agreements
        self._acts = acts
        self._events = events
        self._messages = messages

    def suspend(self, application_id: str, reason: str, by: str | None, now: int) -> Refused | None:
        """Stop the live client at once; the team is told why."""
        if not 0 < len(reason.strip()) <= MOST_REASON:
            return Refused("reason", "review_say_why")
        if not self._applications.suspend(application_id, reason.strip(), now):
            return self._refuse("application.suspend", self._why_not(application_id), by, now)
        row = self._applications.find(application_id)
        self._clients.disable(row.live_client_id, now)
        self._note("application.suspend", row, by, now)
        self._tell(row, "application_suspended", now, reason=reason.strip())
        return None

    def resume(self, application_id: str, by: str | None, now: int) -> Refused | None:
        """Let the live client go on; never by somebody of its own team, were they an operator, nor while it
        lies in the archive, where nobody of the team could do anything about it."""
        if self._is_own(self._applications.find(application_id), by):
            return self._refuse("application.resume", "review_own_team", by, now)
        if not self._applications.resume(application_id, now):
            row = self._applications.find(application_id)
            return self._refuse("application.resume", _why_not_resumed(row), by, now)
        row = self._applications.find(application_id)
        self._clients.enable(row.live_client_id, now)
        self._note("application.resume", row, by, now)
        self._tell(row, "application_resumed", now)
        return None

    def find_obstacle_to_resume(self, client_id: str, by: str | None) -> Refused | None:
        """Return why an operator may not let this client go on by itself: what was suspended goes on as an
        application, of which the team is told; what lies in the archive as its team takes it out; and what
        was ended never does."""
        row = self._find_of_client(client_id)
        if row is not None and row.live_client_id == client_id and row.ended_at is not None:
            return Refused("", "application_ended")
        if row is not None and row.live_client_id == client_id and row.suspended_at is not None:
            return Refused("", "application_suspended")
        if row is not None and row.archived_at is not None:
            return Refused("", "application_archived")
        return Refused("", "review_own_team") if self._is_own(row, by) else None

    def resume_client(self, client_id: str, by: str | None, now: int) -> Refused | None:
        """Let a client go on that an operator disabled; the caller records it.

        Whoever suspends or ends its application at this very moment comes before or after, and never between.
        """
        row = self._find_of_client(client_id)
        if row is not None:
            self._reviews.hold_application(row.id)
        if (obstacle := self.find_obstacle_to_resume(client_id, by)) is not None:
            return obstacle
        return None if self._clients.enable(client_id, now) else Refused("", "client_stands")

    def _find_of_client(self, client_id: str) -> Any:
        """Return the application whose client this is, or whose playground's."""
        if client_id.startswith(PREFIX):
            return self._applications.find(client_id.removeprefix(PREFIX))
        return self._applications.find_by_client(client_id)

    def _is_own(self, row: Any, by: str | None) -> bool:
        return row is not None and by is not None and self._reviews.is_member(row.team_id, by)

    def end(self, application_id: str, by: str | None, now: int) -> Refused | None:
        """Shut the live client for good; what was agreed ends with it."""
        if not self._applications.finish(application_id, now):
            return self._refuse("application.end", self._why_not(application_id), by, now)
        row = self._applications.find(application_id)
        self._clients.disable(row.live_client_id, now)
        self._agreements.end(application_id, now)
        self._note("application.end", row, by, now)
        self._tell(row, "application_ended", now)
        return None

    def adopt(self, client_id: str, team_id: str, now: int) -> str | Refused:
        """Give a client that an operator made to a team, with a sandbox client beside it; return its
        application's id. What it asks for stays as it is until a review agrees to what its team says."""
        client = self._clients.find_now(client_id)
        if client is None or client.is_sandbox:
            return Refused("client", "adopt_no_client")
        if self._teams.find(team_id) is None:
            return Refused("team", "adopt_no_team")
        if self._applications.find_by_client(client_id) is not None:
            return Refused("client", "adopt_taken")
        application_id, sandbox = new_identifier(), sandbox_of(client, now)
        try:
            self._applications.adopt(
                id=application_id, team_id=team_id, preset=preset_of(client),
                texts=orjson.dumps(texts_of(client)).decode(),
                disclosure=write_disclosure(disclosure_of_client(client)),
                sandbox_client_id=sandbox.client_id, live_client_id=client_id,
                form_key=f"adopted:{application_id}", created_at=now, updated_at=now,
            )  # fmt: skip
        except Conflict:
            return Refused("client", "adopt_taken")
        self._clients.add(sandbox)
        details = {"application": application_id, "team": team_id}
        self._events.record("application.adopt", client_id=client_id, now=now, details=details)
        return application_id

    def _why_not(self, application_id: str) -> str:
        row = self._applications.find(application_id)
        if row is None or row.live_client_id is None:
            return "application_not_live"
        return "application_ended" if row.ended_at is not None else "application_suspended_already"

    def _note(self, event: str, row: Any, by: str | None, now: int) -> None:
        details = {"application": row.id}
        self._events.record(event, account_id=by, client_id=row.live_client_id, now=now, details=details)
        own = by if self._is_own(row, by) else None
        self._acts.tell(event, row.team_id, own, now, application_id=row.id)

    def _refuse(self, event: str, reason: str, by: str | None, now: int) -> Refused:
        return refuse(self._events, event, Refused("", reason), by, now)

    def _tell(self, row: Any, text: str, now: int, **values: str) -> None:
        name = orjson.loads(row.texts).get("name", {}).get("vi", "")
        for account_id in self._reviews.list_team(row.team_id):
            self._messages.announce(account_id, text, now, app=name, application=row.id, **values)


def _why_not_resumed(row: Any) -> str:
    if row is not None and row.ended_at is not None:
        return "application_ended"
    is_suspended = row is not None and row.suspended_at is not None
    return "application_archived" if is_suspended else "application_not_suspended"


# Of a client that was there before


def sandbox_of(client: Client, now: int) -> Client:
    """Return a sandbox client like it; its secret is made by the team."""
    kept = {
        name: value for name, value in client.metadata.items() if name not in ("jwks_uri", "request_uris")
    }
    return Client(
        new_identifier(), kept, profile="default", consent_items=client.consent_items,
        least_acr=client.least_acr, least_identity_level=client.least_identity_level,
        created_at=now, is_sandbox=True,
    )  # fmt: skip


def preset_of(client: Client) -> str:
    """Return the kind that it is nearest to."""
    if client.grant_types == ["client_credentials"]:
        return SERVICE
    if "authorization_code" not in client.grant_types:
        return CLI
    if client.metadata.get("application_type") == "native":
        return NATIVE
    return SPA if client.is_public else WEB


def texts_of(client: Client) -> dict[str, Any]:
    """Return its names by locale, as tnid.developers has them."""
    names = {"vi": client.text("client_name", "vi")}
    for locale in ("en", "ko"):
        if f"client_name#{locale}" in client.metadata:
            names[locale] = client.metadata[f"client_name#{locale}"]
    return {"name": names}


def disclosure_of_client(client: Client) -> Disclosure:
    """Return what an operator said of its claims, as far as it goes."""
    items = {
        name: Wish(
            purpose=dict(item.get("purpose", {})),
            required=bool(item.get("required", True)),
            kept=KEPT_OTHER if item.get("kept") else "",
            kept_words=dict(item.get("kept", {})),
        )
        for name, item in client.consent_items.items()
        if name in ITEMS
    }
    return Disclosure(
        items=items,
        offline="offline_access" in client.scope,
        least_acr=client.least_acr,
        least_identity_level=client.least_identity_level,
        accepts_mandates=client.accepts_mandates,
        resources={uri: list(scopes) for uri, scopes in client.resources.items()},
        is_chosen=bool(items),
    )
