"""What is attested of somebody's work, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from tnid.accounts.dates import write_date
from tnid.employment.attestations import LIST, OPERATOR, PAGE, SCIM
from tnid.money import write_dong
from tnid.parks import find_park

FIELD_LABELS = {
    "employer": _("Your employer"),
    "park": _("The industrial park where you work"),
    "title": _("Your job"),
    "start_date": _("Since when you work there"),
    "contract_type": _("Kind of employment contract"),
    "income": _("Answers about your income"),
}
FIELD_HINTS = {
    "income": _(
        "The amount itself is never sent to anybody. It answers by yes or no whether you earn so much or"
        " more, and under which income ceiling of social housing you are."
    ),
}
HIDDEN_INCOME = _("The amount is shown once an official has compared your identity card in person")
CONTRACT_TYPES = {
    "indefinite": _("Without an end date"),
    "fixed_term": _("For a fixed term"),
    "probation": _("On probation"),
}
WAYS = {
    LIST: _("by a list of its people"),
    PAGE: _("on its page here"),
    SCIM: _("by its own staff system"),
    OPERATOR: _("through an operator of Thái Nguyên ID"),
}


def _park(park_id: str) -> str:
    park = find_park(park_id)
    return park.name if park is not None else park_id


_WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "park": _park,
    "start_date": write_date,
    "contract_type": lambda name: str(CONTRACT_TYPES.get(name, name)),
    "income": lambda amount: str(
        gettext("%(amount)s a month, on average of twelve months", amount=write_dong(amount))
    ),
}


def write_value(field: str, value: Any) -> str:
    """Return what is attested of a field as people read it."""
    return _WRITTEN.get(field, str)(value)


FIELD_PREFIX = "work/"
"""Before a field's name where it stands among other items that somebody decided about."""


def list_decided(terms: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a decision about work item by item, as a consent's terms hold theirs; [] for any other."""
    decided = [(name, name in terms.get("accepted", ())) for name in FIELD_LABELS]
    known = {*terms.get("accepted", ()), *terms.get("refused", ())}
    return [
        {"name": FIELD_PREFIX + name, "required": False, "shared": is_shared, "version": ""}
        for name, is_shared in decided
        if name in known
    ]
