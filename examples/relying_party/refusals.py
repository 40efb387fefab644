"""Why a sign-in did not come about: the provider's error codes, and those of our own checks."""

from __future__ import annotations

from dataclasses import dataclass

NEEDS_SCREEN = ("needs_screen", 403)
MISREGISTERED = ("misregistered", 400)
BUSY = ("busy", 503)
START_AGAIN = ("start_again", 400)
UNTRUSTED = ("untrusted", 400)

_MEANINGS = {
    # RFC 6749 §4.1.2.1
    "access_denied": ("access_denied", 403),
    "invalid_request": MISREGISTERED,
    "invalid_scope": MISREGISTERED,
    "unauthorized_client": MISREGISTERED,
    "unsupported_response_type": MISREGISTERED,
    "server_error": BUSY,
    "temporarily_unavailable": BUSY,
    # RFC 6749 §5.2
    "invalid_client": MISREGISTERED,
    "invalid_grant": START_AGAIN,
    # OpenID Connect Core §3.1.2.6
    "login_required": NEEDS_SCREEN,
    "interaction_required": NEEDS_SCREEN,
    "consent_required": NEEDS_SCREEN,
    "account_selection_required": NEEDS_SCREEN,
    # OpenID Connect Core Error Code unmet_authentication_requirements 1.0
    "unmet_authentication_requirements": ("stronger_sign_in", 403),
    # Our own
    "not_registered": BUSY,
    "mismatching_state": START_AGAIN,
    "untrusted_answer": UNTRUSTED,
    "unreachable": BUSY,
    "database_busy": ("database_busy", 503),
    "not_found": ("not_found", 404),
    "form_expired": ("form_expired", 400),
}


@dataclass(frozen=True)
class Refusal:
    """A page instead of a person.

    `code` is the machine's word, `words` names the person's (refusals.* in words.toml), `detail` is the
    developer's.
    """

    code: str
    words: str
    status: int
    detail: str = ""


def refuse(code: str, detail: str = "") -> Refusal:
    """Return the refusal that this error code means."""
    words, status = _MEANINGS.get(code, ("unknown", 400))
    return Refusal(code, words, status, detail)
