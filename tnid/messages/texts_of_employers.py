"""What people are told about organisations that they asked for or represent."""

from __future__ import annotations

from tnid.messages.text import Text

EMPLOYERS = "/employers"

EMPLOYER_TEXTS = {
    "employer_approved": Text(
        title={
            "vi": "Tổ chức của bạn đã được duyệt",
            "en": "Your organisation is approved",
            "ko": "신청하신 기관이 승인되었습니다",
        },
        body={
            "vi": "{employer} đã được duyệt lúc {time}. Bạn là người quản lý đầu tiên: giờ có thể tải danh"
            " sách người lao động lên và mời thêm người đại diện.",
            "en": "{employer} was approved at {time}. You are its first manager: you can now upload lists of"
            " workers and invite other representatives.",
            "ko": "{employer}이(가) {time}에 승인되었습니다. 첫 번째 관리자로서 이제 근로자 명단을"
            " 올리고 다른 담당자를 초대할 수 있습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: {employer} đã được duyệt, bạn là người quản lý.",
            "en": "Thai Nguyen ID: {employer} is approved, and you manage it.",
            "ko": "Thái Nguyên ID: {employer} 승인됨. 관리자로 지정되었습니다.",
        },
        path=EMPLOYERS,
    ),
    "employer_refused": Text(
        title={
            "vi": "Yêu cầu về tổ chức không được duyệt",
            "en": "The request for an organisation was turned down",
            "ko": "기관 등록 신청이 거절되었습니다",
        },
        body={
            "vi": "Yêu cầu đại diện cho {employer} không được duyệt lúc {time}. Hãy hỏi người vận hành của"
            " tỉnh để biết lý do; có thể gửi lại yêu cầu.",
            "en": "The request to represent {employer} was turned down at {time}. Ask the province's operator"
            " for the reason; you can ask again.",
            "ko": "{employer} 대표 신청이 {time}에 거절되었습니다. 사유는 성 운영자에게 문의하시고, 다시"
            " 신청할 수 있습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: yêu cầu đại diện cho {employer} không được duyệt.",
            "en": "Thai Nguyen ID: the request to represent {employer} was turned down.",
            "ko": "Thái Nguyên ID: {employer} 대표 신청이 거절되었습니다.",
        },
        path=EMPLOYERS,
    ),
    "employer_suspended": Text(
        title={
            "vi": "Tổ chức bị tạm dừng",
            "en": "An organisation is suspended",
            "ko": "기관 이용이 정지되었습니다",
        },
        body={
            "vi": "{employer} bị tạm dừng lúc {time}. Không ai làm được gì thay tổ chức, và xác nhận việc làm"
            " tạm thời không được chuyển cho ứng dụng nào. Hãy liên hệ người vận hành của tỉnh.",
            "en": "{employer} was suspended at {time}. Nobody can act for it, and what it confirmed is passed"
            " on to no application meanwhile. Contact the province's operator.",
            "ko": "{employer}이(가) {time}에 정지되었습니다. 기관을 대신한 작업이 중단되고, 확인한 재직"
            " 정보도 당분간 앱에 전달되지 않습니다. 성 운영자에게 문의하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {employer} bị tạm dừng. Hãy liên hệ người vận hành.",
            "en": "Thai Nguyen ID: {employer} is suspended. Contact the operator.",
            "ko": "Thái Nguyên ID: {employer} 정지됨. 운영자에게 문의하세요.",
        },
        path=EMPLOYERS,
    ),
    "employer_resumed": Text(
        title={
            "vi": "Tổ chức hoạt động trở lại",
            "en": "An organisation goes on",
            "ko": "기관 이용이 재개되었습니다",
        },
        body={
            "vi": "{employer} hoạt động trở lại từ lúc {time}. Mọi việc đã xác nhận lại có hiệu lực.",
            "en": "{employer} goes on since {time}. What it confirmed counts again.",
            "ko": "{employer} 이용이 {time}에 재개되었습니다. 확인한 재직 정보가 다시 유효합니다.",
        },
        short={
            "vi": "Thái Nguyên ID: {employer} hoạt động trở lại.",
            "en": "Thai Nguyen ID: {employer} goes on.",
            "ko": "Thái Nguyên ID: {employer} 이용 재개됨.",
        },
        path=EMPLOYERS,
    ),
    "representative_joined": Text(
        title={
            "vi": "Có người đại diện mới",
            "en": "There is a new representative",
            "ko": "새 담당자가 등록되었습니다",
        },
        body={
            "vi": "{person} đã nhận lời mời đại diện cho {employer} lúc {time}.\n"
            "Nếu đây không phải người được mời: hãy xóa người này khỏi danh sách ngay.",
            "en": "{person} took up the invitation to represent {employer} at {time}.\n"
            "If this is not whom you invited: remove them at once.",
            "ko": "{person} 님이 {time}에 {employer} 담당자 초대를 수락했습니다.\n"
            "초대한 분이 아니라면 즉시 목록에서 제외하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {person} nay đại diện cho {employer}. Không phải người được mời? Hãy xóa.",
            "en": "Thai Nguyen ID: {person} now represents {employer}. Not whom you invited? Remove them.",
            "ko": "Thái Nguyên ID: {person} 님이 {employer} 담당자가 되었습니다. 아니라면 제외하세요.",
        },
        path=EMPLOYERS,
    ),
    "representative_changed": Text(
        title={
            "vi": "Vai trò đại diện của bạn đã thay đổi",
            "en": "Your role as a representative was changed",
            "ko": "담당자 역할이 변경되었습니다",
        },
        body={
            "vi": "Vai trò của bạn tại {employer} đã được thay đổi lúc {time}.",
            "en": "Your role at {employer} was changed at {time}.",
            "ko": "{employer}에서의 역할이 {time}에 변경되었습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: vai trò của bạn tại {employer} đã thay đổi.",
            "en": "Thai Nguyen ID: your role at {employer} was changed.",
            "ko": "Thái Nguyên ID: {employer} 담당 역할이 변경됨.",
        },
        path=EMPLOYERS,
    ),
    "representative_removed": Text(
        title={
            "vi": "Bạn không còn đại diện cho tổ chức",
            "en": "You no longer represent an organisation",
            "ko": "기관 담당자에서 제외되었습니다",
        },
        body={
            "vi": "Từ {time} bạn không còn đại diện cho {employer}. Các trang của tổ chức không mở được nữa.",
            "en": "Since {time} you no longer represent {employer}. Its pages no longer open for you.",
            "ko": "{time}부터 {employer}을(를) 더 이상 대표하지 않으며, 기관 페이지를 열 수 없습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: bạn không còn đại diện cho {employer}.",
            "en": "Thai Nguyen ID: you no longer represent {employer}.",
            "ko": "Thái Nguyên ID: {employer} 담당자에서 제외되었습니다.",
        },
        path=EMPLOYERS,
    ),
}
