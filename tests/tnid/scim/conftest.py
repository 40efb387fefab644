"""An employer's personnel system, and its token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.conftest import Clock
from tests.tnid.conftest import ISSUER
from tests.tnid.employment.work import an_employer
from tnid.app import Application
from tnid.scim.tokens import Made
from tnid.services import Services

BASE = f"{ISSUER}/scim/v2"
MEDIA_TYPE = "application/scim+json"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
EMPLOYMENT = "urn:vn:thainguyen:id:scim:schemas:employment:2.0:User"
CONFIDENTIAL = "urn:vn:thainguyen:id:scim:schemas:employment:2.0:Confidential"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class System:
    """A personnel system that speaks for one employer."""

    def __init__(self, app: Application, employer: Any, token: str, ip: str = "192.0.2.9") -> None:
        self.employer, self.token = employer, token
        transport = httpx.WSGITransport(app=app.wsgi_app, remote_addr=ip)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": MEDIA_TYPE}
        self.http = httpx.Client(transport=transport, base_url=BASE, headers=headers)

    def send(self, method: str, path: str, document: Any = None, **options: Any) -> httpx.Response:
        """Send a request; each answer is one of SCIM's, and no failure."""
        if document is not None:
            options["json"] = document
        answer = self.http.request(method, path, **options)
        assert answer.status_code < 500 or answer.status_code == 501, answer.text
        if answer.content:
            assert answer.headers["Content-Type"] == MEDIA_TYPE
        return answer

    def ask(self, path: str, **query: Any) -> Any:
        answer = self.send("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def add(self, **changes: Any) -> Any:
        """Tell of a worker; return the resource."""
        answer = self.send("POST", "/Users", worker(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def patch(self, resource: Any, *operations: Any, **headers: str) -> httpx.Response:
        document = {"schemas": [PATCH], "Operations": list(operations)}
        return self.send("PATCH", f"/Users/{resource['id']}", document, headers=headers)

    def find(self, text: str) -> list[Any]:
        found: list[Any] = self.ask("/Users", filter=text)["Resources"]
        return found

    def refused(self, method: str, path: str, document: Any = None, **options: Any) -> tuple[int, str]:
        """Send what is refused; return the status and the keyword."""
        answer = self.send(method, path, document, **options)
        error = answer.json()
        assert error["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        assert error["status"] == str(answer.status_code) and error["detail"]
        return answer.status_code, error.get("scimType", "")


def worker(**changes: Any) -> dict[str, Any]:
    """Return the User that a system would send of An, with changes; None leaves a member out."""
    document = {
        "schemas": [USER, EMPLOYMENT, CONFIDENTIAL],
        "userName": "TNG-0001",
        "externalId": "hr-1",
        "name": {"formatted": "Nguyễn Văn An", "familyName": "Nguyễn", "givenName": "An"},
        "title": "Công nhân may",
        "active": True,
        EMPLOYMENT: {"startDate": "2020-03-01", "contractType": "indefinite", "park": "diem-thuy"},
        CONFIDENTIAL: {"personalIdNumber": "019090000123", "averageIncome": 12_500_000},
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


@pytest.fixture
def employer(services: Services, clock: Clock) -> Any:
    return an_employer(services, clock.now())


@pytest.fixture
def new_system(app: Application, services: Services, clock: Clock) -> Callable[..., System]:
    def new(employer: Any, **options: Any) -> System:
        with services.database.unit():
            made = services.employer_tokens.make(employer.id, "HRM", None, clock.now())
        assert isinstance(made, Made)
        return System(app, employer, made.token, **options)

    return new


@pytest.fixture
def system(new_system: Callable[..., System], employer: Any) -> System:
    return new_system(employer)


@pytest.fixture
def other(new_system: Callable[..., System], services: Services, clock: Clock) -> System:
    """The system of another employer."""
    return new_system(an_employer(services, clock.now(), "0100109106", "Khác"))
