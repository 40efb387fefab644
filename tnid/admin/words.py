"""Words of operators' pages: what they are refused, and what people read of what they did."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

MESSAGES: dict[str, Any] = {
    "reason": _("Say why, in a few words at least."),
    "reason_number": _("Leave identity numbers out: the reason stays in the log for good."),
    "not_fresh": _("Your last sign-in is more than five minutes ago."),
    "own_account": _("This is about your own account: another operator has to do it."),
    "own_employer": _("You act for this organisation yourself: another operator has to decide."),
    "own_request": _("You asked for it yourself: another operator has to decide."),
    "asked_already": _("This has been asked for already, and waits for a second operator."),
    "request_over": _("It was decided already, or nobody agreed in time."),
    "asker_lost_role": _("Whoever asked for it may not do so any more. Nothing was done."),
    "nobody_open": _("There is no account of this name that is open."),
    "has_role": _("They have this role already."),
    "has_no_role": _("They do not have this role."),
    "last_administrator": _("This is the last administrator. Make another one first."),
    "key_not_retired": _("This key signs, or is not there any more. Rotate first."),
    "key_waits": _("New keys are waiting already. Nothing was changed."),
    "switch_needed": _("People need this to get in. Tick the box if it is meant."),
    "switch_stands": _("It is so already: somebody else was faster."),
    "nobody_found": _("Nobody is found by that. Type the whole of it."),
    "is_operator": _("This is an operator's account. Administrators take the role back first."),
    "not_disabled": _("The account is not shut."),
    "is_disabled": _("The account is shut already."),
    "no_session": _("This sign-in is over already."),
    "client_stands": _("It is so already: somebody else was faster."),
    "employer_stands": _("It is so already, or is not approved."),
    "is_official": _(
        "They are an official already. Take that role back first, to move them to another commune."
    ),
    "not_asked": _("It was decided already: somebody else was faster."),
    "tax_code_taken": _("Another organisation was approved under this tax code."),
    "represents_already": _("They represent this organisation already."),
    "no_representative": _("They do not represent this organisation any more."),
    "message_over": _("It was sent, is being sent at this moment, or was given up already."),
    "audit_ip": _("Write an address, or how it begins: 203.0.113."),
    "audit_personal": _(
        "The log holds no numbers or addresses of people. Type the account's id, which their page shows."
    ),
    "audit_time": _("Write a date and a time."),
    "audit_window": _("Choose a time of at most a year that begins before it ends."),
    "export_long": _("A file holds at most 31 days. Choose a shorter time."),
    "export_many": _("There are more than 10,000 events. Choose a shorter time, or more conditions."),
    "export_bulk": _("This is more than one operator may download alone. Say why, and ask a second one."),
    "export_over": _("It can't be downloaded any more: a day has passed. Ask for it again."),
    "no_client": _("There is no such application any more."),
}

# What the log is searched by
CONDITIONS: dict[str, Any] = {
    "event": _("Event"),
    "events": _("Event"),
    "outcome": _("Outcome"),
    "reason": _("Reason"),
    "account": _("Account"),
    "client": _("Application"),
    "ip": _("Network address"),
    "network": _("Network address"),
    "request": _("Request id"),
}

FIELDS: dict[str, Any] = {
    "name": _("Full name"),
    "phone": _("Phone number"),
    "email": _("Email address"),
    "number": _("Identity number"),
}

# What an operator did to an account, as its person reads it
ACTS: dict[str, Any] = {
    "look": _("Looked at the account, with names and numbers masked"),
    "reveal": _("Looked at one entry of the account in full"),
    "disable": _("Shut the account"),
    "enable": _("Opened the account again"),
    "end_sessions": _("Signed the account out"),
    "unlock": _("Forgot wrong tries, so that signing in works again"),
}

# The page of each act: its heading, what to know before, the button, and what is said when it is done
ACT_PAGES: dict[str, tuple[Any, Any, Any, Any]] = {
    "disable": (
        _("Shut this account"),
        _("Nobody signs in to it any more, and applications read nothing. It can be opened again."),
        _("Shut the account"),
        _("The account is shut."),
    ),
    "enable": (
        _("Open this account again"),
        _("Be sure that its person asks for it: hear them at a counter, or call the number that is known."),
        _("Open the account"),
        _("The account is open again."),
    ),
    "end_sessions": (
        _("Sign this account out everywhere"),
        _("The person signs in again. Applications that stay connected are not touched."),
        _("Sign out everywhere"),
        _("Signed out everywhere."),
    ),
    "unlock": (
        _("Forget wrong tries"),
        _("Whoever guessed may guess again. Be sure that it is the person who asks."),
        _("Forget wrong tries"),
        _("Wrong tries are forgotten: the person may try again now."),
    ),
}
