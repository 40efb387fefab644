"""How a request is refused: RFC 6750 §3, with the step-up challenge of RFC 9470 §3."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Response, jsonify

MEANINGS = {
    "token_required": (401, "An access token is required."),
    "invalid_token": (401, "The access token is missing, expired, revoked or not for this API."),
    "insufficient_scope": (403, "The access token does not cover this."),
    "insufficient_user_authentication": (401, "This needs a stronger or a more recent sign-in."),
    "temporarily_unavailable": (503, "The provider can't be asked just now."),
}


@dataclass(frozen=True)
class Challenge(Exception):
    """A refusal, and what would help: more parameters of the WWW-Authenticate header by name."""

    error: str
    more: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return MEANINGS[self.error][0]

    def respond(self, metadata_url: str) -> Response:
        """Answer with the challenge; RFC 9728 §5.1 has it say where this API describes itself."""
        description = MEANINGS[self.error][1]
        answer = jsonify(error=self.error, error_description=description)
        answer.status_code = self.status
        if self.status in (401, 403):
            told = {"error": self.error, "error_description": description, **self.more}
            # RFC 6750 §3.1: who sent no token at all made no mistake yet
            parameters = {} if self.error == "token_required" else told
            parameters["resource_metadata"] = metadata_url
            answer.headers["WWW-Authenticate"] = "Bearer " + ", ".join(
                f'{name}="{value}"' for name, value in parameters.items()
            )
        return answer
