"""What people are told about their identity: that it was confirmed, and that somebody used its number."""

from __future__ import annotations

from tnid.messages.text import Text

IDENTITY = "/account/identity"

IDENTITY_TEXTS = {
    "identity_confirmed": Text(
        title={
            "vi": "Danh tính đã được xác nhận",
            "en": "Your identity was confirmed",
            "ko": "신원이 확인되었습니다",
        },
        body={
            "vi": "Danh tính của tài khoản Thái Nguyên ID vừa được xác nhận lúc {time}.\n"
            "Nếu chính bạn đã làm thì không cần làm gì thêm.\n"
            "Nếu không phải bạn: hãy đổi mật khẩu ngay và đến bộ phận một cửa của xã, phường kèm thẻ căn"
            " cước.",
            "en": "The identity of your Thái Nguyên ID account was confirmed at {time}.\n"
            "If you did it yourself, there is nothing to do.\n"
            "If it was not you: change the password at once, and go to the one-stop desk of your commune or"
            " ward with your identity card.",
            "ko": "Thái Nguyên ID 계정의 신원이 {time}에 확인되었습니다.\n"
            "직접 하셨다면 아무것도 하지 않으셔도 됩니다.\n"
            "본인이 아니라면 즉시 비밀번호를 변경하고, 신분증을 지참하여 싸(면)·프엉(동) 원스톱 창구를"
            " 방문해 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: danh tính đã được xác nhận lúc {time}. Không phải bạn? Hãy đổi mật khẩu và"
            " đến bộ phận một cửa.",
            "en": "Thai Nguyen ID: your identity was confirmed at {time}. Not you? Change the password and go"
            " to the one-stop desk.",
            "ko": "Thái Nguyên ID: {time} 신원이 확인됨. 본인이 아니면 비밀번호를 변경하고 원스톱 창구를"
            " 방문하세요.",
        },
        path=IDENTITY,
    ),
    "identity_tried_elsewhere": Text(
        title={
            "vi": "Có người dùng số giấy tờ của bạn",
            "en": "Somebody used the number of your document",
            "ko": "누군가 회원님의 신분증 번호를 사용했습니다",
        },
        body={
            "vi": "Lúc {time}, có người nhập số giấy tờ của bạn để xác nhận danh tính cho một tài khoản Thái"
            " Nguyên ID khác. Việc đó đã không thành.\n"
            "Nếu chính bạn đã làm: mỗi người có một tài khoản. Hãy đăng nhập tài khoản này, hoặc lấy lại"
            " tài khoản.\n"
            "Nếu không phải bạn: có người biết số giấy tờ của bạn. Hãy báo cho bộ phận một cửa của xã,"
            " phường.",
            "en": "At {time} somebody typed the number of your document to confirm the identity of another"
            " Thái Nguyên ID account. It was refused.\n"
            "If that was you: one person has one account. Sign in to this one, or recover it.\n"
            "If it was not you: somebody knows the number of your document. Tell the one-stop desk of your"
            " commune or ward.",
            "ko": "{time}에 누군가 다른 Thái Nguyên ID 계정의 신원 확인을 위해 회원님의 신분증 번호를"
            " 입력했으나 거부되었습니다.\n"
            "본인이 하셨다면: 한 사람은 하나의 계정만 가질 수 있습니다. 이 계정으로 로그인하거나 계정을"
            " 복구하세요.\n"
            "본인이 아니라면: 누군가 회원님의 신분증 번호를 알고 있습니다. 싸(면)·프엉(동) 원스톱 창구에"
            " 알려 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {time} ai đó dùng số giấy tờ của bạn ở tài khoản khác, không thành."
            " Không phải bạn? Báo một cửa xã, phường.",
            "en": "Thai Nguyen ID: at {time} somebody used your document's number for another account, in"
            " vain. Not you? Tell the one-stop desk.",
            "ko": "Thái Nguyên ID: {time} 누군가 회원님의 신분증 번호를 다른 계정에 사용하려다 거부됨. 본인이"
            " 아니면 원스톱 창구에 알리세요.",
        },
        path=IDENTITY,
    ),
}
