"""Which screen a request still needs: OpenID Connect Core §3.1.2.3 to §3.1.2.6, as ordered data.

Each rule looks at the whole situation afresh, so no screen can be skipped and no screen knows the order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from oidc.agreed import Agreed
from oidc.claims import within
from oidc.consent import missing_consent
from oidc.errors import (
    AccountSelectionRequired,
    ConsentRequired,
    InteractionRequired,
    LoginRequired,
    OAuthError,
)
from oidc.mandates import Mandate
from oidc.models import OFFLINE_ACCESS, AuthorizationRequest, Client, EndUser, Interaction, acr_at_least
from oidc.sensitive import asks_for_sensitive, is_by_phone, proves_little


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when the question is asked. `subject` is the `sub` that the client would see.

    `mandates` are those by which the person at the browser may act for somebody else in this request.
    """

    now: int
    request: AuthorizationRequest
    client: Client
    end_user: EndUser | None
    subject: str = ""
    agreed: Agreed | None = None
    interaction: Interaction | None = None
    mandates: tuple[Mandate, ...] = ()

    @property
    def has_chosen(self) -> bool:
        """Say whether the person at the browser said within this interaction for whom they go on."""
        asked = self.interaction
        return bool(asked and self.end_user and asked.mandate_sid == self.end_user.sid)

    @property
    def mandate(self) -> Mandate | None:
        """Return the mandate that was chosen, if it is still in force; None for oneself."""
        if not self.has_chosen or self.interaction is None:
            return None
        return next((one for one in self.mandates if one.id == self.interaction.mandate_id), None)

    @property
    def asked(self) -> AuthorizationRequest:
        """Return what is asked, or of it what the chosen mandate covers."""
        return self.request if self.mandate is None else within(self.request, self.mandate)

    @property
    def least_acr(self) -> str:
        asked = self.request
        return max(asked.essential_acr, asked.wanted_acr, asked.resource_acr, self.client.least_acr)

    @property
    def authenticated_here(self) -> bool:
        """Say whether the present session was made within this very interaction."""
        asked = self.interaction
        return bool(asked and self.end_user and asked.authenticated_sid == self.end_user.sid)


class Prompt(NamedTuple):
    """A screen that must be shown; `interaction` is what it belongs to."""

    name: str
    interaction: Interaction


class Rule(NamedTuple):
    name: str
    is_needed: Callable[[Situation], bool]
    error: type[OAuthError]
    description: str


def needs_login(s: Situation) -> bool:
    if s.end_user is None:
        return True
    if s.authenticated_here:
        return False
    if s.client.terminal:
        # Whoever was signed in a minute ago has walked on
        return True
    if s.request.hinted_subject and s.request.hinted_subject != s.subject and not s.mandates:
        return True
    if is_by_phone(s.end_user) and (asks_for_sensitive(s.request) or is_offline(s.request, s.client)):
        # The phone was shown another request, and perhaps from far away: this one it has to be shown, too
        return True
    return "login" in s.request.prompt or is_too_old(s.request.max_age, s.end_user, s.now)


def is_offline(request: AuthorizationRequest, client: Client) -> bool:
    """OpenID Connect Core §11: offline access is for clients that can refresh, and ignored for others.

    Of a shared screen nothing goes on once its person has gone.
    """
    return OFFLINE_ACCESS in request.scope and "refresh_token" in client.grant_types and not client.terminal


def is_too_old(max_age: int | None, end_user: EndUser, now: int) -> bool:
    """Say whether the sign-in is older than `max_age` seconds; 0 asks for a sign-in each time."""
    return max_age is not None and (max_age == 0 or now - end_user.auth_time > max_age)


def needs_second_factor(s: Situation) -> bool:
    if s.end_user is None:
        return False
    if proves_little(s.end_user) and (s.mandate is not None or asks_for_sensitive(s.request)):
        return True
    return not acr_at_least(s.end_user.acr, s.least_acr)


def needs_account_selection(s: Situation) -> bool:
    if "select_account" not in s.request.prompt or s.authenticated_here or s.end_user is None:
        return False
    return s.interaction is None or s.interaction.selected_sid != s.end_user.sid


def waits_for_another(s: Situation) -> bool:
    """A child's account answers no application before a guardian has agreed, whoever the child acts for."""
    return s.end_user is not None and s.end_user.is_waiting


def needs_choice_of_person(s: Situation) -> bool:
    """Never silently: whoever holds a mandate says each time whether it is used.

    One that has ended since it was chosen makes nobody of the helper but themselves, once they are told.
    """
    if s.end_user is None:
        return False
    if not s.has_chosen:
        return bool(s.mandates)
    return bool(s.interaction and s.interaction.mandate_id) and s.mandate is None


def needs_identity_level(s: Situation) -> bool:
    """A helper is proofed as well as whom they act for: the client learns of both."""
    if s.end_user is None:
        return False
    levels = (s.end_user.identity_level, *([s.mandate.principal_level] if s.mandate else []))
    return min(levels) < s.client.least_identity_level


def needs_consent(s: Situation) -> bool:
    if s.end_user is None:
        return True
    if s.mandate is not None:
        return False  # it is the principal's consent, to which the helper can add nothing
    if "consent" in s.request.prompt:
        asked = s.interaction.consented_account_id if s.interaction else None
        if asked != s.end_user.account_id:
            return True
    return bool(missing_consent(s.request, s.client, s.agreed, s.now))


def needs_word_of_helper(s: Situation) -> bool:
    """The helper sees each time for whom they go on, and what the mandate covers."""
    if s.mandate is None or s.interaction is None:
        return False
    return s.interaction.consented_account_id != s.mandate.principal_id


PROMPTS = (
    Rule("login", needs_login, LoginRequired, "The person has to sign in."),
    Rule("second_factor", needs_second_factor, InteractionRequired, "A second factor is needed."),
    Rule("select_account", needs_account_selection, AccountSelectionRequired, "An account must be chosen."),
    Rule("guardian", waits_for_another, InteractionRequired, "Another person has to agree first."),
    Rule("mandate", needs_choice_of_person, InteractionRequired, "The person has to say for whom."),
    Rule("identity_level", needs_identity_level, InteractionRequired, "The identity level is too low."),
    Rule("in_stead", needs_word_of_helper, InteractionRequired, "The helper has to go on for somebody."),
    Rule("consent", needs_consent, ConsentRequired, "The person has to agree."),
)


def required_prompt(situation: Situation) -> Rule | None:
    """Return the first rule that asks for a screen, or None where the request can be answered."""
    return next((rule for rule in PROMPTS if rule.is_needed(situation)), None)


def required_local_prompt(interaction: Interaction, end_user: EndUser | None, now: int) -> str | None:
    """The same question for a page of our own, which needs a sign-in and no consent."""
    if end_user is None:
        return "login"
    here = interaction.authenticated_sid == end_user.sid
    if not here and is_too_old(interaction.max_age, end_user, now):
        return "login"
    if interaction.least_acr and not acr_at_least(end_user.acr, interaction.least_acr):
        return "second_factor"
    return None
