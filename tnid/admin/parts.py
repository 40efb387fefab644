"""The parts of operators, wired by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tnid.admin.operators import Operators
from tnid.stores.roles import RoleStore

if TYPE_CHECKING:
    from tnid.services import Services


@dataclass(frozen=True, slots=True)
class Admin:
    """What the pages and commands of operators work with."""

    operators: Operators


def build_admin(parts: Services) -> Admin:
    """Wire the operators' parts."""
    store = RoleStore(parts.database)
    return Admin(operators=Operators(store, parts.audit, parts.settings.role_idle_seconds))
