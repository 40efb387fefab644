"""Every named text. A feature with several has a module, `texts_of_<feature>.py`, and a line here."""

from __future__ import annotations

from tnid.messages.text import Text
from tnid.messages.texts_of_account import ACCOUNT_TEXTS
from tnid.messages.texts_of_badges import BADGE_TEXTS
from tnid.messages.texts_of_client_secrets import CLIENT_SECRET_TEXTS
from tnid.messages.texts_of_counter import COUNTER_TEXTS
from tnid.messages.texts_of_developers import DEVELOPER_TEXTS
from tnid.messages.texts_of_employers import EMPLOYER_TEXTS
from tnid.messages.texts_of_factors import FACTOR_TEXTS
from tnid.messages.texts_of_identity import IDENTITY_TEXTS
from tnid.messages.texts_of_mandates import MANDATE_TEXTS
from tnid.messages.texts_of_operators import OPERATOR_TEXTS
from tnid.messages.texts_of_qr import QR_TEXTS
from tnid.messages.texts_of_recovery import RECOVERY_TEXTS
from tnid.messages.texts_of_reviews import REVIEW_TEXTS
from tnid.messages.texts_of_safety import SAFETY_TEXTS
from tnid.messages.texts_of_work import WORK_TEXTS

_CODE = Text(
    title={"vi": "Mã xác thực (OTP)", "en": "One-time code", "ko": "인증번호"},
    body={
        "vi": "Mã xác thực Thái Nguyên ID của bạn là:\n{code}\n"
        "Mã dùng được một lần, trong {minutes} phút.\n"
        "Không đọc mã này cho bất kỳ ai, kể cả người xưng là cán bộ. Nếu bạn không yêu cầu mã, hãy bỏ"
        " qua thư này.",
        "en": "Your Thái Nguyên ID code is:\n{code}\n"
        "It works once, for {minutes} minutes.\n"
        "Never read it out to anyone, officials included. If you did not ask for a code, ignore this"
        " message.",
        "ko": "Thái Nguyên ID 인증번호입니다:\n{code}\n"
        "{minutes}분 동안 한 번만 사용할 수 있습니다.\n"
        "공무원이라고 하는 사람을 포함하여 누구에게도 알려 주지 마세요. 요청하지 않으셨다면 이 메시지를"
        " 무시하세요.",
    },
    short={
        "vi": "{code} là mã xác thực Thái Nguyên ID, hết hạn sau {minutes} phút. Không đọc mã này cho"
        " bất kỳ ai, kể cả cán bộ.",
        "en": "{code} is your Thai Nguyen ID code, valid for {minutes} minutes. Never read it out to"
        " anyone, officials included.",
        "ko": "Thái Nguyên ID 인증번호 {code} ({minutes}분간 유효). 공무원을 포함해 누구에게도"
        " 알려 주지 마세요.",
    },
)
_CODE_TO_VERIFY = Text(
    title={
        "vi": "Mã xác minh số điện thoại hoặc email",
        "en": "Code to verify a phone number or email",
        "ko": "전화번호 또는 이메일 확인용 인증번호",
    },
    body={
        "vi": "Mã để xác minh địa chỉ này cho một tài khoản Thái Nguyên ID là:\n{code}\n"
        "Mã dùng được một lần, trong {minutes} phút.\n"
        "Không đọc mã này cho bất kỳ ai, kể cả người xưng là cán bộ. Nếu bạn không yêu cầu mã, hãy bỏ"
        " qua thư này.",
        "en": "The code to verify this address for a Thái Nguyên ID account is:\n{code}\n"
        "It works once, for {minutes} minutes.\n"
        "Never read it out to anyone, officials included. If you did not ask for a code, ignore this"
        " message.",
        "ko": "이 연락처를 Thái Nguyên ID 계정에 확인하기 위한 인증번호입니다:\n{code}\n"
        "{minutes}분 동안 한 번만 사용할 수 있습니다.\n"
        "공무원이라고 하는 사람을 포함하여 누구에게도 알려 주지 마세요. 요청하지 않으셨다면 이 메시지를"
        " 무시하세요.",
    },
    short={
        "vi": "{code} là mã xác minh số điện thoại cho Thái Nguyên ID, hết hạn sau {minutes} phút."
        " Không đọc mã cho bất kỳ ai, kể cả cán bộ.",
        "en": "{code} is the code to verify this phone number for Thai Nguyen ID, valid for {minutes}"
        " minutes. Never read it out to anyone.",
        "ko": "Thái Nguyên ID 전화번호 확인용 인증번호 {code} ({minutes}분간 유효). 누구에게도"
        " 알려 주지 마세요.",
    },
)

# `code_<purpose>` says what a code is for; where a purpose has no text of its own, `code` does
CODE_TEXTS = {
    "code": _CODE,
    "code_verify_phone": _CODE_TO_VERIFY,
    "code_verify_email": _CODE_TO_VERIFY,
}

TEXTS: dict[str, Text] = {
    **CODE_TEXTS,
    **ACCOUNT_TEXTS,
    **FACTOR_TEXTS,
    **IDENTITY_TEXTS,
    **MANDATE_TEXTS,
    **SAFETY_TEXTS,
    **RECOVERY_TEXTS,
    **COUNTER_TEXTS,
    **QR_TEXTS,
    **BADGE_TEXTS,
    **CLIENT_SECRET_TEXTS,
    **WORK_TEXTS,
    **EMPLOYER_TEXTS,
    **DEVELOPER_TEXTS,
    **REVIEW_TEXTS,
    **OPERATOR_TEXTS,
}
