"""What PresignedUpload promises of its template."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from patternkit.testing.findings import listed
from patternkit.testing.synthesis import synthesize
from patterns.api.presigned_upload import BROWSER, PresignedUpload
from tests.conftest import context, example
from tests.patterns.api.api_to_queue.conftest import resources


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(example("presigned-upload", "agnostic").template)


def denied(template: Mapping[str, Any]) -> dict[str, Any]:
    """The statements that deny, of the policy of the bucket that files arrive in, by what they ask for."""
    (bucket,) = [name for name in template["Resources"] if name.startswith("PresignedUploadQuarantine")][:1]
    (policy,) = [one for one in resources(template, "AWS::S3::BucketPolicy") if one["Bucket"] == {"Ref": bucket}]
    statements = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny"]
    return {key: one for one in statements for operator in one["Condition"].values() for key in operator}


def test_only_fresh_signatures_of_version_4_over_tls_store_anything(template: dict[str, Any]) -> None:
    said = denied(template)
    assert said["s3:signatureversion"]["Condition"] == {
        "StringNotEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}
    }, "what is not signed has no version, which is not equal either"
    assert said["s3:signatureAge"]["Condition"] == {"NumericGreaterThan": {"s3:signatureAge": "900000"}}
    for one in (said["s3:signatureversion"], said["s3:signatureAge"]):
        assert (one["Action"], one["Principal"]) == ("s3:PutObject", {"AWS": "*"})
    assert said["aws:SecureTransport"]["Action"] == "s3:*"


def test_a_form_is_never_good_for_longer_than_the_bucket_takes_it(scope: cdk.Stack) -> None:
    PresignedUpload(scope, "PresignedUpload", form_lifetime=cdk.Duration.minutes(2))
    template = Template.from_stack(scope).to_json()
    (seconds,) = [
        one["Environment"]["Variables"]["LIFETIME_SECONDS"]
        for one in resources(template, "AWS::Lambda::Function")
        if "LIFETIME_SECONDS" in one.get("Environment", {}).get("Variables", {})
    ]
    age = denied(template)["s3:signatureAge"]["Condition"]["NumericGreaterThan"]["s3:signatureAge"]
    assert (seconds, age) == ("120", "120000")


def test_what_was_begun_and_left_goes_after_a_day_and_what_was_refused_after_a_week(template: dict[str, Any]) -> None:
    (bucket,) = [one for one in resources(template, "AWS::S3::Bucket") if "NotificationConfiguration" in one]
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]) == (7, {"NoncurrentDays": 1})
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}, "what is checked is one version"
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def test_no_page_may_upload_unless_its_origin_is_named(scope: cdk.Stack, template: dict[str, Any]) -> None:
    assert not [one for one in resources(template, "AWS::S3::Bucket") if "CorsConfiguration" in one]
    PresignedUpload(scope, "Test", cors_origins=["https://www.example.com"])
    (bucket,) = [
        one for one in resources(Template.from_stack(scope).to_json(), "AWS::S3::Bucket") if "CorsConfiguration" in one
    ]
    (rule,) = bucket["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == ["https://www.example.com"]
    assert (rule["AllowedMethods"], rule["ExposedHeaders"]) == (["POST", "PUT"], ["ETag"])


def test_signatures_are_made_for_the_regions_own_endpoint(template: dict[str, Any]) -> None:
    (endpoint,) = [
        one["Environment"]["Variables"]["S3_ENDPOINT"]
        for one in resources(template, "AWS::Lambda::Function")
        if "S3_ENDPOINT" in one.get("Environment", {}).get("Variables", {})
    ]
    assert endpoint == {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}]]}


def test_what_signs_reads_no_file_and_what_reads_signs_nothing(template: dict[str, Any]) -> None:
    actions = {
        policy["Roles"][0]["Ref"]: {
            action
            for one in policy["PolicyDocument"]["Statement"]
            for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
            if action.startswith("s3:")
        }
        for policy in resources(template, "AWS::IAM::Policy")
    }
    (forms,) = [found for role, found in actions.items() if "Forms" in role]
    (checks,) = [found for role, found in actions.items() if "Checks" in role]
    assert forms == {"s3:ListMultipartUploadParts", "s3:PutObject"}
    assert checks == {
        "s3:AbortMultipartUpload", "s3:DeleteObjectVersion", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject",
    }  # fmt: skip


def test_files_go_to_a_bucket_of_ones_own_with_its_key(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    own = s3.Bucket(scope, "Own", encryption_key=key)
    made = PresignedUpload(scope, "Test", destination_bucket=own, destination_prefix="in/")
    reader = iam.Role(scope, "Reader", assumed_by=iam.AccountRootPrincipal())
    assert made.grant_read_released(reader).success
    template = Template.from_stack(scope)
    uses = Match.array_with([Match.object_like({"Action": ["kms:Decrypt", "kms:GenerateDataKey"]})])
    template.has_resource_properties("AWS::IAM::Policy", {"PolicyDocument": {"Statement": uses}})
    (read,) = [
        one["PolicyDocument"]["Statement"]
        for one in resources(template.to_json(), "AWS::IAM::Policy")
        if one["Roles"] == [scope.resolve(reader.role_name)]
    ]
    assert [one["Action"] for one in read] == ["kms:Decrypt", "s3:GetObject"]
    assert read[1]["Resource"] == scope.resolve(own.arn_for_objects("in/*"))
    assert made.destination_bucket is own


def test_a_function_of_ones_own_is_asked_and_may_be(scope: cdk.Stack) -> None:
    scan = lambda_.Function(
        scope,
        "Scan",
        code=lambda_.Code.from_inline("def handler(event, context): return {'release': True}"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    PresignedUpload(scope, "Test", check_function=scan)
    template = Template.from_stack(scope)
    template.has_resource_properties(
        "AWS::Lambda::Function",
        {"Environment": {"Variables": Match.object_like({"CHECK_FUNCTION": scope.resolve(scan.function_arn)})}},
    )
    invokes = {"Action": "lambda:InvokeFunction", "Effect": "Allow", "Resource": scope.resolve(scan.function_arn)}
    template.has_resource_properties("AWS::IAM::Policy", {"PolicyDocument": {"Statement": Match.array_with([invokes])}})


def test_with_a_key_nothing_is_found_and_the_key_lets_rules_in() -> None:
    templates: list[cdk.Stack] = []

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "All", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        made = PresignedUpload(
            stack, "Test", encryption_key=key, execution_log=True, cors_origins=["https://www.example.com"]
        )
        made.grant_read_released(iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com")))
        templates.append(stack)

    done = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"])
    assert done.findings == (), listed(done.findings)
    (key,) = done.resources("AWS::KMS::Key").values()
    assert {"CloudWatchLogs", "DeadLettersOfRules"} <= {
        one.get("Sid") for one in key["Properties"]["KeyPolicy"]["Statement"]
    }


def test_the_page_is_in_the_package() -> None:
    assert sorted(one.name for one in BROWSER.iterdir()) == ["index.html", "upload.js"]
