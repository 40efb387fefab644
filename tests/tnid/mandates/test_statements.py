"""What mandates cost those who don't use them: no statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.tnid.conftest import CALLBACK, InProcess, Someone
from tnid.db import Database


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement from now on, by its first word."""
    seen: list[str] = []
    run = Database._run

    def recording(self: Database, sql: str, parameters: Any = ()) -> None:
        seen.append(sql.split(maxsplit=1)[0])
        run(self, sql, parameters)

    monkeypatch.setattr(Database, "_run", recording)
    return seen


@pytest.mark.parametrize("accepts", [False, True])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_silent_sign_on_takes_one_look_and_one_write(
    lan: Someone, new_app: Callable[..., str], browser: InProcess, statements: list[str], accepts: bool
) -> None:
    address = new_app("clinic", accepts_mandates=accepts)
    lan.sign_in(browser, address)
    browser.click("consent_allow")
    browser.open(address)
    statements.clear()
    assert browser.open(address).url.startswith(CALLBACK)
    assert [word for word in statements if word not in ("BEGIN", "COMMIT")] == ["SELECT", "INSERT"]
