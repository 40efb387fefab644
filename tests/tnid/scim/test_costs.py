"""What a request costs: how many statements, each on an index, and nothing for who never comes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.sql import Select

from tests.conftest import Clock
from tests.tnid.employment.work import a_person, attest
from tests.tnid.scim.conftest import CONFIDENTIAL, System, worker
from tnid.db import Database
from tnid.services import Services
from tnid.stores import employer_tokens, scim_users


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that is run, but for those that begin and end a transaction."""
    found: list[str] = []
    really = Database._run

    def noted(self: Database, sql: str, values: Any = ()) -> None:
        if sql.split(maxsplit=1)[0] not in ("BEGIN", "COMMIT"):
            found.append(sql)
        really(self, sql, values)

    monkeypatch.setattr(Database, "_run", noted)
    yield found


def cost(run: list[str], act: Callable[[], Any]) -> int:
    run.clear()
    act()
    return len(run)


def test_a_request_is_few_statements(system: System, run: list[str]) -> None:
    # When the token was used is noted by the first request of a minute
    system.ask("/Users")
    assert cost(run, system.add) <= 8, run
    (made,) = system.ask("/Users")["Resources"]
    path = f"/Users/{made['id']}"
    assert cost(run, lambda: system.ask(path)) == 2, run
    assert cost(run, lambda: system.ask("/Users")) == 3, run
    assert cost(run, lambda: system.find('userName eq "TNG-0001"')) == 3, run
    operation = {"op": "replace", "path": "title", "value": "Tổ trưởng"}
    assert cost(run, lambda: system.patch(made, operation)) <= 8, run
    assert cost(run, lambda: system.send("PUT", path, worker())) <= 9, run
    assert cost(run, lambda: system.ask("/Schemas")) == 1, run
    assert cost(run, lambda: system.send("DELETE", path)) <= 9, run


def test_the_statements_are_the_same_whether_or_not_there_is_an_account(
    system: System, services: Services, clock: Clock, run: list[str]
) -> None:
    a_person(services, clock.now())
    system.ask("/Users")
    run.clear()
    system.add()
    known = list(run)
    run.clear()
    system.add(userName="TNG-0002", **{CONFIDENTIAL: {"personalIdNumber": "019190000123"}})
    assert list(run) == known
    assert not [sql for sql in known if " accounts" in sql]


def selects() -> Iterator[tuple[str, Any]]:
    for module in (scim_users, employer_tokens):
        for name, statement in vars(module).items():
            if name.isupper() and isinstance(statement, Select) and name not in ("_WHOLE",):
                yield f"{module.__name__}.{name}", statement


@pytest.mark.parametrize(("name", "statement"), selects(), ids=[name for name, _ in selects()])
def test_what_is_read_is_found_by_an_index(
    name: str, statement: Any, system: System, services: Services, clock: Clock
) -> None:
    attest(services, system.employer, clock.now())
    database = services.database
    compiled = statement.compile(dialect=database._engine.dialect)
    given = dict.fromkeys(compiled.params, "x") | {"now": 1, "most": 1, "skipped": 0}
    explain = text(f"EXPLAIN {'QUERY PLAN' if database.is_sqlite else ''} {statement.compile()}")
    values = {key: value for key, value in given.items() if key in statement.compile().params}
    values = {**statement.compile().params, **values}
    with database._engine.connect() as connection:
        if not database.is_sqlite:  # it would read so small a table from end to end
            connection.execute(text("BEGIN"))
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = str(connection.execute(explain, values).all())
        if not database.is_sqlite:
            connection.execute(text("ROLLBACK"))
    assert "SCAN" not in plan.upper().replace("INDEX SCAN", "").replace("INDEX ONLY SCAN", "").replace(
        "BITMAP HEAP SCAN", ""
    ), plan


def test_the_models_are_loaded_by_the_first_request_that_a_token_opens() -> None:
    program = (
        "import sys; import tnid.app, tnid.cli.serve, tnid.scim.views, tnid.scim.pages;"
        "print([name for name in ('pydantic', 'scim2_models', 'lark') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_wrong_token_loads_nothing(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("tnid.scim.endpoint")]:
        monkeypatch.delitem(sys.modules, name)
    assert system.send("GET", "/Users", headers={"Authorization": "Bearer x"}).status_code == 401
    assert "tnid.scim.endpoint" not in sys.modules
    assert system.send("GET", "/Users").status_code == 200
    assert "tnid.scim.endpoint" in sys.modules
