"""Checks that the developer goes through: something goes wrong on purpose, and they say what happened.

What they say is believed where it fits what was seen here: that the fault was met, and whether the
application went on to UserInfo with what it should have refused.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from oidc import sandbox_faults as faults
from tnid.checker.checks import FAILED, FAULTS_AT_MACHINES, PASSED, UNDER_WAY, UNTOLD, Finding
from tnid.client_log.service import ClientLog, Filters
from tnid.client_log.stages import REFUSED
from tnid.sandbox.faults import SandboxFaults

SIGNED_IN, SAID_SO, CAME_APART = "signed_in", "said_so", "came_apart"
ANSWERS = (SIGNED_IN, SAID_SO, CAME_APART)
# What a good application does; several where each of them is good
EXPECTED = {faults.NEW_KEY: (SIGNED_IN,), faults.TOKEN_UNAVAILABLE: (SIGNED_IN, SAID_SO)}
LASTS_SECONDS = 1800
MOST_ENTRIES = 20


class Seen(NamedTuple):
    """What is known here of a check that is under way."""

    was_met: bool
    is_over: bool
    userinfo_calls: int


class Guide:
    """Begins and judges one check at a time."""

    def __init__(self, sandbox_faults: SandboxFaults, log: ClientLog) -> None:
        self._faults = sandbox_faults
        self._log = log

    def begin(self, client_id: str, name: str, by: str, now: int) -> Finding | None:
        """Have the next request meet the fault; None where there is no such client."""
        until = now + LASTS_SECONDS
        is_at_machine = name in FAULTS_AT_MACHINES
        if is_at_machine and not self._faults.set(client_id, name, until=until, left=1, by=by, now=now):
            return None
        values = {"until": until, "since": now, "userinfo": self._log.count_userinfo(client_id, now)}
        return Finding(name, UNDER_WAY, "", values, now)

    def end(self, client_id: str, name: str, by: str, now: int) -> None:
        """End a check that is not gone through with."""
        if any(one.name == name for one in self._faults.list_active(client_id, now)):
            self._faults.end(client_id, by, now)

    def look(self, client_id: str, finding: Finding, now: int) -> Seen:
        """Return how far it has come."""
        values, is_over = finding.values, now >= finding.values["until"]
        if finding.name in FAULTS_AT_MACHINES:
            was_met = not is_over and all(
                one.name != finding.name for one in self._faults.list_active(client_id, now)
            )
        else:
            was_met = self._was_told(client_id, finding.name, values["since"])
        calls = self._log.count_userinfo(client_id, values["since"]) - values["userinfo"]
        return Seen(was_met, is_over, max(0, calls))

    def _was_told(self, client_id: str, error: str, since: int) -> bool:
        """Say whether a sign-in ended by this error as its developer chose at the picker."""
        found = self._log.list_newest(
            client_id, Filters(REFUSED, error=error, since=since), most=MOST_ENTRIES
        )
        return any(one.reason == faults.REASON for one in found)


def judge(name: str, answer: str, seen: Seen) -> Finding:
    """Return the result of what the developer says their application did."""
    values: dict[str, Any] = {"answer": answer, "calls": seen.userinfo_calls}
    if not seen.was_met:
        return Finding(name, UNTOLD, "not_met", values)
    expected = EXPECTED.get(name, (SAID_SO,))
    if answer in expected:
        if name in faults.OF_ID_TOKEN and answer == SAID_SO and seen.userinfo_calls:
            return Finding(name, FAILED, "went_on", values)
        return Finding(name, PASSED, "did_right", values)
    if answer == CAME_APART:
        return Finding(name, FAILED, "did_come_apart", values)
    return Finding(name, FAILED, "did_sign_in" if answer == SIGNED_IN else "did_refuse", values)
