"""What people read of an application, in three languages: its name, what it is for, who is behind it.

`applications.texts` is JSON: each of FIELDS by language, and `logo`, the id of a picture. The sandbox client
is kept in step at once; a live client gets them by a review, with `presentation_of` and `metadata_of`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import orjson

from oidc.clients.registration import validate_metadata
from oidc.errors import BadMetadata
from oidc.models import Client
from tnid.accounts.refusal import Refused
from tnid.developers.acts import Acts
from tnid.developers.records import Application, Standing, application_of
from tnid.developers.words import is_line
from tnid.stores.applications import ApplicationStore
from tnid.stores.client_versions import FORM

LANGUAGES = ("vi", "en", "ko")
NAME, PURPOSE, ORGANISATION = "name", "purpose", "organisation"
# How long each may be, and why it is refused where it is longer
FIELDS = {
    NAME: (60, "application_name"),
    PURPOSE: (200, "application_purpose"),
    ORGANISATION: (100, "team_name"),
}
Texts = Mapping[str, Any]


class Clients(Protocol):
    """What is needed of tnid.stores.clients."""

    def find_now(self, client_id: str) -> Client | None: ...
    def set_metadata(
        self, client_id: str, metadata: dict[str, Any], now: int, *, source: str, by: str | None
    ) -> bool: ...
    def set_presentation(
        self, client_id: str, presentation: Mapping[str, Mapping[str, str]], now: int
    ) -> bool: ...


class Typed(NamedTuple):
    """What was typed, by field and language, over what was shown (`digest_of`)."""

    texts: Mapping[str, Mapping[str, str]]
    shown: str


def presentation_of(texts: Texts) -> dict[str, dict[str, str]]:
    """Return what a client's record holds of them beside its name."""
    return {name: dict(texts[name]) for name in (PURPOSE, ORGANISATION) if texts.get(name)}


def metadata_of(texts: Texts, logo_uri: str | None) -> dict[str, str]:
    """Return the RFC 7591 members that say the same: the name by language, and the picture's address."""
    names = texts.get(NAME, {})
    members = {f"client_name#{language}": name for language, name in names.items() if name}
    if names.get("vi"):
        members["client_name"] = names["vi"]
    return {**members, **({"logo_uri": logo_uri} if logo_uri else {})}


def texts_of_metadata(metadata: Mapping[str, Any], known: Texts | None = None) -> dict[str, Any]:
    """Return the texts of a client whose own program named it, over those that were known."""
    named = {
        language: str(metadata[f"client_name#{language}"])
        for language in LANGUAGES
        if f"client_name#{language}" in metadata
    }
    named.setdefault("vi", str(metadata.get("client_name") or next(iter(named.values()), "")))
    return {**(known or {}), NAME: named}


def digest_of(texts: Texts) -> str:
    """Return what stands for the texts in a form that shows them."""
    return hashlib.sha256(orjson.dumps(texts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


class ApplicationTexts:
    """Each method runs in the caller's unit of work and records what it did."""

    def __init__(self, store: ApplicationStore, clients: Clients, acts: Acts, issuer: str) -> None:
        self._store = store
        self._clients = clients
        self._acts = acts
        self._issuer = issuer

    def change(self, standing: Standing, typed: Typed, now: int) -> Refused | None:
        """Replace name, purpose and organisation; refused where somebody else changed them meanwhile."""
        if (refused := _find_fault(typed.texts)) is not None:
            return refused
        before = standing.application.texts
        if typed.shown != digest_of(before):
            return Refused("", "changed_meanwhile")
        said = {name: {k: v for k, v in by.items() if v} for name, by in typed.texts.items()}
        return self._save(standing, {**before, **said}, now)

    def set_logo(self, standing: Standing, logo_id: str | None, now: int) -> Refused | None:
        """Give the application this picture, or none."""
        rest = {name: value for name, value in standing.application.texts.items() if name != "logo"}
        return self._save(standing, {**rest, **({"logo": logo_id} if logo_id else {})}, now)

    def _save(self, standing: Standing, texts: dict[str, Any], now: int) -> Refused | None:
        application, by = standing.application, standing.member.account_id
        if (refused := self._write_to_client(application.sandbox_client_id, texts, by, now)) is not None:
            return refused
        before = self._store.find(application.id).texts
        if orjson.loads(before) != application.texts or not self._store.set_texts(
            application.id, before, orjson.dumps(texts).decode(), by, now
        ):
            return Refused("", "changed_meanwhile")
        self._acts.record(
            "application.texts", application.team_id, by, now,
            application_id=application.id, client_id=application.sandbox_client_id,
        )  # fmt: skip
        return None

    def _write_to_client(self, client_id: str, texts: Texts, by: str, now: int) -> Refused | None:
        """Have the sandbox client say the same, through the one validator."""
        client = self._clients.find_now(client_id)
        if client is None:
            return None
        rest = {
            name: value
            for name, value in client.metadata.items()
            if name.partition("#")[0] not in ("client_name", "logo_uri")
        }
        said = metadata_of(texts, self.logo_uri(texts))
        try:
            metadata = validate_metadata({**rest, **said}, client.profile, may_be_public=True)
        except BadMetadata:
            return Refused("", "application_name")
        self._clients.set_metadata(client_id, metadata, now, source=FORM, by=by)
        self._clients.set_presentation(client_id, presentation_of(texts), now)
        return None

    def logo_uri(self, texts: Texts) -> str | None:
        """Return where the picture is, on our own origin; None where there is none."""
        return f"{self._issuer}/logos/{texts['logo']}" if texts.get("logo") else None

    def note_metadata(self, client: Client, now: int) -> Application | None:
        """Have the texts follow what the client's own program, or the page of its settings, named it; return
        the application of a sandbox client, None for any other."""
        row = self._store.find_by_client(client.client_id)
        if row is None or row.sandbox_client_id != client.client_id:
            return None
        application = application_of(row)
        texts = texts_of_metadata(client.metadata, application.texts)
        if client.logo_uri != self.logo_uri(texts):
            texts.pop("logo", None)
        if texts != application.texts:
            self._store.set_texts_by_program(application.id, orjson.dumps(texts).decode(), now)
        return application


def _find_fault(texts: Mapping[str, Mapping[str, str]]) -> Refused | None:
    for name, (most, reason) in FIELDS.items():
        for language in LANGUAGES:
            text = texts.get(name, {}).get(language, "")
            if text and not is_line(text, most):
                return Refused(f"{name}_{language}", reason)
    return None if texts.get(NAME, {}).get("vi") else Refused("name_vi", "required")
