"""The authorization endpoint: RFC 6749 §3.1, from a request to a code, an error, or a screen.

A silent sign-on writes the grant with its code and nothing else. Where a screen is needed, the request is
stored as an interaction, and every screen comes back to `resume`, which asks the same question again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from oidc.agreed import Agreed
from oidc.authorization.interaction import answered_already, grant_id_of, told_of
from oidc.authorization.lifetimes import Lifetimes
from oidc.authorization.onward import Errors, Onward
from oidc.authorization.prompts import (
    Prompt,
    Situation,
    is_offline,
    required_local_prompt,
    required_prompt,
)
from oidc.authorization.pushed_request import PushedRequests
from oidc.authorization.reader import RequestReader
from oidc.authorization.request import check_request
from oidc.authorization.response import AuthorizationResponses, ReplyTo
from oidc.clients.redirect_uris import is_registered
from oidc.consent import keep_voluntary
from oidc.errors import (
    AccessDenied,
    ExpiredInteraction,
    LoginRequired,
    OAuthError,
    PageError,
    UnknownClient,
    UnsafeRequest,
    UnusableRequestUri,
)
from oidc.http import Request, Response, redirect
from oidc.mandates import Mandate
from oidc.models import (
    OFFLINE_ACCESS,
    OPENID,
    AuthorizationRequest,
    Client,
    EndUser,
    Grant,
    Interaction,
)
from oidc.parts import Parts
from oidc.refusal import record_refusal
from oidc.sandbox_faults import check_asked, spoil
from oidc.sent import describe_sent, sent_as, sent_in
from oidc.token.handles import hash_code, new_code, new_identifier
from oidc.worlds import WhoIsThere, of_its_world

Answer = Response | Prompt | PageError | Onward
FindEndUser = Callable[[str], tuple[EndUser, Agreed | None] | None]


class AuthorizationEndpoint:
    """Answers authorization requests; the caller's unit of work is committed for refusals too."""

    def __init__(self, parts: Parts) -> None:
        self._clients = parts.stores.clients
        self._grants = parts.stores.grants
        self._consents = parts.stores.consents
        self._mandates = parts.stores.mandates
        self._interactions = parts.interactions
        self._reader = RequestReader(parts)
        self._pushed = PushedRequests(parts)
        self._responses = AuthorizationResponses(parts)
        self._errors = Errors(parts, self._responses)
        self._identifiers = parts.identifiers
        self._events = parts.events
        self._lifetimes = Lifetimes.of(parts.config)
        self._note_request = parts.config.note_request

    def authorize(self, request: Request, who_is_there: WhoIsThere, browser: str, now: int) -> Answer:
        """Answer a new request. `browser` is the secret that binds an interaction to this browser."""
        try:
            draft = self._reader.read(request, now)
        except PageError as error:
            error.sent = sent_in(request)
            return self._show(error, now)
        end_user = of_its_world(who_is_there(draft.client), draft.client)
        try:
            checked = check_request(draft)
        except OAuthError as error:
            error.sent = describe_sent(draft.parameters)
            return self._errors.send(draft.client, draft.reply_to, error, end_user, now)
        if draft.client.is_sandbox:
            self._note_request(checked, now)
        return self._decide(checked, draft.client, end_user, browser, now)

    def answer_silently(self, request: Request, find: FindEndUser, now: int) -> Response | None:
        """Answer a request that needs no screen; None, with no code told, where `authorize` has to.

        `find` says, of a client, who is signed in and what they agreed to share with it; None, too, where
        they hold a mandate for it, and so have to be asked for whom they sign in.
        """
        try:
            draft = self._reader.read(request, now)
            checked = check_request(draft)
            found = find(draft.client.client_id)
            if found is None:
                return None
            end_user, agreed = found
            if of_its_world(end_user, draft.client) is None:
                return None
            subject = self._identifiers.subject(draft.client, end_user.account_id)
            situation = Situation(now, checked, draft.client, end_user, subject=subject, agreed=agreed)
            self._check_refusals(situation)
            answer = None if required_prompt(situation) else self._issue_code(situation)
        except OAuthError:
            return None
        return None if isinstance(answer, PageError) else answer

    def is_sound(self, request: Request, now: int) -> bool:
        """Say whether a request is trusted and well-formed, whoever is at the browser."""
        try:
            check_request(self._reader.read(request, now))
        except OAuthError:
            return False
        return True

    def resume(self, uid: str, who_is_there: WhoIsThere, browser: str, now: int) -> Answer:
        """Ask again, after a screen has done its one thing."""
        try:
            interaction = self._interactions.get(uid, browser, now)
        except ExpiredInteraction as error:
            return self._leave(uid, browser, now) or self._show(error, now)
        if interaction.request is None:
            return self._resume_local(interaction, who_is_there(None), now)
        client = self._clients.find(interaction.request.client_id)
        if client is None or client.disabled_at is not None:
            return self._show(told_of(UnknownClient("No such client is registered."), interaction), now)
        if not is_registered(interaction.request.redirect_uri, client):
            unsafe = UnsafeRequest("The redirect_uri is no longer registered.")
            return self._show(told_of(unsafe, interaction), now)
        end_user = of_its_world(who_is_there(client), client)
        return self._decide(interaction.request, client, end_user, browser, now, interaction)

    def _leave(self, uid: str, browser: str, now: int) -> Answer | None:
        """Tell a terminal that nobody went on, so that it is free for the next person; None elsewhere."""
        left = self._interactions.find_left(uid, browser, now)
        client = self._clients.find(left.request.client_id) if left and left.request else None
        if left is None or left.request is None or client is None or not client.terminal:
            return None
        if client.disabled_at is not None or not is_registered(left.request.redirect_uri, client):
            return None
        error = told_of(AccessDenied("Nobody went on at the terminal.", reason="left"), left)
        if not self._interactions.complete(uid, now):
            return None
        return self._errors.send(client, reply_to(left.request), error, None, now, was_shown=True)

    def situation(
        self,
        request: AuthorizationRequest,
        client: Client,
        end_user: EndUser | None,
        now: int,
        interaction: Interaction | None = None,
    ) -> Situation:
        """Gather what the prompts look at."""
        end_user = of_its_world(end_user, client)
        if end_user is None:
            return Situation(now, request, client, None, interaction=interaction)
        situation = Situation(
            now,
            request,
            client,
            end_user,
            subject=self._identifiers.subject(client, end_user.account_id),
            agreed=self._consents.find_agreed(end_user.account_id, client.client_id),
            interaction=interaction,
            mandates=self._list_mandates(request, client, end_user, now),
        )
        if situation.mandate is None:
            return situation
        subject = self._identifiers.subject(client, situation.mandate.principal_id)
        return replace(situation, subject=subject)

    def _list_mandates(
        self, request: AuthorizationRequest, client: Client, end_user: EndUser, now: int
    ) -> tuple[Mandate, ...]:
        """Return by which mandates the person may act: for those whom the request means, if it names one.

        Where no screen may be shown there is nothing to choose: the person acts for themselves.
        """
        if not client.accepts_mandates or "none" in request.prompt:
            return ()
        held = self._mandates.list_held(end_user.account_id, client.client_id, now)
        hinted = request.hinted_subject
        return tuple(
            m for m in held if not hinted or self._identifiers.subject(client, m.principal_id) == hinted
        )

    def _decide(
        self,
        request: AuthorizationRequest,
        client: Client,
        end_user: EndUser | None,
        browser: str,
        now: int,
        interaction: Interaction | None = None,
    ) -> Answer:
        try:
            situation = self.situation(request, client, end_user, now, interaction)
            self._check_refusals(situation)
            rule = required_prompt(situation)
            if rule is None:
                return self._complete(situation)
            if "none" in request.prompt:
                raise rule.error(rule.description)
            lifetime = self._lifetimes.terminal_idle if client.terminal else None
            waiting = interaction or self._interactions.begin(
                request, browser, now, lifetime_seconds=lifetime
            )
            return Prompt(rule.name, waiting)
        except OAuthError as error:
            if interaction is None:
                error.sent = sent_as(request)
            elif self._interactions.complete(interaction.uid, now):
                told_of(error, interaction)
            else:
                return self._show(answered_already(interaction), now)
            was_shown = interaction is not None
            return self._errors.send(client, reply_to(request), error, end_user, now, was_shown=was_shown)

    def _check_refusals(self, situation: Situation) -> None:
        """Raise what no screen can mend."""
        self._responses.check_can_send(situation.client, situation.request.response_mode)
        if situation.interaction and situation.interaction.denied_at is not None:
            raise AccessDenied("The person did not agree.")
        check_asked(situation.request)
        hinted = situation.request.hinted_subject
        is_settled = situation.has_chosen or (situation.authenticated_here and not situation.mandates)
        if is_settled and hinted and hinted != situation.subject:
            raise LoginRequired("Another person signed in than the one asked for.")

    def _complete(self, situation: Situation) -> Answer:
        interaction = situation.interaction
        if interaction and not self._interactions.complete(interaction.uid, situation.now):
            return self._show(answered_already(interaction), situation.now)
        answer = self._issue_code(situation)
        if not isinstance(answer, PageError):
            return answer
        answer.client_id, answer.sent = situation.client.client_id, sent_as(situation.request)
        return self._show(told_of(answer, interaction) if interaction else answer, situation.now)

    def _issue_code(self, situation: Situation) -> Response | PageError:
        """Answer with a code, or return why there is none."""
        if not self._pushed.consume(situation.request, situation.now):
            return UnusableRequestUri("The request_uri was used before; push the request again.")
        code = new_code()
        grant = spoil(self.new_grant(situation, code), situation.request)
        if not self._grants.add(grant, is_sandbox=situation.client.is_sandbox):
            return ExpiredInteraction("The session ended, or the consent was withdrawn, a moment ago.")
        if situation.mandate is not None:
            self._mandates.note_use(situation.mandate, situation.now)
        return self._responses.success(situation.client, reply_to(situation.request), code, situation.now)

    def new_grant(self, situation: Situation, code: str) -> Grant:
        """Return the grant that answers the request by this code; it is stored by the caller, if at all."""
        request, end_user, now = situation.asked, situation.end_user, situation.now
        assert end_user is not None  # noqa: S101  required_prompt() asks for a sign-in otherwise
        offline = is_offline(request, situation.client)
        scope = [name for name in request.scope if offline or name != OFFLINE_ACCESS]
        lasts_until = now + self._lifetimes.offline if offline else self._end_of_session(end_user)
        withheld, agreed_until = what_was_agreed(situation)
        if agreed_until is not None:
            lasts_until = min(lasts_until, agreed_until)
        grant = Grant(
            id=grant_id_of(situation.interaction.uid) if situation.interaction else new_identifier(),
            client_id=request.client_id,
            account_id=end_user.account_id,
            sid=end_user.sid,
            scope=" ".join(scope) or OPENID,
            userinfo_claims=" ".join(request.userinfo_claims),
            id_token_claims=" ".join(request.id_token_claims),
            nonce=request.nonce,
            auth_time=end_user.auth_time,
            acr=end_user.acr,
            amr=" ".join(end_user.amr),
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
            dpop_jkt=request.dpop_jkt,
            code_hash=hash_code(code),
            code_expires_at=now + self._lifetimes.of_code(situation.client),
            code_redeemed_at=None,
            offline=int(offline),
            generation=0,
            rotated_at=None,
            created_at=now,
            expires_at=lasts_until,
            revoked_at=None,
            resource=" ".join(request.resource),
            verified_claims=request.verified_claims,
            withheld=withheld,
        )
        return grant if situation.mandate is None else in_stead(grant, situation.mandate)

    def _end_of_session(self, end_user: EndUser) -> int:
        latest = end_user.auth_time + self._lifetimes.online
        return latest if end_user.expires_at is None else min(latest, end_user.expires_at)

    def _resume_local(self, interaction: Interaction, end_user: EndUser | None, now: int) -> Answer:
        if end_user is not None and end_user.is_sandbox:
            end_user = None  # our own pages are for people who live
        name = required_local_prompt(interaction, end_user, now)
        if name is not None and interaction.denied_at is None:
            return Prompt(name, interaction)
        if not self._interactions.complete(interaction.uid, now):
            return self._show(answered_already(interaction), now)
        return redirect(interaction.return_to or "/", {})

    def _show(self, error: PageError, now: int) -> PageError:
        record_refusal(self._events, "authorization.refused", error, now, None)
        return error


def in_stead(grant: Grant, mandate: Mandate) -> Grant:
    """Return a helper's grant as one for the principal; how and when the sign-in was stays the helper's."""
    return replace(
        grant,
        account_id=mandate.principal_id,
        actor_id=mandate.helper_id,
        mandate_id=mandate.id,
        expires_at=min(grant.expires_at, mandate.expires_at),
    )


def what_was_agreed(situation: Situation) -> tuple[str | None, int | None]:
    """Return what a grant keeps back, and until when the consent lasts."""
    if situation.mandate is not None:
        # The mandate is the consent, and nobody was asked item by item: what is voluntary stays back
        return keep_voluntary(situation.asked, situation.client), None
    agreed = situation.agreed
    return (agreed.withheld_text, agreed.expires_at) if agreed is not None else (None, None)


def reply_to(request: AuthorizationRequest) -> ReplyTo:
    """Return where the answer to a checked request goes."""
    return ReplyTo(request.redirect_uri, request.response_mode, request.state)
