"""Make the API; the provider needn't run yet. It is a protected resource, known by its address."""

from __future__ import annotations

import os
from collections.abc import Mapping

from flask import Flask, Response, jsonify, request

from examples.bookings_api import work
from examples.bookings_api.access_tokens import AccessTokens
from examples.bookings_api.bookings import BadBooking, Bookings, read_booking
from examples.bookings_api.challenges import Challenge
from examples.bookings_api.provider import Provider
from examples.relying_party.configuration import load

CLIENT_ID = "bookings-api"
METADATA_PATH = "/.well-known/oauth-protected-resource"
READ, WRITE = "bookings.read", "bookings.write"
SHIFTS_READ, INCOME_READ = "shifts.read", "income.read"

# Whoever books takes a place from others: two factors, and not those of a sign-in from this morning
WRITE_ACR, WRITE_MAX_AGE = "LoA2", 1800
# Nobody's income stands on a screen for a printed card, or for whoever came before
INCOME_ACR, INCOME_MAX_AGE = "LoA2", 300


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    configuration = load(environ, default_port=8004)
    resource = configuration.base_url
    tokens = AccessTokens(Provider(configuration, CLIENT_ID), resource)
    bookings = Bookings()
    app = Flask("examples.bookings_api")
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024

    @app.get("/")
    @app.get(METADATA_PATH)
    def describe() -> Response:
        """RFC 9728 §2."""
        return jsonify(
            resource=resource,
            authorization_servers=[configuration.issuer],
            scopes_supported=[READ, WRITE, SHIFTS_READ, INCOME_READ],
            bearer_methods_supported=["header"],
            resource_name="Lịch hẹn một cửa",
        )

    @app.get("/bookings")
    def show() -> Response:
        claims = tokens.check(READ)
        return jsonify(bookings=bookings.list_by_person(claims["sub"]))

    @app.post("/bookings")
    def add() -> Response:
        claims = tokens.check(WRITE, acr=WRITE_ACR, max_age=WRITE_MAX_AGE)
        tokens.check_live()
        booking = bookings.add(claims["sub"], read_booking(request.get_json(silent=True)))
        answer = jsonify(booking)
        answer.status_code = 201
        return answer

    add_work(app, tokens)
    app.register_error_handler(Challenge, lambda one: one.respond(resource + METADATA_PATH))
    app.register_error_handler(BadBooking, lambda _: (jsonify(error="bad_booking"), 400))
    app.after_request(_protect)
    return app


def add_work(app: Flask, tokens: AccessTokens) -> None:
    """Answer for what a worker asks at a kiosk."""

    @app.get("/shifts")
    def shifts() -> Response:
        tokens.check(SHIFTS_READ)
        return jsonify(shifts=work.SHIFTS)

    @app.get("/income")
    def income() -> Response:
        tokens.check_sign_in(INCOME_READ, acr=INCOME_ACR, max_age=INCOME_MAX_AGE)
        tokens.check(INCOME_READ)
        tokens.check_live()
        return jsonify(income=work.INCOME)


def _protect(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
