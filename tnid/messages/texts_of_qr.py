"""What is said when a phone has signed its person in on another screen."""

from __future__ import annotations

from tnid.messages.text import Text

QR_TEXTS = {
    "signed_in_by_qr": Text(
        title={
            "vi": "Có đăng nhập bằng mã QR trên màn hình khác",
            "en": "A sign-in by QR code on another screen",
            "ko": "다른 화면에서 QR 코드로 로그인",
        },
        body={
            "vi": "Lúc {time}, tài khoản Thái Nguyên ID của bạn đã được đăng nhập bằng mã QR trên màn hình:\n"
            "{where}\n"
            "Nếu chính bạn đã quét mã và bấm đồng ý trên điện thoại thì không cần làm gì thêm. Dùng xong hãy"
            " đăng xuất ở màn hình đó.\n"
            "Nếu không phải bạn, hoặc có người hối thúc bạn quét mã, đọc số: hãy mở liên kết dưới đây để khóa"
            " tài khoản ngay. Liên kết dùng được trong 7 ngày và chỉ để khóa, không mở được gì.",
            "en": "At {time} your Thái Nguyên ID account was signed in to with a QR code on this screen:\n"
            "{where}\n"
            "If you scanned the code yourself and said yes on the phone, there is nothing to do. Sign out at"
            " that screen when you have finished.\n"
            "If it was not you, or if somebody pressed you to scan a code or to read digits out: open the"
            " link below and shut the account at once. The link works for 7 days; it shuts the account and"
            " opens nothing.",
            "ko": "{time}에 다음 화면에서 QR 코드로 Thái Nguyên ID 계정에 로그인했습니다.\n"
            "{where}\n"
            "직접 코드를 스캔하고 휴대전화에서 동의하셨다면 아무것도 하지 않아도 됩니다. 다 쓰신 후에는 그"
            " 화면에서 로그아웃하세요.\n"
            "본인이 아니거나 누군가 코드를 스캔하라고, 숫자를 읽으라고 재촉했다면 아래 링크를 열어 바로"
            " 계정을 잠그세요. 링크는 7일 동안 쓸 수 있으며, 잠그기만 할 뿐 아무것도 열지 못합니다.",
        },
        short={
            "vi": "Thái Nguyên ID: đăng nhập bằng mã QR lúc {time} trên {screen}. Không phải bạn? Vào tài"
            " khoản, khóa ngay.",
            "en": "Thai Nguyen ID: sign-in by QR at {time} on {screen}. Not you? Open your account, press"
            " Shut the account now.",
            "ko": "Thái Nguyên ID: {time} {screen}에서 QR 로그인. 본인이 아니면 계정에서 바로 잠그세요.",
        },
        path="/alert?link={link}",
    ),
}
