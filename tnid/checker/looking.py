"""Checks that ask nobody: what is registered, and what the application asked for last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from oidc.clients.redirect_uris import is_loopback
from oidc.models import Client
from oidc.sent import describe_sent
from tnid.checker.checks import CALLBACK_CODE, FAILED, NOT_TRIED, PASSED, UNTOLD, Finding
from tnid.checker.sent import Sent
from tnid.client_log.service import LogEntry
from tnid.client_log.stages import PUSH, REQUEST, TOKEN
from tnid.developers.presets import CLI, NATIVE, SPA

LATE_SECONDS = 10
PUBLIC = (SPA, NATIVE, CLI)
CHALLENGE, REDIRECT_URI = "code_challenge", "redirect_uri"


class Situation(NamedTuple):
    """What is looked at. `refused` are the newest refusals in the log, the newest first."""

    preset: str
    client: Client
    live: Client | None
    sent: Sent | None
    refused: Sequence[LogEntry]

    def refused_requests(self) -> list[LogEntry]:
        """Return the authorization requests that were refused since the last sound one."""
        since = self.sent.noted_at if self.sent else 0
        return [one for one in self.refused if one.stage in (PUSH, REQUEST) and one.occurred_at > since]


def look_at(name: str, situation: Situation) -> Finding:
    """Return what one of the checks of the kind LOOK sees."""
    return _LOOKS[name](name, situation)


def look_again(found: Finding, refused: Sequence[LogEntry]) -> Finding:
    """Return what was found of the made-up code, now that a token request may have come after the answer."""
    if found.name != CALLBACK_CODE or found.result != PASSED or found.at is None:
        return found
    until = found.at + LATE_SECONDS
    was_sent_on = any(
        one.stage == TOKEN and found.at <= one.occurred_at <= until and "code" in one.sent for one in refused
    )
    return Finding(found.name, FAILED, "code_sent_on", at=found.at) if was_sent_on else found


def _redirect_uris(name: str, on: Situation) -> Finding:
    """The validator lets nothing else through; a client of before may have it all the same."""
    for uri in on.client.redirect_uris:
        parts = urlsplit(uri)
        is_own = on.preset == NATIVE and parts.scheme not in ("http", "https")
        is_safe = (
            parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)) or is_own
        )
        if not is_safe or "*" in uri:
            return Finding(name, FAILED, "unsafe_address", {"address": uri})
    if not on.client.redirect_uris:
        return Finding(name, FAILED, "no_address")
    if on.live is not None:
        return _as_live(name, on, on.live)
    return Finding(name, PASSED, "addresses", {"number": len(on.client.redirect_uris)})


def _as_live(name: str, on: Situation, live: Client) -> Finding:
    """The path that is tried should be the path that people come back by."""
    tried, used = ({urlsplit(uri).path for uri in one.redirect_uris} for one in (on.client, live))
    missing = sorted(used - tried)
    if missing:
        return Finding(name, FAILED, "path_not_tried", {"path": missing[0] or "/"})
    return Finding(name, PASSED, "addresses", {"number": len(on.client.redirect_uris)})


def _redirect_exact(name: str, on: Situation) -> Finding:
    # As the log has them: of a query it says that there was one
    registered = {describe_sent({REDIRECT_URI: uri})[REDIRECT_URI] for uri in on.client.redirect_uris}
    for one in on.refused_requests():
        sent = one.sent.get(REDIRECT_URI)
        if sent and sent not in registered and not _is_any_port(sent, on.client):
            return Finding(name, FAILED, "other_address", {"address": sent}, one.occurred_at)
    return _of_sent(name, on, lambda _sent: Finding(name, PASSED, "as_registered"))


def _is_any_port(uri: str, client: Client) -> bool:
    """Native applications listen on any port of a loopback address: RFC 8252 §7.3."""
    path = urlsplit(uri).path
    return any(
        is_loopback(urlsplit(one).hostname) and is_loopback(urlsplit(uri).hostname)
        for one in client.redirect_uris
        if client.metadata.get("application_type") == "native" and urlsplit(one).path == path
    )


def _auth_method(name: str, on: Situation) -> Finding:
    method = on.client.auth_method
    if (method == "none") != (on.preset in PUBLIC):
        word = "secret_in_public" if on.preset in PUBLIC else "no_secret"
        return Finding(name, FAILED, word, {"method": method})
    return Finding(name, PASSED, "method", {"method": method})


def _pkce(name: str, on: Situation) -> Finding:
    for one in on.refused_requests():
        # What came pushed or signed has its parameters elsewhere
        is_whole = "client_id" in one.sent and not {"request", "request_uri"} & one.sent.keys()
        if is_whole and one.sent.get("code_challenge_method") != "S256":
            method = one.sent.get("code_challenge_method", "")
            word = "pkce_method" if CHALLENGE in one.sent else "not_sent"
            return Finding(name, FAILED, word, {"parameter": CHALLENGE, "method": method}, one.occurred_at)
    return _there(name, on, CHALLENGE)


def _state(name: str, on: Situation) -> Finding:
    return _there(name, on, "state")


def _nonce(name: str, on: Situation) -> Finding:
    return _there(name, on, "nonce")


def _there(name: str, on: Situation, parameter: str) -> Finding:
    def judge(sent: Sent) -> Finding:
        is_there = parameter in sent.there
        word = "sent" if is_there else "not_sent"
        return Finding(name, PASSED if is_there else FAILED, word, {"parameter": parameter})

    return _of_sent(name, on, judge)


def _fresh(name: str, on: Situation) -> Finding:
    def judge(sent: Sent) -> Finding:
        if sent.repeated:
            return Finding(name, FAILED, "repeated", {"parameters": ", ".join(sent.repeated)})
        if not {"state", "nonce"} & set(sent.there):
            # The same code_challenge once more is then no other than the same request loaded again
            return Finding(name, UNTOLD, "alike")
        return Finding(name, PASSED, "fresh")

    return _of_sent(name, on, judge)


def _response_mode(name: str, on: Situation) -> Finding:
    def judge(sent: Sent) -> Finding:
        is_lost = sent.response_mode.startswith("fragment") and on.preset not in (SPA, NATIVE)
        values = {"mode": sent.response_mode}
        return Finding(name, FAILED if is_lost else PASSED, "fragment" if is_lost else "mode", values)

    return _of_sent(name, on, judge)


def _of_sent(name: str, on: Situation, judge: Callable[[Sent], Finding]) -> Finding:
    """Judge what was asked for last, as of then."""
    if on.sent is None:
        return Finding(name, NOT_TRIED, "no_request")
    found = judge(on.sent)
    return Finding(found.name, found.result, found.word, found.values, on.sent.noted_at)


def _post_logout(name: str, on: Situation) -> Finding:
    if not on.client.post_logout_redirect_uris:
        return Finding(name, FAILED, "no_post_logout")
    return Finding(name, PASSED, "address", {"address": on.client.post_logout_redirect_uris[0]})


def _back_channel(name: str, on: Situation) -> Finding:
    address = on.client.backchannel_logout_uri or on.client.frontchannel_logout_uri
    if not address:
        return Finding(name, FAILED, "no_logout")
    return Finding(name, PASSED, "address", {"address": address})


def _policy(name: str, on: Situation) -> Finding:
    if not on.client.policy_uri:
        return Finding(name, UNTOLD, "no_policy")
    return Finding(name, PASSED, "address", {"address": on.client.policy_uri})


_LOOKS: Mapping[str, Callable[[str, Situation], Finding]] = {
    "redirect_uris": _redirect_uris,
    "redirect_exact": _redirect_exact,
    "auth_method": _auth_method,
    "pkce": _pkce,
    "state": _state,
    "nonce": _nonce,
    "fresh": _fresh,
    "response_mode": _response_mode,
    "post_logout": _post_logout,
    "back_channel": _back_channel,
    "policy": _policy,
}
