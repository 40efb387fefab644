"""The pages of an application, as its navigation lists them (templates/layouts/developer.html).

Each room has a blueprint of its own under `/developers/apps/<application_id>/…` and one entry here, in the
order in which a developer needs them: overview, settings, data, try, log, review.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from flask import request, url_for
from flask_babel import lazy_gettext as _


class Section(NamedTuple):
    """An entry: where it leads, and what stands there. It is the current one on every page of the endpoint's
    blueprint, and of the other blueprints that it names; `values` are what the address needs beside the
    application."""

    endpoint: str
    label: Any
    others: tuple[str, ...] = ()
    values: Mapping[str, str] = MappingProxyType({})


class Link(NamedTuple):
    """An entry as the page shows it."""

    url: str
    label: Any
    is_current: bool


SECTIONS: tuple[Section, ...] = (
    Section(
        "applications.show",
        _("Overview"),
        others=("application_acts", "application_texts", "application_logo"),
    ),
    Section(
        "client_settings.index",
        _("Settings"),
        others=("client_secrets", "client_history"),
        values={"env": "sandbox"},
    ),
    Section("disclosure.show", _("Data")),
    Section(
        "sandbox_preview.show", _("Try"), others=("sandbox_faults", "sandbox_asked", "playground", "checker")
    ),
    Section("client_log.index", _("Log")),
    Section("reviews.show", _("Review"), others=("review_papers",)),
)


def list_sections(application_id: str) -> list[Link]:
    """Return the navigation of an application, as seen from the page of this request."""
    return [
        Link(
            _address(one, application_id),
            one.label,
            request.blueprint in (one.endpoint.partition(".")[0], *one.others),
        )
        for one in SECTIONS
    ]


def _address(section: Section, application_id: str) -> str:
    values: dict[str, Any] = {**section.values, "application_id": application_id}
    return url_for(section.endpoint, **values)
