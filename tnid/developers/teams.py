"""Teams of developers: whoever makes one owns it. Each method runs in the caller's unit of work."""

from __future__ import annotations

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.developers.records import Team, TeamStanding, team_of, team_standing_of
from tnid.developers.words import is_line
from tnid.stores.teams import TeamStore

MOST_TEAMS = 20
MOST_NAME = 100


class Teams:
    """Finds and makes teams, and records what it did."""

    def __init__(self, store: TeamStore, events: Events) -> None:
        self._store = store
        self._events = events

    def find(self, team_id: str) -> Team | None:
        row = self._store.find(team_id)
        return None if row is None else team_of(row)

    def find_standing(self, team_id: str, account_id: str) -> TeamStanding | None:
        """Return in which role this person belongs to the team now, or None."""
        row = self._store.find_standing(team_id, account_id)
        return None if row is None else team_standing_of(row)

    def list_of_account(self, account_id: str) -> list[TeamStanding]:
        """Return every team that this person belongs to, by their names; archived ones too."""
        return [team_standing_of(row) for row in self._store.list_of_account(account_id)]

    def create(self, name: str, organisation: str, account_id: str, now: int) -> str | Refused:
        """Make a team that this person owns; return its id."""
        if not is_line(name, MOST_NAME):
            return Refused("name", "team_name")
        if organisation and not is_line(organisation, MOST_NAME):
            return Refused("organisation", "team_name")
        if len(self._store.list_of_account(account_id)) >= MOST_TEAMS:
            return Refused("", "teams_too_many")
        team_id = new_identifier()
        self._store.add(new_identifier(), account_id, now, id=team_id, name=name, organisation=organisation)
        self._events.record("team.create", account_id=account_id, now=now, details={"team": team_id})
        return team_id
