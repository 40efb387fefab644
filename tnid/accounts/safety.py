"""Is my account safe: one sentence, and the one step that would make it safer."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import url_for
from flask_babel import lazy_gettext as _

from tnid import services
from tnid.signin.factors import Kinds

FEW_CODES = 3


class Safety(NamedTuple):
    """`kind` is "good" or "care"; the step is a link, `step_url` its address."""

    kind: str
    title: Any
    sentence: Any
    step: Any
    step_url: str


def judge(account_id: str) -> Safety:
    """Return how safe an account is; the first thing amiss is what is told."""
    factors = services.current().factors
    kinds = factors.find_kinds(account_id)
    if not any(kinds):
        return _only_a_password()
    if factors.count_recovery_codes(account_id) <= FEW_CODES:
        return _few_ways_back()
    return _safe(kinds)


def _only_a_password() -> Safety:
    return Safety(
        "care",
        _("Only a password protects this account"),
        _("Whoever learns the password gets in. Add a second step."),
        _("Protect the account"),
        url_for("security.protect"),
    )


def _few_ways_back() -> Safety:
    return Safety(
        "care",
        _("Almost no way back if the phone is lost"),
        _("Few recovery codes are left. Make new ones and keep them on paper."),
        _("Make new recovery codes"),
        f"{url_for('security.show')}#codes",
    )


def _safe(kinds: Kinds) -> Safety:
    sentence = (
        _("Signing in takes your own device, unlocked by you.")
        if kinds.passkey
        else _("Signing in takes the password and a code from the phone.")
    )
    return Safety(
        "good",
        _("The account is well protected"),
        sentence,
        _("See where it is signed in"),
        url_for("accounts.sessions"),
    )
