"""The Basic OP plan: response type code, answers by the query, a client that an operator registered."""

from __future__ import annotations

from tests.conformance.basic_requests import RequestModules
from tests.conformance.basic_tokens import TokenModules


class TestTokens(TokenModules):
    """oidcc-basic-certification-test-plan"""


class TestRequests(RequestModules):
    """oidcc-basic-certification-test-plan"""
