"""What people are told when the app moved to another phone, or a passkey seems to be copied."""

from __future__ import annotations

from tnid.messages.text import Text
from tnid.messages.texts_of_account import SECURITY

FACTOR_TEXTS = {
    "factor_replaced": Text(
        title={
            "vi": "Ứng dụng xác thực đã chuyển sang điện thoại khác",
            "en": "The authenticator app moved to another phone",
            "ko": "인증 앱이 다른 휴대전화로 옮겨졌습니다",
        },
        body={
            "vi": "Ứng dụng xác thực của tài khoản Thái Nguyên ID vừa được cài lại lúc {time}. Mã trên điện"
            " thoại cũ không còn dùng được, các thiết bị khác đã bị đăng xuất.\n"
            "Nếu chính bạn đã làm thì không cần làm gì thêm.\n"
            "Nếu không phải bạn: hãy lấy lại tài khoản ngay, hoặc đến bộ phận một cửa của xã, phường kèm"
            " thẻ căn cước.",
            "en": "The authenticator app of your Thái Nguyên ID account was set up anew at {time}. Codes of"
            " the old phone no longer work, and other devices were signed out.\n"
            "If you did it yourself, there is nothing to do.\n"
            "If it was not you: recover the account at once, or go to the one-stop desk of your commune"
            " or ward with your identity card.",
            "ko": "Thái Nguyên ID 계정의 인증 앱이 {time}에 새로 설정되었습니다. 이전 휴대전화의 코드는 더"
            " 이상 사용할 수 없으며 다른 기기는 로그아웃되었습니다.\n"
            "직접 하셨다면 아무것도 하지 않으셔도 됩니다.\n"
            "본인이 아니라면 즉시 계정을 복구하거나, 신분증을 지참하고 싸(면)·프엉(동)"
            " 원스톱 창구를 방문해 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: ứng dụng xác thực chuyển sang máy khác lúc {time}. Không phải bạn? Hãy"
            " lấy lại tài khoản ngay.",
            "en": "Thai Nguyen ID: the authenticator app moved to another phone at {time}. Not you? Recover"
            " the account at once.",
            "ko": "Thái Nguyên ID: {time} 인증 앱이 다른 휴대전화로 이동됨. 본인이 아니면 즉시 계정을"
            " 복구하세요.",
        },
        path=SECURITY,
    ),
    "passkey_copied": Text(
        title={
            "vi": "Một khóa truy cập bị từ chối",
            "en": "A passkey was refused",
            "ko": "패스키가 거부되었습니다",
        },
        body={
            "vi": "Lúc {time} có người dùng một khóa truy cập của tài khoản Thái Nguyên ID, nhưng khóa này có"
            " thể đã bị sao chép nên chúng tôi không cho vào.\n"
            "Hãy đăng nhập bằng cách khác, gỡ khóa truy cập đó trong mục Mật khẩu và bảo mật rồi tạo khóa"
            " mới.",
            "en": "At {time} somebody used a passkey of your Thái Nguyên ID account. It may have been copied,"
            " so nobody was let in.\n"
            "Sign in in another way, remove that passkey under Password and security, and make a new one.",
            "ko": "{time}에 Thái Nguyên ID 계정의 패스키가 사용되었으나, 복제되었을 수 있어 로그인을"
            " 허용하지 않았습니다.\n"
            "다른 방법으로 로그인하여 비밀번호와 보안 메뉴에서 해당 패스키를 삭제하고 새로 만들어 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: một khóa truy cập bị từ chối lúc {time} vì có thể đã bị sao chép. Hãy gỡ"
            " khóa đó và tạo khóa mới.",
            "en": "Thai Nguyen ID: a passkey was refused at {time}, for it may have been copied. Remove it"
            " and make a new one.",
            "ko": "Thái Nguyên ID: {time} 패스키가 복제되었을 수 있어 거부됨. 삭제하고 새로 만드세요.",
        },
        path=SECURITY,
    ),
}
