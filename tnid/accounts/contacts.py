"""Phone numbers and e-mail addresses as people type them, in the one form in which they are kept."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

HOME_REGION = "VN"
MOST_CHARACTERS = 254
_MOST_PHONE_CHARACTERS = 32
_PLUS_FORGOTTEN = re.compile(r"^84\d{9}$")


def parse_phone(typed: str) -> str | None:
    """Return the number in E.164, or None: 0912.345.678, 84912345678 and +84 912 345 678 are one number."""
    if len(typed) > _MOST_PHONE_CHARACTERS:
        return None
    text = unicodedata.normalize("NFKC", typed).strip()
    digits = re.sub(r"[\s.\-()]", "", text)
    if _PLUS_FORGOTTEN.match(digits):
        text = f"+{digits}"
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not _is_dialled(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_dialled(number: phonenumbers.PhoneNumber) -> bool:
    """Hold our own country's numbers to its plan; other plans change faster than the library."""
    if number.country_code == phonenumbers.country_code_for_region(HOME_REGION):
        return phonenumbers.is_valid_number(number)
    return phonenumbers.is_possible_number(number)


def parse_email(typed: str) -> str | None:
    """Return the address, normalised; None where it is no address. Asks no server."""
    # Here, for its tables take a fiftieth of a second of each process's start
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  as above

    text = unicodedata.normalize("NFKC", typed).strip()
    if not 3 <= len(text) <= MOST_CHARACTERS:
        return None
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None


def email_key(email: str) -> str:
    """Return what an address is found by: its case makes no difference."""
    return email.casefold()


def write_phone(phone: str) -> str:
    """Return a number as people here write it: 0912 345 678, or +82 10-1234-5678 for another country's."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    is_ours = number.country_code == phonenumbers.country_code_for_region(HOME_REGION)
    style = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, style.NATIONAL if is_ours else style.INTERNATIONAL))


def mask_phone(phone: str) -> str:
    """Return the number with its middle hidden."""
    return f"{phone[:3]} ••• ••{phone[-3:]}"


def mask_email(email: str) -> str:
    local, _, host = email.partition("@")
    return f"{local[:1]}•••@{host}"
