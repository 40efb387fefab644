"""An Apache with mod_auth_openidc: a generated configuration in a temporary folder, on a free port."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from tests.province import Province
from tests.servers.processes import free_port, is_listening, stop, wait_until
from tests.servers.programs import get_program, skip

MODULES = Path("/usr/lib/apache2/modules")
NEEDED = (
    "mpm_event", "authn_core", "authz_core", "authz_user", "mime", "dir", "env", "filter", "include",
    "auth_openidc",
)  # fmt: skip
# Server-side includes print what a protected application would find in its environment
PROTECTED_PAGE = """<!doctype html><meta charset="utf-8"><title>Protected</title>
<p id="remote_user"><!--#echo var="REMOTE_USER" --></p>
<p id="claim_name"><!--#echo encoding="none" var="OIDC_CLAIM_name" --></p>
<p id="claim_email"><!--#echo var="OIDC_CLAIM_email" --></p>
<p id="claim_acr"><!--#echo var="OIDC_CLAIM_acr" --></p>
<p id="claim_iss"><!--#echo var="OIDC_CLAIM_iss" --></p>
"""
OPEN_PAGE = '<!doctype html><meta charset="utf-8"><title>Open</title><p id="open">Open to everybody</p>'
# OpenID Connect Core §5.5.1.1
ESSENTIAL_ACR = '{"id_token":{"acr":{"essential":true,"values":["LoA2"]}}}'
CONFIGURATION = """
ServerRoot "{folder}"
ServerName localhost
Listen 127.0.0.1:{port}
PidFile "{folder}/httpd.pid"
DefaultRuntimeDir "{folder}"
Mutex file:{folder}
ErrorLog "{folder}/error.log"
LogLevel warn
{modules}
{user}
TypesConfig /etc/mime.types
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
DocumentRoot "{folder}/pages"
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16

OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCSSLValidateServer Off
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCResponseType code
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCRedirectURI {url}/inside/callback
OIDCCryptoPassphrase {passphrase}
OIDCRemoteUserClaim sub
OIDCPassClaimsAs environment
OIDCDefaultLoggedOutURL {url}/

<Directory "{folder}/pages">
    Options +Includes
    AllowOverride None
    Require all granted
    DirectoryIndex index.html index.shtml
</Directory>
<Location /inside>
    AuthType openid-connect
    Require valid-user
</Location>
<Location /inside/strong>
    Require claim acr:LoA2
    OIDCUnAutzAction auth
    OIDCPathAuthRequestParams claims={essential_acr}
</Location>
"""


@dataclass(frozen=True)
class Apache:
    """A running Apache: `url`/ is open, `url`/inside/ protected, `url`/inside/strong/ needs LoA2."""

    url: str
    folder: Path

    @property
    def log_file(self) -> Path:
        return self.folder / "error.log"

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")


@contextmanager
def running_apache(province: Province) -> Iterator[Apache]:
    """Register Apache as a client, start it, and stop it at the end."""
    program = get_program("apache2")
    if not (MODULES / "mod_auth_openidc.so").exists():
        skip("mod_auth_openidc is not installed (bin/test-services install)")
    port = free_port()
    # Not in pytest's folder: Apache gives up root's rights, and then couldn't read it
    folder = Path(tempfile.mkdtemp(prefix="tnid-apache-"))
    folder.chmod(0o755)
    apache = Apache(f"http://localhost:{port}", folder)
    write_pages(folder / "pages")
    registered = province.tnid("client", "create", "-", given=client_metadata(apache.url))
    write_configuration(apache, port, province.issuer, registered)
    with apache.log_file.open("wb") as log:
        process = subprocess.Popen(
            [program, "-X", "-f", str(folder / "httpd.conf")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: process.poll() is not None or is_listening(port), what="answer from Apache")
        assert process.poll() is None, f"Apache ended: {apache.log()}"
        yield apache
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def client_metadata(url: str) -> dict[str, object]:
    return {
        "client_name": "Apache",
        "redirect_uris": [f"{url}/inside/callback"],
        "post_logout_redirect_uris": [f"{url}/"],
        "scope": "openid profile email",
        "token_endpoint_auth_method": "client_secret_basic",
    }


def write_pages(pages: Path) -> None:
    for path, text in (
        ("index.html", OPEN_PAGE),
        ("inside/index.shtml", PROTECTED_PAGE),
        ("inside/strong/index.shtml", PROTECTED_PAGE),
    ):
        file = pages / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def write_configuration(apache: Apache, port: int, issuer: str, client: Mapping[str, str]) -> None:
    loaded = (f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in NEEDED)
    text = CONFIGURATION.format(
        folder=apache.folder,
        port=port,
        url=apache.url,
        modules="\n".join(loaded),
        user="User www-data\nGroup www-data" if os.geteuid() == 0 else "",
        issuer=issuer,
        client_id=client["client_id"],
        client_secret=client["client_secret"],
        passphrase=uuid4().hex,
        essential_acr=quote(ESSENTIAL_ACR),
    )
    (apache.folder / "httpd.conf").write_text(text)
