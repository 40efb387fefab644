"""Whatever somebody types into the pages of organisations, of work and of cards, nothing fails."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.employment.work import AN_NUMBER, said
from tnid.app import Application
from tnid.employment.attestations import LIST, By
from tnid.services import Services

AREAS = ("/employers", "/account/work", "/work/")
FIELDS = (
    *(
        "tax_code",
        "name",
        "park",
        "role",
        "domain",
        "query",
        "end_date",
        "code",
        "label",
        "decision",
        "worker",
    ),
    *("accept", "seen", "hidden", "digest", "size", "position", "card_text", "show", "employer", "title"),
    *("household", "people", "ward_1", "rent_to", "wage_from", "parks", "kinds", "start_date"),
)
TEXTS = (
    *(
        "",
        " ",
        "1",
        "-1",
        "²",
        "٣",
        "1e9",
        "NaN",
        "9" * 30,
        "1" * 5000,
        "0" * 64,
        "manager",
        "accept",
        "title",
    ),
    *(
        "\u202e\u0000x",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "ｋ．ｖｎ",
        "a" * 3000,
    ),
    *(
        "xn--a.vn",
        "ß.vn",
        "..",
        "http://[::1",
        "31/12/9999",
        "29/02/2027",
        "00/00/0000",
        "employer",
        "diem-thuy",
    ),
    *("%s%n{{7*7}}<script>", "a~b~", "eyJhbGciOiJub25lIn0.e30.~", "=1+1", "\r\nX: y", "A" * 22),
)
ROUNDS = 4
# The one takes away what the others are about, the other asks machines elsewhere
SKIPPED = ("lists.drop", "employer_domain.verify")
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)


def rules_of(app: Application) -> list[Rule]:
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint not in SKIPPED)
    return [rule for rule in rules if rule.rule.startswith(AREAS)]


def addresses(rule: Rule, known: dict[str, str], dice: random.Random) -> Iterator[str]:
    """Yield the address with ids that there are, and one with anything."""
    for is_known in (True, False):
        address = rule.rule
        for name in rule.arguments:
            odd = dice.choice(("A" * 22, "%00", "-", "x" * 300, "%0d%0a", "%20"))
            address = address.replace(f"<{name}>", known[name] if is_known and name in known else odd)
        yield address


def test_nothing_that_is_typed_fails(
    app: Application, tng: str, thuy: Someone, at_desk: Callable[[Someone], InProcess], services: Services,
    clock: Clock,
) -> None:  # fmt: skip
    dice, browser, now = random.Random(6), at_desk(thuy), clock.now()
    employer = services.employers.organisations.find(tng)
    with services.database.unit():
        by = By(thuy.id, LIST)
        done = services.attestations.attest(employer, said(now, personal_id_number=AN_NUMBER), by, now)
        begun = services.lists.begin(tng, by, "0" * 64, 10, now)
    known: dict[str, Any] = {"employer_id": tng, "employment_id": done.employment_id, "import_id": begun.id}  # type: ignore[union-attr]
    token = browser.open(f"/employers/{tng}").document.xpath("//input[@name='csrf_token']/@value")[0]
    for rule in rules_of(app):
        for address in (one for _round in range(ROUNDS) for one in addresses(rule, known, dice)):
            fields = {name: [dice.choice(TEXTS)] * dice.randint(1, 2) for name in FIELDS}
            files = {"piece": ("p", b"abc"), "file": ("f", b"a,b\n")} if "lists" in address else None
            for method in ("GET", "POST"):
                query = {"page": dice.choice(TEXTS), "after": dice.choice(TEXTS), "state": dice.choice(TEXTS)}
                sent = {"data": {"csrf_token": token, **fields}, "files": files} if method == "POST" else {}
                answer = browser.send(method, address, params=query, **sent)
                assert answer.status_code < 500, (method, address, fields)
