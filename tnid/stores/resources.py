"""Protected resources that an operator registered, cached in the process for a second."""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple

import orjson
from sqlalchemy import BigInteger, Column, String, Text, bindparam, insert, select, update

from oidc.models import Resource
from tnid.db import Database, db

CACHE_SECONDS = 1.0
CACHE_SIZE = 1_000

resources = db.Table(
    "resources",
    Column("identifier", String(255), primary_key=True),
    Column("scopes", Text, nullable=False),
    Column("names", Text, nullable=False),
    Column("token_format", String(8), nullable=False),
    Column("signing_alg", String(8), nullable=False),
    Column("least_acr", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)

_CHANGEABLE = (
    resources.c.scopes,
    resources.c.names,
    resources.c.token_format,
    resources.c.signing_alg,
    resources.c.least_acr,
)

_INSERT = insert(resources)
_FIND = select(resources).where(resources.c.identifier == bindparam("identifier"))
_LIST = select(resources).order_by(resources.c.identifier)
_REPLACE = (
    update(resources)
    .where(resources.c.identifier == bindparam("of_resource"))
    .values({column: bindparam(f"new_{column.name}") for column in _CHANGEABLE})
)
_DISABLE = (
    update(resources)
    .where(resources.c.identifier == bindparam("of_resource"), resources.c.disabled_at.is_(None))
    .values(disabled_at=bindparam("now"))
)


class _Cached(NamedTuple):
    resource: Resource
    fresh_until: float


class ResourceStore:
    """Keeps protected resources. `find` may be a second behind; what the operator's commands use is not."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: dict[str, _Cached] = {}
        self._lock = threading.Lock()

    def find(self, identifier: str) -> Resource | None:
        """Return the protected resource, disabled ones too; a change is seen within a second."""
        found = self._cache.get(identifier)
        if found is not None and time.monotonic() < found.fresh_until:
            return found.resource
        resource = self.find_now(identifier)
        with self._lock:
            if len(self._cache) >= CACHE_SIZE:
                self._cache.clear()
            # Nothing is remembered of names that strangers make up
            if resource is not None:
                self._cache[identifier] = _Cached(resource, time.monotonic() + CACHE_SECONDS)
        return resource

    def find_now(self, identifier: str) -> Resource | None:
        """Return the protected resource as the database has it at this moment."""
        row = self._database.fetch_one(_FIND, identifier=identifier)
        return None if row is None else _read(row)

    def list_all(self) -> list[Resource]:
        return [_read(row) for row in self._database.fetch_all(_LIST)]

    def add(self, resource: Resource) -> None:
        """Store a new protected resource; raises Conflict where its identifier is taken."""
        self._database.execute(
            _INSERT,
            identifier=resource.identifier,
            **_write(resource),
            created_at=resource.created_at,
            disabled_at=resource.disabled_at,
        )

    def replace(self, resource: Resource) -> bool:
        """Replace what is said of a resource; say whether there is one. A closed one stays closed."""
        self._cache.pop(resource.identifier, None)
        values = {f"new_{name}": value for name, value in _write(resource).items()}
        return self._database.execute(_REPLACE, of_resource=resource.identifier, **values) == 1

    def disable(self, identifier: str, now: int) -> bool:
        """Close a protected resource; say whether there was an open one."""
        self._cache.pop(identifier, None)
        return self._database.execute(_DISABLE, of_resource=identifier, now=now) == 1


def _write(resource: Resource) -> dict[str, str]:
    """Return what may change of a resource, by column."""
    return {
        "scopes": orjson.dumps(resource.scopes).decode(),
        "names": orjson.dumps(resource.names).decode(),
        "token_format": resource.token_format,
        "signing_alg": resource.signing_alg,
        "least_acr": resource.least_acr,
    }


def _read(row: Any) -> Resource:
    return Resource(
        identifier=row.identifier,
        scopes=orjson.loads(row.scopes),
        names=orjson.loads(row.names),
        token_format=row.token_format,
        signing_alg=row.signing_alg,
        least_acr=row.least_acr,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
