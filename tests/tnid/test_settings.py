"""Settings: one validated file; a wrong one stops the start with a clear sentence."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from tnid import settings as module
from tnid.settings import SettingsError, load


def test_nothing_set_gives_a_development_instance_beside_the_code() -> None:
    settings = load({})
    assert settings.issuer == "http://localhost:8000"
    assert settings.instance_dir == Path(module.__file__).parents[1] / "instance"
    assert settings.database_url == f"sqlite:///{settings.instance_dir}/tnid.db"
    assert settings.master_key_file == settings.instance_dir / "master.key"
    assert settings.redis_url is None
    assert settings.is_plain_http and settings.is_loopback


def test_what_lies_in_the_instance_folder_follows_it(tmp_path: Path) -> None:
    settings = load({"TNID_INSTANCE_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/tnid.db"
    assert settings.master_key_file == tmp_path / "master.key"


def test_values_are_typed() -> None:
    settings = load(
        {
            "TNID_ISSUER": "https://id.thainguyen.gov.vn",
            "TNID_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "TNID_REGISTRATION_OPEN": "true",
            "TNID_CODE_LIFETIME_SECONDS": "30",
        }
    )
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))
    assert settings.registration_open is True
    assert settings.code_lifetime_seconds == 30
    assert not settings.is_plain_http and not settings.is_loopback


@pytest.mark.parametrize(
    "issuer",
    ["http://127.0.0.1:9000", "http://[::1]:8000", "http://tnid.localhost", "https://id.example:8443"],
)
def test_an_issuer_is_https_or_on_a_loopback_host(issuer: str) -> None:
    assert load({"TNID_ISSUER": issuer}).issuer == issuer


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("ISSUER", "http://id.thainguyen.gov.vn", "plain http only on a loopback host"),
        ("ISSUER", "http://10.0.0.1", "plain http only on a loopback host"),
        ("ISSUER", "http://localhost.example", "plain http only on a loopback host"),
        ("ISSUER", "https://id.example/", "no trailing slash"),
        ("ISSUER", "https://id.example/tenant", "no path"),
        ("ISSUER", "https://id.example?x=1", "no query"),
        ("ISSUER", "https://id.example#", "no query, no fragment"),
        ("ISSUER", "https://me@id.example", "no user name"),
        ("ISSUER", "https://ID.example", "lower-case"),
        ("ISSUER", "id.example", "must be a URL"),
        ("ISSUER", "https://id.example:99999", "Port out of range"),
        ("ISSUER", "https://[::1", "Invalid IPv6 URL"),
        ("ISSUER", "", "is empty"),
        ("DATABASE_URL", "mysql://x/y", "must begin with sqlite:/// or postgresql+psycopg://"),
        ("DATABASE_URL", "sqlite://", "must name a file"),
        ("DATABASE_URL", "tnid.db", "is not a database URL"),
        ("REDIS_URL", "http://localhost", "redis://"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "must be networks"),
        ("LOCALE_DEFAULT", "fr", "one of vi, en, ko"),
        ("LOG_LEVEL", "INFO", "one of debug"),
        ("OUTBOUND_CA_FILE", "/nowhere/ca.pem", "not there"),
        ("OUTBOUND_CA_FILE", __file__, "holds no certificates"),
        ("REGISTRATION_OPEN", "yes", "true or false"),
        ("SMTP_URL", "smtp://user:hunter2@mail.example.vn", "smtp:// only on a loopback host"),
        ("SMTP_URL", "smtps://mail.example.vn/inbox", "end after the host and port"),
        ("SMTP_URL", "smtps://user:m%E1%BA%ADt@mail.example.vn", "in ASCII"),
        ("SMTP_URL", "https://mail.example.vn", "smtps://"),
        ("SMTP_SENDER", "Thái Nguyên ID", "an email address"),
        ("SMS_URL", "http://sms.example.vn/send", "plain http only on a loopback host"),
        ("SMS_URL", "https://user:hunter2@sms.example.vn", "the secret has a file of its own"),
        ("ZALO_SECRET_FILE", "/nowhere/zalo.secret", "not there"),
        ("CODE_LIFETIME_SECONDS", "601", "from 1 to 600"),
        ("CODE_LIFETIME_SECONDS", "-1", "whole number"),
        ("CODE_LIFETIME_SECONDS", "1e2", "whole number"),
        ("CODE_LIFETIME_SECONDS", "٣", "whole number"),
    ],
)
def test_a_bad_value_stops_the_start_with_one_sentence(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({f"TNID_{variable}": value})
    sentence = str(refused.value)
    assert sentence.startswith(f"TNID_{variable} ") and sentence.endswith(".") and "\n" not in sentence
    assert says in sentence and "hunter2" not in sentence


def test_an_unknown_variable_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="TNID_ISUER is not a setting"):
        load({"TNID_ISUER": "https://id.example"})


def test_settings_that_contradict_each_other_stop_the_start() -> None:
    with pytest.raises(SettingsError, match="TNID_SESSION_IDLE_SECONDS"):
        load({"TNID_SESSION_IDLE_SECONDS": "3600", "TNID_SESSION_LIFETIME_SECONDS": "60"})


@pytest.mark.parametrize(
    ("mode", "content", "says"), [(0o644, "s", "chmod 600"), (0o600, " \n", "one secret")]
)
def test_a_gateway_s_secret_is_one_line_that_its_owner_alone_reads(
    tmp_path: Path, mode: int, content: str, says: str
) -> None:
    file = tmp_path / "secret"
    file.write_text(content)
    file.chmod(mode)
    with pytest.raises(SettingsError, match=says):
        load({"TNID_SMS_URL": "https://sms.example.vn", "TNID_SMS_SECRET_FILE": str(file)})


def test_a_gateway_needs_its_secret() -> None:
    with pytest.raises(SettingsError, match="TNID_SMS_URL and TNID_SMS_SECRET_FILE need each other"):
        load({"TNID_SMS_URL": "https://sms.example.vn/send"})


def test_messages_are_shown_only_on_this_machine_and_where_nothing_can_send_them() -> None:
    assert load({}).keeps_messages and load({}).message_channels == ("phone", "email")
    public = load({"TNID_ISSUER": "https://id.example.vn"})
    assert not public.keeps_messages and public.message_channels == ()
    mail = load({"TNID_SMTP_URL": "smtps://u:p@mail.example.vn"})
    assert not mail.keeps_messages and mail.message_channels == ("email",)
    assert "u:p" not in repr(mail)


def test_a_password_in_a_setting_is_not_printed() -> None:
    environ = {"TNID_DATABASE_URL": "postgresql+psycopg://tnid:hunter2@db/tnid"}
    assert "hunter2" not in repr(load(environ))
    with pytest.raises(SettingsError) as refused:
        load({"TNID_REDIS_URL": "http://:hunter2@redis"})
    assert "hunter2" not in str(refused.value)


def test_every_setting_says_what_it_is_for() -> None:
    for field in module.FIELDS:
        assert field.metadata["doc"] and field.metadata["unit"], field.name
