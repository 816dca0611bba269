"""What load balanced instances promise, by name."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template

from patterns.web.load_balanced_instances import LoadBalancedInstances, ScalingStep, ScheduledCapacity
from patterns.web.load_balancing.https_front import HttpsFront
from tests.patterns.web.balancer_refusals import concrete_stack
from tests.patterns.web.certificates import certificate


def template(scope: cdk.Stack, **arguments: Any) -> Template:
    if "domain_name" not in arguments:
        arguments["certificate"] = certificate(scope)
    LoadBalancedInstances(scope, "Made", **arguments)
    return Template.from_stack(scope)


def group(made: Template) -> dict[str, Any]:
    (found,) = made.find_resources("AWS::AutoScaling::AutoScalingGroup").values()
    return dict(found)


def properties(made: Template, kind: str) -> list[dict[str, Any]]:
    return [found["Properties"] for found in made.find_resources(f"AWS::{kind}").values()]


def test_only_the_load_balancer_is_public(scope: cdk.Stack) -> None:
    made = template(scope)
    open_groups = {
        name
        for name, found in made.find_resources("AWS::EC2::SecurityGroup").items()
        for rule in found["Properties"].get("SecurityGroupIngress", [])
        if rule.get("CidrIp") == "0.0.0.0/0"
    }
    assert len(open_groups) == 1
    assert next(iter(open_groups)).startswith("MadeBalancer")
    (ingress,) = properties(made, "EC2::SecurityGroupIngress")
    assert (ingress["FromPort"], ingress["ToPort"]) == (8080, 8080)
    assert next(iter(open_groups)) in str(ingress["SourceSecurityGroupId"])
    subnets = {one["Fn::GetAtt"][0] for one in group(made)["Properties"]["VPCZoneIdentifier"]}
    assert len(subnets) == 2
    assert all("Private" in one for one in subnets)


def test_an_update_is_an_instance_refresh_that_its_alarm_rolls_back(scope: cdk.Stack) -> None:
    made = template(scope)
    policy = group(made)["UpdatePolicy"]
    assert "AutoScalingRollingUpdate" not in policy
    preferences = policy["AutoScalingInstanceRefresh"]["Preferences"]
    assert preferences["MinHealthyPercentage"] == 100
    (alarm,) = preferences["AlarmSpecification"]["Alarms"]
    watched = made.find_resources("AWS::CloudWatch::Alarm")[alarm["Ref"]]["Properties"]
    assert watched["MetricName"] == "HTTPCode_Target_5XX_Count"


def test_processes_rest_during_a_rolling_update(scope: cdk.Stack) -> None:
    policy = group(template(scope, suspended_processes=["AZRebalance", "AlarmNotification"]))["UpdatePolicy"]
    assert "AutoScalingInstanceRefresh" not in policy
    assert policy["AutoScalingRollingUpdate"]["SuspendProcesses"] == ["AZRebalance", "AlarmNotification"]


def test_the_load_balancers_check_decides(scope: cdk.Stack) -> None:
    made = group(template(scope, health_check_grace_period=cdk.Duration.minutes(2)))["Properties"]
    assert made["HealthCheckType"] == "ELB"
    assert made["HealthCheckGracePeriod"] == 120


@pytest.mark.parametrize("target", [40, 70])
def test_cpu_is_tracked(scope: cdk.Stack, target: int) -> None:
    (policy,) = properties(template(scope, target_utilization=target), "AutoScaling::ScalingPolicy")
    tracked = policy["TargetTrackingConfiguration"]
    assert tracked["TargetValue"] == target
    assert tracked["PredefinedMetricSpecification"]["PredefinedMetricType"] == "ASGAverageCPUUtilization"


def test_requests_are_tracked_at_the_same_utilization(scope: cdk.Stack) -> None:
    made = template(scope, scale_on="requests", requests_per_instance=600, target_utilization=60)
    (policy,) = properties(made, "AutoScaling::ScalingPolicy")
    tracked = policy["TargetTrackingConfiguration"]
    assert tracked["TargetValue"] == 360
    assert tracked["PredefinedMetricSpecification"]["PredefinedMetricType"] == "ALBRequestCountPerTarget"


def test_steps_schedules_and_forecasts_are_added(scope: cdk.Stack) -> None:
    made = template(
        scope,
        steps=[ScalingStep(cpu=80, add=1), ScalingStep(cpu=90, add=3)],
        scheduled=[
            ScheduledCapacity(name="Day", cron="0 8 * * 1-5", min_capacity=4, time_zone=cdk.TimeZone.EUROPE_BERLIN)
        ],
        predictive="scale",
    )
    policies = {one["PolicyType"]: one for one in properties(made, "AutoScaling::ScalingPolicy")}
    assert set(policies) == {"TargetTrackingScaling", "StepScaling", "PredictiveScaling"}
    # Bounds count from the alarm's own line, which is the first step's.
    assert policies["StepScaling"]["StepAdjustments"] == [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 3},
    ]
    assert policies["PredictiveScaling"]["PredictiveScalingConfiguration"]["Mode"] == "ForecastAndScale"
    (action,) = properties(made, "AutoScaling::ScheduledAction")
    assert (action["MinSize"], action["Recurrence"], action["TimeZone"]) == (4, "0 8 * * 1-5", "Europe/Berlin")


@pytest.mark.parametrize(("scheduled", "tracked"), [({"max_capacity": 10}, 1), ({"min_capacity": 2}, 0)])
def test_a_group_of_one_size_tracks_its_load_once_a_schedule_gives_it_room(
    scope: cdk.Stack, scheduled: dict[str, Any], tracked: int
) -> None:
    day = ScheduledCapacity(name="Day", cron="0 8 * * *", **scheduled)
    made = template(scope, min_capacity=2, max_capacity=2, scheduled=[day])
    made.resource_count_is("AWS::AutoScaling::ScalingPolicy", tracked)


def test_bounds_of_a_schedule_may_be_tokens(scope: cdk.Stack) -> None:
    number = cdk.CfnParameter(scope, "Most", type="Number").value_as_number
    day = ScheduledCapacity(name="Day", cron="0 8 * * *", min_capacity=3, max_capacity=number)  # type: ignore[arg-type]
    (action,) = properties(template(scope, scheduled=[day]), "AutoScaling::ScheduledAction")
    assert (action["MinSize"], action["MaxSize"]) == (3, {"Ref": "Most"})


def test_the_alarm_that_starts_the_steps_is_listed_and_tells(scope: cdk.Stack) -> None:
    topic = sns.Topic(scope, "Topic")
    steps = [ScalingStep(cpu=80, add=1), ScalingStep(cpu=90, add=3)]
    made = LoadBalancedInstances(scope, "Made", certificate=certificate(scope), steps=steps, alarm_topic=topic)
    alarms = Template.from_stack(scope).find_resources("AWS::CloudWatch::Alarm")
    assert {scope.get_logical_id(one.node.default_child) for one in made.alarms} == set(alarms)  # type: ignore[arg-type]
    (stepped,) = [one["Properties"] for one in alarms.values() if one["Properties"]["MetricName"] == "CPUUtilization"]
    told = {"Ref": scope.get_logical_id(topic.node.default_child)}  # type: ignore[arg-type]
    assert told in stepped["AlarmActions"]
    assert told in stepped["OKActions"]
    assert len(stepped["AlarmActions"]) == 2


def test_a_forecast_of_requests_names_the_load_balancer(scope: cdk.Stack) -> None:
    made = template(scope, scale_on="requests", requests_per_instance=600, predictive="forecast")
    policies = {one["PolicyType"]: one for one in properties(made, "AutoScaling::ScalingPolicy")}
    found = policies["PredictiveScaling"]
    configuration = found["PredictiveScalingConfiguration"]
    assert configuration["Mode"] == "ForecastOnly"
    (metric,) = configuration["MetricSpecifications"]
    assert metric["TargetValue"] == 300
    assert "LoadBalancer" in str(metric["PredefinedMetricPairSpecification"]["ResourceLabel"])


def test_spot_stands_on_an_on_demand_base(scope: cdk.Stack) -> None:
    types = [ec2.InstanceType(name) for name in ("m7g.large", "m6g.large")]
    made = group(template(scope, instance_types=types, spot_share=75))["Properties"]
    distribution = made["MixedInstancesPolicy"]["InstancesDistribution"]
    assert distribution["OnDemandBaseCapacity"] == 2
    assert distribution["OnDemandPercentageAboveBaseCapacity"] == 25
    assert distribution["SpotAllocationStrategy"] == "price-capacity-optimized"
    assert made["CapacityRebalance"] is True
    overrides = made["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"]
    assert [one["InstanceType"] for one in overrides] == ["m7g.large", "m6g.large"]


def test_a_warm_pool_waits_stopped_and_fully_installed(scope: cdk.Stack) -> None:
    made = template(scope, warm_pool=2)
    ((_, pool),) = made.find_resources("AWS::AutoScaling::WarmPool").items()
    assert (pool["Properties"]["MinSize"], pool["Properties"]["PoolState"]) == (2, "Stopped")
    ((hook_id, hook),) = made.find_resources("AWS::AutoScaling::LifecycleHook").items()
    assert hook["Properties"]["LifecycleHookName"] == "installed"
    assert hook["Properties"]["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_LAUNCHING"
    assert (hook["Properties"]["DefaultResult"], hook["Properties"]["HeartbeatTimeout"]) == ("ABANDON", 900)
    assert hook_id in pool["DependsOn"]
    (launch,) = properties(made, "EC2::LaunchTemplate")
    assert "touch /var/lib/web-installed" in str(launch["LaunchTemplateData"]["UserData"])


def test_logs_can_be_uploaded_until_the_group_is_gone(scope: cdk.Stack) -> None:
    made = template(scope)
    uploads = {
        name
        for name, policy in made.find_resources("AWS::IAM::Policy").items()
        if "s3:PutObject" in str(policy["Properties"]["PolicyDocument"])
    }
    (upload,) = uploads
    assert upload in group(made)["DependsOn"]
    assert "MadeGroup" not in str(made.find_resources("AWS::IAM::Policy")[upload])


def test_a_rolling_update_of_a_group_of_one_can_go_on(scope: cdk.Stack) -> None:
    made = template(scope, min_capacity=1, max_capacity=1, suspended_processes=["AZRebalance"])
    assert group(made)["UpdatePolicy"]["AutoScalingRollingUpdate"]["MinInstancesInService"] == 0


def test_what_mends_an_alarm_can_be_deployed_while_it_is_on(scope: cdk.Stack) -> None:
    policy = group(template(scope, rollback_on_alarm=False))["UpdatePolicy"]["AutoScalingInstanceRefresh"]
    assert "AlarmSpecification" not in policy["Preferences"]


def test_auto_scaling_may_use_the_key_of_the_topic_that_it_notifies(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    made = template(scope, alarm_topic=sns.Topic(scope, "Topic", master_key=key))
    (policy,) = [one["KeyPolicy"] for one in properties(made, "KMS::Key")]
    (statement,) = [one for one in policy["Statement"] if one.get("Sid") == "AutoScalingNotifies"]
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert statement["Condition"]["StringEquals"] == {"kms:CallerAccount": {"Ref": "AWS::AccountId"}}
    assert "AWSServiceRoleForAutoScaling" in str(statement["Condition"]["ArnLike"]["aws:PrincipalArn"])


def test_an_instance_is_let_go_only_by_itself_or_after_five_minutes(scope: cdk.Stack) -> None:
    made = template(scope)
    # A property of the group, so that it is not deleted before the group's last instances are.
    assert group(made)["Properties"]["LifecycleHookSpecificationList"] == [
        {
            "DefaultResult": "CONTINUE",
            "HeartbeatTimeout": 300,
            "LifecycleHookName": "save-logs",
            "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        }
    ]
    made.resource_count_is("AWS::AutoScaling::LifecycleHook", 0)
    statements = [
        statement
        for policy in properties(made, "IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "CompleteLifecycleAction" in str(statement["Action"])
    ]
    (complete,) = statements
    assert "MadeGroup" in str(complete["Resource"])


def test_saved_logs_take_a_customers_key_with_its_permissions(scope: cdk.Stack) -> None:
    made = template(scope, encryption_key=kms.Key(scope, "Key"))
    made.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [Match.object_like({"Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Effect": "Allow"})]
                )
            }
        },
    )


def test_a_custom_check_may_declare_instances_of_this_group_unhealthy(scope: cdk.Stack) -> None:
    made = template(scope, health_check="curl --fail http://localhost:8080/deep")
    (permission,) = [
        statement
        for policy in properties(made, "IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "autoscaling:SetInstanceHealth" in statement["Action"]
    ]
    assert "MadeGroup" in str(permission["Resource"])


def test_instances_may_not_declare_health_unless_there_is_a_check(scope: cdk.Stack) -> None:
    assert "autoscaling:SetInstanceHealth" not in str(properties(template(scope), "IAM::Policy"))


def test_a_certificate_whose_region_is_not_known_passes() -> None:
    stack = concrete_stack()
    given = cdk.CfnParameter(stack, "Arn").value_as_string
    certificate = acm.Certificate.from_certificate_arn(stack, "Given", given)
    HttpsFront(certificate=certificate, domain_name=None, hosted_zone=None, web_acl=None).check(stack)
