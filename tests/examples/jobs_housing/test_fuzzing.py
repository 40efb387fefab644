"""Whatever somebody types at the listings, on either database, nothing fails."""

from __future__ import annotations

import random
import re

from flask import Flask

from tests.examples.jobs_housing.test_pages import SignIn, app, begin, sign_in

__all__ = ["app", "sign_in"]

FIELDS = (
    *("kind", "name", "title", "summary", "ward", "park", "amount_from", "amount_to", "places", "details"),
    *("letter", "send", "text", "message_id", "state", "reason", "words", "description", "back", "page", "q"),
    *("listing", "all", "next", "for", "near", "within", "latitude", "longitude", "sort", "pay_from"),
)
TEXTS = (
    *(
        "",
        " ",
        "1",
        "-1",
        "²",
        "9" * 30,
        "1" * 5000,
        "nan",
        "inf",
        "home",
        "job",
        "self",
        "other",
        "accepted",
    ),
    *("a\x00b", "\u202ex", "%s{{7*7}}<script>", "..", "//evil.example", "\r\nX: y", "A" * 22, "05890"),
    *("diem-thuy", "😀" * 50, "tenure_at_least_months", "a" * 4000),
)
ROUNDS = 2
# What would leave nothing to go on with
SKIPPED = ("static", "posting.change", "linking.unlink", "account.sign_out")


def test_nothing_that_is_typed_fails(app: Flask, sign_in: SignIn) -> None:
    # What fails is raised here, in place of a page that says so
    app.config["PROPAGATE_EXCEPTIONS"] = False
    dice, client = random.Random(6), sign_in("hien")
    known = begin(client)
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in SKIPPED]
    for rule in rules * ROUNDS:
        for listing_id in (known, "%00", "A" * 300, "%20"):
            path = re.sub(r"<any\((.*?)\):\w+>", lambda one: dice.choice(one[1].split(", ")), rule.rule)
            path = re.sub(r"<[\w:]+>", lambda _, given=listing_id: given, path)  # type: ignore[misc]
            for method in ("GET", "POST"):
                typed = {name: dice.choice(TEXTS) for name in FIELDS}
                query = {name: dice.choice(TEXTS) for name in FIELDS} if method == "GET" else {}
                answer = client.open(
                    path, method=method, query_string=query,
                    data=typed if method == "POST" else None,
                )  # fmt: skip
                assert answer.status_code not in (500, 502), (method, path, listing_id, typed or query)
