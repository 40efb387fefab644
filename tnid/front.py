"""What machines call, answered without Flask: token, userinfo, introspection, revocation, keys, discovery.

A page needs Flask's sessions, forms and templates; these addresses need none of it, and are most of the load.
Everything else is passed on. Each answer is one unit of work, committed for refusals too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from werkzeug.sansio.http import parse_cookie

from oidc import discovery
from oidc.agreed import Agreed
from oidc.credentials import issuer
from oidc.http import Headers, Request, Response
from oidc.models import EndUser
from oidc.sandbox_faults import is_fault
from tnid import audit, clock, cross_origin
from tnid.consent.service import find_agreed_in
from tnid.db import DatabaseUnavailable
from tnid.employment import card_status
from tnid.front_http import not_modified, problem, read_request, security_headers, too_many
from tnid.metrics import PATH as METRICS_PATH
from tnid.metrics import metrics
from tnid.monitoring.requests import ROUTE, is_plain_get, number_of
from tnid.plain_http import HttpsOnly
from tnid.qr import polls
from tnid.qr.parts import build_polls
from tnid.rates.rules import SILENT_SHUT
from tnid.sandbox.late import Late
from tnid.signin.limits import DEVICE_FROM_NETWORK, Bucket, network_of
from tnid.signin.session import session_cookie_name
from tnid.signin.sessions import end_user_of
from tnid.signin.worlds import SANDBOX
from tnid.switches import CIBA, CLIENT_REGISTRATION, DEVICE
from tnid.switches import RETRY_AFTER_SECONDS as SWITCHED_OFF_SECONDS
from tnid.web import cookie_name, find_certificate, note_origin

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from tnid.services import Services

RETRY_AFTER_SECONDS = 5
# The answers to a wrong secret, or to a token that is none
UNPROVEN = frozenset({401, 403})
SCIM_PREFIX = "/scim/"
EXTENSION = "tnid.front"
CLIENT_PREFIX = discovery.ENDPOINTS["registration_endpoint"] + "/"
log = logging.getLogger(__name__)
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


Answer = Callable[[Request, "WSGIEnvironment", int], Response | None]


class Route(NamedTuple):
    """How an address is answered. None passes the request on to the pages, as does a method that isn't listed
    where `has_page` says that there is a page, too."""

    methods: frozenset[str]
    answer: Answer
    has_page: bool = False


class Document:
    """A public document, the same whoever asks, kept as it is sent for as long as it doesn't change.

    Everybody's libraries ask for the keys and the metadata: most of an answer is not made but found.
    """

    def __init__(self, make: Callable[[int], Response], headers: Headers) -> None:
        self._make = make
        self._headers = headers
        self._ready: tuple[Response, list[tuple[str, str]]] | None = None
        # Without a lock: a count that were lost where two threads meet is worth less than what one costs
        self.times = 0

    def get(self, now: int) -> tuple[Response, list[tuple[str, str]]]:
        """Return the answer and all of its headers, one list for all requests; raises what making it raises.

        The server reads the list and leaves it as it is.
        """
        response, ready = self._make(now), self._ready
        if ready is None or ready[0] is not response:
            self._ready = ready = (response, all_headers(response, self._headers))
        return ready


class Front:
    """A WSGI application around Flask's."""

    def __init__(self, pages: WSGIApplication, services: Services) -> None:
        self._pages = pages
        self._services = services
        self._routes = routes(services)
        self._late = Late()
        self._client_route = client_route(services)
        self._headers = security_headers(is_plain_http=services.settings.is_plain_http)
        self._open_headers = (*self._headers, *cross_origin.HEADERS)
        made = documents(services)
        self._documents = {path: Document(make, self._headers_of(path)) for path, make in made.items()}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        document = self._documents.get(path)
        if document is not None and is_plain_get(environ):
            with suppress(Exception):  # what failed is tried and told of below
                response, headers = document.get(clock.now())
                environ[ROUTE] = path
                document.times += 1
                start_response(_STATUS_LINES[200], headers)
                return [response.body]
        route = self._find_route(path)
        found = self._respond(route, environ) if route else None
        if found is None:
            return self._pages(environ, start_response)
        body: Iterable[bytes] = [b"" if environ["REQUEST_METHOD"] == "HEAD" else found.body]
        if found.delay_seconds:
            found, body = self._late.hold(found)
        also = (*number_of(found, environ), *self._headers_of(path))
        start_response(_STATUS_LINES[found.status], all_headers(found, also))
        return body

    def is_for_machines(self, path: str) -> bool:
        """Say whether machines alone ask for this: no page is there."""
        route = self._find_route(path)
        return (route is not None and not route.has_page) or path.startswith(SCIM_PREFIX)

    def count_documents(self) -> dict[str, int]:
        """Return how often each document was answered from memory."""
        return {path: document.times for path, document in self._documents.items()}

    def _headers_of(self, path: str) -> Headers:
        return self._open_headers if path in cross_origin.PATHS else self._headers

    def _find_route(self, path: str) -> Route | None:
        return self._routes.get(path) or (self._client_route if path.startswith(CLIENT_PREFIX) else None)

    def _respond(self, route: Route, environ: WSGIEnvironment) -> Response | None:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        environ[ROUTE] = f"{CLIENT_PREFIX}<id>" if route is self._client_route else path
        if method not in route.methods:
            return None if route.has_page else refuse_method(route, environ)
        request_id = note_origin(environ, self._services.settings.trusted_proxies).request_id
        try:
            return self._answer(route, environ)
        except DatabaseUnavailable:
            log.warning("database unavailable, request %s", request_id)
            retry = ("Retry-After", str(RETRY_AFTER_SECONDS))
            return problem(503, "temporarily_unavailable", "Try again in a few seconds.", (retry,))
        except Exception:  # the last line: one request fails, the next is served
            log.exception("request %s failed", request_id)
            return problem(500, "server_error", f"Something failed here; request {request_id}.")

    def _answer(self, route: Route, environ: WSGIEnvironment) -> Response | None:
        now = clock.now()
        if seconds := self._seconds_shut(now):
            return too_many(seconds, "Too many requests of this network failed.")
        request = read_request(environ, self._find_certificate(environ))
        if request is None:
            return problem(413, "invalid_request", "The request is too large.")
        with self._services.database.unit():
            response = route.answer(request, environ, now)
        self._services.uses.write_if_due(now)
        self._count_refusal(response, now)
        return response and not_modified(environ, response)

    def _seconds_shut(self, now: int) -> int:
        """Return for how long nothing more is taken from a network that goes through secrets or tokens."""
        parts = self._services
        if parts.rates.is_open_to_all(now):
            return 0
        network = network_of(audit.origin.get().ip or "")
        return parts.rates.seconds_shut(parts.rate_rules.refused_of_network, network, now)

    def _count_refusal(self, response: Response | None, now: int) -> None:
        if response is not None and response.status in UNPROVEN and not is_fault(response):
            parts, network = self._services, network_of(audit.origin.get().ip or "")
            parts.rates.take(parts.rate_rules.refused_of_network, network, now)

    def _find_certificate(self, environ: WSGIEnvironment) -> str:
        settings = self._services.settings
        return find_certificate(environ, settings.client_certificate_header, settings.trusted_proxies)


def routes(services: Services) -> dict[str, Route]:
    """Return what the front answers, by path; the addresses are those that discovery publishes."""
    provider = services.provider
    posts, reads = frozenset({"POST"}), frozenset({"GET", "HEAD"})
    paths = discovery.ENDPOINTS
    public = {path: Route(reads, _made(make)) for path, make in documents(services).items()}
    return {
        **public,
        paths["pushed_authorization_request_endpoint"]: Route(
            posts, _plain(provider.pushed_requests.respond)
        ),
        paths["token_endpoint"]: Route(posts, _plain(provider.token.respond)),
        paths["userinfo_endpoint"]: Route(reads | posts, _plain(provider.userinfo.respond)),
        paths["introspection_endpoint"]: Route(posts, _plain(provider.introspection.respond)),
        paths["revocation_endpoint"]: Route(posts, _plain(provider.revocation.respond)),
        paths["registration_endpoint"]: Route(
            posts, switched(services, CLIENT_REGISTRATION, _plain(provider.registration.register))
        ),
        paths["backchannel_authentication_endpoint"]: Route(
            posts, switched(services, CIBA, _plain(provider.backchannel_authentication.respond))
        ),
        paths["security_event_answer_endpoint"]: Route(
            posts, _plain(provider.security_event_answers.respond)
        ),
        paths["device_authorization_endpoint"]: Route(
            posts, switched(services, DEVICE, device_authorization(services))
        ),
        paths["authorization_endpoint"]: Route(frozenset({"GET"}), silent_sign_on(services), has_page=True),
        polls.PATH: Route(reads, build_polls(services).answer),
        METRICS_PATH: Route(reads, metrics(services), has_page=True),
    }


def documents(services: Services) -> dict[str, Callable[[int], Response]]:
    """Return what makes the public documents, by path."""
    provider = services.provider
    return {
        issuer.PATH: issuer.IssuerMetadata(services.keyring, services.settings.issuer).get,
        card_status.PATH: services.card_status.get,
        discovery.OPENID_PATH: lambda _now: provider.metadata(),
        discovery.OAUTH_PATH: lambda _now: provider.metadata(),
        discovery.ENDPOINTS["jwks_uri"]: provider.jwks,
    }


def refuse_method(route: Route, environ: WSGIEnvironment) -> Response:
    """Answer where the method isn't one of the address; a browser that asks what it may send is told."""
    if cross_origin.is_preflight(environ):
        return cross_origin.allow(route.methods)
    allow = ("Allow", ", ".join(sorted(route.methods)))
    return problem(405, "invalid_request", "This method is not allowed here.", (allow,))


def all_headers(response: Response, more: Headers) -> list[tuple[str, str]]:
    return [*response.headers, *more, ("Content-Length", str(len(response.body)))]


def _made(make: Callable[[int], Response]) -> Answer:
    return lambda _request, _environ, now: make(now)


def _plain(respond: Callable[[Request, int], Response]) -> Answer:
    return lambda request, _environ, now: respond(request, now)


def switched(services: Services, name: str, answer: Answer) -> Answer:
    """Answer so unless an operator turned the feature off."""

    def look_first(request: Request, environ: WSGIEnvironment, now: int) -> Response | None:
        if services.switches.find_reason(name) is None:
            return answer(request, environ, now)
        services.audit.record("switch.refuse", outcome="refused", reason=name, now=now)
        retry = ("Retry-After", str(SWITCHED_OFF_SECONDS))
        return problem(503, "temporarily_unavailable", "This was turned off for a while.", (retry,))

    return look_first


def client_route(services: Services) -> Route:
    """Answer for the registration of one client, at an address of its own: RFC 7592 §2."""
    endpoint = services.provider.registration

    def manage(request: Request, environ: WSGIEnvironment, now: int) -> Response:
        return endpoint.manage(environ["PATH_INFO"].removeprefix(CLIENT_PREFIX), request, now)

    return Route(frozenset({"GET", "PUT", "DELETE"}), manage)


def device_authorization(services: Services) -> Answer:
    """Begin a device's request: RFC 8628 §3.1. A public client's name is no secret, so the network counts."""
    endpoint = services.provider.device_authorization

    def answer(request: Request, _environ: WSGIEnvironment, now: int) -> Response:
        network = Bucket(DEVICE_FROM_NETWORK, network_of(request.remote_address))
        if services.limits.take(network, now):
            return endpoint.respond(request, now)
        services.audit.record("device.refused", outcome="refused", reason="too_many", now=now)
        return too_many(DEVICE_FROM_NETWORK.window_seconds, "Too many requests from this network.")

    return answer


def silent_sign_on(services: Services) -> Answer:
    """Answer an authorization request of somebody signed in who need see no screen; pass on any other."""
    name, made_up = session_cookie_name(services.settings), cookie_name(services.settings, SANDBOX)
    endpoint = services.provider.authorization

    def answer(request: Request, environ: WSGIEnvironment, now: int) -> Response | None:
        cookies = parse_cookie(environ.get("HTTP_COOKIE"))
        if name not in cookies and made_up not in cookies:
            return None

        def find(client_id: str) -> tuple[EndUser, Agreed | None] | None:
            client = services.clients.find(client_id)
            with_mandate = client is not None and client.accepts_mandates
            is_sandbox = client is not None and client.is_sandbox
            row = services.sessions.look_up_with_consent(
                cookies.get(made_up if is_sandbox else name, ""), client_id, now,
                with_mandate=with_mandate, is_sandbox=is_sandbox,
            )  # fmt: skip
            if row is None or (with_mandate and row.holds_mandate):
                return None
            if seconds := take_silent(services, row, now, is_sandbox=is_sandbox):
                environ[SILENT_SHUT] = seconds
                return None
            return end_user_of(row), find_agreed_in(row)

        return endpoint.answer_silently(request, find, now)

    return answer


def take_silent(services: Services, row: Any, now: int, *, is_sandbox: bool) -> int:
    """Count a sign-in without a screen; return for how many seconds its account has no more of them.

    Counted before anything is issued: a page that begins again and again by itself costs a look, and no more.
    """
    rules = services.rate_rules
    if is_sandbox:
        return services.rates.take(rules.silent_of_session, row.sid, now)
    return services.rates.take(rules.silent_of_account, row.account_id, now)


def install(app: Any, services: Services) -> None:
    """Put the front before a Flask application, and before it what refuses plain http."""
    front = app.extensions[EXTENSION] = Front(app.wsgi_app, services)
    settings = services.settings
    is_behind = bool(settings.trusted_proxies) and not settings.is_plain_http
    app.wsgi_app = HttpsOnly(front, settings, front.is_for_machines) if is_behind else front
