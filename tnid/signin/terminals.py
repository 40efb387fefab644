"""Terminals: shared screens. A sign-in at one serves the request that it was made for, and nothing else.

Its session is named by a cookie of its own, which holds that request's id, too: at any other address there is
nobody signed in. A page that nobody touches ends what was begun (`oidc.authorization.endpoint`).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from oidc.errors import PageError
from oidc.models import Client
from tnid.setting_kinds import Network

# In front of what a session notes of its browser: no header can hold this character
MARK = "⌂ "


class NotAtTerminal(PageError):
    """A terminal's page was opened where the terminal isn't: its address was carried off."""

    code = "not_at_terminal"
    status = 403


class Terminal(NamedTuple):
    """What an operator registered of a shared screen, in the words that people read."""

    name: str
    place: str
    networks: tuple[Network, ...]
    allows_password: bool
    start_uri: str

    @property
    def label(self) -> str:
        return f"{self.name} · {self.place}"

    @property
    def browser(self) -> str:
        """Return what stands for a browser where its owner looks for what they know."""
        return f"{MARK}{self.label}"[:255]

    def holds(self, ip: str) -> bool:
        """Say whether an address is in the terminal's networks; never where none is registered."""
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return False
        return any(address in network for network in self.networks)


def find_terminal(client: Client | None, locale: str) -> Terminal | None:
    """Return the terminal that a client is, or None."""
    if client is None or not client.terminal:
        return None
    policy = client.terminal
    names: Mapping[str, str] = policy["name"]
    return Terminal(
        name=names.get(locale) or names["vi"],
        place=policy["place"],
        networks=_networks(tuple(policy.get("networks", ()))),
        allows_password=bool(policy.get("allows_password")),
        start_uri=start_uri_of(client),
    )


@lru_cache(256)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


def start_uri_of(client: Client) -> str:
    """Return where a terminal's start page is, as far as it said."""
    found = client.metadata.get("client_uri") or client.initiate_login_uri
    if found:
        return str(found)
    parts = urlsplit(next(iter(client.redirect_uris), ""))
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else "/"


def check_place(terminal: Terminal, ip: str) -> None:
    """Raise NotAtTerminal where the networks of a terminal are known, and this is none of them."""
    if terminal.networks and not terminal.holds(ip):
        raise NotAtTerminal("This page is for the terminal's own networks.")
