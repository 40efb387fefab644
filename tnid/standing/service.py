"""A person's standing with the province: how well they are known, where they live, their number, the children
whom they answer for, and their office. It is looked up at the moment at which it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from oidc.attested import GUARDIAN_OF, IDENTITY_LEVEL, PERSONAL_ID_NUMBER, RESIDENCE_WARD, STAFF_ROLES
from oidc.models import Client
from tnid.accounts.numbers import HIDDEN_NUMBER, IDENTITY_CARD
from tnid.accounts.vault import Vault
from tnid.accounts.yes_no import ward_of
from tnid.admin.roles import OPERATOR_ROLES
from tnid.officials.roles import OFFICIAL
from tnid.stores.standing import LEAST_LEVEL_FOR_NUMBER, StandingStore
from tnid.wards import find_ward

OPERATOR = "operator"


class Identifiers(Protocol):
    """What is needed of oidc.subject."""

    def subject(self, client: Client, account_id: str) -> str: ...


class Standing:
    """Each method runs in the caller's unit of work, and looks once."""

    def __init__(
        self,
        store: StandingStore,
        vault: Vault,
        identifiers: Identifiers,
        find_made_up_number: Callable[[str], str],
        idle_seconds: int,
    ) -> None:
        """`find_made_up_number` returns the number of somebody made up, by username, "" for none. A role that
        was not used for `idle_seconds` sleeps."""
        self._store = store
        self._vault = vault
        self._identifiers = identifiers
        self._find_made_up_number = find_made_up_number
        self._idle_seconds = idle_seconds

    def tell(
        self, account_id: str, client: Client, names: frozenset[str], now: int, *, opens_number: bool = True
    ) -> dict[str, Any]:
        """Return those of these claims of `oidc.attested.OF_STANDING` that there are, as this client is told.

        The number is opened here and nowhere else on the way to an application; without `opens_number` it
        stays sealed, and HIDDEN_NUMBER says that there is one.
        """
        rows = self._store.look(account_id, names, used_after=now - self._idle_seconds, now=now)
        if not rows:
            return {}
        told: dict[str, Any] = {}
        if IDENTITY_LEVEL in names:
            told[IDENTITY_LEVEL] = rows[0].identity_level
        if RESIDENCE_WARD in names:
            told[RESIDENCE_WARD] = self._ward(rows[0])
        if PERSONAL_ID_NUMBER in names:
            told[PERSONAL_ID_NUMBER] = self._number(rows[0], opens=opens_number)
        if GUARDIAN_OF in names:
            children = {row.child_id for row in rows} - {None}
            # In no order that says who is older, or which they were first responsible for
            told[GUARDIAN_OF] = sorted(self._identifiers.subject(client, child) for child in children)
        if STAFF_ROLES in names:
            told[STAFF_ROLES] = _offices(rows)
        return {name: value for name, value in told.items() if value not in (None, "", [])}

    def _ward(self, row: Any) -> dict[str, str] | None:
        """Return the ward or commune that questions about residence are answered by, if it is one of ours."""
        address = self._vault.open_verified(row).get("address") if row.claims_sealed is not None else None
        ward = ward_of(address) if address else None
        return {"code": ward.code, "name": ward.name} if ward else None

    def _number(self, row: Any, *, opens: bool) -> str:
        """Return a citizen's number that an official compared; a passport's is none under this name."""
        if row.is_sandbox:
            found = self._find_made_up_number(row.username)
            return found if row.identity_level >= LEAST_LEVEL_FOR_NUMBER else ""
        if row.pin_sealed is None or (row.pin_kind or IDENTITY_CARD) != IDENTITY_CARD:
            return ""
        if not opens:
            return HIDDEN_NUMBER
        number = self._vault.open_number(row)
        return number.number if number is not None else ""


def _offices(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return somebody's offices. Which of the operators' roles they hold is nobody's to know."""
    held = {(row.role, row.commune) for row in rows if row.role is not None}
    wards = [find_ward(commune) for role, commune in sorted(held) if role == OFFICIAL]
    offices: list[dict[str, Any]] = [
        {"role": OFFICIAL, "ward": {"code": ward.code, "name": ward.name}} for ward in wards if ward
    ]
    is_operator = any(role in OPERATOR_ROLES for role, _commune in held)
    return [*offices, *([{"role": OPERATOR}] if is_operator else [])]
