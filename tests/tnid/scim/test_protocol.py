"""The protocol: addresses, methods, discovery, and every kind of body that is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from tests.tnid.scim.conftest import CONFIDENTIAL, EMPLOYMENT, ENTERPRISE, PATCH, USER, System, worker
from tnid.scim.bodies import MOST_BYTES
from tnid.services import Services
from tnid.stores.audit import audit_events

REMARKS = {"op": "replace", "path": "title", "value": "x"}


pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def patch_of(*operations: Any) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


# What the service says of itself


def test_it_says_what_it_can_do(system: System) -> None:
    config = system.ask("/ServiceProviderConfig")
    can = {
        name: config[name]["supported"]
        for name in ("patch", "bulk", "filter", "sort", "etag", "changePassword")
    }
    assert can == {
        "patch": True, "bulk": False, "filter": True, "sort": True, "etag": True, "changePassword": False
    }  # fmt: skip


def test_a_user_has_two_extensions_and_what_is_confidential_is_described(system: System) -> None:
    (user,) = system.ask("/ResourceTypes")["Resources"]
    assert user == system.ask("/ResourceTypes/User")
    assert [one["schema"] for one in user["schemaExtensions"]] == [ENTERPRISE, EMPLOYMENT]
    described = {one["id"]: one for one in system.ask("/Schemas")["Resources"]}
    assert {USER, ENTERPRISE, EMPLOYMENT, CONFIDENTIAL} <= described.keys()
    assert described[EMPLOYMENT] == system.ask(f"/Schemas/{EMPLOYMENT}")
    for attribute in described[CONFIDENTIAL]["attributes"]:
        assert (attribute["mutability"], attribute["returned"]) == ("writeOnly", "never")


def test_every_attribute_is_explained(system: System) -> None:
    for schema in system.ask("/Schemas")["Resources"]:
        if schema["id"] in (USER, ENTERPRISE, EMPLOYMENT, CONFIDENTIAL):
            for attribute in schema["attributes"]:
                assert attribute["description"], attribute


def test_discovery_is_not_filtered(system: System) -> None:
    for path in ("/Schemas", "/ResourceTypes", "/ServiceProviderConfig"):
        assert system.refused("GET", path, params={"filter": 'id eq "x"'})[0] == 403


@pytest.mark.parametrize(
    "path",
    ["", "/", "/Groups", "/Bulk", "/Users/", "/Users/none", "/Users/a/b", "/users", "/Schemas/none",
     "/ServiceProviderConfig/x", "/Users/%2e%2e", "//Users", "/Users/a%0Ab", "/%0A", "/Users/%C2%85"],
)  # fmt: skip
def test_what_is_not_there_is_told_so_in_scims_words(path: str, system: System) -> None:
    if path == "/Users/":
        assert system.send("GET", path).status_code == 200
        return
    assert system.refused("GET", path) == (404, "")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/Users"),
        ("DELETE", "/Users"),
        ("POST", "/Schemas"),
        ("OPTIONS", "/Users"),
        ("GET", "/.search"),
    ],
)
def test_a_method_that_is_not_for_it_is_told_which_are(method: str, path: str, system: System) -> None:
    answer = system.send(method, path)
    assert answer.status_code == 405 and answer.headers["Allow"]


@pytest.mark.parametrize("method", ["PROPFIND", "TRACE", "MADEUP"])
@pytest.mark.parametrize("path", ["", "/Users", "/Users/none", "/Me"])
def test_a_method_that_nobody_knows_is_refused_in_scims_words(method: str, path: str, system: System) -> None:
    answer = system.send(method, path)
    assert answer.status_code == 405 and "PATCH" in answer.headers["Allow"]
    assert answer.headers["Content-Type"].startswith("application/scim+json")
    assert answer.json()["status"] == "405"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
@pytest.mark.parametrize("path", ["/Me", "/Me/", "/Me/name"])
def test_nobody_is_me(method: str, path: str, system: System) -> None:
    answer = system.send(method, path)
    assert answer.status_code == 501
    assert method == "HEAD" or answer.json()["status"] == "501"


def test_head_is_get_without_a_body(system: System) -> None:
    answer = system.send("HEAD", "/Users")
    assert (answer.status_code, answer.content) == (200, b"")


# Bodies


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", ""],
)
def test_other_bodies_are_not_read(content_type: str, system: System) -> None:
    headers = {"Content-Type": content_type}
    answer = system.send("POST", "/Users", content=json.dumps(worker()), headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize("content_type", ["application/json", "application/scim+json; charset=utf-8"])
def test_json_by_either_name_is_read(content_type: str, system: System) -> None:
    headers = {"Content-Type": content_type}
    answer = system.send("POST", "/Users", content=json.dumps(worker()), headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 80 * 1024, 2 * 1024 * 1024])
def test_a_large_body_is_refused_unread(size: int, system: System) -> None:
    body = json.dumps(worker(title="x" * size))
    assert system.refused("POST", "/Users", content=body) == (413, "")


DEEP = '{"schemas":' * 40 + "1" + "}" * 40


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", '"text"', "NaN", '{"userName":"a","userName":"b"}', b"\xff\xfe{}",
     '{"userName":"a","USERNAME":"b"}', DEEP, '{"userName": "\\ud800"}', '{"userName": 99999999999999999999}',
     '{"name": {"formatted": "A", "Formatted": "B"}}'],
)  # fmt: skip
def test_what_two_parsers_may_read_differently_is_refused(body: str | bytes, system: System) -> None:
    for method, path in (("POST", "/Users"), ("POST", "/.search")):
        assert system.refused(method, path, content=body) == (400, "invalidSyntax"), body


@pytest.mark.parametrize(
    ("changes", "keyword"),
    [
        ({"schemas": ["urn:x:Unknown"]}, "invalidSyntax"),
        ({"schemas": [USER, "urn:x:Unknown"]}, "invalidSyntax"),
        ({"urn:x:Unknown": {"a": 1}}, "invalidSyntax"),
        ({"endDte": "2026-01-01"}, "invalidSyntax"),
        ({EMPLOYMENT: {"endDte": "2026-01-01"}}, "invalidSyntax"),
        ({EMPLOYMENT: "today"}, "invalidValue"),
        ({EMPLOYMENT: {"startDate": "2020-02-30"}}, "invalidValue"),
        ({EMPLOYMENT: {"startDate": "03/2020"}}, "invalidValue"),
        ({EMPLOYMENT: {"startDate": "2030-01-01"}}, "invalidValue"),
        ({EMPLOYMENT: {"startDate": "2026-01-02", "endDate": "2026-01-01"}}, "invalidValue"),
        ({EMPLOYMENT: {"contractType": "forever"}}, "invalidValue"),
        ({EMPLOYMENT: {"park": "Atlantis"}}, "invalidValue"),
        ({"userName": None}, "invalidValue"),
        ({"userName": ""}, "invalidValue"),
        ({"userName": "  "}, "invalidValue"),
        ({"userName": "x" * 65}, "invalidValue"),
        ({"userName": "a\u202eb"}, "invalidValue"),
        ({"userName": 1}, "invalidValue"),
        ({"externalId": "x" * 256}, "invalidValue"),
        ({"userName": "019090000123"}, "sensitive"),
        ({"externalId": "019090000123"}, "sensitive"),
        ({"userName": "019-0900-00123"}, "sensitive"),
        ({"userName": "０１９０９００００１２３"}, "sensitive"),
        ({"externalId": "019 090 000123"}, "sensitive"),
        ({"name": None}, "invalidValue"),
        ({"name": {}}, "invalidValue"),
        ({"name": "An"}, "invalidValue"),
        ({"name": {"formatted": "A1"}}, "invalidValue"),
        ({"name": {"formatted": "\u200b"}}, "invalidValue"),
        ({"active": "perhaps"}, "invalidValue"),
        ({"active": False, EMPLOYMENT: {"startDate": "banana"}}, "invalidValue"),
        ({"active": False, "title": "x" * 121}, "invalidValue"),
        ({"title": "x" * 121}, "invalidValue"),
        ({"title": "a\u0000b"}, "invalidValue"),
        ({CONFIDENTIAL: {"personalIdNumber": 19090000123}}, "invalidValue"),
        ({CONFIDENTIAL: {"personalIdNumber": 119090000123}}, "invalidValue"),
        ({CONFIDENTIAL: {"personalIdNumber": "1.9E+10"}}, "invalidValue"),
        ({CONFIDENTIAL: {"personalIdNumber": "19090000123"}}, "invalidValue"),
        ({CONFIDENTIAL: {"averageIncome": 12.5}}, "invalidValue"),
        ({CONFIDENTIAL: {"averageIncome": -1}}, "invalidValue"),
        ({CONFIDENTIAL: {"averageIncome": 10**12}}, "invalidValue"),
        ({CONFIDENTIAL: {"birthdate": "2020-01-01"}}, "invalidValue"),
    ],
)
def test_what_is_no_worker_is_refused_with_a_reason(changes: Any, keyword: str, system: System) -> None:
    assert system.refused("POST", "/Users", worker(**changes)) == (400, keyword)
    assert system.ask("/Users")["totalResults"] == 0


def test_a_number_as_a_number_is_told_what_it_is_to_be(system: System) -> None:
    answer = system.send("POST", "/Users", worker(**{CONFIDENTIAL: {"personalIdNumber": 119090000123}}))
    assert "string" in answer.json()["detail"] and "personalIdNumber" in answer.json()["detail"]
    assert "119090000123" not in answer.text


def test_everything_that_is_wrong_is_told_at_once(system: System) -> None:
    document = worker(active="perhaps", **{EMPLOYMENT: {"endDte": "x"}, CONFIDENTIAL: {"averageIncome": "x"}})
    detail = system.send("POST", "/Users", document).json()["detail"]
    assert "active" in detail and "endDte" in detail and "averageIncome" in detail
    document = worker(
        **{EMPLOYMENT: {"startDate": "x", "park": "x"}, CONFIDENTIAL: {"personalIdNumber": "1"}}
    )
    detail = system.send("POST", "/Users", document).json()["detail"]
    assert "startDate" in detail and "park" in detail and "personalIdNumber" in detail


def test_what_isnt_kept_of_a_user_stops_nothing(system: System) -> None:
    made = system.add(
        displayName="An", emails=[{"value": "an@example.vn", "type": "work"}], password="x", groups=[],
        phoneNumbers=[{"value": "0912345678"}], locale="vi", **{ENTERPRISE: {"manager": {"value": "x"}}},
    )  # fmt: skip
    assert not {"displayName", "emails", "password", "phoneNumbers", "locale"} & made.keys()
    answer = system.patch(
        made,
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "b@example.vn"},
        {"op": "add", "value": {"displayName": "B", "title": "Tổ trưởng"}},
        {"op": "add", "path": f"{ENTERPRISE}:manager", "value": "x"},
    )
    assert answer.status_code == 200 and answer.json()["title"] == "Tổ trưởng"
    answer = system.patch(made, {"op": "replace", "path": "displayName", "value": "C"})
    assert answer.status_code == 200


# Patches


@pytest.mark.parametrize(
    ("operation", "keyword"),
    [
        ({"op": "replace", "path": "endDte", "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": "title[", "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": "urn:x:y:z", "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": 5, "value": "x"}, "invalidValue"),
        ({"op": "replace", "path": 'name[formatted eq "x"].givenName', "value": "x"}, "invalidFilter"),
        ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
        ({"op": "replace", "path": "meta.created", "value": "x"}, "mutability"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "remove", "path": "active"}, "mutability"),
        ({"op": "remove", "path": "name.formatted"}, "mutability"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "move", "path": "title", "value": "x"}, "invalidValue"),
        ({"op": "add", "path": "title"}, "invalidValue"),
        ({"op": "replace", "value": "x"}, "invalidValue"),
        ({"op": "replace", "value": {"endDte": "x"}}, "invalidValue"),
        ({"op": "replace", "path": "title", "value": {"a": 1}}, "invalidValue"),
        ({"op": "replace", "path": "active", "value": "perhaps"}, "invalidValue"),
        ({"path": "title", "value": "x"}, "invalidValue"),
        ("replace", "invalidValue"),
        (None, "invalidValue"),
    ],
)
def test_what_is_no_operation_is_refused(operation: Any, keyword: str, system: System) -> None:
    made = system.add()
    answer = system.send("PATCH", f"/Users/{made['id']}", patch_of(operation))
    assert (answer.status_code, answer.json().get("scimType")) == (400, keyword), answer.text
    assert system.ask(f"/Users/{made['id']}") == made


@pytest.mark.parametrize(
    "document",
    [{}, {"schemas": [USER], "Operations": [REMARKS]}, {"schemas": [PATCH]},
     {"schemas": [PATCH], "Operations": []}, {"schemas": [PATCH], "Operations": {}},
     patch_of(*[REMARKS] * 101)],
)  # fmt: skip
def test_what_is_no_patch_is_refused(document: Any, system: System) -> None:
    made = system.add()
    assert system.refused("PATCH", f"/Users/{made['id']}", document)[0] == 400


# Searching


def test_pages(system: System) -> None:
    for number in range(5):
        system.add(userName=f"NV{number}", externalId=None, **{CONFIDENTIAL: None})
    page = system.ask("/Users", startIndex=2, count=2)
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (5, 2, 2)
    names = [one["userName"] for one in system.ask("/Users")["Resources"]]
    assert [one["userName"] for one in page["Resources"]] == names[1:3]
    assert system.ask("/Users", count=0)["Resources"] == []
    assert system.ask("/Users", count=-1)["totalResults"] == 5
    assert system.ask("/Users", startIndex=-4)["startIndex"] == 1
    assert system.ask("/Users", startIndex=10**18)["Resources"] == []
    assert system.ask("/Users", count=10**18)["itemsPerPage"] == 5


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('userName eq "NV1"', "1"),
        ('USERNAME EQ "NV1"', "1"),
        ('userName eq "nv1"', ""),
        ('userName ne "NV1"', "02"),
        ('userName sw "NV"', "012"),
        ('userName co "V2"', "2"),
        ('externalId eq "x1"', "1"),
        ("externalId pr", "1"),
        ("not (externalId pr)", "02"),
        ("active eq true", "01"),
        ('active eq "False"', "2"),
        ('userName eq "NV0" or userName eq "NV2"', "02"),
        ('active eq true and (userName eq "NV1" or userName eq "NV2")', "1"),
        ('userName eq "NV1" and active eq false', ""),
        ('meta.lastModified ge "2026-11-18T00:00:00Z"', "012"),
        ('meta.created gt "2026-11-19T00:00:00+07:00"', ""),
        (f'{USER}:userName eq "NV1"', "1"),
        ('userName eq "x\\" or userName pr"', ""),
        ('userName eq "\' OR 1=1 --"', ""),
    ],
)
def test_filters(text: str, found: str, system: System) -> None:
    for number in range(3):
        external = "x1" if number == 1 else None
        system.add(userName=f"NV{number}", externalId=external, active=number != 2, **{CONFIDENTIAL: None})
    assert "".join(sorted(one["userName"][-1] for one in system.find(text))) == found
    document = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": text}
    for path in ("/.search", "/Users/.search"):
        searched = system.send("POST", path, document).json()
        assert searched["totalResults"] == len(found)


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("", "invalidFilter"),
        ("userName", "invalidFilter"),
        ("userName eq", "invalidFilter"),
        ('nothing eq "x"', "invalidFilter"),
        ('title eq "x"', "invalidFilter"),
        ('name.formatted co "An"', "invalidFilter"),
        ("userName eq 1", "invalidFilter"),
        ("active gt true", "invalidFilter"),
        ('meta.created gt "yesterday"', "invalidFilter"),
        ('emails[type eq "work"]', "invalidFilter"),
        ('urn:x:y:User:userName eq "x"', "invalidFilter"),
        (f'{CONFIDENTIAL}:personalIdNumber eq "019090000123"', "sensitive"),
        ('userName eq "' + "x" * 2000 + '"', "invalidFilter"),
        ("(" * 400 + 'userName eq "x"' + ")" * 399, "invalidFilter"),
        ("not (" * 60 + 'userName eq "x"' + ")" * 60, "invalidFilter"),
        (" or ".join(["id pr"] * 100), "invalidFilter"),
    ],
)
def test_what_is_no_filter_is_refused(text: str, keyword: str, system: System) -> None:
    system.add()
    assert system.refused("GET", "/Users", params={"filter": text}) == (400, keyword)


def test_an_order(system: System) -> None:
    for name, external in (("NV2", "b"), ("NV1", None), ("NV3", "a")):
        system.add(userName=name, externalId=external, **{CONFIDENTIAL: None})

    def ordered(**query: str) -> list[str]:
        return [one["userName"] for one in system.ask("/Users", **query)["Resources"]]

    assert ordered(sortBy="userName") == ["NV1", "NV2", "NV3"]
    assert ordered(sortBy="userName", sortOrder="descending", count="2") == ["NV3", "NV2"]
    assert ordered(sortBy="externalId") == ["NV3", "NV2", "NV1"]
    for unsortable in ("title", "name.formatted", "nothing", "name"):
        assert system.refused("GET", "/Users", params={"sortBy": unsortable}) == (400, "invalidPath")


def test_attributes(system: System) -> None:
    made = system.add()
    path = f"/Users/{made['id']}"
    assert set(system.ask(path, attributes="title")) == {"schemas", "id", "title"}
    assert "title" not in system.ask(path, excludedAttributes="title,name")
    assert "id" in system.ask(path, excludedAttributes="id")
    assert system.ask(path, attributes=f"{EMPLOYMENT}:park")[EMPLOYMENT] == {"park": "diem-thuy"}
    both = {"attributes": "title", "excludedAttributes": "name"}
    assert system.refused("GET", path, params=both)[0] == 400


@pytest.mark.parametrize(
    "query", [{"count": "x"}, {"startIndex": "1.5"}, {"sortOrder": "up"}, {"attributes": "a b"}]
)
def test_what_is_no_parameter_is_refused(query: dict[str, str], system: System) -> None:
    assert system.refused("GET", "/Users", params=query)[0] == 400


def test_a_parameter_that_comes_twice_is_refused(system: System) -> None:
    assert system.refused("GET", "/Users?count=1&count=2")[0] == 400


def test_a_refusal_leaves_one_row_in_the_log(system: System, services: Services) -> None:
    system.refused("POST", "/Users", worker(userName="019090000123"))
    rows = services.database.fetch_all(select(audit_events).where(audit_events.c.outcome == "refused"))
    assert [(row.event, row.reason) for row in rows] == [("scim.refuse", "sensitive")]
    assert "019090000123" not in str(rows)
