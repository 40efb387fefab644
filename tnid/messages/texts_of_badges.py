"""What people are told of their printed card: printed, given a PIN, locked, revoked."""

from __future__ import annotations

from tnid.messages.text import Text

CARD = "/account/card"

BADGE_TEXTS = {
    "badge_issued": Text(
        title={
            "vi": "Đã in thẻ đăng nhập cho bạn",
            "en": "A sign-in card was printed for you",
            "ko": "로그인 카드가 발급되었습니다",
        },
        body={
            "vi": "Quầy một cửa {commune} đã in thẻ đăng nhập Thái Nguyên ID cho bạn lúc {time}. Thẻ cũ,"
            " nếu có,"
            " không còn dùng được.\n"
            "Chỉ bạn chọn mã PIN của thẻ. Không cho ai biết mã này, kể cả cán bộ.\n"
            "Nếu bạn không nhận thẻ: hãy hủy thẻ ngay ở mục Thẻ đăng nhập và báo cho Ủy ban nhân dân"
            " {commune}.",
            "en": "The counter of {commune} printed a Thái Nguyên ID sign-in card for you at {time}. An"
            " earlier"
            " card no longer works.\n"
            "You alone choose the card's PIN. Tell it to nobody, officials included.\n"
            "If you did not get the card: revoke it at once under Sign-in card, and tell the People's"
            " Committee"
            " of {commune}.",
            "ko": "{commune} 창구에서 {time}에 Thái Nguyên ID 로그인 카드를 발급했습니다. 이전 카드는 더"
            " 이상 사용할"
            " 수 없습니다.\n"
            "카드의 PIN은 본인만 정합니다. 공무원을 포함하여 누구에게도 알려 주지 마세요.\n"
            "카드를 받지 않으셨다면 로그인 카드 메뉴에서 즉시 폐기하고 {commune} 인민위원회에 알려 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {commune} đã in thẻ đăng nhập cho bạn lúc {time}. Không nhận thẻ? Hủy"
            " thẻ ngay.",
            "en": "Thai Nguyen ID: {commune} printed a sign-in card for you at {time}. Didn't get it?"
            " Revoke it"
            " now.",
            "ko": "Thái Nguyên ID: {time} {commune}에서 로그인 카드 발급. 받지 않았다면 즉시 폐기하세요.",
        },
        path=CARD,
    ),
    "signed_in_by_card": Text(
        title={
            "vi": "Có đăng nhập bằng thẻ tại ki-ốt",
            "en": "A sign-in by card at a terminal",
            "ko": "단말기에서 카드로 로그인",
        },
        body={
            "vi": "Lúc {time}, tài khoản Thái Nguyên ID của bạn đã được đăng nhập bằng thẻ và mã PIN tại:\n"
            "{where}\n"
            "Nếu là bạn thì không cần làm gì thêm. Chúng tôi chỉ báo khi thẻ được dùng ở ki-ốt khác lần"
            " trước.\n"
            "Nếu không phải bạn: hãy hủy thẻ ở mục Thẻ đăng nhập, hoặc mở liên kết dưới đây để khóa cả tài"
            " khoản"
            " ngay. Liên kết dùng được trong 7 ngày và chỉ để khóa, không mở được gì.",
            "en": "At {time} your Thái Nguyên ID account was signed in to with the card and its PIN at:\n"
            "{where}\n"
            "If it was you, there is nothing to do. We tell you only where the card is used at another"
            " terminal"
            " than the last time.\n"
            "If it was not you: revoke the card under Sign-in card, or open the link below and shut the"
            " whole"
            " account at once. The link works for 7 days; it shuts the account and opens nothing.",
            "ko": "{time}에 다음 장소에서 카드와 PIN으로 Thái Nguyên ID 계정에 로그인했습니다.\n"
            "{where}\n"
            "본인이라면 하실 일은 없습니다. 지난번과 다른 단말기에서 사용된 경우에만 알려 드립니다.\n"
            "본인이 아니라면 로그인 카드 메뉴에서 카드를 폐기하거나, 아래 링크를 열어 바로 계정 전체를"
            " 잠그세요."
            " 링크는 7일 동안 쓸 수 있으며, 잠그기만 할 뿐 아무것도 열지 못합니다.",
        },
        short={
            "vi": "Thái Nguyên ID: đăng nhập bằng thẻ lúc {time} tại {screen}. Không phải bạn? Hủy thẻ ngay.",
            "en": "Thai Nguyen ID: sign-in by card at {time}, {screen}. Not you? Revoke the card now.",
            "ko": "Thái Nguyên ID: {time} {screen}에서 카드 로그인. 본인이 아니면 바로 카드를 폐기하세요.",
        },
        path="/alert?link={link}",
    ),
    "badge_pin_set": Text(
        title={
            "vi": "Đã chọn mã PIN cho thẻ đăng nhập",
            "en": "A PIN was chosen for your sign-in card",
            "ko": "로그인 카드의 PIN이 설정되었습니다",
        },
        body={
            "vi": "Mã PIN của thẻ đăng nhập Thái Nguyên ID vừa được chọn lúc {time}.\n"
            "Nếu không phải bạn: hãy hủy thẻ ngay ở mục Thẻ đăng nhập, hoặc nhờ bộ phận một cửa của xã,"
            " phường.",
            "en": "The PIN of your Thái Nguyên ID sign-in card was chosen at {time}.\n"
            "If it was not you: revoke the card at once under Sign-in card, or ask at the one-stop desk of"
            " your"
            " commune or ward.",
            "ko": "Thái Nguyên ID 로그인 카드의 PIN이 {time}에 설정되었습니다.\n"
            "본인이 아니라면 로그인 카드 메뉴에서 즉시 폐기하거나 싸(면)·프엉(동)"
            " 원스톱 창구에 문의해 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: mã PIN của thẻ đăng nhập được chọn lúc {time}. Không phải bạn? Hủy thẻ"
            " ngay.",
            "en": "Thai Nguyen ID: the PIN of your sign-in card was chosen at {time}. Not you? Revoke the"
            " card"
            " now.",
            "ko": "Thái Nguyên ID: {time} 로그인 카드 PIN 설정. 본인이 아니면 즉시 카드를 폐기하세요.",
        },
        path=CARD,
    ),
    "badge_locked": Text(
        title={
            "vi": "Thẻ đăng nhập đã bị khóa",
            "en": "Your sign-in card is locked",
            "ko": "로그인 카드가 잠겼습니다",
        },
        body={
            "vi": "Thẻ đăng nhập Thái Nguyên ID đã bị khóa lúc {time} vì nhập sai 5 lần. Không ai dùng thẻ"
            " này được"
            " nữa.\n"
            "Cần thẻ mới: mang thẻ căn cước đến bộ phận một cửa của xã, phường. Trong lúc chờ, hãy đăng"
            " nhập"
            " bằng điện thoại.\n"
            "Nếu thẻ không còn ở bạn: không cần làm gì thêm, thẻ đã hết hiệu lực.",
            "en": "Your Thái Nguyên ID sign-in card was locked at {time} after five wrong tries. Nobody"
            " can use it"
            " any more.\n"
            "For a new card, take your identity card to the one-stop desk of your commune or ward. Until"
            " then"
            " sign in with the phone.\n"
            "If you no longer have the card: there is nothing to do, it is worth nothing now.",
            "ko": "Thái Nguyên ID 로그인 카드가 {time}에 5회 오류로 잠겼습니다. 이제 아무도 이 카드를"
            " 사용할 수"
            " 없습니다.\n"
            "새 카드가 필요하면 신분증을 지참하고 싸(면)·프엉(동) 원스톱 창구를 방문해 주세요. 그때까지는"
            " 휴대전화로"
            " 로그인해 주세요.\n"
            "카드를 가지고 있지 않다면 하실 일은 없습니다. 카드는 효력을 잃었습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: thẻ đăng nhập bị khóa lúc {time} vì nhập sai 5 lần. Xin thẻ mới tại bộ"
            " phận một"
            " cửa.",
            "en": "Thai Nguyen ID: your sign-in card was locked at {time} after five wrong tries. Ask for"
            " a new one"
            " at the one-stop desk.",
            "ko": "Thái Nguyên ID: {time} 5회 오류로 로그인 카드 잠김. 원스톱 창구에서 새로 발급받으세요.",
        },
        path=CARD,
    ),
    "badge_revoked": Text(
        title={
            "vi": "Thẻ đăng nhập đã được hủy",
            "en": "Your sign-in card was revoked",
            "ko": "로그인 카드가 폐기되었습니다",
        },
        body={
            "vi": "Thẻ đăng nhập Thái Nguyên ID đã được hủy lúc {time}. Thẻ không còn mở được gì, và những"
            " lần đăng"
            " nhập bằng thẻ đã kết thúc.\n"
            "Cần thẻ mới: mang thẻ căn cước đến bộ phận một cửa của xã, phường.",
            "en": "Your Thái Nguyên ID sign-in card was revoked at {time}. It opens nothing any more, and"
            " whatever"
            " was signed in with it has ended.\n"
            "For a new card, take your identity card to the one-stop desk of your commune or ward.",
            "ko": "Thái Nguyên ID 로그인 카드가 {time}에 폐기되었습니다. 카드는 더 이상 사용할 수 없으며,"
            " 카드로 한"
            " 로그인은 모두 종료되었습니다.\n"
            "새 카드가 필요하면 신분증을 지참하고 싸(면)·프엉(동) 원스톱 창구를 방문해 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: thẻ đăng nhập đã được hủy lúc {time}. Thẻ không còn mở được gì.",
            "en": "Thai Nguyen ID: your sign-in card was revoked at {time}. It opens nothing any more.",
            "ko": "Thái Nguyên ID: {time} 로그인 카드가 폐기되었습니다. 더 이상 사용할 수 없습니다.",
        },
        path=CARD,
    ),
}
