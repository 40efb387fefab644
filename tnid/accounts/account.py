"""An account as the program sees it: what is asked for, and what there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tnid.accounts.claims import claims_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What is asked for. `claims` are standard claims of OpenID Connect Core §5.1, `totp` makes a secret.

    `id` is given where the same request may come twice: the second finds the account that the first made.
    `organisation` is the commune at whose counter it is made, None where its person makes it.
    """

    username: str
    password: str = field(repr=False)
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    personal_id_number: str | None = field(default=None, repr=False)
    identity_level: int = 0
    totp: bool = False
    locale: str = "vi"
    id: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's account, opened. The last two are filled by `create` alone, to be shown once."""

    id: str
    username: str
    profile: Mapping[str, Any] = field(repr=False)
    identity_level: int
    locale: str
    factor_required: bool
    created_at: int
    updated_at: int
    password_changed_at: int
    disabled_at: int | None = None
    shut_by_owner_at: int | None = None
    deletion_due_at: int | None = None
    is_sandbox: bool = False
    totp_secret: str | None = field(default=None, repr=False)
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_open(self) -> bool:
        return is_open(self)

    @property
    def display_name(self) -> str:
        return str(self.profile.get("name") or self.username)

    @property
    def initials(self) -> str:
        """First letters of the first and the last word: people are called by the last one."""
        words = self.display_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def claims(self) -> dict[str, Any]:
        return claims_of(self.profile, username=self.username, locale=self.locale, updated_at=self.updated_at)


def is_open(account: Any) -> bool:
    """Say whether applications may be served on behalf of an account, given it or its row."""
    return (
        account.disabled_at is None and account.shut_by_owner_at is None and account.deletion_due_at is None
    )
