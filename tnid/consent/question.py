"""A question as every page puts it that asks for consent, and the answer that its form brings back."""

from __future__ import annotations

from typing import Any

from flask import request

from oidc.attested import NOTHING, OF_STANDING, VERIFIED, is_of_work
from oidc.claims import EVIDENCE_NAME, names_of_scopes
from oidc.models import AuthorizationRequest, Client
from oidc.yes_no import yes_no_names
from tnid import services, web
from tnid.accounts.service import Account
from tnid.consent.items import is_offline, show_items
from tnid.consent.questions import find_unanswered
from tnid.consent.scopes import find_scope_texts
from tnid.consent.service import Question
from tnid.consent.values import Holdings
from tnid.stores.probes import ProbeStore


def put_question(
    account_id: str, asked: AuthorizationRequest, client: Client, *, anew: bool = False
) -> Question:
    """Return what is to be decided now; `anew` asks about all of it again."""
    return services.current().consents.ask(account_id, asked, client, services.now(), anew=anew)


def take_answer(account_id: str, question: Question) -> bool:
    """Record the yes of the form, with the items that were ticked; False where it answers another question.

    What was never asked can't be ticked, and what is required can't be left out: names beyond the question's
    own voluntary ones mean nothing.
    """
    if request.form.get("shown") != question.mark:
        return False
    chosen = request.form.getlist("share")
    return services.current().consents.give(
        account_id, question, chosen, services.now(), web.current_locale()
    )


def describe_question(question: Question, client: Client, person: Account) -> dict[str, Any]:
    """Return what the templates say of a question."""
    asked = question.request
    held = hold(person, client, names_of_scopes(asked.scope) | asked.asked_claims)
    texts = find_scope_texts(asked.scope, asked.resource)
    return {
        "items": show_items(question.items, client, held, question.agreed, texts),
        "settled": show_items(question.settled, client, held, question.agreed, texts),
        "shown": question.mark,
        "offline": is_offline(asked),
    }


def hold(person: Account, client: Client, names: frozenset[str]) -> Holdings:
    """Return what is known of the person, as this application would be told of it, but for a number."""
    parts, now = services.current(), services.now()
    verified = parts.accounts.verified_claims(person.id)
    asked = frozenset(name for name in names if is_of_work(name) or name in OF_STANDING)
    vouched = parts.vouching.shown(person.id, client.client_id, asked, now) if asked else NOTHING
    is_work_alone = all(
        is_of_work(name) for name in names if name.startswith(VERIFIED) and name != EVIDENCE_NAME
    )
    asked_before = list_asked(person.id) if yes_no_names(names) else ()
    unanswered = find_unanswered(asked_before, client, names, now)
    return Holdings(person.claims, verified, person.identity_level, now, vouched, is_work_alone, unanswered)


def list_asked(account_id: str) -> list[Any]:
    """Return what applications ever asked about the person by yes/no questions, for `find_unanswered`."""
    return ProbeStore(services.current().database).list_by_account(account_id)
