"""Runs: a request, the answer that came back, and what was asked of our endpoints after it, in order."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

import orjson

from oidc.token.handles import new_identifier
from tnid.sealing import Sealer
from tnid.stores.playground_runs import PlaygroundRunStore

LIFETIME_SECONDS = 3600
MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class Step:
    """A request to one of our endpoints, and its answer; `body` as text."""

    kind: str
    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]
    status: int
    answer: str


@dataclass(frozen=True, slots=True)
class Held:
    """What a run is about. `request` are the parameters of the authorization request."""

    client_id: str
    request: dict[str, str]
    code_verifier: str = field(repr=False)
    response: dict[str, str] | None = None
    steps: tuple[Step, ...] = ()

    def find_token(self, name: str) -> str | None:
        """Return the token that was told last, None where none was."""
        for step in reversed(self.steps):
            if step.kind in ("token", "refresh") and step.status == 200:
                found = orjson.loads(step.answer).get(name)
                if found:
                    return str(found)
        return None


class Run(NamedTuple):
    """A run of somebody's, of an application."""

    id: str
    application_id: str
    account_id: str
    held: Held
    sealed: bytes


class Runs:
    """Keeps runs, sealed; in the caller's unit of work."""

    def __init__(self, store: PlaygroundRunStore, sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer

    def begin(
        self, application_id: str, account_id: str, client_id: str, request: dict[str, str], now: int
    ) -> str:
        """Keep a request, completed by state, nonce and code_challenge; return the run's id."""
        run_id, state, verifier = new_identifier(), secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        added = {"state": state, "nonce": secrets.token_urlsafe(16), "code_challenge": challenge}
        held = Held(client_id, {**request, **added, "code_challenge_method": "S256"}, verifier)
        self._store.add(
            id=run_id, application_id=application_id, account_id=account_id, state_hash=self._hash(state),
            sealed=self._seal(run_id, held), created_at=now, expires_at=now + LIFETIME_SECONDS,
        )  # fmt: skip
        return run_id

    def find(self, run_id: str, application_id: str, account_id: str, now: int) -> Run | None:
        row = self._store.find(run_id, application_id, account_id, now)
        return None if row is None else self._read(row)

    def take_response(self, parameters: dict[str, str], now: int) -> Run | None:
        """Note the answer to the run that its state names; None where it names none, or it was answered."""
        row = self._store.find_by_state(self._hash(parameters.get("state", "")), now)
        run = None if row is None else self._read(row)
        if run is None or run.held.response is not None:
            return None
        return run if self._change(run, replace(run.held, response=parameters)) else None

    def add_step(self, run: Run, step: Step) -> bool:
        """Add what was asked of an endpoint; False where another was added meanwhile, or too many were."""
        if len(run.held.steps) >= MOST_STEPS:
            return False
        return self._change(run, replace(run.held, steps=(*run.held.steps, step)))

    def _change(self, run: Run, held: Held) -> bool:
        return self._store.change(run.id, run.sealed, self._seal(run.id, held))

    def _hash(self, state: str) -> str:
        return self._sealer.blind_index("playground_state", state)

    def _seal(self, run_id: str, held: Held) -> bytes:
        return self._sealer.seal(orjson.dumps(asdict(held)), f"playground_runs.sealed:{run_id}")

    def _read(self, row: Any) -> Run:
        sealed = bytes(row.sealed)
        found = orjson.loads(self._sealer.open(sealed, f"playground_runs.sealed:{row.id}"))
        found["steps"] = tuple(Step(**step) for step in found["steps"])
        return Run(row.id, row.application_id, row.account_id, Held(**found), sealed)
