"""The pages of lists."""

from __future__ import annotations

from tnid.imports import pieces, views

BLUEPRINTS = (views.blueprint, pieces.blueprint)
