"""Making those who are made up, with all that joins them: mandates, guardians, work."""

from __future__ import annotations

from tnid.sandbox.made_up import MadeUp
from tnid.sandbox.people import Person, people


class Sandbox:
    """Has the people there when they are needed; each method runs in the caller's unit of work."""

    def __init__(self, made_up: MadeUp) -> None:
        self._made_up = made_up

    def ensure(self, person: Person, now: int) -> str:
        """Have there be the account of a person, with whom they are joined to; return its id."""
        return self._made_up.ensure(person, now)[0]

    def ensure_all(self, now: int) -> int:
        """Have there be everybody who is made up; return how many are new."""
        return sum(
            is_new for person in people().values() for _id, is_new in [self._made_up.ensure(person, now)]
        )
