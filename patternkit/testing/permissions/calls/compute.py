"""Calls of Lambda, Step Functions and CloudWatch."""

from collections.abc import Iterator

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.calls.call import Call, Need, by_name


def lambda_(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of Lambda needs.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
    """
    name = call.parameters.get("FunctionName", "")
    if call.operation not in ("Invoke", "GetFunction", "GetFunctionConfiguration") or not name:
        yield from by_name("lambda", call)
        return
    qualifier = call.parameters.get("Qualifier")
    arn = name if name.startswith("arn:") else account.arn("lambda", f"function:{name}")
    action = "InvokeFunction" if call.operation == "Invoke" else call.operation
    yield f"lambda:{action}", f"{arn}:{qualifier}" if qualifier else arn, {}


def states(call: Call, _: Account) -> Iterator[Need]:
    """The permissions that a call of Step Functions needs.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
    """
    if call.operation not in ("StartExecution", "StartSyncExecution"):
        # A task token names no resource that could be looked up.
        yield from by_name("states", call)
        return
    yield f"states:{call.operation}", call.parameters["stateMachineArn"], {}


def cloudwatch(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of CloudWatch needs.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    """
    if call.operation == "DescribeAlarms" and call.parameters.get("AlarmTypes") == ["MetricAlarm"]:
        # Composite alarms can only be described with a permission on everything, alarms on metrics one by one.
        for name in call.parameters.get("AlarmNames") or ["*"]:
            yield "cloudwatch:DescribeAlarms", account.arn("cloudwatch", f"alarm:{name}"), {}
        return
    if call.operation == "PutMetricData":
        # The data set that the reference lists is named by nobody's call: policies allow it on "*", by namespace.
        yield "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": (call.parameters.get("Namespace", ""),)}
        return
    yield from by_name("cloudwatch", call)
