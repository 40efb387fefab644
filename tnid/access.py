"""Who may come in: each blueprint declares its guard, and a request to one that declares none is refused."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from flask import Blueprint, Flask, abort, current_app, redirect, request, url_for
from flask.sansio.scaffold import Scaffold
from werkzeug.wrappers import Response

from oidc.errors import UnsafeRequest
from tnid import desk, services, web
from tnid.admin.desk import find_operator
from tnid.desk import ADMIN, COUNTER, Door
from tnid.signin.assurance import LOA2, is_by_card, is_remote
from tnid.signin.session import find_end_user, find_leaving

_ATTRIBUTE = "tnid_guard"
_MOST_BYTES = "tnid_most_bytes"
_FILES = "tnid_files"
# Where people share with others or act for them: not before a child's guardian has agreed
SHUT_WHILE_WAITING = frozenset(
    {
        *("requests", "device", "mandates", "acceptance"),
        *("work_decisions", "work_invitation", "work_card", "wishes"),
    }
)
# All that somebody may send whose session a phone opened at a screen: it shares no more and protects no less
OPEN_TO_REMOTE = frozenset(
    {
        *("emergency.panic", "emergency.answer_alert", "accounts.end_session", "accounts.withdraw"),
        *("rights.show", "waiting.make", "waiting.cancel", "own_badge.revoke"),
    }
)
# Where they are asked for a sign-in before anything is typed, which would be lost on the way
SHUT_TO_REMOTE = frozenset(
    {
        *("profile", "identity", "identity_photo", "identity_phone", "acceptance", "requests", "device"),
        *("work_decisions", "work_invitation", "wishes", "work_card"),
    }
)

# Nobody acts for an organisation of whom no more is known than what they said of themselves
LEAST_LEVEL_OF_REPRESENTATIVES = 1
# Where they are told so
INDEX = "employers.index"


class Guard(Enum):
    """What a request must bring before its view runs."""

    PUBLIC = "nothing"
    SIGNED_IN = "a session"
    REPRESENTATIVE = "a session of two factors made at this very browser, by somebody whose identity is known"
    DEVELOPER = "a session of a person that was made at this very browser"
    STAFF = "a session of two factors with a desk open beside it, by somebody whose role stands"
    OPERATOR = "the same with a desk of operators, by somebody who holds one of their roles"
    PROTOCOL = "what the protocol asks for; no CSRF token, for the caller is no browser of ours"


def declare(
    blueprint: Blueprint,
    guard: Guard,
    *,
    most_bytes: int | Callable[[], int] = web.MAX_FORM_BYTES,
    files: tuple[str, ...] = (),
) -> Blueprint:
    """Declare a blueprint's guard, how large its forms may be, or what tells it at each request, and which of
    their fields may be files; return the blueprint."""
    setattr(blueprint, _ATTRIBUTE, guard)
    setattr(blueprint, _MOST_BYTES, most_bytes)
    setattr(blueprint, _FILES, files)
    return blueprint


def guard_of(blueprint: Scaffold | None) -> Guard | None:
    """Return what the blueprint declares, None where it declares nothing."""
    found: Guard | None = getattr(blueprint, _ATTRIBUTE, None)
    return found


def find_guard(app: Flask, endpoint: str | None) -> Guard | None:
    """Return the guard of an endpoint; static files need none."""
    if endpoint is None or endpoint == "static":
        return Guard.PUBLIC
    return guard_of(app.blueprints.get(endpoint.rpartition(".")[0]))


def most_bytes_of(app: Flask, endpoint: str | None) -> int:
    """Return how large a form for an endpoint may be."""
    blueprint = app.blueprints.get((endpoint or "").rpartition(".")[0])
    declared = getattr(blueprint, _MOST_BYTES, web.MAX_FORM_BYTES)
    return int(declared() if callable(declared) else declared)


def files_of(app: Flask, endpoint: str | None) -> tuple[str, ...]:
    """Return which fields of an endpoint's forms may be files."""
    blueprint = app.blueprints.get((endpoint or "").rpartition(".")[0])
    declared: tuple[str, ...] = getattr(blueprint, _FILES, ())
    return declared


def limit_form(most_bytes: int) -> None:
    """Let the request's form be so large, and a stranger's no larger than any: their photo is not read."""
    if most_bytes > web.MAX_FORM_BYTES and find_end_user() is None:
        most_bytes = web.MAX_FORM_BYTES
    request.max_content_length = most_bytes
    if most_bytes > web.MAX_FORM_BYTES:
        # The parser counts what it holds of a file at a time, too: a piece as large, and what is left of one
        request.max_form_memory_size = 4 * web.MAX_FORM_BYTES


def install(app: Flask) -> None:
    """Run each request's guard before its view."""

    @app.before_request
    def check_guard() -> Response | None:
        guard = find_guard(app, request.endpoint)
        if guard is None:
            abort(403)
        if guard is not Guard.PROTOCOL:
            # A form of ours is small; what applications send may hold a signed request.
            limit_form(most_bytes_of(app, request.endpoint))
        check_text(guard)
        check_switch()
        if guard is Guard.SIGNED_IN:
            return check_signed_in()
        if guard is Guard.REPRESENTATIVE:
            return check_representative()
        if guard is Guard.OPERATOR:
            return check_operator()
        if guard is Guard.DEVELOPER:
            return check_developer()
        return check_staff() if guard is Guard.STAFF else None


class SwitchedOff(Exception):
    """What is asked for was turned off by an operator; the argument is the reason that people read."""


def check_switch() -> None:
    """Raise SwitchedOff for what an operator turned off; the log keeps what would have changed something."""
    parts = services.current()
    name = parts.switches.find_name(request.endpoint)
    reason = parts.switches.find_reason(name) if name else None
    if name is None or reason is None:
        return
    if request.method not in ("GET", "HEAD"):
        parts.audit.record("switch.refuse", outcome="refused", reason=name, now=services.now())
    raise SwitchedOff(reason)


def check_signed_in() -> Response | None:
    """Return the way to a sign-in, or to what comes first: for who is leaving, and for a child whose
    guardian hasn't agreed."""
    if find_leaving() is not None:
        return redirect(url_for("leaving.stay"), 303)
    end_user = find_end_user()
    if end_user is None:
        return send_to_sign_in()
    # A card opens applications, and nothing of the account
    if is_by_card(end_user.amr) or (is_remote(end_user.amr) and not _is_open_to_remote()):
        return send_to_sign_in(max_age=0)
    is_shut = end_user.is_waiting and request.blueprint in SHUT_WHILE_WAITING
    return redirect(url_for("family.index"), 303) if is_shut else None


def _is_open_to_remote() -> bool:
    """Say whether this page is for a session that was proved elsewhere: whatever isn't named, is not."""
    if request.blueprint in SHUT_TO_REMOTE:
        return False
    return request.method in ("GET", "HEAD", "OPTIONS") or request.endpoint in OPEN_TO_REMOTE


def check_representative() -> Response | None:
    """Return the way to a sign-in of two factors at this browser, or to what comes before acting for others.

    For which organisation they act is for `tnid.employers.desk`, on each page.
    """
    if find_leaving() is not None:
        return redirect(url_for("leaving.stay"), 303)
    end_user = find_end_user()
    return_to = None if request.method == "GET" else _page_of_organisation()
    if end_user is None:
        return send_to_sign_in(least_acr=LOA2, return_to=return_to)
    if end_user.is_waiting:
        return redirect(url_for("family.index"), 303)
    if is_remote(end_user.amr):
        return send_to_sign_in(max_age=0, least_acr=LOA2, return_to=return_to)
    if end_user.acr != LOA2:
        return send_to_sign_in(least_acr=LOA2, return_to=return_to)
    is_unknown = end_user.identity_level < LEAST_LEVEL_OF_REPRESENTATIVES
    return redirect(url_for("employers.index"), 303) if is_unknown and request.endpoint != INDEX else None


def check_developer() -> Response | None:
    """Return the way to a sign-in at this very browser: one factor will do for looking, and for the sandbox.

    For which application they act, and what needs two factors, is for `tnid.developers.desk`, on each page.
    """
    if find_leaving() is not None:
        return redirect(url_for("leaving.stay"), 303)
    end_user = find_end_user()
    return_to = None if request.method == "GET" else _page_of_developers()
    if end_user is None:
        return send_to_sign_in(return_to=return_to)
    if end_user.is_waiting:
        return redirect(url_for("family.index"), 303)
    return send_to_sign_in(max_age=0, return_to=return_to) if is_remote(end_user.amr) else None


def _page_of_developers() -> str:
    """Return the page of the application or team that a form was for."""
    asked = request.view_args or {}
    for name, endpoint in (("application_id", "applications.show"), ("team_id", "teams.show")):
        if name in asked:
            return url_for(endpoint, **{name: asked[name]})
    return url_for("developers.index")


def _page_of_organisation() -> str:
    """Return the page of the organisation that a form was for."""
    employer_id = (request.view_args or {}).get("employer_id")
    return url_for("employers.show", employer_id=employer_id) if employer_id else url_for(INDEX)


def check_staff() -> Response | None:
    """Return the way to an open counter; 403 and a row in the log for who has no role."""
    if desk.find_desk(COUNTER) is not None:
        return None
    return _find_way_to(COUNTER, _is_official, url_for("counter_door.enter"))


def check_operator() -> Response | None:
    """Return the way to an open desk of operators; 403 and a row in the log for who has no role.

    What the role allows is for `tnid.admin.desk`, on each page.
    """
    if find_operator() is not None:
        return None
    return _find_way_to(ADMIN, _is_operator, url_for("admin_door.enter"))


def _is_official(account_id: str) -> bool:
    return services.current().counter.roles.find_official(account_id, services.now()) is not None


def _is_operator(account_id: str) -> bool:
    return bool(services.current().admin.operators.list_roles(account_id, services.now()))


def _find_way_to(door: Door, has_role: Callable[[str], bool], entrance: str) -> Response:
    end_user = find_end_user()
    if end_user is None:
        return send_to_sign_in(least_acr=LOA2)
    if not has_role(end_user.account_id):
        services.current().audit.record(
            f"{door.noun}.look",
            outcome="refused",
            reason="no_role",
            account_id=end_user.account_id,
            now=services.now(),
        )
        abort(403)
    if is_remote(end_user.amr):
        return send_to_sign_in(max_age=0, least_acr=LOA2)
    if end_user.acr != LOA2:
        return send_to_sign_in(least_acr=LOA2)
    return redirect(entrance, 303)


def check_text(guard: Guard) -> None:
    """Raise UnsafeRequest where JSON came for a form, a file for a text, or a NUL, which PostgreSQL
    keeps none of.

    The protocol reads its own parameters, and refuses them in its own way.
    """
    texts = [request.path]
    if guard is not Guard.PROTOCOL:
        if request.is_json and request.routing_exception is None:
            # Flask-WTF would take its members for fields, whatever their types
            raise UnsafeRequest("This page takes a form.")
        texts += [value for _name, value in request.args.items(multi=True)]
        # A page that is only looked at has no form, and making sure of that takes long
        if request.method != "GET":
            texts += [value for _name, value in request.form.items(multi=True)]
            # Flask-WTF would give it to whatever field has the name
            if not {*request.files} <= {*files_of(current_app, request.endpoint)}:
                raise UnsafeRequest("This page takes no such file.")
    if any("\x00" in text for text in texts):
        raise UnsafeRequest("A NUL character was sent.")


def send_to_sign_in(
    *, max_age: int | None = None, least_acr: str = "", return_to: str | None = None
) -> Response:
    """Begin a sign-in that comes back to this page; a posted form comes back to the page that it was on."""
    if return_to is None:
        return_to = request.full_path.rstrip("?") if request.method == "GET" else _page_of_form()
    interaction = services.current().interactions.begin_local(
        web.browser_id(), return_to, services.now(), max_age=max_age, least_acr=least_acr
    )
    return redirect(f"/resume/{interaction.uid}", 303)


def _page_of_form() -> str:
    """Return the page that a form was on: its own address may be one that can't be looked at."""
    section = "/".join(request.path.split("/")[:3])
    return section if section in _PAGES else url_for("accounts.overview")


_PAGES = (
    *("/account/profile", "/account/security", "/account/sessions", "/account/applications"),
    *("/account/requests", "/account/mandates", "/account/family", "/account/delete", "/account/rights"),
    *("/account/panic", "/account/export", "/account/work", "/device", "/officials", "/admin"),
)
