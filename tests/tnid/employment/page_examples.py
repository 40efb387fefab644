"""The worker's pages of employment, with contexts as their views give them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tnid.employment.forms import DecisionForm, InvitationForm
from tnid.employment.lists import DECLINED, LAPSED, LIVE, OFFERED, OVER, SUSPENDED, Field, Work
from tnid.employment.wish_forms import HomeForm, JobForm

WORKER = SimpleNamespace(display_name="Nguyễn Văn An", initials="NA", username="an")
TNG = "Công ty cổ phần Đầu tư và Thương mại TNG"
VALUES = {
    "employer": TNG,
    "park": "Khu công nghiệp Điềm Thụy",
    "title": "Công nhân may chuyền 4, xưởng Phú Bình",
    "start_date": "01/03/2020",
    "contract_type": "Hợp đồng không xác định thời hạn",
    "income": "12.500.000 đ một tháng, bình quân 12 tháng",
}
LABELS = {
    "employer": "Nơi làm việc",
    "park": "Khu công nghiệp nơi làm việc",
    "title": "Công việc",
    "start_date": "Làm việc từ khi nào",
    "contract_type": "Loại hợp đồng",
    "income": "Câu trả lời về thu nhập",
}


def work(
    state: str = LIVE, accepted: tuple[str, ...] = (), new: tuple[str, ...] = (), **changes: Any
) -> Work:
    members = {
        "id": "w" * 22,
        "version": 3,
        "state": state,
        "employer": TNG,
        "tax_code": "4600305723",
        "fields": [
            Field(name, LABELS[name], value, "Chỉ trả lời có hoặc không." if name == "income" else "",
                  name in accepted, name in new)
            for name, value in VALUES.items()
            if state != OVER or name != "income"
        ],
        "confirmed_at": "hôm nay lúc 08:00",
        "way": "bằng danh sách người lao động",
        "valid_until": "thứ Hai, 24/05/2027",
        "ends_at": None,
        "linked_at": None,
        "is_hidden": False,
    }  # fmt: skip
    return Work(**members | changes)


def _page(**context: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"current_person": WORKER, **context}


def _form(of: type[Any], **context: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"current_person": WORKER, "form": of(), **context}


def _index(**changes: Any) -> Callable[[], dict[str, Any]]:
    nothing: dict[str, Any] = {
        "is_checked": True, "offers": [], "current": [], "over": [], "declined": [], "decisions": [],
    }  # fmt: skip
    return _page(**nothing | changes)


def _nothing_ticked() -> dict[str, Any]:
    form = DecisionForm()
    form.offer(VALUES)
    form.accept.errors = ["Chưa đánh dấu mục nào. Hãy đánh dấu mục được phép cho biết, hoặc từ chối tất cả."]
    return {"current_person": WORKER, "form": form, "work": work(OFFERED)}


EMPLOYMENT_PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "work": (
        "employment/index.html",
        _index(
            offers=[work(OFFERED)],
            current=[
                work(LIVE, ("employer", "title"), is_hidden=True),
                work(LIVE, ("employer",), ("title",)),
                work(LAPSED, ("employer",)),
                work(SUSPENDED),
                work(LIVE, ("employer",), ends_at=1_800_000_000),
            ],
            over=[work(OVER, ends_at=1_790_000_000)],
            declined=[work(DECLINED)],
            decisions=[{"number": 3, "text": "Đã đồng ý", "when": "hôm nay", "employer": TNG}],
        ),
    ),
    "work-none": ("employment/index.html", _index()),
    "work-unchecked": ("employment/index.html", _index(is_checked=False)),
    "work-offer": ("employment/one.html", _form(DecisionForm, work=work(OFFERED))),
    "work-offer-nothing": ("employment/one.html", _nothing_ticked),
    "work-own": (
        "employment/one.html",
        _form(DecisionForm, work=work(LIVE, ("employer", "park"), ("title",))),
    ),
    "work-hidden": ("employment/one.html", _form(DecisionForm, work=work(LIVE, is_hidden=True))),
    "work-decline": ("employment/decline.html", _page(work=work(OFFERED))),
    "work-unlink": ("employment/unlink.html", _page(work=work())),
    "work-forget": ("employment/forget.html", _page(work=work(OVER))),
    "work-code": ("employment/code.html", _form(InvitationForm)),
    "work-identity": ("employment/identity.html", _page()),
    "work-wishes": (
        "employment/wishes.html",
        _page(
            job="KCN Điềm Thụy; May mặc; từ 8.000.000 đ một tháng; nhà tuyển dụng tìm thấy bạn",
            home=None,
        ),
    ),
    "work-wishes-none": ("employment/wishes.html", _page(job=None, home=None)),
    "work-wish-job": ("employment/wish_job.html", _form(JobForm, is_kept=False)),
    "work-wish-home": ("employment/wish_home.html", _form(HomeForm, is_kept=True)),
}
