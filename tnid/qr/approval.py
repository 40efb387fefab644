"""Who may say yes to a sign-in elsewhere, and what keeps them from it: one list, in the order it is told.

A screen's sign-in by QR and a device's request are judged alike: whoever holds the phone must be the person,
as strongly and as freshly as what is asked needs, and never more weakly than their account protects itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask_babel import gettext
from werkzeug.wrappers import Response

from oidc.authorization.prompts import Situation
from oidc.models import LOA1, LOA2, AuthorizationRequest, Client, EndUser, Interaction, acr_at_least
from tnid import services, web
from tnid.access import send_to_sign_in
from tnid.accounts.browsers import describe_browser
from tnid.consent.applications import RelyingParty, describe
from tnid.consent.question import put_question
from tnid.consent.service import Question
from tnid.qr.proximity import Nearness, is_too_far, names_asked, nearness_at
from tnid.qr.service import ROOM
from tnid.signin.assurance import FRESH_FACTORS_SECONDS, is_remote, without_second_factor
from tnid.signin.terminals import Terminal, find_terminal

GUARDIAN, OTHER_ACCOUNT, FAR = "guardian", "other_account", "far"
IDENTITY_LEVEL, NO_FACTOR, SIGN_IN = "identity_level", "no_factor", "sign_in"


class Asked(NamedTuple):
    """A sign-in at a screen and what it is for: an application's request, or our own pages."""

    row: Any
    interaction: Interaction
    client: Client | None

    @property
    def request(self) -> AuthorizationRequest | None:
        return self.interaction.request

    @property
    def app(self) -> RelyingParty:
        if self.client is None or self.request is None:
            return own_pages()
        return describe(self.client, self.request.redirect_uri)

    @property
    def terminal(self) -> Terminal | None:
        return find_terminal(self.client, web.current_locale())

    @property
    def is_room(self) -> bool:
        return bool(self.row.kind == ROOM)

    def nearness(self, phone_ip: str) -> Nearness:
        return nearness_at(self.terminal, self.row.asked_from, phone_ip, was_carried_off=self.is_room)


class Case(NamedTuple):
    """What is judged. `least_acr` is what the request asks for, "" for nothing."""

    end_user: EndUser
    now: int
    least_acr: str = ""
    least_identity_level: int = 0
    has_factor: bool = False
    fresh_seconds: int = FRESH_FACTORS_SECONDS
    is_too_far: bool = False
    is_for_another: bool = False

    @property
    def acr_needed(self) -> str:
        """Return what is asked for, and no less than the account's own protection."""
        return LOA2 if self.has_factor else self.least_acr

    @property
    def seconds_allowed(self) -> int:
        """Return how old the proof may be."""
        longest = FRESH_FACTORS_SECONDS if self.least_acr == LOA2 else self.fresh_seconds
        return min(longest, self.fresh_seconds)


def must_prove(case: Case) -> bool:
    """A session that came from another phone approves nothing: yes would beget yes."""
    end_user = case.end_user
    is_old = case.now - end_user.auth_time > case.seconds_allowed
    return is_old or is_remote(end_user.amr) or not acr_at_least(end_user.acr, case.acr_needed)


OBSTACLES: tuple[tuple[str, Callable[[Case], bool]], ...] = (
    (GUARDIAN, lambda case: case.end_user.is_waiting),
    (OTHER_ACCOUNT, lambda case: case.is_for_another),
    (FAR, lambda case: case.is_too_far),
    (IDENTITY_LEVEL, lambda case: case.end_user.identity_level < case.least_identity_level),
    (NO_FACTOR, lambda case: case.least_acr == LOA2 and not case.has_factor),
    (SIGN_IN, must_prove),
)


def find_obstacle(case: Case) -> str | None:
    """Return the first thing that keeps this person from saying yes, None for nothing.

    Only `sign_in` can be cleared away at once; the others say what to do instead.
    """
    return next((name for name, is_in_the_way in OBSTACLES if is_in_the_way(case)), None)


def as_shown_now(end_user: EndUser, now: int) -> EndUser:
    """Return the person as the screen may take them for: two factors count where both were shown just now.

    Else a yes for little, given long after the factors, would open all that asks for two.
    """
    if now - end_user.auth_time <= FRESH_FACTORS_SECONDS or end_user.acr == LOA1:
        return end_user
    left = without_second_factor(end_user.amr)
    return replace(end_user, acr=left.acr, amr=left.amr)


def send_to_prove(case: Case, return_to: str) -> Response:
    """Begin a sign-in after which `must_prove` holds no more."""
    max_age = 0 if is_remote(case.end_user.amr) else case.seconds_allowed
    return send_to_sign_in(max_age=max_age, least_acr=case.acr_needed, return_to=return_to)


# A screen's sign-in


def find_asked(row: Any, now: int) -> Asked | None:
    """Return what a screen's sign-in is for; None where the screen has moved on, or may ask no more."""
    parts = services.current()
    is_room = row.kind == ROOM
    find = parts.interactions
    interaction = find.recall(row.interaction_uid) if is_room else find.look_at(row.interaction_uid, now)
    if interaction is None:
        return None
    if interaction.request is None:
        return Asked(row, interaction, None)
    client = parts.clients.find(interaction.request.client_id)
    is_open = client is not None and client.disabled_at is None
    # Who takes a code outside leaves the terminal's screen to the next person
    is_wanted = is_room or interaction.denied_at is None
    return Asked(row, interaction, client) if is_open and is_wanted else None


def least_acr_of(asked: Asked) -> str:
    """Return the class that the screen will need, as the prompts there reckon it."""
    if asked.client is None or asked.request is None:
        return asked.interaction.least_acr
    return Situation(0, asked.request, asked.client, None).least_acr


def case_of(asked: Asked, end_user: EndUser, phone_ip: str, now: int) -> Case:
    """Gather what the obstacles look at."""
    parts, client = services.current(), asked.client
    return Case(
        end_user,
        now,
        least_acr=least_acr_of(asked),
        least_identity_level=client.least_identity_level if client is not None else 0,
        has_factor=parts.factors.is_enrolled(end_user.account_id),
        fresh_seconds=parts.settings.fresh_sign_in_seconds,
        is_too_far=is_too_far(asked.nearness(phone_ip), names_asked(asked.request)),
        is_for_another=_means_another(asked, end_user, now),
    )


def _means_another(asked: Asked, end_user: EndUser, now: int) -> bool:
    """Say whether the application asks for somebody else by an ID token of theirs."""
    hinted = asked.request.hinted_subject if asked.request is not None else ""
    if not hinted or asked.client is None or asked.request is None:
        return False
    authorization = services.current().provider.authorization
    situation = authorization.situation(asked.request, asked.client, end_user, now)
    return hinted != situation.subject and not situation.mandates


def find_question(asked: Asked, end_user: EndUser, now: int) -> Question | None:
    """Return all that the application asks for, decided again each time: the page is a warning, too.

    None on our own pages, and for a helper, who says at the screen for whom they go on.
    """
    if asked.client is None or asked.request is None:
        return None
    authorization = services.current().provider.authorization
    if authorization.situation(asked.request, asked.client, end_user, now).mandates:
        return None
    return put_question(end_user.account_id, asked.request, asked.client, anew=True)


def describe_screen(asked: Asked, phone_ip: str) -> dict[str, Any]:
    """Return where it is, in words that its person recognises: a terminal's are its operator's."""
    row, terminal = asked.row, asked.terminal
    return {
        "name": terminal.name if terminal else describe_browser(row.user_agent),
        "place": terminal.place if terminal else "",
        "ip": row.asked_from,
        "nearness": asked.nearness(phone_ip).name,
        "since": row.created_at,
        "is_room": asked.is_room,
    }


def own_pages() -> RelyingParty:
    """Return who asks where it is nobody but us."""
    return RelyingParty(
        name="Thái Nguyên ID",
        host=urlsplit(services.current().settings.issuer).hostname or "",
        logo="/static/images/logo.svg",
        organisation=gettext("Thái Nguyên province"),
        policy_uri=None,
        tos_uri=None,
    )
