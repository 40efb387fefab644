"""The words for refusals about what applications ask for, and about their reviews."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

REVIEW_MESSAGES: dict[str, Any] = {
    "not_chosen": _("The application doesn't ask for this any more. Choose the item again first."),
    "disclosure_text": _("Write one line of at most 300 characters, without characters that can't be seen."),
    "disclosure_purpose": _(
        "Say in a sentence what the service does with it: people read it before they agree."
    ),
    "disclosure_law": _("Name the law and its article."),
    "disclosure_kept": _("Say in Vietnamese how long it is kept."),
    "disclosure_reason": _("Give a reason. The reviewer can't allow it without one."),
    "review_not_ready": _(
        "Something is still missing. What it is stands below, each with the page to mend it."
    ),
    "review_settings": _("The client's settings can't be registered as they are. Look through them first."),
    "review_sign": _("Tick that you stand for what is submitted."),
    "review_responsible": _("Name who is responsible, and in what position."),
    "review_contacts": _("Give up to five e-mail addresses, with commas between them."),
    "review_open_already": _("It was submitted already. Wait for the answer, or take it back first."),
    "review_unchanged": _("Nothing differs from what is live now. Change something first, then submit it."),
    "review_outdated": _("The team has submitted it anew since this page was opened. Look at what is new."),
    "review_decided": _("It was decided, or taken back, in the meantime."),
    "review_own_team": _("You belong to the team that asks. Somebody else has to decide."),
    "review_second_eyes": _("You agreed first. A second reviewer has to agree, too."),
    "review_say_why": _("Say why: the team reads it, and mends what can be mended."),
    "review_text": _("Write at most 1000 characters."),
    "review_metadata": _("The client can't be registered like this. Ask for changes."),
    "review_end_sure": _("Tick that you are sure: it can't be taken back."),
    "application_not_live": _("The application has no live client that could be stopped."),
    "application_suspended": _("It was suspended. Let it go on by the page “The application's life”."),
    "application_suspended_already": _("It is suspended already."),
    "application_not_suspended": _("It is not suspended."),
    "application_archived": _(
        "It lies in its team's archive. The team takes it out first; then it can be let go on."
    ),
    "application_ended": _("It was ended, and stays so. Make a new application."),
    "adopt_no_client": _("There is no such client, or it is a sandbox client."),
    "adopt_taken": _("This client belongs to an application already."),
    "adopt_no_team": _("There is no such team."),
}
