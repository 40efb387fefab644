"""What the screens of a sign-in share: the interaction they belong to, who asks, and the way on."""

from __future__ import annotations

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from oidc.authorization.interaction import grant_id_of
from oidc.authorization.prompts import Prompt
from oidc.models import Client, Interaction
from tnid import audit, services, web
from tnid.consent.applications import RelyingParty, describe
from tnid.signin import session
from tnid.signin.assurance import is_by_card
from tnid.signin.factors import Kinds
from tnid.signin.terminals import check_place, find_terminal
from tnid.signin.worlds import IN_SANDBOX, enter_world_of

# What a passkey's challenge may be for
SIGN_IN, STEP_UP, CREATE = "sign_in", "step_up", "create"
PAGES = {
    "login": "signin.login",
    "terminal": "terminal.choose",
    "select_account": "signin.select_account",
    "guardian": "guardian_screen.wait",
    "mandate": "in_stead.choose",
    "in_stead": "in_stead.confirm",
    "identity_level": "signin.requirement",
    "consent": "consent.ask",
}
# Whatever has somebody prove who they are, or choose: who is made up is picked
PICKER = "sandbox.sign_in"
PICKED = frozenset({"login", "second_factor", "select_account"})


# What a page that waits asks for again and again says nothing of anybody's being there
LOOKED_AT_BY_ITSELF = frozenset({"qr_screen.show"})


def find_interaction() -> Interaction | None:
    """Return the open interaction that the address names, or None; asked once a request."""
    if "interaction" not in g:
        uid = request.args.get("interaction", "")
        parts = services.current()
        g.interaction = parts.interactions.find(uid, web.browser_id(), services.now()) if uid else None
        _prepare_page(g.interaction)
    found: Interaction | None = g.interaction
    return found


def get_interaction() -> Interaction:
    """Return the open interaction that the address names; raises ExpiredInteraction."""
    interaction = find_interaction()
    if interaction is not None:
        return interaction
    uid = request.args.get("interaction", "")
    return services.current().interactions.get(uid, web.browser_id(), services.now())


def may_be_elsewhere(interaction: Interaction) -> bool:
    """Say whether this sign-in may be proved on a phone: not where a page of ours asks for a fresh one.

    Such a page changes what protects the account, for which a session that a phone opened is not enough.
    """
    return interaction.request is not None or interaction.max_age is None


def is_phone() -> bool:
    """Say whether this browser is a phone's, by what it says of itself: it can't scan its own screen."""
    return request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.user_agent.string


def _prepare_page(interaction: Interaction | None) -> None:
    """A page of an application's request speaks its language, and its form may end at its address."""
    if interaction is None or interaction.request is None:
        return
    g.ui_locales = interaction.request.ui_locales
    flow, client_id = grant_id_of(interaction.uid), interaction.request.client_id
    audit.note_asked(audit.Asked(client_id, flow, interaction.created_at))
    web.allow_form_redirect(interaction.request.redirect_uri)
    client = services.current().clients.find(interaction.request.client_id)
    if enter_world_of(client):
        _stay_in_sandbox(interaction)
        return
    terminal = find_terminal(client, web.current_locale())
    if terminal is not None:
        check_place(terminal, request.remote_addr or "")
        g.terminal = terminal
        session.look_again()
        if request.endpoint not in LOOKED_AT_BY_ITSELF:
            stay(interaction, services.now())


def _stay_in_sandbox(interaction: Interaction) -> None:
    """Answer a sandbox's request by no page where people who live prove who they are, or change anything."""
    session.look_again()
    if request.endpoint not in IN_SANDBOX:
        abort(redirect(f"/resume/{interaction.uid}", 303))


def stay(interaction: Interaction, since: int) -> None:
    """Note that somebody is at the terminal: what they began goes on for as long as a page may be idle."""
    until = since + services.current().settings.terminal_idle_seconds
    g.interaction = services.current().interactions.stay(interaction, until)


def asking_app(interaction: Interaction | None) -> RelyingParty | None:
    """Return who asks, to be shown on top of the page; None on our own pages."""
    client = find_client(interaction)
    if client is None or interaction is None or interaction.request is None:
        return None
    return describe(client, interaction.request.redirect_uri)


def find_client(interaction: Interaction | None) -> Client | None:
    """Return whose request it is; None on our own pages."""
    if interaction is None or interaction.request is None:
        return None
    return services.current().clients.find(interaction.request.client_id)


def begin_local(return_to: str) -> Interaction:
    """Begin a sign-in to a page of ours."""
    return services.current().interactions.begin_local(web.browser_id(), return_to, services.now())


def resume(interaction: Interaction | None) -> Response:
    """Go where the next question is decided."""
    return redirect(f"/resume/{interaction.uid}" if interaction else url_for("accounts.overview"), 303)


def go_to(endpoint: str, interaction: Interaction | None) -> Response:
    return redirect(address(endpoint, interaction), 303)


def address(endpoint: str, interaction: Interaction | None) -> str:
    return url_for(endpoint, interaction=interaction.uid if interaction else None)


def second_factor_screen(kinds: Kinds) -> str:
    """Return the screen that asks for a second factor of these kinds, or that sets one up.

    A passkey first, for nobody can be tricked out of it; the page leads on to the other way.
    """
    if kinds.passkey:
        return "passkey.step_up"
    return "signin.totp" if kinds.totp else "enrolment.enrol"


def show_prompt(prompt: Prompt) -> Response:
    """Send the browser to the screen that a prompt names."""
    if session.find_leaving() is not None:
        return redirect(url_for("leaving.stay"), 303)
    client = find_client(prompt.interaction)
    is_terminal = client is not None and bool(client.terminal)
    page = PAGES.get(prompt.name, "")
    if client is not None and client.is_sandbox and prompt.name in PICKED:
        page = PICKER
    elif prompt.name == "login" and is_terminal:
        page = PAGES["terminal"]
    if not page:
        end_user = session.find_end_user()
        if end_user is not None and is_by_card(end_user.amr):
            return go_to("badge.phone", prompt.interaction)
        kinds = services.current().factors.find_kinds(end_user.account_id if end_user else "")
        if is_terminal and not any(kinds):
            # No shared screen is a place to set one up: the phone brings its own
            return go_to(PAGES["terminal"], prompt.interaction)
        return go_to(second_factor_screen(kinds), prompt.interaction)
    return go_to(page, prompt.interaction)


def context_of(purpose: str, scope: str, account_id: str = "") -> str:
    """Return whose a passkey's challenge is: this browser's, for a purpose, in an interaction or session."""
    return "\n".join((purpose, web.browser_id(), scope, account_id))
