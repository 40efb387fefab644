"""Every page of the sandbox."""

from __future__ import annotations

from tnid.sandbox import asked_pages, device_pages, fault_pages, picker, preview_pages

BLUEPRINTS = (
    picker.blueprint,
    device_pages.blueprint,
    asked_pages.blueprint,
    fault_pages.blueprint,
    preview_pages.blueprint,
)
