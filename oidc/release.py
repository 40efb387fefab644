"""What of a grant's claims an application is told, at UserInfo and in an ID token: by the same rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from oidc.attested import ATTESTED, NOTHING, PERSONAL, USERINFO_ALONE, Vouched, is_of_work
from oidc.claims import YES_NO_SCOPES, names_of_scopes, select
from oidc.consent import is_agreed
from oidc.interfaces import Subjects
from oidc.models import LOA2, Client, Grant, acr_at_least
from oidc.verified_claims import EVIDENCE, MEMBER, asked_of, names_of, select_verified, without
from oidc.yes_no import base_of, yes_no_names

_EVIDENCE = f"{MEMBER}/{EVIDENCE}"
USERINFO = "userinfo"


class Part(NamedTuple):
    """What one answer covers: the claims of `scopes`, those asked for by name, and the verified ones.

    `place` is the member of the claims parameter that it belongs to: "userinfo" or "id_token".
    """

    place: str
    scopes: Sequence[str]
    names: Sequence[str]
    has_verified: bool = True


def release(
    grant: Grant, client: Client, part: Part, profile: Mapping[str, Any], subjects: Subjects, now: int
) -> dict[str, Any]:
    """Return the claims of the part as they are now, without those that the person keeps to themselves, and
    those that were not agreed with the client's team.

    What nobody asked for is not looked up.
    """
    wanted = names_of_scopes(part.scopes).union(part.names) - grant.withheld_names
    if client.agreed_only:
        wanted = frozenset(name for name in wanted if is_agreed(name, client))
    if not PERSONAL.isdisjoint(wanted):
        wanted -= _kept_back(grant, client, part)
    asks = not YES_NO_SCOPES.isdisjoint(part.scopes) or yes_no_names(part.names)
    questions = yes_no_names(wanted) if asks else []
    verified = _verified(grant, client, part)
    vouched = _vouched(grant, part, wanted, verified, subjects, now)
    released = select({**profile, **vouched.claims} if vouched.claims else profile, (), wanted)
    if questions:
        found = subjects.answers(grant.account_id, grant.client_id, questions, vouched, now)
        released |= {base_of(name): answer for name, answer in found.items()}
    if verified is not None:
        given = select_verified(verified, _records(grant, verified, vouched, subjects), now)
        released |= {} if given is None else {MEMBER: given}
    return released


def _kept_back(grant: Grant, client: Client, part: Part) -> frozenset[str]:
    """Return what is not for whoever signed in, not for this place, or not after this sign-in.

    What is signed and lies open could be shown around for years, as our word.
    """
    if grant.actor_id is not None:
        return PERSONAL
    is_strong = acr_at_least(grant.acr, LOA2)
    is_fitting = part.place == USERINFO and is_strong and not is_signed_openly(client.metadata)
    return frozenset() if is_fitting else USERINFO_ALONE


def is_signed_openly(metadata: Mapping[str, Any]) -> bool:
    """Say whether a client of this metadata gets UserInfo signed and not encrypted."""
    signed, sealed = (f"{USERINFO}_{how}_response_alg" in metadata for how in ("signed", "encrypted"))
    return signed and not sealed


def _verified(grant: Grant, client: Client, part: Part) -> Any:
    """Return the checked request for verified claims, as far as it may be answered; None for nothing."""
    asked = asked_of(grant, part.place) if part.has_verified else None
    if asked is None or not client.agreed_only:
        return asked
    outside = frozenset(name for name in names_of(asked) if not is_agreed(name, client))
    return without(asked, outside) if outside else asked


def _vouched(
    grant: Grant, part: Part, wanted: frozenset[str], verified: Any, subjects: Subjects, now: int
) -> Vouched:
    """Look once at what is vouched for, and only for what is asked of it."""
    if verified is None and not part.names and ATTESTED.isdisjoint(wanted):
        return NOTHING
    named = wanted.intersection(part.names) if verified is None else wanted | names_of(verified)
    asked = (wanted & ATTESTED).union(name for name in named if is_of_work(name))
    return subjects.vouched(grant.account_id, grant.client_id, asked, now) if asked else NOTHING


def _records(
    grant: Grant, verified: Any, vouched: Vouched, subjects: Subjects
) -> Sequence[Mapping[str, Any]]:
    """Return what the verified claims are chosen from: what was compared, then what an employer says."""
    is_all_of_work = all(is_of_work(name) for name in names_of(verified) - {_EVIDENCE})
    compared = () if is_all_of_work else subjects.verified_claims(grant.account_id)
    return [*compared, *([vouched.record] if vouched.record is not None else ())]
