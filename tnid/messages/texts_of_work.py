"""What workers are told of what employers confirm about them."""

from __future__ import annotations

from tnid.messages.text import Text

WORK = "/account/work"

WORK_TEXTS = {
    "work_offered": Text(
        title={
            "vi": "Có đơn vị xác nhận bạn làm việc tại đó",
            "en": "An employer confirms that you work there",
            "ko": "고용주가 근무 사실을 확인했습니다",
        },
        body={
            "vi": "{employer} đã xác nhận bạn làm việc tại đơn vị. Chưa ai biết được điều này: bạn quyết định"
            " từng mục được phép cho biết.\n"
            "Nếu bạn không làm việc ở đó, hãy từ chối.",
            "en": "{employer} confirmed that you work there. Nobody can learn of it yet: you decide, item by"
            " item, what of it may be known.\n"
            "If you do not work there, decline it.",
            "ko": "{employer}에서 근무 사실을 확인했습니다. 아직 아무도 알 수 없으며, 무엇을 알려도 되는지"
            " 항목마다 직접 정합니다.\n"
            "그곳에서 일하지 않으신다면 거절하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {employer} xác nhận bạn làm việc tại đó. Đăng nhập, mở mục Nơi làm việc"
            " để quyết định.",
            "en": "Thai Nguyen ID: {employer} confirms that you work there. Sign in and open Work to decide.",
            "ko": "Thái Nguyên ID: {employer} 근무 확인. 로그인 후 ‘직장’에서 결정하세요.",
        },
        path=WORK,
    ),
    "work_changed": Text(
        title={
            "vi": "Xác nhận về việc làm của bạn đã thay đổi",
            "en": "What your employer confirms has changed",
            "ko": "고용주의 확인 내용이 변경되었습니다",
        },
        body={
            "vi": "{employer} đã thay đổi một mục trong xác nhận về bạn lúc {time}. Mục đó không được cho ai"
            " biết cho đến khi bạn quyết định lại.",
            "en": "{employer} changed something that it confirms about you at {time}. It is told to nobody"
            " until you decide again.",
            "ko": "{employer}에서 {time}에 확인 내용을 변경했습니다. 다시 결정하실 때까지 그 항목은"
            " 누구에게도 알려지지 않습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: {employer} đã thay đổi xác nhận về bạn. Đăng nhập, mở mục Nơi làm việc để"
            " quyết định lại.",
            "en": "Thai Nguyen ID: {employer} changed what it confirms about you. Open Work to decide again.",
            "ko": "Thái Nguyên ID: {employer} 확인 내용 변경. ‘직장’에서 다시 결정하세요.",
        },
        path=WORK,
    ),
    "work_due": Text(
        title={
            "vi": "Xác nhận việc làm sắp hết hiệu lực",
            "en": "The confirmation of your work is nearly over",
            "ko": "근무 확인 기한이 곧 끝납니다",
        },
        body={
            "vi": "Xác nhận của {employer} về việc làm của bạn có giá trị đến {day}. Đơn vị cần xác nhận lại;"
            " nếu cần, bạn hãy nhắc bộ phận nhân sự.",
            "en": "What {employer} confirmed of your work holds until {day}. The employer is to confirm it"
            " again; remind its personnel department if need be.",
            "ko": "{employer}의 근무 확인은 {day}까지 유효합니다. 고용주가 다시 확인해야 하니, 필요하면 인사"
            " 담당자에게 알려 주세요.",
        },
        short={
            "vi": "Thái Nguyên ID: xác nhận việc làm của {employer} có giá trị đến {day}. Đơn vị cần xác"
            " nhận lại.",
            "en": "Thai Nguyen ID: what {employer} confirmed of your work holds until {day}, then it is asked"
            " again.",
            "ko": "Thái Nguyên ID: {employer}의 근무 확인이 {day}에 끝납니다. 재확인이 필요합니다.",
        },
        path=WORK,
    ),
    "work_lapsed": Text(
        title={
            "vi": "Xác nhận việc làm đã hết hiệu lực",
            "en": "The confirmation of your work is over",
            "ko": "근무 확인 기한이 끝났습니다",
        },
        body={
            "vi": "Đã quá sáu tháng kể từ lần {employer} xác nhận. Từ lúc này không ai biết được điều này, và"
            " các ứng dụng từng nhận được báo. Khi đơn vị xác nhận lại, lựa chọn của bạn vẫn như cũ.",
            "en": "Six months have passed since {employer} confirmed your work. From now on nobody can learn"
            " of it, and the applications that knew are told. Once it is confirmed again, what you decided"
            " stands as before.",
            "ko": "{employer}에서 확인한 지 6개월이 지났습니다. 이제 아무도 알 수 없으며, 알고 있던 앱에도"
            " 통지합니다. 다시 확인되면 이전에 정하신 대로 적용됩니다.",
        },
        short={
            "vi": "Thái Nguyên ID: xác nhận việc làm của {employer} đã hết hiệu lực, chờ đơn vị xác nhận"
            " lại.",
            "en": "Thai Nguyen ID: what {employer} confirmed of your work is over until it is confirmed"
            " again.",
            "ko": "Thái Nguyên ID: {employer} 근무 확인 기한 만료. 재확인 대기 중입니다.",
        },
        path=WORK,
    ),
    "work_held": Text(
        title={
            "vi": "Xác nhận việc làm tạm dừng",
            "en": "The confirmation of your work is on hold",
            "ko": "근무 확인이 보류되었습니다",
        },
        body={
            "vi": "{employer} đang bị tạm dừng trên Thái Nguyên ID. Trong thời gian đó không ai biết được"
            " xác nhận về bạn, và các ứng dụng từng nhận được báo. Việc này không liên quan đến công việc"
            " hay tài khoản của bạn.",
            "en": "{employer} is suspended at Thái Nguyên ID for now. Until that is over nobody can learn"
            " what it confirmed about you, and the applications that knew are told. It says nothing about"
            " your work or your account.",
            "ko": "{employer}의 Thái Nguyên ID 이용이 정지되었습니다. 해제될 때까지 확인 내용은 아무도 알 수"
            " 없으며, 알고 있던 앱에도 통지합니다. 실제 근무나 계정과는 관계가 없습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: xác nhận việc làm của {employer} tạm dừng. Công việc và tài khoản không"
            " bị ảnh hưởng.",
            "en": "Thai Nguyen ID: what {employer} confirmed of your work is on hold. Your account is not"
            " concerned.",
            "ko": "Thái Nguyên ID: {employer} 근무 확인 보류. 계정에는 영향이 없습니다.",
        },
        path=WORK,
    ),
    "employer_due": Text(
        title={
            "vi": "Có người lao động cần xác nhận lại",
            "en": "Workers are to be confirmed again",
            "ko": "근로자를 다시 확인해야 합니다",
        },
        body={
            "vi": "Xác nhận của {employer} về {count} người lao động sắp hết hiệu lực hoặc vừa hết hiệu lực."
            " Hãy tải danh sách mới lên, hoặc xác nhận lại trên trang của đơn vị; nếu không, không ai biết"
            " được họ làm việc ở đó.",
            "en": "What {employer} confirmed of {count} of its workers is nearly over, or just over. Upload a"
            " new list, or confirm them again on its page; otherwise nobody can learn that they work there.",
            "ko": "{employer}의 근로자 {count}명에 대한 확인 기한이 곧 끝나거나 방금 끝났습니다. 새 명단을"
            " 올리거나 페이지에서 다시 확인해 주세요. 그렇지 않으면 근무 사실을 아무도 알 수 없습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: {employer} có {count} người lao động cần xác nhận lại.",
            "en": "Thai Nguyen ID: {employer} is to confirm {count} of its workers again.",
            "ko": "Thái Nguyên ID: {employer} 근로자 {count}명 재확인 필요.",
        },
        path="/employers",
    ),
    "work_ended": Text(
        title={
            "vi": "Việc làm đã kết thúc",
            "en": "An employment has ended",
            "ko": "근무가 종료되었습니다",
        },
        body={
            "vi": "{employer} báo việc làm của bạn tại đơn vị đã kết thúc. Không ai biết được về việc làm này"
            " nữa, và các ứng dụng từng nhận được báo. Tài khoản, cách đăng nhập và lịch sử vẫn là của"
            " bạn.\n"
            "Nếu không đúng: hãy hỏi bộ phận nhân sự của đơn vị.",
            "en": "{employer} says that your work there has ended. Nobody can learn of it any more, and the"
            " applications that knew are told. Your account, how you sign in and your history stay yours.\n"
            "If this is wrong: ask the employer's personnel department.",
            "ko": "{employer}에서 근무가 종료되었다고 알렸습니다. 이제 아무도 알 수 없으며, 알고 있던 앱에도"
            " 통지합니다. 계정과 로그인 방법, 기록은 그대로 본인의 것입니다.\n"
            "사실과 다르면 고용주의 인사 담당자에게 문의하세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {employer} báo việc làm của bạn đã kết thúc. Tài khoản vẫn là của bạn.",
            "en": "Thai Nguyen ID: {employer} says that your work there has ended. Your account stays yours.",
            "ko": "Thái Nguyên ID: {employer} 근무 종료. 계정은 그대로 사용할 수 있습니다.",
        },
        path=WORK,
    ),
}
