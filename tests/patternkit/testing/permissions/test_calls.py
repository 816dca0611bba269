"""Which actions, resources and condition keys each call of the SDK is judged by."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from patternkit.testing.permissions.account import Account, Made
from patternkit.testing.permissions.calls import Call, request_context, requests
from patternkit.testing.permissions.errors import NotModelled

ROLE = "arn:aws:iam::123456789012:role/role"
HERE = "us-east-1:123456789012"
TASKS = f"arn:aws:ecs:{HERE}:task-definition"
Given = dict[str, Any]


class Objects:
    """Of the objects in the account one version of one has tags."""

    def get_object_tagging(self, Bucket: str, Key: str, VersionId: str = "") -> Given:  # noqa: N803 - as boto3 has it
        if Key == "none":
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObjectTagging")
        tagged = (Bucket, Key, VersionId) in (("from", "tagged", ""), ("from", "versions", "v"))
        return {"TagSet": [{"Key": "a", "Value": "b"}] if tagged else []}


class WithObjects(Account):
    def client(self, service: str) -> Any:
        assert service == "s3"
        return Objects()


def account(region: str = "us-east-1") -> Account:
    made = WithObjects([], account="123456789012", region=region)
    for number, (kind, arn) in enumerate(
        [
            ("AWS::SecretsManager::Secret", f"arn:aws:secretsmanager:{HERE}:secret:shop-Ab12Cd"),
            ("AWS::SecretsManager::Secret", f"arn:aws:secretsmanager:{HERE}:secret:till-Ab12Cd"),
            ("AWS::SSM::Parameter", f"arn:aws:ssm:{HERE}:parameter/a/b"),
            ("AWS::ECS::TaskDefinition", f"{TASKS}/work:1"),
            ("AWS::ECS::TaskDefinition", f"{TASKS}/bare:1"),
        ]
    ):
        roles = {"TaskRoleArn": "arn:task", "ExecutionRoleArn": "arn:execution"} if arn.endswith("work:1") else {}
        made._made[0, str(number)] = Made(kind, arn, {}, arn, properties=roles)
    return made


def needs(service: str, operation: str, given: Given, *, secure: bool = True) -> list[tuple[str, str]]:
    call = Call(service, operation, given, "us-east-1", secure)
    found = requests(call, account(), ROLE)
    assert {one.because for one in found} <= {f"the handler calls {service}:{operation}"}
    return [(one.action, one.resource) for one in found]


def keys(service: str, operation: str, given: Given) -> dict[str, Any]:
    """The condition keys of the last request that not every request has."""
    *_, last = requests(Call(service, operation, given, "us-east-1", secure=True), account(), ROLE)
    everyone = request_context(account(), ROLE)
    return {key: value for key, value in last.context.items() if key not in everyone}


A = {"Bucket": "b", "Key": "k"}
OF_OBJECTS = [
    ("AbortMultipartUpload", "AbortMultipartUpload"),
    ("CompleteMultipartUpload", "PutObject"),
    ("CreateMultipartUpload", "PutObject"),
    ("DeleteObject", "DeleteObject"),
    ("GetObject", "GetObject"),
    ("GetObjectTagging", "GetObjectTagging"),
    ("HeadObject", "GetObject"),
    ("ListParts", "ListMultipartUploadParts"),
    ("PutObject", "PutObject"),
    ("PutObjectTagging", "PutObjectTagging"),
    ("UploadPart", "PutObject"),
]
VERSIONED = {
    "DeleteObject": "DeleteObjectVersion",
    "GetObject": "GetObjectVersion",
    "GetObjectTagging": "GetObjectVersionTagging",
    "HeadObject": "GetObjectVersion",
    "PutObjectTagging": "PutObjectVersionTagging",
}


class TestS3:
    @pytest.mark.parametrize(("operation", "action"), OF_OBJECTS)
    def test_an_object(self, operation: str, action: str) -> None:
        assert needs("s3", operation, A) == [(f"s3:{action}", "arn:aws:s3:::b/k")]
        of_version = VERSIONED.get(operation, action)
        assert needs("s3", operation, A | {"VersionId": "v"}) == [(f"s3:{of_version}", "arn:aws:s3:::b/k")]

    @pytest.mark.parametrize(
        ("operation", "action"),
        [
            ("GetBucketLocation", "GetBucketLocation"),
            ("GetBucketTagging", "GetBucketTagging"),
            ("GetBucketVersioning", "GetBucketVersioning"),
            ("HeadBucket", "ListBucket"),
            ("ListMultipartUploads", "ListBucketMultipartUploads"),
            ("ListObjectVersions", "ListBucketVersions"),
            ("ListObjects", "ListBucket"),
            ("ListObjectsV2", "ListBucket"),
        ],
    )
    def test_a_bucket(self, operation: str, action: str) -> None:
        assert needs("s3", operation, {"Bucket": "b"}) == [(f"s3:{action}", "arn:aws:s3:::b")]
        given = {"Bucket": "b", "Prefix": "in/", "Delimiter": "/", "MaxKeys": 9}
        assert keys("s3", operation, given) == {"s3:prefix": ("in/",), "s3:delimiter": ("/",), "s3:max-keys": ("9",)}
        absent = {"s3:prefix": None, "s3:delimiter": None, "s3:max-keys": None}
        assert keys("s3", operation, {"Bucket": "b"}) == absent

    def test_all_buckets(self) -> None:
        assert needs("s3", "ListBuckets", {}) == [("s3:ListAllMyBuckets", "*")]

    def test_several_objects(self) -> None:
        objects = [{"Key": "a"}, {"Key": "b", "VersionId": "v"}]
        assert needs("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": objects}}) == [
            ("s3:DeleteObject", "arn:aws:s3:::b/a"),
            ("s3:DeleteObjectVersion", "arn:aws:s3:::b/b"),
        ]
        assert keys("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": objects}}) == {"s3:versionid": ("v",)}

    @pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
    def test_a_copy_reads_one_and_writes_the_other(self, operation: str) -> None:
        source = {"Bucket": "from", "Key": "x"}
        copied = [("s3:GetObject", "arn:aws:s3:::from/x"), ("s3:PutObject", "arn:aws:s3:::b/k")]
        assert needs("s3", operation, A | {"CopySource": source}) == copied
        versioned = needs("s3", operation, A | {"CopySource": source | {"VersionId": "v"}})
        assert versioned == [("s3:GetObjectVersion", "arn:aws:s3:::from/x"), copied[1]]
        first, _ = requests(
            Call("s3", operation, A | {"CopySource": source | {"VersionId": "v"}}, "us-east-1", secure=True),
            account(),
            ROLE,
        )
        assert first.context["s3:versionid"] == ("v",)
        with pytest.raises(NotModelled, match=rf"^a source of s3:{operation} that is not a mapping$"):
            needs("s3", operation, A | {"CopySource": "from/x"})

    @pytest.mark.parametrize("operation", ["PutObject", "CreateMultipartUpload", "CopyObject"])
    @pytest.mark.parametrize(
        ("action", "names"),
        [
            ("PutObjectTagging", ["Tagging"]),
            ("PutObjectAcl", ["ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWriteACP"]),
            ("PutObjectRetention", ["ObjectLockMode", "ObjectLockRetainUntilDate"]),
            ("PutObjectLegalHold", ["ObjectLockLegalHoldStatus"]),
        ],
    )
    def test_what_is_set_of_a_new_object(self, operation: str, action: str, names: list[str]) -> None:
        source = {"CopySource": {"Bucket": "from", "Key": "x"}} if operation == "CopyObject" else {}
        put = needs("s3", operation, A | source)
        assert put[-1] == ("s3:PutObject", "arn:aws:s3:::b/k")
        for given in [dict.fromkeys([one], "x") for one in names] + [dict.fromkeys(names, "x")]:
            assert needs("s3", operation, A | source | given) == [*put, (f"s3:{action}", "arn:aws:s3:::b/k")]

    @pytest.mark.parametrize(
        ("source", "given", "expected"),
        [
            ({"Key": "tagged"}, {}, ["GetObject", "PutObject", "GetObjectTagging", "PutObjectTagging"]),
            (
                {"Key": "tagged"},
                {"TaggingDirective": "COPY"},
                ["GetObject", "PutObject", "GetObjectTagging", "PutObjectTagging"],
            ),
            ({"Key": "tagged"}, {"TaggingDirective": "REPLACE"}, ["GetObject", "PutObject"]),
            (
                {"Key": "tagged"},
                {"TaggingDirective": "REPLACE", "Tagging": "a=b"},
                ["GetObject", "PutObject", "PutObjectTagging"],
            ),
            (
                {"Key": "versions", "VersionId": "v"},
                {},
                ["GetObjectVersion", "PutObject", "GetObjectVersionTagging", "PutObjectTagging"],
            ),
            ({"Key": "versions"}, {}, ["GetObject", "PutObject"]),
            ({"Key": "none"}, {}, ["GetObject", "PutObject"]),
        ],
    )
    def test_tags_that_are_copied(self, source: Given, given: Given, expected: list[str]) -> None:
        call = A | {"CopySource": {"Bucket": "from"} | source} | given
        resources = {True: f"arn:aws:s3:::from/{source['Key']}", False: "arn:aws:s3:::b/k"}
        assert needs("s3", "CopyObject", call) == [
            (f"s3:{action}", resources[action.startswith("Get")]) for action in expected
        ]
        of_version = [
            one.context["s3:versionid"]
            for one in requests(Call("s3", "CopyObject", call, "us-east-1", secure=True), account(), ROLE)
            if one.action.startswith("s3:Get")
        ]
        assert set(of_version) == {("v",) if "VersionId" in source else None}
        # A part of an object has no tags.
        assert len(needs("s3", "UploadPartCopy", call)) == 2

    def test_who_deletes_what_is_retained(self) -> None:
        bypass, arn = {"BypassGovernanceRetention": True}, "arn:aws:s3:::b/k"
        expected = [("s3:DeleteObject", arn), ("s3:BypassGovernanceRetention", arn)]
        assert needs("s3", "DeleteObject", A | bypass) == expected
        several = {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}}
        assert needs("s3", "DeleteObjects", several | bypass) == expected
        assert needs("s3", "DeleteObjects", several | {"BypassGovernanceRetention": False}) == expected[:1]

    def test_what_only_looks_like_it(self) -> None:
        assert needs("s3", "GetObject", A | {"Tagging": "x", "GrantRead": "x"}) == [
            ("s3:GetObject", "arn:aws:s3:::b/k")
        ]
        assert needs("s3", "UploadPart", A | {"Tagging": "x"}) == [("s3:PutObject", "arn:aws:s3:::b/k")]

    def test_how_it_is_written(self) -> None:
        given = {"ACL": "private", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "k", "StorageClass": "GLACIER"}
        (first, _) = requests(Call("s3", "PutObject", A | given, "us-east-1", secure=True), account(), ROLE)
        for key, value in {
            "s3:x-amz-acl": "private",
            "s3:x-amz-server-side-encryption": "aws:kms",
            "s3:x-amz-server-side-encryption-aws-kms-key-id": "k",
            "s3:x-amz-storage-class": "GLACIER",
        }.items():
            assert first.context[key] == (value,)
            assert keys("s3", "PutObject", A)[key] is None
        assert keys("s3", "GetObject", A | {"VersionId": "v"})["s3:versionid"] == ("v",)
        assert keys("s3", "GetObject", A)["s3:versionid"] is None

    def test_what_is_not_modelled(self) -> None:
        with pytest.raises(NotModelled, match=r"^what s3:GetBucketAcl needs$"):
            needs("s3", "GetBucketAcl", {"Bucket": "b"})
        with pytest.raises(NotModelled, match=r"^access points \(s3:GetObject\)$"):
            needs("s3", "GetObject", {"Bucket": "arn:aws:s3:::accesspoint/a", "Key": "k"})

    def test_in_another_partition(self) -> None:
        call = Call("s3", "HeadBucket", {"Bucket": "b"}, "cn-north-1", secure=True)
        assert [one.resource for one in requests(call, account("cn-north-1"), ROLE)] == ["arn:aws-cn:s3:::b"]


TABLE = f"arn:aws:dynamodb:{HERE}:table/t"


@pytest.mark.parametrize(
    ("operation", "given", "expected"),
    [
        *(
            (operation, {"TableName": "t"}, [(f"dynamodb:{operation}", TABLE)])
            for operation in ("DeleteItem", "DescribeTable", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
        ),
        ("Query", {"TableName": "t", "IndexName": "i"}, [("dynamodb:Query", f"{TABLE}/index/i")]),
        ("GetItem", {"TableName": "arn:x"}, [("dynamodb:GetItem", "arn:x")]),
        (
            "BatchGetItem",
            {"RequestItems": {"t": {}, "u": {}}},
            [("dynamodb:BatchGetItem", TABLE), ("dynamodb:BatchGetItem", f"{TABLE[:-1]}u")],
        ),
        ("BatchWriteItem", {"RequestItems": {"t": []}}, [("dynamodb:BatchWriteItem", TABLE)]),
        ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "t"}}]}, [("dynamodb:GetItem", TABLE)]),
        (
            "TransactWriteItems",
            {"TransactItems": [{one: {"TableName": "t"}} for one in ("Put", "Update", "Delete", "ConditionCheck")]},
            [
                ("dynamodb:PutItem", TABLE),
                ("dynamodb:UpdateItem", TABLE),
                ("dynamodb:DeleteItem", TABLE),
                ("dynamodb:ConditionCheckItem", TABLE),
            ],
        ),
        ("ListTables", {}, [("dynamodb:ListTables", "*")]),
    ],
)
def test_dynamodb(operation: str, given: Given, expected: list[tuple[str, str]]) -> None:
    assert needs("dynamodb", operation, given) == expected


URL = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
THEIR_URL = "https://sqs.us-east-1.amazonaws.com/999999999999/q"
THEIR_QUEUE = "arn:aws:sqs:us-east-1:999999999999:q"
QUEUE, TOPIC, KEY = f"arn:aws:sqs:{HERE}:q", f"arn:aws:sns:{HERE}:t", f"arn:aws:kms:{HERE}:key/k"
STREAM, FUNCTION, ALARM = f"arn:aws:kinesis:{HERE}:stream/s", f"arn:aws:lambda:{HERE}:function:f", f"{HERE}:alarm:"
CLUSTER, TASK = f"arn:aws:ecs:{HERE}:cluster/c", f"arn:aws:ecs:{HERE}:task"
WORK = [("ecs:RunTask", f"{TASKS}/work:1"), ("iam:PassRole", "arn:task"), ("iam:PassRole", "arn:execution")]
BUS, SECRET = f"arn:aws:events:{HERE}:event-bus/", f"arn:aws:secretsmanager:{HERE}:secret:shop-Ab12Cd"
GATEWAY = f"arn:aws:ec2:{HERE}:transit-gateway"
REST = "arn:aws:apigateway:us-east-1::"
TAGS = f"{REST}/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapikeys%2F*"
EDGE, WEB_ACL = "arn:aws:cloudfront::123456789012:distribution/E1", "arn:aws:wafv2:us-east-1:1:global/webacl/a/b"
LOGGED = {"Logging": {"Enabled": True, "Bucket": "logs.s3.eu-west-1.amazonaws.com"}, "WebACLId": WEB_ACL}


@pytest.mark.parametrize(
    ("service", "operation", "given", "expected"),
    [
        ("sqs", "SendMessage", {"QueueUrl": URL}, [("sqs:SendMessage", QUEUE)]),
        ("sqs", "SendMessageBatch", {"QueueUrl": URL}, [("sqs:SendMessage", QUEUE)]),
        ("sqs", "SendMessage", {"QueueUrl": THEIR_URL}, [("sqs:SendMessage", THEIR_QUEUE)]),
        ("sqs", "SendMessage", {"QueueUrl": "q"}, [("sqs:SendMessage", QUEUE)]),
        ("sqs", "GetQueueUrl", {"QueueName": "q"}, [("sqs:GetQueueUrl", QUEUE)]),
        (
            "sqs",
            "GetQueueUrl",
            {"QueueName": "q", "QueueOwnerAWSAccountId": "999999999999"},
            [("sqs:GetQueueUrl", THEIR_QUEUE)],
        ),
        ("sqs", "ListQueues", {}, [("sqs:ListQueues", "*")]),
        ("sns", "Publish", {"TopicArn": TOPIC}, [("sns:Publish", TOPIC)]),
        ("sns", "Publish", {"TargetArn": TOPIC}, [("sns:Publish", TOPIC)]),
        ("sns", "PublishBatch", {"TopicArn": TOPIC}, [("sns:Publish", TOPIC)]),
        ("sns", "GetTopicAttributes", {"TopicArn": TOPIC}, [("sns:GetTopicAttributes", TOPIC)]),
        ("sns", "Publish", {"PhoneNumber": "1"}, None),
        ("sns", "ListTopics", {}, [("sns:ListTopics", "*")]),
        (
            "events",
            "PutEvents",
            {"Entries": [{}, {"EventBusName": "b"}, {"EventBusName": f"{BUS}c"}]},
            [("events:PutEvents", f"{BUS}{name}") for name in ("default", "b", "c")],
        ),
        ("events", "ListEventBuses", {}, [("events:ListEventBuses", "*")]),
        ("kinesis", "PutRecord", {"StreamName": "s"}, [("kinesis:PutRecord", STREAM)]),
        ("kinesis", "PutRecords", {"StreamARN": STREAM}, [("kinesis:PutRecords", STREAM)]),
        ("kinesis", "DescribeLimits", {}, [("kinesis:DescribeLimits", "*")]),
        ("kinesis", "GetRecords", {}, None),
        ("kms", "Decrypt", {"KeyId": "k"}, [("kms:Decrypt", KEY)]),
        ("kms", "Decrypt", {"KeyId": KEY}, [("kms:Decrypt", KEY)]),
        ("kms", "Decrypt", {}, None),
        ("kms", "Decrypt", {"KeyId": "alias/a"}, None),
        ("kms", "Decrypt", {"KeyId": f"arn:aws:kms:{HERE}:alias/a"}, None),
        ("ssm", "GetParameter", {"Name": "/a/b"}, [("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/a/b")]),
        ("ssm", "PutParameter", {"Name": "a"}, [("ssm:PutParameter", f"arn:aws:ssm:{HERE}:parameter/a")]),
        ("ssm", "GetParameter", {"Name": "arn:x"}, [("ssm:GetParameter", "arn:x")]),
        (
            "ssm",
            "GetParameters",
            {"Names": ["a", "/b"]},
            [("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/{name}") for name in "ab"],
        ),
        (
            "ssm",
            "GetParametersByPath",
            {"Path": "/a/"},
            [("ssm:GetParametersByPath", f"arn:aws:ssm:{HERE}:parameter/a")],
        ),
        (
            "ssm",
            "GetParameter",
            {"Name": "/a/b", "WithDecryption": True},
            [("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/a/b")],
        ),
        ("ssm", "GetParameter", {"Name": "/other", "WithDecryption": True}, None),
        ("ssm", "DescribeParameters", {}, [("ssm:DescribeParameters", "*")]),
        *(
            ("secretsmanager", operation, {"SecretId": name}, [(f"secretsmanager:{operation}", SECRET)])
            for operation in ("GetSecretValue", "DescribeSecret", "PutSecretValue", "UpdateSecretVersionStage")
            for name in ("shop", SECRET, SECRET.removesuffix("-Ab12Cd"))
        ),
        ("apigateway", "CreateApiKey", {"name": "a"}, [("apigateway:POST", f"{REST}/apikeys")]),
        (
            "apigateway",
            "CreateApiKey",
            {"name": "a", "tags": {"a": "b"}},
            [("apigateway:POST", f"{REST}/apikeys"), ("apigateway:PUT", TAGS)],
        ),
        (
            "apigateway",
            "DeleteUsagePlanKey",
            {"usagePlanId": "p", "keyId": "k"},
            [("apigateway:DELETE", f"{REST}/usageplans/p/keys/k")],
        ),
        ("apigateway", "CreateRoutingRule", {}, None),
        ("cloudfront", "GetDistributionConfig", {"Id": "E1"}, [("cloudfront:GetDistributionConfig", EDGE)]),
        ("cloudfront", "CreateInvalidation", {"DistributionId": "E1"}, [("cloudfront:CreateInvalidation", EDGE)]),
        (
            "cloudfront",
            "UpdateDistribution",
            {"Id": "E1", "DistributionConfig": {}},
            [("cloudfront:UpdateDistribution", EDGE)],
        ),
        (
            "cloudfront",
            "UpdateDistribution",
            {"Id": "E1", "DistributionConfig": LOGGED},
            [
                ("cloudfront:UpdateDistribution", EDGE),
                ("s3:GetBucketAcl", "arn:aws:s3:::logs"),
                ("s3:PutBucketAcl", "arn:aws:s3:::logs"),
                ("wafv2:GetWebACL", WEB_ACL),
            ],
        ),
        ("cloudfront", "DeleteDistribution", {"Id": "E1"}, None),
        ("secretsmanager", "GetSecretValue", {"SecretId": "other"}, None),
        *(
            ("secretsmanager", "GetSecretValue", {"SecretId": part}, None)
            for part in ("Ab12Cd", "sho", "shop-Ab12Cd", "secret:shop", SECRET[:-1])
        ),
        ("secretsmanager", "GetSecretValue", {}, None),
        ("secretsmanager", "DeleteSecret", {"SecretId": "shop"}, None),
        ("lambda", "Invoke", {"FunctionName": "f"}, [("lambda:InvokeFunction", FUNCTION)]),
        ("lambda", "Invoke", {"FunctionName": FUNCTION}, [("lambda:InvokeFunction", FUNCTION)]),
        ("lambda", "Invoke", {"FunctionName": "f", "Qualifier": "l"}, [("lambda:InvokeFunction", f"{FUNCTION}:l")]),
        ("lambda", "GetFunction", {"FunctionName": "f"}, [("lambda:GetFunction", FUNCTION)]),
        (
            "lambda",
            "GetFunctionConfiguration",
            {"FunctionName": "f"},
            [("lambda:GetFunctionConfiguration", FUNCTION)],
        ),
        ("lambda", "ListFunctions", {}, [("lambda:ListFunctions", "*")]),
        ("lambda", "GetFunction", {}, None),
        ("states", "StartExecution", {"stateMachineArn": "arn:m"}, [("states:StartExecution", "arn:m")]),
        ("states", "StartSyncExecution", {"stateMachineArn": "arn:m"}, [("states:StartSyncExecution", "arn:m")]),
        ("states", "ListStateMachines", {}, [("states:ListStateMachines", "*")]),
        (
            "monitoring",
            "DescribeAlarms",
            {"AlarmTypes": ["MetricAlarm"], "AlarmNames": ["a", "b"]},
            [("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{ALARM}{name}") for name in "ab"],
        ),
        (
            "monitoring",
            "DescribeAlarms",
            {"AlarmTypes": ["MetricAlarm"]},
            [("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{ALARM}*")],
        ),
        ("monitoring", "DescribeAlarms", {"AlarmTypes": ["CompositeAlarm"]}, None),
        ("monitoring", "ListMetrics", {}, None),
        ("monitoring", "PutMetricData", {"Namespace": "n"}, [("cloudwatch:PutMetricData", "*")]),
        (
            "ec2",
            "ModifyTransitGateway",
            {
                "TransitGatewayId": "tgw-1",
                "Options": {"AssociationDefaultRouteTableId": "rtb-1", "PropagationDefaultRouteTableId": "rtb-2"},
            },
            [
                ("ec2:ModifyTransitGateway", f"{GATEWAY}/tgw-1"),
                ("ec2:ModifyTransitGateway", f"{GATEWAY}-route-table/rtb-1"),
                ("ec2:ModifyTransitGateway", f"{GATEWAY}-route-table/rtb-2"),
            ],
        ),
        *(
            (
                "ec2",
                operation,
                {"TransitGatewayAttachmentId": "a-1", "TransitGatewayRouteTableId": "rtb-1"},
                [
                    (f"ec2:{operation}", f"{GATEWAY}-attachment/a-1"),
                    (f"ec2:{operation}", f"{GATEWAY}-route-table/rtb-1"),
                ],
            )
            for operation in (
                "AssociateTransitGatewayRouteTable",
                "DisableTransitGatewayRouteTablePropagation",
                "DisassociateTransitGatewayRouteTable",
                "EnableTransitGatewayRouteTablePropagation",
            )
        ),
        ("ecs", "ListTasks", {}, [("ecs:ListTasks", f"arn:aws:ecs:{HERE}:container-instance/default/*")]),
        ("ecs", "ListTasks", {"cluster": "c"}, [("ecs:ListTasks", f"arn:aws:ecs:{HERE}:container-instance/c/*")]),
        ("ecs", "ListTasks", {"cluster": CLUSTER}, [("ecs:ListTasks", f"arn:aws:ecs:{HERE}:container-instance/c/*")]),
        ("ecs", "ListClusters", {}, [("ecs:ListClusters", "*")]),
        ("ecs", "StopTask", {"task": "t"}, None),
        ("ecs", "RunTask", {"taskDefinition": "bare"}, [("ecs:RunTask", f"{TASKS}/bare:1")]),
        *(("ecs", "RunTask", {"taskDefinition": name}, WORK) for name in ("work", f"{TASKS}/work:1")),
        *(
            (
                "ecs",
                "RunTask",
                {"taskDefinition": "work", "cluster": "c"} | tags,
                [*WORK, ("ecs:TagResource", f"{TASK}/c/*")],
            )
            for tags in ({"tags": [{"key": "a", "value": "b"}]}, {"propagateTags": "TASK_DEFINITION"})
        ),
        ("ecs", "RunTask", {"taskDefinition": "work", "propagateTags": "NONE", "tags": []}, WORK),
        ("ecs", "RunTask", {"taskDefinition": "other"}, None),
        ("ecs", "RunTask", {"taskDefinition": "wor"}, None),
        ("ec2", "DescribeInstances", {}, [("ec2:DescribeInstances", "*")]),
        ("ec2", "TerminateInstances", {}, None),
        (
            "elasticloadbalancing",
            "ModifyListener",
            {"ListenerArn": "arn:l"},
            [("elasticloadbalancing:ModifyListener", "arn:l")],
        ),
        (
            "elasticloadbalancing",
            "DescribeListeners",
            {"ListenerArns": ["arn:l"]},
            [("elasticloadbalancing:DescribeListeners", "*")],
        ),
        ("sts", "GetCallerIdentity", {}, []),
        ("sts", "GetSessionToken", {}, []),
        ("sts", "AssumeRole", {"RoleArn": "arn:r"}, None),
        ("tagging", "NoSuchThing", {}, None),
    ],
)
def test_other_services(service: str, operation: str, given: Given, expected: list[tuple[str, str]] | None) -> None:
    if expected is None:
        with pytest.raises(NotModelled):
            needs(service, operation, given)
    else:
        assert needs(service, operation, given) == expected


@pytest.mark.parametrize(
    ("service", "operation", "given", "why"),
    [
        ("kms", "Decrypt", {}, "which key kms:Decrypt uses, where it does not say"),
        ("kms", "Decrypt", {"KeyId": "alias/a"}, "which key an alias stands for (kms:Decrypt)"),
        (
            "ssm",
            "GetParameter",
            {"Name": "/o", "WithDecryption": True},
            "the key of a parameter that the template does not make (ssm:GetParameter)",
        ),
        ("secretsmanager", "GetSecretValue", {}, "which secret secretsmanager:GetSecretValue names"),
        (
            "ecs",
            "RunTask",
            {"taskDefinition": "other"},
            "which roles a task definition has that the template does not make (ecs:RunTask)",
        ),
        ("sts", "AssumeRole", {}, "which resources sts:AssumeRole names"),
        ("tagging", "NoSuchThing", {}, "which IAM action tagging:NoSuchThing needs"),
    ],
)
def test_what_is_not_modelled_is_named(service: str, operation: str, given: Given, why: str) -> None:
    with pytest.raises(NotModelled) as raised:
        needs(service, operation, given)
    assert str(raised.value) == why


def test_condition_keys_of_services() -> None:
    assert keys("monitoring", "PutMetricData", {"Namespace": "n"}) == {"cloudwatch:namespace": ("n",)}
    assert keys("monitoring", "PutMetricData", {}) == {"cloudwatch:namespace": ("",)}
    entry = {"DetailType": "d", "Source": "s"}
    assert keys("events", "PutEvents", {"Entries": [{}, entry]}) == {
        "events:detail-type": ("d",),
        "events:source": ("s",),
    }
    assert keys("events", "PutEvents", {"Entries": [{}]}) == {"events:detail-type": ("",), "events:source": ("",)}
    context = {"EncryptionContext": {"Shop": "one"}}
    assert keys("kms", "Decrypt", {"KeyId": "k", **context}) == {"kms:encryptioncontext:shop": ("one",)}


def test_condition_keys_of_tasks() -> None:
    for cluster in ("c", CLUSTER):
        assert keys("ecs", "ListTasks", {"cluster": cluster}) == {"ecs:cluster": (CLUSTER,)}
        assert keys("ecs", "RunTask", {"cluster": cluster, "taskDefinition": "bare"}) == {"ecs:cluster": (CLUSTER,)}
    assert keys("ecs", "RunTask", {"taskDefinition": "work"}) == {"iam:passedtoservice": ("ecs-tasks.amazonaws.com",)}
    tagged = {"taskDefinition": "work", "tags": [{"key": "a", "value": "b"}]}
    assert keys("ecs", "RunTask", tagged) == {"ecs:createaction": ("RunTask",)}


def test_what_every_request_has() -> None:
    assert request_context(account(), ROLE) == {
        "aws:principalaccount": ("123456789012",),
        "aws:principalarn": (ROLE,),
        "aws:principalisawsservice": ("false",),
        "aws:principaltype": ("AssumedRole",),
        "aws:requestedregion": ("us-east-1",),
        "aws:securetransport": ("true",),
        "aws:viaawsservice": ("false",),
        "s3:tlsversion": ("1.3",),
        "s3:authtype": ("REST-HEADER",),
        "s3:signatureage": ("0",),
        "s3:signatureversion": ("AWS4-HMAC-SHA256",),
        "kms:viaservice": None,
        "kms:calleraccount": ("123456789012",),
        "aws:sourcearn": None,
        "aws:sourceaccount": None,
        "aws:sourceorgid": None,
        "aws:multifactorauthpresent": None,
    }
    for secure in (True, False):
        (one,) = requests(Call("s3", "GetObject", A, "eu-west-1", secure), account(), ROLE)
        assert one.context["aws:securetransport"] == (str(secure).lower(),)
        assert one.context["aws:requestedregion"] == ("eu-west-1",)
        assert str(one) == "s3:GetObject on arn:aws:s3:::b/k (the handler calls s3:GetObject)"
