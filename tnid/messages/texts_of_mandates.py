"""What people are told about helpers who act for them, and about guardians."""

from __future__ import annotations

from tnid.messages.text import Text

MANDATES = "/account/mandates"
FAMILY = "/account/family"

MANDATE_TEXTS = {
    "mandate_accepted": Text(
        title={
            "vi": "Đã có người nhận ủy quyền của bạn",
            "en": "Somebody accepted your mandate",
            "ko": "위임을 수락한 사람이 있습니다",
        },
        body={
            "vi": "{helper} vừa nhận ủy quyền của bạn lúc {time}, và từ nay có thể đăng nhập thay bạn vào"
            " các ứng"
            " dụng bạn đã chọn.\n"
            "Nếu đây không phải người bạn muốn nhờ: hãy kết thúc ủy quyền ngay.",
            "en": "{helper} accepted your mandate at {time}, and can from now on sign in for you to the"
            " applications that you chose.\n"
            "If this is not the person whom you meant: end the mandate at once.",
            "ko": "{helper} 님이 {time}에 위임을 수락했으며, 이제 선택하신 앱에 대신 로그인할 수 있습니다.\n"
            "맡기려던 분이 아니라면 즉시 위임을 종료하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {helper} đã nhận ủy quyền của bạn. Không phải người bạn nhờ? Hãy kết"
            " thúc ngay.",
            "en": "Thai Nguyen ID: {helper} accepted your mandate. Not the person you meant? End it at once.",
            "ko": "Thái Nguyên ID: {helper} 님이 위임을 수락했습니다. 아니라면 즉시 종료하세요.",
        },
        path=MANDATES,
    ),
    "mandate_used": Text(
        title={
            "vi": "Người được ủy quyền vừa đăng nhập thay bạn",
            "en": "Your helper signed in for you",
            "ko": "위임받은 분이 대신 로그인했습니다",
        },
        body={
            "vi": "{helper} vừa đăng nhập {app} thay bạn lúc {time}.\n"
            "Nếu bạn không nhờ việc này: hãy kết thúc ủy quyền ngay, người đó sẽ bị đăng xuất tức thì.",
            "en": "{helper} signed in to {app} for you at {time}.\n"
            "If you did not ask for it: end the mandate at once; that person is then signed out.",
            "ko": "{helper} 님이 {time}에 {app}에 대신 로그인했습니다.\n"
            "부탁하신 일이 아니라면 즉시 위임을 종료하세요. 그러면 바로 로그아웃됩니다.",
        },
        short={
            "vi": "Thái Nguyên ID: {helper} vừa đăng nhập {app} thay bạn. Không nhờ? Hãy kết thúc ủy quyền.",
            "en": "Thai Nguyen ID: {helper} signed in to {app} for you. Not asked for? End the mandate.",
            "ko": "Thái Nguyên ID: {helper} 님이 {app}에 대신 로그인함. 원치 않으면 위임을 종료하세요.",
        },
        path=MANDATES,
    ),
    "mandate_ended": Text(
        title={
            "vi": "Ủy quyền đã kết thúc",
            "en": "A mandate has ended",
            "ko": "위임이 종료되었습니다",
        },
        body={
            "vi": "{by} đã kết thúc ủy quyền giữa hai người lúc {time}. Việc đăng nhập thay đã dừng hẳn.",
            "en": "{by} ended the mandate between the two of you at {time}. Signing in for each other has"
            " stopped.",
            "ko": "{by} 님이 {time}에 두 분 사이의 위임을 종료했습니다. 대리 로그인은 중단되었습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: {by} đã kết thúc ủy quyền. Việc đăng nhập thay đã dừng.",
            "en": "Thai Nguyen ID: {by} ended the mandate. Signing in for each other has stopped.",
            "ko": "Thái Nguyên ID: {by} 님이 위임을 종료했습니다.",
        },
        path=MANDATES,
    ),
    "guardian_agreed": Text(
        title={
            "vi": "Người giám hộ đã đồng ý",
            "en": "Your guardian has agreed",
            "ko": "보호자가 동의했습니다",
        },
        body={
            "vi": "{guardian} đã đồng ý lúc {time} cho bạn dùng Thái Nguyên ID. Giờ có thể đăng nhập các"
            " ứng dụng.",
            "en": "{guardian} agreed at {time} to your using Thái Nguyên ID. You can now sign in to"
            " applications.",
            "ko": "{guardian} 님이 {time}에 Thái Nguyên ID 사용에 동의했습니다. 이제 앱에 로그인할 수"
            " 있습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: {guardian} đã đồng ý cho bạn dùng tài khoản.",
            "en": "Thai Nguyen ID: {guardian} agreed to your using the account.",
            "ko": "Thái Nguyên ID: {guardian} 님이 계정 사용에 동의했습니다.",
        },
        path=FAMILY,
    ),
    "guardian_withdrew": Text(
        title={
            "vi": "Người giám hộ đã rút lại đồng ý",
            "en": "Your guardian took the consent back",
            "ko": "보호자가 동의를 철회했습니다",
        },
        body={
            "vi": "{guardian} đã rút lại đồng ý lúc {time}. Các ứng dụng đã dừng; tài khoản chờ người giám"
            " hộ đồng ý"
            " lại.",
            "en": "{guardian} took the consent back at {time}. Applications have stopped; the account waits"
            " until a"
            " guardian agrees again.",
            "ko": "{guardian} 님이 {time}에 동의를 철회했습니다. 앱 이용이 중단되었으며, 보호자가 다시"
            " 동의할 때까지"
            " 계정이 대기합니다.",
        },
        short={
            "vi": "Thái Nguyên ID: {guardian} đã rút lại đồng ý. Các ứng dụng đã dừng.",
            "en": "Thai Nguyen ID: {guardian} took the consent back. Applications have stopped.",
            "ko": "Thái Nguyên ID: {guardian} 님이 동의를 철회했습니다.",
        },
        path=FAMILY,
    ),
}
