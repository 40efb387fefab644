"""Industrial parks, and the wards and communes since July 2025, that listings are in."""

from __future__ import annotations

PARKS = {
    "yen-binh-1": "KCN Yên Bình (I)",
    "yen-binh-2": "KCN Yên Bình 2",
    "yen-binh-3": "KCN Yên Bình 3",
    "diem-thuy": "KCN Điềm Thụy",
    "song-cong-1": "KCN Sông Công I",
    "song-cong-2": "KCN Sông Công II",
    "nam-pho-yen": "KCN Nam Phổ Yên",
    "quyet-thang": "KCN Quyết Thắng",
    "phu-binh": "KCN Phú Bình",
    "thuong-dinh": "KCN Thượng Đình",
}

WARDS = {
    "05443": "Phường Phan Đình Phùng",
    "05455": "Phường Quyết Thắng",
    "05467": "Phường Gia Sàng",
    "05500": "Phường Tích Lương",
    "05518": "Phường Sông Công",
    "05528": "Phường Bách Quang",
    "05533": "Phường Bá Xuyên",
    "05860": "Phường Phổ Yên",
    "05890": "Phường Vạn Xuân",
    "05899": "Phường Trung Thành",
    "05908": "Xã Phú Bình",
    "05941": "Xã Điềm Thụy",
    "05953": "Xã Kha Sơn",
}
