"""What is new in a document, against what is live or was submitted before: line by line, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from tnid.developers.disclosure_forms import name_of_item
from tnid.developers.disclosure_words import BASES
from tnid.reviews.document import wishes_of

LABELS: Mapping[str, Any] = {
    "organisation": _("Organisation"),
    "least_acr": _("Least acr"),
    "least_identity_level": _("Least identity level"),
    "accepts_mandates": _("Helpers may sign in"),
    "offline": _("Stays connected"),
}


class Difference(NamedTuple):
    """One line that differs; "" for what wasn't or isn't there."""

    label: str
    before: str
    after: str


def lines_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Return a document as lines, by what each is called."""
    lines = {str(label): _text(document.get(name)) for name, label in LABELS.items()}
    for name, value in sorted(document["metadata"].items()):
        lines[name] = _text(value)
    for uri, scopes in sorted(document["resources"].items()):
        lines[uri] = " ".join(scopes)
    for name, reason in sorted(document["reasons"].items()):
        lines[gettext("Reason: %(what)s", what=name)] = reason
    for locale, text in sorted(dict(document["texts"].get("purpose", {})).items()):
        lines[gettext("Purpose of the application (%(language)s)", language=locale)] = str(text)
    for locale, text in sorted(dict(document["texts"].get("organisation", {})).items()):
        lines[gettext("Organisation as people read it (%(language)s)", language=locale)] = str(text)
    for name, wish in wishes_of(document).items():
        lines |= _lines_of_item(name_of_item(name), wish)
    return {label: text for label, text in lines.items() if text}


def _lines_of_item(what: str, wish: Any) -> dict[str, str]:
    return {
        **{f"{what} – {gettext('Used for')} ({key})": text for key, text in wish.purpose.items()},
        f"{what} – {gettext('Kept for')}": wish.kept_texts.get("vi", ""),
        f"{what} – {gettext('Legal ground')}": f"{BASES.get(wish.basis, '')} {wish.law}".strip(),
        f"{what} – {gettext('Required')}": gettext("Required") if wish.required else gettext("Optional"),
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    return "" if value is None else str(value)


def list_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the lines that differ."""
    old, new = lines_of(before), lines_of(after)
    labels = [*new, *(label for label in old if label not in new)]
    return [
        Difference(label, old.get(label, ""), new.get(label, ""))
        for label in labels
        if old.get(label) != new.get(label)
    ]
