"""Nodes are restarted one after the other, and far too much is asked for: nobody gets a wrong answer."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.faults.nodes_load import find_lost, find_wrong, people_at, wait_for_answers
from tests.security.target import Target, running_target
from tests.servers.haproxy import running_haproxy
from tests.servers.processes import free_port
from tests.servers.provider import running_provider

USERS = 4
ANSWERS = 10
# A worker has 16 requests at work, and a hash takes 20 ms
CROWD = 96
GUESSES_OF_EACH = 3
MEGABYTE = 1024 * 1024
MOST_GROWTH = 40 * MEGABYTE


def test_a_rolling_restart_costs_no_request(tmp_path: Path) -> None:
    front = free_port()
    address = f"http://localhost:{front}"
    more = {"TNID_ISSUER": address, "TNID_TRUSTED_PROXIES": "127.0.0.1"}
    with running_target(tmp_path, workers=1, **more) as target:
        same = {**more, "TNID_INSTANCE_DIR": target.provider.environ["TNID_INSTANCE_DIR"]}
        with (
            running_provider(tmp_path, workers=1, **same) as second,
            running_haproxy(tmp_path, front, (target.provider.port, second.port)),
        ):
            party = target.new_client()
            with people_at(target, address, [party] * USERS) as users:
                for node in (target.provider, second):
                    wait_for_answers(users, ANSWERS)
                    node.stop()
                    node.start()
                wait_for_answers(users, ANSWERS)
            assert find_wrong(users) == []
            failed = {status for user in users for status in user.answers if status == 0 or status >= 429}
            assert failed == set()
            assert find_lost(target, users) == []


def memory_of(pids: list[int]) -> int:
    """Return how many bytes these processes have to themselves, in all."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Private_"):
                total += int(line.split()[1]) * 1024
    return total


class Crowd:
    """Many browsers that try passwords at the same moment, as fast as they are answered."""

    def __init__(self, target: Target) -> None:
        self._address = target.address
        self.answers: Counter[int] = Counter()
        self.without_retry = 0
        self.others: list[int] = []

    def rush(self) -> None:
        with ThreadPoolExecutor(CROWD) as threads:
            list(threads.map(self._guess, range(CROWD)))

    def _guess(self, number: int) -> None:
        with httpx.Client(base_url=self._address, timeout=60, follow_redirects=True) as http:
            for _ in range(GUESSES_OF_EACH):
                page = http.get("/login")
                self._note(page)
                if page.status_code != 200:
                    continue
                token = page.text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
                form = {"csrf_token": token, "username": f"nguoi.{number}", "password": "wrong password"}
                self._note(http.post(str(page.url), data=form))

    def _note(self, answer: httpx.Response) -> None:
        self.answers[answer.status_code] += 1
        if answer.status_code in (429, 503) and "Retry-After" not in answer.headers:
            self.without_retry += 1


@pytest.mark.parametrize("fragile", ["sqlite"], indirect=True)
def test_too_much_is_shed_and_nothing_is_left_of_it(fragile: Target) -> None:
    party, person = fragile.new_client(), fragile.new_person(totp=False)
    tokens = fragile.new_tokens(person, party)
    crowd = Crowd(fragile)
    crowd.rush()
    workers = fragile.provider.worker_pids()
    before = memory_of(workers)
    with ThreadPoolExecutor(1) as threads:
        rushing = threads.submit(crowd.rush)
        # What machines ask for is answered meanwhile
        while not rushing.done():
            assert fragile.http.get("/jwks").status_code == 200
            form = {"token": tokens["access_token"]}
            answer = fragile.http.post("/introspect", data=form, headers=party.basic)
            assert answer.status_code in (200, 503)
        rushing.result()
    assert crowd.answers.keys() <= {200, 400, 429, 503}, crowd.answers
    assert crowd.answers[400] > 0 and crowd.answers[429] + crowd.answers[503] > 0, crowd.answers
    assert crowd.without_retry == 0
    assert fragile.provider.worker_pids() == workers, "a process died"
    assert memory_of(workers) - before < MOST_GROWTH
    assert fragile.is_active(party, tokens["access_token"])
    fragile.provider.tnid("audit", "verify")
