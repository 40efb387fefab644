"""TNG and those who act for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tnid.conftest import Someone
from tests.tnid.employers.conftest import TNG, at_desk, dung, enter, hung, thuy
from tnid.employers.roles import CLERK, READER
from tnid.stores.employers import MANAGER

__all__ = ["at_desk", "dung", "enter", "hung", "thuy"]


@pytest.fixture
def tng(enter: Callable[..., str], thuy: Someone, hung: Someone, dung: Someone) -> str:
    """TNG with its manager Thúy, its clerk Hùng, and Dũng, who only looks."""
    return enter(TNG, thuy=MANAGER, hung=CLERK, dung=READER)
