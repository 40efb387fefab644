"""Where processes agree on what they counted: in Redis where there is one, in the database otherwise.

Losing Redis costs speed alone: for a while the database takes its place.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tnid import clock
from tnid.db import Conflict, DatabaseUnavailable
from tnid.rates.rules import MINUTE_SECONDS, Rule
from tnid.stores.throttles import ThrottleStore

if TYPE_CHECKING:
    from limits.storage import RedisStorage

REDIS_SECONDS = 0.2
WITHOUT_REDIS_SECONDS = 5
KEY_PREFIX = "tnid"

log = logging.getLogger(__name__)


class Agreement:
    """Adds up what the processes counted. Keys are hashed: an address is personal data."""

    def __init__(self, store: ThrottleStore, blind: Any, redis_url: str | None) -> None:
        self._store = store
        self._blind = blind
        self._redis_url = redis_url
        self._redis: RedisStorage | None = None
        self._without_redis_until = 0
        self._lock = threading.Lock()

    def add(self, rule: Rule, key: str, count: int) -> int:
        """Add to what all counted in this window; return the sum, or `count` where nobody can be asked."""
        now, hashed = clock.now(), self._blind.blind_index("rate", f"{rule.name}:{key}")
        if self._redis_url and now >= self._without_redis_until:
            try:
                return self._in_redis().incr(hashed, MINUTE_SECONDS, count)
            except Exception as error:
                # Whatever the client's library raises: the database is there
                self._without_redis_until = now + WITHOUT_REDIS_SECONDS
                log.warning("Redis does not answer, the database counts meanwhile: %s", type(error).__name__)
        try:
            return self._store.add(hashed, count, MINUTE_SECONDS, now)
        except (DatabaseUnavailable, Conflict):
            return count

    def _in_redis(self) -> RedisStorage:
        with self._lock:
            if self._redis is None:
                self._redis = connect(self._redis_url or "")
            return self._redis


def connect(url: str) -> RedisStorage:
    """Return the storage behind this URL; connects when it is first used, and never waits long."""
    # The library takes four megabytes of a process, and many a one never gets here
    from limits.storage import RedisStorage  # noqa: PLC0415  as above
    from redis.backoff import NoBackoff  # noqa: PLC0415  as above
    from redis.retry import Retry  # noqa: PLC0415  as above

    bounds: Any = {
        "socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }  # fmt: skip
    return RedisStorage(with_scheme(url), key_prefix=KEY_PREFIX, **bounds)


def with_scheme(url: str) -> str:
    """Return the URL as the library names it: a socket's is redis+unix."""
    return url.replace("unix:", "redis+unix:", 1) if urlsplit(url).scheme == "unix" else url
