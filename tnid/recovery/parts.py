"""The parts of recovery, wired from the program's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tnid.accounts.vault import Vault
from tnid.recovery.completion import Completion
from tnid.recovery.service import Recoveries
from tnid.recovery.waits import Waits
from tnid.stores.accounts import AccountStore
from tnid.stores.activations import ActivationStore
from tnid.stores.assisted_recoveries import AssistedRecoveryStore
from tnid.stores.card_corrections import CardCorrectionStore
from tnid.stores.recoveries import RecoveryStore
from tnid.stores.recovery_waits import RecoveryWaitStore

if TYPE_CHECKING:
    from tnid.services import Services


class Recovering(NamedTuple):
    """The ways back into an account."""

    recoveries: Recoveries
    waits: Waits
    completion: Completion


def build_recovery(parts: Services) -> Recovering:
    rows, vault = AccountStore(parts.database), Vault(parts.sealer)
    wait_seconds = parts.settings.recovery_wait_seconds
    waits = Waits(RecoveryWaitStore(parts.database), parts.messages, parts.sealer, parts.audit, wait_seconds)
    recoveries = Recoveries(
        RecoveryStore(parts.database), parts.accounts, rows, vault, parts.factors, parts.message_codes, waits,
        parts.sealer, parts.audit,
    )  # fmt: skip
    # Mandates stay: whoever helps somebody helps them still after a forgotten password, and signs in anew
    endings = (
        parts.mandate_endings.end_grants,
        *(parts.sessions.end_all, parts.half_sign_ins.end_all, parts.grants.revoke_by_account),
        *(AssistedRecoveryStore(parts.database).stop, ActivationStore(parts.database).void_of_account),
        CardCorrectionStore(parts.database).stop,
    )
    completion = Completion(
        recoveries, waits, parts.accounts, rows, vault, parts.factors, parts.passkeys, parts.passwords,
        parts.closures, parts.messages, parts.audit, endings,
    )  # fmt: skip
    return Recovering(recoveries, waits, completion)
