"""Filters and orders (RFC 7644 §3.4.2.2, §3.4.2.3) over what is searched of workers: nothing sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from scim2_models import SearchRequest
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from tnid.scim.errors import ScimError, bad_filter
from tnid.scim.resources import CONFIDENTIAL_SCHEMA, USER_SCHEMA

MOST_CHARACTERS = 1024
MOST_TERMS = 64
_SEARCHED: dict[str, Callable[[Any], Any]] = {
    "id": lambda row: row.id,
    "username": lambda row: row.user_name,
    "externalid": lambda row: row.external_id,
    "active": lambda row: bool(row.is_active),
    "meta.created": lambda row: row.created_at,
    "meta.lastmodified": lambda row: row.modified_at,
}
_TEXT_OPERATORS = frozenset((CompareOperator.co, CompareOperator.sw, CompareOperator.ew))
_ORDERING_OPERATORS = frozenset(
    (CompareOperator.gt, CompareOperator.ge, CompareOperator.lt, CompareOperator.le)
)
_TIMES = ("meta.created", "meta.lastmodified")
_IDENTIFIERS = ("id", "username", "externalid")


class Matcher(FilterVisitor[bool]):
    """Says whether a row fits a filter that `check_filter` let pass."""

    def __init__(self, row: Any) -> None:
        self._row = row

    def visit_comparison(self, node: Comparison) -> bool:
        name = _name_of(node.attr_path)
        return _compares(_SEARCHED[name](self._row), node.op, _operand(name, node.value))

    def visit_present(self, node: Present) -> bool:
        return _SEARCHED[_name_of(node.attr_path)](self._row) is not None

    def visit_not(self, node: Not) -> bool:
        return not self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> bool:
        decide = all if node.op == LogicalOperator.and_ else any
        return decide(self.visit(term) for term in node.terms)


def check_filter(node: FilterNode) -> None:
    """Raise ScimError where a filter asks what can't be searched, or too much."""
    waiting, terms = [node], 0
    while waiting:
        found = waiting.pop()
        terms += 1
        if terms > MOST_TERMS:
            raise bad_filter(f"The filter has more than {MOST_TERMS} parts.")
        if isinstance(found, LogicalExpr):
            waiting += found.terms
        elif isinstance(found, Not):
            waiting.append(found.expr)
        elif isinstance(found, ValuePath):
            raise bad_filter("Nothing that has several values can be searched.")
        elif isinstance(found, (Comparison, Present)):
            _check_term(found)


def _check_term(term: Comparison | Present) -> None:
    path = term.attr_path
    if (path.uri or "").lower() == CONFIDENTIAL_SCHEMA.lower():
        # RFC 7644 §7.5.2: what is confidential has no place in an address
        raise ScimError(400, "What is confidential can't be searched for.", "sensitive")
    name = _name_of(path)
    if name not in _SEARCHED or (path.uri or USER_SCHEMA).lower() != USER_SCHEMA.lower():
        raise bad_filter(
            f"{path} can't be searched. What can: userName, externalId, id, active, meta.created and"
            " meta.lastModified."
        )
    if isinstance(term, Comparison):
        _operand(name, term.value)
        is_of_text = name in _IDENTIFIERS or term.op not in _TEXT_OPERATORS
        if not is_of_text or (name == "active" and term.op in _ORDERING_OPERATORS):
            raise bad_filter(f"{path} can't be compared by {term.op}.")


def _name_of(path: AttrPath) -> str:
    return f"{path.attr}.{path.sub_attr}".lower() if path.sub_attr else path.attr.lower()


def _operand(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _TIMES:
        return _read_moment(value)
    if name == "active":
        # Some systems write True where a boolean is meant
        text = str(value).lower()
        if text not in ("true", "false"):
            raise bad_filter("active is true or false.")
        return text == "true"
    if not isinstance(value, str):
        raise bad_filter(f"{name} is compared to a string.")
    return value


def _read_moment(value: Any) -> float:
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        raise bad_filter("A moment is written as 2026-11-22T08:00:00Z.") from None


def _compares(found: Any, op: CompareOperator, wanted: Any) -> bool:
    if found is None or wanted is None:
        is_equality = op in (CompareOperator.eq, CompareOperator.ne)
        return is_equality and (found is wanted) == (op == CompareOperator.eq)
    return bool(_COMPARISONS[op](found, wanted))


_COMPARISONS: dict[CompareOperator, Callable[[Any, Any], bool]] = {
    CompareOperator.eq: lambda found, wanted: found == wanted,
    CompareOperator.ne: lambda found, wanted: found != wanted,
    CompareOperator.co: lambda found, wanted: wanted in found,
    CompareOperator.sw: lambda found, wanted: found.startswith(wanted),
    CompareOperator.ew: lambda found, wanted: found.endswith(wanted),
    CompareOperator.gt: lambda found, wanted: found > wanted,
    CompareOperator.ge: lambda found, wanted: found >= wanted,
    CompareOperator.lt: lambda found, wanted: found < wanted,
    CompareOperator.le: lambda found, wanted: found <= wanted,
}


def find_identifier(node: FilterNode) -> tuple[str, str] | None:
    """Return the name and value of one identifier that every match must have; None where there is none."""
    terms: Iterable[FilterNode] = (node,)
    if isinstance(node, LogicalExpr) and node.op == LogicalOperator.and_:
        terms = node.terms
    for term in terms:
        if isinstance(term, Comparison) and term.op == CompareOperator.eq and isinstance(term.value, str):
            name = _name_of(term.attr_path)
            if name in _IDENTIFIERS:
                return name, term.value
    return None


def order(rows: list[Any], search: Any) -> list[Any]:
    """Sort rows as asked; those without a value are last, and first where the order descends (§3.4.2.3)."""
    if search.sort_by is None:
        return rows
    name = str(search.sort_by)
    if name.lower().startswith(f"{USER_SCHEMA.lower()}:"):
        name = name[len(USER_SCHEMA) + 1 :]
    read = _SEARCHED.get(name.lower())
    if read is None:
        raise ScimError(400, f"There is no order by {name}.", "invalidPath")
    is_descending = search.sort_order == SearchRequest.SortOrder.descending

    def key(row: Any) -> tuple[bool, Any]:
        value = read(row)
        return value is None, value if value is not None else ""

    return sorted(rows, key=key, reverse=is_descending)
