"""The words of reviews: how far one is, and what happened in a person's own history."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from tnid.stores.reviews import APPROVED, CHANGES_ASKED, REFUSED, SUBMITTED, WITHDRAWN

STATES: dict[str, Any] = {
    SUBMITTED: _("Waits for the reviewers"),
    CHANGES_ASKED: _("Changes are asked for"),
    APPROVED: _("Approved"),
    REFUSED: _("Turned down"),
    WITHDRAWN: _("Taken back"),
}
WORDS: dict[tuple[str, str], Any] = {
    ("application.disclosure", "ok"): _("Changed what an application asks people for"),
    ("review.submit", "ok"): _("Submitted an application for review"),
    ("review.withdraw", "ok"): _("Took an application back from review"),
    ("review.comment", "ok"): _("Commented on an application under review"),
    ("review.agree_first", "ok"): _("Agreed to an application, as the first of two"),
    ("review.approve", "ok"): _("Approved an application"),
    ("review.ask_changes", "ok"): _("Asked for changes of an application"),
    ("review.refuse", "ok"): _("Turned an application down"),
    ("review.decide", "refused"): _("Could not decide on an application"),
    ("application.suspend", "ok"): _("Suspended an application"),
    ("application.resume", "ok"): _("Let an application go on"),
    ("application.end", "ok"): _("Ended an application"),
}
