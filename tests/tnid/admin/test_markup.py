"""Every page of operators as it is served, in each language: whole, labelled, protected, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.tnid.admin.conftest import NewOperator, OpenAdmin
from tests.tnid.conftest import InProcess, Someone
from tnid.admin.roles import ADMINISTRATOR, OPERATOR_ROLES, SUPPORT
from tnid.employers.organisations import NewEmployer
from tnid.services import Services

WHY = "Theo đề nghị bằng văn bản"
FIXED = (
    *(
        "",
        "/requests",
        "/people",
        "/clients",
        "/clients/of/jobs",
        "/clients/stop/jobs",
        "/employers?show=all",
    ),
    *("/officials", "/officials/new", "/operators", "/operators/new", "/switches", "/switches/qr/off"),
    *("/keys", "/keys/rotate", "/keys/rotate-now", "/sessions", "/sessions/end-everybody", "/outbox"),
    *("/settings", "/audit", "/fresh"),
)


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def addresses(
    services: Services, clock: Clock, minh: Someone, new_app: Callable[..., str], new_operator: NewOperator
) -> list[str]:
    """Every page, with something on it."""
    new_app("jobs")
    other = new_operator("thu.vu", ADMINISTRATOR)
    given = {"account": minh.id, "role": SUPPORT}
    asked = services.admin.requests.ask("grant_role", given, WHY, other.id, clock.now())
    employer = services.employers.organisations.create(NewEmployer("4600305723", "Công ty TNG"), clock.now())
    services.switches.turn("scim", is_on=False, reason=WHY, by=other.id, now=clock.now())
    services.outbox.add("logout_token", "jobs", minh.id, "sid-1", "app.example", clock.now())
    services.counter.roles.grant_official(minh.id, "05467", clock.now())
    person = f"/people/{minh.id}"
    more = (
        *(f"/requests/{asked}", person, f"{person}/reveal/phone", f"{person}/disable", "/outbox/1/give-up"),
        *(f"/employers/{employer}", f"/employers/{employer}/suspend", f"/officials/{minh.id}/revoke"),
        *(
            f"/employers/{employer}/representatives/new",
            f"/operators/revoke?of={other.id}&role={ADMINISTRATOR}",
        ),
    )
    return [f"/admin{path}" for path in (*FIXED, *more)]


@pytest.mark.parametrize("locale", ["vi", "en", "ko"])
def test_every_page_is_whole(
    locale: str, addresses: list[str], new_operator: NewOperator, open_admin: OpenAdmin
) -> None:
    desk: InProcess = open_admin(new_operator("quan.ly", *sorted(OPERATOR_ROLES)))
    desk.post("/language", lang=locale, next="/admin")
    for address in addresses:
        page = desk.open(address)
        assert page.status == 200, address
        assert page.document is not None and page.document.get("lang") == locale, address
        check_page(page.document, address)


def check_page(document: Any, address: str) -> None:
    assert len(document.xpath("//h1")) == 1, address
    assert document.xpath("string(//title)").strip().endswith("– Thái Nguyên ID"), address
    assert not document.xpath("//style | //script[not(@src)] | //@style | //@onclick"), address
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids)), address
    references = document.xpath("//@aria-labelledby | //label/@for | //button/@form")
    references += " ".join(document.xpath("//@aria-describedby")).split()
    assert set(references) <= set(ids), address
    for form in document.xpath("//form"):
        assert form.get("method") == "post" and len(form.xpath(".//input[@name='csrf_token']")) == 1, address
    labelled = set(document.xpath("//label/@for"))
    controls = document.xpath("//input[not(@type='hidden')] | //select | //textarea")
    assert all(control.get("id") in labelled for control in controls), address
