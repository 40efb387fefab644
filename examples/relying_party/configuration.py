"""Where the provider is, where this application is, and by which secret it is known there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PROJECT_ROOT = Path(__file__).resolve().parents[2]


class NotRegistered(Exception):
    """The credentials file isn't there yet, or has no such client."""


@dataclass(frozen=True)
class Credentials:
    """What the provider gave at registration; a public client has no secret, nor has one with a key."""

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    private_key: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Configuration:
    """The surroundings of one application; made by `load`."""

    issuer: str
    base_url: str
    address: str
    port: int
    credentials_file: Path
    data_dir: Path

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    def get_credentials(self, client_id: str) -> Credentials:
        """Read the client's credentials anew, for they may come after the start; raise NotRegistered."""
        try:
            client = json.loads(self.credentials_file.read_text())["clients"][client_id]
        except (OSError, ValueError, KeyError) as error:
            raise NotRegistered(f"{client_id} is not in {self.credentials_file}") from error
        return Credentials(client["client_id"], client.get("client_secret"), client.get("private_key"))


def load(environ: Mapping[str, str], *, default_port: int) -> Configuration:
    """Return the configuration that the environment names; everything has a default for `make run`."""
    given_url = environ.get("DEMO_BASE_URL", "").rstrip("/")
    port = int(environ.get("PORT") or urlsplit(given_url).port or default_port)
    instance = PROJECT_ROOT / "instance"
    return Configuration(
        issuer=environ.get("DEMO_ISSUER", "http://localhost:8000"),
        base_url=given_url or f"http://localhost:{port}",
        address=environ.get("ADDRESS", "127.0.0.1"),
        port=port,
        credentials_file=Path(environ.get("DEMO_CREDENTIALS", instance / "demo.json")),
        data_dir=Path(environ.get("DEMO_DATA_DIR", instance)),
    )
