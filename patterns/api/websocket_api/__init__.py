"""WebSocket APIs whose connections are kept in a table, and pushed to from anywhere."""

from patterns.api.websocket_api.construct import WebSocketApi

__all__ = ["WebSocketApi"]
