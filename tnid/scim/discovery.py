"""What this service says of itself (RFC 7643 §5 to §7): what it can do, its resource type, its schemas."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    Context,
    ETag,
    Filter,
    ListResponse,
    Pagination,
    Patch,
    Reference,
    ResourceType,
    Schema,
    ServiceProviderConfig,
    Sort,
)

from tnid.scim.bodies import MOST_BYTES, PAGE
from tnid.scim.errors import ScimError, not_found
from tnid.scim.resources import Confidential, Employment, EnterpriseUser, Shown, User

DESCRIBED = (User, EnterpriseUser, Employment, Confidential, ServiceProviderConfig, ResourceType, Schema)


class Discovery:
    """The three documents; `base` is the address of the service."""

    def __init__(self, base: str) -> None:
        self._base = base

    def config(self) -> bytes:
        """Return the ServiceProviderConfig."""
        return orjson.dumps(_config(self._base))

    def resource_types(self, one: str | None) -> bytes:
        """Return the list of resource types, or one of them."""
        return self._answer({"User": _resource_type(self._base)}, one)

    def schemas(self, one: str | None) -> bytes:
        """Return the list of schemas, or one of them."""
        return self._answer(_schemas(self._base), one)

    def _answer(self, found: dict[str, dict[str, Any]], one: str | None) -> bytes:
        if one is not None:
            if one not in found:
                raise not_found()
            return orjson.dumps(found[one])
        listed = {
            "schemas": [str(ListResponse.__schema__)],
            "totalResults": len(found),
            "startIndex": 1,
            "itemsPerPage": len(found),
            "Resources": list(found.values()),
        }
        return orjson.dumps(listed)


def check_not_filtered(query: Any) -> None:
    """RFC 7644 §4: a filter is no way to look at these."""
    if "filter" in query:
        raise ScimError(403, "These documents can't be filtered.", reason="discovery_filter")


@cache
def _config(base: str) -> dict[str, Any]:
    config = ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=MOST_BYTES),
        filter=Filter(supported=True, max_results=PAGE),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        pagination=Pagination(
            cursor=False, index=True, default_pagination_method=Pagination.DefaultPaginationMethod.index,
            default_page_size=PAGE, max_page_size=PAGE,
        ),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="OAuth Bearer Token",
                description="A token that a manager of the employer made on its page.",
                spec_uri=Reference("https://www.rfc-editor.org/info/rfc6750"),
                primary=True,
            )
        ],
    )  # fmt: skip
    meta = {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"}
    return {**_dump(config), "meta": meta}


@cache
def _resource_type(base: str) -> dict[str, Any]:
    found = ResourceType.from_resource(Shown)
    found.description = User.__doc__
    document = _dump(found)
    return {**document, "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/User"}}


@cache
def _schemas(base: str) -> dict[str, dict[str, Any]]:
    found = {}
    for model in DESCRIBED:
        document = _dump(model.to_schema())
        location = f"{base}/Schemas/{document['id']}"
        found[document["id"]] = {**document, "meta": {"resourceType": "Schema", "location": location}}
    return found


def _dump(resource: Any) -> dict[str, Any]:
    document: dict[str, Any] = resource.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    return document
