"""A chat: rooms over WebSockets, a history, and messages that are reported to a person."""
