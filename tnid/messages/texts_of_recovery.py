"""What people are told while an account is being recovered."""

from __future__ import annotations

from tnid.messages.text import Text

STOP = "/recover/stop"
RECOVER = "/recover"

_CODE_TO_RECOVER = Text(
    title={"vi": "Mã lấy lại tài khoản", "en": "Code to recover the account", "ko": "계정 복구 인증번호"},
    body={
        "vi": "Có người yêu cầu lấy lại tài khoản Thái Nguyên ID của bạn. Mã là:\n{code}\n"
        "Mã dùng được một lần, trong {minutes} phút. Không đọc mã này cho bất kỳ ai, kể cả người xưng là"
        " cán bộ.\n"
        "Nếu không phải bạn yêu cầu: không cần làm gì, mật khẩu vẫn như cũ.",
        "en": "Somebody asked to recover your Thái Nguyên ID account. The code is:\n{code}\n"
        "It works once, for {minutes} minutes. Never read it out to anyone, officials included.\n"
        "If it was not you: there is nothing to do, the password stays as it is.",
        "ko": "Thái Nguyên ID 계정 복구 요청이 있었습니다. 인증번호는 다음과 같습니다:\n{code}\n"
        "{minutes}분 동안 한 번만 사용할 수 있습니다. 공무원을 포함하여 누구에게도 알려 주지 마세요.\n"
        "요청하지 않으셨다면 아무것도 하지 않으셔도 됩니다. 비밀번호는 그대로입니다.",
    },
    short={
        "vi": "{code} là mã lấy lại tài khoản Thái Nguyên ID, hết hạn sau {minutes} phút. Không đọc mã"
        " cho bất kỳ ai.",
        "en": "{code} is the code to recover your Thai Nguyen ID account, valid for {minutes} minutes."
        " Never read it out to anyone.",
        "ko": "Thái Nguyên ID 계정 복구 인증번호 {code} ({minutes}분간 유효). 누구에게도 알려 주지 마세요.",
    },
)
_STOP_BODY = {
    "vi": "Nếu chính bạn yêu cầu thì không cần làm gì.\n"
    "Nếu không phải bạn: hãy đăng nhập như thường lệ với đủ hai lớp, hoặc mở trang Dừng lấy lại tài khoản"
    " và nhập mã {code}. Sau đó hãy đổi mật khẩu.",
    "en": "If it is you, there is nothing to do.\n"
    "If it is not you: sign in as usual with both steps, or open the page Stop a recovery and type the code"
    " {code}. Then change the password.",
    "ko": "본인이 복구 중이라면 아무것도 하지 않으셔도 됩니다.\n"
    "본인이 아니라면 평소처럼 두 단계로 로그인하거나, 복구 중지 페이지에서 코드 {code}를 입력하세요."
    " 그런 다음 비밀번호를 변경하세요.",
}
_STOP_SHORT = {
    "vi": " Không phải bạn? Nhập mã {code} ở trang Dừng lấy lại tài khoản.",
    "en": " Not you? Type {code} on the page Stop a recovery.",
    "ko": " 본인이 아니면 복구 중지 페이지에 {code} 입력.",
}


def _warning(title: dict[str, str], body: dict[str, str], short: dict[str, str]) -> Text:
    """Return a warning with what to do if it is somebody else."""
    return Text(
        title=title,
        body={tag: f"{words}\n{_STOP_BODY[tag]}" for tag, words in body.items()},
        short={tag: f"{words}{_STOP_SHORT[tag]}" for tag, words in short.items()},
        path=STOP,
    )


_WAITING = _warning(
    {
        "vi": "Có người đang lấy lại tài khoản của bạn",
        "en": "Somebody is recovering your account",
        "ko": "누군가 계정을 복구하고 있습니다",
    },
    {
        "vi": "Có người yêu cầu lấy lại tài khoản Thái Nguyên ID của bạn lúc {time}. Nếu không ai dừng lại,"
        " tài khoản có thể được mở từ {when}.",
        "en": "Somebody asked at {time} to recover your Thái Nguyên ID account. Unless it is stopped, the"
        " account can be opened from {when}.",
        "ko": "{time}에 Thái Nguyên ID 계정 복구 요청이 있었습니다. 중지하지 않으면 {when}부터 계정을 열 수"
        " 있습니다.",
    },
    {
        "vi": "Thái Nguyên ID: có người lấy lại tài khoản, mở từ {when}.",
        "en": "Thai Nguyen ID: your account is being recovered; it opens {when}.",
        "ko": "Thái Nguyên ID: 계정 복구 중, {when}부터 열림.",
    },
)
_STILL_WAITING = _warning(
    {
        "vi": "Nhắc lại: có người đang lấy lại tài khoản của bạn",
        "en": "Reminder: your account is being recovered",
        "ko": "다시 알림: 계정이 복구되고 있습니다",
    },
    {
        "vi": "Tài khoản Thái Nguyên ID của bạn vẫn đang chờ được lấy lại và có thể được mở từ {when}.",
        "en": "Your Thái Nguyên ID account is still being recovered, and can be opened from {when}.",
        "ko": "Thái Nguyên ID 계정 복구가 계속 진행 중이며 {when}부터 열 수 있습니다.",
    },
    {
        "vi": "Thái Nguyên ID: nhắc lại, tài khoản sẽ mở được từ {when}.",
        "en": "Thai Nguyen ID: reminder, your account can be opened from {when}.",
        "ko": "Thái Nguyên ID: 다시 알림, {when}부터 계정이 열림.",
    },
)
_READY = Text(
    title={
        "vi": "Đã hết thời gian chờ lấy lại tài khoản",
        "en": "The waiting time of the recovery is over",
        "ko": "복구 대기 시간이 끝났습니다",
    },
    body={
        "vi": "Từ bây giờ có thể lấy lại tài khoản Thái Nguyên ID của bạn, trong 7 ngày: hãy bắt đầu lại"
        " giống như lần trước.\n" + _STOP_BODY["vi"],
        "en": "From now on your Thái Nguyên ID account can be recovered, for 7 days: begin again in the same"
        " way as before.\n" + _STOP_BODY["en"],
        "ko": "지금부터 7일 동안 Thái Nguyên ID 계정을 복구할 수 있습니다. 이전과 같은 방법으로 다시"
        " 시작하세요.\n" + _STOP_BODY["ko"],
    },
    short={
        "vi": "Thái Nguyên ID: đã hết thời gian chờ, có thể lấy lại tài khoản." + _STOP_SHORT["vi"],
        "en": "Thai Nguyen ID: the wait is over, the account can be recovered." + _STOP_SHORT["en"],
        "ko": "Thái Nguyên ID: 대기가 끝나 계정을 복구할 수 있습니다." + _STOP_SHORT["ko"],
    },
    path=RECOVER,
)
_STOPPED = Text(
    title={
        "vi": "Việc lấy lại tài khoản đã dừng",
        "en": "The recovery of the account was stopped",
        "ko": "계정 복구가 중지되었습니다",
    },
    body={
        "vi": "Việc lấy lại tài khoản Thái Nguyên ID của bạn đã dừng lúc {time}. Tài khoản vẫn như cũ.\n"
        "Nếu trước đó không phải bạn yêu cầu: có người biết mật khẩu hoặc đọc được tin nhắn của"
        " bạn. Hãy đổi mật khẩu.",
        "en": "The recovery of your Thái Nguyên ID account was stopped at {time}. The account is as it was.\n"
        "If it was not you who asked for it: somebody knows the password or reads your messages. Change the"
        " password.",
        "ko": "Thái Nguyên ID 계정 복구가 {time}에 중지되었습니다. 계정은 그대로입니다.\n"
        "본인이 요청한 것이 아니라면 누군가 비밀번호를 알거나 메시지를 읽고 있는 것입니다. 비밀번호를"
        " 변경하세요.",
    },
    short={
        "vi": "Thái Nguyên ID: việc lấy lại tài khoản đã dừng lúc {time}. Không phải bạn yêu cầu? Hãy đổi"
        " mật khẩu.",
        "en": "Thai Nguyen ID: the recovery of your account was stopped at {time}. Not asked by you? Change"
        " the password.",
        "ko": "Thái Nguyên ID: {time} 계정 복구 중지됨. 요청하지 않으셨다면 비밀번호를 변경하세요.",
    },
    path="/account/security",
)
_NOT_YOU = {
    "vi": "Nếu không phải bạn: hãy đến bộ phận một cửa của xã, phường kèm thẻ căn cước, hoặc lấy lại"
    " tài khoản ngay.",
    "en": "If it was not you: go to the one-stop desk of your commune or ward with your identity card, or"
    " recover the account at once.",
    "ko": "본인이 아니라면 신분증을 지참하고 싸(면)·프엉(동)"
    " 원스톱 창구를 방문하거나 즉시 계정을 복구하세요.",
}
_PASSWORD_SET = Text(
    title={
        "vi": "Mật khẩu mới đã được đặt",
        "en": "A new password was set",
        "ko": "새 비밀번호가 설정되었습니다",
    },
    body={
        "vi": "Tài khoản Thái Nguyên ID của bạn vừa được lấy lại với mật khẩu mới lúc {time}. Mọi thiết bị"
        " và ứng dụng đã được đăng xuất.\n" + _NOT_YOU["vi"],
        "en": "Your Thái Nguyên ID account was recovered with a new password at {time}. Every device and"
        " application was signed out.\n" + _NOT_YOU["en"],
        "ko": "Thái Nguyên ID 계정이 {time}에 새 비밀번호로 복구되었습니다. 모든 기기와 앱에서"
        " 로그아웃되었습니다.\n" + _NOT_YOU["ko"],
    },
    short={
        "vi": "Thái Nguyên ID: mật khẩu mới được đặt lúc {time}. Không phải bạn? Hãy đến bộ phận một cửa của"
        " xã, phường.",
        "en": "Thai Nguyen ID: a new password was set at {time}. Not you? Go to the one-stop desk of your"
        " commune.",
        "ko": "Thái Nguyên ID: {time} 새 비밀번호 설정됨. 본인이 아니면 싸(면)·프엉(동) 창구를 방문하세요.",
    },
    path=RECOVER,
)
_FACTOR_REMOVED = Text(
    title={
        "vi": "Lớp xác thực bị mất đã được gỡ bỏ",
        "en": "The lost second step was removed",
        "ko": "분실한 2단계 인증이 삭제되었습니다",
    },
    body={
        "vi": "Ứng dụng xác thực cũ của tài khoản Thái Nguyên ID vừa được gỡ bỏ lúc {time} vì đã báo mất. Mọi"
        " thiết bị và ứng dụng đã được đăng xuất.\n" + _NOT_YOU["vi"],
        "en": "The old authenticator app of your Thái Nguyên ID account was removed at {time}, as it was said"
        " to be lost. Every device and application was signed out.\n" + _NOT_YOU["en"],
        "ko": "분실 신고된 Thái Nguyên ID 인증 앱이 {time}에 삭제되었습니다. 모든 기기와 앱에서"
        " 로그아웃되었습니다.\n" + _NOT_YOU["ko"],
    },
    short={
        "vi": "Thái Nguyên ID: ứng dụng xác thực cũ bị gỡ lúc {time}. Không phải bạn? Hãy đến bộ phận một cửa"
        " của xã, phường.",
        "en": "Thai Nguyen ID: the old authenticator app was removed at {time}. Not you? Go to the one-stop"
        " desk of your commune.",
        "ko": "Thái Nguyên ID: {time} 이전 인증 앱 삭제됨. 본인이 아니면 싸(면)·프엉(동) 창구를 방문하세요.",
    },
    path=RECOVER,
)

RECOVERY_TEXTS = {
    "code_recover": _CODE_TO_RECOVER,
    "recovery_waiting": _WAITING,
    "recovery_still_waiting": _STILL_WAITING,
    "recovery_ready": _READY,
    "recovery_stopped": _STOPPED,
    "recovery_password_set": _PASSWORD_SET,
    "recovery_factor_removed": _FACTOR_REMOVED,
}
