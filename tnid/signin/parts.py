"""The parts of signing in, wired from the program's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.signin.challenges import Challenges
from tnid.signin.half_sign_ins import HalfSignIns
from tnid.signin.passkeys import Passkeys
from tnid.signin.sessions import Sessions
from tnid.signout.endings import SessionEndings
from tnid.stores.passkeys import PasskeyStore
from tnid.stores.replay import ReplayStore
from tnid.stores.sessions import SessionStore
from tnid.stores.sign_ins import SignInStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_passkeys(parts: Services) -> Passkeys:
    sealer, store = parts.sealer, PasskeyStore(parts.database)
    challenges = Challenges(ReplayStore(parts.database), sealer.derive("passkeys.challenge"))
    return Passkeys(store, challenges, sealer.derive("passkeys.user_handle"), parts.settings.issuer)


def build_sessions(parts: Services) -> Sessions:
    store = SessionStore(parts.database, parts.settings.session_idle_seconds)
    endings = SessionEndings(parts.grants, parts.clients, parts.outbox)
    return Sessions(store, parts.settings.session_lifetime_seconds, endings.follow)


def build_half_sign_ins(parts: Services) -> HalfSignIns:
    return HalfSignIns(SignInStore(parts.database), parts.settings.sign_in_lifetime_seconds)
