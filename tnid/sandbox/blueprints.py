"""Every page of the sandbox."""

from __future__ import annotations

from tnid.sandbox import fault_pages, picker, preview_pages

BLUEPRINTS = (picker.blueprint, fault_pages.blueprint, preview_pages.blueprint)
