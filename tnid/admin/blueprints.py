"""Every page of operators that no other feature brings."""

from __future__ import annotations

from tnid.admin import (
    audit_pages,
    clients_pages,
    employers_pages,
    officials_pages,
    operators_pages,
    people_pages,
    requests_pages,
    running_pages,
    switches_pages,
    views,
)

BLUEPRINTS = (
    views.door,
    views.blueprint,
    requests_pages.blueprint,
    people_pages.blueprint,
    clients_pages.blueprint,
    employers_pages.blueprint,
    officials_pages.blueprint,
    operators_pages.blueprint,
    switches_pages.blueprint,
    running_pages.keys,
    running_pages.sessions,
    running_pages.outbox,
    running_pages.settings,
    audit_pages.blueprint,
)
