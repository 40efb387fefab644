"""What happened at organisations, in the words of a person's own history."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

WORDS: dict[tuple[str, str], Any] = {
    ("employer.ask", "ok"): _("Asked to represent an organisation"),
    ("employer.approve", "ok"): _("An organisation was approved that you asked for"),
    ("employer.refuse", "ok"): _("A request for an organisation was turned down"),
    ("employer.domain", "ok"): _("Changed or confirmed an organisation's domain"),
    ("employer.domain", "refused"): _("An organisation's domain could not be confirmed"),
    ("list.begin", "ok"): _("Uploaded a list of workers"),
    ("list.drop", "ok"): _("Removed a list of workers that was broken off"),
    ("list.apply", "ok"): _("A list of workers was taken over"),
    ("list.refuse", "refused"): _("A list of workers could not be taken over"),
    ("employer.confirm", "ok"): _("Confirmed again that somebody works for an organisation"),
    ("employer.end", "ok"): _("Said when somebody leaves an organisation"),
    ("employer.invitation", "ok"): _("Printed an invitation for a worker"),
    ("employer.export", "ok"): _("Exported an organisation's list of workers"),
    ("representative.invite", "ok"): _("Invited somebody to represent an organisation"),
    ("representative.accept", "ok"): _("Became a representative of an organisation"),
    ("representative.change", "ok"): _("The role at an organisation was changed"),
    ("representative.remove", "ok"): _("A role at an organisation, or an invitation to one, ended"),
}
