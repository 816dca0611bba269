from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.events.canary_function import CanaryFunction
from tests.refusals import Refusal


def ready(scope: Construct) -> lambda_.Function:
    """A function in the stack of the construct, which that of a refusal's arguments stands in."""
    parent = scope.node.scope
    if isinstance(scope, Stack) and isinstance(parent, Stack):
        scope = Construct(parent, f"Of{scope.node.id}")
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    runtime = lambda_.Runtime.PYTHON_3_14
    return lambda_.Function(scope, "Ready", code=code, handler="index.handler", runtime=runtime)


def elsewhere(scope: Construct) -> lambda_.Function:
    root = scope.node.root
    assert isinstance(root, Construct)
    found = root.node.try_find_child("Elsewhere")
    return ready(Construct(found if isinstance(found, Stack) else Stack(root, "Elsewhere"), scope.node.addr[-6:]))


def taken(scope: Construct) -> dict[str, Any]:
    function = ready(scope)
    CanaryFunction(function, "First", function=function)
    return {"function": function}


def no_use_for_the_probe(scope: Construct) -> dict[str, Any]:
    hook = ready(scope)
    return {"before_traffic": hook, "after_traffic": hook, "probe": {}}


OWN = "must not be given with function: a ready function has its own"
REFUSALS = [
    Refusal(
        "percentage must not be given with shift='all_at_once': there are no steps",
        lambda _: {"shift": "all_at_once", "percentage": 10},
    ),
    Refusal(
        "interval must not be given with shift='all_at_once': there are no steps",
        lambda _: {"shift": "all_at_once", "interval": Duration.minutes(5)},
    ),
    Refusal(
        "interval must be at least 2 minutes with shift='canary' and percentage 10: the new version would have all "
        "traffic before an alarm can go off, got 1 minute",
        lambda _: {"interval": Duration.minutes(1)},
    ),
    Refusal(
        "interval must be at least 2 minutes with shift='linear' and percentage 50: the new version would have all "
        "traffic before an alarm can go off, got 1 minute",
        lambda _: {"shift": "linear", "percentage": 50, "interval": Duration.minutes(1)},
    ),
    Refusal(
        "calls_per_minute must give the new version at least 10 calls in the first step, or no alarm has anything to "
        "measure: 5 a minute, 10 percent of them for 5 minutes, are 2.5; take a longer interval or a larger percentage",
        lambda _: {"calls_per_minute": 5},
    ),
    Refusal("percentage must be between 1 and 99 percent, got 100", lambda _: {"percentage": 100}),
    Refusal("shift must be one of all_at_once, canary, linear, got 'sudden'", lambda _: {"shift": "sudden"}),
    Refusal("interval must be whole minutes, got 1 minute 30 seconds", lambda _: {"interval": Duration.seconds(90)}),
    Refusal(
        "probe must not be given with before_traffic and after_traffic: no hook would send it", no_use_for_the_probe
    ),
    Refusal(f"timeout {OWN}", lambda scope: {"function": ready(scope), "timeout": Duration.seconds(3)}),
    Refusal("code and handler go together, got only handler", lambda _: {"handler": "index.handler"}),
    Refusal(
        "function must stand in the construct's stack, Test, got a function of Elsewhere: no new version of it could "
        "be deployed",
        lambda scope: {"function": elsewhere(scope)},
    ),
    Refusal(
        "before_traffic must stand in the construct's stack, Test, got a function of Elsewhere: their stacks would "
        "wait for each other",
        lambda scope: {"before_traffic": elsewhere(scope)},
    ),
    Refusal(
        "after_traffic must have a role that is known, which must be allowed to answer CodeDeploy: import it with "
        "Function.from_function_attributes(role=...)",
        lambda scope: {
            "after_traffic": lambda_.Function.from_function_arn(
                scope, "Hook", "arn:aws:lambda:eu-west-1:111122223333:function:existing"
            )
        },
    ),
    Refusal("alias_name must be another for each construct of one function: it has an alias 'live'", taken),
    Refusal(
        "alias_name must be up to 128 letters, digits, _ and -, and no number alone, got '1'",
        lambda _: {"alias_name": "1"},
    ),
    Refusal(
        "interval must be at most 320 minutes with shift='linear' and percentage 10: AWS CodeDeploy takes 2880 minutes "
        "from the first step to the last, got 2880 minutes, which are 25920 in all",
        lambda _: {"shift": "linear", "percentage": 10, "interval": Duration.days(2)},
    ),
    Refusal(
        "interval must be at most 29 minutes with shift='linear' and percentage 1: AWS CodeDeploy takes 2880 minutes "
        "from the first step to the last, got 30 minutes, which are 2970 in all",
        lambda _: {"shift": "linear", "percentage": 1, "interval": Duration.minutes(30)},
    ),
    Refusal("probe must have at most 3900 bytes in JSON, got 5009", lambda _: {"probe": {"x": "y" * 5000}}),
]
