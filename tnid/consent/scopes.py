"""What a scope of a protected resource means, in the words of the operator who registered the resource."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from oidc.claims import SCOPE_CLAIMS
from oidc.models import Resource
from tnid import services, web

FALLBACK_LOCALE = "vi"


class ScopeText(NamedTuple):
    """What a person reads of a scope, and of the resource that it opens."""

    label: str
    resource: str


def find_scope_texts(scopes: Iterable[str], identifiers: Collection[str] = ()) -> dict[str, ScopeText]:
    """Return what there is to say about those of the scopes that are resources'; without any, ask nobody.

    `identifiers` narrows it to these resources, where several have a scope.
    """
    wanted = {name for name in scopes if name not in SCOPE_CLAIMS}
    if not wanted:
        return {}
    texts: dict[str, ScopeText] = {}
    for resource in services.current().resources.list_all():
        if not identifiers or resource.identifier in identifiers:
            texts |= {name: _describe(resource, name) for name in wanted.intersection(resource.scopes)}
    return texts


def _describe(resource: Resource, scope: str) -> ScopeText:
    label = _in_locale(resource.scopes[scope]) or scope
    return ScopeText(label, _in_locale(resource.names) or resource.identifier)


def _in_locale(texts: Mapping[str, str]) -> str | None:
    return texts.get(web.current_locale()) or texts.get(FALLBACK_LOCALE)
