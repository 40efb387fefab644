"""The words of what an application says of the data that it asks for: grounds, and how long it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

CONSENT, CONTRACT, LAW, PUBLIC_TASK, EMERGENCY = "consent", "contract", "law", "public_task", "emergency"

BASES: dict[str, Any] = {
    CONSENT: _("The person's consent alone"),
    CONTRACT: _("A contract with the person: the service can't be given without it"),
    LAW: _("A law that asks for it"),
    PUBLIC_TASK: _("The task of a state body"),
    EMERGENCY: _("To protect life or health in an emergency"),
}
"""The grounds of the Law on the Protection of Personal Data, 91/2025/QH15."""

LAWFUL = frozenset({LAW, PUBLIC_TASK})
"""Grounds for which the law and its article are named."""

KEPT_OTHER = "other"
LONG = frozenset({"ten_years", KEPT_OTHER})
"""What a reviewer looks at twice."""

_KEPT: Mapping[str, Mapping[str, str]] = {
    "session": {
        "vi": "Chỉ trong phiên đăng nhập, không lưu lại",
        "en": "Only while signed in, not stored",
        "ko": "로그인 중에만 사용하고 저장하지 않음",
    },
    "month": {"vi": "30 ngày", "en": "30 days", "ko": "30일"},
    "year": {"vi": "1 năm", "en": "1 year", "ko": "1년"},
    "contract": {
        "vi": "Đến khi đóng tài khoản tại ứng dụng, rồi xóa trong 30 ngày",
        "en": "Until the account there is closed, then deleted within 30 days",
        "ko": "해당 앱의 계정을 해지할 때까지, 이후 30일 이내 삭제",
    },
    "two_years": {"vi": "2 năm", "en": "2 years", "ko": "2년"},
    "five_years": {"vi": "5 năm", "en": "5 years", "ko": "5년"},
    "ten_years": {"vi": "10 năm", "en": "10 years", "ko": "10년"},
}
KEPT = (*_KEPT, KEPT_OTHER)


def words_of_kept(kept: str) -> Mapping[str, str]:
    """Return a usual time in words by locale; nothing for one that is none."""
    return _KEPT.get(kept, {})


GROUP_NAMES: dict[str, Any] = {
    "person": _("Who the person is"),
    "contact": _("How the person is reached"),
    "yes_no": _("Yes or no, instead of the data itself"),
    "verified": _("What was checked with an identity document"),
    "standing": _("What the province itself knows"),
    "work": _("Work, confirmed by the employer"),
}
GROUP_HINTS: dict[str, Any] = {
    "person": _("What the person wrote in their profile."),
    "contact": _("Each with whether it was checked by a code."),
    "yes_no": _("Ask for these wherever they will do: what isn't known can't be lost."),
    "verified": _("For a reason alone, and after two reviewers agree."),
    "standing": _("For a reason alone; the number and the children after two reviewers agree."),
    "work": _("For a reason alone."),
}
ASKING_LABELS: dict[str, Any] = {
    "age_over": _("Whether somebody has reached an age that the application names – yes or no"),
    "resident_of_ward": _(
        "Whether somebody lives in a ward or commune that the application names – yes or no"
    ),
    "works_in_park": _("Whether somebody works in an industrial park that the application names – yes or no"),
    "tenure_at_least_months": _("Whether somebody has worked at the same place for some months – yes or no"),
    "income_at_least": _("Whether an income is at least an amount that the application names – yes or no"),
}
"""Items that the application asks a value about: here without one."""
