"""Every page of acting for somebody else."""

from __future__ import annotations

from tnid.mandates import acceptance, family, in_stead, views

BLUEPRINTS = (
    views.blueprint,
    acceptance.blueprint,
    in_stead.blueprint,
    family.blueprint,
    family.screen,
)
