"""The pages of a client's settings, each with a context as its view gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oidc.authorization.response import RESPONSE_MODES
from oidc.models import Client
from tests.tnid.developers.page_examples import LIVE, page
from tnid.accounts.forms import PlainForm
from tnid.developers.changes import RULES, Rule
from tnid.developers.history_pages import SOURCES
from tnid.developers.metadata import Version
from tnid.developers.metadata_diffs import describe_changes
from tnid.developers.metadata_fields import FIELDS, label_of
from tnid.developers.metadata_forms import DocumentForm
from tnid.developers.metadata_pages import RULE_WORDS, describe_rules
from tnid.developers.metadata_parts import PARTS, members_of
from tnid.developers.secret_pages import EndForm, NewSecretForm, PlanForm
from tnid.developers.secrets import Secret
from tnid.stores.client_versions import FIRST, FORM

AT = 1_795_000_000
METADATA: dict[str, Any] = {
    "redirect_uris": ["https://suckhoe.thainguyen.example/callback", "http://localhost:5000/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "client_secret_basic",
    "subject_type": "pairwise",
    "jwks": {"keys": [{"kty": "EC", "crv": "P-256", "kid": "2026-11"}]},
}
CLIENT = Client("kMT1Uf5Pq2w0c3V9pZr8Yg", METADATA, created_at=AT)
CHANGED = {
    "redirect_uris": ["https://suckhoe.thainguyen.example/dang-nhap"],
    "jwks": None,
    "default_max_age": 3600,
}
SECRET = Secret("5f1c", "a1", AT, AT, None, b"")


def _settings(make: Callable[[], dict[str, Any]] = dict, **context: Any) -> Callable[[], dict[str, Any]]:
    """Return what makes a context; forms and words in a language are made within a request."""
    shared = page(**{"env": "sandbox", "client": CLIENT, "may_change": True, **context})
    return lambda: {**shared(), **make()}


def _part(part_id: str, errors: dict[str, list[str]], **context: Any) -> Callable[[], dict[str, Any]]:
    part = PARTS[part_id]

    def make() -> dict[str, Any]:
        form = part.form(data=METADATA)
        for name, words in errors.items():
            form[name].errors = words
        names = members_of(part)
        return {
            "form": form,
            "rules": {name: RULE_WORDS[RULES.get(name, Rule.REVIEWED)] for name in names},
            "labels": {name: label_of(name) for name in names},
        }

    shared = {
        "part": part, "fields": FIELDS, "is_checked": False, "response_modes": RESPONSE_MODES,
        "notes": {"redirect_uris": ["http://localhost:5000/callback – Cân nhắc."]},
    }  # fmt: skip
    return _settings(make, **{**shared, **context})


def _index() -> dict[str, Any]:
    return {
        "parts": [(part, [label_of(name) for name in members_of(part)][:3]) for part in PARTS.values()],
        "pending": describe_changes(METADATA, CHANGED),
        "rules": describe_rules(),
    }


def _secrets() -> dict[str, Any]:
    return {"form": NewSecretForm(), "plan_form": PlanForm()}


def _document() -> dict[str, Any]:
    form = DocumentForm(data={"document": METADATA})
    form.unknown = ["redirect_uri"]
    form.document.errors = ["redirect_uris: Sai."]
    return {"form": form}


SECRETS = {"secrets": [(SECRET, "Lê Quang Vinh"), (SECRET, "")], "takes_secrets": True, "has_room": True}
VERSION = Version(2, METADATA, FORM, "a1", AT, CHANGED)
SETTINGS_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "settings": ("developers/settings.html", _settings(lambda: {**_index(), "pending": [], "rules": []})),
    "settings-live": ("developers/settings.html", _settings(_index, env="live", application=LIVE)),
    "settings-none": ("developers/settings.html", lambda: {**_settings()(), "env": "live", "client": None}),
    "settings-addresses": (
        "developers/settings_part.html",
        _part("addresses", {"redirect_uris": ["https://a.example/#x – Bỏ dấu #.", "Hai lần."]}),
    ),
    "settings-addresses-live": (
        "developers/settings_part.html",
        _part("addresses", {}, env="live", application=LIVE, is_checked=True),
    ),
    "settings-addresses-shut": (
        "developers/settings_part.html",
        _part("addresses", {}, env="live", application=LIVE, needs_sign_in=True),
    ),
    "settings-addresses-stale": (
        "developers/settings_part.html",
        _part("addresses", {}, env="live", application=LIVE, is_stale=True),
    ),
    "settings-sign-in": ("developers/settings_part.html", _part("sign-in", {"default_max_age": ["Sai."]})),
    "settings-sign-in-reader": ("developers/settings_part.html", _part("sign-in", {}, may_change=False)),
    "settings-tokens": ("developers/settings_part.html", _part("tokens", {})),
    "settings-logout": ("developers/settings_part.html", _part("logout", {})),
    "settings-keys": ("developers/settings_part.html", _part("keys", {"jwks": ["Sai."]})),
    "settings-ciba": ("developers/settings_part.html", _part("ciba", {})),
    "secrets": (
        "developers/secrets.html",
        _settings(_secrets, **SECRETS, new_secret="f" * 43, may_write=True),
    ),
    "secrets-none": (
        "developers/secrets.html",
        _settings(_secrets, **{**SECRETS, "secrets": []}, new_secret=None, may_write=True),
    ),
    "secrets-reader": (
        "developers/secrets.html",
        _settings(_secrets, **SECRETS, new_secret=None, may_write=False),
    ),
    "secrets-shut": (
        "developers/secrets.html",
        _settings(_secrets, **SECRETS, env="live", new_secret=None, may_write=True, needs_sign_in=True),
    ),
    "secret-end": (
        "developers/secret_end.html",
        _settings(lambda: {"form": EndForm()}, secret=SECRET, is_last=True),
    ),
    "settings-document": (
        "developers/settings_document.html",
        _settings(
            _document,
            fields=FIELDS,
            labels={"document": "Tài liệu"},
            changes_=describe_changes(METADATA, CHANGED),
        ),
    ),
    "settings-history": (
        "developers/settings_history.html",
        _settings(
            entries=[
                (VERSION, SOURCES[FORM], "Lê Quang Vinh", describe_changes(METADATA, CHANGED)),
                (VERSION._replace(number=1, source=FIRST), SOURCES[FIRST], "", []),
            ]
        ),
    ),
    "settings-version": (
        "developers/settings_version.html",
        _settings(
            lambda: {"form": PlainForm()},
            found=VERSION,
            made_by="Lê Quang Vinh",
            changes_=describe_changes(METADATA, CHANGED),
        ),
    ),
}
