"""Messages on their way: by a real mail server and real gateways, each with its failures; never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.servers.gateway import PhoneGateway
from tests.servers.https import write_certificate
from tests.servers.mail import MailServer, words_of
from tests.servers.processes import free_port, wait_until
from tests.tnid.conftest import Someone
from tnid.housekeeping import make_sender
from tnid.messages import channels, gateway, smtp
from tnid.messages.codes import LIFETIME_SECONDS
from tnid.messages.letters import write_letter
from tnid.messages.service import lane_of
from tnid.messages.texts import TEXTS
from tnid.outbox import LEASE_SECONDS, MOST_RETRY_AFTER_SECONDS, Sender
from tnid.services import Services
from tnid.settings import Settings, load
from tnid.stores.messages import FAILED, PERHAPS, QUEUED, SENDING, SENT
from tnid.stores.outbox import OutboxStore

PHONE, EMAIL = "+84987000222", "hoa@example.vn"
SECONDS = 30


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def mail(certificate: tuple[Path, Path]) -> Iterator[MailServer]:
    server = MailServer(certificate)
    yield server
    server.close()


@pytest.fixture
def sms(tmp_path: Path, certificate: tuple[Path, Path]) -> Iterator[PhoneGateway]:
    server = PhoneGateway(tmp_path, "sms", certificate)
    yield server
    server.close()


@pytest.fixture
def zalo(tmp_path: Path, certificate: tuple[Path, Path]) -> Iterator[PhoneGateway]:
    server = PhoneGateway(tmp_path, "zalo", certificate)
    yield server
    server.close()


@pytest.fixture
def settings(
    database_url: str,
    tmp_path: Path,
    certificate: tuple[Path, Path],
    mail: MailServer,
    sms: PhoneGateway,
    zalo: PhoneGateway,
) -> Settings:
    return load(
        {
            "TNID_INSTANCE_DIR": str(tmp_path / "instance"),
            "TNID_DATABASE_URL": database_url,
            "TNID_OUTBOUND_CA_FILE": str(certificate[0]),
            "TNID_SMTP_URL": mail.url,
            "TNID_SMTP_SENDER": "khong-tra-loi@id.example.vn",
            "TNID_SMS_URL": sms.url,
            "TNID_SMS_SECRET_FILE": str(sms.secret_file),
            "TNID_ZALO_URL": zalo.url,
            "TNID_ZALO_SECRET_FILE": str(zalo.secret_file),
            "TNID_OUTBOX_ATTEMPTS": "3",
        }
    )


class Post:
    """The sender of what is queued, as the housekeeper has it."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.services, self.clock = services, clock
        self.sender: Sender = make_sender(services)

    def send(self) -> int:
        """Send what is due now; return how many attempts that took, when all were noted."""
        begun = 0
        while more := self.sender.send_due(self.clock.now()):
            begun += more
            wait_until(lambda: not self.sender._lanes._busy, seconds=SECONDS, what="end of the attempts")
        return begun

    def send_until_given_up(self) -> None:
        for _ in range(self.services.settings.outbox_attempts):
            self.send()
            self.clock.advance(3600)

    def rows(self, account_id: str) -> list[Any]:
        return self.services.messages.list_by_account(account_id)

    def states(self, account_id: str) -> list[str]:
        return [row.state for row in self.rows(account_id)]

    def announce(self, account_id: str, name: str = "password_changed") -> None:
        with self.services.database.unit():
            self.services.messages.announce(account_id, name, self.clock.now())

    def open_outbox(self) -> list[Any]:
        return OutboxStore(self.services.database).list_open(most=100)


@pytest.fixture
def post(services: Services, clock: Clock) -> Iterator[Post]:
    made = Post(services, clock)
    yield made
    made.sender.close()


@pytest.fixture
def hoa(new_person: Callable[..., Someone]) -> Someone:
    """A person with a verified mailbox alone."""
    return new_person("hoa", claims={"email": EMAIL, "email_verified": True})


@pytest.fixture
def dung(new_person: Callable[..., Someone]) -> Someone:
    """A person with a phone alone."""
    return new_person("dung", claims={"phone_number": PHONE}, locale="ko")


# E-mail


def test_an_email_arrives_signed_in_and_encrypted(post: Post, hoa: Someone, mail: MailServer) -> None:
    post.announce(hoa.id)
    assert post.send() == 1 and post.states(hoa.id) == [SENT]
    (sent,) = mail.mails
    assert mail.recipients == [EMAIL] and str(sent["To"]) == EMAIL
    assert str(sent["From"]) == "Thái Nguyên ID <khong-tra-loi@id.example.vn>"
    assert str(sent["Subject"]) == "Mật khẩu đã được đổi – Thái Nguyên ID"
    assert sent["Auto-Submitted"] == "auto-generated" and sent["Content-Language"] == "vi"
    assert post.rows(hoa.id)[0].id in sent["Message-ID"]
    for kind in ("plain", "html"):
        words = words_of(sent, kind)
        assert "Nếu không phải bạn" in words and "http://localhost:8000/account/security" in words
        assert "{" not in words
    assert post.send() == 0


def test_an_email_by_tls_from_the_first_byte(
    certificate: tuple[Path, Path], post: Post, hoa: Someone, clock: Clock
) -> None:
    server = MailServer(certificate, scheme="smtps")
    way = smtp.Smtp(server.url, "a@b.vn", clock.now, ca_file=certificate[0])
    post.sender._carriers["message"]._channels["email"][:] = [way]  # type: ignore[attr-defined]
    post.announce(hoa.id)
    post.send()
    assert len(server.mails) == 1 and post.states(hoa.id) == [SENT]
    server.close()


def test_a_server_whose_certificate_is_not_verified_gets_nothing(
    post: Post, hoa: Someone, mail: MailServer, clock: Clock
) -> None:
    stranger = smtp.Smtp(mail.url, "a@b.vn", clock.now)
    post.sender._carriers["message"]._channels["email"][:] = [stranger]  # type: ignore[attr-defined]
    post.announce(hoa.id)
    post.send()
    assert not mail.mails and post.states(hoa.id) == [QUEUED]
    assert "SSLCertVerificationError" in post.open_outbox()[0].error


def test_a_wrong_password_of_ours_is_tried_again_and_said_without_it(
    post: Post, hoa: Someone, mail: MailServer, clock: Clock, certificate: tuple[Path, Path]
) -> None:
    way = smtp.Smtp(mail.url_of("sai"), "a@b.vn", clock.now, ca_file=certificate[0])
    post.sender._carriers["message"]._channels["email"][:] = [way]  # type: ignore[attr-defined]
    post.announce(hoa.id)
    post.send()
    assert post.states(hoa.id) == [QUEUED]
    assert post.open_outbox()[0].error.endswith("SMTPAuthenticationError 535.")


def test_a_mail_server_that_is_down_is_tried_again_until_it_is_up(
    post: Post, hoa: Someone, mail: MailServer, clock: Clock
) -> None:
    mail.answer = "451 later"
    post.announce(hoa.id)
    post.send()
    mail.answer, mail.rcpt = "250 OK", "450 greylisted"
    clock.advance(5)
    post.send()
    assert post.states(hoa.id) == [QUEUED] and not mail.mails
    mail.rcpt = "250 OK"
    clock.advance(15)
    post.send()
    assert post.states(hoa.id) == [SENT] and len(mail.mails) == 1


def test_a_mail_server_that_stays_away_is_shown_as_not_sent(
    post: Post, hoa: Someone, mail: MailServer
) -> None:
    mail.close()
    post.announce(hoa.id)
    post.send_until_given_up()
    assert post.states(hoa.id) == [FAILED] and post.open_outbox()[0].dead_at
    reasons = post.services.database.fetch_all(text("SELECT event FROM audit_events WHERE outcome='refused'"))
    assert [row.event for row in reasons] == ["outbox.give_up"]


def test_an_operator_has_sent_after_all_what_was_given_up(
    post: Post, hoa: Someone, mail: MailServer, clock: Clock
) -> None:
    mail.answer = "451 later"
    post.announce(hoa.id)
    post.send_until_given_up()
    assert post.states(hoa.id) == [FAILED]
    mail.answer = "250 OK"
    assert post.services.outbox.retry(post.open_outbox()[0].id, clock.now())
    post.send()
    assert post.states(hoa.id) == [SENT] and len(mail.mails) == 1
    assert post.services.messages.open(post.rows(hoa.id)[0]).values == {}


@pytest.mark.parametrize("step", ["rcpt", "answer"])
def test_an_address_that_is_refused_for_good_is_not_tried_again(
    post: Post, hoa: Someone, mail: MailServer, step: str
) -> None:
    setattr(mail, step, "550 no such mailbox hoa@example.vn")
    post.announce(hoa.id)
    assert post.send() == 1 and post.states(hoa.id) == [FAILED]
    assert "example.vn" not in post.open_outbox()[0].error


def test_a_mail_whose_answer_was_lost_is_perhaps_sent_and_not_sent_again(
    post: Post, hoa: Someone, mail: MailServer, clock: Clock
) -> None:
    mail.answer = "cut"
    post.announce(hoa.id)
    post.send()
    mail.answer = "250 OK"
    clock.advance(6 * 3600)
    assert post.send() == 0
    assert post.states(hoa.id) == [PERHAPS] and len(mail.mails) == 1
    assert not post.services.outbox.retry(post.open_outbox()[0].id, clock.now()) or post.send() == 1
    assert len(mail.mails) == 1, "not by an operator either"


def test_a_sender_that_died_while_it_sent_leaves_it_perhaps_sent(
    post: Post, hoa: Someone, mail: MailServer, clock: Clock
) -> None:
    post.announce(hoa.id)
    (row,) = post.rows(hoa.id)
    claimed = OutboxStore(post.services.database).claim(
        lane_of("email", row.id), clock.now(), until=clock.now() + LEASE_SECONDS
    )
    assert claimed is not None
    assert post.sender._carriers["message"]._store.claim(row.id, "smtp")  # type: ignore[attr-defined]
    assert post.states(hoa.id) == [SENDING]
    clock.advance(LEASE_SECONDS)
    post.send()
    assert post.states(hoa.id) == [PERHAPS] and not mail.mails


def test_a_mail_server_that_says_nothing_is_not_waited_for_for_ever(
    post: Post, hoa: Someone, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "MOST_SECONDS", 0.2)
    mail.answer = "hold"
    post.announce(hoa.id)
    post.send()
    assert post.states(hoa.id) == [PERHAPS] and not mail.release.is_set()


def test_letters_of_every_alphabet_go_by_smtp(
    post: Post, new_person: Callable[..., Someone], mail: MailServer
) -> None:
    one = new_person("quoc.te", claims={"email": "hoà@ví-dụ.vn"}, locale="ko")
    post.announce(one.id)
    post.send()
    assert post.states(one.id) == [SENT] and len(mail.recipients) == 1
    assert "비밀번호" in str(mail.mails[0]["Subject"])


# Phones


def test_a_phone_is_reached_by_zalo_first(
    post: Post, dung: Someone, zalo: PhoneGateway, sms: PhoneGateway
) -> None:
    post.announce(dung.id)
    post.send()
    (message,) = zalo.delivered
    assert not sms.posted and post.states(dung.id) == [SENT]
    assert message["to"] == PHONE and message["language"] == "ko"
    assert message["template"] == "password_changed" and message["values"]["time"] in message["text"]
    assert "http" not in message["text"] and message["id"] == post.rows(dung.id)[0].id


@pytest.mark.parametrize("status", ["404 Not Found", "422 No Zalo", "429 Slow down", "503 Down"])
def test_what_zalo_certainly_did_not_take_goes_by_sms_at_once(
    post: Post, dung: Someone, zalo: PhoneGateway, sms: PhoneGateway, status: str
) -> None:
    zalo.status = status
    post.announce(dung.id)
    assert post.send() == 1
    assert len(sms.delivered) == 1 and not zalo.delivered and post.states(dung.id) == [SENT]


def test_a_gateway_that_is_not_there_leaves_it_to_the_other(
    post: Post, dung: Someone, zalo: PhoneGateway, sms: PhoneGateway
) -> None:
    zalo.close()
    post.announce(dung.id)
    post.send()
    assert len(sms.delivered) == 1 and post.states(dung.id) == [SENT]


@pytest.mark.parametrize(("fault", "status"), [("cut", "200 OK"), ("", "500 Oops")])
def test_what_zalo_may_have_taken_is_repeated_there_and_never_goes_by_sms(
    post: Post, dung: Someone, zalo: PhoneGateway, sms: PhoneGateway, clock: Clock, fault: str, status: str
) -> None:
    zalo.fault, zalo.status = fault, status
    post.announce(dung.id)
    post.send()
    assert post.states(dung.id) == [SENDING]
    zalo.fault, zalo.status = "", "429 Slow down"
    clock.advance(5)
    post.send()
    assert post.states(dung.id) == [SENDING]
    zalo.status = "200 OK"
    clock.advance(15)
    post.send()
    assert post.states(dung.id) == [SENT] and not sms.posted
    assert len(zalo.posted) == 3 and len({m["id"] for m in zalo.posted}) == 1
    assert len(zalo.delivered) == 1, "a repetition was no second message"


def test_a_gateway_that_knows_the_id_has_taken_it(
    post: Post, dung: Someone, zalo: PhoneGateway, clock: Clock
) -> None:
    zalo.fault = "cut"
    post.announce(dung.id)
    post.send()
    zalo.fault, zalo.status = "", "409 Known"
    clock.advance(5)
    post.send()
    assert post.states(dung.id) == [SENT] and len(zalo.delivered) == 1


def test_a_slow_gateway_is_left_and_asked_again(
    post: Post, dung: Someone, zalo: PhoneGateway, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "ANSWER_SECONDS", 0.2)
    zalo.fault = "hold"
    post.announce(dung.id)
    post.send()
    assert post.states(dung.id) == [SENDING]
    zalo.fault = ""
    monkeypatch.setattr(gateway, "ANSWER_SECONDS", channels.ANSWER_SECONDS)
    clock.advance(5)
    post.send()
    assert post.states(dung.id) == [SENT] and len(zalo.delivered) == 1


def test_what_stays_unknown_is_perhaps_sent_in_the_end(post: Post, dung: Someone, zalo: PhoneGateway) -> None:
    zalo.fault = "drop"
    post.announce(dung.id)
    post.send_until_given_up()
    assert post.states(dung.id) == [PERHAPS] and len(zalo.posted) == 3


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("Retry-After: 900", 900),
        ("Date: Sun, 22 Nov 2026 10:00:00 GMT\r\nRetry-After: Sun, 22 Nov 2026 10:15:00 GMT", 900),
        ("Retry-After: 99999999999999999999", MOST_RETRY_AFTER_SECONDS),
        ("Retry-After: soon", 5),
        ("Retry-After: -900", 5),
        ("Retry-After: Sun, 22 Nov 2026 10:15:00 GMT", 5),
    ],
)
def test_a_gateway_that_asks_for_time_gets_it_within_a_bound(
    post: Post, dung: Someone, zalo: PhoneGateway, sms: PhoneGateway, clock: Clock, asked: str, seconds: int
) -> None:
    for way in (zalo, sms):
        way.status, way.headers = "429 Slow down", f"{asked}\r\n"
    post.announce(dung.id)
    post.send()
    zalo.status = "200 OK"
    clock.advance(seconds - 1)
    assert post.send() == 0
    clock.advance(1)
    assert post.send() == 1 and post.states(dung.id) == [SENT]


def test_the_way_that_may_be_tried_first_decides(
    post: Post, dung: Someone, zalo: PhoneGateway, sms: PhoneGateway, clock: Clock
) -> None:
    zalo.status, zalo.headers = "429 Slow down", "Retry-After: 900\r\n"
    sms.status = "503 Down"
    post.announce(dung.id)
    post.send()
    sms.status = "200 OK"
    clock.advance(5)
    assert post.send() == 1 and len(sms.delivered) == 1


def test_a_wrong_secret_is_our_fault_and_is_tried_again(
    post: Post, dung: Someone, zalo: PhoneGateway, sms: PhoneGateway
) -> None:
    for way in post.sender._carriers["message"]._channels["phone"]:  # type: ignore[attr-defined]
        way._secret = "wrong"
    post.announce(dung.id)
    post.send()
    assert post.states(dung.id) == [QUEUED] and not zalo.posted and not sms.posted


# Whatever the way


def test_each_verified_contact_is_told_and_no_other(
    post: Post, new_person: Callable[..., Someone], mail: MailServer, zalo: PhoneGateway
) -> None:
    claims = {"phone_number": PHONE, "email": EMAIL}
    both = new_person("ca.hai", claims={**claims, "phone_number_verified": True, "email_verified": True})
    one = new_person("mot", claims={**claims, "email_verified": True})
    none = new_person("chua", claims=claims)
    for person, channels_told in ((both, 2), (one, 1), (none, 2)):
        post.announce(person.id)
        post.send()
        assert post.states(person.id) == [SENT] * channels_told
    assert len(mail.mails) == 3 and len(zalo.delivered) == 2


def test_the_address_is_looked_up_when_it_is_sent(
    post: Post, hoa: Someone, mail: MailServer, clock: Clock
) -> None:
    post.announce(hoa.id)
    with post.services.database.unit():
        post.services.accounts.change_profile(hoa.id, {"email": "moi@example.vn"}, clock.now())
    post.send()
    assert "moi@example.vn" in mail.recipients
    opened = {row.text: post.services.messages.open(row).masked for row in post.rows(hoa.id)}
    # The one that tells of the change went where the address was fixed
    assert opened == {"password_changed": "m•••@example.vn", "contact_changed": "h•••@example.vn"}


def test_what_was_sent_is_no_longer_kept(post: Post, dung: Someone, zalo: PhoneGateway) -> None:
    with post.services.database.unit():
        post.services.message_codes.send(dung.id, "verify_phone", "phone", post.clock.now())
    before = post.services.messages.open(post.rows(dung.id)[0])
    post.send()
    assert zalo.delivered[0]["values"]["code"] == before.values["code"]
    after = post.services.messages.open(post.rows(dung.id)[0])
    assert after.masked == "+84 ••• ••222" and after.values == {} and after.address is None


def test_a_code_is_not_sent_after_its_time(
    post: Post, dung: Someone, zalo: PhoneGateway, sms: PhoneGateway, clock: Clock
) -> None:
    zalo.status = sms.status = "503 Down"
    with post.services.database.unit():
        post.services.message_codes.send(dung.id, "verify_phone", "phone", clock.now())
    post.send()
    zalo.status = sms.status = "200 OK"
    clock.advance(LIFETIME_SECONDS)
    post.send()
    assert post.states(dung.id) == [FAILED] and not zalo.delivered and not sms.delivered


def test_a_code_for_nobody_leads_nowhere_by_the_same_statements(
    post: Post, lan: Someone, mail: MailServer, zalo: PhoneGateway, sms: PhoneGateway
) -> None:
    for account_id in ("nobody" * 20, lan.id):
        with post.services.database.unit():
            post.services.message_codes.send(account_id, "recover", "phone", post.clock.now())
    assert len(post.open_outbox()) == 2 and post.send() == 2
    assert not mail.mails and not zalo.posted and not sms.posted
    assert all(row.error == "Nobody is to be told any more." for row in post.open_outbox())


def test_nothing_goes_to_an_account_that_was_deleted(post: Post, hoa: Someone, mail: MailServer) -> None:
    post.announce(hoa.id)
    with post.services.database.unit():
        post.services.accounts.delete(hoa.id, post.clock.now())
    post.send()
    assert not mail.mails and not post.rows(hoa.id)


def test_two_senders_at_once_send_each_message_once(
    post: Post, new_person: Callable[..., Someone], mail: MailServer, clock: Clock
) -> None:
    other = Post(post.services, clock)
    people = [new_person(f"nguoi.{n}", claims={"email": f"n{n}@example.vn"}) for n in range(6)]
    for one in people:
        post.announce(one.id)
    while post.sender.send_due(clock.now()) + other.sender.send_due(clock.now()):
        wait_until(
            lambda: not post.sender._lanes._busy and not other.sender._lanes._busy,
            seconds=SECONDS, what="end of the attempts",
        )  # fmt: skip
    other.sender.close()
    assert sorted(mail.recipients) == sorted(f"n{n}@example.vn" for n in range(6))


def test_a_server_that_nobody_listens_at_says_so_without_addresses(hoa: Someone, clock: Clock) -> None:
    way = smtp.Smtp(f"smtp://localhost:{free_port()}", "a@b.vn", clock.now)
    with pytest.raises(channels.NotTaken) as told:
        way.send(_letter())
    assert EMAIL not in str(told.value) and "ConnectionRefusedError" in str(told.value)


def _letter() -> Any:
    text_ = TEXTS["password_changed"]
    return write_letter("id", EMAIL, "password_changed", text_, {}, language="vi", at=1, issuer="https://i")
