"""A developer's own application, with Authlib and Flask as in the quick start; or one that checks nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, redirect, request, session
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.tnid.conftest import CHALLENGE, VERIFIER

EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Leave the tests' output alone."""


@contextmanager
def served(application: Any, port: int = 0) -> Iterator[int]:
    """Serve a WSGI application on this machine; yields its port."""
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_application(issuer: str, client_id: str, secret: str, address: str, *, is_good: bool) -> Flask:
    """Return the application; `address` is its own."""
    app = Flask(__name__)
    app.secret_key = os.urandom(32)
    app.config.update(SESSION_COOKIE_NAME="application")
    if is_good:
        add_good(app, issuer, client_id, secret, address)
    else:
        add_bad(app, issuer, client_id, secret, address)
    return app


def add_good(app: Flask, issuer: str, client_id: str, secret: str, address: str) -> None:
    oauth = OAuth(app)
    oauth.register(
        "tnid",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
    )

    @app.get("/sign-in")
    def sign_in() -> Any:
        return oauth.tnid.authorize_redirect(f"{address}/callback")

    @app.get("/callback")
    def callback() -> Any:
        try:
            token = oauth.tnid.authorize_access_token()
        except (OAuthError, JoseError) as refused:
            return f"Not signed in: {refused}", 403
        except requests.HTTPError:
            return "Not signed in: try again", 502
        told = oauth.tnid.userinfo(token=token)
        if told["sub"] != token["userinfo"]["sub"]:
            return "Not signed in: two people", 403
        session["sub"] = told["sub"]
        return "Signed in"

    @app.post("/out")
    def out() -> Any:
        try:
            keys = KeySet.import_key_set(requests.get(f"{issuer}/jwks", timeout=5).json())
            claims = jwt.decode(request.form["logout_token"], keys, algorithms=["RS256", "ES256"]).claims
        except (JoseError, ValueError):
            return "", 400
        is_good = claims["iss"] == issuer and claims["aud"] == client_id and "nonce" not in claims
        return ("", 200) if is_good and EVENT in claims.get("events", {}) else ("", 400)

    @app.get("/front")
    def front() -> Any:
        return "Signed out"


def add_bad(app: Flask, issuer: str, client_id: str, secret: str, address: str) -> None:

    @app.get("/sign-in")
    def sign_in() -> Any:
        return redirect(
            f"{issuer}/authorize?client_id={client_id}&redirect_uri={address}/callback&response_type=code"
            f"&scope=openid&state=always&code_challenge={CHALLENGE}&code_challenge_method=S256"
        )

    @app.get("/callback")
    def callback() -> Any:
        form = {"grant_type": "authorization_code", "code": request.args.to_dict()["code"]}
        form |= {"redirect_uri": f"{address}/callback", "code_verifier": VERIFIER}
        answer = requests.post(f"{issuer}/token", form, auth=(client_id, secret), timeout=5)
        if answer.status_code != 200:
            return "Not signed in", 403
        # Reads the token without looking at anything in it
        session["sub"] = jws.extract_compact(answer.json()["id_token"].encode()).payload.decode()
        return "Signed in"

    @app.post("/out")
    def out() -> Any:
        return "", 200

    @app.get("/front")
    def front() -> Any:
        return "Signed out", 200, {"X-Frame-Options": "DENY"}
