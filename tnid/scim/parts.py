"""How the service for personnel systems is made of the parts above it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from tnid.scim.tokens import EmployerTokens
from tnid.stores.employer_tokens import EmployerTokenStore
from tnid.stores.employments import EmploymentStore
from tnid.stores.scim_users import ScimUserStore

if TYPE_CHECKING:
    from tnid.scim.endpoint import Answer, Request
    from tnid.services import Services

KEPT_SECONDS = 30 * 86400


class Scim:
    """The service, made by the first request that needs it."""

    def __init__(self, parts: Services) -> None:
        self._parts = parts
        self._store = ScimUserStore(parts.database)
        self.base = f"{parts.settings.issuer}/scim/v2"

    def answer(self, path: str, request: Request) -> Answer:
        """Answer what stands after the base address; raises ScimError."""
        found: Answer = self._endpoint.answer(path, request)
        return found

    def erase(self, employment: Any, now: int) -> None:
        """Erase what there is here of the worker of an employment that ends."""
        self._store.clear(employment.id, now + KEPT_SECONDS, now)

    @cached_property
    def _endpoint(self) -> Any:
        # The models take fifteen megabytes of a worker, and most workers are never asked for them
        from tnid.scim.discovery import Discovery  # noqa: PLC0415  as above
        from tnid.scim.endpoint import Endpoint  # noqa: PLC0415  as above
        from tnid.scim.records import Records  # noqa: PLC0415  as above
        from tnid.scim.users import Users  # noqa: PLC0415  as above

        parts, base = self._parts, self.base
        records = Records(parts.sealer, parts.attestations.open_values, base)
        users = Users(
            self._store,
            EmploymentStore(parts.database),
            parts.attestations,
            parts.employment_endings,
            records,
            parts.audit,
        )
        return Endpoint(users, Discovery(base))


def build_employer_tokens(parts: Services) -> EmployerTokens:
    return EmployerTokens(EmployerTokenStore(parts.database), parts.limits, parts.audit)


def build_scim(parts: Services) -> Scim:
    scim = Scim(parts)
    parts.employment_endings.erasers.append(scim.erase)
    return scim
