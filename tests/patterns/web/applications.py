"""Applications that handlers ask whether they are well, over a connection that a test stands in for."""

import http.client
import ssl
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest

BUT_OK = (201, 503, OSError("cut"), http.client.BadStatusLine("x"))
asked = pytest.mark.parametrize(
    ("outcome", "at"), [(200, ""), *((outcome, at) for outcome in BUT_OK for at in ("request", "getresponse"))]
)
"""What comes of asking, and at which call an error is raised."""


def assert_asked_once_and_let_go(answering: ModuleType, monkeypatch: pytest.MonkeyPatch, outcome: Any, at: str) -> None:
    """Hold what asks an application to one request, whose connection is closed whatever comes of it.

    Args:
        answering: The handler's module that asks.
        monkeypatch: Stands in for connections.
        outcome: The status of the answer, or an error.
        at: The call that raises the error.
    """
    connection = Mock()
    connection.getresponse.return_value.status = outcome
    if isinstance(outcome, Exception):
        getattr(connection, at).side_effect = outcome
    made = Mock(return_value=connection)
    monkeypatch.setattr(http.client, "HTTPSConnection", made)
    assert answering.answers("192.0.2.1", 8443, "/ready") is (outcome == 200)
    made.assert_called_once_with("192.0.2.1", 8443, timeout=4.0, context=answering._CONTEXT)
    connection.request.assert_called_once_with("GET", "/ready", headers={"User-Agent": "health-check"})
    connection.close.assert_called_once_with()
    assert (answering._CONTEXT.check_hostname, answering._CONTEXT.verify_mode) == (False, ssl.CERT_NONE)
