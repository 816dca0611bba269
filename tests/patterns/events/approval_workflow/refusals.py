from typing import Any, cast

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.events.approval_workflow import Step
from tests.refusals import Refusal


def function(scope: Construct) -> lambda_.IFunction:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:existing"
    found = scope.node.try_find_child("Function")
    return cast(lambda_.IFunction, found) if found else lambda_.Function.from_function_arn(scope, "Function", arn)


def step(scope: Construct, name: str, **settings: Any) -> Step:
    return Step(name=name, does=function(scope), **settings)


def many(scope: Construct) -> dict[str, Any]:
    undone = {"undoes": function(scope), "for_each": "items"}
    return {"steps": [step(scope, "Reserve", **undone), step(scope, "Pack", **undone)], "max_items": 300}


REFUSALS = [
    Refusal(
        "reminders must leave 5 seconds or more between two, got 20 within 60 seconds",
        lambda _: {"reminders": 20, "decision_time": Duration.minutes(1)},
    ),
    Refusal(
        "approvers must be a standard topic: nobody gets mail from a FIFO topic",
        lambda scope: {"approvers": sns.Topic(scope, "Topic", fifo=True)},
    ),
    Refusal(
        "steps must have different names, got Charge more than once",
        lambda scope: {"steps": [step(scope, "Charge"), step(scope, "Charge")]},
    ),
    Refusal(
        "max_items must be at most 255 with these steps, got 300: with every retry they would fill an execution's "
        "history of 25000 entries, and nothing would be undone",
        many,
    ),
    Refusal("domain_name and certificate go together, got only domain_name", lambda _: {"domain_name": "a.example"}),
    Refusal(
        "decision_time must be between 10 seconds and 180 days, got 9 seconds",
        lambda _: {"decision_time": Duration.seconds(9)},
    ),
    Refusal("reminders must be between 0 and 20 reminders, got 21", lambda _: {"reminders": 21}),
    Refusal(
        "query_language must be one of jsonata, jsonpath, got 'jmespath'", lambda _: {"query_language": "jmespath"}
    ),
    Refusal("steps must hold 1 to 10 steps, got none", lambda _: {"steps": []}),
    Refusal(
        "steps[Charge]: at_once needs for_each: without it the step is done once an order",
        lambda scope: {"steps": [step(scope, "Charge", at_once=7)]},
    ),
]
