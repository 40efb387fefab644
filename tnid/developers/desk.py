"""For which team or application somebody stands on this page, and whether they may: the one place to decide.

Every page under `/developers/apps/<application_id>/…` and `/developers/teams/<team_id>/…`, whatever folder it
is in, declares its blueprint with `Guard.DEVELOPER` (tnid.access) and begins its view by one line:

    standing = get_application(application_id, Permission.LOOK)

which gives the team, the person's part in it and the application, or ends the request: 404 for whoever isn't
a member, the same as for an application that isn't there; 403 where the role doesn't allow it; the
application's own page where it, or its team, is archived. Each leaves one row in the audit log. Nothing of an
application may be read before that line, and its statements take `standing.application.id` and never an id
out of a form.

What touches a live client, or makes a secret that opens one, asks for a sign-in of two factors too, before it
looks at the form and before it shows one, so that nobody types what is lost on the way:

    if (obstacle := find_obstacle(url_for(…))) is not None:
        return obstacle

A page that may be looked at without it shows no form until then (`may_act`), but the way to it.
"""

from __future__ import annotations

from typing import NoReturn

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tnid import services
from tnid.access import send_to_sign_in
from tnid.developers.records import Standing, TeamStanding
from tnid.developers.roles import Permission, may
from tnid.signin.assurance import LOA2
from tnid.signin.session import get_end_user

ACT_SECONDS = 3600
FORM_SECONDS = 900


def get_member(team_id: str, permission: Permission) -> TeamStanding:
    """Return in which role the person at this browser belongs to the team, where they may do what is asked;
    else end the request, as said above."""
    account_id = get_end_user().account_id
    found = services.current().developers.teams.find_standing(team_id, account_id)
    if found is None:
        end(account_id, "not_found", 404)
    if not found.may(permission):
        own_page = redirect(url_for("teams.show", team_id=team_id), 303)
        end(account_id, *_refusal(found.member.role, permission, own_page))
    return found


def get_application(application_id: str, permission: Permission) -> Standing:
    """Return where the person at this browser stands before the application; else end the request, as said
    above."""
    account_id = get_end_user().account_id
    found = services.current().developers.applications.find_standing(application_id, account_id)
    if found is None:
        end(account_id, "not_found", 404)
    if not found.may(permission):
        own_page = redirect(url_for("applications.show", application_id=application_id), 303)
        end(account_id, *_refusal(found.member.role, permission, own_page))
    return found


def _refusal(role: str, permission: Permission, own_page: Response) -> tuple[str, int | Response]:
    """Return why somebody may not: by their role, or because what it is about is archived."""
    return ("archived", own_page) if may(role, permission) else ("role", 403)


def find_obstacle(return_to: str, *, within_seconds: int = ACT_SECONDS) -> ResponseReturnValue | None:
    """Return the way to a sign-in of two factors where this one has one, or is older than an hour (or so many
    seconds); else None. It comes back to `return_to`, a path of ours.

    A form that was on its way may be a quarter of an hour older, so that nothing typed is lost.
    """
    if may_act(within_seconds=within_seconds):
        return None
    is_fresh = _is_fresh(within_seconds)
    return send_to_sign_in(max_age=None if is_fresh else 0, least_acr=LOA2, return_to=return_to)


def may_act(*, within_seconds: int = ACT_SECONDS) -> bool:
    """Say whether nothing stands in `find_obstacle`'s way: a page shows no form whose sending needs more."""
    return get_end_user().acr == LOA2 and _is_fresh(within_seconds)


def _is_fresh(within_seconds: int) -> bool:
    age = services.now() - get_end_user().auth_time
    return age <= within_seconds + (0 if request.method == "GET" else FORM_SECONDS)


def find_obstacle_of_team(standing: TeamStanding, return_to: str) -> ResponseReturnValue | None:
    """Return the way to a sign-in of two factors where the team has something that is live: whoever comes
    into such a team may change it. Of a team that has only its sandbox one factor will do."""
    is_live = services.current().developers.teams.is_live(standing.team.id)
    return find_obstacle(return_to) if is_live else None


def end(account_id: str, reason: str, answer: int | Response) -> NoReturn:
    """End a request that isn't for this person; the log keeps it."""
    services.current().audit.record(
        "developer.look", outcome="refused", reason=reason, account_id=account_id, now=services.now()
    )
    abort(answer)
