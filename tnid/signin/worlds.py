"""Which of the two worlds a page belongs to: of people who live, or of those who are made up for developers.

A client of the sandbox is signed in to by made-up people alone, and their session is in a cookie of its own:
so a developer stays signed in to the portal beside them, and no cookie opens anything in the other world.
"""

from __future__ import annotations

from flask import g

from oidc.models import Client

SANDBOX = "tnid_sandbox"

# All that answers a sandbox's request: the picker, and what comes after it as it does for everybody
IN_SANDBOX = frozenset(
    {
        *("sandbox.sign_in", "sandbox.go_on", "sandbox.fail", "sandbox.wait", "sandbox.leave"),
        *("signin.requirement", "guardian_screen.wait", "in_stead.choose", "in_stead.confirm", "consent.ask"),
    }
)


def enter_world_of(client: Client | None) -> bool:
    """Note that the page belongs to this client's request; say whether that is a sandbox's."""
    if client is None or not client.is_sandbox:
        return False
    g.is_sandbox = True
    return True


def is_sandbox() -> bool:
    """Say whether the present page belongs to a sandbox's request."""
    return bool(g.get("is_sandbox"))


def page_globals() -> dict[str, object]:
    """Return what every template needs to say so."""
    return {"is_sandbox": is_sandbox()}
