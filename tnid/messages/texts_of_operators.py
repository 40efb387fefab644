"""What operators are told of dangerous acts: those that wait, end, or were done by one alone."""

from __future__ import annotations

from tnid.messages.text import Text

REQUEST = "/admin/requests/{request}"
AUDIT = "/admin/audit"


def _outcome(title: dict[str, str], short: dict[str, str]) -> Text:
    """Return what becomes of a request, told to who asked: the page says the rest."""
    more = {
        "vi": "Mở trang Người thứ hai duyệt để xem chi tiết.",
        "en": "Open the page Second pair of eyes to read more.",
        "ko": "자세한 내용은 ‘이중 확인’ 페이지에서 볼 수 있습니다.",
    }
    body = {language: f"{short[language]} ({{time}})\n{more[language]}" for language in short}
    return Text(title=title, body=body, short=_on_phone(short), path=REQUEST)


def _at_machine(what: dict[str, str]) -> Text:
    """Return that one person did something at the machine, told to all who need a second one for it."""
    more = {
        "vi": "Việc này do một người làm bằng lệnh trên máy chủ lúc {time}, không qua người thứ hai.\n"
        "Nếu không ai trong các bạn làm hoặc biết việc này: hãy xem nhật ký kiểm toán và báo bộ phận an toàn"
        " thông tin ngay.",
        "en": "One person did it by a command on the server at {time}, without a second one.\n"
        "If none of you did it or knows of it: look at the audit log and call your security team at once.",
        "ko": "한 사람이 {time}에 서버에서 명령으로 실행했으며, 두 번째 확인은 없었습니다.\n"
        "아무도 이 일을 하거나 알지 못한다면 감사 기록을 확인하고 즉시 보안 담당에 알리세요.",
    }
    phone = {
        "vi": " từ máy chủ. Không ai biết? Báo an toàn thông tin.",
        "en": " by a command on the server. Nobody knows of it? Call security at once.",
        "ko": " (서버 명령). 아무도 모른다면 즉시 보안 담당에 알리세요.",
    }
    return Text(
        title=what,
        body={language: f"{words}.\n{more[language]}" for language, words in what.items()},
        short=_on_phone({language: words + phone[language] for language, words in what.items()}),
        path=AUDIT,
    )


def _on_phone(words: dict[str, str]) -> dict[str, str]:
    names = {"vi": "Thái Nguyên ID", "en": "Thai Nguyen ID", "ko": "Thái Nguyên ID"}
    return {language: f"{names[language]}: {text}" for language, text in words.items()}


OPERATOR_TEXTS = {
    "operator_asked": Text(
        title={
            "vi": "Cần người thứ hai xem xét",
            "en": "A second pair of eyes is asked for",
            "ko": "두 번째 확인이 필요합니다",
        },
        body={
            "vi": "{person} đề nghị làm một việc hệ trọng lúc {time} và cần một người thứ hai đồng ý trong 24"
            " giờ.\n"
            "Hãy đọc lý do, hỏi lại người đề nghị nếu cần, rồi mới đồng ý hoặc từ chối.",
            "en": "{person} asked at {time} for something dangerous to be done. A second operator has to"
            " agree within 24 hours.\n"
            "Read the reason, ask back if need be, and only then agree or refuse.",
            "ko": "{person} 님이 {time}에 중요한 작업을 요청했습니다. 24시간 안에 다른 운영자의 동의가"
            " 필요합니다.\n"
            "사유를 읽고 필요하면 요청자에게 확인한 뒤 동의하거나 거절하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {person} đề nghị một việc cần bạn xem xét trong 24 giờ.",
            "en": "Thai Nguyen ID: {person} asks for a second pair of eyes within 24 hours.",
            "ko": "Thái Nguyên ID: {person} 님의 요청에 24시간 안에 확인이 필요합니다.",
        },
        path=REQUEST,
    ),
    "application_abandoned": Text(
        title={
            "vi": "Một ứng dụng đang chạy không còn ai phụ trách",
            "en": "Nobody looks after a live application any more",
            "ko": "운영 중인 앱을 관리할 사람이 없습니다",
        },
        body={
            "vi": "Lúc {time}, người cuối cùng của một nhóm phát triển đã xóa tài khoản. Ứng dụng của nhóm"
            " vẫn chạy.\n"
            "Hãy giao nhóm cho người khác, hoặc dừng ứng dụng.",
            "en": "At {time} the last member of a team of developers deleted their account. The team's"
            " application goes on.\n"
            "Give the team to somebody, or stop the application.",
            "ko": "{time}에 개발 팀의 마지막 구성원이 계정을 삭제했습니다. 팀의 앱은 계속"
            " 운영됩니다.\n"
            "팀을 다른 사람에게 맡기거나 앱을 중지하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: một ứng dụng đang chạy không còn ai phụ trách. Hãy xem trang vận hành.",
            "en": "Thai Nguyen ID: nobody looks after a live application any more. See the operators' pages.",
            "ko": "Thái Nguyên ID: 운영 중인 앱에 관리자가 없습니다. 운영자 페이지를 확인하세요.",
        },
        path="/admin/clients?show=abandoned",
    ),
    "operator_agreed": _outcome(
        {
            "vi": "Đề nghị của bạn được đồng ý",
            "en": "Your request was agreed to",
            "ko": "요청에 동의했습니다",
        },
        {
            "vi": "việc bạn đề nghị đã được người thứ hai đồng ý và đã thực hiện.",
            "en": "what you asked for was agreed to by a second operator, and is done.",
            "ko": "요청하신 작업에 다른 운영자가 동의하여 실행되었습니다.",
        },
    ),
    "operator_refused": _outcome(
        {
            "vi": "Đề nghị của bạn bị từ chối",
            "en": "Your request was refused",
            "ko": "요청이 거절되었습니다",
        },
        {
            "vi": "việc bạn đề nghị đã bị người thứ hai từ chối. Chưa có gì được thực hiện.",
            "en": "what you asked for was refused by a second operator. Nothing was done.",
            "ko": "요청하신 작업을 다른 운영자가 거절했습니다. 실행된 것은 없습니다.",
        },
    ),
    "operator_failed": _outcome(
        {
            "vi": "Đề nghị của bạn không thực hiện được nữa",
            "en": "Your request could not be carried out any more",
            "ko": "요청을 더 이상 실행할 수 없습니다",
        },
        {
            "vi": "việc bạn đề nghị được đồng ý nhưng không còn thực hiện được. Chưa có gì thay đổi.",
            "en": "what you asked for was agreed to, but could not be done any more. Nothing was done.",
            "ko": "요청에 동의했으나 더 이상 실행할 수 없습니다. 바뀐 것은 없습니다.",
        },
    ),
    "operator_expired": _outcome(
        {
            "vi": "Đề nghị của bạn đã hết hạn",
            "en": "Nobody agreed to your request in time",
            "ko": "요청 기한이 지났습니다",
        },
        {
            "vi": "không ai đồng ý việc bạn đề nghị trong 24 giờ. Chưa có gì được thực hiện.",
            "en": "nobody agreed within 24 hours to what you asked for. Nothing was done.",
            "ko": "요청하신 작업에 24시간 안에 아무도 동의하지 않았습니다. 실행된 것은 없습니다.",
        },
    ),
    "machine_keys": _at_machine(
        {
            "vi": "Khóa ký đã được thay đổi",
            "en": "Signing keys were changed",
            "ko": "서명 키가 변경되었습니다",
        }
    ),
    "machine_roles": _at_machine(
        {
            "vi": "Vai trò của một người vận hành đã được thay đổi",
            "en": "An operator's roles were changed",
            "ko": "운영자의 역할이 변경되었습니다",
        }
    ),
    "machine_sign_outs": _at_machine(
        {
            "vi": "Nhiều người đã bị đăng xuất",
            "en": "Many people were signed out",
            "ko": "많은 이용자가 로그아웃되었습니다",
        }
    ),
    "machine_export": _at_machine(
        {
            "vi": "Một phần lớn nhật ký kiểm toán đã được tải về",
            "en": "A large part of the audit log was taken out",
            "ko": "감사 기록의 많은 부분이 반출되었습니다",
        }
    ),
}
