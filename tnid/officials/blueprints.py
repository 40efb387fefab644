"""Every page of the counter, of slips, and of what they mean for a person's account."""

from __future__ import annotations

from tnid.officials import (
    activation,
    badges,
    documents,
    guardianship,
    recovering,
    serving,
    slips,
    touched,
    views,
    waiting,
)

BLUEPRINTS = (
    views.door,
    views.counter,
    documents.finding,
    documents.adding,
    serving.blueprint,
    slips.blueprint,
    badges.blueprint,
    guardianship.blueprint,
    recovering.asking,
    recovering.agreeing,
    activation.blueprint,
    touched.blueprint,
    waiting.blueprint,
)
