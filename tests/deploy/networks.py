"""Whose requests a proxy counts together: by an IPv4 address, or the /64 that an IPv6 line is given."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

BOUND = 12
ONE_NETWORK = (
    [f"2001:db8:0:64:{number:x}::1" for number in range(BOUND + 2)],
    ["198.51.100.30"] * (BOUND + 2),
)
# Neighbours of those, and IPv4 as IPv6 writes it, which is no /64
MANY_NETWORKS = [
    *("2001:db8:0:65::1", "198.51.100.31"),
    *(f"::ffff:203.0.113.{number}" for number in range(BOUND + 2)),
]


def ask_from(browser: httpx.Client, addresses: Sequence[str]) -> list[int]:
    """Ask once from each address; return the statuses."""
    return [browser.get("/", headers={"X-Test-Source": one}).status_code for one in addresses]
