"""What happened in teams: in the words of a person's own history, and of their team's; what may be a name."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _

# In a person's own history: their account did it
WORDS: dict[tuple[str, str], Any] = {
    ("team.create", "ok"): _("Made a team of developers"),
    ("team.change", "ok"): _("Changed a team of developers"),
    ("team.archive", "ok"): _("Archived a team of developers"),
    ("team.restore", "ok"): _("Took a team of developers out of the archive"),
    ("team.hand_over", "ok"): _("Handed a team of developers over"),
    ("member.invite", "ok"): _("Invited somebody to a team of developers"),
    ("member.uninvite", "ok"): _("Took an invitation to a team of developers back"),
    ("member.accept", "ok"): _("Joined a team of developers"),
    ("member.change", "ok"): _("Changed somebody's role in a team of developers"),
    ("member.remove", "ok"): _("Removed somebody from a team of developers"),
    ("member.leave", "ok"): _("Left a team of developers"),
    ("team_token.make", "ok"): _("Made a token that registers applications"),
    ("team_token.revoke", "ok"): _("Revoked a token that registers applications"),
    ("application.create", "ok"): _("Made an application"),
    ("application.renew", "ok"): _("Made another sandbox client for an application"),
    ("application.texts", "ok"): _("Changed what people read of an application"),
    ("application.registration_token", "ok"): _("Made an application's registration access token anew"),
    ("application.archive", "ok"): _("Archived an application"),
    ("application.restore", "ok"): _("Took an application out of the archive"),
    ("client.change_settings", "ok"): _("Changed the settings of an application"),
    ("client.withdraw_changes", "ok"): _("Withdrew changes of an application that waited for a review"),
    ("client_secret.make", "ok"): _("Made a client secret"),
    ("client_secret.make", "refused"): _("A client secret could not be made"),
    ("client_secret.end", "ok"): _("Ended a client secret"),
    ("client_secret.end", "refused"): _("A client secret could not be ended"),
    ("client_secret.plan_end", "ok"): _("Chose when a client secret ends"),
    ("client_secret.plan_end", "refused"): _("Could not choose when a client secret ends"),
}

# On the team's own page, beside who did it. Another room adds a line for what it records by `Acts.record`
ACTS: dict[str, Any] = {
    "team.create": _("Made the team"),
    "team.change": _("Changed the team's name or organisation"),
    "team.archive": _("Archived the team"),
    "team.abandon": _("The team was archived: nobody was left in it"),
    "team.restore": _("Took the team out of the archive"),
    "team.hand_over": _("Handed the team over to %(person)s"),
    "team.inherit": _("%(person)s owns the team, because its owner deleted their account"),
    "member.invite": _("Invited somebody as: %(role)s"),
    "member.uninvite": _("Took an invitation back"),
    "member.accept": _("Joined the team as: %(role)s"),
    "member.change": _("Gave %(person)s the role: %(role)s"),
    "member.set": _("An operator of the province gave %(person)s the role: %(role)s"),
    "member.remove": _("Removed %(person)s from the team"),
    "member.leave": _("Left the team"),
    "team_token.make": _("Made the token “%(name)s”, which registers applications"),
    "team_token.revoke": _("Revoked the token “%(name)s”"),
    "application.create": _("Made the application"),
    "application.register": _("A program registered the application with the team's token"),
    "application.renew": _("Made another sandbox client"),
    "application.texts": _("Changed what people read of the application"),
    "application.registration_token": _("Made the registration access token anew"),
    "application.api_update": _("A program changed the sandbox client by the registration API"),
    "application.api_delete": _("A program deleted the sandbox client by the registration API"),
    "application.remove": _("A program removed “%(name)s”, which a program had registered"),
    "client.change_settings": _("Changed the settings"),
    "client.withdraw_changes": _("Withdrew changes that waited for a review"),
    "client_secret.make": _("Made a client secret"),
    "client_secret.end": _("Ended a client secret"),
    "client_secret.plan_end": _("Chose when a client secret ends"),
    "application.disclosure": _("Changed what the application asks people for"),
    "application.archive": _("Archived the application"),
    "application.restore": _("Took the application out of the archive"),
    "review.submit": _("Submitted the application for review"),
    "review.withdraw": _("Took the application back from review"),
    "review.approve": _("The province approved the application"),
    "review.ask_changes": _("The province asked for changes"),
    "review.refuse": _("The province turned the application down"),
    "application.suspend": _("The province suspended the application"),
    "application.resume": _("The province let the application go on"),
    "application.end": _("The live application was ended"),
}


def is_line(text: str, most: int) -> bool:
    """Say whether this is one line of words that hides nothing and turns no letters."""
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return 0 < len(text) <= most and not any(unicodedata.category(one) in bad for one in text)
