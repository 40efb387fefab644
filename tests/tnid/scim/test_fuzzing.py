"""Whatever a personnel system sends, the answer is one of SCIM's, and no failure."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tnid.scim.conftest import CONFIDENTIAL, EMPLOYMENT, ENTERPRISE, PATCH, USER, System, worker

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
# What the transport of this test carries in an address as it is
SAFE = st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="%?#")
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
EXAMPLES = 250
TEXT = st.text(max_size=40)
DATES = st.sampled_from(
    ["2026-11-18", "2020-02-30", "01/03/2020", "9999-12-31", "0001-01-01", "2026-11-17", ""]
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, width=32), TEXT, DATES,
    st.sampled_from(["019090000123", "diem-thuy", "indefinite", "true", "False", "TNG-0001", "hr-1"]),
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *(
            "schemas",
            "id",
            "externalId",
            "meta",
            "userName",
            "name",
            "title",
            "active",
            "displayName",
            "emails",
        ),
        *("startDate", "endDate", "contractType", "park", "linked", "personalIdNumber", "averageIncome"),
        *(
            "formatted",
            "familyName",
            "department",
            "manager",
            "USERNAME",
            "password",
            "value",
            "$ref",
            "urn:x:y",
        ),
        *(USER, ENTERPRISE, EMPLOYMENT, CONFIDENTIAL),
    ]
)
OBJECTS = st.dictionaries(
    st.one_of(NAMES, TEXT), st.one_of(JSON, st.dictionaries(NAMES, JSON, max_size=4)), max_size=6
)
USERS = st.one_of(OBJECTS, OBJECTS.map(lambda changes: {**worker(), **changes}))
PATHS = st.one_of(
    NAMES,
    TEXT,
    st.builds("{}:{}".format, st.sampled_from([USER, ENTERPRISE, EMPLOYMENT, CONFIDENTIAL]), NAMES),
    st.builds("{}.{}".format, NAMES, NAMES),
    st.builds('{}[{} eq "{}"].{}'.format, NAMES, NAMES, TEXT, NAMES),
    st.sampled_from(["", "name[", "emails[type eq", "not (a)", "(" * 500, "a." * 50, "urn:" * 200]),
)
OPERATIONS = st.fixed_dictionaries(
    {},
    optional={
        "op": st.one_of(st.sampled_from(["add", "remove", "replace", "Replace", "move"]), JSON),
        "path": st.one_of(PATHS, JSON),
        "value": st.one_of(JSON, OBJECTS),
    },
)
PATCHES = st.one_of(
    OBJECTS,
    st.lists(st.one_of(OPERATIONS, JSON), max_size=4).map(
        lambda some: {"schemas": [PATCH], "Operations": some}
    ),
)
TERMS = st.one_of(
    st.builds(
        "{} {} {}".format,
        PATHS,
        st.sampled_from(["eq", "ne", "co", "gt", "pr", "xx"]),
        SCALARS.map(json.dumps),
    ),
    st.builds("{} pr".format, PATHS),
    TEXT,
)
FILTERS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not ({})".format, inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=6,
)
SEARCHES = st.fixed_dictionaries(
    {},
    optional={
        "filter": FILTERS,
        "sortBy": PATHS,
        "sortOrder": st.one_of(st.sampled_from(["ascending", "descending"]), TEXT),
        "startIndex": st.one_of(st.integers(), TEXT),
        "count": st.one_of(st.integers(), TEXT),
        "attributes": st.one_of(PATHS, TEXT),
        "excludedAttributes": PATHS,
    },
)
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=list(HealthCheck),
)


def send(system: System, method: str, path: str, document: Any = None, **options: Any) -> None:
    if document is not None:
        options["content"] = json.dumps(document).encode()
    answer = system.send(method, path, **options)
    assert answer.status_code in (200, 201, 204, 304, 400, 404, 409, 412, 413), answer.text
    if answer.status_code >= 400:
        assert answer.json()["status"] == str(answer.status_code)
    assert "019090000123" not in answer.text or method != "GET"


def test_users(system: System) -> None:
    made = system.add()

    @FUZZ
    @given(USERS, st.sampled_from(["POST", "PUT"]))
    def attack(document: Any, method: str) -> None:
        send(system, method, "/Users" if method == "POST" else f"/Users/{made['id']}", document)

    attack()


def test_patches(system: System) -> None:
    made = system.add()

    @FUZZ
    @given(PATCHES)
    def attack(document: Any) -> None:
        send(system, "PATCH", f"/Users/{made['id']}", document)

    attack()


def test_searches(system: System) -> None:
    system.add()

    @FUZZ
    @given(SEARCHES, st.booleans())
    def attack(search: dict[str, Any], is_posted: bool) -> None:
        if is_posted:
            send(system, "POST", "/.search", {"schemas": [SEARCH], **search})
        else:
            send(system, "GET", "/Users", params=search)

    attack()


def test_bytes_and_addresses(system: System) -> None:
    @FUZZ
    @given(
        st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
        st.lists(st.text(SAFE, max_size=12), max_size=4),
        st.binary(max_size=60),
        st.text(st.characters(max_codepoint=126, min_codepoint=33), max_size=20),
    )
    def attack(method: str, parts: list[str], body: bytes, tag: str) -> None:
        headers = {"If-Match": tag, "If-None-Match": tag}
        path = "/Users/" + "/".join(parts)
        answer = system.send(method, path, content=body, headers=headers)
        assert answer.status_code in (200, 204, 400, 404, 405, 412)

    attack()
