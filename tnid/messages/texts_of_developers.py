"""What members of teams of developers are told."""

from __future__ import annotations

from tnid.messages.text import Text

DEVELOPERS = "/developers"

DEVELOPER_TEXTS = {
    "team_joined": Text(
        title={
            "vi": "Nhóm phát triển có thành viên mới",
            "en": "Somebody joined your team of developers",
            "ko": "개발 팀에 새 구성원이 들어왔습니다",
        },
        body={
            "vi": "{person} đã vào {team} lúc {time}.\n"
            "Nếu đây không phải người được mời: hãy xóa người này khỏi nhóm ngay.",
            "en": "{person} joined {team} at {time}.\nIf this is not whom you invited: remove them at once.",
            "ko": "{person} 님이 {time}에 {team}에 들어왔습니다.\n초대한 분이 아니라면 즉시 내보내세요.",
        },
        short={
            "vi": "Thái Nguyên ID: {person} nay thuộc {team}. Không phải người được mời? Hãy xóa.",
            "en": "Thai Nguyen ID: {person} joined {team}. Not whom you invited? Remove them.",
            "ko": "Thái Nguyên ID: {person} 님이 {team}에 들어왔습니다. 아니라면 내보내세요.",
        },
        path=DEVELOPERS,
    ),
    "team_role_changed": Text(
        title={
            "vi": "Vai trò của bạn trong nhóm phát triển đã thay đổi",
            "en": "Your role in a team of developers was changed",
            "ko": "개발 팀에서의 역할이 바뀌었습니다",
        },
        body={
            "vi": "Vai trò của bạn trong {team} đã được thay đổi lúc {time}.",
            "en": "Your role in {team} was changed at {time}.",
            "ko": "{team}에서의 역할이 {time}에 바뀌었습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: vai trò của bạn trong {team} đã thay đổi.",
            "en": "Thai Nguyen ID: your role in {team} was changed.",
            "ko": "Thái Nguyên ID: {team}에서의 역할이 바뀌었습니다.",
        },
        path=DEVELOPERS,
    ),
    "team_handed_over": Text(
        title={
            "vi": "Bạn nhận bàn giao một nhóm phát triển",
            "en": "A team of developers was handed over to you",
            "ko": "개발 팀을 넘겨받았습니다",
        },
        body={
            "vi": "{person} đã bàn giao {team} cho bạn lúc {time}. Từ nay bạn là chủ nhóm.",
            "en": "{person} handed {team} over to you at {time}. You own it from now on.",
            "ko": "{person} 님이 {time}에 {team}을(를) 넘겨주었습니다. 이제 소유자는 본인입니다.",
        },
        short={
            "vi": "Thái Nguyên ID: bạn nay là chủ {team}.",
            "en": "Thai Nguyen ID: you now own {team}.",
            "ko": "Thái Nguyên ID: 이제 {team}의 소유자입니다.",
        },
        path=DEVELOPERS,
    ),
    "team_inherited": Text(
        title={
            "vi": "Nay bạn là chủ một nhóm phát triển",
            "en": "You now own a team of developers",
            "ko": "이제 개발 팀의 소유자입니다",
        },
        body={
            "vi": "Chủ của {team} đã xóa tài khoản. Bạn ở trong nhóm lâu nhất, nên từ {time} bạn là chủ nhóm."
            " Bạn có thể bàn giao cho người khác.",
            "en": "Whoever owned {team} deleted their account. You have been in the team longest, so you own"
            " it since {time}. You can hand it over to somebody else.",
            "ko": "{team}의 소유자가 계정을 삭제했습니다. 가장 오래 함께한 구성원이므로 {time}부터 소유자가"
            " 되었습니다. 다른 사람에게 넘길 수 있습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: bạn nay là chủ {team}, vì chủ cũ đã xóa tài khoản.",
            "en": "Thai Nguyen ID: you now own {team}; its owner deleted their account.",
            "ko": "Thái Nguyên ID: 소유자가 계정을 삭제하여 이제 {team}의 소유자입니다.",
        },
        path=DEVELOPERS,
    ),
    "team_removed": Text(
        title={
            "vi": "Bạn không còn thuộc nhóm phát triển",
            "en": "You no longer belong to a team of developers",
            "ko": "개발 팀에서 제외되었습니다",
        },
        body={
            "vi": "Từ {time} bạn không còn thuộc {team}. Các ứng dụng của nhóm không mở được nữa.",
            "en": "Since {time} you no longer belong to {team}. Its applications no longer open for you.",
            "ko": "{time}부터 {team}에 더 이상 속하지 않으며, 팀의 앱을 열 수 없습니다.",
        },
        short={
            "vi": "Thái Nguyên ID: bạn không còn thuộc {team}.",
            "en": "Thai Nguyen ID: you no longer belong to {team}.",
            "ko": "Thái Nguyên ID: {team}에서 제외되었습니다.",
        },
        path=DEVELOPERS,
    ),
}
