"""Every page with a context as its view gives it, filled with made-up people and applications."""

from __future__ import annotations

from typing import Any

from tests.tnid.accounts.page_examples import ACCOUNT_PAGES
from tests.tnid.accounts.security_page_examples import SECURITY_PAGES
from tests.tnid.admin.page_examples import ADMIN_PAGES
from tests.tnid.client_log.page_examples import LOG_PAGES
from tests.tnid.decoupled.page_examples import REQUEST_PAGES
from tests.tnid.developers.page_examples import DEVELOPER_PAGES
from tests.tnid.developers.settings_examples import SETTINGS_PAGES
from tests.tnid.employers.page_examples import EMPLOYER_PAGES
from tests.tnid.employment.card_page_examples import CARD_PAGES
from tests.tnid.employment.page_examples import EMPLOYMENT_PAGES
from tests.tnid.enrolment.page_examples import IDENTITY_PAGES
from tests.tnid.imports.page_examples import IMPORT_PAGES
from tests.tnid.mandates.page_examples import MANDATE_PAGES
from tests.tnid.messages.page_examples import MESSAGE_PAGES
from tests.tnid.officials.page_examples import COUNTER_PAGES
from tests.tnid.page_parts import JOBS, MARKET, PERSON, Pages, items, question
from tests.tnid.qr.page_examples import QR_PAGES
from tests.tnid.qr.phone_page_examples import phone_pages
from tests.tnid.recovery.page_examples import RECOVERY_PAGES
from tests.tnid.reviews.page_examples import REVIEW_PAGES
from tests.tnid.sandbox.page_examples import examples as sandbox_pages
from tests.tnid.scim.page_examples import SCIM_PAGES
from tests.tnid.signin.badge_pages import BADGE_PAGES
from tests.tnid.signin.page_examples import SIGN_IN_PAGES


def _onward() -> dict[str, Any]:
    host = "so-kham-benh.example.vn"
    return {
        "app": MARKET, "code": "login_required", "description": "The person has to sign in.", "host": host,
        "mode": "query", "address": f"https://{host}/cb?error=login_required", "fields": {},
    }  # fmt: skip


def _error() -> dict[str, Any]:
    return {
        "code": "invalid_request",
        "title": "Yêu cầu này đã hết hạn",
        "message": "Quay lại Việc làm Thái Nguyên và bắt đầu lại; không có thông tin nào bị chia sẻ.",
        "advice": "Mở lại ứng dụng rồi bấm Đăng nhập.",
        "description": "redirect_uri is not registered.",
        "request_id": "7f3a9c20be114d55",
    }


EXAMPLES: Pages = {
    "home": ("home.html", dict),
    "home-signed-in": ("home.html", lambda: {"current_person": PERSON}),
    "consent": (
        "consent/consent.html",
        lambda: question(items(), app=JOBS, offline=True),
    ),
    "consent-unverified": (
        "consent/consent.html",
        lambda: question(items()[2:3], app=MARKET, settled=items()[:1], has_changed=True),
    ),
    "error": ("errors/error.html", _error),
    "error-onward": ("errors/onward.html", _onward),
    "error-expired": (
        "errors/error.html",
        lambda: {**_error(), "app": JOBS, "advice": "Quay lại Việc làm và bắt đầu lại; không chia sẻ gì."},
    ),
}
EXAMPLES |= MANDATE_PAGES | QR_PAGES | phone_pages(lambda: question(items()))
EXAMPLES |= SETTINGS_PAGES
EXAMPLES |= ADMIN_PAGES | BADGE_PAGES | CARD_PAGES | DEVELOPER_PAGES | EMPLOYER_PAGES | EMPLOYMENT_PAGES
EXAMPLES |= SCIM_PAGES | IMPORT_PAGES | LOG_PAGES | sandbox_pages(JOBS)
EXAMPLES |= REVIEW_PAGES
EXAMPLES |= SIGN_IN_PAGES | ACCOUNT_PAGES | SECURITY_PAGES | RECOVERY_PAGES | REQUEST_PAGES | IDENTITY_PAGES
EXAMPLES |= MESSAGE_PAGES | COUNTER_PAGES
