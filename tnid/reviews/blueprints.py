"""Every page of going live: the team's, the reviewers', and everybody's."""

from __future__ import annotations

from tnid.reviews import life_pages, operator_pages, papers_pages, public_pages, team_pages

BLUEPRINTS = (
    team_pages.blueprint,
    papers_pages.blueprint,
    operator_pages.blueprint,
    life_pages.blueprint,
    public_pages.blueprint,
)
