"""What teams of developers are told about the reviews and the lives of their applications."""

from __future__ import annotations

from tnid.messages.text import Text

REVIEW = "/developers/apps/{application}/review"

REVIEW_TEXTS: dict[str, Text] = {
    "review_commented": Text(
        title={
            "vi": "Người xét duyệt có ý kiến",
            "en": "A reviewer wrote to you",
            "ko": "심사 담당자가 의견을 남겼습니다",
        },
        body={
            "vi": "Người xét duyệt đã ghi ý kiến về ứng dụng {app} lúc {time}.\n"
            "Hãy xem và trả lời tại trang xét duyệt.",
            "en": "A reviewer commented on the application {app} at {time}.\n"
            "Read and answer it on the review page.",
            "ko": "심사 담당자가 {time}에 앱 {app}에 의견을 남겼습니다.\n"
            "심사 페이지에서 확인하고 답변하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: có ý kiến xét duyệt về ứng dụng {app}.",
            "en": "Thai Nguyen ID: a reviewer commented on {app}.",
            "ko": "Thái Nguyên ID: 앱 {app} 심사 의견이 있습니다.",
        },
        path=REVIEW,
    ),
    "review_changes": Text(
        title={
            "vi": "Ứng dụng cần chỉnh sửa trước khi duyệt",
            "en": "Changes are asked for before it goes live",
            "ko": "승인 전에 수정이 필요합니다",
        },
        body={
            "vi": "Ứng dụng {app} cần chỉnh sửa trước khi được duyệt ({time}).\n"
            "Hãy xem ý kiến, sửa rồi gửi lại.",
            "en": "The application {app} needs changes before it can go live ({time}).\n"
            "Read the comments, change it"
            " and submit it again.",
            "ko": "앱 {app}은(는) 승인 전에 수정이 필요합니다 ({time}).\n"
            "의견을 확인하고 수정한 뒤 다시 제출하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: ứng dụng {app} cần chỉnh sửa trước khi duyệt.",
            "en": "Thai Nguyen ID: {app} needs changes before it goes live.",
            "ko": "Thái Nguyên ID: 앱 {app} 수정이 필요합니다.",
        },
        path=REVIEW,
    ),
    "review_approved": Text(
        title={
            "vi": "Ứng dụng được duyệt",
            "en": "An application was approved",
            "ko": "앱이 승인되었습니다",
        },
        body={
            "vi": "Ứng dụng {app} được duyệt lúc {time}.\n"
            "Giấy xác nhận kết nối và các bước tiếp theo ở trang xét duyệt.",
            "en": "The application {app} was approved at {time}.\n"
            "The certificate and the next steps are on the review"
            " page.",
            "ko": "앱 {app}이(가) {time}에 승인되었습니다.\n확인서와 다음 단계는 심사 페이지에 있습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: ứng dụng {app} được duyệt.",
            "en": "Thai Nguyen ID: {app} was approved.",
            "ko": "Thái Nguyên ID: 앱 {app} 승인됨.",
        },
        path=REVIEW,
    ),
    "review_refused": Text(
        title={
            "vi": "Ứng dụng không được duyệt",
            "en": "An application was turned down",
            "ko": "앱이 승인되지 않았습니다",
        },
        body={
            "vi": "Ứng dụng {app} không được duyệt ({time}).\nLý do được ghi ở trang xét duyệt.",
            "en": "The application {app} was turned down ({time}).\nThe reason stands on the review page.",
            "ko": "앱 {app}이(가) 승인되지 않았습니다 ({time}).\n사유는 심사 페이지에 있습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: ứng dụng {app} không được duyệt.",
            "en": "Thai Nguyen ID: {app} was turned down.",
            "ko": "Thái Nguyên ID: 앱 {app} 승인 거절됨.",
        },
        path=REVIEW,
    ),
    "application_suspended": Text(
        title={
            "vi": "Ứng dụng bị tạm dừng",
            "en": "An application was suspended",
            "ko": "앱이 일시 정지되었습니다",
        },
        body={
            "vi": "Ứng dụng {app} bị tạm dừng từ lúc {time}. Không ai đăng nhập được vào ứng dụng này.\n"
            "Lý do: {reason}",
            "en": "The application {app} was suspended at {time}. Nobody can sign in to it.\n"
            "Reason: {reason}",
            "ko": "앱 {app}이(가) {time}에 일시 정지되었습니다. 아무도 로그인할 수 없습니다.\n사유: {reason}",
        },
        short={
            "vi": "Thái Nguyên ID: ứng dụng {app} bị tạm dừng. Xem lý do tại trang xét duyệt.",
            "en": "Thai Nguyen ID: {app} is suspended. See the review page for the reason.",
            "ko": "Thái Nguyên ID: 앱 {app} 일시 정지됨. 심사 페이지를 확인하세요.",
        },
        path=REVIEW,
    ),
    "application_resumed": Text(
        title={
            "vi": "Ứng dụng hoạt động trở lại",
            "en": "An application goes on",
            "ko": "앱 이용이 재개되었습니다",
        },
        body={
            "vi": "Ứng dụng {app} hoạt động trở lại từ lúc {time}.",
            "en": "The application {app} goes on since {time}.",
            "ko": "앱 {app} 이용이 {time}에 재개되었습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: ứng dụng {app} hoạt động trở lại.",
            "en": "Thai Nguyen ID: {app} goes on.",
            "ko": "Thái Nguyên ID: 앱 {app} 이용 재개됨.",
        },
        path=REVIEW,
    ),
    "application_ended": Text(
        title={
            "vi": "Ứng dụng đã kết thúc kết nối",
            "en": "An application was ended",
            "ko": "앱 연결이 종료되었습니다",
        },
        body={
            "vi": "Kết nối của ứng dụng {app} đã kết thúc lúc {time}. Giấy xác nhận không còn hiệu lực.",
            "en": "The application {app} was ended at {time}. Its certificate counts no more.",
            "ko": "앱 {app}의 연결이 {time}에 종료되었습니다. 확인서는 더 이상 유효하지 않습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: kết nối của ứng dụng {app} đã kết thúc.",
            "en": "Thai Nguyen ID: {app} was ended.",
            "ko": "Thái Nguyên ID: 앱 {app} 연결 종료됨.",
        },
        path=REVIEW,
    ),
}
