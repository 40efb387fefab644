"""What must outlast one page and no more: sealed into the browser's cookie, so that looking is no writing."""

from __future__ import annotations

import base64
import binascii

import orjson
from flask import session as browser_session

from tnid import services
from tnid.sealing import SealBroken

ENROLMENT = "enrolment"
CODES = "codes"
CONTACT = "contact"
IDENTITY = "identity"
IDENTITY_PHONE = "identity_phone"
LIFETIME_SECONDS = 1800


def keep(name: str, account_id: str, values: list[str]) -> None:
    """Keep values for this browser and this account, for half an hour."""
    document = orjson.dumps({"until": services.now() + LIFETIME_SECONDS, "values": values})
    sealed = services.current().sealer.seal(document, _context(name, account_id))
    browser_session[name] = base64.urlsafe_b64encode(sealed).decode()


def find(name: str, account_id: str) -> list[str] | None:
    """Return what was kept, or None where nothing was, for another account, or too long ago."""
    try:
        sealed = base64.urlsafe_b64decode(browser_session.get(name, ""))
        document = orjson.loads(services.current().sealer.open(sealed, _context(name, account_id)))
    except (SealBroken, ValueError, binascii.Error):
        return None
    return list(document["values"]) if document["until"] > services.now() else None


def drop(name: str) -> None:
    browser_session.pop(name, None)


def _context(name: str, account_id: str) -> str:
    return f"browser.{name}:{account_id}"
