"""Chromium's own virtual authenticator (CDP WebAuthn): a phone's lock or a security key without a finger."""

from __future__ import annotations

from typing import Any

from tests.flows.chromium import Window

PLATFORM: dict[str, Any] = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
    "defaultBackupEligibility": True,
    "defaultBackupState": True,
}
SECURITY_KEY = {
    **PLATFORM,
    "transport": "usb",
    "defaultBackupEligibility": False,
    "defaultBackupState": False,
}
WITHOUT_VERIFICATION = {**PLATFORM, "hasUserVerification": False, "isUserVerified": False}


class VirtualAuthenticator:
    """One authenticator at a window; what it holds can be looked at, and taken to another window."""

    def __init__(self, window: Window, options: dict[str, Any] = PLATFORM) -> None:
        self._session = window.page.context.new_cdp_session(window.page)
        self._session.send("WebAuthn.enable")
        added = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = added["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        answer = self._session.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        found: list[dict[str, Any]] = answer["credentials"]
        return found

    def take(self, other: VirtualAuthenticator) -> None:
        """Take another's passkeys over, as a synced account does."""
        for credential in other.credentials():
            self.add(credential)

    def add(self, credential: dict[str, Any]) -> None:
        self._session.send("WebAuthn.addCredential", {"authenticatorId": self._id, "credential": credential})

    def set_verified(self, is_verified: bool) -> None:
        """Let the finger be right from now on, or wrong."""
        self._session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": is_verified}
        )

    def set_present(self, is_present: bool) -> None:
        self._session.send(
            "WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": self._id, "enabled": is_present}
        )
