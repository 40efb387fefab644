"""Teams of developers: whoever makes one owns it. Each method runs in the caller's unit of work."""

from __future__ import annotations

from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.developers.acts import Acts
from tnid.developers.records import Team, TeamStanding, team_of, team_standing_of
from tnid.developers.words import is_line
from tnid.stores.applications import ApplicationStore
from tnid.stores.teams import TeamStore

MOST_TEAMS = 20
MOST_NAME = 100


class Teams:
    """Finds, makes and changes teams, and records what it did."""

    def __init__(self, store: TeamStore, applications: ApplicationStore, acts: Acts) -> None:
        self._store = store
        self._applications = applications
        self._acts = acts

    # Looking

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

    def list_all(self) -> list[Team]:
        return [team_of(row) for row in self._store.list_all()]

    def is_live(self, team_id: str) -> bool:
        """Say whether people sign in to an application of this team for real: then two factors are asked of
        whoever changes the team."""
        return self._applications.has_live(team_id)

    # Changing

    def create(self, name: str, organisation: str, account_id: str, now: int) -> str | Refused:
        """Make a team that this person owns; return its id."""
        if (refused := _find_fault(name, organisation)) is not None:
            return refused
        if len(self._store.list_of_account(account_id)) >= MOST_TEAMS:
            return Refused("", "teams_too_many")
        team_id = new_identifier()
        self._store.add(new_identifier(), account_id, now, id=team_id, name=name, organisation=organisation)
        self._acts.record("team.create", team_id, account_id, now)
        return team_id

    def describe(self, team_id: str, name: str, organisation: str, by: str, now: int) -> Refused | None:
        """Change what a team is called, and who is behind it."""
        if (refused := _find_fault(name, organisation)) is not None:
            return refused
        if not self._store.describe(team_id, name, organisation, by):
            return Refused("", "team_changes_no_more")
        self._acts.record("team.change", team_id, by, now)
        return None

    def archive(self, team_id: str, by: str, now: int) -> Refused | None:
        """Archive a team, whose applications are archived by then; nobody changes anything in it
        afterwards."""
        self._store.hold(team_id)
        standing = self.find_standing(team_id, by)
        kept = [row for row in self._applications.list_of_team(team_id) if row.archived_at is None]
        if kept:
            return Refused("", "team_has_applications")
        if standing is None or not self._store.archive(team_id, now):
            return Refused("", "team_changes_no_more")
        self._acts.record("team.archive", team_id, by, now)
        return None

    def archive_abandoned(self, team_id: str, now: int) -> None:
        """Archive a team that nobody is left in; an application that is live goes on, for an operator to look
        at."""
        if self._store.archive(team_id, now):
            self._acts.record("team.abandon", team_id, None, now)

    def restore(self, team_id: str, by: str, now: int) -> bool:
        """Take a team out of the archive; False where it isn't there, or is somebody else's."""
        if not self._store.restore(team_id, by):
            return False
        self._acts.record("team.restore", team_id, by, now)
        return True


def _find_fault(name: str, organisation: str) -> Refused | None:
    if not is_line(name, MOST_NAME):
        return Refused("name", "team_name")
    if organisation and not is_line(organisation, MOST_NAME):
        return Refused("organisation", "team_name")
    return None
