"""The pages of settings: what each asks, how what was typed is read, and where it is said what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from flask_babel import lazy_gettext as _

from oidc.clients.mtls import MTLS_METHODS, SUBJECT_MEMBERS
from oidc.decoupled.models import CIBA
from oidc.errors import BadMetadata
from oidc.models import Client
from tnid import services
from tnid.accounts.refusal import Refused
from tnid.developers import metadata_forms as forms
from tnid.developers.fault_words import WORDS, Advice, find_advice, words_of
from tnid.developers.jwks_sources import is_secret, read_keys
from tnid.developers.metadata_fields import FIELDS, label_of


class Part(NamedTuple):
    """One page: what it asks, and of which members."""

    id: str
    label: Any
    hint: Any
    icon: str
    form: Any


PARTS: dict[str, Part] = {
    one.id: one
    for one in (
        Part("addresses", _("Addresses"), _("Where people come back to."), "link", forms.AddressesForm),
        Part(
            "sign-in",
            _("Sign-in"),
            _("By which way, how strong, how it proves itself."),
            "door",
            forms.SignInForm,
        ),
        Part(
            "requests",
            _("Protected requests and tokens"),
            _("Against whoever reads or changes them on the way."),
            "shield",
            forms.RequestsForm,
        ),
        Part(
            "tokens",
            _("Signing and encryption"),
            _("Of tokens and answers."),
            "shield",
            forms.TokensForm,
        ),
        Part(
            "logout", _("Signing out and events"), _("What we tell your server."), "clock", forms.LogoutForm
        ),
        Part("keys", _("Keys and certificates"), _("Your public keys."), "key", forms.KeysForm),
        Part("ciba", _("Asking on the phone (CIBA)"), _("How its answers arrive."), "phone", forms.CibaForm),
    )
}
MOST_IN_SUMMARY = 4
NOT_MEMBERS = {"csrf_token", "seen", "submit", "check", "document"}


def list_parts(client: Client) -> list[Part]:
    """Return the pages that this client needs: CIBA's where it has that grant."""
    return [one for one in PARTS.values() if one.id != "ciba" or CIBA in client.grant_types]


def members_of(part: Part) -> list[str]:
    """Return the members that a page asks, in its order."""
    return [name for name in vars(part.form) if name in FIELDS]


def summary_of(metadata: Mapping[str, Any], part: Part) -> list[str]:
    """Return in a few words what is set on a page."""
    found: list[str] = []
    for name in members_of(part):
        found += _in_short(name, metadata.get(name))
    return found[:MOST_IN_SUMMARY]


def _in_short(name: str, value: Any) -> list[str]:
    if value is True:
        return [str(label_of(name))]
    if isinstance(value, dict):
        return [str(key.get("kid", "")) for key in value.get("keys", ())]
    if isinstance(value, list):
        return [str(one).rpartition(":")[2] if name == "grant_types" else str(one) for one in value]
    return [str(value)] if value else []


class Entry(NamedTuple):
    """What was typed: the members as they are to be, what is wrong before the validator looks, and advice."""

    changes: Mapping[str, Any]
    faults: Sequence[BadMetadata]
    advice: Sequence[Advice]


def make_form(part: Part, client: Client) -> Any:
    """Return the page's form, filled with what is set."""
    form = part.form(data=client.metadata)
    if not form.is_submitted():
        form.seen.data = fingerprint(client, part)
    if not services.current().provider.config.mtls.is_on:
        if "token_endpoint_auth_method" in form:
            field = form.token_endpoint_auth_method
            hidden = set(MTLS_METHODS) - {client.auth_method}
            field.choices = [one for one in field.choices if one.value not in hidden]
        for name in (*SUBJECT_MEMBERS, "tls_client_certificate_bound_access_tokens"):
            if name in form:
                del form[name]
    return form


def fingerprint(client: Client, part: Part) -> str:
    """Return what stands for the settings that a page shows: whether somebody changed them meanwhile."""
    return fingerprint_of(client.metadata, members_of(part))


def fingerprint_of(metadata: Mapping[str, Any], names: Sequence[str]) -> str:
    shown = {name: metadata.get(name) for name in names}
    return hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def read_entry(form: Any, client: Client) -> Entry:
    """Read what was typed; a private key is forgotten at once."""
    changes: dict[str, Any] = {}
    faults: list[BadMetadata] = []
    for name, field in form._fields.items():
        if name in NOT_MEMBERS:
            continue
        if name != "jwks":
            changes[name] = field.member()
            continue
        try:
            changes[name] = read_keys(field.data) if (field.data or "").strip() else None
        except BadMetadata as error:
            faults.append(error)
            if is_secret(field.data):
                field.data = ""
    if "grant_types" in changes:
        changes["response_types"] = ["code"] if "authorization_code" in changes["grant_types"] else []
    trimmed = [
        Advice(name, "trimmed") for name, field in form._fields.items() if getattr(field, "is_trimmed", False)
    ]
    advice = find_advice(changes, is_sandbox=client.is_sandbox)
    return Entry(changes, faults, [*trimmed, *advice])


def show_outcome(form: Any, outcome: Refused | Sequence[BadMetadata]) -> None:
    """Put what was refused on top of the form, or beside its fields."""
    if isinstance(outcome, Refused):
        minutes = max(1, -(-outcome.retry_after_seconds // 60))
        form.form_errors.append(str(WORDS[outcome.reason]) % {"minutes": minutes, "value": ""})
    else:
        show_faults(form, outcome)


def show_faults(form: Any, faults: Sequence[BadMetadata]) -> None:
    """Put each fault beside its field, and, where it is another page's, on top with that field's name."""
    for fault in faults:
        text = words_of(fault)
        field = form._fields.get(fault.member)
        if field is None:
            form.form_errors.append(f"{label_of(fault.member)}: {text}" if fault.member else text)
        elif text not in field.errors:
            field.errors = [*field.errors, text]
