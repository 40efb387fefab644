"""Where each claim comes from, and when it is absent, in words for whoever writes an application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from oidc.attested import (
    EMPLOYEE_NUMBER,
    EMPLOYER_CLAIM,
    GUARDIAN_OF,
    IDENTITY_LEVEL,
    OF_EMPLOYMENT,
    PERSONAL_ID_NUMBER,
    QUESTIONS,
    REPRESENTS,
    RESIDENCE_WARD,
    SELF_DECLARED,
    STAFF_ROLES,
)
from oidc.verified_claims import MEMBER
from oidc.yes_no import YES_NO_CLAIMS, base_of

ALWAYS = _("Always there.")


class Source(NamedTuple):
    """What a claim is made of, and when there is none."""

    source: Any
    absent: Any = ALWAYS


_PROFILE = Source(
    _("From the profile, as the person wrote it."),
    _("Absent where the person left it empty, or keeps it back."),
)
_CONTACT = Source(
    _("From the profile. Whether it was verified, the claim beside it says."),
    _("Absent where the person has none, or keeps it back."),
)
_VERIFIED_CONTACT = Source(
    _("Whether a code that was sent there came back."), _("Absent with the phone number or e-mail itself.")
)
_ACCOUNT = Source(_("From the account."), _("Absent where the scope profile was not asked for."))
_YES_NO = Source(
    _("Answered from what was compared with a document, as it is at this moment."),
    _("Absent below identity level 1, where the data don't tell it, or after too many different questions."),
)
_WORK = Source(
    _("From an employer, as far as the worker accepted it."),
    _("Absent where no employer confirms it now, or the worker doesn't let it be known."),
)
_WORK_QUESTION = Source(
    _("Answered from what an employer confirms, without telling it."),
    _("Absent where no employer confirms it, or after too many different questions."),
)
_EMPLOYER = Source(
    _("From an employer, as far as the worker accepted it."),
    _("Absent, too, where the worker hides it from applications that list jobs or homes."),
)
_NUMBER = Source(
    _("The employer's own code of the worker."),
    _("Absent for every application but that employer's own."),
)
_LEVEL = Source(_("How the person was proofed: 0 not at all, 1 by phone and card text, 2 by an official."))
_WARD = Source(
    _("The ward or commune of the residence that was recorded when the person was proofed."),
    _("Absent where none was recorded, or it is not in the province."),
)
_PERSONAL_NUMBER = Source(
    _("The 12 digits that an official compared. UserInfo alone tells it, never a token."),
    _(
        "Absent below identity level 2 or LoA2, for other documents, by a mandate, and where UserInfo is"
        " signed and not encrypted."
    ),
)
_CHILDREN = Source(
    _("The subject of each child whose guardian the person is, as your application would know that child."),
    _("Absent where there are none, or by a mandate."),
)
_OFFICES = Source(
    _("The offices of the province that the person holds now."),
    _("Absent where there are none, by a mandate, or where they were not used for long."),
)
_REPRESENTS = Source(
    _("The organisations that the person represents here."),
    _("Absent where there are none, or it is kept back."),
)
_WISHES = Source(_("What the person looks for, as they wrote it."), _("Absent where they look for nothing."))
_VERIFIED = Source(
    _("A copy of what was compared with a document, with when and how; the profile may differ."),
    _("Absent below identity level 1, where it was not asked for, or nothing fits what was asked for."),
)
_SIGN_IN: Mapping[str, Source] = {
    "iss": Source(_("Who signed it: compare it with the issuer.")),
    "sub": Source(_("The person, for your application alone: another one gets another. Keep it as the key.")),
    "aud": Source(_("Your client_id: refuse any other.")),
    "iat": Source(_("When it was signed.")),
    "exp": Source(_("Until when it may be used.")),
    "auth_time": Source(_("When the person signed in; compare it with your max_age.")),
    "acr": Source(_("How strongly the person signed in: LoA1 one factor, LoA2 two.")),
    "amr": Source(_("By what the person signed in.")),
    "sid": Source(_("The session, for back-channel and front-channel logout.")),
    "at_hash": Source(_("Binds the access token to it. In this preview it is of no token.")),
    "nonce": Source(_("Comes back as you sent it: compare it."), _("Absent where none was sent.")),
    "act": Source(
        _("Who acts for the person, by a mandate."), _("Absent where the person acts for themselves.")
    ),
}
_NAMED: Mapping[str, Source] = {
    **dict.fromkeys(OF_EMPLOYMENT, _WORK),
    **dict.fromkeys(QUESTIONS, _WORK_QUESTION),
    **dict.fromkeys(SELF_DECLARED, _WISHES),
    **dict.fromkeys(("phone_number", "email"), _CONTACT),
    **dict.fromkeys(("phone_number_verified", "email_verified"), _VERIFIED_CONTACT),
    **dict.fromkeys(("preferred_username", "locale", "updated_at"), _ACCOUNT),
    EMPLOYER_CLAIM: _EMPLOYER,
    EMPLOYEE_NUMBER: _NUMBER,
    REPRESENTS: _REPRESENTS,
    IDENTITY_LEVEL: _LEVEL,
    RESIDENCE_WARD: _WARD,
    PERSONAL_ID_NUMBER: _PERSONAL_NUMBER,
    GUARDIAN_OF: _CHILDREN,
    STAFF_ROLES: _OFFICES,
    MEMBER: _VERIFIED,
    **_SIGN_IN,
}


def source_of(claim: str) -> Source:
    """Return what is to be said of a claim; the profile's have all one source."""
    name = base_of(claim.partition("/")[0])
    if name in _NAMED:
        return _NAMED[name]
    return _YES_NO if name in YES_NO_CLAIMS else _PROFILE
