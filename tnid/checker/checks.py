"""Every check, in the order in which a developer would mend what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from oidc import sandbox_faults as faults
from tnid.developers.presets import CLI, NATIVE, SERVICE, SPA, TERMINAL, WEB

PASSED, FAILED, UNTOLD, NOT_TRIED = "passed", "failed", "untold", ""
# Begun, and waiting for what the developer saw
UNDER_WAY = "under_way"
LOOK, ASK, GUIDED = "look", "ask", "guided"
WITH_BROWSER = (WEB, SPA, NATIVE, TERMINAL)
WITH_SERVER = (WEB, TERMINAL)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw: `word` is one of tnid.checker.words.SEEN, `values` what stands in it."""

    name: str
    result: str
    word: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    at: int | None = None


class Check(NamedTuple):
    """A check: by what it is made, of which kinds of application, and where the guide speaks of it."""

    name: str
    kind: str
    presets: tuple[str, ...]
    anchor: str


CALLBACK_ERROR, CALLBACK_CODE = "callback_error", "callback_code"
LOGOUT_BAD = ("logout_signature", "logout_audience", "logout_nonce", "logout_events")
LOGOUT_GOOD, FRONT_CHANNEL = "logout_good", "front_channel"
EVENTS_BAD, EVENTS_GOOD = "events_signature", "events_good"
FAULTS_AT_MACHINES = (
    *(faults.WRONG_NONCE, faults.WRONG_ISSUER, faults.WRONG_AUDIENCE, faults.EXPIRED),
    *(faults.WRONG_SIGNATURE, faults.NEW_KEY, faults.TOKEN_UNAVAILABLE, faults.WRONG_SUBJECT),
)
FAULTS_AT_PICKER = ("access_denied", "unmet_authentication_requirements")

CHECKS: tuple[Check, ...] = (
    Check("redirect_uris", LOOK, WITH_BROWSER, "redirect-uris"),
    Check("redirect_exact", LOOK, WITH_BROWSER, "redirect-uris"),
    Check("auth_method", LOOK, (*WITH_BROWSER, CLI, SERVICE), "client-authentication"),
    Check("pkce", LOOK, WITH_BROWSER, "pkce"),
    Check("state", LOOK, WITH_BROWSER, "state"),
    Check("nonce", LOOK, WITH_BROWSER, "nonce"),
    Check("fresh", LOOK, WITH_BROWSER, "state"),
    Check("response_mode", LOOK, WITH_BROWSER, "response-mode"),
    Check("post_logout", LOOK, (WEB, SPA), "signing-out"),
    Check("back_channel", LOOK, (WEB,), "signing-out"),
    Check("policy", LOOK, (*WITH_BROWSER, CLI), "texts"),
    Check(CALLBACK_ERROR, ASK, WITH_SERVER, "errors-that-come-back"),
    Check(CALLBACK_CODE, ASK, WITH_SERVER, "state"),
    *(Check(name, ASK, WITH_SERVER, "signing-out") for name in (*LOGOUT_BAD, LOGOUT_GOOD, FRONT_CHANNEL)),
    *(Check(name, ASK, WITH_SERVER, "security-events") for name in (EVENTS_BAD, EVENTS_GOOD)),
    *(Check(name, GUIDED, WITH_BROWSER, "faults-one-at-a-time") for name in FAULTS_AT_MACHINES),
    *(Check(name, GUIDED, WITH_BROWSER, "faults-one-at-a-time") for name in FAULTS_AT_PICKER),
)
