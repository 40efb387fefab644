"""What the owners of a team are told about the secrets of an application that people really sign in to."""

from __future__ import annotations

from tnid.messages.text import Text

DEVELOPERS = "/developers"

CLIENT_SECRET_TEXTS = {
    "client_secret_made": Text(
        title={
            "vi": "Có khóa bí mật mới cho ứng dụng của nhóm",
            "en": "A new client secret of your team's application",
            "ko": "팀 앱의 새 클라이언트 시크릿",
        },
        body={
            "vi": "Lúc {time}, một khóa bí mật (client secret) mới được tạo cho môi trường chính thức của"
            " {app}. Nếu nhóm của bạn không làm việc này, hãy hủy khóa đó ngay.",
            "en": "At {time} a new client secret was made for the live environment of {app}. If your team did"
            " not do this, end that secret at once.",
            "ko": "{time}에 {app} 운영 환경의 새 클라이언트 시크릿이 만들어졌습니다. 팀에서 한 일이 아니라면"
            " 해당 시크릿을 바로 종료하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {app} vừa có khóa bí mật mới. Nếu không phải nhóm bạn, hãy hủy ngay.",
            "en": "Thai Nguyen ID: {app} has a new client secret. If it was not your team, end it now.",
            "ko": "Thái Nguyên ID: {app} 새 시크릿 생성. 팀이 한 일이 아니면 바로 종료하세요.",
        },
        path=DEVELOPERS,
    ),
    "client_secret_ended": Text(
        title={
            "vi": "Một khóa bí mật của ứng dụng đã hết hiệu lực",
            "en": "A client secret of your team's application ended",
            "ko": "팀 앱의 클라이언트 시크릿이 종료되었습니다",
        },
        body={
            "vi": "Lúc {time}, một khóa bí mật (client secret) của {app} (môi trường chính thức) đã hết hiệu"
            " lực. Máy chủ còn dùng khóa đó không đăng nhập được nữa.",
            "en": "At {time} a client secret of the live environment of {app} ended. A server that still uses"
            " it can't sign anybody in any more.",
            "ko": "{time}에 {app} 운영 환경의 클라이언트 시크릿이 종료되었습니다. 아직 이 시크릿을 쓰는"
            " 서버에서는 로그인할 수 없습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: một khóa bí mật của {app} đã hết hiệu lực.",
            "en": "Thai Nguyen ID: a client secret of {app} ended.",
            "ko": "Thái Nguyên ID: {app} 시크릿 종료됨.",
        },
        path=DEVELOPERS,
    ),
    "client_secret_planned": Text(
        title={
            "vi": "Ngày hết hiệu lực của một khóa bí mật đã được chọn",
            "en": "The end of a client secret was chosen",
            "ko": "클라이언트 시크릿의 종료일이 정해졌습니다",
        },
        body={
            "vi": "Lúc {time}, ngày hết hiệu lực của một khóa bí mật (client secret) của {app} đã được đổi."
            " Nếu nhóm của bạn không làm việc này, hãy xem lại các khóa bí mật.",
            "en": "At {time} it was changed when a client secret of {app} ends. If your team did not do this,"
            " look at the secrets.",
            "ko": "{time}에 {app} 클라이언트 시크릿의 종료일이 바뀌었습니다. 팀에서 한 일이 아니라면"
            " 시크릿을 확인하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: ngày hết hiệu lực một khóa bí mật của {app} đã đổi.",
            "en": "Thai Nguyen ID: when a client secret of {app} ends was changed.",
            "ko": "Thái Nguyên ID: {app} 시크릿 종료일 변경됨.",
        },
        path=DEVELOPERS,
    ),
    "client_keys_changed": Text(
        title={
            "vi": "Khóa công khai của ứng dụng đã đổi",
            "en": "The keys of your team's application were changed",
            "ko": "팀 앱의 키가 변경되었습니다",
        },
        body={
            "vi": "Lúc {time}, khóa, chứng thư hoặc cách xác thực của {app} (môi trường chính thức) đã được"
            " đổi. Nếu nhóm của bạn không làm việc này, hãy đưa cài đặt trước đó trở lại ngay.",
            "en": "At {time} keys, certificates or the way in which {app} proves itself were changed in the"
            " live environment. If your team did not do this, bring the settings before it back at once.",
            "ko": "{time}에 {app} 운영 환경의 키, 인증서 또는 인증 방식이 바뀌었습니다. 팀에서 한 일이"
            " 아니라면 이전 설정을 바로 되돌리세요.",
        },
        short={
            "vi": "Thái Nguyên ID: khóa của {app} đã đổi. Nếu không phải nhóm bạn, hãy đưa về như cũ ngay.",
            "en": "Thai Nguyen ID: the keys of {app} were changed. If it was not your team, undo it now.",
            "ko": "Thái Nguyên ID: {app} 키 변경됨. 팀이 한 일이 아니면 바로 되돌리세요.",
        },
        path=DEVELOPERS,
    ),
    "client_addresses_changed": Text(
        title={
            "vi": "Địa chỉ nhận báo đăng xuất của ứng dụng đã đổi",
            "en": "Where your team's application hears of sign-outs was changed",
            "ko": "팀 앱의 로그아웃 수신 주소가 변경되었습니다",
        },
        body={
            "vi": "Lúc {time}, địa chỉ mà {app} (môi trường chính thức) nhận báo đăng xuất hoặc sự kiện bảo"
            " mật đã được đổi. Nếu nhóm của bạn không làm việc này, hãy đưa cài đặt trước đó trở lại ngay.",
            "en": "At {time} an address was changed at which {app} hears of sign-outs or security events in"
            " the live environment. If your team did not do this, bring the settings before it back at once.",
            "ko": "{time}에 {app} 운영 환경에서 로그아웃이나 보안 이벤트를 받는 주소가 바뀌었습니다. 팀에서"
            " 한 일이 아니라면 이전 설정을 바로 되돌리세요.",
        },
        short={
            "vi": "Thái Nguyên ID: địa chỉ đăng xuất của {app} đã đổi. Nếu không phải nhóm bạn, hãy sửa lại.",
            "en": "Thai Nguyen ID: {app} hears of sign-outs elsewhere. If it was not your team, undo it now.",
            "ko": "Thái Nguyên ID: {app} 로그아웃 주소 변경됨. 팀이 한 일이 아니면 바로 되돌리세요.",
        },
        path=DEVELOPERS,
    ),
}
