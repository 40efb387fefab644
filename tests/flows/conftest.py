from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium

from tests.flows.chromium import running_chromium
from tests.flows.listings import landlord, listings, poster, work
from tests.province import browser, province

__all__ = ["browser", "chromium", "landlord", "listings", "poster", "province", "work"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A Chromium for all tests of this process: each has windows of its own, which share nothing."""
    with running_chromium() as running:
        yield running


@pytest.fixture(scope="session")
def whole_chromium() -> Iterator[Chromium]:
    """The same of the whole browser: for the main journey, for authenticators, and for what is printed."""
    with running_chromium(whole=True) as running:
        yield running
