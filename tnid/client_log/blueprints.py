"""The pages of the applications' logs."""

from __future__ import annotations

from tnid.client_log import error_pages, pages

BLUEPRINTS = (pages.blueprint, error_pages.blueprint)
