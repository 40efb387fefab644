"""Resource indicators: RFC 8707. A token is for one protected resource, which the client names.

Which resources there are, an operator decides; and which of them a client may name, too. Two clients or two
resources that put their heads together learn nothing of a person from `sub` (see `oidc.subject`), which is
why one token never has two audiences.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from oidc.errors import InvalidScope, InvalidTarget
from oidc.interfaces import ResourceStore
from oidc.models import ACR_VALUES, Resource
from oidc.parameters import scopes_in

MOST_RESOURCES = 10


def check_indicator(indicator: str) -> None:
    """Raise InvalidTarget unless this is an absolute URI without a fragment: RFC 8707 §2."""
    try:
        scheme = urlsplit(indicator).scheme
    except ValueError as error:
        raise InvalidTarget("resource is not a URI.") from error
    if not scheme or not indicator.isascii() or not indicator.isprintable():
        raise InvalidTarget("resource must be an absolute URI.")
    if "#" in indicator:
        raise InvalidTarget("resource must not have a fragment.")


def get_resources(
    indicators: str, resources: ResourceStore, allowed: Mapping[str, Sequence[str]]
) -> tuple[Resource, ...]:
    """Return the resources that the parameter names, each once; raise InvalidTarget.

    `allowed` is the client's policy. That a resource is unknown, is closed, or isn't for this client is the
    same to whoever asks.
    """
    named = list(dict.fromkeys(indicators.split(" ")))
    if len(named) > MOST_RESOURCES:
        raise InvalidTarget(f"resource must not come more than {MOST_RESOURCES} times.")
    for indicator in named:
        check_indicator(indicator)
    found = [resources.find(indicator) if indicator in allowed else None for indicator in named]
    known = tuple(one for one in found if one is not None and one.disabled_at is None)
    if len(known) < len(named):
        raise InvalidTarget("resource names what is not registered, or not open to this client.")
    return known


def get_target(indicators: str, resources: ResourceStore, allowed: Mapping[str, Sequence[str]]) -> Resource:
    """Return the one resource that a token is asked for; raise InvalidTarget."""
    found = get_resources(indicators, resources, allowed)
    if len(found) > 1:
        # RFC 8707 §2.2: one token for several resources could be used by each of them at the others
        raise InvalidTarget("An access token is for one resource; ask for each by itself.")
    return found[0]


def scope_for(resource: Resource, allowed: Collection[str], granted: Iterable[str], asked: str | None) -> str:
    """Return the scope of a token for the resource: what was granted of its scopes, or of it what is asked.

    Raises InvalidScope where the request exceeds that, or nothing is left of it.
    """
    available = [name for name in granted if name in resource.scopes and name in allowed]
    wanted = available if asked is None else scopes_in(asked)
    if not wanted or not set(wanted) <= set(available):
        # RFC 8707 §2.2 and RFC 9068 §3: the scopes that are the resource's, and no others
        raise InvalidScope("scope must be of what was granted for this resource.")
    return " ".join(wanted)


def least_acr_of(resources: Iterable[Resource]) -> str:
    """Return the weakest authentication class that will do for all of them, "" for none."""
    needed = {resource.least_acr for resource in resources}
    return next((acr for acr in reversed(ACR_VALUES) if acr in needed), "")
