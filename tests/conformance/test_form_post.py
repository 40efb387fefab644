"""The Form Post OP plan for code: the modules of the Basic plan, answered by a form that submits itself."""

from __future__ import annotations

from tests.conformance.basic_requests import RequestModules
from tests.conformance.basic_tokens import TokenModules


class TestTokens(TokenModules):
    """oidcc-formpost-basic-certification-test-plan"""

    response_mode = "form_post"


class TestRequests(RequestModules):
    """oidcc-formpost-basic-certification-test-plan"""

    response_mode = "form_post"
