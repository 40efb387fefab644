"""A provider of its own with nobody's data, for applications that know no more of it than their page says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.province import Province, browser
from tests.servers.provider import running_provider

__all__ = ["browser", "town"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """A provider without the demonstration: people and applications come with the tests."""
    with running_provider(tmp_path_factory.mktemp("town")) as provider:
        yield Province(provider, {}, {})
