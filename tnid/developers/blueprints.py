"""Every page of teams and their applications but those of the rooms that have folders of their own."""

from __future__ import annotations

from tnid.developers import (
    again,
    application_acts,
    application_pages,
    disclosure_pages,
    history_pages,
    joining,
    member_pages,
    metadata_pages,
    secret_pages,
    team_pages,
    text_pages,
    token_pages,
    views,
)

BLUEPRINTS = (
    views.blueprint,
    again.blueprint,
    joining.blueprint,
    team_pages.blueprint,
    member_pages.blueprint,
    token_pages.blueprint,
    application_pages.blueprint,
    disclosure_pages.blueprint,
    # Before the settings' pages, which take any name
    history_pages.blueprint,
    secret_pages.blueprint,
    metadata_pages.blueprint,
    application_acts.blueprint,
    text_pages.texts,
    text_pages.logo,
    text_pages.pictures,
)
