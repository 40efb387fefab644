"""Codes that one person hands another: so many wrong ones a person and a network, and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

from tnid import services
from tnid.accounts.forms import PersonalCodeForm
from tnid.accounts.messages import show_refusal
from tnid.accounts.refusal import Refused
from tnid.signin.limits import PERSONAL_CODE, PERSONAL_CODE_FROM_NETWORK, Bucket, network_of
from tnid.signin.session import get_end_user

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Taken(Generic[Found]):
    """What a code offers, and whether the person has just said yes to it."""

    offer: Found
    typed: str
    is_accepted: bool


def take_offer(
    event: str,
    form: PersonalCodeForm,
    find: Callable[[str, str, int], Found | None],
    accept: Callable[[str, str, int], bool],
    *,
    yes: str = "accept",
) -> Taken[Found] | Refused | None:
    """Take a form's code; None where nothing was sent that could be one.

    `find` and `accept` are given what was typed, the account and the time. The code is taken up where the
    button `decision` said `yes`; a refusal stands in the form.
    """
    if not form.validate_on_submit():
        return None
    typed, account_id, now = form.code.data, get_end_user().account_id, services.now()
    is_accepted = request.form.get("decision") == yes

    def look() -> Found | None:
        found = find(typed, account_id, now)
        is_lost = is_accepted and not accept(typed, account_id, now)
        return None if is_lost else found

    found = try_code(event, account_id, look)
    if isinstance(found, Refused):
        show_refusal(form, found)
        return found
    return Taken(found, typed, is_accepted)


def try_code(event: str, account_id: str, look: Callable[[], Found | None]) -> Found | Refused:
    """Return what `look` finds under a typed code, within the person's and the network's allowance.

    A guess is counted before it is looked at, so that many at once share one allowance; a right one is given
    back.
    """
    parts, now = services.current(), services.now()
    buckets = (
        Bucket(PERSONAL_CODE, account_id),
        Bucket(PERSONAL_CODE_FROM_NETWORK, network_of(request.remote_addr or "")),
    )
    taken = [parts.limits.take(bucket, now) for bucket in buckets]
    if not all(taken):
        return _refuse(event, "too_many_user_codes", account_id, parts.limits.seconds_shut(buckets, now))
    found = look()
    if found is None:
        return _refuse(event, "wrong_personal_code", account_id)
    for bucket in buckets:
        parts.limits.give_back(bucket)
    return found


def _refuse(event: str, reason: str, account_id: str, seconds: int = 0) -> Refused:
    services.current().audit.record(
        event, outcome="refused", reason=reason, account_id=account_id, now=services.now()
    )
    return Refused("code", reason, seconds)
