"""Workers told of by a personnel system: made, read, changed and removed, each at one employer alone.

Every write goes through what employers attest (tnid.employment): the answer is the same whether or not the
worker has an account. Each method runs in the caller's unit of work, and raises ScimError before it writes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from scim2_models import PatchOp

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.db import Conflict
from tnid.employment.attestation import Attestation
from tnid.employment.attestations import AMBIGUOUS, SCIM, Attestations, Attested, By
from tnid.employment.endings import Endings
from tnid.scim.bodies import guarded
from tnid.scim.errors import ScimError, not_found
from tnid.scim.filters import Matcher, find_identifier, order
from tnid.scim.parts import KEPT_SECONDS
from tnid.scim.records import (
    Records,
    check_names,
    find_cleared,
    find_end,
    read_attestation,
    version_of,
)
from tnid.scim.resources import Confidential
from tnid.stores.employments import EmploymentStore
from tnid.stores.scim_users import ScimUserStore

BY = By(None, SCIM)
# What of the confidential can be taken back, by the name that it has where it is attested
_SECRETS = {"birthdate": "birthdate", "average_income": "income"}


class Page(NamedTuple):
    """Some of what a search found, and how many there are of it."""

    resources: list[Any]
    total: int
    start_index: int


class Users:
    """What a personnel system does with its employer's workers."""

    def __init__(
        self,
        store: ScimUserStore,
        employments: EmploymentStore,
        attestations: Attestations,
        endings: Endings,
        records: Records,
        events: Events,
    ) -> None:
        self._store = store
        self._employments = employments
        self._attestations = attestations
        self._endings = endings
        self._records = records
        self._events = events

    def get(self, employer: Any, user_id: str, now: int) -> Any:
        """Return the resource."""
        return self._records.resource_of(self._get_row(employer, user_id, now))

    def search(self, employer: Any, search: Any, now: int) -> Page:
        """Return the page that a checked search asks for, the oldest first where it doesn't say."""
        skipped = search.start_index - 1
        if search.filter is None and search.sort_by is None:
            rows = self._store.list_page(employer.id, skipped, search.count, now) if search.count else []
            total = self._store.count(employer.id)
        else:
            found = order(self._list_matching(employer, search, now), search)
            wanted = [row.id for row in found[skipped : skipped + search.count]]
            rows, total = self._store.list_of(employer.id, wanted, now), len(found)
        return Page([self._records.resource_of(row) for row in rows], total, search.start_index)

    def _list_matching(self, employer: Any, search: Any, now: int) -> list[Any]:
        if search.filter is None:
            return self._store.list_light(employer.id, now)
        candidates = self._list_candidates(employer, search, now)
        return [row for row in candidates if Matcher(row).visit(search.filter.ast)]

    def _list_candidates(self, employer: Any, search: Any, now: int) -> list[Any]:
        """Look up by an index what can be; only a search without any identifier goes through all names."""
        name, value = find_identifier(search.filter.ast) or ("", "")
        if name == "externalid":
            return self._store.list_by_external_id(employer.id, value, now)
        if name:
            find = self._store.find_by_name if name == "username" else self._store.find
            row = find(employer.id, value, now)
            return [] if row is None else [row]
        return self._store.list_light(employer.id, now)

    def create(self, employer: Any, wanted: Any, now: int) -> Any:
        """Tell of a worker; return the resource. Who is on the employer's list already is taken over."""
        check_names(wanted)
        if self._store.find_by_name(employer.id, wanted.user_name, now) is not None:
            raise name_taken()
        user_id, employment_id = new_identifier(), None
        is_over = find_end(wanted, now) is not None
        said = read_attestation(wanted, now, is_over=is_over)
        if not is_over:
            employment_id = _settled(self._attestations.attest(employer, said, BY, now))
        self._store.add(
            id=user_id,
            employer_id=employer.id,
            user_name=wanted.user_name,
            external_id=wanted.external_id,
            employment_id=employment_id,
            values_sealed=self._records.seal(user_id, wanted),
            expires_at=None if employment_id else now + KEPT_SECONDS,
            version=1,
            created_at=now,
            updated_at=now,
        )
        self._record("scim.create", employer, user_id, now)
        return self.get(employer, user_id, now)

    def replace(self, employer: Any, user_id: str, wanted: Any, if_match: str | None, now: int) -> Any:
        """Put another User in the place of one; return it (RFC 7644 §3.5.1)."""
        row = self._get_row(employer, user_id, now)
        _check_version(row, if_match)
        before = self._records.resource_of(row)
        nulled = _nulled_secrets(wanted)
        guarded(lambda: wanted.replace(before))
        self._save(employer, row, before, wanted, nulled, now)
        self._record("scim.replace", employer, user_id, now)
        return self.get(employer, user_id, now)

    def patch(self, employer: Any, user_id: str, patch: Any, if_match: str | None, now: int) -> Any:
        """Change parts of a User, all of them or none; return it (RFC 7644 §3.5.2)."""
        row = self._get_row(employer, user_id, now)
        _check_version(row, if_match)
        if patch is None:
            return self._records.resource_of(row)
        wanted = self._records.resource_of(row)
        guarded(lambda: patch.patch(wanted))
        self._save(employer, row, self._records.resource_of(row), wanted, _removed_secrets(patch), now)
        self._record("scim.patch", employer, user_id, now)
        return self.get(employer, user_id, now)

    def remove(self, employer: Any, user_id: str, if_match: str | None, now: int) -> None:
        """End the worker's employment and forget what the system told of them."""
        row = self._get_row(employer, user_id, now)
        _check_version(row, if_match)
        self._store.remove(employer.id, user_id)
        if row.is_active:
            self._end(employer, row, now, now)
        self._record("scim.delete", employer, user_id, now)

    def _save(self, employer: Any, row: Any, before: Any, wanted: Any, removed: set[str], now: int) -> None:
        check_names(wanted)
        if wanted.user_name != row.user_name:
            self._check_name_is_free(employer, wanted.user_name, now)
        ends_at = find_end(wanted, now)
        said = read_attestation(wanted, now, is_over=ends_at is not None)
        if ends_at is None:
            cleared = find_cleared(before, wanted) | removed
            self._attest(employer, row, wanted, said, cleared, now)
            return
        # A worker's data goes with the employment; what is told of somebody who has left is kept a while
        sealed = None if row.is_active else self._records.seal(row.id, wanted)
        self._write(row, wanted, row.employment_id, sealed, now)
        if row.is_active:
            self._end(employer, row, ends_at, now)

    def _attest(
        self, employer: Any, row: Any, wanted: Any, said: Attestation, cleared: set[str], now: int
    ) -> None:
        if row.is_active:
            done = self._attestations.amend(employer, row.employment_id, said, BY, now, cleared=cleared)
        else:
            done = self._attestations.attest(employer, said, BY, now)
        self._write(row, wanted, _settled(done), self._records.seal(row.id, wanted), now)

    def _write(
        self, row: Any, wanted: Any, employment_id: str | None, sealed: bytes | None, now: int
    ) -> None:
        is_written = self._store.replace(
            row.employer_id,
            row.id,
            row.version,
            new_name=wanted.user_name,
            new_external_id=wanted.external_id,
            new_employment=employment_id,
            new_values=sealed,
            new_expiry=None if employment_id else now + KEPT_SECONDS,
            now=now,
        )
        if not is_written:
            raise Conflict

    def _end(self, employer: Any, row: Any, ends_at: int, now: int) -> None:
        work = self._employments.find(employer.id, row.employment_id)
        if work is not None:
            self._endings.carry_out(work._replace(ends_at=min(ends_at, now)), now)

    def _get_row(self, employer: Any, user_id: str, now: int) -> Any:
        row = self._store.find(employer.id, user_id, now)
        if row is None:
            raise not_found()
        return row

    def _check_name_is_free(self, employer: Any, user_name: str, now: int) -> None:
        if self._store.find_by_name(employer.id, user_name, now) is not None:
            raise name_taken()

    def _record(self, event: str, employer: Any, user_id: str, now: int) -> None:
        self._events.record(event, now=now, details={"employer": employer.id, "user": user_id})


def name_taken() -> ScimError:
    return ScimError(409, "There is a User with this userName already.", "uniqueness")


def _settled(done: Attested) -> str:
    """Return the employment that was attested; raise ScimError where nobody can tell whose it is."""
    if done.employment_id is not None:
        return done.employment_id
    if done.reason == "number_is_settled":
        raise ScimError(
            400,
            "The identification number of an employment can't be changed: end this one and create another.",
            "mutability",
        )
    if done.outcome != AMBIGUOUS:
        raise Conflict
    if done.field == "personal_id_number":
        raise ScimError(
            409, "Another User of yours has this identification number.", "uniqueness", reason=done.reason
        )
    raise ScimError(409, "Another worker of yours has this staff code.", "uniqueness", reason=done.reason)


def _check_version(row: Any, if_match: str | None) -> None:
    """RFC 7644 §3.14: a change to what was read before somebody else changed it is not made."""
    if if_match is None or if_match.strip() == "*":
        return
    if version_of(row) not in (tag.strip() for tag in if_match.split(",")):
        raise ScimError(412, "The User was changed since: its version is another.", reason="version")


def _nulled_secrets(wanted: Any) -> set[str]:
    """Return the confidential values that are null: left out, they stay (RFC 7644 §3.5.1)."""
    secret = wanted[Confidential]
    fields = () if secret is None else secret.model_fields_set
    return {_SECRETS[name] for name in fields if name in _SECRETS and getattr(secret, name) is None}


def _removed_secrets(patch: PatchOp[Any]) -> set[str]:
    """Return the confidential values that a patch removes: they are in no resource that could show it."""
    removed = set()
    for operation in patch.operations or ():
        path = operation.path
        binding = path.resolve() if path and path.model is None else None
        if binding is None or binding.model is not Confidential or binding.field_name not in _SECRETS:
            continue
        if operation.op == "remove" or operation.value is None:
            removed.add(_SECRETS[binding.field_name])
    return removed
