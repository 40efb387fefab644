"""The stages of a sign-in, and of which stage an audit event tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

OK, REFUSED = "ok", "refused"
# Counted beside the stages: what was not entered, for there was too much; and how long sign-ins took
LEFT_OUT, TOOK = "left_out", "took"

REQUEST, PUSH, SIGN_IN, CONSENT = "request", "push", "sign_in", "consent"
TOKEN, REFRESH, MACHINE, EXCHANGE = "token", "refresh", "machine", "exchange"
USERINFO, INTROSPECTION, REVOCATION = "userinfo", "introspection", "revocation"
DEVICE, BACKCHANNEL = "device", "backchannel"
LOGOUT, DELIVERY, ANSWER, REGISTRATION = "logout", "delivery", "answer", "registration"
RATE = "rate"
# In the order in which a sign-in passes them
STAGES = (
    *(PUSH, REQUEST, DEVICE, BACKCHANNEL, SIGN_IN, CONSENT, TOKEN, REFRESH, MACHINE, EXCHANGE),
    *(USERINFO, INTROSPECTION, REVOCATION, LOGOUT, DELIVERY, ANSWER, REGISTRATION, RATE),
)


class Kind(NamedTuple):
    """Of which stage an event tells; one that is not entered is counted alone."""

    stage: str
    is_entered: bool = True


# What machines do rightly is counted: of a refresh every ten minutes nobody reads an entry
_KINDS: dict[tuple[str, str], Kind] = {
    ("authorization.push_refused", REFUSED): Kind(PUSH),
    ("authorization.refused", REFUSED): Kind(REQUEST),
    ("request.refuse", REFUSED): Kind(SIGN_IN),
    ("sign_in.complete", OK): Kind(SIGN_IN),
    ("sign_in.step_up", OK): Kind(SIGN_IN),
    ("sign_in.abandon", REFUSED): Kind(SIGN_IN),
    ("consent.give", OK): Kind(CONSENT),
    ("token.issued", OK): Kind(TOKEN),
    ("token.refused", REFUSED): Kind(TOKEN),
    ("token.refreshed", OK): Kind(REFRESH, is_entered=False),
    ("token.exchanged", OK): Kind(EXCHANGE, is_entered=False),
    ("token.revoked", OK): Kind(REVOCATION, is_entered=False),
    ("userinfo.refused", REFUSED): Kind(USERINFO),
    ("introspection.refused", REFUSED): Kind(INTROSPECTION),
    ("revocation.refused", REFUSED): Kind(REVOCATION),
    ("device.refused", REFUSED): Kind(DEVICE),
    ("decoupled.refused", REFUSED): Kind(BACKCHANNEL),
    ("decoupled.ask", OK): Kind(BACKCHANNEL),
    ("decoupled.allow", OK): Kind(CONSENT),
    ("decoupled.deny", OK): Kind(CONSENT),
    ("client.register_refused", REFUSED): Kind(REGISTRATION),
    ("client.manage_refused", REFUSED): Kind(REGISTRATION),
    ("client.register", OK): Kind(REGISTRATION),
    ("client.update", OK): Kind(REGISTRATION),
    ("security_event.refused", REFUSED): Kind(ANSWER),
    ("security_event.deleted", OK): Kind(ANSWER),
    ("security_event.kept", OK): Kind(ANSWER),
    ("rate.exceed", REFUSED): Kind(RATE),
    ("outbox.deliver", OK): Kind(DELIVERY),
    ("outbox.put_off", REFUSED): Kind(DELIVERY),
    ("outbox.give_up", REFUSED): Kind(DELIVERY),
}
# What a person was to do at our pages, or didn't want to
_AT_OUR_PAGES = {
    "access_denied": CONSENT,
    "consent_required": CONSENT,
    "login_required": SIGN_IN,
    "interaction_required": SIGN_IN,
    "account_selection_required": SIGN_IN,
    "interaction_expired": SIGN_IN,
}
_BY_GRANT_TYPE = {
    "refresh_token": REFRESH,
    "client_credentials": MACHINE,
    "urn:ietf:params:oauth:grant-type:token-exchange": EXCHANGE,
}


def kind_of(event: str, outcome: str, details: Mapping[str, Any]) -> Kind | None:
    """Return of which stage an audit event tells, None of one that is no developer's."""
    kind = _KINDS.get((event, outcome))
    if kind is None or "error" not in details:
        return kind
    if "stage" in details:
        return Kind(str(details["stage"]))
    if kind.stage == REQUEST:
        return Kind(_AT_OUR_PAGES.get(details["error"], REQUEST))
    if kind.stage == TOKEN:
        return Kind(_BY_GRANT_TYPE.get(details.get("sent", {}).get("grant_type", ""), TOKEN))
    return kind
