"""docs/scim.md: each command is run in its order against a running server, and answers what is written."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.security.target import Target, running_target
from tests.tnid.employment.work import an_employer
from tnid import clock
from tnid.scim.resources import Confidential, Employment, EnterpriseUser, User
from tnid.scim.tokens import Made

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "scim.md").read_text()
BLOCKS = re.findall(r"^```(sh|json)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


class Command(NamedTuple):
    """A request as curl's arguments say it."""

    method: str
    url: str
    headers: dict[str, str]
    body: str | None
    query: dict[str, str]


def read(text: str, **values: str) -> Command:
    for name, value in values.items():
        text = text.replace(f"${name}", value)
    words = iter(shlex.split(text))
    assert next(words) == "curl"
    method, url, headers, body, query, is_get = "", "", {}, None, {}, False
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = next(words)
        elif word == "-d":
            body = next(words)
        elif word == "-G":
            is_get = True
        elif word == "--data-urlencode":
            name, _, value = next(words).partition("=")
            query[name] = value
        else:
            url = word
    return Command(method or ("POST" if body and not is_get else "GET"), url, headers, body, query)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with running_target(tmp_path_factory.mktemp("scim-docs"), workers=1) as running:
        yield running


def test_the_commands_do_what_is_written(target: Target) -> None:
    services = target.services
    with services.database.unit():
        employer = an_employer(services, clock.now())
        made = services.employer_tokens.make(employer.id, "docs", None, clock.now())
    assert isinstance(made, Made)
    values = {"BASE": f"{target.address}/scim/v2", "TOKEN": made.token, "ID": ""}
    answer: Any = None
    for kind, text in BLOCKS:
        if kind == "json":
            written = json.loads(text)
            assert {name: answer.get(name) for name in written} == written
            continue
        command = read(text, **values)
        found = httpx.request(
            command.method, command.url, headers=command.headers, content=command.body, params=command.query
        )
        assert found.status_code < 300, (text, found.text)
        answer = found.json() if found.content else None
        if found.status_code == 201:
            values["ID"] = answer["id"]
    assert [kind for kind, _ in BLOCKS].count("sh") == 6


@pytest.mark.parametrize("model", [User, EnterpriseUser, Employment, Confidential])
def test_every_attribute_is_written_down(model: Any) -> None:
    names = [attribute.name for attribute in model.to_schema().attributes]
    assert names and not [name for name in names if f"`{name}" not in PAGE]
