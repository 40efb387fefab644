"""What happened in teams, in the words of a person's own history; and what may be typed as a name."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _

WORDS: dict[tuple[str, str], Any] = {
    ("team.create", "ok"): _("Made a team of developers"),
    ("application.create", "ok"): _("Made an application"),
    ("client.change_settings", "ok"): _("Changed the settings of an application"),
    ("client.withdraw_changes", "ok"): _("Withdrew changes of an application that waited for a review"),
    ("client_secret.make", "ok"): _("Made a client secret"),
    ("client_secret.make", "refused"): _("A client secret could not be made"),
    ("client_secret.end", "ok"): _("Ended a client secret"),
    ("client_secret.end", "refused"): _("A client secret could not be ended"),
    ("client_secret.plan_end", "ok"): _("Chose when a client secret ends"),
    ("client_secret.plan_end", "refused"): _("Could not choose when a client secret ends"),
}


def is_line(text: str, most: int) -> bool:
    """Say whether this is one line of words that hides nothing and turns no letters."""
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return 0 < len(text) <= most and not any(unicodedata.category(one) in bad for one in text)
