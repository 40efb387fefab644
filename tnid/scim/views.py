"""The address that personnel systems call: who asks is known before anything else is looked at or loaded."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.routing import PathConverter

from oidc.errors import OAuthError
from tnid import services
from tnid.access import Guard, declare
from tnid.accounts.passwords import Busy
from tnid.db import Conflict, DatabaseUnavailable
from tnid.errors import answer_http
from tnid.scim.errors import MEDIA_TYPE, ScimError
from tnid.scim.tokens import Denied
from tnid.signin.limits import QUARTER_HOUR_SECONDS, network_of

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# A little more than a body may have, so that one that is too large is told so in SCIM's words
MOST_BYTES = 72 * 1024
RETRY_AFTER_SECONDS = 5
_DETAILS = {
    401: "The token is missing, wrong, revoked or too old.",
    403: "The employer that this token speaks for is suspended.",
    429: "Too many wrong tokens came from this network.",
}


class Rest(PathConverter):
    """All that stands after the base address: a line break too, which the usual one leaves to a page."""

    regex = r"[\s\S]+?"
    part_isolating = False


blueprint = declare(Blueprint("scim", __name__, url_prefix="/scim/v2"), Guard.PROTOCOL)
blueprint.record(lambda state: state.app.url_map.converters.update(scim_rest=Rest))


@blueprint.route("", defaults={"path": ""}, methods=METHODS, provide_automatic_options=False)
@blueprint.route("/", defaults={"path": ""}, methods=METHODS, provide_automatic_options=False)
@blueprint.route("/<scim_rest:path>", methods=METHODS, provide_automatic_options=False)
def answer(path: str) -> Response:
    """Answer a personnel system; what is refused is an answer, and its row in the log is kept."""
    employer = None
    try:
        employer = get_employer()
        # By the first request that a token opens: pydantic and the models take fifteen megabytes of a worker
        from tnid.scim import endpoint  # noqa: PLC0415  as above

        request.max_content_length = MOST_BYTES
        asked = endpoint.Request(
            employer, request.method, request.args, dict(request.headers), request.mimetype,
            request.get_data(), services.now(),
        )  # fmt: skip
        found = services.current().scim.answer(path, asked)
    except ScimError as error:
        return refuse(error, employer.id if employer is not None else None)
    return write(found.status, found.body, found.headers)


def get_employer() -> Any:
    """Return the employer's row that the request's token speaks for; raise ScimError."""
    network = network_of(request.remote_addr or "")
    found = services.current().employer_tokens.find_employer(
        request.headers.get("Authorization", ""), network, services.now()
    )
    if not isinstance(found, Denied):
        return found
    headers = []
    if found.status == 401:
        # RFC 6750 §3
        headers.append(("WWW-Authenticate", 'Bearer realm="scim"'))
    if found.status == 429:
        headers.append(("Retry-After", str(QUARTER_HOUR_SECONDS)))
    raise ScimError(found.status, _DETAILS[found.status], reason=found.reason, headers=headers)


def refuse(error: ScimError, employer_id: str | None) -> Response:
    """Answer with an error, and note it."""
    details = {"employer": employer_id} if employer_id else None
    services.current().audit.record(
        "scim.refuse", outcome="refused", reason=error.reason, details=details, now=services.now()
    )
    return write(error.status, orjson.dumps(error.document()), error.headers)


def write(status: int, body: str | bytes | None, headers: Any = ()) -> Response:
    response = Response(body, status, content_type=MEDIA_TYPE)
    if body is None:
        del response.headers["Content-Type"]
    response.headers.extend(headers)
    return response


@blueprint.app_errorhandler(MethodNotAllowed)
def handle_method(error: MethodNotAllowed) -> Response:
    """Answer for a method that HTTP doesn't know: the router refused it before any view of ours."""
    if not f"{request.path}/".startswith(f"{blueprint.url_prefix}/"):
        return answer_http(error)
    allow = [("Allow", ", ".join(sorted(METHODS)))]
    return refuse(ScimError(405, "This method is not for this address.", headers=allow), None)


@blueprint.errorhandler(OAuthError)
def handle_unsafe(error: OAuthError) -> Response:
    return refuse(ScimError(400, error.description, "invalidSyntax", reason=error.reason), None)


@blueprint.errorhandler(HTTPException)
def handle_http(error: HTTPException) -> Response:
    status = error.code or 400
    words = "The body is too large." if status == 413 else "The request can't be taken."
    return refuse(ScimError(status, words), None)


@blueprint.errorhandler(InternalServerError)
def handle_failure(error: InternalServerError) -> Response:
    """Answer for what failed, all of which is rolled back: there is no row in the log."""
    if isinstance(error.original_exception, Conflict):
        # RFC 7644 §3.12: it was tried twice, and somebody else was at it each time
        conflict = ScimError(409, "Somebody else is changing the same at this moment: try again.")
        return write(409, orjson.dumps(conflict.document()))
    if isinstance(error.original_exception, (DatabaseUnavailable, Busy)):
        busy = ScimError(503, "Try again in a few seconds.")
        return write(503, orjson.dumps(busy.document()), [("Retry-After", str(RETRY_AFTER_SECONDS))])
    return write(500, orjson.dumps(ScimError(500, "Something failed here.").document()))
