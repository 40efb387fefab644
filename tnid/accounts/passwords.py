"""Passwords: the policy, and Argon2id behind a gate that holds no one up for ever."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import ARGON2_VERSION

from oidc.watching import span

MOST_RAW_CHARACTERS = 256
MOST_CHARACTERS = 128
LEAST_CHARACTERS = 8
LEAST_CHARACTERS_ALONE = 15
"""What a password must have where it is the only factor: NIST SP 800-63B-4 section 3.1.1.2."""

WAITING_LINE = 16
PATIENCE_SECONDS = 4.0
LEAST_NEEDLE = 4
_COMMON_FILE = Path(__file__).with_name("common_passwords.txt")
_SEQUENCES = ("0123456789" * 4, "9876543210" * 4, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


class Costs(NamedTuple):
    """Argon2id's: passes, KiB of memory, lanes."""

    time_cost: int
    memory_cost: int
    parallelism: int


COSTS = Costs(2, 19 * 1024, 1)
"""As OWASP's password storage cheat sheet has them: some 30 ms of one core."""


class Busy(Exception):
    """More passwords are being checked than the machine can: the caller answers 503 and nothing was done."""


def normalise(password: str) -> str:
    """Return the password as it is hashed: the same letters typed in another way are the same password."""
    return unicodedata.normalize("NFKC", password)


def is_strong_alone(password: str) -> bool:
    """Say whether the password may stand without a second factor."""
    return len(normalise(password)) >= LEAST_CHARACTERS_ALONE


def find_weakness(password: str, personal: Iterable[str] = ()) -> str | None:
    """Return the reason why nobody should have this password, or None.

    `personal` is what others know of the person: username, name, phone, e-mail address and the like.
    """
    if len(password) > MOST_RAW_CHARACTERS:
        return "password_too_long"
    normalised = normalise(password)
    if len(normalised) > MOST_CHARACTERS:
        return "password_too_long"
    if len(normalised) < LEAST_CHARACTERS:
        return "password_too_short"
    squashed = squash(normalised)
    if any(needle in squashed for needle in map(squash, personal) if len(needle) >= LEAST_NEEDLE):
        return "password_personal"
    return "password_common" if _is_common(normalised, squashed) else None


def squash(text: str) -> str:
    """Reduce a text to its bare lower-case letters and digits, without Vietnamese marks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(character for character in decomposed if character.isalnum())


def _is_common(normalised: str, squashed: str) -> bool:
    lowered = normalised.casefold()
    if len(set(lowered)) == 1 or any(lowered in sequence for sequence in _SEQUENCES):
        return True
    common = _common_passwords()
    # A word that everybody takes stays one with a year or an exclamation mark behind it.
    core = squashed.strip("0123456789")
    affixes = len(squashed) - len(core)
    return lowered in common or squashed in common or (affixes <= 6 and core in common)


@cache
def _common_passwords() -> frozenset[str]:
    lines = _COMMON_FILE.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def hash_of_nobody() -> str:
    """Return a hash of no password, under today's costs: not computed, as each start would wait for it."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    time_cost, memory_cost, parallelism = COSTS
    return f"$argon2id$v={ARGON2_VERSION}$m={memory_cost},t={time_cost},p={parallelism}${salt}${digest}"


T = TypeVar("T")


class Gate:
    """Lets so many in at once, and so many wait for a while; refuses the rest at once."""

    def __init__(self, concurrency: int, waiting: int, patience_seconds: float) -> None:
        self._slots = threading.Semaphore(concurrency)
        self._most = concurrency + waiting
        self._inside = 0
        self._counting = threading.Lock()
        self._patience_seconds = patience_seconds
        # Told of each who is refused
        self.note_refused: Callable[[], object] = lambda: None

    def count_inside(self) -> int:
        """Return how many are in a slot or wait for one."""
        return self._inside

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Run the block in a slot; raises Busy where none came free in time."""
        self._join_line()
        try:
            if not self._slots.acquire(timeout=self._patience_seconds):
                self.note_refused()
                raise Busy
            try:
                yield
            finally:
                self._slots.release()
        finally:
            with self._counting:
                self._inside -= 1

    def _join_line(self) -> None:
        with self._counting:
            if self._inside < self._most:
                self._inside += 1
                return
        self.note_refused()
        raise Busy


class Verdict(NamedTuple):
    """Whether a password was right; `new_hash` where it should be stored anew under today's costs."""

    is_right: bool
    new_hash: str | None


class Passwords:
    """Hashes and verifies passwords with Argon2id over a peppered password.

    The pepper lies outside the database, so that a stolen database alone allows no guessing.
    """

    def __init__(self, pepper: bytes, concurrency: int) -> None:
        self._pepper = pepper
        self._hasher = PasswordHasher(*COSTS)
        self.gate = Gate(concurrency, WAITING_LINE, PATIENCE_SECONDS)
        # The same few threads each time: the allocator keeps some 20 MB for every thread that ever hashed
        self._threads = ThreadPoolExecutor(concurrency, "argon2")
        self._dummy_hash = hash_of_nobody()

    def _run(self, work: Callable[..., T], *arguments: Any) -> T:
        return self._threads.submit(work, *arguments).result()

    def _peppered(self, password: str) -> bytes:
        mac = hmac.new(self._pepper, normalise(password).encode("utf-8", "surrogatepass"), hashlib.sha256)
        return base64.b64encode(mac.digest())

    def hash(self, password: str) -> str:
        """Return the hash to store; raises Busy. Takes tens of milliseconds: hold no transaction open."""
        peppered = self._peppered(password)
        with span("password hash"), self.gate.admit():
            return self._run(self._hasher.hash, peppered)

    def verify(self, stored_hash: str | None, password: str) -> Verdict:
        """Check a password against a hash, or against nobody's where there is none: it takes as long.

        Raises Busy. An oversize password is wrong without being hashed.
        """
        if len(password) > MOST_RAW_CHARACTERS:
            return Verdict(False, None)
        peppered = self._peppered(password)
        with span("password hash"), self.gate.admit():
            fits = self._run(self._is_right, stored_hash or self._dummy_hash, peppered)
            is_right = fits and stored_hash is not None
            if is_right and self._hasher.check_needs_rehash(stored_hash or ""):
                return Verdict(True, self._run(self._hasher.hash, peppered))
        return Verdict(is_right, None)

    def _is_right(self, stored_hash: str, peppered: bytes) -> bool:
        try:
            return self._hasher.verify(stored_hash, peppered)
        except (Argon2Error, InvalidHashError):
            return False
