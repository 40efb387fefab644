"""The words for each reason of a refusal, in the person's language."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from tnid.accounts.messages_of_reviews import REVIEW_MESSAGES
from tnid.accounts.refusal import Refused
from tnid.admin.words import MESSAGES as OPERATOR_MESSAGES

MESSAGES: dict[str, Any] = {
    "wrong_credentials": _(
        "The username or password is not right."
        " Check capitals, and turn the Vietnamese keyboard off while typing the password."
    ),
    "too_many": _("Too many wrong tries. Try again in %(minutes)s minutes, or recover the account."),
    "too_many_here": _("Too many wrong codes. Sign in again with the password."),
    "too_many_codes": _("Too many wrong codes for this account. Use a recovery code, or ask at the commune."),
    "wrong_code": _("The code is not right, or was used already. Wait for the next one and type it in."),
    "wrong_message_code": _(
        "The code is not right, or its time is over. Check the newest message, or ask for a new code."
    ),
    "wrong_recovery_code": _("The recovery code is not right, or was used already. Each code works once."),
    "passkey_refused": _(
        "The passkey was not accepted, or the page was open for too long. Try again, or use another way."
    ),
    "passkey_taken": _("This passkey belongs to an account already. Use another device, or remove it there."),
    "too_many_passkeys": _("There are too many passkeys. Remove those that are no longer used first."),
    "passkey_name": _("Give it a name of at most 60 characters."),
    "password_too_short": _("The password needs at least 8 characters."),
    "password_too_short_alone": _(
        "Without two-step authentication the password needs at least 15 characters."
    ),
    "password_too_long": _("The password may have at most 128 characters."),
    "password_common": _("This password is known to many. Choose another, such as a few words of your own."),
    "password_personal": _("The password must not hold the name, username, phone number or identity number."),
    "password_wrong": _("The current password is not right."),
    "password_same": _("The new password is the same as the current one."),
    "username_taken": _("This username is taken. Choose another."),
    "username_too_short": _("The username needs at least 2 characters."),
    "username_too_long": _("The username may have at most 64 characters."),
    "username_characters": _("Use letters, digits, dots, dashes and underscores only, of one alphabet."),
    "username_no_letter": _("The username needs at least one letter."),
    "username_separators": _("The username must begin and end with a letter or a digit."),
    "username_reserved": _("This username is kept for the province. Choose another."),
    "contact_required": _("Give a phone number or an email address."),
    "phone": _("This is not a phone number. For example: 0912 345 678"),
    "email": _("This is not an email address. For example: lan@example.vn"),
    "birthdate": _("This is not a date. For example: 27/03/1995"),
    "too_young": _("An account of one's own is for people from 14 years of age."),
    **OPERATOR_MESSAGES,
    "too_long": _("This is too long."),
    "wage": _("Write an amount between 1.000.000 and 200.000.000 đ a month. For example: 8.000.000"),
    "rent": _("Write an amount between 100.000 and 100.000.000 đ a month. For example: 1.500.000"),
    "people": _("Write how many people, from 1 to 20."),
    "characters": _("Some characters here can't be used. Type it anew instead of pasting it."),
    "name_characters": _(
        "A name has letters, with spaces, hyphens, apostrophes or dots between them. Leave out digits, emoji"
        " and other symbols."
    ),
    "wrong_user_code": _(
        "No device waits with this code. Check it on the device; after ten minutes it shows a new one."
    ),
    "qr_wrong_code": _(
        "No screen waits with these letters. Check them on the screen; after two minutes it shows new ones."
    ),
    "too_many_user_codes": _("Too many wrong codes. Try again in %(minutes)s minutes."),
    "too_many_messages": _("Too many codes were asked for. Try again in %(minutes)s minutes."),
    "wrong_personal_code": _(
        "The code is not right, was used already, or has run out. Ask for a new one if need be."
    ),
    "mandate_client": _("Choose at least one application."),
    "mandate_scope": _("Choose from what is listed."),
    "mandate_until": _("Choose how long it lasts."),
    "mandate_too_many": _("There are very many mandates already. End some of them first."),
    "mandate_for_oneself": _("That is your own username: nobody needs a mandate for themselves."),
    "secrets_two": _("There are two secrets already. End one of them first."),
    "secret_unfit": _("This application proves itself without a secret: it needs none."),
    "secret_made": _(
        "This form was sent before, and its secret was shown once. Make another one if it is lost."
    ),
    "secret_over": _("This secret has ended already."),
    "secret_last": _(
        "No other secret would work on: nobody could sign in any more. Tick that you are sure,"
        " or make another"
        " one first."
    ),
    "choose_one": _("Choose one."),
    "too_many_requests": _("Ten of your requests wait for their answer already. Wait for one of them."),
    "wrong_recovery_message": _(
        "The code is not right, or is too old. Look for the newest message, or have another code sent."
    ),
    "wrong_stop_code": _("The code is not right, or the recovery has ended already."),
    "recovery_over": _(
        "Too many wrong codes. Begin the recovery again, or go to the one-stop desk of your commune or ward."
    ),
    "too_many_recoveries": _(
        "There were too many tries. Try again in %(minutes)s minutes, or go to the one-stop desk of your"
        " commune or ward with your identity card."
    ),
    "password_same_as_old": _("This was the password until now. Choose another."),
    "phone_fixed": _("This is a landline, which gets no codes. Give the number of a mobile phone."),
    "personal_id_number": _("The number on the identity card has 12 digits. Check each of them."),
    "old_card_number": _("This is the number of an old card. Type the 12 digits of the chip card."),
    "document_number": _("The number has 5 to 20 letters and digits, as printed in the document."),
    "birthdate_ahead": _("This date is still to come. Check day, month and year."),
    "ward_needed": _("Choose the commune or ward, or “In another province”."),
    "ward_split": _("What the card names lies in several wards or communes now. Choose yours."),
    "card_text": _("This is not the QR code of an identity card. Hold the square code on the card up."),
    "health_card": _("This is a health-insurance card. Use the identity card."),
    "photo_missing": _("Choose a photo of the card first."),
    "photo_too_large": _("This photo is larger than 6 MB. Choose a smaller one, or type what the card says."),
    "photo_kind": _("This is no photo that can be read. Choose one in JPEG or PNG."),
    "photo_pixels": _("This picture is too large to be read. Take a photo with the camera's usual settings."),
    "photo_broken": _("This photo is damaged. Choose another, or take it again."),
    "photo_no_code": _("No QR code was found in the photo. Take it closer, in good light, without glare."),
    "photo_busy": _("Many photos are being read just now. Send it again in a moment."),
    "too_many_photos": _("Too many photos. Type what the card says, or try again in an hour."),
    "guardian_level": _(
        "A guardian's own identity must have been checked first. Check yours, or go to the commune together."
    ),
    "guardian_age": _("A guardian must be 18 or older by a date of birth that was checked."),
    "guardian_unknown": _("Nobody has an account with this card. The guardian's identity is checked first."),
    "guardian_of_oneself": _("That is the child's own card. Take the guardian's."),
    "guardian_needed": _(
        "Somebody born on this day is younger than 16, so a guardian must agree before any application opens."
        " If the date is right, save once more."
    ),
    "birthdate_fixed": _("The date of birth of somebody younger than 16 is changed at the commune."),
    "other_commune": _(
        "This counter can't serve the person: another commune looks after them. Nothing was shown."
    ),
    "own_account": _("Nobody serves themselves. Ask another official."),
    "too_many_searches": _("Too many searches. Try again in %(minutes)s minutes."),
    "nobody_here": _("Nobody of this commune fits. Check the name, or ask for the card."),
    "no_appointment": _("There is no appointment with this number. Check it on the slip."),
    "number_taken": _(
        "Another account has this number by now. Nothing was recorded: find the person again by the document."
    ),
    "number_differs": _(
        "The account was checked with another number. A changed number is for the province's office."
    ),
    "correction_asked": _(
        "Noted, and nothing is changed yet: another official has to compare the document too, or you once"
        " more when the waiting time is over."
    ),
    "correction_waits": _(
        "A correction waits already: another official has to compare the document too, or the waiting time"
        " has to be over. Where the two of you read it differently, compare it together."
    ),
    "recovery_under_way": _("A recovery is under way for this account already."),
    "asked_oneself": _("Another official has to agree: nobody agrees to what they asked for."),
    "not_open": _("This is over: agreed to, stopped or expired."),
    "wrong_activation_code": _(
        "The code is not right, was used, or has expired. Check it on the slip, or ask for a new slip."
    ),
    "activation_over": _("The code was used or replaced meanwhile. Begin again with the newest slip."),
    "too_many_claims": _(
        "Five requests were opened for this account in a short time, and none was allowed. It rests for ten"
        " minutes. If somebody presses you, do no more: they want into your account."
    ),
    "room_digits": _("Type the 4 digits that the phone showed."),
    "room_wrong_code": _("The code is not right, was used, or has expired. Check it, or take a new one."),
    "room_not_approved": _("Your phone has not agreed to this code yet. Do that outside, then come back."),
    "room_wrong_digits": _("The digits were not right, so the code is over. Take a new one."),
    "room_over": _("This code is over. Take a new one."),
    "room_elsewhere": _("This code was taken at another terminal. Go back to that one, or take a new code."),
    "too_many_rooms": _("Too many codes were tried here. Wait some minutes, or sign in another way."),
    "qr_digits": _("Type the 2 digits that the phone shows."),
    "qr_not_claimed": _("No phone has scanned the code yet. Scan it; then the phone shows the 2 digits."),
    "badge_unreadable": _(
        "This is not the code of a sign-in card. Hold the card flat before the scanner and scan it once more."
    ),
    "badge_unknown": _(
        "This card isn't known here. Scan it once more, or type the letters and digits under its code."
    ),
    "too_many_badges": _("Too many unknown cards. Try again in %(minutes)s minutes."),
    "wrong_pin": _("The PIN is not right. After five wrong tries the card is locked."),
    "wrong_pin_last": _("The PIN is not right. One more wrong try locks the card."),
    "wrong_activation": _("The code is not right. After five wrong tries the card is locked."),
    "wrong_activation_last": _("The code is not right. One more wrong try locks the card."),
    "pin_format": _("The PIN has 6 digits."),
    "pin_common": _("Many people choose this PIN. Choose another."),
    "pin_personal": _(
        "Others can know this PIN: it is a date of birth, or the end of a number. Choose another."
    ),
    "pin_differs": _("The two PINs are not the same. Type the same one twice."),
    "badge_over": _("The card was revoked, replaced or locked meanwhile."),
    "work_nothing_ticked": _("Nothing is ticked. Tick what may be known, or decline the whole."),
    "work_changed": _("This has changed since the page was opened. Nothing was saved. Please look again."),
    "nothing_to_show": _("Tick at least one line that should stand on the card."),
    "card_gone": _("The card, or the work that it is about, is over. Look at the page of your work."),
    "card_without_name": _("A card needs a name that was checked. Confirm your identity first."),
    "required": _("This can't be empty."),
    "tax_code": _(
        "This is not a tax code. It has 10 digits, and 3 more after a dash for a branch; check each of them."
    ),
    "employer_name": _("Give the name in one line of at most 200 characters."),
    "employer_too_many": _("Five of your requests wait already. Wait until one of them is decided."),
    "domain": _("This is not a domain. For example: example.vn"),
    "domain_unreachable": _(
        "The file could not be fetched. Open its address in a browser, on a phone too: it has to appear there"
        " at once, by https, without leading on to another address."
    ),
    "domain_line": _("The file is there, but the line is not in it. Copy the line once more, as a whole."),
    "too_many_looks": _("The file was looked for many times. Try again in %(minutes)s minutes."),
    "last_day": _("This is not a day near today. For example: 31/12/2026"),
    "before_start": _("This is before the first day of work. Check day, month and year."),
    "last_manager": _("Nobody would manage the organisation any more. Make somebody else a manager first."),
    "representatives_too_many": _("There are very many representatives already. Remove some of them first."),
    "too_many_tokens": _("There are ten keys already. Revoke one that is no longer used."),
    "team_name": _("Give the name in one line of at most 100 characters."),
    "teams_too_many": _("You belong to very many teams already. Leave or archive one first."),
    "team_changes_no_more": _("You can no longer change what is this team's."),
    "application_name": _("Give the name in one line of at most 60 characters."),
    "applications_too_many": _("This team has very many applications already. Archive some of them first."),
    "redirect_uri": _(
        "This can't be a redirect URI. It begins with https://, or with http://localhost on your own"
        " computer, and has no # and no *."
    ),
    "team_has_applications": _("The team still has applications. Archive each of them first."),
    "members_too_many": _("This team has very many members already. Remove some of them first."),
    "last_owner": _("Nobody would own the team any more. Make somebody else an owner first."),
    "application_purpose": _("Say it in one line of at most 200 characters."),
    "application_is_live": _(
        "People sign in to this application. End that first, on the page of its review; then archive it."
    ),
    "changed_meanwhile": _("Somebody changed this since the page was opened. Look at it and try again."),
    "logo_too_large": _("The file is larger than 512 KiB. Save the picture smaller and try again."),
    "logo_size": _("The picture must be between 64 and 2048 pixels wide and high."),
    "logos_too_many": _("Very many logos were uploaded in the last two months. Wait before you try another."),
    "logo_format": _("This is no picture that can be read. Use a PNG, JPEG or WebP file."),
    **REVIEW_MESSAGES,
    "represents_no_more": _("You no longer manage this organisation."),
}
OTHERWISE = _("This can't be accepted. Check it and try again.")


def message_of(refused: Refused) -> str:
    """Return what to tell the person."""
    minutes = max(1, -(-refused.retry_after_seconds // 60))
    return str(MESSAGES.get(refused.reason, OTHERWISE)) % {"minutes": minutes}


def show_refusal(form: FlaskForm, refused: Refused) -> None:
    """Put a refusal beside its field, or on top of the form where it concerns none."""
    text = message_of(refused)
    field = form._fields.get(refused.field)
    if field is None:
        form.form_errors.append(text)
    else:
        field.errors = [*field.errors, text]
