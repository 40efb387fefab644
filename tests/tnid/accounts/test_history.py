"""The history: what happened, in pages and as a table, of one's own account only."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tnid.accounts.history import FILTERS, ON_A_PAGE, read_place
from tnid.services import Services
from tnid.stores.audit import _events_of_account


def add(services: Services, person: Someone, now: int, event: str = "sign_in.complete", **more: Any) -> None:
    with services.database.unit():
        services.audit.record(event, account_id=person.id, now=now, **more)


def rows_of(browser: InProcess) -> list[str]:
    return [item.text_content() for item in browser.page.document.xpath("//ol[@class='rows']/li")]


def test_every_event_is_on_exactly_one_page(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    for number in range(3 * ON_A_PAGE):
        # Many of one second, so that a page ends between them
        add(services, lan, clock.now() - number // 10, "account.change_profile", details={"n": number})
    seen = []
    browser.open("/account/activity?show=changes")
    while True:
        seen += rows_of(browser)
        if not browser.page.has("older"):
            break
        browser.click("older")
    # and the account's creation
    assert len(seen) == 3 * ON_A_PAGE + 1


def test_filters_show_what_they_say(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    add(services, lan, clock.now(), "sign_in.password", outcome="refused", reason="wrong_password")
    add(services, lan, clock.now(), "token.refreshed", client_id="jobs")
    browser.open("/account/activity?show=failed")
    assert len(rows_of(browser)) == 1
    browser.open("/account/activity?show=sign-ins")
    assert len(rows_of(browser)) == 1
    everything = len(browser.open("/account/activity?show=' OR 1=1").document.xpath("//ol/li"))
    assert everything == 3


def test_what_is_older_than_a_year_is_not_shown(
    browser: InProcess, lan: Someone, services: Services, clock: Clock
) -> None:
    lan.sign_in(browser)
    add(services, lan, clock.now() - 400 * 86400, "factor.add")
    browser.open("/account/activity?show=changes")
    assert len(rows_of(browser)) == 1


def test_an_application_is_named_and_its_server_is_not_taken_for_the_person(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, new_app: Callable[..., str]
) -> None:
    new_app()
    lan.sign_in(browser)
    add(services, lan, clock.now(), "token.issued", client_id="jobs")
    browser.open("/account/activity?show=sharing")
    (shown,) = rows_of(browser)
    assert "Việc làm" in shown and "192.0.2.1" not in shown


def test_the_table_holds_all_of_it_and_runs_nothing(
    browser: InProcess, lan: Someone, minh: Someone, services: Services, clock: Clock
) -> None:
    browser._http.headers["User-Agent"] = "=HYPERLINK(1)"
    lan.sign_in(browser)
    add(services, minh, clock.now(), "factor.remove")
    answer = browser.get("http://localhost:8000/account/activity/history.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    table = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert len(table) == 1 + 2, "another's events are in it"
    assert not [cell for row in table for cell in row if cell.startswith("=")]
    assert "192.0.2.1" in table[1]


@pytest.mark.parametrize("place", ["", "x", "1-", "-1", "1" * 50, "1-2-3", "９-９", "9" * 30 + "-1"])
def test_any_place_gives_a_page(browser: InProcess, lan: Someone, place: str) -> None:
    lan.sign_in(browser)
    assert browser.open("/account/activity", before=place).status == 200
    assert read_place(place).until <= 2**62


def test_a_page_is_found_by_the_index(services: Services, lan: Someone) -> None:
    statement = _events_of_account(FILTERS["all"].kinds)
    compiled = statement.compile()
    given = {"account": lan.id, "since": 0, "until": 1, "before_id": 1, "most": 1}
    is_sqlite = services.database.is_sqlite
    with services.database._engine.connect() as connection:
        if not is_sqlite:  # it would read so small a table from end to end, and sort so few rows
            connection.execute(text("BEGIN"))
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_sort = off"))
        explain = text(f"EXPLAIN {'QUERY PLAN' if is_sqlite else ''} {compiled}")
        plan = connection.execute(explain, {**compiled.params, **given}).all()
        if not is_sqlite:
            connection.execute(text("ROLLBACK"))
    assert "ix_audit_events_account_id_occurred_at" in str(plan) and "TEMP B-TREE" not in str(plan), plan
