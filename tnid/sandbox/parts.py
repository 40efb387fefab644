"""How the sandbox is made of the parts above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.accounts.vault import Vault
from tnid.accounts.verification import Verifications
from tnid.sandbox.faults import SandboxFaults
from tnid.sandbox.joined import Jobs, MandatesOfSandbox
from tnid.sandbox.made_up import MadeUp
from tnid.sandbox.new_keys import NewKeys
from tnid.sandbox.seeding import Sandbox
from tnid.stores.decoupled import DecoupledStore
from tnid.stores.guardianships import GuardianshipStore
from tnid.stores.made_up import MadeUpStore
from tnid.stores.mandates import MandateStore
from tnid.stores.replay import ReplayStore
from tnid.stores.verifications import VerificationStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_sandbox(parts: Services) -> tuple[MadeUp, Sandbox]:
    vault = Vault(parts.sealer)
    verifications = Verifications(VerificationStore(parts.database), vault)
    made_up = MadeUp(MadeUpStore(parts.database), vault, verifications)
    mandates = MandatesOfSandbox(MandateStore(parts.database), parts.sealer)
    jobs = Jobs(parts.employers.organisations, parts.attestations, parts.employments)
    asked = DecoupledStore(parts.database, parts.sealer)
    faults = SandboxFaults(parts.clients, NewKeys(ReplayStore(parts.database)), parts.audit)
    return made_up, Sandbox(made_up, GuardianshipStore(parts.database), mandates, jobs, faults, asked)
