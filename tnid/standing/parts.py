"""How what is vouched for is made of the parts above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oidc.subject import SubjectIdentifiers
from tnid.accounts.vault import Vault
from tnid.employment.parts import build_vouching as build_work
from tnid.provider import SUBJECTS
from tnid.sandbox.people import find_number
from tnid.standing.service import Standing
from tnid.standing.vouching import Vouching
from tnid.stores.standing import StandingStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_vouching(parts: Services) -> Vouching:
    identifiers = SubjectIdentifiers(parts.sealer.derive(SUBJECTS))
    standing = Standing(
        StandingStore(parts.database), Vault(parts.sealer), identifiers, find_number,
        parts.settings.role_idle_seconds,
    )  # fmt: skip
    return Vouching(build_work(parts), standing, parts.clients)
