"""An organisation's domain: that it is theirs, they show by a file that only they can put there.

The file's address is https://<domain>/.well-known/thai-nguyen-id.txt, its content a line that is derived by a
key of ours from organisation and domain: no secret, but of use to nobody else and at no other name.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from oidc.clients.outbound import OutboundRefused
from oidc.interfaces import Events
from tnid.accounts.refusal import Refused, refuse
from tnid.interfaces import BlindIndex
from tnid.signin.limits import HOUR_SECONDS, Bucket, Limit, Limits
from tnid.stores.employers import EmployerStore

PATH = "/.well-known/thai-nguyen-id.txt"
KIND = "employer.domain"
SHOWN_CHARACTERS = 32
MOST_CHARACTERS = 253
# Each look costs another machine a request: nobody has us ask around
LOOKS = Limit("employer_domain", 20, HOUR_SECONDS)
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
# The last label begins with a letter: what doesn't is a machine's address, in one of its spellings
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}")
_LOOPBACK = re.compile(r"localhost(?::[0-9]{1,5})?")


class Fetcher(Protocol):
    """What is needed of oidc.clients.outbound."""

    def fetch(self, url: str) -> bytes: ...


class Asked(NamedTuple):
    """Where the line has to stand, and what it says."""

    url: str
    line: str


class Domains:
    """Sets and verifies; each method runs in the caller's unit of work and records what it did."""

    def __init__(
        self,
        store: EmployerStore,
        fetcher: Fetcher,
        limits: Limits,
        blind: BlindIndex,
        events: Events,
        *,
        allow_loopback: bool,
    ) -> None:
        """`allow_loopback` lets a domain be this machine, with a port: in development."""
        self._store = store
        self._fetcher = fetcher
        self._limits = limits
        self._blind = blind
        self._events = events
        self._allow_loopback = allow_loopback

    def read(self, typed: str) -> str | None:
        """Return the domain that was typed, or pasted as an address, as it is kept; None where it is none."""
        if len(typed) > 2 * MOST_CHARACTERS:
            return None
        name = _host_of(typed.strip().lower()).rstrip(".")
        if self._allow_loopback and _LOOPBACK.fullmatch(name):
            return name
        try:
            # Letters beyond ASCII have a spelling that machines ask for: RFC 5891
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
        return name if len(name) <= MOST_CHARACTERS and _NAME.fullmatch(name) else None

    def asked_of(self, employer_id: str, domain: str) -> Asked:
        """Return what the organisation has to put where, to show that the domain is theirs."""
        digest = self._blind.blind_index(KIND, f"{employer_id}:{domain}")
        return Asked(f"https://{domain}{PATH}", f"thai-nguyen-id={digest[:SHOWN_CHARACTERS]}")

    def set(self, employer_id: str, typed: str, by: str, now: int) -> Refused | None:
        """Set the domain, "" for none; it is not verified yet. `by` manages the organisation."""
        domain = self.read(typed) if typed else None
        if typed and domain is None:
            return Refused("domain", "domain")
        if not self._store.set_domain(employer_id, domain, by):
            return self._refuse("represents_no_more", by, now)
        self._record(employer_id, domain, by, now)
        return None

    def verify(self, employer_id: str, domain: str, by: str, now: int) -> Refused | None:
        """Fetch the file and look for the line; refused with `domain_unreachable` or `domain_line`."""
        bucket = (Bucket(LOOKS, employer_id),)
        seconds = self._limits.seconds_shut(bucket, now)
        if seconds:
            return Refused("", "too_many_looks", seconds)
        # Before the first write: nobody waits for a lock while somebody else's machine answers
        fault = self._find_fault(self.asked_of(employer_id, domain))
        self._limits.count(bucket, now)
        if fault:
            return self._refuse(fault, by, now)
        if not self._store.note_domain(employer_id, domain, now, by):
            return self._refuse("represents_no_more", by, now)
        self._record(employer_id, domain, by, now, is_verified=True)
        return None

    def _find_fault(self, asked: Asked) -> str:
        try:
            found = self._fetcher.fetch(asked.url)
        except OutboundRefused:
            return "domain_unreachable"
        return "" if asked.line in _lines(found) else "domain_line"

    def _record(self, employer_id: str, domain: str | None, by: str, now: int, **more: bool) -> None:
        details = {"employer": employer_id, "domain": domain, **more}
        self._events.record("employer.domain", account_id=by, now=now, details=details)

    def _refuse(self, reason: str, by: str, now: int) -> Refused:
        return refuse(self._events, "employer.domain", Refused("", reason), by, now)


def _host_of(typed: str) -> str:
    """Return the host of a pasted address, else what was typed."""
    if "://" not in typed:
        return typed.partition("/")[0]
    try:
        return urlsplit(typed).netloc
    except ValueError:
        return ""


def _lines(found: bytes) -> list[str]:
    """Return the file's lines, whatever editor wrote it."""
    return [line.strip().lstrip("\ufeff") for line in found.decode("utf-8", "replace").splitlines()]
