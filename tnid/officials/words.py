"""What a card's own text makes an official look at again, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

WARNINGS: dict[str, Any] = {
    "unknown_prefix": _("The first three digits of the number are no province that is known here."),
    "birth_year_differs": _("The number speaks of another year of birth than the card."),
    "sex_differs": _("The number speaks of another sex than the card."),
}
