"""An employer and its worker, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.accounts.service import NewAccount
from tnid.employment.attestation import Attestation, parse
from tnid.employment.attestations import LIST, Attested, By
from tnid.employment.service import Employment
from tnid.services import Services
from tnid.stores.employers import employers

AN = {"name": "Nguyễn Văn An", "birthdate": "1990-01-02"}
AN_NUMBER = "019090000123"
LISTED = {
    "staff_code": "TNG-0001",
    "name": "NGUYỄN VĂN AN",
    "personal_id_number": AN_NUMBER,
    "title": "Công nhân may",
    "start_date": "01/03/2020",
    "contract_type": "Không xác định thời hạn",
    "income": "12.500.000",
    "park": "KCN Điềm Thụy",
}
ALL = ("employer", "park", "title", "start_date", "contract_type", "income")
BY_LIST = By(None, LIST)


def an_employer(services: Services, now: int, tax_code: str = "4600305723", name: str = "TNG") -> Any:
    """Add an approved employer; return its row."""
    employer_id = new_identifier()
    columns = {"requested_at": now, "approved_at": now, "park": None, "suspended_at": None, "domain": None}
    services.database.execute(
        insert(employers), id=employer_id, tax_code=tax_code, name=name, **columns, domain_verified_at=None
    )
    return services.database.fetch_one(select(employers).where(employers.c.id == employer_id))


def a_person(
    services: Services,
    now: int,
    username: str = "an",
    number: str | None = AN_NUMBER,
    claims: Mapping[str, Any] = AN,
    level: int = 2,
) -> str:
    """Add somebody whose name and number were compared; return the account's id."""
    account = services.accounts.create(
        NewAccount(
            username=username, password="chè xanh búp tím 2 nương", claims=claims,
            personal_id_number=number, identity_level=level,
        ),
        now,
    )  # fmt: skip
    assert not isinstance(account, Refused), account
    return account.id


def said(now: int, **changes: str) -> Attestation:
    """Return what a list says of An, with changes; a field changed to "" is not there."""
    found = parse({**LISTED, **changes}, datetime.fromtimestamp(now, UTC).date())
    assert isinstance(found, Attestation), found
    return found


def attest(services: Services, employer: Any, now: int, **changes: str) -> Attested:
    with services.database.unit():
        return services.attestations.attest(employer, said(now, **changes), BY_LIST, now)


def linked(services: Services, account_id: str, now: int, accepted: tuple[str, ...] = ALL) -> Employment:
    """Accept the one offer there is."""
    (offer,) = services.employments.list_offers(account_id, now)
    assert services.employments.link(account_id, offer.id, offer.version, accepted, now) is None
    own = services.employments.find_own(account_id, offer.id)
    assert own is not None
    return own
