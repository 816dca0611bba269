"""A REST API's callers are authorized, its key has a plan, and grants and metrics are its own."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns

from patterns.building_blocks.rest_api.access import Callers, DailyQuota
from patterns.building_blocks.rest_api.api import RestApi
from patterns.building_blocks.rest_api.exposure import Exposure
from patterns.building_blocks.rest_api.front import Logging
from patterns.building_blocks.rest_api.private import PrivateAccess
from patterns.building_blocks.rest_api.stage import Stage
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import check
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import acknowledged, function, properties, resources


def callers(authorization: Any = "iam", **more: Any) -> Callers:
    given: dict[str, Any] = dict.fromkeys(("api_key", "authorizer_function", "daily_quota"))
    nothing: dict[str, Any] = {"user_pools": (), "authorization_scopes": ()}
    return Callers(authorization=authorization, **(given | nothing | more))


def exposure(**more: Any) -> Exposure:
    given: dict[str, Any] = dict.fromkeys(("web_acl", "domain_name", "certificate", "hosted_zone"))
    return Exposure(**({"rate_limit": 10, "burst_limit": 20} | given | more))


class Api(RestApi):
    """An API with one method that answers by itself."""

    def __init__(self, scope: cdk.Stack, who: Callers, **more: Any) -> None:
        given: dict[str, Any] = {
            "description": "Answers",
            "exposure": exposure(),
            "logging": Logging(cloudwatch_role=False, execution_log=False),
            "settings": Settings(),
        }
        super().__init__(scope, "Own", callers=who, **(given | more))
        self.method = self._add_method(self.api.root, "GET", apigateway.MockIntegration())

    def grant(self, grantee: iam.IGrantable, arn: str) -> iam.Grant:
        return self._grant(grantee, arn)

    def alarm(self, **more: Any) -> cloudwatch.Alarm:
        metric = self.metric_requests(period=Duration.minutes(1))
        return self._alarm("Alarm", metric=metric, description="It failed.", **more)

    def url(self) -> str:
        return self._url("/items")


def method(scope: cdk.Stack) -> dict[str, Any]:
    [found] = properties(scope, "AWS::ApiGateway::Method").values()
    return {name: found.get(name) for name in ("ApiKeyRequired", "AuthorizationType", "AuthorizerId")}


def test_callers_sign_and_have_no_key(scope: cdk.Stack) -> None:
    made = Api(scope, callers())
    assert method(scope) == {"ApiKeyRequired": False, "AuthorizationType": "AWS_IAM", "AuthorizerId": None}
    assert (
        properties(scope, "AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::Authorizer") == {}
    )
    assert (made.api_key, made.domain, made.alarms) == (None, None, [])
    assert made.access_log.node.path == "Test/Own/Front/AccessLog"
    [found] = properties(scope, "AWS::ApiGateway::RestApi").values()
    assert found["Description"] == "Answers (Test/Own)"
    [stage] = properties(scope, "AWS::ApiGateway::Stage").values()
    assert stage["StageName"] == "live"
    reason = "Callers sign each request with AWS credentials and need a policy that lets them invoke this method."
    assert acknowledged(scope)["Own/Front/Api/Default/GET"] == {"AwsSolutions::AwsSolutions-COG4": reason}


def test_a_key_that_callers_send_has_a_plan(scope: cdk.Stack) -> None:
    made = Api(scope, callers("api_key", daily_quota=7), stage=Stage("v1"))
    assert method(scope) == {"ApiKeyRequired": True, "AuthorizationType": "NONE", "AuthorizerId": None}
    assert properties(scope, "AWS::ApiGateway::ApiKey") == {
        "Own/ApiKey": {"Description": "Callers of Test/Own", "Enabled": True}
    }
    [plan] = properties(scope, "AWS::ApiGateway::UsagePlan").values()
    assert plan["Quota"] == {"Limit": 7, "Period": "DAY"}
    assert made.api_key is not None
    # It identifies callers and authorizes nobody.
    assert "AwsSolutions-COG4" not in str(acknowledged(scope))


def test_a_key_of_ones_own_is_taken(scope: cdk.Stack) -> None:
    key = apigateway.ApiKey(scope, "Key")
    assert Api(scope, callers("api_key", api_key=key)).api_key is key
    assert list(properties(scope, "AWS::ApiGateway::ApiKey")) == ["Key"]


def test_tokens_of_user_pools_are_accepted(scope: cdk.Stack) -> None:
    pools = [cognito.UserPool.from_user_pool_id(scope, one, f"eu-west-1_{one}") for one in ("A", "B")]
    Api(scope, callers("cognito", user_pools=pools, authorization_scopes=("items/read",)))
    found = method(scope)
    assert (found["ApiKeyRequired"], found["AuthorizationType"]) == (False, "COGNITO_USER_POOLS")
    assert found["AuthorizerId"] == {"Ref": "Own/Authorizer"}
    [whole] = properties(scope, "AWS::ApiGateway::Method").values()
    assert whole["AuthorizationScopes"] == ["items/read"]
    authorizer = properties(scope, "AWS::ApiGateway::Authorizer")["Own/Authorizer"]
    assert (authorizer["Type"], len(authorizer["ProviderARNs"])) == ("COGNITO_USER_POOLS", 2)
    assert "AwsSolutions-COG4" not in str(acknowledged(scope))


@pytest.mark.parametrize("whose", ["own", "another stack's", "imported"])
def test_a_function_authorizes_and_may_be_called(scope: cdk.Stack, whose: str) -> None:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:theirs"
    one: lambda_.IFunction = (
        function(scope)
        if whose == "own"
        else function(cdk.Stack(cdk.App.of(scope), "Theirs"))
        if whose == "another stack's"
        else lambda_.Function.from_function_arn(scope, "Imported", arn)
    )
    Api(scope, callers("function", authorizer_function=one))
    authorizer = properties(scope, "AWS::ApiGateway::Authorizer")["Own/Authorizer"]
    assert (authorizer["AuthorizerResultTtlInSeconds"], authorizer["IdentitySource"], authorizer["Type"]) == (
        300,
        "method.request.header.Authorization",
        "REQUEST",
    )
    # The permission stands in the API's stack, and names this authorizer alone.
    permissions = properties(scope, "AWS::Lambda::Permission")
    [(path, permission)] = permissions.items()
    assert (path == "Own/AuthorizerMayBeCalled") == (whose != "own")
    assert permission["Action"] == "lambda:InvokeFunction"
    assert permission["Principal"] == "apigateway.amazonaws.com"
    of = ["arn:", {"Ref": "AWS::Partition"}, ":execute-api:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}]
    of += [":", {"Ref": "Own/Front/Api"}, "/authorizers/", {"Ref": "Own/Authorizer"}]
    assert permission["SourceArn"] == {"Fn::Join": ["", of]}
    reason = "A function that the owner of the API passed in authorizes each request."
    assert acknowledged(scope)["Own/Front/Api/Default/GET"] == {"AwsSolutions::AwsSolutions-COG4": reason}


def test_what_a_request_must_have_and_how_long_an_answer_holds_are_taken(scope: cdk.Stack) -> None:
    identity = "method.request.header.Cookie"
    more = {"identity": identity, "decisions_kept": Duration.seconds(9)}
    Api(scope, callers("function", authorizer_function=function(scope), **more))
    authorizer = properties(scope, "AWS::ApiGateway::Authorizer")["Own/Authorizer"]
    assert (authorizer["AuthorizerResultTtlInSeconds"], authorizer["IdentitySource"]) == (9, identity)


@pytest.mark.parametrize("quota", [1, 2_147_483_647])
def test_a_quota_is_what_api_gateway_counts_to(quota: int) -> None:
    check("daily_quota", quota, DailyQuota)
    wrong = 0 if quota == 1 else quota + 1
    said = f"daily_quota must be between 1 and 2147483647 requests, got {wrong}"
    with pytest.raises(ValueError, match=f"^{said}$"):
        check("daily_quota", wrong, DailyQuota)


def test_grants_are_of_methods_whose_callers_sign(scope: cdk.Stack) -> None:
    made = Api(scope, callers())
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    made.grant(role, "arn:own:method").assert_success()
    made.grant(role, "arn:own:*").assert_success()
    [policy] = properties(scope, "AWS::IAM::Policy").values()
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement == {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": ["arn:own:*", "arn:own:method"],
    }
    reason = "The grant is of every method and path of one stage of one API, which hands all of them to one backend."
    assert {"AwsSolutions::AwsSolutions-IAM5[Resource::arn:own:*]": reason} in acknowledged(scope).values()


def test_grants_are_refused_where_nobody_signs(scope: cdk.Stack) -> None:
    made = Api(scope, callers("api_key"))
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    said = "grant_invoke needs authorization='iam', got 'api_key'"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        made.grant(role, "arn:own:method")


@pytest.mark.parametrize(
    ("given", "threshold", "periods"), [({}, 1, 1), ({"threshold": 2.5, "evaluation_periods": 3}, 2.5, 3)]
)
def test_alarms_tell_the_topic(scope: cdk.Stack, given: dict[str, Any], threshold: float, periods: int) -> None:
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    made = Api(scope, callers(), settings=Settings(alarm_topic=topic))
    assert made.alarms == [made.alarm(**given)]
    found = properties(scope, "AWS::CloudWatch::Alarm")["Own/Alarm"]
    assert found["AlarmActions"] == found["OKActions"] == [topic.topic_arn]
    assert (found["Threshold"], found["EvaluationPeriods"]) == (threshold, periods)
    assert (found["MetricName"], found["Period"], found["Statistic"]) == ("Count", 60, "Sum")
    assert found["AlarmDescription"] == "It failed."


def test_requests_are_counted_in_five_minutes(scope: cdk.Stack) -> None:
    metric = Api(scope, callers()).metric_requests()
    assert (metric.metric_name, metric.statistic, metric.period.to_minutes()) == ("Count", "Sum", 5)


def test_it_answers_at_its_own_name_or_at_ones_own(scope: cdk.Stack) -> None:
    assert "execute-api" in str(scope.resolve(Api(scope, callers()).url()))
    other = cdk.Stack(app_for_its_template(), "Other")
    arn = "arn:aws:acm:eu-west-1:111122223333:certificate/1"
    named = exposure(
        domain_name="api.example.com",
        certificate=acm.Certificate.from_certificate_arn(other, "Certificate", arn),
        hosted_zone=route53.HostedZone.from_hosted_zone_attributes(
            other, "Zone", hosted_zone_id="Z1", zone_name="example.com"
        ),
    )
    made = Api(other, callers(), exposure=named)
    assert made.url() == "https://api.example.com/items"
    assert made.domain is not None
    assert made.domain.node.path == "Other/Own/Domain"


def test_errors_have_headers_and_endpoints_are_made_below_it(scope: cdk.Stack) -> None:
    seen = []

    def private(below: Any) -> PrivateAccess:
        seen.append(below.node.path)
        of = cdk.aws_ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes
        return PrivateAccess([of(below, "Endpoint", vpc_endpoint_id="vpce-1", port=443)])

    Api(scope, callers(), private=private, error_headers={"A": "'b'"})
    assert seen == ["Test/Own"]
    [found] = properties(scope, "AWS::ApiGateway::RestApi").values()
    assert found["EndpointConfiguration"] == {"Types": ["PRIVATE"], "VpcEndpointIds": ["vpce-1"]}
    errors = resources(scope, "AWS::ApiGateway::GatewayResponse").values()
    assert {str(one["Properties"]["ResponseParameters"]) for one in errors} == {"{'gatewayresponse.header.A': \"'b'\"}"}


def test_what_is_of_another_region_is_refused_before_anything_is_made() -> None:
    scope = cdk.Stack(app_for_its_template(), "Test", env=cdk.Environment(region="eu-west-1"))
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    theirs = acm.Certificate.from_certificate_arn(scope, "Certificate", arn)
    with pytest.raises(ValueError, match=r"^certificate must be in eu-west-1, "):
        Api(scope, callers(), exposure=exposure(domain_name="api.example.com", certificate=theirs))
    assert scope.node.try_find_child("Own") is None


def test_a_method_has_what_it_is_given(scope: cdk.Stack) -> None:
    made = Api(scope, callers())
    validator = apigateway.RequestValidator(scope, "Validator", rest_api=made.api)
    model = made.api.add_model("Model", schema=apigateway.JsonSchema(type=apigateway.JsonSchemaType.OBJECT))
    made._add_method(
        made.api.root.add_resource("items"),
        "POST",
        apigateway.MockIntegration(),
        request_parameters={"method.request.querystring.page": True},
        request_models={"application/json": model},
        request_validator=validator,
        method_responses=[apigateway.MethodResponse(status_code="201")],
    )
    [found] = [one for one in properties(scope, "AWS::ApiGateway::Method").values() if one["HttpMethod"] == "POST"]
    names = ("RequestParameters", "RequestModels", "RequestValidatorId", "MethodResponses", "AuthorizationType")
    assert {name: found[name] for name in names} == {
        "AuthorizationType": "AWS_IAM",
        "MethodResponses": [{"StatusCode": "201"}],
        "RequestModels": {"application/json": {"Ref": "Own/Front/Api/Model"}},
        "RequestParameters": {"method.request.querystring.page": True},
        "RequestValidatorId": {"Ref": "Validator"},
    }
