"""Who belongs to a team: invited by a code, changed, removed; and what becomes of it when somebody goes."""

from __future__ import annotations

from typing import Any, NamedTuple

from oidc.decoupled.user_code import new_user_code, read_user_code
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.developers.acts import Acts
from tnid.developers.records import Team, team_of
from tnid.developers.roles import ROLES
from tnid.interfaces import Announcer, BlindIndex, Names
from tnid.stores.members import MemberStore
from tnid.stores.team_tokens import TeamTokenStore
from tnid.stores.teams import DEVELOPER, OWNER, TeamStore

CODE_SECONDS = 7 * 24 * 3600
CODE_KIND = "team.member_code"
MOST_MEMBERS = 50


class Listed(NamedTuple):
    """A member or an open invitation, as the team sees it: `name` is "" until it was taken up."""

    id: str
    name: str
    role: str
    is_invitation: bool
    granted_at: int
    expires_at: int | None
    account_id: str | None


class Offer(NamedTuple):
    """What a code offers."""

    team: Team
    role: str
    inviter: str


class Left(NamedTuple):
    """A team whose only owner may go: who owns it then, None where nobody would be left."""

    team_id: str
    name: str
    heir_id: str | None


class Members:
    """Each method runs in the caller's unit of work and records what it did."""

    def __init__(
        self,
        store: MemberStore,
        teams: TeamStore,
        tokens: TeamTokenStore,
        acts: Acts,
        people: Names,
        messages: Announcer,
        blind: BlindIndex,
    ) -> None:
        self._store = store
        self._teams = teams
        self._tokens = tokens
        self._acts = acts
        self._people = people
        self._messages = messages
        self._blind = blind

    # Looking

    def list_of_team(self, team_id: str, now: int) -> list[Listed]:
        """Return who belongs to it, and the invitations that are open."""
        return [self._listed(row) for row in self._store.list_of_team(team_id, now)]

    def _listed(self, row: Any) -> Listed:
        return Listed(
            row.id, self._people.find_name(row.account_id), row.role, row.accepted_at is None, row.granted_at,
            row.invitation_expires_at, row.account_id,
        )  # fmt: skip

    # By an owner

    def invite(self, team_id: str, role: str, by: str, now: int) -> str | Refused:
        """Offer a role under a code; return the code, which is kept nowhere."""
        if role not in ROLES:
            return Refused("role", "choose_one")
        self._teams.hold(team_id)
        if len(self._store.list_of_team(team_id, now)) >= MOST_MEMBERS:
            return Refused("", "members_too_many")
        self._store.forget_expired(team_id, now)
        code = new_user_code()
        is_made = self._store.invite(
            id=new_identifier(), team_id=team_id, role=role, invited_by=by,
            invitation_hash=self._hash(code), invitation_expires_at=now + CODE_SECONDS, granted_at=now,
        )  # fmt: skip
        if not is_made:
            return Refused("", "team_changes_no_more")
        self._acts.record("member.invite", team_id, by, now, role=role)
        return code

    def change_role(self, member_id: str, team_id: str, role: str, by: str, now: int) -> bool:
        """Change a role; False where it isn't there, or nobody would own the team any more."""
        if role not in ROLES:
            return False
        self._teams.hold(team_id)
        row = self._store.change_role(member_id, team_id, role, by)
        if row is None:
            return False
        self._acts.record("member.change", team_id, by, now, member=row.account_id, role=role)
        self._tell(row.account_id, "team_role_changed", team_id, now)
        return True

    def hand_over(self, member_id: str, team_id: str, own_id: str, by: str, now: int) -> bool:
        """Make a member the owner in one's own stead, who stays as a developer; False where either can't
        be."""
        self._teams.hold(team_id)
        to = self._store.change_role(member_id, team_id, OWNER, by)
        if to is None or to.account_id == by:
            return False
        if self._store.change_role(own_id, team_id, DEVELOPER, by) is None:
            return False
        self._acts.record("team.hand_over", team_id, by, now, member=to.account_id)
        self._tell(to.account_id, "team_handed_over", team_id, now, person=self._people.find_name(by))
        return True

    def remove(self, member_id: str, team_id: str, by: str, now: int) -> bool:
        """End a part or an invitation, one's own too; False as for `change_role`. What they made for programs
        to register by ends with it."""
        self._teams.hold(team_id)
        row = self._store.remove(member_id, team_id, by, now)
        if row is None:
            return False
        if row.accepted_at is None:
            self._acts.record("member.uninvite", team_id, by, now, role=row.role)
        else:
            self._end(row, by, now)
        return True

    def leave(self, team_id: str, account_id: str, now: int) -> bool:
        """End one's own part; False where nobody would own the team any more."""
        self._teams.hold(team_id)
        row = self._store.leave(team_id, account_id, now)
        if row is not None:
            self._end(row, account_id, now)
        return row is not None

    def _end(self, row: Any, by: str | None, now: int) -> None:
        self._tokens.revoke_of_member(row.team_id, row.account_id, now)
        if row.account_id == by:
            self._acts.record("member.leave", row.team_id, by, now)
            return
        self._acts.record("member.remove", row.team_id, by, now, member=row.account_id)
        self._tell(row.account_id, "team_removed", row.team_id, now)

    # By who was invited

    def find_offer(self, typed: str, account_id: str, now: int) -> Offer | None:
        """Return what a code offers, as it was typed; the caller counts wrong guesses."""
        code = read_user_code(typed)
        row = self._store.find_offer(self._hash(code), now) if code else None
        if row is None or self._teams.find_standing(row.id, account_id) is not None:
            return None
        return Offer(team_of(row), row.role, self._people.find_name(row.invited_by))

    def accept(self, typed: str, account_id: str, now: int) -> bool:
        """Take a code up; True for one caller only."""
        code = read_user_code(typed)
        row = self._store.accept(self._hash(code), account_id, now) if code else None
        if row is None:
            return False
        self._acts.record("member.accept", row.team_id, account_id, now, role=row.role)
        name = self._people.find_name(account_id)
        for one in self._store.list_open(row.team_id):
            if one.role == OWNER and one.account_id != account_id:
                self._tell(one.account_id, "team_joined", row.team_id, now, person=name)
        return True

    # By an operator, and when an account goes

    def add_by_operator(self, team_id: str, account_id: str, role: str, now: int) -> None:
        """Make somebody a member in this role at once, or give a member this role. Raises Conflict."""
        changed = self._store.set_role_by_operator(team_id, account_id, role)
        if changed is None:
            self._store.add(
                id=new_identifier(), team_id=team_id, account_id=account_id, role=role,
                granted_at=now, accepted_at=now,
            )  # fmt: skip
        self._acts.record("member.set", team_id, None, now, member=account_id, role=role)
        self._tell(account_id, "team_role_changed", team_id, now)

    def remove_by_operator(self, team_id: str, account_id: str, now: int) -> bool:
        """End somebody's part, were it the last owner's; False where they have none."""
        row = self._store.remove_by_operator(team_id, account_id, now)
        if row is not None:
            self._end(row, None, now)
        return row is not None

    def release(self, account_id: str, now: int) -> list[str]:
        """Leave every team before an account is erased; return those that nobody is left in.

        Of a team that it owned alone, whoever has been in it longest owns it from then on, developers before
        readers, and is told.
        """
        return [
            row.id
            for row in self._teams.list_of_account(account_id)
            if not self._pass_on(row.id, account_id, now)
        ]

    def foresee(self, account_id: str) -> list[Left]:
        """Return the teams that this person owns alone, and who would own each if they were gone."""
        found = []
        for row in self._teams.list_of_account(account_id):
            left = [one for one in self._store.list_open(row.id) if one.account_id != account_id]
            if row.role == OWNER and row.archived_at is None and all(one.role != OWNER for one in left):
                found.append(Left(row.id, row.name, _find_heir(left)))
        return found

    def _pass_on(self, team_id: str, account_id: str, now: int) -> bool:
        self._teams.hold(team_id)
        self._store.remove_by_operator(team_id, account_id, now)
        self._tokens.revoke_of_member(team_id, account_id, now)
        left = self._store.list_open(team_id)
        heir = _find_heir(left)
        if heir is not None:
            self._store.set_role_by_operator(team_id, heir, OWNER)
            self._acts.record("team.inherit", team_id, None, now, member=heir)
            self._tell(heir, "team_inherited", team_id, now)
        return bool(left)

    # What follows

    def _tell(self, account_id: str, text: str, team_id: str, now: int, **values: str) -> None:
        self._messages.announce(account_id, text, now, team=self._teams.find(team_id).name, **values)

    def _hash(self, code: str) -> str:
        return self._blind.blind_index(CODE_KIND, code)


def _find_heir(left: list[Any]) -> str | None:
    """Return who owns a team next whose owners are gone: whoever has been in it longest, developers before
    readers. None where somebody owns it, or nobody is left."""
    if not left or any(one.role == OWNER for one in left):
        return None
    return str(min(left, key=lambda one: one.role != DEVELOPER).account_id)
