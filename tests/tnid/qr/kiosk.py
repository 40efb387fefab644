"""A registered terminal before the application in this process: it pushes, signs people in, redeems."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from oidc.clients.assertion import ASSERTION_TYPE
from oidc.clients.registration import new_client
from oidc.clients.terminal import TERMINAL_TYPE
from oidc.decoupled.models import DEVICE_CODE
from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import CALLBACK, CHALLENGE, ISSUER, VERIFIER, InProcess
from tnid.services import Services

KEY = ECKey.generate_key("P-256", parameters={"kid": "k1"})
START = "https://app.example/"
GATE, PLACE = "Ki-ốt cổng A", "Nhà máy Yên Bình"
HERE, STREET = "203.0.113.7", "198.51.100.9"
POLICY = {"name": {"vi": GATE, "en": "Kiosk at gate A"}, "place": PLACE, "networks": ["203.0.113.0/24"]}
DETAILS = json.dumps([{"type": TERMINAL_TYPE, "name": GATE, "place": PLACE}])


class Kiosk:
    """The terminal's client; each of its screens is a browser in its network."""

    def __init__(
        self, services: Services, clock: Clock, new_browser: Callable[..., InProcess], **policy: Any
    ) -> None:
        document = {
            "client_id": "kiosk",
            "client_name": "Bảng tin nhà máy",
            "client_uri": START,
            "redirect_uris": [CALLBACK],
            "post_logout_redirect_uris": [START],
            "grant_types": ["authorization_code", "refresh_token", DEVICE_CODE],
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [KEY.as_dict(private=False)]},
            "scope": "openid profile phone offline_access",
            "terminal": {**POLICY, **policy.pop("terminal", {})},
            **policy,
        }
        self.client, _ = new_client(document, clock.now(), by_operator=True)
        services.clients.add(self.client)
        services.keyring.ensure(clock.now())
        self.services, self.clock = services, clock
        self.new_browser = new_browser
        self.server = new_browser(HERE)
        self._numbers = itertools.count()

    def post(self, path: str, **form: str) -> dict[str, Any]:
        """Call an endpoint as the client; return the answer."""
        claims = {
            "iss": self.client.client_id,
            "sub": self.client.client_id,
            "aud": ISSUER,
            "jti": f"{self.client.client_id}-{next(self._numbers)}",
            "iat": self.clock.now(),
            "exp": self.clock.now() + 60,
        }
        token = jwt.encode({"alg": "ES256", "kid": "k1"}, claims, KEY, algorithms=["ES256"])
        named = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}
        answer = self.server.send("POST", path, data={**form, **named})
        found: dict[str, Any] = answer.json()
        return found

    def begin(self, screen: InProcess | None = None, **changes: str) -> InProcess:
        """Push a request and open it at a screen of the terminal; return that screen."""
        pushed = self.post(
            "/par",
            **{
                "client_id": self.client.client_id,
                "redirect_uri": CALLBACK,
                "response_type": "code",
                "scope": "openid profile",
                "state": "s" * 32,
                "code_challenge": CHALLENGE,
                "code_challenge_method": "S256",
                "authorization_details": DETAILS,
                **changes,
            },
        )
        screen = screen or self.new_browser(HERE)
        screen.open("/authorize", client_id=self.client.client_id, request_uri=pushed["request_uri"])
        return screen

    def redeem(self, page: Page, **more: str) -> dict[str, Any]:
        """Redeem the code that the browser brought back."""
        code = answered(page)["code"]
        return self.post(
            "/token",
            grant_type="authorization_code",
            code=code,
            redirect_uri=CALLBACK,
            code_verifier=VERIFIER,
            **more,
        )


def answered(page: Page) -> dict[str, str]:
    """Return what the terminal was answered."""
    assert page.url.startswith(CALLBACK), page
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
