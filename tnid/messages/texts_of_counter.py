"""What people are told of what an official did for them at the counter of a commune."""

from __future__ import annotations

from tnid.messages.text import Text

TOUCHED = "/account/touched"

COUNTER_TEXTS = {
    "counter_compared": Text(
        title={
            "vi": "Danh tính đã được kiểm tra trực tiếp",
            "en": "Your identity was checked in person",
            "ko": "신원 확인이 완료되었습니다",
        },
        body={
            "vi": "Cán bộ một cửa {commune} đã đối chiếu thẻ căn cước của bạn lúc {time}. Tài khoản"
            " Thái Nguyên ID nay ở mức 2.\n"
            "Nếu bạn không có mặt ở đó: hãy xem mục Cán bộ đã làm gì với tài khoản của tôi và báo"
            " ngay cho Ủy ban nhân dân {commune}.",
            "en": "An official of {commune} compared your identity card at {time}. Your Thái Nguyên ID"
            " account is now at level 2.\n"
            "If you were not there: see Who touched my account, and tell the People's Committee"
            " of {commune} at once.",
            "ko": "{commune} 공무원이 {time}에 신분증을 확인했습니다. 이제 Thái Nguyên ID 계정은"
            " 2단계입니다.\n"
            "방문하신 적이 없다면 ‘내 계정을 다룬 사람’을 확인하고 즉시 {commune} 인민위원회에"
            " 알려 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {commune} đã kiểm tra thẻ căn cước của bạn lúc {time}. Không phải"
            " bạn? Báo ngay cho nơi đó.",
            "en": "Thai Nguyen ID: {commune} checked your identity card at {time}. Not you? Tell its"
            " People's Committee at once.",
            "ko": "Thái Nguyên ID: {time} {commune}에서 신분증 확인. 본인이 아니면 즉시 인민위원회에"
            " 알려 주세요.",
        },
        path=TOUCHED,
    ),
    "counter_printed": Text(
        title={
            "vi": "Đã in phiếu kích hoạt tài khoản",
            "en": "A slip to activate the account was printed",
            "ko": "계정 활성화 용지가 인쇄되었습니다",
        },
        body={
            "vi": "Quầy một cửa {commune} đã in phiếu có mã kích hoạt tài khoản Thái Nguyên ID của bạn"
            " lúc {time}. Mã dùng được một lần trong 7 ngày. Không đưa mã cho ai.\n"
            "Nếu bạn không nhận phiếu này: hãy báo ngay cho Ủy ban nhân dân {commune}.",
            "en": "The counter of {commune} printed a slip with a code that activates your Thái Nguyên"
            " ID account at {time}. The code works once, within 7 days. Give it to nobody.\n"
            "If you did not get the slip: tell the People's Committee of {commune} at once.",
            "ko": "{commune} 창구에서 {time}에 Thái Nguyên ID 계정 활성화 코드 용지를 인쇄했습니다."
            " 코드는 7일 이내에 한 번만 사용할 수 있습니다. 누구에게도 주지 마세요.\n"
            "용지를 받지 않으셨다면 즉시 {commune} 인민위원회에 알려 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {commune} đã in phiếu kích hoạt cho bạn lúc {time}. Không nhận được"
            " phiếu? Báo ngay cho nơi đó.",
            "en": "Thai Nguyen ID: {commune} printed your activation slip at {time}. Didn't get it?"
            " Tell its People's Committee.",
            "ko": "Thái Nguyên ID: {time} {commune}에서 활성화 용지 인쇄. 받지 않았다면 인민위원회에"
            " 알려 주세요.",
        },
        path=TOUCHED,
    ),
    "counter_correction_asked": Text(
        title={
            "vi": "Có cán bộ đề nghị sửa thông tin đã xác minh của bạn",
            "en": "A correction of your checked details was asked for",
            "ko": "확인된 정보의 정정이 요청되었습니다",
        },
        body={
            "vi": "Tại quầy một cửa {commune}, lúc {time}, cán bộ đề nghị sửa họ tên, ngày sinh, giới"
            " tính hoặc số giấy tờ đã xác minh của bạn theo giấy tờ tùy thân. Một cán bộ thứ hai phải đối"
            " chiếu lại giấy tờ; nếu không, phải chờ {hours} giờ.\n"
            "Nếu không phải bạn: hãy đăng nhập, mở mục Cán bộ đã làm gì với tài khoản của tôi và"
            " dừng ngay.",
            "en": "At the counter of {commune}, at {time}, an official asked to correct your checked name,"
            " date of birth, sex or document number by an identity document. A second official has to"
            " compare the document, too; otherwise it takes {hours} hours.\n"
            "If it was not you: sign in, open Who touched my account, and stop it at once.",
            "ko": "{time}에 {commune} 창구에서 공무원이 신분증에 따라 확인된 이름, 생년월일, 성별 또는 신분증"
            " 번호의 정정을 요청했습니다. 다른 공무원도 신분증을 대조해야 하며, 없으면 {hours}시간이"
            " 걸립니다.\n"
            "본인이 아니라면 로그인하여 ‘내 계정을 다룬 사람’에서 즉시 중지하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {commune} đề nghị sửa thông tin đã xác minh của bạn. Không phải bạn? Đăng"
            " nhập và dừng ngay.",
            "en": "Thai Nguyen ID: {commune} asked to correct your checked details. Not you? Sign in and stop"
            " it now.",
            "ko": "Thái Nguyên ID: {commune}에서 정보 정정 요청. 본인이 아니면 로그인해서 즉시 중지하세요.",
        },
        path=TOUCHED,
    ),
    "counter_corrected": Text(
        title={
            "vi": "Thông tin đã xác minh của bạn đã được sửa",
            "en": "Your checked details were corrected",
            "ko": "확인된 정보가 정정되었습니다",
        },
        body={
            "vi": "Tại quầy một cửa {commune}, lúc {time}, họ tên, ngày sinh, giới tính hoặc số giấy tờ đã"
            " xác minh của bạn được sửa theo giấy tờ tùy thân.\n"
            "Nếu có gì sai, hãy mang giấy tờ đến bộ phận một cửa.",
            "en": "At the counter of {commune}, at {time}, your checked name, date of birth, sex or"
            " document number was corrected by an identity document.\n"
            "If something is wrong, bring your identity document to the one-stop desk.",
            "ko": "{time}에 {commune} 창구에서 확인된 이름, 생년월일, 성별 또는 신분증 번호가"
            " 신분증에 따라 정정되었습니다.\n"
            "잘못된 점이 있으면 신분증을 지참하고 원스톱 창구를 방문하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {commune} đã sửa thông tin đã xác minh của bạn. Có gì sai? Mang giấy tờ"
            " đến bộ phận một cửa.",
            "en": "Thai Nguyen ID: {commune} corrected your checked details. Something wrong? Bring your"
            " document to the desk.",
            "ko": "Thái Nguyên ID: {commune}에서 확인된 정보를 정정했습니다. 잘못되었으면 창구를 방문하세요.",
        },
        path=TOUCHED,
    ),
    "counter_guardian": Text(
        title={
            "vi": "Đã ghi nhận người giám hộ đồng ý",
            "en": "A guardian's consent was recorded",
            "ko": "보호자 동의가 기록되었습니다",
        },
        body={
            "vi": "Tại quầy một cửa {commune}, lúc {time}, cán bộ ghi nhận người giám hộ đồng ý cho trẻ dùng"
            " ứng dụng bằng Thái Nguyên ID.\n"
            "Nếu không đúng: hãy mở mục Gia đình để chấm dứt, hoặc đến bộ phận một cửa.",
            "en": "At the counter of {commune}, at {time}, an official recorded that a guardian agrees to a"
            " child's use of applications by Thái Nguyên ID.\n"
            "If that is not so: open Family and end it, or go to the one-stop desk.",
            "ko": "{time}에 {commune} 창구에서 공무원이 자녀의 Thái Nguyên ID 앱 사용에 대한 보호자 동의를"
            " 기록했습니다.\n"
            "사실이 아니라면 ‘가족’에서 종료하거나 원스톱 창구를 방문하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {commune} ghi nhận người giám hộ đồng ý. Không đúng? Mở mục Gia đình hoặc"
            " đến một cửa.",
            "en": "Thai Nguyen ID: {commune} recorded a guardian's consent. Not so? Open Family, or go to the"
            " desk.",
            "ko": "Thái Nguyên ID: {commune}에서 보호자 동의를 기록했습니다. 사실이 아니면 ‘가족’에서"
            " 종료하세요.",
        },
        path="/account/family",
    ),
    "counter_recovery_asked": Text(
        title={
            "vi": "Có người xin lấy lại tài khoản của bạn",
            "en": "Somebody asked to have your account back",
            "ko": "계정 복구 요청이 접수되었습니다",
        },
        body={
            "vi": "Tại quầy một cửa {commune}, lúc {time}, có người mang thẻ căn cước xin lấy lại tài"
            " khoản Thái Nguyên ID của bạn. Một cán bộ thứ hai phải đồng ý; nếu không, phải chờ"
            " {hours} giờ.\n"
            "Nếu không phải bạn: hãy đăng nhập, mở mục Cán bộ đã làm gì với tài khoản của tôi và"
            " dừng yêu cầu này ngay.",
            "en": "At the counter of {commune}, at {time}, somebody with an identity card asked to"
            " have your Thái Nguyên ID account back. A second official has to agree; otherwise"
            " it takes {hours} hours.\n"
            "If it was not you: sign in, open Who touched my account, and stop it at once.",
            "ko": "{time}에 {commune} 창구에서 신분증을 제시한 사람이 Thái Nguyên ID 계정 복구를"
            " 요청했습니다. 다른 공무원의 동의가 필요하며, 없으면 {hours}시간이 걸립니다.\n"
            "본인이 아니라면 로그인하여 ‘내 계정을 다룬 사람’에서 즉시 중지하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: có người xin lấy lại tài khoản của bạn tại {commune}. Không phải"
            " bạn? Đăng nhập và dừng ngay.",
            "en": "Thai Nguyen ID: somebody asked at {commune} to have your account back. Not you?"
            " Sign in and stop it now.",
            "ko": "Thái Nguyên ID: {commune}에서 계정 복구 요청. 본인이 아니면 로그인해서 즉시 중지하세요.",
        },
        path=TOUCHED,
    ),
    "counter_recovery_agreed": Text(
        title={
            "vi": "Cán bộ thứ hai đã đồng ý trả lại tài khoản",
            "en": "A second official agreed to give the account back",
            "ko": "두 번째 공무원이 계정 복구에 동의했습니다",
        },
        body={
            "vi": "Cán bộ thứ hai của {commune} đã đồng ý trả lại tài khoản Thái Nguyên ID của bạn lúc"
            " {time}. Từ nay có thể in phiếu.\n"
            "Nếu không phải bạn: hãy đăng nhập, mở mục Cán bộ đã làm gì với tài khoản của tôi và"
            " dừng ngay.",
            "en": "A second official of {commune} agreed at {time} to give your Thái Nguyên ID account"
            " back. The slip can be printed from now on.\n"
            "If it was not you: sign in, open Who touched my account, and stop it at once.",
            "ko": "{commune}의 두 번째 공무원이 {time}에 Thái Nguyên ID 계정 복구에 동의했습니다. 이제"
            " 용지를 인쇄할 수 있습니다.\n"
            "본인이 아니라면 로그인하여 ‘내 계정을 다룬 사람’에서 즉시 중지하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: cán bộ thứ hai của {commune} đã đồng ý trả lại tài khoản. Không"
            " phải bạn? Đăng nhập và dừng ngay.",
            "en": "Thai Nguyen ID: a second official of {commune} agreed to give the account back. Not"
            " you? Sign in and stop it.",
            "ko": "Thái Nguyên ID: {commune} 두 번째 공무원이 복구에 동의. 본인이 아니면 즉시 중지하세요.",
        },
        path=TOUCHED,
    ),
    "counter_recovery_stopped": Text(
        title={
            "vi": "Việc lấy lại tài khoản đã dừng",
            "en": "Giving the account back was stopped",
            "ko": "계정 복구가 중지되었습니다",
        },
        body={
            "vi": "Quầy một cửa {commune} đã dừng việc trả lại tài khoản Thái Nguyên ID lúc {time}."
            " Không có gì thay đổi.",
            "en": "The counter of {commune} stopped giving your Thái Nguyên ID account back at {time}."
            " Nothing was changed.",
            "ko": "{commune} 창구에서 {time}에 Thái Nguyên ID 계정 복구를 중지했습니다. 변경된 것은"
            " 없습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: {commune} đã dừng việc trả lại tài khoản của bạn. Không có gì thay đổi.",
            "en": "Thai Nguyen ID: {commune} stopped giving your account back. Nothing was changed.",
            "ko": "Thái Nguyên ID: {commune}에서 계정 복구를 중지했습니다. 변경된 것은 없습니다.",
        },
        path=TOUCHED,
    ),
    "counter_recovery_printed": Text(
        title={
            "vi": "Đã in phiếu lấy lại tài khoản",
            "en": "A slip to recover the account was printed",
            "ko": "계정 복구 용지가 인쇄되었습니다",
        },
        body={
            "vi": "Quầy một cửa {commune} đã in phiếu có mã lấy lại tài khoản Thái Nguyên ID của bạn"
            " lúc {time}. Ai có mã này có thể đặt mật khẩu mới.\n"
            "Nếu không phải bạn: hãy đến Ủy ban nhân dân {commune} ngay, kèm thẻ căn cước.",
            "en": "The counter of {commune} printed a slip with a code to recover your Thái Nguyên ID"
            " account at {time}. Whoever has it can set a new password.\n"
            "If it was not you: go to the People's Committee of {commune} at once, with your"
            " identity card.",
            "ko": "{commune} 창구에서 {time}에 Thái Nguyên ID 계정 복구 코드 용지를 인쇄했습니다."
            " 코드를 가진 사람은 새 비밀번호를 정할 수 있습니다.\n"
            "본인이 아니라면 신분증을 지참하고 즉시 {commune} 인민위원회를 방문하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {commune} đã in phiếu lấy lại tài khoản của bạn lúc {time}. Không"
            " phải bạn? Đến đó ngay.",
            "en": "Thai Nguyen ID: {commune} printed a slip to recover your account at {time}. Not"
            " you? Go there at once.",
            "ko": "Thái Nguyên ID: {time} {commune}에서 계정 복구 용지 인쇄. 본인이 아니면 즉시 방문하세요.",
        },
        path=TOUCHED,
    ),
    "counter_activated": Text(
        title={
            "vi": "Tài khoản đã được kích hoạt",
            "en": "The account was activated",
            "ko": "계정이 활성화되었습니다",
        },
        body={
            "vi": "Tài khoản Thái Nguyên ID của bạn đã được kích hoạt bằng mã trên phiếu lúc {time}.\n"
            "Nếu không phải bạn: hãy đến ngay bộ phận một cửa của xã, phường kèm thẻ căn cước.",
            "en": "Your Thái Nguyên ID account was activated with the code on the slip at {time}.\n"
            "If it was not you: go to the one-stop desk of your commune or ward at once, with"
            " your identity card.",
            "ko": "용지의 코드로 Thái Nguyên ID 계정이 {time}에 활성화되었습니다.\n"
            "본인이 아니라면 신분증을 지참하고 즉시 싸(면)·프엉(동) 원스톱 창구를 방문하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: tài khoản đã được kích hoạt bằng mã trên phiếu lúc {time}. Không"
            " phải bạn? Đến ngay một cửa xã, phường.",
            "en": "Thai Nguyen ID: the account was activated with the slip's code at {time}. Not you?"
            " Go to your commune's desk.",
            "ko": "Thái Nguyên ID: {time} 용지 코드로 계정 활성화. 본인이 아니면 즉시 창구를 방문하세요.",
        },
        path="/account",
    ),
    "counter_recovered": Text(
        title={
            "vi": "Tài khoản đã được lấy lại",
            "en": "The account was recovered",
            "ko": "계정이 복구되었습니다",
        },
        body={
            "vi": "Tài khoản Thái Nguyên ID của bạn đã được lấy lại bằng mã trên phiếu lúc {time}: mật"
            " khẩu mới, mọi thiết bị đã đăng xuất, cách xác thực cũ đã bị gỡ.\n"
            "Nếu không phải bạn: hãy đến ngay bộ phận một cửa của xã, phường kèm thẻ căn cước.",
            "en": "Your Thái Nguyên ID account was recovered with the code on the slip at {time}: a"
            " new password, all devices signed out, the old factors removed.\n"
            "If it was not you: go to the one-stop desk of your commune or ward at once, with"
            " your identity card.",
            "ko": "용지의 코드로 Thái Nguyên ID 계정이 {time}에 복구되었습니다. 새 비밀번호가 설정되고"
            " 모든 기기에서 로그아웃되었으며 이전 인증 수단은 삭제되었습니다.\n"
            "본인이 아니라면 신분증을 지참하고 즉시 싸(면)·프엉(동) 원스톱 창구를 방문하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: tài khoản đã được lấy lại bằng mã trên phiếu lúc {time}. Không phải"
            " bạn? Đến ngay một cửa xã, phường.",
            "en": "Thai Nguyen ID: the account was recovered with a slip's code at {time}. Not you? Go"
            " to your commune's desk.",
            "ko": "Thái Nguyên ID: {time} 용지 코드로 계정 복구. 본인이 아니면 즉시 창구를 방문하세요.",
        },
        path="/account",
    ),
}
