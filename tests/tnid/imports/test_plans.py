"""Every statement of an import finds its rows by an index: a list has hundreds of thousands."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Delete, Select, Update, text

from tnid.db import Database
from tnid.stores import import_work, imports

STATEMENTS = {
    f"{name}{place}": one
    for name, found in (vars(imports) | vars(import_work)).items()
    for place, one in enumerate(found.values() if isinstance(found, dict) else [found])
    if isinstance(one, Select | Update | Delete)
}


def test_they_are_found() -> None:
    some = {"_CLAIM0", "_ADVANCE0", "_LIST_OPEN0", "_SETTLE0", "_TWICE1", "_LIST_OUTCOME0", "PURGE_ROWS0"}
    assert some <= set(STATEMENTS)


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_statement_reads_no_table_from_end_to_end(database: Database, name: str) -> None:
    compiled = STATEMENTS[name].compile()
    given: dict[str, Any] = dict.fromkeys(compiled.params, 1)
    with database._engine.connect() as connection:
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"), given)]
    assert plan
    assert not [step for step in plan if step.startswith("SCAN") and "USING" not in step], plan
