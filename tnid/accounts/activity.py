"""The audit log in a person's words: what happened to the account, when, from where."""

from __future__ import annotations

from typing import Any

import orjson
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from tnid import services, web
from tnid.accounts.browsers import describe_browser
from tnid.accounts.methods import describe_methods
from tnid.admin.words import ACTS as OPERATOR_ACTS
from tnid.developers.words import WORDS as DEVELOPER_WORDS
from tnid.employers.words import WORDS as EMPLOYER_WORDS
from tnid.officials.acts import WORDS as COUNTER_WORDS
from tnid.officials.acts import name_of
from tnid.reviews.words import WORDS as REVIEW_WORDS

# What these two leave in the log has a row of its own: `account.disable`, `account.enable`
ENDED = ("disable", "enable")
TEXTS: dict[tuple[str, str], Any] = {
    ("account.create", "ok"): _("The account was created"),
    ("account.change_profile", "ok"): _("Personal information was changed"),
    ("account.verify_contact", "ok"): _("A phone number or email was verified"),
    ("account.verify_contact", "refused"): _("A wrong code for a phone number or email was tried"),
    ("message_code.send", "ok"): _("A code was sent"),
    ("account.change_password", "ok"): _("The password was changed"),
    ("account.change_password", "refused"): _("Somebody tried to change the password"),
    ("account.raise_identity_level", "ok"): _("The identity was confirmed"),
    ("account.raise_identity_level", "refused"): _("The identity could not be confirmed"),
    ("account.change_number", "ok"): _("The number of the identity document was changed"),
    ("account.disable", "ok"): _("The account was shut"),
    ("account.enable", "ok"): _("The account was opened again"),
    ("account.shut", "ok"): _("The owner shut the account"),
    ("account.export", "ok"): _("A copy of all data was taken"),
    ("account.ask_deletion", "ok"): _("The deletion of the account was asked for"),
    ("account.cancel_deletion", "ok"): _("The deletion of the account was cancelled"),
    ("request.make", "ok"): _("A request under the law was made"),
    ("request.acknowledge", "ok"): _("A request under the law was acknowledged"),
    ("request.answer", "ok"): _("A request under the law was answered"),
    ("alert.accept", "ok"): _("A sign-in from a new device was confirmed"),
    ("account.reopen", "ok"): _("The account was opened again after recovery"),
    ("sign_in.complete", "ok"): _("Signed in"),
    ("sign_in.step_up", "ok"): _("Signed in with a second factor"),
    ("sign_in.password", "refused"): _("A wrong password was tried"),
    ("sign_in.totp", "refused"): _("A wrong authentication code was tried"),
    ("sign_in.recovery_code", "refused"): _("A wrong recovery code was tried"),
    ("sign_in.passkey", "refused"): _("A passkey was not accepted"),
    ("sign_in.card", "refused"): _("A wrong PIN of the sign-in card was tried"),
    ("badge.present", "refused"): _("A sign-in card that is over was tried"),
    ("badge.activate", "refused"): _("A wrong code of the sign-in card's slip was tried"),
    ("badge.set_pin", "ok"): _("The PIN of the sign-in card was chosen"),
    ("badge.revoke", "ok"): _("The sign-in card was revoked"),
    ("employer_token.make", "ok"): _("A key was made for an organisation's personnel system"),
    ("employer_token.revoke", "ok"): _("A key of an organisation's personnel system was revoked"),
    ("employment_card.issue", "ok"): _("An employment card was made"),
    ("employment_card.revoke", "ok"): _("An employment card was ended"),
    ("token.issued", "ok"): _("Signed in to %(app)s"),
    ("token.refused", "refused"): _("A used key of %(app)s came again, and its access was ended"),
    ("session.end", "ok"): _("Signed out"),
    ("factor.add", "ok"): _("Two-step authentication was turned on"),
    ("factor.remove", "ok"): _("Two-step authentication was turned off"),
    ("factor.replace", "ok"): _("The authenticator app was set up anew"),
    ("passkey.add", "ok"): _("A passkey was added"),
    ("passkey.add", "refused"): _("Somebody tried to add a passkey"),
    ("passkey.rename", "ok"): _("A passkey got another name"),
    ("passkey.remove", "ok"): _("A passkey was removed"),
    ("recovery_codes.replace", "ok"): _("New recovery codes were made"),
    ("recovery.begin", "ok"): _("Somebody asked to recover the account"),
    ("recovery.message", "ok"): _("The code that was sent to recover the account was typed in"),
    ("recovery.message", "refused"): _("A wrong code was tried to recover the account"),
    ("recovery.second", "refused"): _("A wrong code of the second step was tried to recover the account"),
    ("recovery.wait", "ok"): _("A recovery of the account began to wait"),
    ("recovery.stop", "ok"): _("A waiting recovery of the account was stopped"),
    ("recovery.set_password", "ok"): _("A new password was set by recovery"),
    ("recovery.remove_passkeys", "ok"): _("Passkeys made shortly before were removed by recovery"),
    ("recovery.remove_factor", "ok"): _("The lost second step was removed by recovery"),
    ("qr.approve", "ok"): _("Said yes on this phone to a sign-in on another screen"),
    ("qr.deny", "ok"): _("Refused a sign-in on another screen"),
    ("qr.digits", "refused"): _("Wrong digits were typed on a screen, which was not signed in"),
    ("decoupled.ask", "ok"): _("%(app)s asked for an answer"),
    ("decoupled.allow", "ok"): _("Let a device or counter of %(app)s in"),
    ("decoupled.deny", "ok"): _("Turned a device or counter of %(app)s away"),
    ("mandate.offer", "ok"): _("A mandate for a helper was given"),
    ("mandate.accept", "ok"): _("A mandate came into force"),
    ("mandate.end", "ok"): _("A mandate ended"),
    ("mandate.use", "ok"): _("A helper signed in to %(app)s for you"),
    ("mandate.act", "ok"): _("Signed in to %(app)s for somebody else"),
    ("guardian.ask", "ok"): _("A code for a guardian was made"),
    ("guardian.agree", "ok"): _("A guardian agreed to the use of this account"),
    ("guardian.withdraw", "ok"): _("A guardian took the consent back"),
    ("guardian.give", "ok"): _("Agreed as a guardian for a child"),
    ("guardian.end", "ok"): _("Took the consent for a child back"),
    ("consent.give", "ok"): _("Agreed to share with %(app)s"),
    ("consent.change", "ok"): _("Changed what is shared with %(app)s"),
    ("security_event.deleted", "ok"): _("%(app)s says that it deleted your data"),
    ("security_event.kept", "ok"): _("%(app)s says that it keeps data of yours"),
    ("claims.answer", "refused"): _("%(app)s asked too many different questions, and got no answer"),
    ("consent.refuse", "ok"): _("Did not agree to share with %(app)s"),
    ("consent.withdraw", "ok"): _("Took back the consent for %(app)s"),
    ("employment.link", "ok"): _("Decided what may be known of what an employer confirmed"),
    ("employment.decide", "ok"): _("Changed what may be known of what an employer confirmed"),
    ("employment.decline", "ok"): _("Declined what an employer offered to confirm"),
    ("employment.hide", "ok"): _("Hid the employer from listings of jobs and homes"),
    ("employment.unhide", "ok"): _("No longer hides the employer from listings of jobs and homes"),
    ("employment.unlink", "ok"): _("Took back all that an employer confirmed"),
    ("employment.forget", "ok"): _("Removed work that is over from the list"),
    ("employment.end", "ok"): _("An employment ended, and what was known of it"),
    ("employment.lapse", "ok"): _("What an employer confirmed waits to be confirmed again"),
    ("employment.hold", "ok"): _("What an employer confirmed is on hold"),
    ("employment.find", "refused"): _("A wrong code of an employer's invitation was tried"),
    ("role.grant", "ok"): _("Became an official of a commune"),
    ("role.revoke", "ok"): _("Is no longer an official of a commune"),
    ("desk.open", "ok"): _("Opened the counter"),
    ("desk.close", "ok"): _("Closed the counter"),
    ("operator.grant", "ok"): _("Became an operator of the service"),
    ("operator.revoke", "ok"): _("A role as an operator was taken back"),
    **{(f"person.{act}", "ok"): words for act, words in OPERATOR_ACTS.items() if act not in ENDED},
    ("operator_desk.open", "ok"): _("Opened the operators' pages"),
    ("operator_desk.close", "ok"): _("Closed the operators' pages"),
    **{(f"counter.{act}", "ok"): words for act, words in COUNTER_WORDS.items()},
    ("counter.stop_own_recovery", "ok"): _("Stopped a recovery at the counter"),
    ("counter.stop_own_correction", "ok"): _("Stopped a correction at the counter"),
    ("activation.complete", "ok"): _("A slip's code was used, and a password chosen"),
    ("appointment.make", "ok"): _("Made an appointment at a commune"),
    ("appointment.cancel", "ok"): _("Cancelled an appointment at a commune"),
    **EMPLOYER_WORDS,
    **DEVELOPER_WORDS,
    **REVIEW_WORDS,
}


def describe_events(rows: list[Any]) -> list[dict[str, Any]]:
    """Return the events that mean something to a person, in the order given."""
    return [
        {
            "when": row.occurred_at,
            "text": _text(row),
            **_place(row),
            "how": _methods(row),
            "is_refusal": row.outcome == "refused",
        }
        for row in rows
        if (row.event, row.outcome) in TEXTS
    ]


def _place(row: Any) -> dict[str, str | None]:
    """Return from where it was done; what a server or an official did says nothing of the person's place."""
    if row.event.startswith("token.") or row.ip is None or find_commune(row) is not None:
        return {"ip": None, "browser": None}
    return {"ip": row.ip, "browser": describe_browser(row.user_agent) if row.user_agent else None}


def find_commune(row: Any) -> str | None:
    """Return at which commune's counter an official did this: "" where unknown, None for the person's own."""
    details = _details(row)
    if details.get("actor", row.account_id) != row.account_id:
        return str(details.get("commune", ""))
    found = details.get("organisation") if row.event in AT_A_COUNTER else None
    return str(found) if found else None


AT_A_COUNTER = ("account.create", "account.raise_identity_level")
"""What a person may have done alone: an organisation in the event says that an official did."""


def _details(row: Any) -> dict[str, Any]:
    return orjson.loads(row.details) if row.details else {}


def _methods(row: Any) -> str:
    """Return how somebody signed in, or at which counter an official acted, where the event says so."""
    commune = find_commune(row)
    if row.event.startswith("person."):
        return str(gettext("Operators of the service"))
    if commune:
        return str(gettext("One-stop desk of %(commune)s", commune=name_of(commune)))
    methods = _details(row).get("amr")
    return describe_methods(methods) if isinstance(methods, list) else ""


def _text(row: Any) -> str:
    text = str(TEXTS[row.event, row.outcome])
    return text % {"app": _app_name(row.client_id)} if "%(app)s" in text else text


def _app_name(client_id: str | None) -> str:
    client = services.current().clients.find(client_id or "")
    return client.text("client_name", web.current_locale()) if client else client_id or ""
