"""What ApiToQueue promises of its template."""

import json
from typing import Any, Literal

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.assertions import Template

from patternkit.testing.findings import listed
from patternkit.testing.synthesis import synthesize
from patterns.api.api_to_queue import ApiToQueue
from patterns.building_blocks.lambda_function import LambdaFunction
from patterns.building_blocks.settings import Settings
from tests.conftest import context
from tests.patterns.api.api_to_queue.conftest import called, resources

CODE = "def handler(event, context): return {'batchItemFailures': []}"


def function(scope: cdk.Stack, **settings: Any) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Ready",
        code=lambda_.Code.from_inline(CODE),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        **settings,
    )


def statements(scope: cdk.Stack, role: iam.IRole) -> list[dict[str, Any]]:
    """What a role may do, over all of its policies."""
    found = Template.from_stack(scope).find_resources(
        "AWS::IAM::Policy", {"Properties": {"Roles": [scope.resolve(role.role_name)]}}
    )
    return [one for policy in found.values() for one in policy["Properties"]["PolicyDocument"]["Statement"]]


def allow(action: Any, resource: Any) -> dict[str, Any]:
    return {"Action": action, "Effect": "Allow", "Resource": resource}


KEY_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey"]


def test_the_api_may_send_to_its_queue_and_do_nothing_else(scope: cdk.Stack) -> None:
    made = ApiToQueue(scope, "Api")
    assert statements(scope, made.role) == [allow("sqs:SendMessage", scope.resolve(made.queue.queue_arn))]


def test_a_customer_key_may_be_used_for_sending_and_for_nothing_else(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    made = ApiToQueue(scope, "Api", encryption_key=key)
    assert statements(scope, made.role) == [
        allow("sqs:SendMessage", scope.resolve(made.queue.queue_arn)),
        allow(KEY_ACTIONS, scope.resolve(key.key_arn)),
    ]
    encrypted = [one["KmsMasterKeyId"] for one in resources(Template.from_stack(scope).to_json(), "AWS::SQS::Queue")]
    assert encrypted == [scope.resolve(key.key_arn)] * 2
    (log,) = resources(Template.from_stack(scope).to_json(), "AWS::Logs::LogGroup")
    assert log["KmsKeyId"] == scope.resolve(key.key_arn)


def test_an_existing_queues_key_may_be_used_too(scope: cdk.Stack) -> None:
    arn, key = "arn:aws:sqs:eu-west-1:111122223333:orders", "arn:aws:kms:eu-west-1:111122223333:key/abc"
    queue = sqs.Queue.from_queue_attributes(scope, "Existing", queue_arn=arn, key_arn=key)
    made = ApiToQueue(scope, "Api", queue=queue)
    assert statements(scope, made.role) == [allow("sqs:SendMessage", arn), allow(KEY_ACTIONS, key)]
    template = Template.from_stack(scope)
    template.resource_count_is("AWS::SQS::Queue", 0)
    assert made.dead_letters is None
    (method,) = resources(template.to_json(), "AWS::ApiGateway::Method")
    uri = "".join(str(part) for part in method["Integration"]["Uri"]["Fn::Join"][1])
    assert uri.endswith(":apigateway:eu-west-1:sqs:path/111122223333/orders")


def test_callers_sign_unless_asked_otherwise(scope: cdk.Stack) -> None:
    ApiToQueue(scope, "Api")
    (method,) = resources(Template.from_stack(scope).to_json(), "AWS::ApiGateway::Method")
    assert (method["HttpMethod"], method["AuthorizationType"]) == ("POST", "AWS_IAM")
    assert method["Integration"]["PassthroughBehavior"] == "NEVER"


def test_callers_may_bring_a_users_token(scope: cdk.Stack) -> None:
    pool = cognito.UserPool(scope, "Users")
    ApiToQueue(scope, "Api", authorization="cognito", user_pools=[pool], authorization_scopes=["orders/write"])
    template = Template.from_stack(scope)
    template.has_resource_properties(
        "AWS::ApiGateway::Authorizer",
        {"Type": "COGNITO_USER_POOLS", "ProviderARNs": [scope.resolve(pool.user_pool_arn)]},
    )
    template.has_resource_properties(
        "AWS::ApiGateway::Method",
        {"AuthorizationType": "COGNITO_USER_POOLS", "AuthorizationScopes": ["orders/write"]},
    )


def test_a_function_may_decide(scope: cdk.Stack) -> None:
    ApiToQueue(scope, "Api", authorization="function", authorizer_function=function(scope))
    template = Template.from_stack(scope)
    template.has_resource_properties(
        "AWS::ApiGateway::Authorizer", {"Type": "REQUEST", "IdentitySource": "method.request.header.Authorization"}
    )
    template.has_resource_properties("AWS::ApiGateway::Method", {"AuthorizationType": "CUSTOM"})


def test_who_chooses_a_key_alone_sees_the_finding() -> None:
    def build(app: cdk.App) -> None:
        ApiToQueue(cdk.Stack(app, "Keyed"), "Api", authorization="api_key")

    found = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"]).findings
    assert {one.rule for one in found} == {"AwsSolutions-APIG4", "AwsSolutions-COG4"}, listed(found)


@pytest.mark.parametrize("authorization", ["cognito", "function"])
def test_with_everything_on_nothing_is_found(authorization: Literal["cognito", "function"]) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "All", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        consumer = LambdaFunction(
            stack,
            "Consumer",
            code=lambda_.Code.from_inline(CODE),
            handler="index.handler",
            description="Consumes",
            settings=Settings(encryption_key=key),
        )
        cdk.Validations.of(consumer.function).acknowledge(
            cdk.Acknowledgment(id="Serverless::Serverless-LambdaDLQ", reason="Its queue has dead letters.")
        )
        options: dict[str, Any] = {"authorizer_function": consumer.function}
        if authorization == "cognito":
            arn = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_abc"
            options = {"user_pools": [cognito.UserPool.from_user_pool_arn(stack, "Users", arn)]}
        certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/abc"
        ApiToQueue(
            stack,
            "Api",
            authorization=authorization,
            **options,
            encryption_key=key,
            fifo=True,
            consumer=consumer.function,
            message_attributes={"tenant": "method.request.header.X-Tenant"},
            schema={"type": "object"},
            domain_name="in.example.com",
            certificate=acm.Certificate.from_certificate_arn(stack, "Certificate", certificate),
            hosted_zone=route53.HostedZone.from_hosted_zone_attributes(
                stack, "Zone", hosted_zone_id="Z1", zone_name="example.com"
            ),
            execution_log=True,
        )

    found = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"]).findings
    assert found == (), listed(found)


def test_bodies_are_checked_against_the_schema_and_a_new_schema_is_deployed() -> None:
    deployments = set()
    for minimum in (0, 1):
        stack = cdk.Stack(cdk.App(context=context()), "Test")
        ApiToQueue(stack, "Api", schema={"type": "object", "properties": {"order": {"minimum": minimum}}})
        template = Template.from_stack(stack)
        (model,) = template.find_resources("AWS::ApiGateway::Model").values()
        assert model["Properties"]["Schema"]["properties"]["order"]["minimum"] == minimum
        (method,) = resources(template.to_json(), "AWS::ApiGateway::Method")
        assert list(method["RequestModels"]) == ["application/json"]
        template.has_resource_properties("AWS::ApiGateway::RequestValidator", {"ValidateRequestBody": True})
        deployments |= set(template.find_resources("AWS::ApiGateway::Deployment"))
    assert len(deployments) == 2


def test_who_is_granted_may_post_and_nothing_else(scope: cdk.Stack) -> None:
    made = ApiToQueue(scope, "Api")
    role = iam.Role(scope, "Caller", assumed_by=iam.AccountRootPrincipal())
    assert made.grant_invoke(role).success
    (granted,) = statements(scope, role)
    assert granted["Action"] == "execute-api:Invoke"
    arn = "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in granted["Resource"]["Fn::Join"][1])
    assert arn.endswith("/POST/messages")
    assert "*" not in arn


def test_a_domain_of_ones_own_is_the_only_way_in(scope: cdk.Stack) -> None:
    certificate = acm.Certificate.from_certificate_arn(
        scope, "Certificate", "arn:aws:acm:eu-west-1:111122223333:certificate/abc"
    )
    zone = route53.HostedZone.from_hosted_zone_attributes(scope, "Zone", hosted_zone_id="Z1", zone_name="example.com")
    made = ApiToQueue(scope, "Api", domain_name="in.example.com", certificate=certificate, hosted_zone=zone)
    template = Template.from_stack(scope)
    template.has_resource_properties("AWS::ApiGateway::RestApi", {"DisableExecuteApiEndpoint": True})
    template.has_resource_properties("AWS::ApiGateway::DomainName", {"SecurityPolicy": "TLS_1_2"})
    for kind in ("A", "AAAA"):
        template.has_resource_properties("AWS::Route53::RecordSet", {"Name": "in.example.com.", "Type": kind})
    assert made.url == "https://in.example.com/messages"


def test_a_web_acl_filters_the_stage(scope: cdk.Stack) -> None:
    acl = wafv2.CfnWebACL(
        scope,
        "Acl",
        default_action={"allow": {}},
        scope="REGIONAL",
        visibility_config={
            "cloudWatchMetricsEnabled": True,
            "metricName": "acl",
            "sampledRequestsEnabled": False,
        },
    )
    ApiToQueue(scope, "Api", web_acl=acl)
    Template.from_stack(scope).has_resource_properties(
        "AWS::WAFv2::WebACLAssociation", {"WebACLArn": scope.resolve(acl.attr_arn)}
    )


def test_a_consumer_reports_what_failed_and_has_time_for_it(scope: cdk.Stack) -> None:
    consumer = function(scope, timeout=cdk.Duration.seconds(20))
    made = ApiToQueue(
        scope,
        "Api",
        consumer=consumer,
        batch_size=100,
        batching_window=cdk.Duration.seconds(5),
        max_concurrency=3,
    )
    template = Template.from_stack(scope)
    template.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BatchSize": 100,
            "MaximumBatchingWindowInSeconds": 5,
            "ScalingConfig": {"MaximumConcurrency": 3},
        },
    )
    template.has_resource_properties("AWS::SQS::Queue", {"VisibilityTimeout": 125})
    assert consumer.role is not None
    actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    assert statements(scope, consumer.role) == [allow(actions, scope.resolve(made.queue.queue_arn))]


def test_a_fifo_queues_dead_letters_are_fifo(scope: cdk.Stack) -> None:
    ApiToQueue(scope, "Api", fifo=True)
    queues = resources(Template.from_stack(scope).to_json(), "AWS::SQS::Queue")
    assert [one["FifoQueue"] for one in queues] == [True, True]


def test_the_queue_takes_what_sqs_takes_and_only_over_tls(scope: cdk.Stack) -> None:
    ApiToQueue(scope, "Api")
    template = Template.from_stack(scope)
    template.has_resource_properties("AWS::SQS::Queue", {"MaximumMessageSize": 1_048_576})
    policies = resources(template.to_json(), "AWS::SQS::QueuePolicy")
    assert len(policies) == 2
    for policy in policies:
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Deny", "sqs:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_two_apis_of_a_stack_have_metrics_of_their_own(scope: cdk.Stack) -> None:
    ApiToQueue(scope, "One")
    ApiToQueue(scope, "Two", cloudwatch_role=False)
    template = Template.from_stack(scope).to_json()
    assert len({json.dumps(one["Name"]) for one in resources(template, "AWS::ApiGateway::RestApi")}) == 2
    assert len(resources(template, "AWS::ApiGateway::Account")) == 1


def test_tokens_pass(scope: cdk.Stack) -> None:
    domain = cdk.CfnParameter(scope, "Domain").value_as_string
    certificate = acm.Certificate.from_certificate_arn(
        scope, "Certificate", cdk.CfnParameter(scope, "Arn").value_as_string
    )
    rate = cdk.CfnParameter(scope, "Rate", type="Number").value_as_number
    ApiToQueue(scope, "Api", domain_name=domain, certificate=certificate, rate_limit=rate)
    Template.from_stack(scope).has_resource_properties("AWS::ApiGateway::DomainName", {"DomainName": {"Ref": "Domain"}})


@pytest.mark.parametrize(("visibility", "refused"), [(None, True), (59, True), (60, False)])
def test_an_existing_queue_hides_messages_for_as_long_as_its_consumer_works(
    scope: cdk.Stack, visibility: int | None, refused: bool
) -> None:
    queue = sqs.Queue(
        scope, "Queue", visibility_timeout=None if visibility is None else cdk.Duration.seconds(visibility)
    )
    slow = lambda_.Function(
        scope,
        "Slow",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        timeout=cdk.Duration.minutes(1),
    )
    alias = lambda_.Alias(scope, "Alias", alias_name="live", version=slow.current_version)
    if refused:
        with pytest.raises(
            ValueError, match=r"^queue must hide messages for at least 60 seconds, the consumer's timeou"
        ):
            ApiToQueue(scope, "Api", queue=queue, consumer=alias)
    else:
        ApiToQueue(scope, "Api", queue=queue, consumer=alias)


def test_of_an_imported_consumer_the_longest_timeout_is_assumed(scope: cdk.Stack) -> None:
    imported = lambda_.Function.from_function_arn(
        scope, "Imported", "arn:aws:lambda:eu-west-1:111122223333:function:theirs"
    )
    ApiToQueue(scope, "Api", consumer=imported)
    Template.from_stack(scope).has_resource_properties("AWS::SQS::Queue", {"VisibilityTimeout": 900})


@pytest.mark.parametrize("path", ["a/../b", "..", ".", "a/.", "./a"])
def test_a_path_that_clients_would_shorten_is_refused(scope: cdk.Stack, path: str) -> None:
    with pytest.raises(ValueError, match=r"^path must be .* segments of .*, none of them \. or \.\., got"):
        ApiToQueue(scope, "Api", path=path)


def test_a_schema_of_another_draft_is_refused(scope: cdk.Stack) -> None:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
    with pytest.raises(ValueError, match=r"^schema must be of draft 4, http://json-schema.org/draft-04/schema#, got"):
        ApiToQueue(scope, "Api", schema=schema)


def test_a_queue_of_another_region_is_called_there(scope: cdk.Stack) -> None:
    elsewhere = sqs.Queue.from_queue_arn(scope, "Elsewhere", "arn:aws:sqs:us-west-2:111122223333:orders")
    ApiToQueue(scope, "Api", queue=elsewhere)
    assert called(scope)
    assert all(":apigateway:us-west-2:" in one for one in called(scope))


def test_a_path_has_as_many_segments_as_an_api_has_resources(scope: cdk.Stack) -> None:
    ApiToQueue(scope, "Api", path="/".join("a" * 299))
    assert len(resources(Template.from_stack(scope).to_json(), "AWS::ApiGateway::Resource")) == 299


@pytest.mark.parametrize("path", ["/".join("a" * 300), "a" * 1001])
def test_a_path_that_no_api_has_is_refused(scope: cdk.Stack, path: str) -> None:
    with pytest.raises(ValueError, match=r"^path must be at most 1000 characters: up to 299 segments of .*, got 'a"):
        ApiToQueue(scope, "Api", path=path)
