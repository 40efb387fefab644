"""The Third-Party-Initiated Login OP plan: the browser is sent to where the client begins a sign-in."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from oidc.errors import InvalidClientMetadata
from tests.conformance.conftest import NewRelyingParty
from tests.conformance.relying_party import Op, query_of

LOGIN = "https://rp.example/login"


def test_oidcc_3rdparty_init_login(op: Op, new_relying_party: NewRelyingParty) -> None:
    rp = new_relying_party(initiate_login_uri=LOGIN)
    rp.flow()
    page = rp.browser.open(f"{op.issuer}/account/applications")
    links = [str(link) for link in page.document.xpath("//main//a/@href") if link.startswith(LOGIN)]
    (link,) = [link for link in links if urlsplit(link)._replace(query="").geturl() == LOGIN]
    assert query_of(link) == {"iss": [op.issuer]}
    # What the client does then: OpenID Connect Core §4, an ordinary request to this issuer
    assert rp.flow().claims["iss"] == op.issuer


@pytest.mark.parametrize("uri", ["http://rp.example/login", "http://localhost/login"])
def test_oidcc_3rdparty_init_login_nohttps(new_relying_party: NewRelyingParty, uri: str) -> None:
    with pytest.raises(InvalidClientMetadata, match="initiate_login_uri must be"):
        new_relying_party(initiate_login_uri=uri)
