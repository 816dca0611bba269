"""What every web pattern must keep. Nothing here names one: they are held by what their templates contain.

The example of each is read as it is, and once more with the arguments that its construct takes of those that web
patterns share: an alarm topic, a web ACL, a name in a zone and an existing VPC.
"""

import importlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration, Size
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template
from constructs import Construct

from patternkit.catalog.arguments import arguments
from patternkit.catalog.discovery import Pattern, patterns
from tests.conftest import example
from tests.constructs import app_for_its_template
from tests.patterns.web.certificates import certificate, vpc, web_acl, zone
from tests.patterns.web.discovered import WEB, every_web_pattern

EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Resources:
    """The resources of a template."""

    all: dict[str, dict[str, Any]]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Those of one kind, by logical id."""
        return {name: one for name, one in self.all.items() if one["Type"] == f"AWS::{kind}"}

    def properties(self, kind: str) -> list[dict[str, Any]]:
        """The properties of those of one kind."""
        return [one["Properties"] for one in self.of(kind).values()]

    def alarms_on(self, metric: str) -> list[dict[str, Any]]:
        """The alarms on a metric of this name."""
        return [one for one in self.properties("CloudWatch::Alarm") if one.get("MetricName") == metric]


@cache
def made(name: str) -> Resources:
    return Resources(example(name, "agnostic").template["Resources"])


def takes(pattern: Pattern) -> set[str]:
    return {one.name for one in arguments(pattern)}


# None of them is the default, so that one that is ignored is seen.
GIVEN: dict[str, Callable[[Construct], Any]] = {
    "alarm_topic": lambda scope: sns.Topic(scope, "Topic"),
    "application_port": lambda _: 9000,
    "container_port": lambda _: 9000,
    "deletion_protection": lambda _: False,
    "domain_name": lambda _: "www.example.com",
    "encryption_key": lambda scope: kms.Key(scope, "Key"),
    "environment": lambda _: {"SETTING": "value"},
    "health_check_grace_period": lambda _: Duration.minutes(4),
    "health_check_path": lambda _: "/ready",
    "hosted_zone": zone,
    "log_retention": lambda _: logs.RetentionDays.ONE_WEEK,
    "max_capacity": lambda _: 7,
    "min_capacity": lambda _: 3,
    "rollback_on_alarm": lambda _: False,
    "spot_share": lambda _: 30,
    "target_utilization": lambda _: 60,
    "volume_size": lambda _: Size.gibibytes(40),
    "vpc": vpc,
    "web_acl": web_acl,
}


@cache
def with_shared_arguments(name: str) -> Resources:
    """The example with every argument that web patterns share."""
    pattern = patterns()[name]
    app = app_for_its_template()
    scope = cdk.Stack(app, "Given")
    shared = {key: make(scope) for key, make in GIVEN.items() if key in takes(pattern)}
    stack_class = getattr(importlib.import_module(f"{pattern.module}.example"), pattern.stack)
    stack = stack_class(app, "Made", **shared)
    return Resources(Template.from_stack(stack).to_json()["Resources"])


def taking(*names: str) -> pytest.MarkDecorator:
    """Every web pattern whose construct takes these arguments."""
    members = [one.name for one in WEB if set(names) <= takes(one)]
    assert members, f"no web pattern takes {names}"
    return pytest.mark.parametrize("name", [pytest.param(one, marks=pytest.mark.xdist_group(one)) for one in members])


def attributes(balancer: dict[str, Any]) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in balancer["LoadBalancerAttributes"]}


@taking("vpc", "public_subnets")
def test_everything_stands_in_the_subnets_that_are_chosen(name: str) -> None:
    pattern = patterns()[name]
    app = app_for_its_template()
    network = vpc(cdk.Stack(app, "Given"), public=4, private=4)
    chosen: dict[str, Any] = {"public_subnets": network.public_subnets[2:]}
    if "private_subnets" in takes(pattern):
        chosen["private_subnets"] = network.select_subnets(subnet_group_name="Database").subnets
    stack_class = getattr(importlib.import_module(f"{pattern.module}.example"), pattern.stack)
    made = Template.from_stack(stack_class(app, "Made", vpc=network, **chosen)).to_json()["Resources"]
    ids = {one.subnet_id for subnets in chosen.values() for one in subnets}
    assert set(re.findall(r"subnet-[0-9a-f]+", json.dumps(made))) == ids


def value_of(dimensions: list[dict[str, Any]], name: str) -> Any:
    return next((one["Value"] for one in dimensions if one["Name"] == name), None)


def open_to_everybody(security_group: dict[str, Any]) -> set[int]:
    """The ports that a security group opens to the internet."""
    rules = security_group.get("SecurityGroupIngress", [])
    return {one["FromPort"] for one in rules if EVERYWHERE in (one.get("CidrIp"), one.get("CidrIpv6"))}


@pytest.mark.parametrize(
    "kind",
    [
        "AutoScaling::AutoScalingGroup",
        "EC2::LaunchTemplate",
        "EC2::VPC",
        "ECS::Service",
        "ECS::TaskDefinition",
        "ElasticLoadBalancingV2::LoadBalancer",
        "ElasticLoadBalancingV2::TargetGroup",
        "Events::Rule",
        "Lambda::Function",
        "Scheduler::Schedule",
    ],
)
def test_what_is_promised_below_is_held_by_some_pattern(kind: str) -> None:
    assert any(made(one.name).of(kind) for one in WEB)


@every_web_pattern
def test_clients_are_served_by_https_and_http_is_redirected(name: str) -> None:
    found = made(name)
    for balancer in found.of("ElasticLoadBalancingV2::LoadBalancer"):
        listeners = {
            one["Port"]: one
            for one in found.properties("ElasticLoadBalancingV2::Listener")
            if one["LoadBalancerArn"] == {"Ref": balancer}
        }
        assert set(listeners) == {80, 443}
        (redirect,) = listeners[80]["DefaultActions"]
        assert redirect["RedirectConfig"] == {"Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_301"}
        assert (listeners[443]["Protocol"], len(listeners[443]["Certificates"])) == ("HTTPS", 1)
        assert listeners[443]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
        assert {one["Type"] for one in listeners[443]["DefaultActions"]} == {"forward"}


@every_web_pattern
def test_a_load_balancer_logs_is_protected_and_refuses_malformed_headers(name: str) -> None:
    found = made(name)
    for balancer in found.of("ElasticLoadBalancingV2::LoadBalancer").values():
        given = attributes(balancer["Properties"])
        bucket = given["access_logs.s3.bucket"]
        assert given == {
            "access_logs.s3.bucket": bucket,
            "access_logs.s3.enabled": "true",
            "deletion_protection.enabled": "true",
            "idle_timeout.timeout_seconds": "60",
            "routing.http.desync_mitigation_mode": "defensive",
            "routing.http.drop_invalid_header_fields.enabled": "true",
        }
        policies = {
            policy: one for policy, one in found.of("S3::BucketPolicy").items() if one["Properties"]["Bucket"] == bucket
        }
        # It proves at once that it may write there.
        assert policies.keys() & set(balancer["DependsOn"])
        (writes,) = [
            one
            for policy in policies.values()
            for one in policy["Properties"]["PolicyDocument"]["Statement"]
            if one.get("Sid") == "LoadBalancerLogs"
        ]
        assert writes["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
        assert "aws:SourceArn" in writes["Condition"]["ArnLike"]


@every_web_pattern
def test_each_target_group_is_checked_and_watched(name: str) -> None:
    found = made(name)
    for group, resource in found.of("ElasticLoadBalancingV2::TargetGroup").items():
        checked = resource["Properties"]
        assert checked["HealthCheckPath"] == "/"
        assert checked["Matcher"] == {"HttpCode": "200"}
        assert (checked["HealthyThresholdCount"], checked["UnhealthyThresholdCount"]) == (2, 3)
        assert checked["HealthCheckTimeoutSeconds"] < checked["HealthCheckIntervalSeconds"]
        watched = {
            one["MetricName"]: one
            for one in found.properties("CloudWatch::Alarm")
            if value_of(one.get("Dimensions", []), "TargetGroup") == {"Fn::GetAtt": [group, "TargetGroupFullName"]}
        }
        assert watched.keys() >= {"HTTPCode_Target_5XX_Count", "UnHealthyHostCount"}
    if found.of("ElasticLoadBalancingV2::TargetGroup"):
        assert found.alarms_on("LambdaUserError") or found.alarms_on("TargetConnectionErrorCount")


@every_web_pattern
def test_a_load_balancers_own_errors_and_limit_are_watched(name: str) -> None:
    found = made(name)
    for balancer in found.of("ElasticLoadBalancingV2::LoadBalancer"):
        watched = {
            one["MetricName"]
            for one in found.properties("CloudWatch::Alarm")
            if value_of(one.get("Dimensions", []), "LoadBalancer") == {"Fn::GetAtt": [balancer, "LoadBalancerFullName"]}
        }
        assert watched >= {"HTTPCode_ELB_5XX_Count", "RejectedConnectionCount"}


@every_web_pattern
def test_only_the_entrance_is_open_to_the_internet(name: str) -> None:
    found = made(name)
    groups = {group: open_to_everybody(one["Properties"]) for group, one in found.of("EC2::SecurityGroup").items()}
    entrances = {group: ports for group, ports in groups.items() if ports}
    assert len(entrances) == 1
    balanced = bool(found.of("ElasticLoadBalancingV2::LoadBalancer"))
    assert list(entrances.values()) == [{80, 443} if balanced else {443}]
    for rule in found.properties("EC2::SecurityGroupIngress"):
        # Behind a load balancer, it alone is let in.
        assert next(iter(entrances)) in str(rule["SourceSecurityGroupId"])


@every_web_pattern
def test_what_runs_reaches_out_by_https_alone(name: str) -> None:
    found = made(name)
    balancers = str([one["SecurityGroups"] for one in found.properties("ElasticLoadBalancingV2::LoadBalancer")])
    for group, one in found.of("EC2::SecurityGroup").items():
        if group not in balancers:
            (rule,) = one["Properties"]["SecurityGroupEgress"]
            assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (443, 443, "tcp")


@every_web_pattern
def test_a_vpc_that_is_made_has_two_zones_no_public_addresses_by_default_and_flow_logs(name: str) -> None:
    found = made(name)
    subnets = found.properties("EC2::Subnet")
    assert len({str(one["AvailabilityZone"]) for one in subnets}) == 2
    assert not any(one["MapPublicIpOnLaunch"] for one in subnets)
    (flow_log,) = found.properties("EC2::FlowLog")
    assert (flow_log["TrafficType"], flow_log["MaxAggregationInterval"]) == ("ALL", 60)
    for user in ("AutoScaling::AutoScalingGroup", "ECS::Service", "ElasticLoadBalancingV2::LoadBalancer"):
        for one in found.of(user).values():
            # Routes first: what starts without a way out fails, and nobody starts it again.
            routes = found.of("EC2::Route").keys()
            if user != "ECS::Service" or "NetworkConfiguration" in one["Properties"]:
                assert routes <= set(one["DependsOn"]), user


@every_web_pattern
def test_instances_have_no_ssh_metadata_version_2_and_encrypted_disks(name: str) -> None:
    for one in made(name).properties("EC2::LaunchTemplate"):
        data = one["LaunchTemplateData"]
        assert "KeyName" not in data
        # A container in bridge mode is one hop further away than the instance, and does not reach its credentials.
        assert (data["MetadataOptions"]["HttpTokens"], data["MetadataOptions"]["HttpPutResponseHopLimit"]) == (
            "required",
            1,
        )
        assert [disk["Ebs"]["Encrypted"] for disk in data["BlockDeviceMappings"]] == [True]
        assert data["Monitoring"] == {"Enabled": True}


@every_web_pattern
def test_instances_are_public_only_where_there_is_no_load_balancer(name: str) -> None:
    found = made(name)
    balanced = bool(found.of("ElasticLoadBalancingV2::LoadBalancer"))
    for one in found.properties("EC2::LaunchTemplate"):
        interfaces = one["LaunchTemplateData"].get("NetworkInterfaces", [])
        assert [each["AssociatePublicIpAddress"] for each in interfaces] == ([] if balanced else [True])
    runs_inside = balanced and (found.of("EC2::LaunchTemplate") or found.of("ECS::Service"))
    assert len(found.of("EC2::NatGateway")) == (2 if runs_inside else 0)
    for group in found.properties("AutoScaling::AutoScalingGroup"):
        used = [one["Fn::GetAtt"][0] for one in group["VPCZoneIdentifier"]]
        assert len(used) == 2
        assert all(("Private" if balanced else "Public") in one for one in used)


@every_web_pattern
def test_a_group_is_replaced_new_instances_first_and_missing_ones_are_told(name: str) -> None:
    found = made(name)
    for logical_id, group in found.of("AutoScaling::AutoScalingGroup").items():
        refresh = group["UpdatePolicy"]["AutoScalingInstanceRefresh"]
        assert refresh["Preferences"]["MinHealthyPercentage"] == 100
        (missing,) = found.alarms_on("GroupInServiceInstances")
        assert missing["Dimensions"] == [{"Name": "AutoScalingGroupName", "Value": {"Ref": logical_id}}]
        assert missing["Threshold"] == int(group["Properties"]["MinSize"])
        assert (missing["TreatMissingData"], missing["EvaluationPeriods"]) == ("breaching", 10)
        assert group["Properties"]["MetricsCollection"] == [{"Granularity": "1Minute"}]


@every_web_pattern
def test_failed_launches_are_told(name: str) -> None:
    for group in with_shared_arguments(name).properties("AutoScaling::AutoScalingGroup"):
        (told,) = group["NotificationConfigurations"]
        assert told["NotificationTypes"] == [
            "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
            "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
        ]


@every_web_pattern
def test_a_failed_deployment_of_containers_is_rolled_back_and_told(name: str) -> None:
    found = made(name)
    for service, resource in found.of("ECS::Service").items():
        deployment = resource["Properties"]["DeploymentConfiguration"]
        assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
        assert deployment["MinimumHealthyPercent"] == 100
        assert resource["Properties"]["EnableExecuteCommand"] is False
        (rule,) = [one for one in found.properties("Events::Rule") if "aws.ecs" in one["EventPattern"]["source"]]
        assert rule["EventPattern"] == {
            "source": ["aws.ecs"],
            "detail-type": ["ECS Deployment State Change"],
            "resources": [{"Ref": service}],
            "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
        }
        (queue,) = [one for one in found.of("SQS::Queue") if {"Fn::GetAtt": [one, "Arn"]} == rule["Targets"][0]["Arn"]]
        waiting = [
            value_of(one["Dimensions"], "QueueName") for one in found.alarms_on("ApproximateNumberOfMessagesVisible")
        ]
        assert {"Fn::GetAtt": [queue, "QueueName"]} in waiting
        (missing,) = [one for one in found.properties("CloudWatch::Alarm") if "Metrics" in one]
        assert {query.get("Expression") for query in missing["Metrics"]} == {"desired - running", None}


@every_web_pattern
def test_a_service_waits_for_the_permissions_that_its_tasks_start_with(name: str) -> None:
    found = made(name)
    tasks = found.of("ECS::TaskDefinition")
    for service in found.of("ECS::Service").values():
        task = tasks[service["Properties"]["TaskDefinition"]["Ref"]]["Properties"]
        roles = [task[role]["Fn::GetAtt"][0] for role in ("ExecutionRoleArn", "TaskRoleArn")]
        policies = {
            policy
            for policy, one in found.of("IAM::Policy").items()
            if any({"Ref": role} in one["Properties"]["Roles"] for role in roles)
        }
        assert policies
        assert policies <= set(service["DependsOn"])


@every_web_pattern
def test_the_page_tells_what_becomes_of_a_first_deployment_that_fails(name: str) -> None:
    protected = any(
        attributes(one)["deletion_protection.enabled"] == "true"
        for one in made(name).properties("ElasticLoadBalancingV2::LoadBalancer")
    )
    page = (patterns()[name].folder / "README.md").read_text(encoding="utf-8")
    assert ("ROLLBACK_FAILED" in page) == protected


@every_web_pattern
def test_a_task_has_a_role_of_its_own_that_may_do_nothing(name: str) -> None:
    found = made(name)
    for task in found.properties("ECS::TaskDefinition"):
        role = task["TaskRoleArn"]["Fn::GetAtt"][0]
        assert task["ExecutionRoleArn"]["Fn::GetAtt"][0] != role
        assert not [policy for policy in found.properties("IAM::Policy") if role in str(policy["Roles"])]
        (container,) = task["ContainerDefinitions"]
        assert container["ReadonlyRootFilesystem"] is True
        assert not container.get("Privileged")


@every_web_pattern
def test_every_asynchronous_edge_has_its_dead_letters(name: str) -> None:
    found = made(name)
    queues = [{"Fn::GetAtt": [one, "Arn"]} for one in found.of("SQS::Queue")]
    for schedule in found.properties("Scheduler::Schedule"):
        assert schedule["Target"]["DeadLetterConfig"]["Arn"] in queues
    for rule in found.properties("Events::Rule"):
        for target in rule["Targets"]:
            assert target["Arn"] in queues or target["DeadLetterConfig"]["Arn"] in queues
    for config in found.properties("Lambda::EventInvokeConfig"):
        assert config["DestinationConfig"]["OnFailure"]["Destination"] in queues
    watched = [
        value_of(one["Dimensions"], "QueueName") for one in found.alarms_on("ApproximateNumberOfMessagesVisible")
    ]
    assert all({"Fn::GetAtt": [one, "QueueName"]} in watched for one in found.of("SQS::Queue"))


@every_web_pattern
def test_services_act_for_this_account_alone(name: str) -> None:
    # Those that AWS says to name the source for; others act by their own instances and functions.
    confusable = ("ecs-tasks", "scheduler", "vpc-flow-logs")
    for role in made(name).properties("IAM::Role"):
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            if str(statement["Principal"]).partition(".amazonaws")[0].rpartition("'")[2] in confusable:
                assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
                assert "aws:SourceArn" in str(statement["Condition"])


@every_web_pattern
def test_addresses_outlive_the_stack_but_not_a_creation_that_fails(name: str) -> None:
    for address in made(name).of("EC2::EIP").values():
        assert (address["DeletionPolicy"], address["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


@every_web_pattern
def test_only_services_with_a_named_source_may_invoke_a_function(name: str) -> None:
    for permission in made(name).properties("Lambda::Permission"):
        assert permission["SourceArn"]


@taking("certificate", "domain_name", "hosted_zone")
def test_a_name_gets_its_certificate_and_its_record(name: str) -> None:
    found = with_shared_arguments(name)
    (own,) = found.properties("CertificateManager::Certificate")
    assert (own["DomainName"], own["ValidationMethod"]) == ("www.example.com", "DNS")
    (record,) = found.properties("Route53::RecordSet")
    assert (record["Name"], record["Type"]) == ("www.example.com.", "A")
    assert "AliasTarget" in record


@taking("certificate")
def test_a_certificate_must_be_in_the_load_balancers_region(name: str) -> None:
    pattern = patterns()[name]
    construct = getattr(importlib.import_module(pattern.module), pattern.construct)
    stack = cdk.Stack(cdk.App(), "Somewhere", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    with pytest.raises(ValueError, match=r"^certificate must be in eu-west-1, the Region of the stack, got one in "):
        construct(stack, "Made", certificate=certificate(stack, "us-east-1"))


@taking("web_acl")
def test_a_web_acl_filters_what_the_load_balancer_is_asked(name: str) -> None:
    found = with_shared_arguments(name)
    (association,) = found.properties("WAFv2::WebACLAssociation")
    (balancer,) = found.of("ElasticLoadBalancingV2::LoadBalancer")
    assert association["ResourceArn"] == {"Ref": balancer}
    assert not found.of("WAFv2::WebACL")


@taking("vpc")
def test_an_existing_vpc_is_left_as_it_is(name: str) -> None:
    found = with_shared_arguments(name)
    for kind in ("VPC", "Subnet", "Route", "RouteTable", "NatGateway", "InternetGateway", "FlowLog"):
        assert not found.of(f"EC2::{kind}"), kind
    for group in found.properties("AutoScaling::AutoScalingGroup"):
        balanced = bool(found.of("ElasticLoadBalancingV2::LoadBalancer"))
        assert group["VPCZoneIdentifier"] == [f"subnet-000000{2 if balanced else 1}{number}" for number in range(2)]
    for balancer in found.properties("ElasticLoadBalancingV2::LoadBalancer"):
        assert balancer["Subnets"] == ["subnet-00000010", "subnet-00000011"]
