"""How somebody signed in, in words: from the methods that a session or an event holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

# RFC 8176 where a method has a name there; what says only how many there were has no words
WORDS: dict[str, Any] = {
    "pwd": _("Password"),
    "otp": _("code from the authenticator app"),
    "rc": _("recovery code"),
    "hwk": _("passkey"),
    "swk": _("passkey"),
    "pop": _("passkey"),
    "sms": _("code by message"),
    "card": _("sign-in card"),
    "pin": _("PIN"),
    "qr": _("phone that scanned a QR code"),
    "user": "",
    "mfa": "",
    "mca": "",
}


def describe_methods(methods: Iterable[str]) -> str:
    """Return "Password and code from the authenticator app", or "" where nothing is known."""
    words = list(dict.fromkeys(text for method in methods if (text := str(WORDS.get(method, "")))))
    if not words:
        return ""
    *first, last = words
    joined = gettext("%(some)s and %(last)s", some=", ".join(first), last=last) if first else last
    return joined[:1].upper() + joined[1:]
