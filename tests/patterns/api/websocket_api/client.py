"""A WebSocket client, as a browser's."""

import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Message,
    RejectConnection,
    Request,
    TextMessage,
)


class Refused(Exception):  # noqa: N818
    """The connection was refused, with a status."""


class Client:
    """A connection to a WebSocket API.

    Args:
        url: Where to.
        headers: Headers of the handshake.
        protocols: Subprotocols that are offered.
        authority: The certificate of who signs the server's own, for wss. Default: none; the connection is plain.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        protocols: tuple[str, ...] = (),
        *,
        authority: str | None = None,
    ) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self._socket: socket.socket = socket.create_connection((parts.hostname, parts.port), timeout=30)
        if authority is not None:
            tls = ssl.create_default_context(cafile=authority)
            self._socket = tls.wrap_socket(self._socket, server_hostname=parts.hostname)
        self._connection = WSConnection(ConnectionType.CLIENT)
        request = Request(
            host=parts.netloc,
            target=parts.path,
            extra_headers=[(name.encode(), value.encode()) for name, value in headers.items()],
            subprotocols=list(protocols),
        )
        self._socket.sendall(self._connection.send(request))
        answer = self._next()
        if isinstance(answer, RejectConnection):
            self._socket.close()
            raise Refused(answer.status_code)
        assert isinstance(answer, AcceptConnection), answer
        self.protocol = answer.subprotocol

    def send(self, message: Any) -> None:
        """Send a message as JSON."""
        self._socket.sendall(self._connection.send(Message(data=json.dumps(message))))

    def receive(self) -> Any:
        """Wait for the next message."""
        text = ""
        while True:
            event = self._next()
            assert isinstance(event, TextMessage), event
            text += event.data
            if event.message_finished:
                return json.loads(text)

    def close(self) -> None:
        """End the connection as WebSocket asks for."""
        self._socket.sendall(self._connection.send(CloseConnection(code=1000)))
        self._socket.close()

    def die(self) -> None:
        """End without a word."""
        self._socket.close()

    def _next(self) -> Any:
        while True:
            for event in self._connection.events():
                return event
            data = self._socket.recv(65536)
            self._connection.receive_data(data or None)
