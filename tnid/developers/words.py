"""What happened in teams, in the words of a person's own history; and what may be typed as a name."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _

WORDS: dict[tuple[str, str], Any] = {
    ("team.create", "ok"): _("Made a team of developers"),
    ("application.create", "ok"): _("Made an application"),
}


def is_line(text: str, most: int) -> bool:
    """Say whether this is one line of words that hides nothing and turns no letters."""
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return 0 < len(text) <= most and not any(unicodedata.category(one) in bad for one in text)
