"""A family: grandmother Bảy with an authenticator app, her grandchild An, and a clinic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oidc.clients.registration import new_client
from oidc.models import Client
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, Someone
from tnid.mandates.service import DAY_SECONDS, Offer, Offered
from tnid.services import Services


@pytest.fixture
def bay(new_person: Callable[..., Someone]) -> Someone:
    return new_person("bay", totp=True, claims={"name": "Hoàng Thị Bảy", "phone_number": "0912000104"})


@pytest.fixture
def an(new_person: Callable[..., Someone]) -> Someone:
    return new_person("an", claims={"name": "Lê Bình An", "phone_number": "0912000105"})


@pytest.fixture
def new_clinic(services: Services, clock: Clock) -> Callable[..., Client]:
    def new(**document: Any) -> Client:
        asked = {
            "client_name": "Hồ sơ sức khỏe",
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "none",
            "organisation": "Sở Y tế",
            "scope": "openid profile phone",
            "accepts_mandates": True,
            **document,
        }
        made, _ = new_client(asked, clock.now(), by_operator=True)
        services.clients.add(made)
        return made

    return new


@pytest.fixture
def clinic(new_clinic: Callable[..., Client]) -> Client:
    return new_clinic()


@pytest.fixture
def offer(services: Services, clock: Clock, bay: Someone, clinic: Client) -> Callable[..., Offered]:
    """Offers a mandate of Bảy's for the clinic."""

    def make(*scopes: str, days: int = 30, to: str = "", principal: Someone = bay) -> Offered:
        asked = Offer({clinic.client_id: scopes}, clock.now() + days * DAY_SECONDS, to)
        with services.database.unit():
            made = services.mandates.offer(principal.id, asked, clock.now())
        assert isinstance(made, Offered), made
        return made

    return make


@pytest.fixture
def mandate_id(offer: Callable[..., Offered], services: Services, clock: Clock, an: Someone) -> str:
    """A mandate by which An may act for Bảy at the clinic, with the profile."""
    made = offer("profile")
    with services.database.unit():
        assert services.mandates.accept_code(made.code or "", an.id, clock.now())
    return made.mandate_id
