"""From a personnel system to its worker and back: offered, accepted field by field, changed, over."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.employment.test_pages import accept
from tests.tnid.employment.work import AN, AN_NUMBER
from tests.tnid.scim.conftest import EMPLOYMENT, System
from tnid.services import Services


def test_what_a_system_tells_is_the_workers_to_decide(
    system: System, new_person: Callable[..., Someone], browser: InProcess, services: Services, clock: Clock
) -> None:
    worker = new_person("van.an", totp=True, claims=AN, personal_id_number=AN_NUMBER, identity_level=2)

    def shown() -> dict[str, str] | None:
        found = services.employments.find_shown(worker.id, clock.now())
        return None if found is None else {"title": found.title, "start": found.start_date}

    made = system.add()
    (offer,) = services.employments.list_offers(worker.id, clock.now())
    assert shown() is None and "linked" not in system.ask(f"/Users/{made['id']}")[EMPLOYMENT]

    worker.sign_in(browser)
    accept(browser, offer.id, "employer", "title", "start_date")
    assert shown() == {"title": "Công nhân may", "start": "2020-03-01"}
    assert system.ask(f"/Users/{made['id']}")[EMPLOYMENT]["linked"] is True

    # What was changed was not accepted as it is now
    system.patch(made, {"op": "replace", "path": "title", "value": "Tổ trưởng"})
    assert shown() == {"title": "", "start": "2020-03-01"}
    assert "Tổ trưởng" in browser.open(f"/account/work/{offer.id}").words()

    system.patch(made, {"op": "replace", "path": "active", "value": False})
    assert shown() is None
    page = browser.open("/account/work")
    assert "TNG" in page.words()
    # The worker keeps where they worked; the employer's system has nothing of them
    assert "title" not in system.ask(f"/Users/{made['id']}")
