"""Values of arguments that the example leaves out."""

from typing import Any

from aws_cdk import aws_sqs as sqs
from constructs import Construct

from tests.patterns.web.edge_fronts import edge

__all__ = ["edge", "with_queue"]


def with_queue(queue: sqs.IQueue, _: Construct) -> dict[str, Any]:
    return {"queue": queue, "messages_per_task": 10, "scale_on": "queue"}
