"""The parts of the developers' portal, wired from the program's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oidc.clients.few_at_once import FewAtOnce
from tnid.developers.acts import Acts
from tnid.developers.applications import Applications
from tnid.developers.changes import Changes
from tnid.developers.disclosures import Disclosures
from tnid.developers.logos import Logos
from tnid.developers.making import Making
from tnid.developers.members import Left, Members
from tnid.developers.metadata import Settings
from tnid.developers.records import Application
from tnid.developers.registrar import TeamRegistrar
from tnid.developers.secrets import Secrets
from tnid.developers.teams import Teams
from tnid.developers.texts import ApplicationTexts
from tnid.developers.tokens import Tokens
from tnid.developers.watching import TeamEvents
from tnid.provider import make_outbound, mtls_of
from tnid.stores.applications import ApplicationStore
from tnid.stores.client_secrets import ClientSecretStore
from tnid.stores.client_versions import ClientVersionStore
from tnid.stores.logos import LogoStore
from tnid.stores.members import MemberStore
from tnid.stores.replay import ReplayStore
from tnid.stores.team_acts import TeamActStore
from tnid.stores.team_tokens import TeamTokenStore
from tnid.stores.teams import TeamStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class Developers:
    """What the pages and commands of teams and applications work with."""

    teams: Teams
    members: Members
    applications: Applications
    texts: ApplicationTexts
    logos: Logos
    tokens: Tokens
    acts: Acts
    settings: Settings
    secrets: Secrets
    changes: Changes
    disclosures: Disclosures

    def release(self, account_id: str, now: int) -> list[str]:
        """Leave every team before an account is erased; a team that nobody is left in goes to the archive.

        What is live goes on, for people rely on it: return the teams of what nobody looks after from now on,
        which the province has to be told of.
        """
        abandoned = []
        for team_id in self.members.release(account_id, now):
            if self.teams.is_live(team_id):
                abandoned.append(team_id)
            for one in self.applications.list_of_team(team_id):
                self.applications.archive(one, None, now)
            self.teams.archive_abandoned(team_id, now)
        return abandoned

    def foresee(self, account_id: str) -> list[tuple[Left, list[Application]]]:
        """Return the teams that would lose their only owner, each with its applications that are live."""
        return [
            (left, [one for one in self.applications.list_of_team(left.team_id) if one.live_client_id])
            for left in self.members.foresee(account_id)
        ]


def build_developers(parts: Services) -> Developers:
    """Wire teams and their applications."""
    database, clients = parts.database, parts.clients
    teams, tokens = TeamStore(database), TeamTokenStore(database)
    store, acts = ApplicationStore(database), build_acts(parts)
    texts = ApplicationTexts(store, clients, acts, parts.settings.issuer)
    events = build_events(parts)
    changes = Changes(store, clients, events)
    return Developers(
        teams=Teams(teams, store, acts),
        members=Members(
            MemberStore(database), teams, tokens, acts, parts.accounts, parts.messages, parts.sealer
        ),
        applications=Applications(store, clients, acts, parts.sealer),
        texts=texts,
        logos=Logos(LogoStore(database), texts),
        tokens=Tokens(tokens, clients, acts, parts.provider.registration),
        acts=acts,
        settings=build_settings(parts, changes, events),
        secrets=Secrets(
            clients, ClientSecretStore(database), store, ReplayStore(database), parts.sealer, events,
            parts.messages,
        ),
        changes=changes,
        disclosures=Disclosures(store, clients, events),
    )  # fmt: skip


def build_settings(parts: Services, changes: Changes, events: TeamEvents) -> Settings:
    """Wire what changes a client's metadata."""
    return Settings(
        parts.clients, ClientVersionStore(parts.database), changes, FewAtOnce(make_outbound(parts.settings)),
        parts.limits, events, mtls_of(parts.settings).auth_methods, parts.messages,
    )  # fmt: skip


def build_registrar(parts: Services) -> TeamRegistrar:
    """Wire what the registration endpoint asks of teams; it is there before the provider."""
    store, acts = ApplicationStore(parts.database), build_acts(parts)
    making = Making(store, parts.clients, acts, parts.sealer)
    texts = ApplicationTexts(store, parts.clients, acts, parts.settings.issuer)
    changes = Changes(store, parts.clients, parts.audit)
    return TeamRegistrar(TeamTokenStore(parts.database), store, making, texts, changes, acts)


def build_events(parts: Services) -> TeamEvents:
    """Wire what the portal's other rooms record by: the audit log, and the team's own history."""
    store, acts = ApplicationStore(parts.database), build_acts(parts)
    texts = ApplicationTexts(store, parts.clients, acts, parts.settings.issuer)
    return TeamEvents(parts.audit, acts, store, parts.clients, texts)


def build_acts(parts: Services) -> Acts:
    return Acts(TeamActStore(parts.database), parts.audit)
