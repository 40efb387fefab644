"""Every page of teams and their applications but those of the rooms that have folders of their own."""

from __future__ import annotations

from tnid.developers import application_pages, disclosure_pages, joining, member_pages, team_pages, views

BLUEPRINTS = (
    views.blueprint,
    joining.blueprint,
    team_pages.blueprint,
    member_pages.blueprint,
    application_pages.blueprint,
    disclosure_pages.blueprint,
)
