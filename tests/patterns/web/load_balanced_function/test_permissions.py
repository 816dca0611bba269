"""The example's role allows what Lambda does for it; the example itself calls nothing.

Not evaluated: who may invoke the alias. That the load balancer's permission names this account is asserted beside.
"""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_kms as kms

from patternkit.testing.permissions import Proof
from patternkit.testing.synthesis import synthesize
from patterns.web.load_balanced_function import LoadBalancedFunction
from patterns.web.load_balanced_function import construct as balanced
from tests.conftest import context, example
from tests.patterns.web.certificates import certificate
from tests.patterns.web.load_balanced_function.events import CHECK, multiple, single

CODE = Path(balanced.__file__).parent / "handler"
EVENTS = [CHECK, single(), multiple(), multiple(httpMethod="POST", body="%", isBase64Encoded=True), {}]
PLATFORM = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def test_the_role_allows_what_is_done_and_no_more(permissions: Callable[..., Proof]) -> None:
    proof = permissions(example("load-balanced-function", "agnostic").template, code=CODE, events=EVENTS)
    assert proof.calls == 0
    assert proof.used == PLATFORM
    assert not proof.redundant


def test_a_customer_key_asks_no_more_of_the_role(permissions: Callable[..., Proof]) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "WithKey")
        LoadBalancedFunction(
            stack, "Web", certificate=certificate(stack), encryption_key=kms.Key(stack, "Key"), managed_rules=False
        )

    template = synthesize(build, context=context()).template
    assert permissions(template, code=CODE, events=EVENTS).used == PLATFORM
