"""What a card is worth now, for who can't have it checked by their own browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from keys.compact import InvalidToken
from oidc.credentials import sd_jwt, status_list
from oidc.credentials.sd_jwt import InvalidCredential
from oidc.credentials.status_list import InvalidStatusList
from tnid.services import Services

# The words by which the page's script tells, too, what it found
VALID, EXPIRED, REVOKED = "valid", "expired", "revoked"
UNREADABLE, ALTERED, UNKNOWN_KEY, NO_STATUS = "unreadable", "altered", "unknown_key", "no_status"
_OF_TOKENS = {"signature": ALTERED, "unknown_key": UNKNOWN_KEY}


class Checked(NamedTuple):
    """What came of it. `claims` is empty unless the card is one of ours."""

    verdict: str
    claims: Mapping[str, Any]


def text_of(typed: str) -> str:
    """Return the credential of what was scanned or pasted: an address of ours, or the text alone."""
    return "".join(typed.split()).rpartition("#")[2]


def check(parts: Services, typed: str, now: int) -> Checked:
    """Check signature, disclosures, time and status. Any text may come; nothing of it is kept."""
    try:
        claims = sd_jwt.read(text_of(typed), lambda signed: _verify(parts, signed, now))
    except InvalidCredential as error:
        return Checked(ALTERED if error.reason in ("not_signed", "claim_twice") else UNREADABLE, {})
    except InvalidToken as error:
        return Checked(_OF_TOKENS.get(error.reason, UNREADABLE), {})
    addresses = parts.employment_cards.addresses
    if (claims.get("iss"), claims.get("vct")) != (addresses.issuer, addresses.vct):
        return Checked(UNREADABLE, {})
    if claims["exp"] <= now:
        return Checked(EXPIRED, claims)
    return Checked(_status(parts, claims, now), claims)


def _verify(parts: Services, signed: str, now: int) -> dict[str, Any]:
    return parts.keyring.verify(signed, typ=sd_jwt.TYP, now=now, allow_expired=True)


def _status(parts: Services, claims: Mapping[str, Any], now: int) -> str:
    match claims.get("status"):
        case {"status_list": {"idx": int(index), "uri": uri}} if (
            uri == parts.employment_cards.addresses.status
        ):
            token = parts.card_status.get(now).body.decode("ascii")
        case _:
            return NO_STATUS
    listed = parts.keyring.verify(token, typ=status_list.TYP, now=now)["status_list"]
    try:
        is_over = status_list.is_revoked(listed, index)
    except InvalidStatusList:
        return NO_STATUS
    return REVOKED if is_over else VALID
