"""How far an application is on its way to people: steps, each of which says the truth."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext

from tnid import services
from tnid.developers.presets import SERVICE
from tnid.developers.records import Standing
from tnid.developers.texts import NAME, PURPOSE
from tnid.web import current_locale


class Step(NamedTuple):
    """One step: what it is, whether it is done, and where it is done; "" for elsewhere."""

    id: str
    label: Any
    hint: Any
    is_done: bool
    url: str


def list_steps(standing: Standing) -> list[Step]:
    """Return the steps from a new application to a live one, in their order."""
    application = standing.application
    if application.preset == SERVICE:
        return [_tried_by_program(standing), _described(standing)]
    has_signed_in = services.current().client_log.has_signed_in(application.sandbox_client_id)
    return [
        Step(
            "tried",
            gettext("Sign in once as a made-up person"),
            gettext("With your own program, and the addresses above. It is noticed within a minute."),
            has_signed_in,
            f"/docs/{'vi/' if current_locale() == 'vi' else ''}developers/ten-minutes/",
        ),
        _checked(standing),
        _described(standing),
        *_of_other_rooms(standing),
    ]


def _checked(standing: Standing) -> Step:
    parts, application = services.current(), standing.application
    client = parts.clients.find(application.sandbox_client_id)
    is_clean = client is not None and parts.checker.is_clean(application, client, None)
    return Step(
        "checked",
        gettext("Have your application checked"),
        gettext("State, nonce, PKCE, signing out: what is wrong, and how to mend it."),
        is_clean,
        url_for("checker.show", application_id=application.id),
    )


def _tried_by_program(standing: Standing) -> Step:
    return Step(
        "tried",
        gettext("Get an access token once"),
        gettext("With grant_type=client_credentials at the token endpoint. It is noticed within a minute."),
        services.current().client_log.has_signed_in(standing.application.sandbox_client_id),
        "",
    )


def _described(standing: Standing) -> Step:
    texts = standing.application.texts
    is_done = bool(texts.get(NAME, {}).get("vi") and texts.get(PURPOSE, {}).get("vi"))
    return Step(
        "described",
        gettext("Say what the application is for"),
        gettext("Name, purpose and logo, as people read them."),
        is_done,
        url_for("application_texts.change", application_id=standing.application.id),
    )


def _of_other_rooms(standing: Standing) -> list[Step]:
    """The data that is asked for, and the review."""
    here, application = f"/developers/apps/{standing.application.id}", standing.application
    return [
        Step(
            "justified",
            gettext("Say what each piece of data is for"),
            gettext("Its purpose, the legal basis, and how long it is kept."),
            bool(application.disclosure),
            f"{here}/data",
        ),
        Step(
            "submitted",
            gettext("Submit it for review"),
            gettext("Somebody of the province reads it; then people can sign in for real."),
            application.live_client_id is not None or _is_submitted(application.id),
            f"{here}/review",
        ),
    ]


def _is_submitted(application_id: str) -> bool:
    return services.current().developers.applications.is_under_review(application_id)
