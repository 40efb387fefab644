"""What a request brings: a body of JSON, read strictly, and parameters: a typed value each, or an error.

Personnel systems send more of a User than is of use here. What RFC 7643 §4.1 has and this provider doesn't is
left aside unread, for a mapping that is a default somewhere should not stop a worker's employment; anything
else that isn't known is refused, since a mistyped `endDate` that nobody hears of would be worse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from scim2_models import Context, Error, SCIMException

from oidc.strict_json import BadJson, load_object
from tnid.scim.errors import ScimError, bad_value
from tnid.scim.filters import MOST_CHARACTERS, check_filter
from tnid.scim.resources import (
    ENTERPRISE_SCHEMA,
    USER_SCHEMA,
    Worker,
    WorkerParameters,
    WorkerPatch,
    WorkerSearch,
)

MOST_BYTES = 64 * 1024
MOST_OPERATIONS = 100
MOST_TOLD = 5
PAGE = 100
MOST_SKIPPED = 10**9
SEARCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
_LEFT_ASIDE = frozenset(
    name.lower()
    for name in (
        *("displayName", "nickName", "profileUrl", "userType", "preferredLanguage", "locale", "timezone"),
        *("password", "emails", "phoneNumbers", "ims", "photos", "addresses", "groups", "entitlements"),
        *("roles", "x509Certificates"),
    )
)
_PARAMETERS = ("filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes")


def guarded(read: Callable[[], Any]) -> Any:
    """Return what `read` returns; what the model library refuses becomes an error of ours."""
    try:
        return read()
    except ValidationError as error:
        told = Error.from_validation_errors(error.errors(include_url=False, include_input=False)[:MOST_TOLD])
        detail = "; ".join(one.detail or "" for one in told)
        raise ScimError(told[0].status or 400, detail, told[0].scim_type or "") from None
    except SCIMException as error:
        raise ScimError(error.status, error.detail, error.scim_type) from None


def read_body(body: bytes) -> dict[str, Any]:
    try:
        document = load_object(body, max_bytes=MOST_BYTES)
    except BadJson as error:
        raise ScimError(400, f"The body is no JSON object: {error}.", "invalidSyntax") from None
    _check_once(document)
    return document


def read_user(body: bytes, context: Context, *, is_active: bool) -> Any:
    """Return the User of a body; `is_active` is what holds where it doesn't say."""
    document = _keep(read_body(body))
    _fill_name(document)
    if _key_of(document, "active") is None:
        document["active"] = is_active
    return guarded(lambda: Worker.model_validate(document, scim_ctx=context))


def read_patch(body: bytes) -> Any:
    """Return the operations of a body that mean something here; None where none does."""
    document = read_body(body)
    key = _key_of(document, "Operations")
    operations = document.get(key) if key else None
    if isinstance(operations, list):
        if len(operations) > MOST_OPERATIONS:
            raise bad_value(f"There are more than {MOST_OPERATIONS} operations.")
        document[str(key)] = kept = [_keep_operation(one) for one in operations if not _is_idle(one)]
        if operations and not kept:
            return None
    return guarded(lambda: WorkerPatch.model_validate(document, scim_ctx=Context.RESOURCE_PATCH_REQUEST))


def _keep(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out what RFC 7643 has of a User, and of an employee, that isn't kept here."""
    kept = {name: value for name, value in document.items() if name.lower() not in _LEFT_ASIDE}
    for name, value in kept.items():
        if name.lower() == ENTERPRISE_SCHEMA.lower() and isinstance(value, dict):
            kept[name] = {key: inner for key, inner in value.items() if key.lower() != "manager"}
    return kept


def _is_idle(operation: Any) -> bool:
    """Say whether an operation is about nothing that is kept here."""
    if not isinstance(operation, dict):
        return False
    path, value = operation.get("path"), operation.get("value")
    if isinstance(path, str) and path:
        return _is_left_aside(path)
    return isinstance(value, dict) and bool(value) and not _keep_operation(operation)["value"]


def _keep_operation(operation: Any) -> Any:
    """Return an operation on the whole User without what isn't kept of it; any other as it is."""
    if (
        not isinstance(operation, dict)
        or operation.get("path")
        or not isinstance(operation.get("value"), dict)
    ):
        return operation
    value = _keep(operation["value"])
    return {**operation, "value": {name: inner for name, inner in value.items() if not _is_left_aside(name)}}


def _is_left_aside(path: str) -> bool:
    text = path.lower()
    if text.startswith(f"{USER_SCHEMA.lower()}:"):
        text = text[len(USER_SCHEMA) + 1 :]
    if text.startswith(f"{ENTERPRISE_SCHEMA.lower()}:manager"):
        return True
    return text.partition("[")[0].partition(".")[0] in _LEFT_ASIDE


def _check_once(value: Any) -> None:
    """Raise ScimError where an attribute is there twice: capitals make no difference (RFC 7643 §2.1)."""
    if isinstance(value, list):
        for item in value:
            _check_once(item)
    if isinstance(value, dict):
        if len({name.lower() for name in value}) != len(value):
            raise ScimError(400, "The body names an attribute twice.", "invalidSyntax")
        for inner in value.values():
            _check_once(inner)


def _fill_name(document: dict[str, Any]) -> None:
    """Make the whole name of its parts, family name first, where a system sends only these."""
    key = _key_of(document, "name")
    name = document.get(key) if key else None
    if not isinstance(name, dict) or _key_of(name, "formatted"):
        return
    parts = [name.get(_key_of(name, part) or "") for part in ("familyName", "middleName", "givenName")]
    whole = " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
    if whole:
        name["formatted"] = whole


def _key_of(document: Mapping[str, Any], name: str) -> str | None:
    """Return the attribute's name as it is spelled here (RFC 7643 §2.1: capitals make no difference)."""
    return next((key for key in document if key.lower() == name.lower()), None)


# Parameters


def read_parameters(query: Any) -> Any:
    """Return which attributes are asked for."""
    found = _pick(query, ("attributes", "excludedAttributes"))
    return guarded(lambda: WorkerParameters.model_validate(found))


def read_search(query: Any) -> Any:
    """Return the search that the parameters of an address make."""
    return _search({"schemas": [SEARCH_SCHEMA], **_pick(query, _PARAMETERS)})


def read_search_body(body: bytes) -> Any:
    """Return the search that a body makes (RFC 7644 §3.4.3)."""
    return _search(read_body(body))


def _pick(query: Any, names: Any) -> dict[str, Any]:
    found = {}
    for name in names:
        values = query.getlist(name)
        if len(values) > 1:
            raise bad_value(f"The parameter {name} came more than once.")
        if values:
            found[name] = values[0]
    return found


def _search(document: dict[str, Any]) -> Any:
    text = document.get(_key_of(document, "filter") or "")
    if isinstance(text, str) and len(text) > MOST_CHARACTERS:
        raise ScimError(400, f"The filter is longer than {MOST_CHARACTERS} characters.", "invalidFilter")
    search = guarded(lambda: WorkerSearch.model_validate(document, scim_ctx=Context.SEARCH_REQUEST))
    if search.filter is not None:
        check_filter(search.filter.ast)
    search.count = PAGE if search.count is None else min(search.count, PAGE)
    search.start_index = min(search.start_index or 1, MOST_SKIPPED)
    return search
