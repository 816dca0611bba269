"""The template, deployed to the local cloud, and real clients."""

import time
from typing import Any

import pytest

from tests.patterns.api.websocket_api.client import Refused
from tests.patterns.api.websocket_api.conftest import Chat


def test_who_is_in_a_group_gets_what_is_sent_to_it(chat: Chat) -> None:
    one, two = chat.connect("one"), chat.connect("two")
    chat.until("room-1", 2)
    one.send({"group": "room-1", "message": {"text": "hello"}})
    assert [one.receive(), two.receive()] == [{"text": "hello"}] * 2
    chat.push(group="user:two", message={"text": "for two"})
    assert two.receive() == {"text": "for two"}
    one.close()
    two.close()
    chat.until("all", 0)


def test_nobody_connects_without_being_let_in(chat: Chat) -> None:
    with pytest.raises(Refused):
        chat.connect(None)


def test_a_message_to_a_group_that_its_sender_is_not_in_goes_nowhere(chat: Chat) -> None:
    one, two = chat.connect("one"), chat.connect("two")
    chat.until("room-1", 2)
    one.send({"group": "user:two", "message": "psst"})
    one.send({"group": "all", "message": "psst"})
    one.send({"group": "room-1", "message": {"text": "after it"}})
    assert two.receive() == {"text": "after it"}
    one.close()
    two.close()
    chat.until("all", 0)


def add_gone(chat: Chat, count: int) -> None:
    """Put connections into the table that were never told to be gone, as when $disconnect is not delivered."""
    client, table = chat.cloud.client("dynamodb"), chat.id("Connections")
    expires = {"N": str(int(time.time()) + 3600)}
    rows: list[Any] = [
        {"PutRequest": {"Item": {"group": {"S": "all"}, "connection": {"S": f"gone-{n:04}="}, "expires": expires}}}
        for n in range(count)
    ]
    for at in range(0, count, 25):
        client.batch_write_item(RequestItems={table: rows[at : at + 25]})


def test_who_dies_is_forgotten_when_it_is_pushed_to_and_the_others_get_theirs(chat: Chat) -> None:
    one = chat.connect("one")
    chat.until("all", 1)
    add_gone(chat, 3)
    chat.push(group="all", message={"text": "to all"})
    assert one.receive() == {"text": "to all"}
    chat.until("all", 1)
    one.die()
    chat.until("all", 0)
    again = chat.connect("one")
    chat.until("user:one", 1)
    chat.push(group="user:one", message={"text": "again"})
    assert again.receive() == {"text": "again"}
    again.close()
    chat.until("all", 0)


def test_connections_that_went_without_a_word_are_swept(chat: Chat) -> None:
    one = chat.connect("one")
    add_gone(chat, 25)
    chat.push(sweep=True)
    chat.until("all", 1)
    one.close()
    chat.until("all", 0)
