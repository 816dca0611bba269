"""What HttpBackendApi promises of its template."""

import copy
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Match, Template

from patternkit.routes import Network, reaches, symmetric
from patterns.api.http_backend_api import HttpBackendApi
from patterns.building_blocks.settings import Settings
from patterns.web.networking.web_vpc import WebVpc
from tests.patterns.api.api_to_queue.conftest import resources
from tests.patterns.api.http_backend_api.balancers import existing
from tests.patterns.network.synthesized import network

URL = "https://orders.example.com/v1/"
HEADER = "integration.request.header."


def integrations(scope: cdk.Stack) -> list[dict[str, Any]]:
    methods = resources(Template.from_stack(scope).to_json(), "AWS::ApiGateway::Method")
    return sorted((one["Integration"] for one in methods), key=lambda one: str(one["Uri"]))


def test_every_method_and_path_is_handed_over_below_the_address(scope: cdk.Stack) -> None:
    HttpBackendApi(scope, "Api", url=URL, timeout=cdk.Duration.seconds(5))
    root, below = integrations(scope)
    assert (root["Uri"], below["Uri"]) == ("https://orders.example.com/v1/", "https://orders.example.com/v1/{proxy}")
    for one in (root, below):
        assert (one["Type"], one["IntegrationHttpMethod"], one["TimeoutInMillis"]) == ("HTTP_PROXY", "ANY", 5000)
        assert "ConnectionType" not in one
    assert below["RequestParameters"]["integration.request.path.proxy"] == "method.request.path.proxy"
    methods = resources(Template.from_stack(scope).to_json(), "AWS::ApiGateway::Method")
    assert {(one["HttpMethod"], one["AuthorizationType"]) for one in methods} == {("ANY", "AWS_IAM")}


def test_bodies_pass_as_bytes(scope: cdk.Stack) -> None:
    HttpBackendApi(scope, "Api", url=URL)
    Template.from_stack(scope).has_resource_properties("AWS::ApiGateway::RestApi", {"BinaryMediaTypes": ["*/*"]})


def options(scope: cdk.Stack, authorization: str) -> dict[str, Any]:
    more: dict[str, dict[str, Any]] = {
        "cognito": {"user_pools": [cognito.UserPool.from_user_pool_id(scope, "Users", "eu-west-1_abcdef123")]},
        "function": {
            "authorizer_function": lambda_.Function.from_function_arn(
                scope, "Decides", "arn:aws:lambda:eu-west-1:111122223333:function:decides"
            )
        },
    }
    return {"authorization": authorization, **more.get(authorization, {})}


@pytest.mark.parametrize(
    ("authorization", "caller", "secret"),
    [
        ("iam", "context.identity.userArn", None),
        ("cognito", "context.authorizer.claims.sub", "Authorization"),
        ("function", "context.authorizer.principalId", "Authorization"),
        ("api_key", "context.identity.apiKeyId", "X-API-Key"),
    ],
)
def test_the_backend_learns_who_called_and_not_their_secret(
    scope: cdk.Stack, authorization: str, caller: str, secret: str | None
) -> None:
    HttpBackendApi(scope, "Api", url=URL, **options(scope, authorization))
    for one in integrations(scope):
        given = {name.removeprefix(HEADER): value for name, value in one["RequestParameters"].items() if HEADER in name}
        assert given == {"X-Caller": caller, **({secret: "'removed'"} if secret else {})}


def test_a_token_is_forwarded_if_asked_for(scope: cdk.Stack) -> None:
    HttpBackendApi(scope, "Api", url=URL, forward_authorization=True, **options(scope, "cognito"))
    assert all(f"{HEADER}Authorization" not in one["RequestParameters"] for one in integrations(scope))


def test_headers_of_ones_own_are_constants(scope: cdk.Stack) -> None:
    HttpBackendApi(scope, "Api", url=URL, headers={"X-Origin": "api"}, caller_header="X-User")
    for one in integrations(scope):
        assert one["RequestParameters"][f"{HEADER}X-Origin"] == "'api'"
        assert f"{HEADER}X-User" in one["RequestParameters"]


def test_a_load_balancer_is_reached_by_a_link_at_its_port_alone(scope: cdk.Stack) -> None:
    balancer = existing(scope)
    HttpBackendApi(scope, "Api", url="https://orders.example.com:8443", load_balancer=balancer)
    template = Template.from_stack(scope)
    ((link, properties),) = template.find_resources("AWS::ApiGatewayV2::VpcLink").items()
    assert properties["Properties"]["SubnetIds"] == ["subnet-00000020", "subnet-00000021"]
    for one in integrations(scope):
        assert (one["ConnectionType"], one["ConnectionId"]) == ("VPC_LINK", {"Ref": link})
        assert one["IntegrationTarget"] == balancer.load_balancer_arn
    (ingress,) = resources(template.to_json(), "AWS::EC2::SecurityGroupIngress")
    (egress,) = resources(template.to_json(), "AWS::EC2::SecurityGroupEgress")
    assert (ingress["GroupId"], ingress["FromPort"], ingress["ToPort"]) == ("sg-0123456789abcdef0", 8443, 8443)
    assert (egress["DestinationSecurityGroupId"], egress["FromPort"]) == ("sg-0123456789abcdef0", 8443)
    (group,) = template.find_resources("AWS::EC2::SecurityGroup")
    assert egress["GroupId"] == {"Fn::GetAtt": [group, "GroupId"]} == ingress["SourceSecurityGroupId"]
    # Nothing is allowed to the group beside that: this is how the CDK says so.
    (own,) = resources(template.to_json(), "AWS::EC2::SecurityGroup")
    assert [one["CidrIp"] for one in own.get("SecurityGroupEgress", [])] in ([], ["255.255.255.255/32"])
    assert "SecurityGroupIngress" not in own


def test_another_load_balancer_is_another_deployment() -> None:
    deployments = set()
    for name in ("a", "b"):
        stack = cdk.Stack(cdk.App(), "Test")
        balancer = elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
            stack,
            "Balancer",
            load_balancer_arn=f"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/{name}/0",
            security_group_id="sg-1",
            vpc=existing(stack).vpc,
        )
        HttpBackendApi(stack, "Api", url="https://a.example.com", load_balancer=balancer)
        deployments |= set(Template.from_stack(stack).find_resources("AWS::ApiGateway::Deployment"))
    assert len(deployments) == 2


def test_http_within_the_vpc_opens_port_80(scope: cdk.Stack) -> None:
    HttpBackendApi(scope, "Api", url="http://orders.internal", load_balancer=existing(scope))
    Template.from_stack(scope).has_resource_properties("AWS::EC2::SecurityGroupIngress", {"FromPort": 80})


def balanced(scope: cdk.Stack) -> tuple[Any, Any]:
    listener = elbv2.ApplicationListener.from_application_listener_attributes(
        scope,
        "Listener",
        listener_arn="arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/orders/0123456789abcdef/1",
        security_group=ec2.SecurityGroup.from_security_group_id(scope, "ListenerGroup", "sg-0123456789abcdef0"),
    )
    group = elbv2.ApplicationTargetGroup.from_target_group_attributes(
        scope,
        "Group",
        target_group_arn="arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef",
    )
    return listener, group


def test_the_stage_is_taken_off_the_path_behind_a_link(scope: cdk.Stack) -> None:
    listener, group = balanced(scope)
    api = HttpBackendApi(scope, "Api", url="http://orders.internal", load_balancer=existing(scope), stage_name="v_1")
    api.take_stage_off(listener, [group], priority=7)
    (rule,) = resources(Template.from_stack(scope).to_json(), "AWS::ElasticLoadBalancingV2::ListenerRule")
    assert (rule["ListenerArn"], rule["Priority"]) == (listener.listener_arn, 7)
    (condition,) = rule["Conditions"]
    assert condition["PathPatternConfig"]["Values"] == ["/v_1", "/v_1/*"]
    assert rule["Actions"][0]["ForwardConfig"]["TargetGroups"] == [
        {"TargetGroupArn": group.target_group_arn, "Weight": 1}
    ]
    (rewrite,) = rule["Transforms"][0]["UrlRewriteConfig"]["Rewrites"]
    replace = rewrite["Replace"].replace("$1", "\\1")
    rewritten = {
        path: re.sub(rewrite["Regex"], replace, path) for path in ("/v_1", "/v_1/", "/v_1/a/v_1/b", "/v_1/a?b=/v_1")
    }
    assert list(rewritten.values()) == ["/", "/", "/a/v_1/b", "/a?b=/v_1"]


def test_there_is_a_stage_to_take_off_only_behind_a_link(scope: cdk.Stack) -> None:
    listener, group = balanced(scope)
    with pytest.raises(ValueError, match=r"^listener needs load_balancer: over the internet no stage is in the path$"):
        HttpBackendApi(scope, "Open", url=URL).take_stage_off(listener, [group])
    api = HttpBackendApi(scope, "Api", url=URL, load_balancer=existing(scope), cloudwatch_role=False)
    with pytest.raises(ValueError, match=r"^target_groups must be 1 to 5, got 0$"):
        api.take_stage_off(listener, [])
    with pytest.raises(ValueError, match=r"^priority must be between 1 and 50000, got 0$"):
        api.take_stage_off(listener, [group], priority=0)


def test_a_cache_is_encrypted_and_told_apart_by_path_and_what_is_named(scope: cdk.Stack) -> None:
    HttpBackendApi(scope, "Api", url=URL, cache_size="0.5", cache_key_parameters=["querystring.page"])
    (stage,) = resources(Template.from_stack(scope).to_json(), "AWS::ApiGateway::Stage")
    (settings,) = stage["MethodSettings"]
    assert (settings["CachingEnabled"], settings["CacheDataEncrypted"]) == (True, True)
    page = "method.request.querystring.page"
    assert [one["CacheKeyParameters"] for one in integrations(scope)] == [[page], ["method.request.path.proxy", page]]


def test_a_client_certificate_is_shown_to_the_backend(scope: cdk.Stack) -> None:
    HttpBackendApi(scope, "Api", url=URL, client_certificate=True)
    template = Template.from_stack(scope)
    (made,) = template.find_resources("AWS::ApiGateway::ClientCertificate")
    template.has_resource_properties("AWS::ApiGateway::Stage", {"ClientCertificateId": {"Ref": made}})


def test_failures_and_slowness_have_their_alarms(scope: cdk.Stack) -> None:
    HttpBackendApi(scope, "Api", url=URL, latency_threshold=cdk.Duration.seconds(2))
    template = Template.from_stack(scope)
    template.has_resource_properties("AWS::CloudWatch::Alarm", {"MetricName": "5XXError"})
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "MetricName": "IntegrationLatency",
            "ExtendedStatistic": "p99",
            "Threshold": 2000,
            "EvaluationPeriods": 3,
            "Dimensions": Match.any_value(),
        },
    )


def behind_a_link(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Orders")
    made = WebVpc(stack, "Network", settings=Settings(log_retention=logs.RetentionDays.ONE_WEEK))
    balancer = elbv2.ApplicationLoadBalancer(
        stack,
        "Balancer",
        vpc=made.vpc,
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
    )
    group = elbv2.ApplicationTargetGroup(
        stack,
        "Targets",
        vpc=made.vpc,
        port=8080,
        protocol=elbv2.ApplicationProtocol.HTTP,
        target_type=elbv2.TargetType.IP,
    )
    balancer.add_listener("Http", port=80, default_target_groups=[group], open=False)
    HttpBackendApi(stack, "Api", url="http://orders.internal", load_balancer=balancer)


PRIVATE = ["Network/Private1", "Network/Private2"]
INWARD = reaches("internet", PRIVATE)


def test_the_link_reaches_the_load_balancer_and_the_internet_reaches_neither() -> None:
    made = network(behind_a_link)
    (balancer,) = made.resources("AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    (link,) = made.resources("AWS::ApiGatewayV2::VpcLink").values()
    assert balancer["Properties"]["Scheme"] == "internal"
    # The prover sees subnets: both stand in the private ones.
    assert balancer["Properties"]["Subnets"] == link["Properties"]["SubnetIds"]
    paths = Network.from_templates(made.templates)
    paths.assert_holds(reaches(PRIVATE, PRIVATE, port=80, same_vpc=True), symmetric(PRIVATE, PRIVATE, same_vpc=True))
    with pytest.raises(AssertionError, match="without a public address is not reached"):
        paths.assert_holds(INWARD)


def test_a_subnet_that_becomes_public_is_seen() -> None:
    mutant = copy.deepcopy(network(behind_a_link).template)
    gateway = next(name for name, one in mutant["Resources"].items() if one["Type"] == "AWS::EC2::InternetGateway")
    for one in mutant["Resources"].values():
        if one["Type"] == "AWS::EC2::Subnet":
            one["Properties"]["MapPublicIpOnLaunch"] = True
        if one["Type"] == "AWS::EC2::Route" and "NatGatewayId" in one["Properties"]:
            del one["Properties"]["NatGatewayId"]
            one["Properties"]["GatewayId"] = {"Fn::GetAtt": [gateway, "InternetGatewayId"]}
    Network.from_templates({"Orders": mutant}).assert_holds(INWARD)
