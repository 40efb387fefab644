"""Where a person can be reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tnid.accounts.contacts import mask_email, mask_phone, write_phone

PHONE, EMAIL = "phone", "email"
CHANNELS = (PHONE, EMAIL)
CLAIM_OF_CHANNEL = {PHONE: "phone_number", EMAIL: "email"}


def find_address(profile: Mapping[str, Any], channel: str) -> str | None:
    """Return where the person is reached by this channel, verified or not."""
    return profile.get(CLAIM_OF_CHANNEL[channel])


def show_address(profile: Mapping[str, Any], channel: str) -> str:
    """Return the address as its owner reads and types it, "" where there is none."""
    address = find_address(profile, channel) or ""
    return write_phone(address) if channel == PHONE and address else address


def is_verified(profile: Mapping[str, Any], channel: str) -> bool:
    return bool(profile.get(f"{CLAIM_OF_CHANNEL[channel]}_verified"))


def channels_to_tell(profile: Mapping[str, Any], sendable: Collection[str]) -> list[str]:
    """Return the channels of a person's announcements: the verified ones, or all there are where none is.

    What nothing can be sent by counts only where there is nothing else.
    """
    there = [channel for channel in CHANNELS if find_address(profile, channel)]
    there = [channel for channel in there if channel in sendable] or there
    return [channel for channel in there if is_verified(profile, channel)] or there


def mask(channel: str, address: str) -> str:
    """Return the address so that its owner knows it and nobody else learns it."""
    return mask_phone(address) if channel == PHONE else mask_email(address)
