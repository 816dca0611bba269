"""All four stacks, deployed to the local cloud with permissions enforced, and real WebSocket clients."""

import time
from collections.abc import Iterator

import pytest

from patternkit.localcloud import LocalCloud
from patternkit.testing.synthesis import synthesize
from tests.conftest import context
from tests.examples.chat.talk import Talk, with_mailbox
from tests.patterns.api.websocket_api.client import Refused


@pytest.fixture(scope="module")
def talk() -> Iterator[Talk]:
    settings = {**context(), "patterns:handler-platform": "local"}
    assembly = synthesize(with_mailbox, context=settings, build_assets=True)
    with LocalCloud.start(enforce_iam=True) as cloud:
        made = Talk(cloud, {one.stack_name: one for one in cloud.deploy_all(assembly.directory)})
        made.call_back_here()
        yield made


def test_what_is_said_is_told_to_the_room_once_and_kept(talk: Talk) -> None:
    ada, bob = talk.join("ada", "tea"), talk.join("bob", "tea")
    asked = ada.send("say", room="tea", text="hello, \u2615")
    heard = [one.reads("hello, \u2615") for one in (ada, bob)]
    assert heard[0] == heard[1]
    assert (heard[0]["person"], heard[0]["id"]) == ("ada", asked)
    # As a client does that was not answered in time.
    assert ada.send("say", room="tea", text="hello, \u2615", id=asked) == asked
    assert ada.answered(asked)["type"] == "said"
    ada.send("say", room="tea", text="after it")
    assert [one.reads("after it")["text"] for one in (ada, bob)] == ["after it"] * 2
    assert (ada.told, bob.told) == ([], []), "nobody was told twice"
    assert [one["text"]["S"] for one in talk.stored("tea")] == ["hello, \u2615", "after it"]
    for one in (ada, bob):
        one.client.close()
    talk.until("room:tea", 0)


def test_who_is_not_in_a_room_neither_talks_nor_listens_there(talk: Talk) -> None:
    eve, bob = talk.join("eve", "coffee"), talk.join("bob", "milk")
    for action, asked in (
        ("say", {"text": "psst"}),
        ("history", {}),
        ("report", {"at": "1764160000000000.0000000a"}),
    ):
        told = eve.answered(eve.send(action, room="milk", **asked))
        assert (told["type"], told["reason"]) == ("refused", "you are not in this room"), action
    bob.send("say", room="milk", text="alone")
    bob.reads("alone")
    assert (eve.told, bob.told) == ([], [])
    eve.client.close()
    bob.client.close()


@pytest.mark.parametrize("token", ["", "no-token", "expired", "tampered"])
def test_nobody_connects_without_a_token_that_was_signed_here(talk: Talk, token: str) -> None:
    if token == "expired":
        token = talk.token("eve", "tea", seconds=-1)
    elif token == "tampered":
        body, mac = talk.token("eve", "tea").split(".")
        other, _ = talk.token("eve", "vault").split(".")
        assert body != other
        token = f"{other}.{mac}"
    with pytest.raises(Refused):
        talk.connect(token)


def test_history_comes_page_by_page_the_newest_first(talk: Talk) -> None:
    talk.seed("archive", 45)
    ada = talk.join("ada", "archive")
    seen: list[str] = []
    sizes, before = [], None
    while True:
        page = ada.answered(ada.send("history", room="archive", **({"before": before} if before else {})))
        sizes.append(len(page["messages"]))
        seen += [one["text"] for one in page["messages"]]
        before = page["before"]
        if before is None:
            break
    assert sizes == [20, 20, 5]
    assert seen == [str(number) for number in reversed(range(45))]
    assert ada.answered(ada.send("history", room="archive", before="yesterday"))["reason"] == "before is malformed"
    ada.client.close()


def test_a_client_that_dies_is_forgotten_and_the_others_are_told(talk: Talk) -> None:
    ada, bob = talk.join("ada", "storm"), talk.join("bob", "storm")
    talk.leave_without_a_word("storm", "gone=")
    bob.client.die()
    ada.send("say", room="storm", text="still here")
    ada.reads("still here")
    talk.until("room:storm", 1)
    # Whoever comes back asks for what they have missed.
    again = talk.join("bob", "storm")
    page = again.answered(again.send("history", room="storm"))
    assert [one["text"] for one in page["messages"]] == ["still here"]
    for one in (ada, again):
        one.client.close()


def test_a_reported_message_is_hidden_when_a_moderator_agrees(talk: Talk) -> None:
    ada, bob = talk.join("ada", "square"), talk.join("bob", "square")
    ada.send("say", room="square", text="something bad")
    at = bob.reads("something bad")["at"]
    for one in (bob, ada):
        assert one.answered(one.send("report", room="square", at=at))["type"] == "reported"
    link = talk.moderation.link("something bad")
    status, page = talk.moderation.click(link)
    assert (status, "something bad" in page, "square" in page) == (200, True, True)
    assert talk.moderation.click(link, "approve")[0] == 200
    hidden = bob.hears(lambda one: one["type"] == "hidden")
    assert (hidden["at"], "text" in hidden) == (at, False)
    (found,) = bob.answered(bob.send("history", room="square"))["messages"]
    assert found == {"at": at, "person": "ada", "hidden": True}
    (kept,) = talk.stored("square")
    assert "text" not in kept, "it is forgotten, not only not shown"
    assert bob.answered(bob.send("report", room="square", at=at))["reason"] == "there is no such message"
    for one in (ada, bob):
        one.client.close()


def test_a_reported_message_stays_when_a_moderator_disagrees(talk: Talk) -> None:
    ada = talk.join("ada", "court")
    ada.send("say", room="court", text="something harmless")
    at = ada.reads("something harmless")["at"]
    assert ada.answered(ada.send("report", room="court", at=at))["type"] == "reported"
    assert talk.moderation.click(talk.moderation.link("something harmless"), "refuse")[0] == 200
    # Judged is judged: nobody is asked about it again.
    assert ada.answered(ada.send("report", room="court", at=at))["type"] == "reported"
    (kept,) = talk.stored("court")
    assert kept["text"]["S"] == "something harmless"
    assert talk.moderation.mail() == []
    ada.client.close()


def test_what_is_malformed_is_said_in_one_line(talk: Talk) -> None:
    ada = talk.join("ada", "tea")
    for asked, said in (
        ({"room": "tea", "text": ""}, "text is malformed"),
        ({"room": "tea", "text": " \n"}, "text is malformed"),
        ({"room": "tea", "text": "x" * 1001}, "text is malformed"),
        ({"room": "tea", "text": 7}, "text is malformed"),
        ({"room": "Tea Room", "text": "x"}, "room is malformed"),
    ):
        told = ada.answered(ada.send("say", **asked))
        assert (told["type"], told["reason"]) == ("refused", said), asked
    ada.client.send({"action": "say", "room": "tea", "text": "without an id"})
    assert ada.hears(lambda one: one["type"] == "refused") == {
        "type": "refused", "reason": "id is missing", "id": None,
    }  # fmt: skip
    ada.client.send({"action": "ping"})
    ada.client.send({"action": "dance"})
    ada.send("say", room="tea", text=f"still connected {time.time()}")
    ada.hears(lambda one: one["type"] == "message")
    ada.client.close()
