"""What lies in deploy/ fits the program: settings, addresses and commands are real, nothing is secret."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from oidc.discovery import ENDPOINTS, MTLS_ALIASES
from tests.servers.programs import find_program
from tests.servers.provider import ROOT, TNID
from tnid.cli import main
from tnid.cli.serve import serve
from tnid.enrolment.views import MOST_UPLOAD_BYTES, PHOTO_PATH
from tnid.settings import FIELDS, load, variable_of

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
VARIABLE = re.compile(r"\bTNID_[A-Z_]+\b")
# Of compose, which makes TNID_DATABASE_URL of it
OF_COMPOSE = {"TNID_DATABASE_PASSWORD"}


def documents(path: Path) -> list[Any]:
    return [one for one in yaml.safe_load_all(path.read_text()) if one]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_in_a_file_is_one(path: Path) -> None:
    known = {variable_of(field.name) for field in FIELDS} | OF_COMPOSE
    assert set(VARIABLE.findall(path.read_text())) <= known


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_no_file_holds_a_secret(path: Path) -> None:
    text = path.read_text()
    assert "PRIVATE KEY" not in text
    for password in re.findall(r"://\w+:([^@\s\"']+)@", text):
        assert password in ("…", "${TNID_DATABASE_PASSWORD:?say it in the environment}"), path


def test_the_settings_of_the_manifests_are_taken() -> None:
    (settings,) = [one for one in kubernetes() if one["kind"] == "ConfigMap"]
    load(settings["data"])
    compose = documents(DEPLOY / "docker" / "compose.yaml")[0]
    given = {name: plain(value) for name, value in compose["x-node"]["environment"].items()}
    assert load(given).issuer == "https://id.example.vn"


def plain(value: str) -> str:
    """Return a value as compose fills it in, where the environment says nothing but the password."""
    return re.sub(r"\$\{\w+:[-?]([^}]*)\}", lambda found: found[1].replace(" ", "-"), value)


def kubernetes() -> list[Any]:
    return [one for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")) for one in documents(path)]


def containers() -> Iterator[dict[str, Any]]:
    for one in kubernetes():
        spec = one.get("spec", {}).get("template", {}).get("spec", {})
        yield from (*spec.get("initContainers", ()), *spec.get("containers", ()))


def test_probes_ask_what_is_there() -> None:
    probes = [
        container[name]["httpGet"]
        for container in containers()
        for name in ("livenessProbe", "readinessProbe", "startupProbe")
        if name in container
    ]
    assert {probe["path"] for probe in probes} == {"/healthz", "/readyz"}
    (tnid,) = [one for one in containers() if one["name"] == "tnid"]
    assert tnid["livenessProbe"]["httpGet"]["path"] == "/healthz", "a database that is away restarts nobody"
    assert {probe["port"] for probe in probes} == {tnid["ports"][0]["name"]}
    assert tnid["args"][:3] == ["serve", "--bind", "0.0.0.0:8000"]


def test_every_container_is_locked_up_and_every_command_is_one() -> None:
    for container in containers():
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
        if "args" in container:
            assert container["args"][0] in main.commands


def test_what_is_selected_is_what_serves() -> None:
    by_kind = {one["kind"]: one for one in kubernetes()}
    labels = by_kind["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert by_kind["Service"]["spec"]["selector"] == labels
    assert by_kind["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert by_kind["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    assert by_kind["Job"]["spec"]["template"]["metadata"]["labels"] != labels, "a job answers nobody"
    assert by_kind["PodDisruptionBudget"]["spec"]["minAvailable"] < by_kind["Deployment"]["spec"]["replicas"]


def test_what_compose_mounts_is_there_and_the_proxy_is_the_one_that_is_trusted() -> None:
    compose = documents(DEPLOY / "docker" / "compose.yaml")[0]
    mounted = [one.split(":")[0] for one in compose["services"]["nginx"]["volumes"]]
    missing = [one for one in mounted if not (DEPLOY / "docker" / one).exists()]
    assert all(one.startswith("./secrets/") for one in missing)
    (address,) = [one["ipv4_address"] for one in compose["services"]["nginx"]["networks"].values() if one]
    assert compose["x-node"]["environment"]["TNID_TRUSTED_PROXIES"] == f"{address}/32"
    nodes = [name for name in compose["services"] if name.startswith("node")]
    upstream = (DEPLOY / "docker" / "upstream.conf").read_text()
    assert re.findall(r"server (\w+):8000", upstream) == nodes


def test_the_image_has_what_the_program_reads() -> None:
    lines = (DEPLOY / "docker" / "Dockerfile").read_text().splitlines()
    copied = {line.split()[-1] for line in lines if line.startswith("COPY ") and "--from" not in line}
    assert {"oidc", "keys", "tnid", "templates"} <= copied
    assert lines.index("USER 10001") < lines.index('ENTRYPOINT ["tnid"]')
    assert 'CMD ["serve", "--bind", "0.0.0.0:8000", "--workers", "2"]' in lines
    assert {"--bind", "--workers"} <= {name for option in serve.params for name in option.opts}


def test_nginx_lets_the_endpoints_through_that_discovery_names() -> None:
    text = (DEPLOY / "nginx" / "tnid.conf").read_text()
    found = re.search(r"location ~ \^/\(([\w|]+)\)\$", text)
    assert found
    assert set(found[1].split("|")) == {ENDPOINTS[name].removeprefix("/") for name in MTLS_ALIASES}
    assert text.count("proxy_set_header X-Client-Cert") == text.count("proxy_set_header X-Forwarded-For") == 2


def test_nginx_lets_through_what_may_be_large() -> None:
    text = (DEPLOY / "nginx" / "tnid.conf").read_text()
    photo = re.search(rf"location = {PHOTO_PATH} {{\s+client_max_body_size (\d+)m;", text)
    lists = re.search(r"location ~ \^/employers/\[\^/\]\+/lists {\s+client_max_body_size (\d+)m;", text)
    assert photo and int(photo[1]) * 2**20 > MOST_UPLOAD_BYTES
    assert lists and int(lists[1]) * 2**20 > load({}).list_most_bytes


@pytest.mark.parametrize("unit", ["tnid.service", "tnid-backup.service", "tnid-backup.timer"])
def test_systemd_takes_the_units(unit: str, tmp_path: Path) -> None:
    program = find_program("systemd-analyze")
    if program is None:  # elsewhere than on a machine that could run them
        return
    for path in (DEPLOY / "systemd").iterdir():
        # Where the program lies here
        (tmp_path / path.name).write_text(path.read_text().replace("/opt/tnid/.venv/bin/tnid", TNID))
    command = [program, "verify", "--man=no", str(tmp_path / unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, [line for line in done.stderr.splitlines() if str(tmp_path) in line]) == (0, [])


def test_the_service_is_tried_again_however_long_the_database_takes() -> None:
    unit = (DEPLOY / "systemd" / "tnid.service").read_text().splitlines()
    assert {"Restart=always", "StartLimitIntervalSec=0", "TimeoutStartSec=1h"} <= set(unit)


@pytest.mark.parametrize("unit", ["tnid.service", "tnid-backup.service"])
def test_units_may_do_little(unit: str) -> None:
    program = find_program("systemd-analyze")
    if program is None:  # elsewhere than on a machine that could run them
        return
    command = [program, "security", "--offline=yes", "--threshold=20", str(DEPLOY / "systemd" / unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout[-400:]


def test_both_proxies_bound_a_network_by_the_same_numbers() -> None:
    nginx = (DEPLOY / "nginx" / "tnid.conf").read_text()
    haproxy = (DEPLOY / "haproxy" / "haproxy.cfg").read_text()
    (seconds,), (at_once,) = (
        re.findall(r"http_req_rate\((\d+)s\)", haproxy),
        re.findall(r"sc0_http_req_rate gt (\d+)", haproxy),
    )
    assert set(re.findall(r"burst=(\d+)", nginx)) == {at_once}
    assert re.findall(r"rate=(\d+)r/s", nginx) == [str(int(at_once) // int(seconds))]
    assert set(re.findall(r"limit_conn tnid_connections (\d+)", nginx)) == set(
        re.findall(r"sc0_conn_cur gt (\d+)", haproxy)
    )
    assert "zone $binary_remote_addr" not in nginx and "src,ipmask(32,64)" in haproxy
