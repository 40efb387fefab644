"""Every page of the sandbox."""

from __future__ import annotations

from tnid.sandbox import fault_pages, picker

BLUEPRINTS = (picker.blueprint, fault_pages.blueprint)
