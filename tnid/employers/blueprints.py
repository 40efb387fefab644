"""Every page of organisations but those of lists and of their own systems."""

from __future__ import annotations

from tnid.employers import domain_pages, joining, people_acts, people_pages, representing, views

BLUEPRINTS = (
    views.blueprint,
    joining.blueprint,
    representing.blueprint,
    domain_pages.blueprint,
    people_pages.blueprint,
    people_acts.blueprint,
)
