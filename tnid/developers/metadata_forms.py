"""The forms of a client's settings: a question a page, each field named as its member of RFC 7591.

A field that is left empty takes its member out. What was typed is kept as it was typed, wrong or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextArea

from oidc.clients.authentication import AUTH_METHODS
from oidc.clients.ciba_metadata import MODES
from oidc.clients.grant_types import GRANT_TYPES
from oidc.clients.mtls import MTLS_METHODS
from oidc.clients.response_algorithms import SIGNING_ALGS
from oidc.clients.signed_object import SIGNING_ALGS as REQUEST_ALGS
from oidc.decoupled.models import CIBA, DEVICE_CODE
from oidc.models import ACR_VALUES, TOKEN_EXCHANGE
from oidc.token.encryption import CONTENT_ENCRYPTION_ALGS, KEY_MANAGEMENT_ALGS
from tnid.accounts.choices import DropDown, Ticks

_OPEN = SelectChoice("", _("Not set"))
GRANTS = {
    "authorization_code": _("People sign in through the browser (authorization_code)"),
    "refresh_token": _("Stay signed in without asking again (refresh_token)"),
    "client_credentials": _("In its own name, without people (client_credentials)"),
    DEVICE_CODE: _("A code that is typed in on a phone (device_code)"),
    CIBA: _("Somebody is asked on their phone (CIBA)"),
    TOKEN_EXCHANGE: _("Exchanges tokens of others (token-exchange)"),
}
METHODS = {
    "client_secret_basic": _("Secret in the header (client_secret_basic)"),
    "client_secret_post": _("Secret in the form (client_secret_post)"),
    "private_key_jwt": _("Signed by its own key (private_key_jwt): the strongest"),
    "none": _("None: phone, desktop or browser, protected by PKCE"),
    "tls_client_auth": _("TLS certificate of a known authority (tls_client_auth)"),
    "self_signed_tls_client_auth": _("TLS certificate of one's own (self_signed_tls_client_auth)"),
}


class Line(StringField):  # type: ignore[misc]  # wtforms has no types
    """One value; `is_trimmed` where spaces around it were left out."""

    is_trimmed = False

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = valuelist[0].strip()
            self.is_trimmed = valuelist[0] != self.data

    def member(self) -> Any:
        return self.data or None


class Lines(Field):  # type: ignore[misc]  # wtforms has no types
    """Several values, one a line. `data` is the list; blank lines are left out."""

    widget = TextArea()
    is_trimmed = False

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            typed = valuelist[0].replace("\r\n", "\n").removesuffix("\n").split("\n")
            self.data = [line.strip() for line in typed if line.strip()]
            self.is_trimmed = typed not in (self.data, [""])

    def _value(self) -> str:
        return "\n".join(self.data or ())

    def member(self) -> Any:
        return self.data or None


class Flag(BooleanField):  # type: ignore[misc]  # wtforms has no types
    """Yes, or not set."""

    def member(self) -> Any:
        return True if self.data else None


class Choice(DropDown):
    """One of a few; "" takes the member out."""

    def member(self) -> Any:
        return self.data or None


class OneInList(DropDown):
    """One of a few, kept as a list of one: default_acr_values."""

    def process_data(self, value: Any) -> None:
        self.data = value[-1] if isinstance(value, list) and value else ""

    def member(self) -> Any:
        return [self.data] if self.data else None


class Several(Ticks):
    """Any of a few."""

    def member(self) -> Any:
        return list(self.data or ())


class Seconds(Line):
    """A number; what is none stays as it was typed, for the validator to refuse."""

    def process_data(self, value: Any) -> None:
        self.data = "" if value is None else str(value)

    def member(self) -> Any:
        text = self.data or ""
        is_number = text.isascii() and text.isdigit() and len(text) < 10
        return int(text) if is_number else text or None


class Document(StringField):  # type: ignore[misc]  # wtforms has no types
    """JSON as text."""

    widget = TextArea()

    def process_data(self, value: Any) -> None:
        self.data = "" if not value else pretty(value)


def pretty(value: Any) -> str:
    """Return JSON as people read it."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _choices(names: Any, labels: Mapping[str, Any] | None = None) -> list[Any]:
    return [SelectChoice(name, (labels or {}).get(name, name)) for name in names]


class SettingsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What every page of settings has; `seen` says what the settings were when it was opened."""

    seen = HiddenField()
    submit = SubmitField()
    check = SubmitField()


class AddressesForm(SettingsForm):
    redirect_uris = Lines()
    post_logout_redirect_uris = Lines()
    initiate_login_uri = Line()
    sector_identifier_uri = Line()


class SignInForm(SettingsForm):
    application_type = Choice(
        choices=_choices(
            ("web", "native"), {"web": _("Website or server"), "native": _("On a phone or computer")}
        )
    )
    grant_types = Several(choices=_choices(GRANT_TYPES, GRANTS))
    token_endpoint_auth_method = Choice(choices=_choices((*AUTH_METHODS, *MTLS_METHODS), METHODS))
    # Beside the method that they go with: neither is right without the other
    tls_client_auth_subject_dn = Line()
    tls_client_auth_san_dns = Line()
    tls_client_auth_san_uri = Line()
    tls_client_auth_san_ip = Line()
    tls_client_auth_san_email = Line()
    default_acr_values = OneInList(choices=[_OPEN, *_choices(ACR_VALUES)])
    default_max_age = Seconds()
    require_auth_time = Flag()


class RequestsForm(SettingsForm):
    require_pushed_authorization_requests = Flag()
    require_signed_request_object = Flag()
    request_object_signing_alg = Choice(choices=[_OPEN, *_choices(REQUEST_ALGS)])
    request_uris = Lines()
    dpop_bound_access_tokens = Flag()
    tls_client_certificate_bound_access_tokens = Flag()


class CibaForm(SettingsForm):
    backchannel_token_delivery_mode = Choice(choices=[_OPEN, *_choices(MODES)])
    backchannel_client_notification_endpoint = Line()
    backchannel_authentication_request_signing_alg = Choice(choices=[_OPEN, *_choices(REQUEST_ALGS)])


class TokensForm(SettingsForm):
    id_token_signed_response_alg = Choice(choices=_choices(SIGNING_ALGS))
    userinfo_signed_response_alg = Choice(choices=[_OPEN, *_choices(SIGNING_ALGS)])
    introspection_signed_response_alg = Choice(choices=[_OPEN, *_choices(SIGNING_ALGS)])
    authorization_signed_response_alg = Choice(choices=[_OPEN, *_choices(SIGNING_ALGS)])
    id_token_encrypted_response_alg = Choice(choices=[_OPEN, *_choices(KEY_MANAGEMENT_ALGS)])
    id_token_encrypted_response_enc = Choice(choices=[_OPEN, *_choices(CONTENT_ENCRYPTION_ALGS)])
    userinfo_encrypted_response_alg = Choice(choices=[_OPEN, *_choices(KEY_MANAGEMENT_ALGS)])
    userinfo_encrypted_response_enc = Choice(choices=[_OPEN, *_choices(CONTENT_ENCRYPTION_ALGS)])
    introspection_encrypted_response_alg = Choice(choices=[_OPEN, *_choices(KEY_MANAGEMENT_ALGS)])
    introspection_encrypted_response_enc = Choice(choices=[_OPEN, *_choices(CONTENT_ENCRYPTION_ALGS)])
    authorization_encrypted_response_alg = Choice(choices=[_OPEN, *_choices(KEY_MANAGEMENT_ALGS)])
    authorization_encrypted_response_enc = Choice(choices=[_OPEN, *_choices(CONTENT_ENCRYPTION_ALGS)])


class LogoutForm(SettingsForm):
    backchannel_logout_uri = Line()
    backchannel_logout_session_required = Flag()
    frontchannel_logout_uri = Line()
    frontchannel_logout_session_required = Flag()
    security_events_uri = Line()


class KeysForm(SettingsForm):
    jwks_uri = Line()
    jwks = Document()


class DocumentForm(SettingsForm):
    """The whole document at once; `unknown` are the members that were written and aren't known."""

    unknown: Sequence[str] = ()
    document = Document()
