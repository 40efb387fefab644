"""For whom somebody acts on this page, and whether they may: the one place that decides it.

Every page under `/employers/<employer_id>/…`, whatever folder it is in, declares its blueprint with
`Guard.REPRESENTATIVE` (tnid.access) and begins its view by one line:

    representative = get_representative(employer_id, Permission.LOOK)

which gives the person's role and the organisation's row (`representative.employer`), or ends the request:
404 for whoever doesn't represent this organisation, the same as for one that isn't there; 403 where the role
doesn't allow it; the organisation's own page where it is suspended. Each leaves one row in the audit log.
Nothing of an organisation may be read before that line, and its statements take `representative.employer.id`
and never an id out of a form.

A view that changes something asks for a sign-in of the last hour too, before it looks at the form:

    if (obstacle := find_obstacle(employer_id)) is not None:
        return obstacle

A page with much to fill in asks so when it is opened as well; who then sends it within a quarter of an hour
is never sent away, so that nothing typed is lost.
"""

from __future__ import annotations

from typing import NoReturn

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tnid import services
from tnid.access import send_to_sign_in
from tnid.employers.representatives import Representative
from tnid.employers.roles import Permission
from tnid.signin.assurance import LOA2
from tnid.signin.session import get_end_user

ACT_SECONDS = 3600
FORM_SECONDS = 900


def get_representative(employer_id: str, permission: Permission) -> Representative:
    """Return in which role the person at this browser acts for the organisation, where they may do what is
    asked; else end the request, as said above."""
    account_id = get_end_user().account_id
    found = services.current().employers.representatives.find(employer_id, account_id)
    if found is None:
        end(account_id, "not_found", 404)
    if not found.may(permission):
        is_standing_still = found.employer.suspended_at is not None
        own_page = redirect(url_for("employers.show", employer_id=employer_id), 303)
        end(account_id, *(("suspended", own_page) if is_standing_still else ("role", 403)))
    return found


def find_obstacle(
    employer_id: str, return_to: str | None = None, *, within_seconds: int = ACT_SECONDS
) -> ResponseReturnValue | None:
    """Return the way to a sign-in where the last one is more than an hour old, or so many seconds, else None.

    It comes back to `return_to`, a path of ours; without one to the page that was opened, or for a form to
    the organisation's own.
    """
    age = services.now() - get_end_user().auth_time
    if age <= within_seconds + (0 if request.method == "GET" else FORM_SECONDS):
        return None
    if return_to is None and request.method != "GET":
        return_to = url_for("employers.show", employer_id=employer_id)
    return send_to_sign_in(max_age=0, least_acr=LOA2, return_to=return_to)


def end(account_id: str, reason: str, answer: int | Response) -> NoReturn:
    """End a request that isn't for this person; the log keeps it."""
    services.current().audit.record(
        "employer.look", outcome="refused", reason=reason, account_id=account_id, now=services.now()
    )
    abort(answer)
