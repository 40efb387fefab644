"""The second factor: who is asked for one, how many tries they have, and what a right one gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from oidc.models import EndUser, Interaction
from tnid import services
from tnid.accounts.refusal import Refused
from tnid.signin import session
from tnid.signin.assurance import (
    LOA2,
    PASSWORD,
    Assurance,
    is_by_card,
    key_methods,
    with_second_factor,
)
from tnid.signin.half_sign_ins import TRIES
from tnid.signin.limits import RECOVERY_CODE, SECOND_FACTOR, SECOND_FACTOR_IN_SESSION, Bucket, Limit

TOTP, RECOVERY, PASSKEY = "sign_in.totp", "sign_in.recovery_code", "sign_in.passkey"


class Method(NamedTuple):
    """One way of proving a second factor. `limit` is None for what nobody can guess.

    `verify` takes the account's id, what was sent and the time, and returns the methods that it proves.
    """

    event: str
    limit: Limit | None
    verify: Callable[[str, str, int], tuple[str, ...] | Refused]


class Candidate(NamedTuple):
    """Who may prove a second factor here: somebody half signed in, or a session that is to rise."""

    account_id: str
    half_id: str | None
    end_user: EndUser | None

    def with_factor(self, *methods: str) -> Assurance:
        """What these methods prove beside what was proved before: the password, in half a sign-in."""
        return with_second_factor(self.end_user.amr if self.end_user else PASSWORD.amr, *methods)


def totp() -> Method:
    return Method(TOTP, SECOND_FACTOR, _of_code(services.current().factors.verify_totp, "otp"))


def recovery_code() -> Method:
    consume = services.current().factors.consume_recovery_code
    return Method(RECOVERY, RECOVERY_CODE, _of_code(consume, "rc"))


def passkey(context: str) -> Method:
    """`context` is what the challenge was made for."""

    def verify(account_id: str, sent: str, now: int) -> tuple[str, ...] | Refused:
        used = services.current().passkeys.use(sent, context, now, account_id=account_id)
        return used if isinstance(used, Refused) else key_methods(used.may_sync)

    return Method(PASSKEY, None, verify)


def _of_code(
    is_right: Callable[[str, str, int], bool], name: str
) -> Callable[[str, str, int], tuple[str, ...] | Refused]:
    def verify(account_id: str, code: str, now: int) -> tuple[str, ...] | Refused:
        return (name,) if is_right(account_id, code, now) else Refused("code", "wrong_code")

    return verify


def find_candidate() -> Candidate | None:
    """Return who sits here and still owes a second factor, or None.

    Nobody who came by a printed card: that is not half of anything.
    """
    half = session.find_half_sign_in()
    if half is not None:
        return Candidate(half.account_id, half.id_hash, None)
    end_user = session.find_end_user()
    if end_user is None or end_user.acr == LOA2 or is_by_card(end_user.amr):
        return None
    return Candidate(end_user.account_id, None, end_user)


def prove(candidate: Candidate, method: Method, sent: str) -> Assurance | Refused:
    """Count a try, then look at what was sent; return what a right one proves.

    The count is one statement before the look, so that parallel guesses share one allowance. The last wrong
    try ends the half sign-in: the password is asked for again.
    """
    parts, now = services.current(), services.now()
    tries = _count_try(candidate)
    by_account = Bucket(method.limit, candidate.account_id) if method.limit else None
    if tries is None:
        return _refuse(candidate, method, "too_many_here")
    if by_account and not parts.limits.take(by_account, now):
        return _refuse(candidate, method, "too_many")
    proved = method.verify(candidate.account_id, sent, now)
    if isinstance(proved, Refused):
        return _refuse(candidate, method, "too_many_here" if tries >= TRIES else proved.reason)
    if by_account:
        parts.limits.forget(by_account)
    return candidate.with_factor(*proved)


def complete(candidate: Candidate, assurance: Assurance, interaction: Interaction | None) -> bool:
    """Sign the candidate in with both factors; False where the session to be raised has ended."""
    if candidate.end_user is not None:
        return _step_up(candidate.end_user, assurance)
    sid = session.begin_session(candidate.account_id, assurance)
    if interaction is not None:
        services.current().interactions.mark_authenticated(interaction.uid, sid, services.now())
    return True


def _step_up(end_user: EndUser, assurance: Assurance) -> bool:
    if not session.change_trust(assurance):
        return False
    session.stop_recovery(end_user.account_id, assurance)
    services.current().audit.record(
        "sign_in.step_up",
        account_id=end_user.account_id,
        now=services.now(),
        details={"acr": assurance.acr, "amr": list(assurance.amr)},
    )
    return True


def _count_try(candidate: Candidate) -> int | None:
    parts = services.current()
    if candidate.half_id is not None:
        return parts.half_sign_ins.count_try(candidate.half_id)
    sid = candidate.end_user.sid if candidate.end_user else ""
    return 1 if parts.limits.take(Bucket(SECOND_FACTOR_IN_SESSION, sid), services.now()) else None


def _refuse(candidate: Candidate, method: Method, reason: str) -> Refused:
    services.current().audit.record(
        method.event, outcome="refused", reason=reason, account_id=candidate.account_id, now=services.now()
    )
    if reason == "too_many_here":
        session.end_half_sign_in()
    return Refused("code", reason)
