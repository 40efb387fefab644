"""A request that waits for its person, judged as a screen's sign-in by QR is (`tnid.qr.approval`)."""

from __future__ import annotations

from typing import NamedTuple

from oidc.decoupled.models import DEVICE_CODE, DecoupledRequest
from oidc.models import Client, EndUser
from tnid import services, web
from tnid.consent.applications import RelyingParty, describe
from tnid.qr.approval import Case
from tnid.qr.proximity import Nearness, is_too_far, names_asked, nearness_at
from tnid.signin.terminals import MARK, Terminal, find_terminal


class Waiting(NamedTuple):
    """A request and who asks."""

    record: DecoupledRequest
    client: Client

    @property
    def app(self) -> RelyingParty:
        return describe(self.client)

    @property
    def is_device(self) -> bool:
        return self.record.grant_type == DEVICE_CODE

    @property
    def terminal(self) -> Terminal | None:
        return find_terminal(self.client, web.current_locale())

    @property
    def browser(self) -> str:
        """Return what stands for the device where its person looks for what they know."""
        return self.terminal.browser if self.terminal else f"{MARK}{self.app.name}"[:255]

    @property
    def least_acr(self) -> str:
        return max(self.record.least_acr, self.client.least_acr)

    def nearness(self, phone_ip: str) -> Nearness:
        return nearness_at(self.terminal, self.record.asked_from, phone_ip)

    def case(self, end_user: EndUser, phone_ip: str, now: int) -> Case:
        """Gather what the obstacles look at. A counter asks from its server, which stands anywhere."""
        parts = services.current()
        is_far = self.is_device and is_too_far(self.nearness(phone_ip), names_asked(self.record.asked))
        return Case(
            end_user,
            now,
            least_acr=self.least_acr,
            least_identity_level=self.client.least_identity_level,
            has_factor=parts.factors.is_enrolled(end_user.account_id),
            fresh_seconds=parts.settings.fresh_sign_in_seconds,
            is_too_far=is_far,
        )
