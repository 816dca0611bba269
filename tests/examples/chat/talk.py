"""The chat in the local cloud, and people who talk in it."""

import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

from examples.chat.app import build
from examples.chat.reports import Reports
from examples.chat.rooms_handler.chat.tokens import Pass, sign
from patternkit.localcloud import Deployment, LocalCloud
from tests.patterns.api.websocket_api.client import Client
from tests.patterns.events.approval_workflow.workflows import Workflow


def with_mailbox(app: cdk.App) -> None:
    """The application, with a queue that stands for the moderators' mailbox."""
    (reports,) = [one for one in build(app) if isinstance(one, Reports)]
    mailbox = sqs.Queue(reports, "Mailbox")
    assert reports.workflow.approvers is not None
    reports.workflow.approvers.add_subscription(subscriptions.SqsSubscription(mailbox, raw_message_delivery=True))


class Moderation(Workflow):
    """The workflow of reports, and those who get its mail."""

    def id_of(self, path: str) -> str:
        return self.deployment.physical_id(f"Reports{path}")

    def mail(self) -> list[str]:
        """The mail that has come since it was last looked at."""
        queue, client = self.deployment.physical_id("Mailbox"), self.cloud.client("sqs")
        found = client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for one in found:
            client.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
        return [one["Body"] for one in found]

    def link(self, text: str) -> str:
        """The link of the report of a message, of which there is one mail."""
        mails = self.cloud.wait_for(self.mail, what="mail to the moderators", deadline=60)
        assert [text in one for one in mails] == [True], mails
        found = re.search(r"^https://\S+$", mails[0], re.MULTILINE)
        assert found is not None
        return found[0]


@dataclass
class Person:
    """Somebody who is connected, and what they were told and have not looked at."""

    client: Client
    told: list[dict[str, Any]] = field(default_factory=list)

    def send(self, action: str, **asked: Any) -> str:
        """Ask for something, under an id of its own."""
        asked = {"id": uuid.uuid4().hex, **asked}
        self.client.send({"action": action, **asked})
        return str(asked["id"])

    def hears(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for something; what else is told until then is kept."""
        for one in self.told:
            if wanted(one):
                self.told.remove(one)
                return one
        while True:
            one = self.client.receive()
            if wanted(one):
                return dict(one)
            self.told.append(one)

    def answered(self, asked: str) -> dict[str, Any]:
        """Wait for what came of something that they asked for."""
        return self.hears(lambda one: one.get("id") == asked and one["type"] != "message")

    def reads(self, text: str) -> dict[str, Any]:
        """Wait for a message."""
        return self.hears(lambda one: one["type"] == "message" and one["text"] == text)


@dataclass(frozen=True)
class Talk:
    """The deployed application."""

    cloud: LocalCloud
    stacks: dict[str, Deployment]

    @property
    def rooms(self) -> Deployment:
        return self.stacks["ChatRooms"]

    @property
    def moderation(self) -> Moderation:
        return Moderation(self.cloud, self.stacks["ChatReports"], "jsonata")

    @property
    def messages(self) -> str:
        return self.stacks["ChatHistory"].outputs["MessagesTable"]

    @property
    def callback_url(self) -> str:
        return f"{self.cloud.endpoint_url}/_aws/execute-api/{self.rooms.physical_id('Api/Gateway/Api')}/live"

    def call_back_here(self) -> None:
        """AWS's name of the API leads nowhere here."""
        client, function = self.cloud.client("lambda"), self.rooms.physical_id("Api/Push/Function")
        variables = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        variables["CALLBACK_URL"] = self.callback_url
        client.update_function_configuration(FunctionName=function, Environment={"Variables": variables})

    def token(self, person: str, *rooms: str, seconds: int = 3600) -> str:
        kms, key = self.cloud.client("kms"), self.rooms.outputs["TokenKeyArn"]
        return sign(kms, key, Pass(person, rooms, int(time.time()) + seconds))

    def connect(self, token: str) -> Person:
        authority = self.cloud.certificate_authority
        url = self.callback_url.replace("http", "ws", 1)
        return Person(Client(url, {}, (token,) if token else (), authority=str(authority) if authority else None))

    def join(self, person: str, *rooms: str) -> Person:
        """Connect, and wait until the connection is known in its rooms."""
        group = f"user:{person}"
        before = self.connections(group)
        joined = self.connect(self.token(person, *rooms))
        # Of an earlier connection the row may still be there, or go meanwhile.
        self.cloud.wait_for(lambda: self.connections(group) - before, what=f"the connection of {person}")
        return joined

    def connections(self, group: str) -> set[str]:
        answer = self.cloud.client("dynamodb").query(
            TableName=self.rooms.physical_id("Api/Connections"),
            KeyConditionExpression="#group = :group",
            ExpressionAttributeNames={"#group": "group"},
            ExpressionAttributeValues={":group": {"S": group}},
        )
        return {one["connection"]["S"] for one in answer["Items"]}

    def until(self, group: str, count: int) -> None:
        self.cloud.wait_for(lambda: len(self.connections(group)) == count, what=f"{count} connections in {group}")

    def leave_without_a_word(self, room: str, connection: str) -> None:
        """A connection that is gone, as when API Gateway does not deliver $disconnect."""
        expires = {"N": str(int(time.time()) + 3600)}
        item = {"group": {"S": f"room:{room}"}, "connection": {"S": connection}, "expires": expires}
        self.cloud.client("dynamodb").put_item(TableName=self.rooms.physical_id("Api/Connections"), Item=item)

    def stored(self, room: str) -> list[dict[str, Any]]:
        found = self.cloud.client("dynamodb").query(
            TableName=self.messages,
            KeyConditionExpression="#room = :room",
            ExpressionAttributeNames={"#room": "room"},
            ExpressionAttributeValues={":room": {"S": room}},
        )
        return [dict(one) for one in found["Items"]]

    def seed(self, room: str, count: int) -> None:
        """What was said before, one message a microsecond."""
        client = self.cloud.client("dynamodb")
        rows: list[Any] = [
            {
                "PutRequest": {
                    "Item": {
                        "room": {"S": room},
                        "at": {"S": f"{1764160000000000 + number:016d}.0000000a"},
                        "kind": {"S": "message"},
                        "id": {"S": f"seed-{number}"},
                        "person": {"S": "ada"},
                        "text": {"S": json.dumps(number)},
                    }
                }
            }
            for number in range(count)
        ]
        for at in range(0, count, 25):
            client.batch_write_item(RequestItems={self.messages: rows[at : at + 25]})
