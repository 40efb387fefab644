"""Alerts: a browser that the account doesn't know signed in, and its owner is asked whether it was them."""

from __future__ import annotations

import secrets
from typing import Any

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.browsers import name_browser
from tnid.accounts.closures import Closures
from tnid.interfaces import Announcer, BlindIndex
from tnid.stores.alerts import AlertStore

DAY_SECONDS = 86400
LINK_SECONDS = 7 * DAY_SECONDS
KEEP_SECONDS = 365 * DAY_SECONDS
MOST_OPEN = 5
MOST_LINK_CHARACTERS = 64
MINE, THEIRS = "mine", "theirs"
# The texts that a message says
NEW_BROWSER, BY_QR, BY_CARD = "new_browser", "signed_in_by_qr", "signed_in_by_card"


class Alerts:
    """Each method runs in the caller's unit of work."""

    def __init__(
        self, store: AlertStore, closures: Closures, blind: BlindIndex, messages: Announcer, events: Events
    ) -> None:
        self._store = store
        self._closures = closures
        self._blind = blind
        self._messages = messages
        self._events = events

    def raise_for(
        self, account_id: str, sid: str, ip: str, user_agent: str, now: int, *, text: str = NEW_BROWSER
    ) -> bool:
        """Note a sign-in from an unknown browser and tell the person; not the first sign-in of all.

        One by QR or by a printed card is told as such, by the text of that name. Call it before the sign-in's
        own row is in the log.
        """
        link = secrets.token_urlsafe(32)
        is_added = self._store.add(
            id=new_identifier(),
            account_id=account_id,
            sid=sid,
            ip=ip,
            user_agent=user_agent,
            is_by_qr=int(text == BY_QR),
            link_hash=self._hash(link),
            link_expires_at=now + LINK_SECONDS,
            created_at=now,
            expires_at=now + KEEP_SECONDS,
        )
        if is_added and text != NEW_BROWSER:
            name = name_browser(user_agent)
            where = f"{name} ({ip})".strip()
            self._messages.announce(account_id, text, now, link=link, screen=name or ip, where=where)
        elif is_added:
            self._messages.announce(account_id, NEW_BROWSER, now, link=link)
        return is_added

    def list_open(self, account_id: str, sid: str) -> list[Any]:
        """Return what waits for an answer, the newest first, but for what this very session is about.

        Whoever sits there would only confirm themselves.
        """
        rows = self._store.list_open(account_id, most=MOST_OPEN + 1)
        return [row for row in rows if row.sid != sid][:MOST_OPEN]

    def list_by_account(self, account_id: str) -> list[Any]:
        return self._store.list_by_account(account_id)

    def accept(self, id_: str, account_id: str, by_sid: str, now: int) -> bool:
        """Note that it was the person themselves; False where there is nothing for this session to answer."""
        if self._store.answer(id_, account_id, MINE, now, except_sid=by_sid) is None:
            return False
        self._events.record("alert.accept", account_id=account_id, now=now)
        return True

    def deny(self, id_: str, account_id: str, by_sid: str, now: int) -> bool:
        """Note that it was somebody else, and shut the account; False where there is nothing to answer.

        The session that says so lives on, unless the alert is about it.
        """
        answered = self._store.answer(id_, account_id, THEIRS, now)
        if answered is None:
            return False
        keep_sid = by_sid if by_sid != answered.sid else ""
        self._closures.shut(account_id, now, cause="not_me", keep_sid=keep_sid)
        return True

    def deny_by_link(self, link: str, now: int) -> bool:
        """Shut the account that a message's link is about; False where the link is used, old or none."""
        if not 0 < len(link) <= MOST_LINK_CHARACTERS:
            return False
        spent = self._store.use_link(self._hash(link), now)
        if spent is None:
            return False
        self._closures.shut(spent.account_id, now, cause="not_me_by_link")
        return True

    def _hash(self, link: str) -> str:
        return self._blind.blind_index("alert_link", link)
