"""Templates of aliases whose traffic shifts."""

from collections.abc import Mapping
from typing import Any

BOTH = ("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST")


def template(
    *,
    configuration: Any = "CodeDeployDefault.LambdaCanary10Percent5Minutes",
    own: Mapping[str, Any] | None = None,
    before: Any = None,
    after: Any = None,
    alarms: Mapping[str, Mapping[str, Any]] | None = None,
    events: tuple[str, ...] = BOTH,
) -> dict[str, Any]:
    """A template with one alias.

    Args:
        configuration: The name of the deployment configuration.
        own: The traffic routing of a configuration `Own` in the template.
        before: The hook before traffic.
        after: The hook after it.
        alarms: The alarms' properties, by logical id.
        events: What CodeDeploy rolls back.
    """
    alarms = alarms or {}
    update = {"ApplicationName": {"Ref": "App"}, "DeploymentGroupName": {"Ref": "Group"}}
    if before is not None:
        update["BeforeAllowTrafficHook"] = before
    if after is not None:
        update["AfterAllowTrafficHook"] = after
    resources: dict[str, Any] = {
        "Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {"Name": "live"},
            "UpdatePolicy": {"CodeDeployLambdaAliasUpdate": update},
            "Metadata": {"aws:cdk:path": "Stack/Shop/Live/Resource"},
        },
        "Group": {
            "Type": "AWS::CodeDeploy::DeploymentGroup",
            "Properties": {
                "DeploymentConfigName": {"Ref": "Own"} if own is not None else configuration,
                "AlarmConfiguration": {"Enabled": True, "Alarms": [{"Name": {"Ref": name}} for name in alarms]},
                "AutoRollbackConfiguration": {"Enabled": True, "Events": list(events)},
            },
        },
    }
    if own is not None:
        resources["Own"] = {
            "Type": "AWS::CodeDeploy::DeploymentConfig",
            "Properties": {"ComputePlatform": "Lambda", "TrafficRoutingConfig": own},
        }
    for name, properties in alarms.items():
        resources[name] = {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}
    return {"Resources": resources}


def routing(kind: str, percentage: Any, interval: Any) -> dict[str, Any]:
    """The traffic routing of a configuration: "Canary" or "Linear"."""
    type_ = f"TimeBased{kind}"
    return {"Type": type_, type_: {f"{kind}Percentage": percentage, f"{kind}Interval": interval}}


def errors(**properties: Any) -> dict[str, Any]:
    """An alarm on errors in each minute."""
    return {"MetricName": "Errors", "Period": 60, "EvaluationPeriods": 1, **properties}
