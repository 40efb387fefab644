"""What a run asks of our endpoints, by the very code that answers applications."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from oidc.discovery import ENDPOINTS
from oidc.http import Request, Response
from oidc.provider import Provider
from tnid.playground.runs import Held, Step

TOKEN, REFRESH, USERINFO, REVOKE = "token", "refresh", "userinfo", "revoke"
FORM = "application/x-www-form-urlencoded"


class Calls:
    """Asks each endpoint as the mirror would; None for what can't be asked yet."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._kinds: dict[str, Callable[[Held, int], Step | None]] = {
            TOKEN: self._exchange, USERINFO: self._userinfo, REFRESH: self._refresh, REVOKE: self._revoke,
        }  # fmt: skip

    def call(self, kind: str, held: Held, now: int) -> Step | None:
        """Ask, and return what was sent and answered; None where the run isn't so far."""
        known = self._kinds.get(kind)
        return known(held, now) if known else None

    def list_possible(self, held: Held) -> list[str]:
        """Return what can be asked next."""
        done = [step.kind for step in held.steps]
        has_code = bool(held.response and "code" in held.response)
        possible = [TOKEN] if has_code and TOKEN not in done else []
        if held.find_token("access_token") and REVOKE not in done:
            possible.append(USERINFO)
            possible += [REFRESH] if held.find_token("refresh_token") else []
            possible.append(REVOKE)
        return possible

    def _exchange(self, held: Held, now: int) -> Step | None:
        if not held.response or "code" not in held.response:
            return None
        form = {
            "grant_type": "authorization_code",
            "code": held.response["code"],
            "redirect_uri": held.request["redirect_uri"],
            "client_id": held.client_id,
            "code_verifier": held.code_verifier,
        }
        return self._post(TOKEN, "token_endpoint", form, self._provider.token.respond, now)

    def _refresh(self, held: Held, now: int) -> Step | None:
        token = held.find_token("refresh_token")
        if token is None:
            return None
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": held.client_id}
        return self._post(REFRESH, "token_endpoint", form, self._provider.token.respond, now)

    def _revoke(self, held: Held, now: int) -> Step | None:
        token = held.find_token("refresh_token") or held.find_token("access_token")
        if token is None:
            return None
        form = {"token": token, "client_id": held.client_id}
        return self._post(REVOKE, "revocation_endpoint", form, self._provider.revocation.respond, now)

    def _userinfo(self, held: Held, now: int) -> Step | None:
        token = held.find_token("access_token")
        if token is None:
            return None
        authorization = f"Bearer {token}"
        answer = self._provider.userinfo.respond(Request("GET", authorization=authorization), now)
        headers = {"Authorization": authorization}
        return _step(USERINFO, "GET", ENDPOINTS["userinfo_endpoint"], headers, {}, answer)

    def _post(
        self,
        kind: str,
        endpoint: str,
        form: dict[str, str],
        respond: Callable[[Request, int], Response],
        now: int,
    ) -> Step:
        request = Request("POST", body=urlencode(form).encode(), content_type=FORM)
        headers = {"Content-Type": FORM}
        return _step(kind, "POST", ENDPOINTS[endpoint], headers, form, respond(request, now))


def _step(
    kind: str, method: str, path: str, headers: dict[str, str], form: dict[str, str], answer: Response
) -> Step:
    return Step(kind, method, path, headers, form, answer.status, answer.body.decode())
