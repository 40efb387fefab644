"""How imports are made of the parts above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.imports.service import Lists
from tnid.stores.import_work import ImportWorkStore
from tnid.stores.imports import ImportStore

if TYPE_CHECKING:
    from tnid.imports.engine import Engine
    from tnid.services import Services


def build_lists(parts: Services) -> Lists:
    return Lists(ImportStore(parts.database), parts.sealer, parts.audit, parts.settings.list_most_bytes)


def build_engine(parts: Services) -> Engine:
    """Return what carries imports out: the housekeeper's, or a command's."""
    # Here, for no page needs them
    from tnid.imports.applying import Applying  # noqa: PLC0415  as above
    from tnid.imports.engine import Engine  # noqa: PLC0415  as above
    from tnid.imports.staging import Staging  # noqa: PLC0415  as above
    from tnid.stores.employers import EmployerStore  # noqa: PLC0415  as above

    database, attestations = parts.database, parts.attestations
    store = ImportWorkStore(database)
    most_rows = parts.settings.list_most_rows
    staging = Staging(database, store, parts.sealer, attestations.number_index, most_rows)
    applying = Applying(database, store, parts.sealer, attestations)
    representing = parts.employers.representatives
    return Engine(database, staging, applying, EmployerStore(database), representing, parts.audit)
