"""The peer, npm oidc-provider, and the relying parties that both it and Thai Nguyen ID are given.

A provider has `name`, `site` (what the generator needs to know of it), `ready_seconds` and `pids()`.
"""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from harness.databases import Redis
from harness.machine import HOST, free_port, pinned, server_core, tool
from harness.processes import BenchmarkError, Process, cpu_seconds

PEER = Path(__file__).parent.parent / "peer"
DISCOVERY = "/.well-known/openid-configuration"
CALLBACK = "https://rp.bench.example/callback"
PASSWORD = "made up, for the benchmark only"


def client_metadata() -> dict[str, dict[str, Any]]:
    """Return the relying parties, by the name the scenarios use: one for each algorithm, and a machine."""
    clients: dict[str, dict[str, Any]] = {
        alg: {
            "client_name": f"Benchmark {alg}",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "openid profile email offline_access",
            "id_token_signed_response_alg": alg,
        }
        for alg in ("RS256", "ES256")
    }
    clients["machine"] = {
        "client_name": "Benchmark machine",
        "redirect_uris": [],
        "grant_types": ["client_credentials"],
        "response_types": [],
    }
    return {n: {**c, "token_endpoint_auth_method": "client_secret_basic"} for n, c in clients.items()}


def known_to_generator(name: str, metadata: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, str]:
    return {
        "client_id": answer["client_id"],
        "client_secret": answer["client_secret"],
        "redirect_uri": CALLBACK,
        "alg": metadata.get("id_token_signed_response_alg", name),
    }


def answers(url: str) -> bool:
    """Say whether a GET is answered with 200."""
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


class Peer(Process):
    """npm oidc-provider with Redis, for production: see benchmarks/peer."""

    name = "peer"

    def __init__(self, folder: Path, redis: Redis) -> None:
        port = free_port()
        self.origin = f"http://{HOST}:{port}"
        clients = client_metadata()
        registered = {
            name: {**metadata, "client_id": f"bench-{name}", "client_secret": secrets.token_urlsafe(32)}
            for name, metadata in clients.items()
        }
        settings = {"issuer": self.origin, "port": port, "redis_port": redis.port}
        path = folder / "peer.json"
        path.write_text(json.dumps({**settings, "clients": list(registered.values())}))
        argv = pinned(server_core(), tool("node"), PEER / "server.mjs", path)
        super().__init__(argv, folder / "peer.log", environ={"NODE_ENV": "production"})
        self._redis = redis
        self.ready_seconds = self.wait_until(lambda: answers(f"{self.origin}{DISCOVERY}"))
        self.site = {
            "name": self.name,
            "origin": self.origin,
            "clients": {n: known_to_generator(n, clients[n], c) for n, c in registered.items()},
            "people": [{"username": f"person{n}", "password": PASSWORD} for n in range(8)],
        }

    def cpu_seconds(self) -> float:
        """Return the processor time used by now, its database's included."""
        return cpu_seconds(self.pids() + self._redis.pids())


def install_peer() -> str:
    """Install the peer as its lock file says, where that hasn't been done; return its version."""
    installed = PEER / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (PEER / "package-lock.json").stat().st_mtime:
        argv = [tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(argv, cwd=PEER, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode != 0:
            raise BenchmarkError(f"npm ci: {done.stderr}")
        installed.touch()
    package = PEER / "node_modules" / "oidc-provider" / "package.json"
    return str(json.loads(package.read_text())["version"])
