"""Errors as RFC 7644 §3.12 has them: a status, a keyword, and words for whoever connects the system."""

from __future__ import annotations

from typing import Any

ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"
MEDIA_TYPE = "application/scim+json"
MOST_DETAIL = 400


class ScimError(Exception):
    """What a request is refused with. `reason` is a stable word for the log, `detail` is in English."""

    def __init__(
        self, status: int, detail: str, scim_type: str = "", *, reason: str = "", headers: Any = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail[:MOST_DETAIL]
        self.scim_type = scim_type
        self.reason = reason or scim_type or f"status_{status}"
        self.headers: tuple[tuple[str, str], ...] = tuple(headers)

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "schemas": [ERROR_SCHEMA],
            "status": str(self.status),
            "detail": self.detail,
        }
        return {**found, "scimType": self.scim_type} if self.scim_type else found


def not_found() -> ScimError:
    return ScimError(404, "There is nothing at this address.", reason="not_found")


def bad_value(detail: str) -> ScimError:
    return ScimError(400, detail, "invalidValue")


def bad_filter(detail: str) -> ScimError:
    return ScimError(400, detail, "invalidFilter")
