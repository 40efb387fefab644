"""Everything that is wrong about a client's metadata at once, for people who fill in a form.

The one validator stops at the first fault. Here it is asked again without what was at fault, check by check,
so that no second set of rules can differ from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oidc.clients.profile import check_profile, with_defaults
from oidc.clients.registration import (
    METADATA_CHECKS,
    Metadata,
    read_members,
    validate_metadata,
)
from oidc.errors import BadMetadata

MOST_FAULTS = 100
# What is always there: taken away, it would be there with its default, and others would not fit that
DEFAULTED = frozenset(
    {
        *("grant_types", "response_types", "token_endpoint_auth_method", "application_type", "subject_type"),
        "id_token_signed_response_alg",
    }
)
MISSED = frozenset({"needs_keys", "needs_certificate", "needs_subject", "none"})


def find_faults(
    document: Mapping[str, Any], profile: str = "default", *, may_be_public: bool = False
) -> list[BadMetadata]:
    """Return what is wrong, in the validator's order, nothing where it would take the document.

    Of a member that is at fault, what others say of it is left out: it is to be mended first.
    """
    try:
        validate_metadata(document, profile, may_be_public=may_be_public)
    except BadMetadata as first:
        found = _find(document, profile)
        return found or [first]
    return []


def _find(document: Mapping[str, Any], profile: str) -> list[BadMetadata]:
    faults: list[BadMetadata] = []
    metadata = _read(dict(with_defaults(document, profile)), faults)
    for check in (*METADATA_CHECKS, lambda found: check_profile(found, profile)):
        _look(check, metadata, faults)
    return faults


def _look(check: Any, metadata: Metadata, faults: list[BadMetadata]) -> None:
    """Add what one check finds, asking it again without each thing that it found.

    An address that is at fault is gone for the checks after this one, too; a member is not, so that nothing
    is missed there because of it.
    """
    rest, is_less = dict(metadata), False
    while (fault := _try(check, rest)) is not None:
        is_new = not (is_less and fault.reason in MISSED) and _add(faults, fault)
        if isinstance(rest.get(fault.member), list) and fault.value in rest[fault.member]:
            rest[fault.member] = metadata[fault.member] = _without_last(rest[fault.member], fault.value)
        elif is_new and fault.member in rest and fault.member not in DEFAULTED:
            is_less = True
            del rest[fault.member]
        else:
            break
    metadata.update({name: value for name, value in rest.items() if name not in metadata})


def _read(document: dict[str, Any], faults: list[BadMetadata]) -> Metadata:
    """Return the members of the right type; add the others to what is wrong."""
    while True:
        try:
            return read_members(document)
        except BadMetadata as fault:
            faults.append(fault)
            del document[fault.member]


def _try(check: Any, metadata: Metadata) -> BadMetadata | None:
    try:
        check(metadata)
    except BadMetadata as fault:
        return fault
    except (LookupError, TypeError, ValueError, AttributeError):
        # It builds on what is at fault already; the validator stops before
        return None
    return None


def _add(faults: list[BadMetadata], fault: BadMetadata) -> bool:
    """Add a fault unless its member, or this very value of it, is named already; say whether it was added."""
    same = [one for one in faults if one.member == fault.member]
    is_new = not same or (bool(fault.value) and all(one.value not in ("", fault.value) for one in same))
    if is_new and len(faults) < MOST_FAULTS:
        faults.append(fault)
    return is_new


def _without_last(given: list[str], value: str) -> list[str]:
    """Return the list without the last place of a value: where it stood twice, it stands there once."""
    place = len(given) - 1 - given[::-1].index(value)
    return given[:place] + given[place + 1 :]
