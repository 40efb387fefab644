"""What an application would be told about somebody made up: shown by the code that tells it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from oidc.claims import names_of_scopes
from oidc.models import AuthorizationRequest, Client, EndUser
from oidc.preview import Told, agree_to, items_of
from oidc.verified_claims import MEMBER
from oidc.yes_no import base_of
from tnid import services
from tnid.accounts.account import Account
from tnid.consent.items import ConsentItem, show_items
from tnid.consent.question import hold
from tnid.consent.scopes import find_scope_texts
from tnid.sandbox.claim_words import Source, source_of
from tnid.sandbox.people import Person
from tnid.signin.assurance import Assurance


class Row(NamedTuple):
    """A claim: where it is told, and what is to be said of it."""

    name: str
    in_id_token: bool
    in_userinfo: bool
    words: Source


class Preview(NamedTuple):
    """All that there is to see; `is_shut` where nobody signs in as this person."""

    told: Told
    items: list[ConsentItem]
    rows: list[Row]
    is_shut: bool


def look(
    client: Client,
    asked: AuthorizationRequest,
    person: Person,
    assurance: Assurance,
    *,
    shares_all: bool,
) -> Preview:
    """Look at a request for a person, who is made if they are needed for the first time."""
    parts, now = services.current(), services.now()
    account_id = parts.sandbox.ensure(person, now, client)
    account = parts.accounts.get(account_id)
    items = items_of(asked, client)
    agreed = agree_to(asked, items, shares_all=shares_all)
    told = parts.provider.previews.tell(client, asked, _end_user(account, assurance, now), agreed, now)
    held = hold(account, client, names_of_scopes(asked.scope) | asked.asked_claims)
    shown = show_items(items, client, held, agreed, find_scope_texts(asked.scope, asked.resource))
    return Preview(told, shown, list(_rows(asked, told)), not account.is_open)


def _end_user(account: Account, assurance: Assurance, now: int) -> EndUser:
    row = services.current().made_up.find_row(account.username)
    return EndUser(
        account_id=account.id,
        sid="preview",
        auth_time=now,
        acr=assurance.acr,
        amr=assurance.amr,
        identity_level=account.identity_level,
        is_waiting=(row.guardian_awaited_until or 0) > now,
        is_sandbox=True,
    )


def _rows(asked: AuthorizationRequest, told: Told) -> Iterable[Row]:
    """Yield what is told, and then what was asked for and is not there."""
    wanted = {base_of(name.partition("/")[0]) for name in names_of_scopes(asked.scope) | asked.asked_claims}
    if asked.verified_claims:
        wanted.add(MEMBER)
    present: dict[str, Any] = {**told.id_token, **told.userinfo}
    for name in [*present, *sorted(wanted - present.keys())]:
        yield Row(name, name in told.id_token, name in told.userinfo, source_of(name))
