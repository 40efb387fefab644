"""What is said when an account may be in a stranger's hands, and when its data leaves or ends."""

from __future__ import annotations

from tnid.messages.text import Text

ALERT = "/alert?link={link}"
PANIC = "/account/panic"
RIGHTS = "/account/rights"
LOGIN = "/login"

SAFETY_TEXTS = {
    "new_browser": Text(
        title={
            "vi": "Có đăng nhập từ thiết bị mới",
            "en": "A sign-in from a new device",
            "ko": "새 기기에서 로그인",
        },
        body={
            "vi": "Tài khoản Thái Nguyên ID của bạn vừa được đăng nhập lúc {time} từ một thiết bị chưa từng"
            " dùng.\n"
            "Nếu là bạn, không cần làm gì.\n"
            "Nếu không phải bạn: hãy mở liên kết dưới đây để khóa tài khoản ngay. Liên kết dùng được trong 7"
            " ngày và chỉ để khóa, không mở được gì.",
            "en": "Your Thái Nguyên ID account was signed in to at {time} from a device that it did not"
            " know.\n"
            "If it was you, there is nothing to do.\n"
            "If it was not you: open the link below and shut the account at once. The link works for 7 days;"
            " it shuts the account and opens nothing.",
            "ko": "{time}에 처음 보는 기기에서 Thái Nguyên ID 계정에 로그인했습니다.\n"
            "본인이라면 아무것도 하지 않아도 됩니다.\n"
            "본인이 아니라면 아래 링크를 열어 바로 계정을 잠그세요. 링크는 7일 동안 쓸 수 있으며, 잠그기만"
            " 할 뿐 아무것도 열지 못합니다.",
        },
        short={
            "vi": "Thái Nguyên ID: đăng nhập từ thiết bị mới lúc {time}. Không phải bạn? Vào tài khoản, bấm"
            " Khóa tài khoản ngay.",
            "en": "Thai Nguyen ID: sign-in from a new device at {time}. Not you? Open your account and press"
            " Shut the account now.",
            "ko": "Thái Nguyên ID: {time} 새 기기에서 로그인. 본인이 아니면 계정에서 바로 잠그세요.",
        },
        path=ALERT,
    ),
    "token_reused": Text(
        title={
            "vi": "Đã ngắt kết nối một ứng dụng để bảo vệ bạn",
            "en": "An application was disconnected to protect you",
            "ko": "보호를 위해 앱 연결을 끊었습니다",
        },
        body={
            "vi": "Lúc {time}, có nơi dùng lại khóa kết nối cũ của {app}. Có thể ứng dụng gặp lỗi, hoặc có"
            " người đã sao chép khóa từ thiết bị của bạn. Quyền truy cập của {app} đã chấm dứt ngay.\n"
            "Cần làm gì: đăng nhập lại {app} trên thiết bị của bạn. Nếu bạn không dùng ứng dụng này lúc đó,"
            " hãy đổi mật khẩu, xem lại các thiết bị đang đăng nhập, hoặc bấm “Khóa tài khoản ngay”.",
            "en": "At {time} an old access key of {app} was used again. The application may have made a"
            " mistake, or somebody has copied the key from a device of yours. The access of {app} was ended"
            " at once.\n"
            "What to do: sign in to {app} again on your own device. If you did not use it at that time,"
            " change your password and look at the devices that are signed in, or press Shut the account"
            " now.",
            "ko": "{time}에 {app}의 이전 접근 키가 다시 사용되었습니다. 앱의 오류이거나 누군가 기기에서 키를"
            " 복사했을 수 있습니다. {app}의 접근 권한은 바로 종료되었습니다.\n"
            "할 일: 본인의 기기에서 {app}에 다시 로그인하세요. 그때 앱을 사용하지 않았다면 비밀번호를 바꾸고"
            " 로그인된 기기를 확인하거나 바로 계정을 잠그세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {app} bị ngắt vì khóa cũ bị dùng lại. Hãy đăng nhập lại ứng dụng; thấy lạ"
            " thì đổi mật khẩu.",
            "en": "Thai Nguyen ID: {app} was disconnected, its old key came again. Sign in anew. Not you?"
            " Change the password.",
            "ko": "Thái Nguyên ID: 이전 키가 다시 쓰여 {app} 연결을 끊었습니다. 다시 로그인하고, 이상하면"
            " 비밀번호를 바꾸세요.",
        },
        path="/account/sessions",
    ),
    "account_shut": Text(
        title={
            "vi": "Tài khoản đã được khóa",
            "en": "The account is shut",
            "ko": "계정이 잠겼습니다",
        },
        body={
            "vi": "Tài khoản Thái Nguyên ID của bạn đã được khóa lúc {time} theo yêu cầu của chủ tài khoản."
            " Mọi thiết bị đã bị đăng xuất, mọi ứng dụng mất quyền truy cập.\n"
            "Muốn mở lại, hãy lấy lại tài khoản và đặt mật khẩu mới, hoặc đến bộ phận một cửa của xã, phường"
            " kèm thẻ căn cước.",
            "en": "Your Thái Nguyên ID account was shut at {time}, as its owner asked. Every device is signed"
            " out and every application has lost its access.\n"
            "To open it again, recover it and choose a new password, or go to the one-stop desk of your"
            " commune or ward with your identity card.",
            "ko": "소유자의 요청으로 {time}에 Thái Nguyên ID 계정이 잠겼습니다. 모든 기기에서 로그아웃되었고"
            " 모든 앱의 접근 권한이 끊겼습니다.\n"
            "다시 열려면 계정을 복구하고 새 비밀번호를 정하거나, 신분증을 지참하고 싸(면)·프엉(동)"
            " 원스톱 창구를"
            " 방문해 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: tài khoản đã khóa lúc {time}. Muốn mở lại, hãy lấy lại tài khoản hoặc đến"
            " một cửa xã, phường.",
            "en": "Thai Nguyen ID: the account was shut at {time}. To open it again, recover it or go to your"
            " commune's desk.",
            "ko": "Thái Nguyên ID: {time} 계정이 잠겼습니다. 다시 열려면 복구하거나 싸(면)·프엉(동)"
            " 창구를 방문하세요.",
        },
        path="/recover",
    ),
    "data_exported": Text(
        title={
            "vi": "Đã lấy bản sao dữ liệu",
            "en": "A copy of your data was taken",
            "ko": "데이터 사본이 발급되었습니다",
        },
        body={
            "vi": "Một bản sao toàn bộ dữ liệu của tài khoản Thái Nguyên ID đã được lấy lúc {time}.\n"
            "Nếu không phải bạn: hãy vào tài khoản và bấm “Khóa tài khoản ngay”.",
            "en": "A copy of everything that your Thái Nguyên ID account holds was taken at {time}.\n"
            "If it was not you: open your account and press “Shut the account now”.",
            "ko": "{time}에 Thái Nguyên ID 계정의 전체 데이터 사본이 발급되었습니다.\n"
            "본인이 아니라면 계정에서 ‘지금 계정 잠그기’를 누르세요.",
        },
        short={
            "vi": "Thái Nguyên ID: đã lấy bản sao dữ liệu lúc {time}. Không phải bạn? Hãy khóa tài khoản"
            " ngay.",
            "en": "Thai Nguyen ID: a copy of your data was taken at {time}. Not you? Shut the account now.",
            "ko": "Thái Nguyên ID: {time} 데이터 사본 발급. 본인이 아니면 계정을 바로 잠그세요.",
        },
        path=PANIC,
    ),
    "deletion_asked": Text(
        title={
            "vi": "Tài khoản sẽ được xóa",
            "en": "The account is to be deleted",
            "ko": "계정이 삭제될 예정입니다",
        },
        body={
            "vi": "Lúc {time} có yêu cầu xóa tài khoản Thái Nguyên ID của bạn. Mọi thiết bị đã bị đăng"
            " xuất, mọi"
            " ứng dụng mất quyền truy cập.\n"
            "Nếu đổi ý, hoặc không phải bạn yêu cầu: hãy đăng nhập và bấm “Giữ tài khoản”, sau đó đổi mật"
            " khẩu.",
            "en": "At {time} the deletion of your Thái Nguyên ID account was asked for. Every device is"
            " signed"
            " out and every application has lost its access.\n"
            "If you change your mind, or it was not you: sign in and press “Keep my account”, then change the"
            " password.",
            "ko": "{time}에 Thái Nguyên ID 계정 삭제가 요청되었습니다. 모든 기기에서 로그아웃되었고 모든 앱의"
            " 접근 권한이 끊겼습니다.\n"
            "마음이 바뀌었거나 본인이 요청하지 않았다면 로그인하여 ‘계정 유지’를 누른 뒤 비밀번호를"
            " 바꾸세요.",
        },
        short={
            "vi": "Thái Nguyên ID: có yêu cầu xóa tài khoản lúc {time}. Không phải bạn? Hãy đăng nhập để"
            " giữ lại.",
            "en": "Thai Nguyen ID: deletion of the account was asked for at {time}. Not you? Sign in to"
            " keep it.",
            "ko": "Thái Nguyên ID: {time} 계정 삭제 요청. 본인이 아니면 로그인하여 유지하세요.",
        },
        path=LOGIN,
    ),
    "deletion_cancelled": Text(
        title={
            "vi": "Tài khoản được giữ lại",
            "en": "The account stays",
            "ko": "계정이 유지됩니다",
        },
        body={
            "vi": "Yêu cầu xóa tài khoản Thái Nguyên ID đã được hủy lúc {time}.\n"
            "Nếu không phải bạn: hãy vào tài khoản và bấm “Khóa tài khoản ngay”.",
            "en": "The deletion of your Thái Nguyên ID account was cancelled at {time}.\n"
            "If it was not you: open your account and press “Shut the account now”.",
            "ko": "{time}에 Thái Nguyên ID 계정 삭제가 취소되었습니다.\n"
            "본인이 아니라면 계정에서 ‘지금 계정 잠그기’를 누르세요.",
        },
        short={
            "vi": "Thái Nguyên ID: đã hủy việc xóa tài khoản lúc {time}. Không phải bạn? Hãy khóa tài khoản"
            " ngay.",
            "en": "Thai Nguyen ID: the deletion was cancelled at {time}. Not you? Shut the account now.",
            "ko": "Thái Nguyên ID: {time} 계정 삭제 취소. 본인이 아니면 계정을 바로 잠그세요.",
        },
        path=PANIC,
    ),
    "request_acknowledged": Text(
        title={
            "vi": "Đã tiếp nhận yêu cầu",
            "en": "Your request is acknowledged",
            "ko": "요청이 접수되었습니다",
        },
        body={
            "vi": "Yêu cầu của bạn về dữ liệu cá nhân đã được tiếp nhận lúc {time} và đang được xử lý. Hạn"
            " trả"
            " lời có trong tài khoản, mục Quyền của tôi.",
            "en": "Your request about your personal data was acknowledged at {time} and is being looked"
            " after."
            " By when it is answered stands in your account under My rights.",
            "ko": "개인정보에 관한 요청이 {time}에 접수되어 처리 중입니다. 답변 기한은 계정의 ‘내 권리’에서"
            " 볼"
            " 수 있습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: đã tiếp nhận yêu cầu về dữ liệu của bạn. Xem hạn ở mục Quyền của tôi.",
            "en": "Thai Nguyen ID: your request about your data is acknowledged. See My rights in your"
            " account.",
            "ko": "Thái Nguyên ID: 개인정보 요청이 접수되었습니다. 계정의 ‘내 권리’를 확인하세요.",
        },
        path=RIGHTS,
    ),
    "request_answered": Text(
        title={
            "vi": "Yêu cầu đã có trả lời",
            "en": "Your request is answered",
            "ko": "요청에 대한 답변이 있습니다",
        },
        body={
            "vi": "Yêu cầu của bạn về dữ liệu cá nhân đã có trả lời lúc {time}. Hãy đọc trong tài khoản, mục"
            " Quyền của tôi.",
            "en": "Your request about your personal data was answered at {time}. Read the answer in your"
            " account"
            " under My rights.",
            "ko": "개인정보에 관한 요청에 {time} 답변이 등록되었습니다. 계정의 ‘내 권리’에서 확인하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: yêu cầu về dữ liệu của bạn đã có trả lời. Xem ở mục Quyền của tôi.",
            "en": "Thai Nguyen ID: your request about your data is answered. See My rights in your account.",
            "ko": "Thái Nguyên ID: 개인정보 요청에 답변이 있습니다. 계정의 ‘내 권리’를 확인하세요.",
        },
        path=RIGHTS,
    ),
}
