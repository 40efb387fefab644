"""Keys, and what is signed by them. The keyring's own refusals are in tests/keys."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from tests.security.attack import Attack
from tests.security.target import Party, Target, Victim, parameters_of
from tests.servers.provider import ROOT, TNID, environ_for
from tnid.app import create_app
from tnid.sealing import MasterKeyError
from tnid.settings import load


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unpack(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, payload = (
        json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4))) for p in token.split(".")[:2]
    )
    return head, payload


def forgeries(token: str, jwks: dict[str, Any]) -> dict[str, str]:
    """Tokens that say what a good one says, each signed in a way that must not be believed."""
    head, claims = unpack(token)
    text, own = json.dumps(claims), ECKey.generate_key("P-256")
    public = next(key for key in jwks["keys"] if key["kid"] == head["kid"])
    secret = OctKey.import_key(json.dumps(public))

    def signed(key: Any = own, payload: str = text, **header: Any) -> str:
        protected = {"alg": "ES256", "typ": "JWT", **header}
        return jws.serialize_compact(protected, payload, key, algorithms=["ES256", "HS256"])

    start, _, signature = token.split(".")
    duplicate = base64.urlsafe_b64encode((text[:-1] + ',"sub":"somebody"}').encode()).rstrip(b"=").decode()
    return {
        "none": f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.",
        "none with kid": f"{part({**head, 'alg': 'none'})}.{part(claims)}.",
        "none, signature kept": f"{part({**head, 'alg': 'none'})}.{part(claims)}.{token.split('.')[2]}",
        "HS256 by the public key": signed(secret, alg="HS256", kid=head["kid"]),
        "own key": signed(),
        "own key, our kid": signed(kid=head["kid"]),
        "jwk": signed(jwk=own.as_dict(private=False)),
        "jku": signed(jku="https://evil.example/jwks", kid="x"),
        "x5u": signed(x5u="https://evil.example/cert", kid="x"),
        "path": signed(kid="../../../../dev/null"),
        "sql": signed(kid="' OR 1=1 --"),
        "long": signed(kid="k" * 10_240),
        "number": f"{part({**head, 'kid': 5})}.{part(claims)}.{token.split('.')[2]}",
        "duplicate member": f"{start}.{duplicate}.{signature}",
        "another payload": f"{start}.{part({**claims, 'sub': 'x'})}.{signature}",
        "crit": f"{part({**head, 'crit': ['x']})}.{part(claims)}.AA",
    }


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_km_001_forged_id_tokens_are_no_hints(
    alg: str, attack: Attack, person: Victim, target: Target
) -> None:
    client = target.new_client(id_token_signed_response_alg=alg)
    token = target.new_tokens(person, client)["id_token"]
    attack.sign_in(person)
    found = parameters_of(attack.send("GET", "/authorize", params=client.query(id_token_hint=token)))
    assert found["code"]
    jwks = target.http.get("/jwks").json()
    for name, forged in forgeries(token, jwks).items():
        query = client.query(id_token_hint=forged)
        answer = attack.send("POST", "/authorize", data=query)
        assert parameters_of(answer)["error"] == "invalid_request", name
        page = attack.send("POST", "/logout", data={"id_token_hint": forged})
        assert page.status_code == 400, name
        bearer = {"Authorization": f"Bearer {forged}"}
        assert attack.send("GET", "/userinfo", headers=bearer).status_code in (400, 401, 431), name
    assert attack.send("GET", "/account").status_code == 200, "a forged hint signed the person out"


def test_km_002_a_token_of_another_type_is_no_id_token(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    _, claims = unpack(target.new_tokens(person, client)["id_token"])
    for typ in ("at+jwt", "logout+jwt", "dpop+jwt", "x"):
        token = target.services.keyring.sign(claims, alg="RS256", typ=typ, now=int(time.time()))
        attack.redirected(client, "invalid_request", id_token_hint=token)


# What we would sign, were we mistaken: the signature is good, and the claims are not

NOW_IS = {
    "expired": {"exp": -1},
    "nbf in the future": {"nbf": 600},
    "iat in the future": {"iat": 600},
}


@pytest.mark.parametrize("name", NOW_IS)
def test_km_002_the_times_of_a_token_of_ours_are_judged(name: str, target: Target) -> None:
    """joserfc's decode() looks at none of them."""
    now = int(time.time())
    times = {claim: now + seconds for claim, seconds in NOW_IS[name].items()}
    claims = {"sub": "x", "iat": now - 5, "exp": now + 60, **times}
    keyring = target.services.keyring
    token = keyring.sign(claims, alg="ES256", typ="JWT", now=now)
    with pytest.raises(ValueError, match=r"expired|not_yet_valid"):
        keyring.verify(token, typ="JWT", now=now)


@pytest.mark.parametrize(
    "changes",
    [{"aud": "another"}, {"aud": ["another"]}, {"aud": None}, {"iat": 2**40}, {"nbf": 2**40}, {"sub": None}],
)
def test_km_002_a_hint_is_for_this_client_and_for_now(
    changes: dict[str, Any], attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    _, claims = unpack(target.new_tokens(person, client)["id_token"])
    changed = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    token = target.services.keyring.sign(changed, alg="RS256", typ="JWT", now=int(time.time()))
    attack.sign_in(person)
    attack.redirected(client, "invalid_request", id_token_hint=token)


def test_km_003_a_signed_payload_that_names_a_member_twice_is_no_hint(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    """Whichever of the two a reader keeps, another reader keeps the other one."""
    head, claims = unpack(target.new_tokens(person, client)["id_token"])
    key = target.services.keyring._load(int(time.time())).key_set.find(head["kid"])
    assert key is not None
    attack.sign_in(person)
    for twice in (f'"sub":"{claims["sub"]}"', '"exp":9999999999', '"aud":"another"'):
        payload = (json.dumps(claims)[:-1] + f",{twice}}}").encode()
        text = f"{part(head)}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}"
        signature = base64.urlsafe_b64encode(key.sign(text.encode())).rstrip(b"=").decode()
        attack.redirected(client, "invalid_request", id_token_hint=f"{text}.{signature}")


def test_km_004_a_rotation_shuts_nobody_out(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    before = target.new_tokens(person, client)
    old = {key["kid"] for key in target.http.get("/jwks").json()["keys"]}
    target.provider.tnid("keys", "rotate")
    for _ in range(6):
        kids = {key["kid"] for key in target.http.get("/jwks").json()["keys"]}
        assert kids & old, "the old keys are gone while their tokens live"
        head, _ = unpack(target.refresh(client, before["refresh_token"])["id_token"])
        assert head["kid"] in kids, "signed by a key that was not published"
    attack.sign_in(person)
    answer = attack.send(
        "GET", "/authorize", params=client.query(prompt="none", id_token_hint=before["id_token"])
    )
    assert "code" in parameters_of(answer)


def test_km_004_published_keys_hold_nothing_private(target: Target) -> None:
    keys = target.http.get("/jwks").json()["keys"]
    assert {key["kty"] for key in keys} == {"RSA", "EC"}
    assert len({key["kid"] for key in keys}) == len(keys)
    for key in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k", "oth"} & set(key), key
        assert key["kty"] != "RSA" or len(base64.urlsafe_b64decode(key["n"] + "==")) >= 256


MASTER_KEYS = {
    "short": b"c2hvcnQ=",
    "text": b"changeme",
    "empty": b"",
    "zeroes": base64.b64encode(bytes(32)),
    "repeated": base64.b64encode(b"changeme" * 4),
    "long": base64.b64encode(bytes(range(64))),
}


@pytest.mark.parametrize("content", MASTER_KEYS.values(), ids=MASTER_KEYS.keys())
def test_km_008_a_weak_master_key_stops_the_start(content: bytes, tmp_path: Path) -> None:
    settings = load({"TNID_INSTANCE_DIR": str(tmp_path)})
    settings.master_key_file.write_bytes(content)
    settings.master_key_file.chmod(0o600)
    with pytest.raises(MasterKeyError) as refused:
        create_app(settings)
    assert not content or content.decode() not in str(refused.value)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_km_008_a_readable_master_key_stops_the_start(mode: int, tmp_path: Path) -> None:
    settings = load({"TNID_INSTANCE_DIR": str(tmp_path)})
    settings.master_key_file.write_bytes(base64.b64encode(os.urandom(32)))
    settings.master_key_file.chmod(mode)
    with pytest.raises(MasterKeyError):
        create_app(settings)


def test_km_007_another_master_key_opens_nothing_and_tells_nothing(tmp_path: Path) -> None:
    environ = environ_for(tmp_path, 1, None)

    def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [TNID, *arguments]
        return subprocess.run(
            command, env=environ, cwd=ROOT, input=given, capture_output=True, check=False, timeout=60
        )

    assert run("db", "upgrade").returncode == 0 and run("keys", "rotate").returncode == 0
    path = tmp_path / "instance" / "master.key"
    path.write_bytes(base64.b64encode(os.urandom(32)))
    path.chmod(0o600)
    done = run("serve", "--bind", "127.0.0.1:1", "--workers", "1")
    assert done.returncode != 0
    assert path.read_bytes().strip() not in done.stdout + done.stderr
    assert b"PRIVATE" not in done.stdout + done.stderr
