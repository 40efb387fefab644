"""The screen of the current request: a browser that waits for a phone, by the secret in its cookie."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask import request

from oidc.models import Interaction
from tnid import services, web
from tnid.accounts.refusal import Refused
from tnid.qr.service import COLLECT_SECONDS, LIFETIME_SECONDS, SCREEN, Screen, assurance_of
from tnid.qr.state import REPLACED, SCREEN_COOKIE
from tnid.signin.limits import QR_FROM_NETWORK, QR_IN_BROWSER, QR_OF_ACCOUNT, Bucket, network_of
from tnid.signin.screen import stay
from tnid.signin.session import begin_remote_session, find_terminal
from tnid.signin.sessions import Proof

COOKIE_SECONDS = LIFETIME_SECONDS[SCREEN] + COLLECT_SECONDS


def screen_here(interaction: Interaction) -> Screen:
    """Return what a sign-in by QR in this interaction is bound to."""
    ip = request.remote_addr or ""
    return Screen(
        browser=web.browser_id(),
        interaction_uid=interaction.uid,
        client_id=interaction.request.client_id if interaction.request else None,
        network=network_of(ip),
        asked_from=ip,
        user_agent=request.user_agent.string,
    )


def find_row(interaction: Interaction) -> Any:
    """Return the sign-in by QR that this screen shows, in whatever state, or None."""
    return services.current().qr_sign_ins.find_of_screen(web.cookie(SCREEN_COOKIE), screen_here(interaction))


def why_lost(interaction: Interaction) -> str:
    """Return why `find_row` found none: the network was another, or whatever it was is long over."""
    qr_sign_ins = services.current().qr_sign_ins
    is_elsewhere = qr_sign_ins.is_of_other_network(web.cookie(SCREEN_COOKIE), screen_here(interaction))
    return "other_network" if is_elsewhere else "lost"


def begin(interaction: Interaction) -> Refused | None:
    """Begin one, and end what this browser showed before, for another interaction too: its secret is lost."""
    parts, now = services.current(), services.now()
    screen = screen_here(interaction)
    refused = count_beginning(screen)
    if refused is not None:
        return refused
    before = web.cookie(SCREEN_COOKIE)
    if before:
        parts.qr_sign_ins.abandon(before, REPLACED, now)
    if find_terminal() is None:
        # A request near its end would be over before the phone has answered
        parts.interactions.prolong(interaction, now)
    begun = parts.qr_sign_ins.begin(screen, now)
    web.set_cookie(SCREEN_COOKIE, begun.secret, COOKIE_SECONDS)
    return None


def count_beginning(screen: Screen) -> Refused | None:
    """Count a beginning in its browser and its network, one row of the log where there were too many."""
    parts, now = services.current(), services.now()
    buckets = (Bucket(QR_IN_BROWSER, screen.browser), Bucket(QR_FROM_NETWORK, screen.network))
    full = [bucket for bucket in buckets if not parts.limits.take(bucket, now)]
    if not full:
        return None
    parts.audit.record("qr.begin", outcome="refused", reason="too_many", client_id=screen.client_id, now=now)
    return Refused("", "too_many_qr", parts.limits.seconds_shut(tuple(full), now))


def collect(row: Any, interaction: Interaction) -> bool:
    """Sign in here whom the phone approved; once, and False where it is over or the person's no more."""
    parts, now = services.current(), services.now()
    collected = parts.qr_sign_ins.collect(row, web.cookie(SCREEN_COOKIE), now)
    if collected is None:
        return False
    sign_in(collected, interaction)
    return True


def sign_in(row: Any, interaction: Interaction) -> None:
    """Sign in here whom a phone approved, in a row that was consumed; only what was used up counts no more.

    A yes whose digits are then guessed wrong was pressed out of its person, and counts.
    """
    parts, now = services.current(), services.now()
    proof = Proof(row.approved_at, parts.settings.qr_session_lifetime_seconds)
    sid = begin_remote_session(row.account_id, assurance_of(row), proof)
    parts.interactions.mark_authenticated(interaction.uid, sid, now)
    parts.limits.give_back(Bucket(QR_OF_ACCOUNT, row.account_id))


def stay_for_phone(interaction: Interaction, row: Any) -> None:
    """A terminal waits for a first phone as long as for anybody, and for one that came until it is over."""
    idle = services.current().settings.terminal_idle_seconds
    since = row.changed_at if row.claimed_at is None else row.expires_at - idle
    stay(interaction, since)


def masked_name(row: Any) -> str:
    """Return the name of who claimed it, as much of it as tells the right person from a wrong one."""
    account = services.current().accounts.find(row.account_id)
    return mask_name(account.display_name) if account is not None else ""


def mask_name(name: str) -> str:
    """Return a name with its last word alone whole, which is the given name here; one word not even that."""
    *before, last = unicodedata.normalize("NFC", name).split() or [""]
    return " ".join([*(f"{word[0]}…" for word in before), last if before else f"{last[:1]}…"])
