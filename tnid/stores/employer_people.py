"""An organisation's people, page by page: what its representatives look through.

Whoever linked an employment told the organisation so by doing it. Whether somebody declined one, or has an
account at all, is in none of these statements.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from tnid.db import Database
from tnid.stores.employments import IS_CURRENT, employments

ALL, LINKED, WAITING, DUE, LEAVING = "all", "linked", "waiting", "due", "leaving"

_ROW = employments.c
_OF_EMPLOYER = (_ROW.employer_id == bindparam("of_employer"), IS_CURRENT)
_CONDITIONS: dict[str, tuple[ColumnElement[bool], ...]] = {
    ALL: (),
    LINKED: (_ROW.account_id.is_not(None),),
    WAITING: (_ROW.account_id.is_(None),),
    DUE: (_ROW.valid_until <= bindparam("due_before"),),
    LEAVING: (_ROW.ends_at.is_not(None),),
}
STATES = tuple(_CONDITIONS)
_LIST = {
    state: select(employments)
    .where(*_OF_EMPLOYER, *conditions)
    .order_by(_ROW.staff_code, _ROW.id)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
    for state, conditions in _CONDITIONS.items()
}
_COUNT = {
    state: select(func.count().label("people")).where(*_OF_EMPLOYER, *conditions)
    for state, conditions in _CONDITIONS.items()
}


class EmployerPeopleStore:
    """Reads an organisation's people by the order of its own staff codes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_page(
        self, employer_id: str, state: str, due_before: int, *, skipped: int, most: int
    ) -> list[Any]:
        """Return up to `most` rows of one of STATES, after the first `skipped`."""
        given = {"of_employer": employer_id, "skipped": skipped, "most": most, **_due(state, due_before)}
        return self._database.fetch_all(_LIST[state], **given)

    def count(self, employer_id: str, state: str, due_before: int) -> int:
        given = {"of_employer": employer_id, **_due(state, due_before)}
        return int(self._database.fetch_one(_COUNT[state], **given).people)


def _due(state: str, due_before: int) -> dict[str, int]:
    return {"due_before": due_before} if state == DUE else {}
