"""The protocol (RFC 7644 §3): which address and method mean what, and how an answer is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from scim2_models import Context, ListResponse

from tnid.scim.bodies import (
    MOST_BYTES,
    read_parameters,
    read_patch,
    read_search,
    read_search_body,
    read_user,
)
from tnid.scim.discovery import Discovery, check_not_filtered
from tnid.scim.errors import ScimError, not_found
from tnid.scim.resources import Worker
from tnid.scim.users import Page, Users

BODY_TYPES = ("application/scim+json", "application/json")


class Request(NamedTuple):
    """A request of a personnel system, whose token was looked at."""

    employer: Any
    method: str
    query: Any
    headers: Mapping[str, str]
    content_type: str
    body: bytes
    now: int


class Answer(NamedTuple):
    """What goes back. No body where it is None."""

    status: int
    body: str | bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


Action = Callable[[Request, str], Answer]


class Endpoint:
    """Answers what is below the base address; raises ScimError."""

    def __init__(self, users: Users, discovery: Discovery) -> None:
        self._users = users
        self._discovery = discovery
        self._routes: dict[tuple[str, bool], dict[str, Action]] = {
            ("ServiceProviderConfig", False): {"GET": self._config},
            ("ResourceTypes", False): {"GET": self._resource_types},
            ("ResourceTypes", True): {"GET": self._resource_types},
            ("Schemas", False): {"GET": self._schemas},
            ("Schemas", True): {"GET": self._schemas},
            ("Users", False): {"GET": self._list, "POST": self._create},
            ("Users", True): {
                "GET": self._show, "PUT": self._replace, "PATCH": self._patch, "DELETE": self._remove
            },
            ("Users/.search", False): {"POST": self._search},
            (".search", False): {"POST": self._search},
        }  # fmt: skip

    def answer(self, path: str, request: Request) -> Answer:
        """Answer a request; `path` is what stands after the base address and its slash."""
        actions, name = self._find(path.rstrip("/"))
        method = "GET" if request.method == "HEAD" else request.method
        action = actions.get(method)
        if action is None:
            allow = ", ".join(sorted({*actions, *(["HEAD"] if "GET" in actions else [])}))
            raise ScimError(405, f"{request.method} is not for this address.", headers=[("Allow", allow)])
        return action(request, name)

    def _find(self, path: str) -> tuple[dict[str, Action], str]:
        whole = self._routes.get((path, False))
        if whole is not None:
            return whole, ""
        head, _, name = path.partition("/")
        if head == "Me":
            # RFC 7644 §3.11: "a service provider that does not support this feature SHOULD respond with 501"
            raise ScimError(501, "There is no /Me here: the token speaks for an organisation.")
        found = self._routes.get((head, True))
        if found is None or not name or "/" in name:
            raise not_found()
        return found, name

    # What the service says of itself

    def _config(self, request: Request, _name: str) -> Answer:
        check_not_filtered(request.query)
        return Answer(200, self._discovery.config())

    def _resource_types(self, request: Request, name: str) -> Answer:
        check_not_filtered(request.query)
        return Answer(200, self._discovery.resource_types(name or None))

    def _schemas(self, request: Request, name: str) -> Answer:
        check_not_filtered(request.query)
        return Answer(200, self._discovery.schemas(name or None))

    # Users

    def _show(self, request: Request, name: str) -> Answer:
        parameters = read_parameters(request.query)
        resource = self._users.get(request.employer, name, request.now)
        known = request.headers.get("If-None-Match", "")
        if resource.meta.version in (tag.strip() for tag in known.split(",")):
            return Answer(304, None, _location(resource))
        return _write(200, resource, parameters, Context.RESOURCE_QUERY_RESPONSE)

    def _list(self, request: Request, _name: str) -> Answer:
        search = read_search(request.query)
        return _write_list(self._users.search(request.employer, search, request.now), search)

    def _search(self, request: Request, _name: str) -> Answer:
        search = read_search_body(_body(request))
        return _write_list(self._users.search(request.employer, search, request.now), search)

    def _create(self, request: Request, _name: str) -> Answer:
        parameters = read_parameters(request.query)
        wanted = read_user(_body(request), Context.RESOURCE_CREATION_REQUEST, is_active=True)
        resource = self._users.create(request.employer, wanted, request.now)
        return _write(201, resource, parameters, Context.RESOURCE_CREATION_RESPONSE)

    def _replace(self, request: Request, name: str) -> Answer:
        parameters = read_parameters(request.query)
        is_active = bool(self._users.get(request.employer, name, request.now).active)
        wanted = read_user(_body(request), Context.RESOURCE_REPLACEMENT_REQUEST, is_active=is_active)
        resource = self._users.replace(request.employer, name, wanted, _if_match(request), request.now)
        return _write(200, resource, parameters, Context.RESOURCE_REPLACEMENT_RESPONSE)

    def _patch(self, request: Request, name: str) -> Answer:
        parameters = read_parameters(request.query)
        patch = read_patch(_body(request))
        resource = self._users.patch(request.employer, name, patch, _if_match(request), request.now)
        return _write(200, resource, parameters, Context.RESOURCE_PATCH_RESPONSE)

    def _remove(self, request: Request, name: str) -> Answer:
        self._users.remove(request.employer, name, _if_match(request), request.now)
        return Answer(204)


def _body(request: Request) -> bytes:
    if request.content_type not in BODY_TYPES:
        raise ScimError(415, f"The body is to be {BODY_TYPES[0]} or {BODY_TYPES[1]}.", reason="content_type")
    if len(request.body) > MOST_BYTES:
        raise ScimError(413, f"The body is larger than {MOST_BYTES} bytes.", reason="too_large")
    return request.body


def _if_match(request: Request) -> str | None:
    return request.headers.get("If-Match")


def _location(resource: Any) -> tuple[tuple[str, str], ...]:
    return (("Location", resource.meta.location), ("ETag", resource.meta.version))


def _write(status: int, resource: Any, parameters: Any, context: Context) -> Answer:
    body = resource.model_dump_json(scim_ctx=context, response_parameters=parameters)
    return Answer(status, body, _location(resource))


def _write_list(page: Page, search: Any) -> Answer:
    listed = ListResponse.__class_getitem__(Worker)(
        total_results=page.total,
        start_index=page.start_index,
        items_per_page=len(page.resources),
        resources=page.resources,
    )
    body = listed.model_dump_json(scim_ctx=Context.SEARCH_RESPONSE, response_parameters=search)
    return Answer(200, body)
