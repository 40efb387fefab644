"""What a reviewer's eye should fall on, found by rules: remarks decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from flask_babel import gettext

from oidc.attested import PERSONAL_ID_NUMBER
from oidc.clients.grant_types import OPERATORS_ONLY, is_personal
from oidc.models import LOA2, Client
from oidc.release import is_signed_openly
from oidc.sensitive import is_sensitive
from tnid.accounts.verification import SEEN_IN_PERSON_LEVEL
from tnid.developers.disclosure import BY_OPERATOR, LOGOUT, Wish
from tnid.developers.disclosure_forms import name_of_item
from tnid.developers.disclosure_words import LAWFUL, LONG
from tnid.reviews.document import hosts_of, must_be_two, own_scopes_of, wishes_of
from tnid.reviews.lookalikes import find_alike

MANY_ITEMS = 8


class Remark(NamedTuple):
    """One remark: what it is about, as comments name it, and what there is to say."""

    field: str
    text: str


class Looked(NamedTuple):
    """What the rules look at: the document, the live client as it is now, and everybody else's names."""

    document: Mapping[str, Any]
    live: Client | None
    others: Iterable[str]

    @property
    def metadata(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.document["metadata"]
        return found

    @property
    def wishes(self) -> dict[str, Wish]:
        return wishes_of(self.document)


def note_two(looked: Looked) -> Iterator[Remark]:
    if must_be_two(looked.document):
        text = gettext(
            "Two reviewers must agree: it asks for what identity documents, numbers, children, income"
            " or helpers tell."
        )
        yield Remark("", text)


def note_lookalike(looked: Looked) -> Iterator[Remark]:
    # In all languages, most of which have the same name: each pair is said once
    others = [*dict.fromkeys(looked.others)]
    names = {text for name, text in looked.metadata.items() if name.partition("#")[0] == "client_name"}
    for text in sorted(names):
        for alike in find_alike(text, others):
            yield Remark("name", gettext("“%(name)s” looks like “%(other)s”.", name=text, other=alike))


def note_hosts(looked: Looked) -> Iterator[Remark]:
    known = hosts_of(looked.live.metadata) if looked.live is not None else []
    for host in hosts_of(looked.metadata):
        if host not in known:
            yield Remark("redirect_uris", gettext("New host: %(host)s", host=host))


def note_organisation(looked: Looked) -> Iterator[Remark]:
    if not looked.document["organisation"]:
        text = gettext(
            "Nobody stands behind it by name: people are told that the organisation is not verified."
        )
        yield Remark("organisation", text)
    elif looked.live is None or looked.live.organisation != looked.document["organisation"]:
        text = gettext("People will read that this organisation is verified. Make sure that it is theirs.")
        yield Remark("organisation", text)


def note_without_law(looked: Looked) -> Iterator[Remark]:
    for name, wish in looked.wishes.items():
        if (name in BY_OPERATOR or is_sensitive(name)) and wish.basis not in LAWFUL:
            what = name_of_item(name)
            yield Remark(f"items/{name}", gettext("Sensitive, and no law is named: %(what)s", what=what))


def note_number(looked: Looked) -> Iterator[Remark]:
    if PERSONAL_ID_NUMBER not in looked.wishes:
        return
    field = f"items/{PERSONAL_ID_NUMBER}"
    demands = looked.document["least_acr"], looked.document["least_identity_level"]
    if demands != (LOA2, SEEN_IN_PERSON_LEVEL):
        text = gettext(
            "The number is told at identity level 2 and after two factors alone, and others are let in, too."
        )
        yield Remark(field, text)
    if is_signed_openly(looked.metadata):
        yield Remark(field, gettext("UserInfo is signed and not encrypted: the number is left out."))


def note_long(looked: Looked) -> Iterator[Remark]:
    for name, wish in looked.wishes.items():
        if wish.kept in LONG:
            kept = wish.kept_texts.get("vi", "")
            yield Remark(f"items/{name}", gettext("Kept for long, or in own words: %(kept)s", kept=kept))


def note_purposes(looked: Looked) -> Iterator[Remark]:
    said: dict[str, str] = {}
    for name, wish in looked.wishes.items():
        purpose = wish.purpose.get("vi", "").casefold()
        if purpose in said:
            text = gettext("The same purpose as for another item: is it really the same?")
            yield Remark(f"items/{name}", text)
        said[purpose] = name


def note_many(looked: Looked) -> Iterator[Remark]:
    if len(looked.wishes) > MANY_ITEMS:
        yield Remark("", gettext("It asks for %(number)s items.", number=len(looked.wishes)))


def note_logout(looked: Looked) -> Iterator[Remark]:
    if is_personal(looked.metadata) and "backchannel_logout_uri" not in looked.metadata:
        reason = looked.document["reasons"].get(LOGOUT, "")
        yield Remark("logout", gettext("It is not told of sign-outs: %(reason)s", reason=reason))


def note_grants(looked: Looked) -> Iterator[Remark]:
    before = looked.live.grant_types if looked.live is not None else []
    for grant in looked.metadata["grant_types"]:
        if grant in OPERATORS_ONLY and grant not in before:
            text = gettext(
                "It wants %(grant)s: whoever has this can send people requests that they did not begin,"
                " or exchange tokens of others. Be sure who uses it, and where.",
                grant=grant,
            )
            yield Remark("", text)


def note_own_scopes(looked: Looked) -> Iterator[Remark]:
    if found := own_scopes_of(looked.metadata):
        names = " ".join(found)
        yield Remark("", gettext("In its own name it gets these scopes: %(names)s", names=names))


def note_public(looked: Looked) -> Iterator[Remark]:
    is_public = Client("", looked.metadata).is_public
    if is_public and any(is_sensitive(name) for name in looked.wishes):
        yield Remark("", gettext("It keeps no secret, and asks for what is sensitive."))


RULES: tuple[Callable[[Looked], Iterator[Remark]], ...] = (
    note_two,
    note_lookalike,
    note_hosts,
    note_organisation,
    note_without_law,
    note_number,
    note_long,
    note_purposes,
    note_many,
    note_logout,
    note_grants,
    note_own_scopes,
    note_public,
)


def list_remarks(document: Mapping[str, Any], live: Client | None, others: Iterable[str]) -> list[Remark]:
    """Return every remark on a document."""
    looked = Looked(document, live, list(others))
    return [remark for rule in RULES for remark in rule(looked)]
