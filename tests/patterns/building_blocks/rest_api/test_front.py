"""The REST API itself: a stage that is logged, traced, measured and throttled, and errors that say little."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2

from patterns.building_blocks.rest_api.exposure import Exposure
from patterns.building_blocks.rest_api.front import Front, Logging
from patterns.building_blocks.rest_api.private import PrivateAccess
from patterns.building_blocks.rest_api.stage import Stage
from patterns.building_blocks.settings import Settings
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import acknowledged, properties, resources

MANAGED = "arn:<AWS::Partition>:iam::aws:policy/service-role"


def front(scope: cdk.Stack, *, stage: Stage | None = None, role: bool = False, log: bool = False, **more: Any) -> Front:
    named = {one: more.pop(one, None) for one in ("web_acl", "domain_name", "certificate", "hosted_zone")}
    made = Front(
        scope,
        "Front",
        description="Answers",
        exposure=Exposure(rate_limit=10.5, burst_limit=20, **named),
        logging=Logging(cloudwatch_role=role, execution_log=log),
        stage=stage or Stage(),
        settings=Settings(log_retention=logs.RetentionDays.ONE_DAY),
        **more,
    )
    made.api.root.add_method("GET", apigateway.MockIntegration())
    return made


def test_its_stage_is_logged_traced_measured_and_throttled(scope: cdk.Stack) -> None:
    made = front(scope)
    assert (made.stage.node.id, made.access_log.node.path) == ("DeploymentStage.live", "Test/Front/AccessLog")
    [stage] = properties(scope, "AWS::ApiGateway::Stage").values()
    del stage["DeploymentId"]
    access_log = stage.pop("AccessLogSetting")
    log_format = json.loads(access_log["Format"])
    # By its ARN, or put together of its name: versions of the CDK write it otherwise.
    assert "Front/AccessLog" in json.dumps(access_log["DestinationArn"])
    assert stage == {
        "MethodSettings": [
            {
                "DataTraceEnabled": False,
                "HttpMethod": "*",
                "LoggingLevel": "OFF",
                "MetricsEnabled": True,
                "ResourcePath": "/*",
                "ThrottlingBurstLimit": 20,
                "ThrottlingRateLimit": 10.5,
            }
        ],
        "RestApiId": {"Ref": "Front/Api"},
        "StageName": "live",
        "TracingEnabled": True,
    }
    assert log_format == {
        "httpMethod": "$context.httpMethod",
        "integrationLatency": "$context.integration.latency",
        "integrationRequestId": "$context.integration.requestId",
        "integrationStatus": "$context.integration.status",
        "principal": "$context.identity.userArn",
        "protocol": "$context.protocol",
        "requestId": "$context.requestId",
        "requestTime": "$context.requestTime",
        "resourcePath": "$context.resourcePath",
        "responseLatency": "$context.responseLatency",
        "responseLength": "$context.responseLength",
        "responseType": "$context.error.responseType",
        "status": "$context.status",
    }
    assert properties(scope, "AWS::ApiGateway::RestApi") == {
        "Front/Api": {
            "Description": "Answers",
            "DisableExecuteApiEndpoint": False,
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "Name": "Test-Front-4FE79601",
        }
    }
    assert properties(scope, "AWS::Logs::LogGroup") == {"Front/AccessLog": {"RetentionInDays": 1}}
    assert properties(scope, "AWS::ApiGateway::Account", "AWS::IAM::Role", "AWS::WAFv2::WebACLAssociation") == {}
    assert cdk.assertions.Template.from_stack(scope).find_outputs("*") == {}


def test_a_stage_is_as_it_is_asked_for(scope: cdk.Stack) -> None:
    cached = Stage("v1", cache_size="0.5", cache_ttl=Duration.seconds(7), variables={"A": "1"})
    front(scope, stage=cached, log=True)
    [stage] = properties(scope, "AWS::ApiGateway::Stage").values()
    found = {name: stage.get(name) for name in ("CacheClusterEnabled", "CacheClusterSize", "StageName", "Variables")}
    assert found == {
        "CacheClusterEnabled": True,
        "CacheClusterSize": "0.5",
        "StageName": "v1",
        "Variables": {"A": "1"},
    }
    assert "AwsSolutions::AwsSolutions-APIG6" not in str(acknowledged(scope))
    assert stage["MethodSettings"] == [
        {
            "CacheDataEncrypted": True,
            "CacheTtlInSeconds": 7,
            "CachingEnabled": True,
            "DataTraceEnabled": False,
            "HttpMethod": "*",
            "LoggingLevel": "ERROR",
            "MetricsEnabled": True,
            "ResourcePath": "/*",
            "ThrottlingBurstLimit": 20,
            "ThrottlingRateLimit": 10.5,
        }
    ]


def test_answers_are_kept_for_five_minutes_where_nothing_else_is_said(scope: cdk.Stack) -> None:
    front(scope, stage=Stage(cache_size="118"))
    [stage] = properties(scope, "AWS::ApiGateway::Stage").values()
    assert stage["MethodSettings"][0]["CacheTtlInSeconds"] == 300
    assert stage["CacheClusterSize"] == "118"


def test_the_role_of_logs_is_kept(scope: cdk.Stack) -> None:
    front(scope, role=True)
    assert acknowledged(scope) == {
        "Front/Api": {
            f"AwsSolutions::AwsSolutions-IAM4[Policy::{MANAGED}/AmazonAPIGatewayPushToCloudWatchLogs]": (
                "API Gateway has one role for the logs of all APIs of an account and Region, and this is the policy "
                "that AWS documents for it."
            )
        },
        "Front/Api/DeploymentStage.live": {
            "AwsSolutions::AwsSolutions-APIG3": (
                "Which requests to filter is known to who owns the API: a web ACL is passed in. Without one the "
                "methods still ask for authorization, and the stage throttles."
            ),
            "AwsSolutions::AwsSolutions-APIG6": (
                "The access log has each request with its outcome; the execution log, whose group has no retention "
                "until it is first written, is an option for finding faults."
            ),
        },
    }
    found = resources(scope, "AWS::ApiGateway::Account", "AWS::IAM::Role")
    assert {(one["Type"], one["DeletionPolicy"]) for one in found.values()} == {
        ("AWS::ApiGateway::Account", "Retain"),
        ("AWS::IAM::Role", "Retain"),
    }


@pytest.mark.parametrize("headers", [None, {"Access-Control-Allow-Origin": "'*'"}])
def test_errors_say_what_is_wrong_and_no_names(scope: cdk.Stack, headers: dict[str, str] | None) -> None:
    front(scope, error_headers=headers)
    answered = '{"message": $context.error.messageString, "requestId": "$context.requestId"}'
    denied = '{"message": "Forbidden", "requestId": "$context.requestId"}'
    of = {f"gatewayresponse.header.{name}": value for name, value in (headers or {}).items()}
    parameters = {"ResponseParameters": of} if headers else {}
    assert properties(scope, "AWS::ApiGateway::GatewayResponse") == {
        f"Front/Api/{name}": {
            "ResponseTemplates": {"application/json": text},
            "ResponseType": kind,
            "RestApiId": {"Ref": "Front/Api"},
            **parameters,
        }
        for name, kind, text in (
            ("ClientErrors", "DEFAULT_4XX", answered),
            ("ServerErrors", "DEFAULT_5XX", answered),
            ("AccessDenied", "ACCESS_DENIED", denied),
        )
    }


def test_requests_are_filtered(scope: cdk.Stack) -> None:
    visibility: Any = {"cloudWatchMetricsEnabled": True, "metricName": "web", "sampledRequestsEnabled": True}
    acl = wafv2.CfnWebACL(scope, "Acl", scope="REGIONAL", default_action={"allow": {}}, visibility_config=visibility)
    front(scope, web_acl=acl)
    assert "AwsSolutions::AwsSolutions-APIG3" not in str(acknowledged(scope))
    before = ["arn:", {"Ref": "AWS::Partition"}, ":apigateway:", {"Ref": "AWS::Region"}, "::/restapis/"]
    arn = [*before, {"Ref": "Front/Api"}, "/stages/", {"Ref": "Front/Api/DeploymentStage.live"}]
    assert properties(scope, "AWS::WAFv2::WebACLAssociation") == {
        "Front/WebAcl": {
            "ResourceArn": {"Fn::Join": ["", arn]},
            "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]},
        }
    }


def test_with_a_name_of_ones_own_its_own_endpoint_is_disabled(scope: cdk.Stack) -> None:
    arn = "arn:aws:acm:eu-west-1:111122223333:certificate/1"
    certificate = acm.Certificate.from_certificate_arn(scope, "Certificate", arn)
    front(scope, domain_name="api.example.com", certificate=certificate)
    [found] = properties(scope, "AWS::ApiGateway::RestApi").values()
    assert found["DisableExecuteApiEndpoint"] is True


def test_a_private_api_is_deployed_anew_with_each_policy() -> None:
    ids: list[str] = []
    for number in (1, 2):
        scope = cdk.Stack(app_for_its_template(), "Test")
        of = ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes
        access = PrivateAccess([of(scope, "Endpoint", vpc_endpoint_id=f"vpce-{number}", port=443)])
        front(scope, private=access)
        [found] = properties(scope, "AWS::ApiGateway::RestApi").values()
        assert found["EndpointConfiguration"] == {"Types": ["PRIVATE"], "VpcEndpointIds": [f"vpce-{number}"]}
        assert found["Policy"] == scope.resolve(access.api_policy())
        ids += cdk.assertions.Template.from_stack(scope).find_resources("AWS::ApiGateway::Deployment")
    # Else their methods are alike, and so would the deployments' ids be.
    assert len(set(ids)) == 2
