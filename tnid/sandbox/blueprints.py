"""Every page of the sandbox."""

from __future__ import annotations

from tnid.sandbox import picker

BLUEPRINTS = (picker.blueprint,)
