"""A workflow in each query language in the local cloud, and those who start them, click and attack."""

import json
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

import aws_cdk as cdk
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

from patternkit.localcloud import Deployment, LocalCloud
from patterns.events.approval_workflow import ApprovalWorkflow
from tests.patterns.events.approval_workflow.orders import entered

LANGUAGES: tuple[Literal["jsonata", "jsonpath"], ...] = ("jsonata", "jsonpath")


class Orders(cdk.Stack):
    """A workflow in each language; a queue stands for the approvers' mailbox."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Orders")
        for language in LANGUAGES:
            made = ApprovalWorkflow(
                self,
                language.title(),
                query_language=language,
                approval_from=100,
                reminders=1,
                max_items=5,
                cloudwatch_role=False,
            )
            mailbox = sqs.Queue(self, f"{language.title()}Mailbox")
            assert made.approvers is not None
            made.approvers.add_subscription(subscriptions.SqsSubscription(mailbox, raw_message_delivery=True))


@dataclass
class Workflow:
    """One of the workflows."""

    cloud: LocalCloud
    deployment: Deployment
    language: str
    mails: dict[str, list[str]] = field(default_factory=dict)

    def id_of(self, path: str) -> str:
        return self.deployment.physical_id(f"Orders/{self.language.title()}{path}")

    @property
    def machine(self) -> str:
        return self.id_of("/Workflow")

    def hurried(self, change: Any = None) -> str:
        """A machine of the same definition whose clocks run fast, and which may be changed otherwise."""
        client = self.cloud.client("stepfunctions")
        made = client.describe_state_machine(stateMachineArn=self.machine)
        definition = json.loads(made["definition"])
        states = definition["States"]
        states["AskApproval"]["TimeoutSeconds"] = 3
        inner = [one for state in states.values() for one in state.get("ItemProcessor", {}).get("States", {}).values()]
        for state in [*states.values(), *inner]:
            for retrier in state.get("Retry", []):
                retrier |= {"IntervalSeconds": 1, "MaxAttempts": 1}
        if change is not None:
            change(states)
        return client.create_state_machine(
            name=f"hurried-{uuid.uuid4().hex[:8]}", definition=json.dumps(definition), roleArn=made["roleArn"]
        )["stateMachineArn"]

    def start(self, order: Any, machine: str | None = None) -> str:
        client = self.cloud.client("stepfunctions")
        return client.start_execution(stateMachineArn=machine or self.machine, input=json.dumps(order))["executionArn"]

    def ended(self, execution: str) -> dict[str, Any]:
        client = self.cloud.client("stepfunctions")

        def look() -> Any:
            found = client.describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None

        return dict(self.cloud.wait_for(look, what=f"the end of {execution}", deadline=60))

    def ended_yet(self, execution: str) -> bool:
        found = self.cloud.client("stepfunctions").describe_execution(executionArn=execution)
        return found["status"] != "RUNNING"

    def path(self, execution: str) -> tuple[str, ...]:
        client = self.cloud.client("stepfunctions")
        history = client.get_execution_history(executionArn=execution, maxResults=1000)["events"]
        return entered([dict(one) for one in history])

    def links(self, order: str, count: int = 1) -> list[str]:
        """The links that approvers got for an order, as soon as there are so many."""
        queue = self.deployment.physical_id(f"Orders/{self.language.title()}Mailbox")

        def look() -> list[str] | None:
            found = self.cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
            for one in found.get("Messages", []):
                name = re.search(r'^id: "(.*)"$', one["Body"], re.MULTILINE)
                link = re.search(r"^https://\S+$", one["Body"], re.MULTILINE)
                assert name is not None
                assert link is not None
                self.mails.setdefault(name[1], []).append(link[0])
                self.cloud.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
            got = self.mails.get(order, [])
            return got if len(got) >= count else None

        return list(self.cloud.wait_for(look, what=f"mail about {order}", deadline=60))

    def click(self, link: str, decision: str | None = None) -> tuple[int, str]:
        """Open a link, or press one of the buttons behind it."""
        query = urllib.parse.urlsplit(link).query
        api = self.id_of("/Decisions/Front/Api")
        url = f"{self.cloud.endpoint_url}/restapis/{api}/live/_user_request_/decision?{query}"
        data = None if decision is None else f"decision={decision}".encode()
        request = urllib.request.Request(url, data=data)
        tls = ssl.create_default_context(cafile=self.cloud.certificate_authority)
        try:
            with urllib.request.urlopen(request, timeout=60, context=tls) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def ledger(self, execution: str) -> dict[str, str]:
        """What became of the steps of an execution."""
        name = execution.rsplit(":", 1)[1]
        items = self.cloud.client("dynamodb").scan(TableName=self.id_of("/Ledger"))["Items"]
        return {
            item["id"]["S"].removeprefix(f"{name}/"): item["state"]["S"]
            for item in items
            if item["id"]["S"].startswith(f"{name}/")
        }
