"""Workers told of by a personnel system: what is attested, what is read again, and what ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.tnid.employment.work import AN, a_person, attest, linked
from tests.tnid.scim.conftest import CONFIDENTIAL, EMPLOYMENT, ENTERPRISE, USER, System, worker
from tnid.purge import KEEP_SECONDS, purge_expired
from tnid.scim.parts import KEPT_SECONDS
from tnid.services import Services
from tnid.stores.audit import audit_events
from tnid.stores.employments import employments
from tnid.stores.scim_users import scim_users


def works(services: Services) -> list[Any]:
    return services.database.fetch_all(select(employments))


def values_of(services: Services, row: Any) -> dict[str, Any]:
    return services.attestations.open_values(row)


def test_what_is_told_is_attested(system: System, services: Services, clock: Clock) -> None:
    made = system.add()
    (row,) = works(services)
    assert (row.employer_id, row.staff_code) == (system.employer.id, "TNG-0001")
    assert (row.attested_through, row.attested_by, row.attested_at) == ("scim", None, clock.now())
    assert row.number_index == services.attestations.number_index("019090000123")
    assert values_of(services, row) == {
        "name": "Nguyễn Văn An", "title": "Công nhân may", "start_date": "2020-03-01",
        "contract_type": "indefinite", "park": "diem-thuy", "income": 12_500_000,
    }  # fmt: skip
    assert made["active"] is True and made["meta"]["resourceType"] == "User"


def test_what_is_confidential_is_given_back_by_nothing(system: System) -> None:
    made = system.add()
    whole = system.ask(f"/Users/{made['id']}")
    asked = system.ask(f"/Users/{made['id']}", attributes=f"{CONFIDENTIAL}:personalIdNumber,userName")
    listed = system.ask("/Users", attributes=CONFIDENTIAL)
    for document in (made, whole, asked, listed):
        assert "019090000123" not in str(document) and "12500000" not in str(document)
        assert CONFIDENTIAL not in str(document)


def test_nothing_personal_lies_open_in_the_database(system: System, services: Services) -> None:
    system.add(**{ENTERPRISE: {"department": "Chuyền may số 7"}, "schemas": [USER, ENTERPRISE]})
    rows = str(works(services)) + str(services.database.fetch_all(select(scim_users)))
    rows += str(services.database.fetch_all(select(audit_events)))
    for secret in ("Nguyễn", "Công nhân", "019090000123", "12500000", "Chuyền"):
        assert secret not in rows


def test_a_resource_has_what_was_sent(system: System) -> None:
    sent = worker(
        **{
            ENTERPRISE: {"employeeNumber": "7", "department": "May 7"},
            "schemas": [USER, EMPLOYMENT, ENTERPRISE, CONFIDENTIAL],
        }
    )
    answer = system.send("POST", "/Users", sent)
    found = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == found["meta"]["location"].replace("%2F", "/")
    assert answer.headers["ETag"] == found["meta"]["version"]
    for name in ("userName", "externalId", "name", "title", "active", EMPLOYMENT, ENTERPRISE):
        assert found[name] == sent[name], name
    assert system.ask(f"/Users/{found['id']}") == found


def test_a_name_in_parts_is_made_whole_family_name_first(system: System) -> None:
    made = system.add(name={"givenName": "Lan", "familyName": "Nguyễn", "middleName": "Thị"})
    assert made["name"]["formatted"] == "Nguyễn Thị Lan"


def test_a_list_that_changes_it_is_seen(system: System, services: Services, clock: Clock) -> None:
    made = system.add()
    attest(services, system.employer, clock.advance(60), title="Tổ trưởng", end_date="31/12/2030")
    found = system.ask(f"/Users/{made['id']}")
    assert found["title"] == "Tổ trưởng" and found[EMPLOYMENT]["endDate"] == "2030-12-31"
    assert found["name"] == {"formatted": "NGUYỄN VĂN AN"}
    assert found["meta"]["version"] != made["meta"]["version"]
    assert found["meta"]["lastModified"] > made["meta"]["lastModified"]


def test_who_is_on_the_list_already_is_taken_over(system: System, services: Services, clock: Clock) -> None:
    attest(services, system.employer, clock.now())
    made = system.add(title=None)
    assert len(works(services)) == 1
    assert made["title"] == "Công nhân may"


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(
    system: System, services: Services, clock: Clock
) -> None:
    a_person(services, clock.now())
    known = system.add()
    unknown = system.add(
        userName="TNG-0002", externalId="hr-2", **{CONFIDENTIAL: {"personalIdNumber": "019190000123"}}
    )
    for document in (known, unknown):
        for name in ("id", "meta", "userName", "externalId"):
            del document[name]
    assert known == unknown


def test_that_a_worker_took_it_up_is_told_once_they_did(
    system: System, services: Services, clock: Clock
) -> None:
    account_id = a_person(services, clock.now())
    made = system.add()
    assert "linked" not in made[EMPLOYMENT]
    linked(services, account_id, clock.now())
    assert system.ask(f"/Users/{made['id']}")[EMPLOYMENT]["linked"] is True


def test_what_a_worker_declines_or_decides_changes_nothing_that_the_system_reads(
    system: System, services: Services, clock: Clock
) -> None:
    made = system.add()
    account_id = a_person(services, clock.now())

    def read() -> tuple[Any, str]:
        answer = system.send("GET", f"/Users/{made['id']}")
        return answer.json(), answer.headers["ETag"]

    before = read()
    (offer,) = services.employments.list_offers(account_id, clock.now())
    clock.advance(60)
    assert services.employments.decline(account_id, offer.id, clock.now())
    assert read() == before, "whose number it is has an account"
    (declined,) = services.employments.list_declined(account_id, clock.now())
    ticked = ("employer", "title")
    services.employments.link(account_id, declined.id, declined.version, ticked, clock.now())
    before = read()
    clock.advance(60)
    own = services.employments.find_own(account_id, offer.id)
    assert own is not None
    assert services.employments.decide(account_id, own.id, own.version, ("title",), clock.now()) is None
    assert services.employments.set_hidden(account_id, own.id, clock.now(), is_hidden=True)
    assert read() == before, "what is accepted or hidden is the worker's alone"


def test_linked_can_not_be_said_by_the_employer(system: System) -> None:
    made = system.add(**{EMPLOYMENT: {"linked": True, "startDate": "2020-03-01"}})
    assert "linked" not in made[EMPLOYMENT]
    answer = system.patch(made, {"op": "replace", "path": f"{EMPLOYMENT}:linked", "value": True})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "mutability")


# Changed


def test_a_patch_changes_what_it_names(system: System, services: Services) -> None:
    made = system.add()
    answer = system.patch(
        made,
        {"op": "replace", "path": "title", "value": "Tổ trưởng"},
        {"op": "add", "value": {f"{EMPLOYMENT}:contractType": "fixed_term"}},
        {"op": "Remove", "path": f"{EMPLOYMENT}:park"},
        {"op": "replace", "path": f"{CONFIDENTIAL}:averageIncome", "value": 15_000_000},
        {"op": "replace", "path": "name.givenName", "value": "Ân"},
    )
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["title"] == "Tổ trưởng" and found["name"]["givenName"] == "Ân"
    assert found[EMPLOYMENT] == {"startDate": "2020-03-01", "contractType": "fixed_term"}
    values = values_of(services, works(services)[0])
    assert values["income"] == 15_000_000 and "park" not in values


def test_a_patch_is_made_whole_or_not_at_all(system: System) -> None:
    made = system.add()
    answer = system.patch(
        made,
        {"op": "replace", "path": "title", "value": "Tổ trưởng"},
        {"op": "replace", "path": f"{EMPLOYMENT}:startDate", "value": "yesterday"},
    )
    assert answer.status_code == 400 and answer.json()["scimType"] == "invalidValue"
    assert system.ask(f"/Users/{made['id']}") == made


def test_what_a_replacement_leaves_out_is_so_no_more(system: System, services: Services) -> None:
    made = system.add()
    answer = system.send(
        "PUT", f"/Users/{made['id']}", worker(title=None, **{EMPLOYMENT: None, CONFIDENTIAL: None})
    )
    assert answer.status_code == 200, answer.text
    assert "title" not in answer.json() and EMPLOYMENT not in answer.json()
    (row,) = works(services)
    # What can't be read again isn't lost by not being repeated (RFC 7644 §3.5.1)
    assert values_of(services, row) == {"name": "Nguyễn Văn An", "income": 12_500_000}
    assert row.number_index is not None


@pytest.mark.parametrize("by_patch", [True, False])
def test_an_income_can_be_taken_back(by_patch: bool, system: System, services: Services) -> None:
    made = system.add()
    if by_patch:
        answer = system.patch(made, {"op": "remove", "path": f"{CONFIDENTIAL}:averageIncome"})
    else:
        nulled = worker(**{CONFIDENTIAL: {"averageIncome": None}})
        answer = system.send("PUT", f"/Users/{made['id']}", nulled)
    assert answer.status_code == 200, answer.text
    assert "income" not in values_of(services, works(services)[0])


def test_another_staff_code_is_the_same_employment(system: System, services: Services) -> None:
    made = system.add()
    answer = system.patch(made, {"op": "replace", "path": "userName", "value": "TNG-0009"})
    assert answer.json()["userName"] == "TNG-0009"
    (row,) = works(services)
    assert row.staff_code == "TNG-0009"


def test_a_number_can_be_added_and_not_exchanged(system: System, services: Services) -> None:
    made = system.add(**{CONFIDENTIAL: None})
    path = f"{CONFIDENTIAL}:personalIdNumber"
    assert system.patch(made, {"op": "add", "path": path, "value": "019090000123"}).status_code == 200
    assert works(services)[0].number_index is not None
    assert system.patch(made, {"op": "add", "path": path, "value": "019090000123"}).status_code == 200
    answer = system.patch(made, {"op": "replace", "path": path, "value": "019190000123"})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "mutability")


def test_each_write_confirms_for_six_months(system: System, services: Services, clock: Clock) -> None:
    made = system.add()
    first = works(services)[0].valid_until
    clock.advance(86400)
    system.patch(made, {"op": "replace", "path": "title", "value": "Công nhân may"})
    assert works(services)[0].valid_until == first + 86400


# Conflicts


def test_one_staff_code_is_one_worker(system: System) -> None:
    made = system.add()
    assert system.refused("POST", "/Users", worker(externalId="hr-2")) == (409, "uniqueness")
    second = system.add(userName="TNG-0002", **{CONFIDENTIAL: None})
    answer = system.patch(second, {"op": "replace", "path": "userName", "value": made["userName"]})
    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")


def test_one_number_is_one_worker(system: System) -> None:
    system.add()
    assert system.refused("POST", "/Users", worker(userName="TNG-0002")) == (409, "uniqueness")


def test_two_employers_may_have_the_same_codes_and_people(system: System, other: System) -> None:
    mine, theirs = system.add(), other.add()
    assert mine["id"] != theirs["id"]
    assert [one["id"] for one in system.ask("/Users")["Resources"]] == [mine["id"]]
    assert system.find('userName eq "TNG-0001"')[0]["id"] == mine["id"]
    assert system.find('externalId eq "hr-1"')[0]["id"] == mine["id"]


def test_a_change_of_what_was_changed_meanwhile_is_not_made(system: System) -> None:
    made = system.add()
    old = made["meta"]["version"]
    operation = {"op": "replace", "path": "title", "value": "Tổ trưởng"}
    assert system.patch(made, operation, **{"If-Match": old}).status_code == 200
    for method, document in (("PUT", worker()), ("DELETE", None)):
        address = f"/Users/{made['id']}"
        assert system.refused(method, address, document, headers={"If-Match": old})[0] == 412
    assert system.patch(made, operation, **{"If-Match": old}).status_code == 412
    assert system.patch(made, operation, **{"If-Match": "*"}).status_code == 200
    now = system.ask(f"/Users/{made['id']}")["meta"]["version"]
    assert system.send("DELETE", f"/Users/{made['id']}", headers={"If-Match": now}).status_code == 204


def test_what_is_known_already_is_not_sent_again(system: System) -> None:
    made = system.add()
    headers = {"If-None-Match": made["meta"]["version"]}
    answer = system.send("GET", f"/Users/{made['id']}", headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")


# The end


def test_deleting_ends_the_employment(system: System, services: Services, clock: Clock) -> None:
    account_id = a_person(services, clock.now(), claims={**AN, "email": "an@example.vn"})
    made = system.add()
    own = linked(services, account_id, clock.now())
    assert services.employments.find_shown(account_id, clock.now()) is not None
    assert system.send("DELETE", f"/Users/{made['id']}").status_code == 204
    assert services.employments.find_shown(account_id, clock.now()) is None
    assert system.refused("GET", f"/Users/{made['id']}") == (404, "")
    (row,) = works(services)
    assert (row.id, row.ended_at, row.staff_code, row.values_sealed) == (own.id, clock.now(), None, None)
    assert [row.text for row in services.messages.list_by_account(account_id)] == ["work_ended"]


@pytest.mark.parametrize("by_patch", [True, False])
def test_who_is_inactive_works_there_no_more_and_their_data_is_erased(
    by_patch: bool, system: System, services: Services, clock: Clock
) -> None:
    account_id = a_person(services, clock.now())
    made = system.add()
    linked(services, account_id, clock.now())
    if by_patch:
        answer = system.patch(made, {"op": "Replace", "path": "active", "value": "False"})
    else:
        answer = system.send("PUT", f"/Users/{made['id']}", worker(active=False))
    assert answer.status_code == 200, answer.text
    assert services.employments.find_shown(account_id, clock.now()) is None
    found = system.ask(f"/Users/{made['id']}")
    assert {name: found.get(name) for name in ("id", "userName", "externalId", "active")} == {
        "id": made["id"], "userName": "TNG-0001", "externalId": "hr-1", "active": False
    }  # fmt: skip
    assert not {"name", "title", EMPLOYMENT} & found.keys()
    (row,) = services.database.fetch_all(select(scim_users))
    assert row.values_sealed is None and row.expires_at == clock.now() + KEPT_SECONDS


def test_who_is_active_again_has_another_employment(system: System, services: Services, clock: Clock) -> None:
    made = system.add()
    system.patch(made, {"op": "replace", "path": "active", "value": False})
    assert works(services) == []
    activate = {"op": "replace", "path": "active", "value": True}
    answer = system.patch(made, activate)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert "name" in answer.json()["detail"]
    clock.advance(60)
    answer = system.send("PUT", f"/Users/{made['id']}", worker())
    assert answer.status_code == 200 and answer.json()["active"] is True
    assert works(services)[0].created_at == clock.now()
    assert services.database.fetch_one(select(scim_users)).expires_at is None


def test_a_replacement_without_active_leaves_it_as_it_is(system: System) -> None:
    made = system.add()
    system.patch(made, {"op": "replace", "path": "active", "value": False})
    answer = system.send("PUT", f"/Users/{made['id']}", worker(active=None))
    assert answer.json()["active"] is False


def test_the_last_day_is_still_a_day_of_work(system: System, services: Services, clock: Clock) -> None:
    # The clock stands at 2026-11-18 18:06 in Vietnam
    made = system.add(**{EMPLOYMENT: {"startDate": "2020-03-01", "endDate": "2026-11-18"}})
    assert made["active"] is True
    clock.advance(6 * 3600)
    found = system.ask(f"/Users/{made['id']}")
    # Before anybody carried it out
    assert found["active"] is False and "title" not in found and EMPLOYMENT not in found
    services.employment_endings.carry_out_due(services.database, clock.now(), most=10)
    assert system.ask(f"/Users/{made['id']}")["active"] is False
    assert services.database.fetch_one(select(scim_users)).values_sealed is None


def test_a_last_day_that_is_over_ends_it(system: System, services: Services, clock: Clock) -> None:
    account_id = a_person(services, clock.now())
    made = system.add()
    linked(services, account_id, clock.now())
    path = f"{EMPLOYMENT}:endDate"
    answer = system.patch(made, {"op": "add", "path": path, "value": "2026-11-01"})
    assert answer.status_code == 200 and answer.json()["active"] is False
    (row,) = works(services)
    assert row.ends_at < clock.now() and row.ended_at == clock.now()


def test_a_last_day_can_be_taken_back(system: System, services: Services) -> None:
    made = system.add(**{EMPLOYMENT: {"endDate": "2026-12-31"}})
    answer = system.patch(made, {"op": "remove", "path": f"{EMPLOYMENT}:endDate"})
    assert EMPLOYMENT not in answer.json() or "endDate" not in answer.json()[EMPLOYMENT]
    assert works(services)[0].ends_at is None


def test_an_employment_that_ended_by_a_list_is_inactive(
    system: System, services: Services, clock: Clock
) -> None:
    made = system.add()
    attest(services, system.employer, clock.now(), end_date="01/11/2026")
    assert system.ask(f"/Users/{made['id']}")["active"] is False


def test_who_never_worked_there_is_kept_for_a_while(system: System, services: Services) -> None:
    made = system.add(active=False)
    assert made["active"] is False and made["title"] == "Công nhân may"
    assert works(services) == []


def test_every_write_leaves_one_row_in_the_log(system: System, services: Services) -> None:
    made = system.add()
    system.patch(made, {"op": "replace", "path": "title", "value": "Tổ trưởng"})
    system.send("PUT", f"/Users/{made['id']}", worker())
    system.send("DELETE", f"/Users/{made['id']}")
    found = services.database.fetch_all(select(audit_events).where(audit_events.c.event.like("scim.%")))
    assert [(row.event, row.outcome) for row in found] == [
        ("scim.create", "ok"), ("scim.patch", "ok"), ("scim.replace", "ok"), ("scim.delete", "ok")
    ]  # fmt: skip
    assert all(made["id"] in row.details and "TNG-0001" not in row.details for row in found)


def test_an_inactive_user_goes_after_a_month(system: System, services: Services, clock: Clock) -> None:
    made = system.add()
    kept = system.add(userName="TNG-0002", externalId="hr-2", **{CONFIDENTIAL: None})
    system.patch(made, {"op": "replace", "path": "active", "value": False})
    purge_expired(services.database, clock.advance(KEPT_SECONDS), most=100)
    assert system.ask(f"/Users/{made['id']}")["active"] is False
    purge_expired(services.database, clock.advance(KEEP_SECONDS + 1), most=100)
    assert system.refused("GET", f"/Users/{made['id']}") == (404, "")
    assert system.ask(f"/Users/{kept['id']}")["active"] is True
    assert system.add()["id"] != made["id"]


def test_nothing_is_left_of_who_erases_their_account(
    system: System, services: Services, clock: Clock
) -> None:
    account_id = a_person(services, clock.now())
    made = system.add()
    linked(services, account_id, clock.now())
    with services.database.unit():
        assert services.accounts.delete(account_id, clock.now())
    assert services.database.fetch_all(select(scim_users)) == works(services) == []
    assert system.refused("GET", f"/Users/{made['id']}") == (404, "")


def test_of_several_at_once_one_is_the_worker(system: System) -> None:
    """Whoever comes second is told so, and nobody gets a failure."""
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: system.send("POST", "/Users", worker()).status_code, range(6)))
    assert sorted(answers) == [201, *[409] * 5]


def test_changes_at_once_are_made_one_after_the_other(system: System) -> None:
    made = system.add()

    def change(number: int) -> int:
        operation = {"op": "replace", "path": "title", "value": f"Tổ {number}"}
        return system.patch(made, operation).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(change, range(8)))
    assert 200 in answers and set(answers) <= {200, 409}
