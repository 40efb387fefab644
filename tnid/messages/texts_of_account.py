"""What people are told about their own account: its password, its factors, its contacts."""

from __future__ import annotations

from tnid.messages.text import Text

SECURITY = "/account/security"
PROFILE = "/account/profile"

ACCOUNT_TEXTS = {
    "password_changed": Text(
        title={
            "vi": "Mật khẩu đã được đổi",
            "en": "The password was changed",
            "ko": "비밀번호가 변경되었습니다",
        },
        body={
            "vi": "Mật khẩu của tài khoản Thái Nguyên ID vừa được đổi lúc {time}.\n"
            "Nếu chính bạn đã đổi thì không cần làm gì thêm.\n"
            "Nếu không phải bạn: hãy lấy lại tài khoản ngay, hoặc đến bộ phận một cửa của xã, phường kèm thẻ"
            " căn cước.",
            "en": "The password of your Thái Nguyên ID account was changed at {time}.\n"
            "If you changed it yourself, there is nothing to do.\n"
            "If it was not you: recover the account at once, or go to the one-stop desk of your commune or"
            " ward with your identity card.",
            "ko": "Thái Nguyên ID 계정의 비밀번호가 {time}에 변경되었습니다.\n"
            "직접 변경하셨다면 아무것도 하지 않으셔도 됩니다.\n"
            "본인이 아니라면 즉시 계정을 복구하거나, 신분증을 지참하고 싸(면)·프엉(동)"
            " 원스톱 창구를 방문해 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: mật khẩu đã đổi lúc {time}. Không phải bạn? Hãy lấy lại tài khoản"
            " hoặc đến bộ phận một cửa của xã, phường.",
            "en": "Thai Nguyen ID: the password was changed at {time}. Not you? Recover the account at once,"
            " or go to the one-stop desk of your commune.",
            "ko": "Thái Nguyên ID: {time} 비밀번호가 변경됨. 본인이 아니면 계정을 복구하거나"
            " 싸(면)·프엉(동) 원스톱 창구를 방문하세요.",
        },
        path=SECURITY,
    ),
    "factor_added": Text(
        title={
            "vi": "Đã thêm một cách xác thực",
            "en": "A way of authentication was added",
            "ko": "인증 수단이 추가되었습니다",
        },
        body={
            "vi": "Một cách xác thực mới vừa được thêm vào tài khoản Thái Nguyên ID lúc {time}.\n"
            "Nếu chính bạn đã thêm thì không cần làm gì thêm. Hãy cất kỹ các mã dự phòng.\n"
            "Nếu không phải bạn: hãy đổi mật khẩu và gỡ cách xác thực lạ ngay trong mục Mật khẩu và bảo mật.",
            "en": "A new way to prove who you are was added to your Thái Nguyên ID account at {time}.\n"
            "If you added it yourself, there is nothing to do. Keep the recovery codes in a safe place.\n"
            "If it was not you: change the password and remove what you don't know at once, under Password"
            " and security.",
            "ko": "Thái Nguyên ID 계정에 새로운 인증 수단이 {time}에 추가되었습니다.\n"
            "직접 추가하셨다면 아무것도 하지 않으셔도 됩니다. 백업 코드는 안전한 곳에 보관하세요.\n"
            "본인이 아니라면 비밀번호와 보안 메뉴에서 즉시 비밀번호를 변경하고 모르는 인증"
            " 수단을 삭제하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: đã thêm một cách xác thực lúc {time}. Không phải bạn? Hãy đổi mật khẩu"
            " và gỡ cách xác thực lạ ngay.",
            "en": "Thai Nguyen ID: a way of authentication was added at {time}. Not you? Change the password"
            " and remove it at once.",
            "ko": "Thái Nguyên ID: {time} 인증 수단이 추가됨. 본인이 아니면 즉시 비밀번호를 변경하고"
            " 모르는 인증 수단을 삭제하세요.",
        },
        path=SECURITY,
    ),
    "factor_removed": Text(
        title={
            "vi": "Một cách xác thực đã bị gỡ",
            "en": "A way of authentication was removed",
            "ko": "인증 수단이 삭제되었습니다",
        },
        body={
            "vi": "Một cách xác thực của tài khoản Thái Nguyên ID vừa bị gỡ lúc {time}.\n"
            "Nếu chính bạn đã gỡ thì không cần làm gì thêm. Tài khoản an toàn nhất khi bật xác thực hai"
            " lớp.\n"
            "Nếu không phải bạn: hãy đổi mật khẩu và bật lại xác thực hai lớp ngay.",
            "en": "A way of authentication of your Thái Nguyên ID account was removed at {time}.\n"
            "If you removed it yourself, there is nothing to do. The account is safest with two-step"
            " authentication on.\n"
            "If it was not you: change the password and turn two-step authentication on again at once.",
            "ko": "Thái Nguyên ID 계정의 인증 수단이 {time}에 삭제되었습니다.\n"
            "직접 삭제하셨다면 아무것도 하지 않으셔도 됩니다. 2단계 인증을 켜 두면 계정이 가장 안전합니다.\n"
            "본인이 아니라면 즉시 비밀번호를 변경하고 2단계 인증을 다시 켜세요.",
        },
        short={
            "vi": "Thái Nguyên ID: một cách xác thực bị gỡ lúc {time}. Không phải bạn? Hãy đổi mật khẩu"
            " và bật lại xác thực hai lớp.",
            "en": "Thai Nguyen ID: a way of authentication was removed at {time}. Not you? Change the"
            " password and turn two-step authentication on again.",
            "ko": "Thái Nguyên ID: {time} 인증 수단이 삭제됨. 본인이 아니면 비밀번호를 변경하고"
            " 2단계 인증을 다시 켜세요.",
        },
        path=SECURITY,
    ),
    "recovery_codes_replaced": Text(
        title={
            "vi": "Đã tạo mã dự phòng mới",
            "en": "New recovery codes were made",
            "ko": "새 백업 코드가 생성되었습니다",
        },
        body={
            "vi": "Mã dự phòng mới của tài khoản Thái Nguyên ID vừa được tạo lúc {time}. Các mã cũ không"
            " còn dùng được.\n"
            "Nếu chính bạn đã tạo thì hãy cất kỹ mã mới và bỏ mã cũ.\n"
            "Nếu không phải bạn: hãy đổi mật khẩu và tạo lại mã dự phòng ngay.",
            "en": "New recovery codes of your Thái Nguyên ID account were made at {time}. The old ones no"
            " longer work.\n"
            "If you made them yourself, keep the new ones in a safe place and throw the old ones away.\n"
            "If it was not you: change the password and make new recovery codes at once.",
            "ko": "Thái Nguyên ID 계정의 새 백업 코드가 {time}에 생성되었습니다. 이전 코드는 더 이상"
            " 사용할 수 없습니다.\n"
            "직접 생성하셨다면 새 코드를 안전하게 보관하고 이전 코드는 버리세요.\n"
            "본인이 아니라면 즉시 비밀번호를 변경하고 백업 코드를 다시 만드세요.",
        },
        short={
            "vi": "Thái Nguyên ID: mã dự phòng mới được tạo lúc {time}, mã cũ hết hiệu lực. Không phải"
            " bạn? Hãy đổi mật khẩu ngay.",
            "en": "Thai Nguyen ID: new recovery codes were made at {time}; the old ones ended. Not you?"
            " Change the password at once.",
            "ko": "Thái Nguyên ID: {time} 새 백업 코드가 생성되어 이전 코드는 무효입니다. 본인이 아니면"
            " 즉시 비밀번호를 변경하세요.",
        },
        path=SECURITY,
    ),
    "contact_changed": Text(
        title={
            "vi": "Số điện thoại hoặc email đã được đổi",
            "en": "The phone number or email was changed",
            "ko": "전화번호 또는 이메일이 변경되었습니다",
        },
        body={
            "vi": "Số điện thoại hoặc email của tài khoản Thái Nguyên ID vừa được đổi lúc {time}. Từ nay"
            " thông báo sẽ được gửi đến địa chỉ mới.\n"
            "Thư này cũng được gửi đến địa chỉ cũ, để không ai đổi được mà bạn không biết.\n"
            "Nếu không phải bạn: hãy đổi mật khẩu và sửa lại thông tin liên hệ ngay, hoặc đến bộ phận một cửa"
            " của xã, phường kèm thẻ căn cước.",
            "en": "The phone number or email of your Thái Nguyên ID account was changed at {time}. From now"
            " on messages go to the new one.\n"
            "This message goes to the old one too, so that nobody can change it without your knowing.\n"
            "If it was not you: change the password and correct the contact at once, or go to the one-stop"
            " desk of your commune or ward with your identity card.",
            "ko": "Thái Nguyên ID 계정의 전화번호 또는 이메일이 {time}에 변경되었습니다. 앞으로 알림은"
            " 새 연락처로 발송됩니다.\n"
            "본인 모르게 변경되는 일이 없도록 이 알림은 이전 연락처로도 발송됩니다.\n"
            "본인이 아니라면 즉시 비밀번호를 변경하고 연락처를 바로잡거나, 신분증을 지참하고 싸(면)·프엉(동)"
            " 원스톱"
            " 창구를 방문해 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: số điện thoại hoặc email đã đổi lúc {time}. Không phải bạn? Hãy đổi mật"
            " khẩu, hoặc đến một cửa xã, phường.",
            "en": "Thai Nguyen ID: the phone number or email was changed at {time}. Not you? Change the"
            " password, or go to your commune's desk.",
            "ko": "Thái Nguyên ID: {time} 전화번호 또는 이메일이 변경됨. 본인이 아니면 비밀번호를"
            " 변경하거나 싸(면)·프엉(동) 창구를 방문하세요.",
        },
        path=PROFILE,
    ),
}
