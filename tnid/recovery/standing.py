"""What an account has that may lead back into it, and where its person can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tnid.messages.contacts import CHANNELS, find_address, is_verified

SELF_DECLARED = 0


class Standing(NamedTuple):
    """What there is to show, whoever has it now. `can_be_warned`: some message would reach somebody."""

    identity_level: int
    has_app: bool
    has_passkey: bool
    has_recovery_codes: bool
    can_be_warned: bool

    @property
    def has_factor(self) -> bool:
        return self.has_app or self.has_passkey or self.has_recovery_codes


def channels_of_codes(profile: Mapping[str, Any], identity_level: int) -> list[str]:
    """Return where a code may be sent: to verified contacts.

    To one that was never verified only where nothing of the account was: then whoever registered gave it for
    this, and neither it nor anything else is worth more.
    """
    there = [channel for channel in CHANNELS if find_address(profile, channel)]
    verified = [channel for channel in there if is_verified(profile, channel)]
    return there if not verified and identity_level == SELF_DECLARED else verified


def can_be_warned(profile: Mapping[str, Any]) -> bool:
    return any(find_address(profile, channel) for channel in CHANNELS)
