"""From a call of the AWS SDK to the actions and resources that it needs to be allowed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.actions import exists, takes_resources
from patternkit.testing.permissions.errors import NotModelled
from patternkit.testing.permissions.statements import Request


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the SDK.

    Attributes:
        service: The service, as botocore signs for it: "s3", "monitoring".
        operation: The operation's name: "GetObject".
        parameters: What it was given.
        region: The Region that it went to.
        secure: Whether it went over TLS.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str
    secure: bool

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


def requests(call: Call, account: Account, role: str) -> list[Request]:
    """Say what a call needs to be allowed.

    Args:
        call: The call.
        account: The account that it is made in.
        role: The ARN of the role that makes it.

    Returns:
        The requests; none for a call that everybody may make.

    Raises:
        NotModelled: If what it needs is not known here.
    """
    service = _IAM_PREFIXES.get(call.service, call.service)
    context = request_context(account, role) | {
        "aws:requestedregion": (call.region,),
        "aws:securetransport": (str(call.secure).lower(),),
    }
    if (service, call.operation) in _FREE:
        return []
    translate = _SERVICES.get(service)
    needs = list(translate(call, account) if translate else _by_name(service, call))
    return [
        Request(action, resource, context | extra, f"the handler calls {call}") for action, resource, extra in needs
    ]


def request_context(account: Account, role: str) -> dict[str, tuple[str, ...] | None]:
    """Give the condition keys that every request of a role in its own account has, or never has.

    Args:
        account: The account.
        role: The role's ARN.

    Returns:
        The keys in small letters.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    # An execution role acts for nobody: what tells of a service acting for somebody is absent.
    absent = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:multifactorauthpresent")
    return {
        "aws:principalaccount": (account.id,),
        "aws:principalarn": (role,),
        "aws:principalisawsservice": ("false",),
        "aws:principaltype": ("AssumedRole",),
        "aws:requestedregion": (account.region,),
        "aws:securetransport": ("true",),
        "aws:viaawsservice": ("false",),
        # AWS's endpoints and the SDK agree on the newest version that both have, which is 1.3.
        "s3:tlsversion": ("1.3",),
        "kms:viaservice": None,
        "kms:calleraccount": (account.id,),
        **dict.fromkeys(absent),
    }


_IAM_PREFIXES = {"monitoring": "cloudwatch"}
_FREE = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}

Keys = dict[str, tuple[str, ...] | None]
Need = tuple[str, str, Keys]


def _by_name(service: str, call: Call) -> Iterator[Need]:
    action = f"{service}:{call.operation}"
    if not exists(action):
        raise NotModelled(f"which IAM action {action} needs")
    if takes_resources(action):
        raise NotModelled(f"which resources {action} names")
    yield action, "*", {}


_OBJECT_ACTIONS = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObject": "DeleteObject",
    "GetObject": "GetObject",
    "GetObjectTagging": "GetObjectTagging",
    "HeadObject": "GetObject",
    "ListParts": "ListMultipartUploadParts",
    "PutObject": "PutObject",
    "PutObjectTagging": "PutObjectTagging",
    "UploadPart": "PutObject",
}
_WITH_VERSION = {"DeleteObject", "GetObject", "GetObjectTagging", "PutObjectTagging"}
_BUCKET_ACTIONS = {
    "GetBucketLocation": "GetBucketLocation",
    "GetBucketTagging": "GetBucketTagging",
    "GetBucketVersioning": "GetBucketVersioning",
    "HeadBucket": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
}


def _s3(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html."""
    given = call.parameters
    if call.operation == "ListBuckets":
        yield "s3:ListAllMyBuckets", "*", {}
        return
    bucket = given.get("Bucket", "")
    if bucket.startswith("arn:"):
        raise NotModelled(f"access points ({call})")
    arn = f"arn:{account.partition}:s3:::{bucket}"
    if call.operation in _BUCKET_ACTIONS:
        keys = {"s3:prefix": "Prefix", "s3:delimiter": "Delimiter", "s3:max-keys": "MaxKeys"}
        extra: Keys = {key: (str(given[name]),) if name in given else None for key, name in keys.items()}
        yield f"s3:{_BUCKET_ACTIONS[call.operation]}", arn, extra
    elif call.operation == "DeleteObjects":
        for entry in given["Delete"]["Objects"]:
            version = "Version" if entry.get("VersionId") else ""
            yield f"s3:DeleteObject{version}", f"{arn}/{entry['Key']}", _version(entry)
    elif call.operation in ("CopyObject", "UploadPartCopy"):
        source = given["CopySource"]
        if not isinstance(source, Mapping):
            raise NotModelled(f"a source of {call} that is not a mapping")
        of_source = f"arn:{account.partition}:s3:::{source['Bucket']}/{source['Key']}"
        yield f"s3:GetObject{'Version' if source.get('VersionId') else ''}", of_source, _version(source)
        yield "s3:PutObject", f"{arn}/{given['Key']}", _write(given)
    elif call.operation in _OBJECT_ACTIONS:
        action = _OBJECT_ACTIONS[call.operation]
        if given.get("VersionId") and action in _WITH_VERSION:
            action = action.replace("Object", "ObjectVersion", 1)
        yield f"s3:{action}", f"{arn}/{given['Key']}", _version(given) | _write(given)
        if given.get("Tagging") and call.operation in ("PutObject", "CreateMultipartUpload"):
            yield "s3:PutObjectTagging", f"{arn}/{given['Key']}", {}
        if any(name == "ACL" or name.startswith("Grant") for name in given) and action == "PutObject":
            yield "s3:PutObjectAcl", f"{arn}/{given['Key']}", {}
    else:
        raise NotModelled(f"what {call} needs")


def _version(given: Mapping[str, Any]) -> Keys:
    return {"s3:versionid": (given["VersionId"],) if given.get("VersionId") else None}


def _write(given: Mapping[str, Any]) -> dict[str, tuple[str, ...] | None]:
    keys = {
        "s3:x-amz-acl": "ACL",
        "s3:x-amz-server-side-encryption": "ServerSideEncryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
        "s3:x-amz-storage-class": "StorageClass",
    }
    return {key: (str(given[name]),) if name in given else None for key, name in keys.items()}


def _dynamodb(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html."""
    given = call.parameters

    def table(name: str) -> str:
        return name if name.startswith("arn:") else account.arn("dynamodb", f"table/{name}")

    if call.operation in ("BatchGetItem", "BatchWriteItem"):
        for name in given["RequestItems"]:
            yield f"dynamodb:{call.operation}", table(name), {}
    elif call.operation in ("TransactGetItems", "TransactWriteItems"):
        actions = {"Get": "GetItem", "ConditionCheck": "ConditionCheckItem"}
        for item in given["TransactItems"]:
            for kind, inner in item.items():
                yield f"dynamodb:{actions.get(kind, kind + 'Item')}", table(inner["TableName"]), {}
    elif call.operation in _ITEM_OPERATIONS:
        index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
        yield f"dynamodb:{call.operation}", table(given["TableName"]) + index, {}
    else:
        yield from _by_name("dynamodb", call)


_ITEM_OPERATIONS = {"DeleteItem", "DescribeTable", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"}


def _sqs(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html."""
    given = call.parameters
    operation = call.operation.removesuffix("Batch")
    if operation == "GetQueueUrl":
        yield "sqs:GetQueueUrl", account.arn("sqs", given["QueueName"]), {}
    elif "QueueUrl" in given:
        yield f"sqs:{operation}", account.arn("sqs", given["QueueUrl"].rpartition("/")[2]), {}
    else:
        yield from _by_name("sqs", call)


def _sns(call: Call, _: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html."""
    target = call.parameters.get("TopicArn", call.parameters.get("TargetArn"))
    if call.operation not in ("Publish", "PublishBatch", "GetTopicAttributes") or target is None:
        yield from _by_name("sns", call)
    else:
        yield f"sns:{call.operation.removesuffix('Batch')}", target, {}


def _lambda(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html."""
    name = call.parameters.get("FunctionName", "")
    if call.operation not in ("Invoke", "GetFunction", "GetFunctionConfiguration") or not name:
        yield from _by_name("lambda", call)
        return
    qualifier = call.parameters.get("Qualifier")
    arn = name if name.startswith("arn:") else account.arn("lambda", f"function:{name}")
    action = "InvokeFunction" if call.operation == "Invoke" else call.operation
    yield f"lambda:{action}", f"{arn}:{qualifier}" if qualifier else arn, {}


def _events(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html."""
    if call.operation != "PutEvents":
        yield from _by_name("events", call)
        return
    for entry in call.parameters["Entries"]:
        bus = entry.get("EventBusName", "default")
        arn = bus if bus.startswith("arn:") else account.arn("events", f"event-bus/{bus}")
        extra = {"events:detail-type": (entry.get("DetailType", ""),), "events:source": (entry.get("Source", ""),)}
        yield "events:PutEvents", arn, dict(extra)


def _states(call: Call, _: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html."""
    if call.operation not in ("StartExecution", "StartSyncExecution"):
        # A task token names no resource that could be looked up.
        yield from _by_name("states", call)
        return
    yield f"states:{call.operation}", call.parameters["stateMachineArn"], {}


def _ssm(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html."""
    given = call.parameters
    names = [given["Name"]] if "Name" in given else given.get("Names", [given["Path"]] if "Path" in given else [])
    if call.operation not in ("GetParameter", "GetParameters", "GetParametersByPath", "PutParameter"):
        yield from _by_name("ssm", call)
        return
    for name in names:
        arn = name if name.startswith("arn:") else account.arn("ssm", f"parameter/{name.strip('/')}")
        if given.get("WithDecryption") and account.find(arn) is None:
            raise NotModelled(f"the key of a parameter that the template does not make ({call})")
        yield f"ssm:{call.operation}", arn, {}


def _secretsmanager(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html."""
    given = call.parameters.get("SecretId", "")
    found = [one for one in account.made("AWS::SecretsManager::Secret") if given and given in str(one.arn)]
    if call.operation not in ("GetSecretValue", "DescribeSecret", "PutSecretValue") or len(found) != 1:
        raise NotModelled(f"which secret {call} names")
    yield f"secretsmanager:{call.operation}", str(found[0].arn), {}


def _kinesis(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html."""
    given = call.parameters
    if call.operation not in ("PutRecord", "PutRecords"):
        yield from _by_name("kinesis", call)
        return
    arn = given.get("StreamARN") or account.arn("kinesis", f"stream/{given['StreamName']}")
    yield f"kinesis:{call.operation}", arn, {}


def _kms(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html."""
    key = call.parameters.get("KeyId")
    if key is None:
        raise NotModelled(f"which key {call} uses, where it does not say")
    if ":alias/" in key or key.startswith("alias/"):
        raise NotModelled(f"which key an alias stands for ({call})")
    arn = key if key.startswith("arn:") else account.arn("kms", f"key/{key}")
    text = call.parameters.get("EncryptionContext", {})
    extra: Keys = {f"kms:encryptioncontext:{name}".lower(): (value,) for name, value in text.items()}
    yield f"kms:{call.operation}", arn, extra


def _elasticloadbalancing(call: Call, _: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html."""
    if call.operation != "ModifyListener":
        yield from _by_name("elasticloadbalancing", call)
        return
    yield "elasticloadbalancing:ModifyListener", call.parameters["ListenerArn"], {}


def _cloudwatch(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html."""
    if call.operation == "DescribeAlarms" and call.parameters.get("AlarmTypes") == ["MetricAlarm"]:
        # Composite alarms can only be described with a permission on everything, alarms on metrics one by one.
        for name in call.parameters.get("AlarmNames") or ["*"]:
            yield "cloudwatch:DescribeAlarms", account.arn("cloudwatch", f"alarm:{name}"), {}
        return
    extra = {"cloudwatch:namespace": (call.parameters.get("Namespace", ""),)}
    for action, resource, _none in _by_name("cloudwatch", call):
        yield action, resource, dict(extra)


_TRANSIT_GATEWAY_OPERATIONS = {
    "AssociateTransitGatewayRouteTable",
    "DisableTransitGatewayRouteTablePropagation",
    "DisassociateTransitGatewayRouteTable",
    "EnableTransitGatewayRouteTablePropagation",
    "ModifyTransitGateway",
}
_TRANSIT_GATEWAY_RESOURCES = {
    "TransitGatewayId": "transit-gateway",
    "TransitGatewayAttachmentId": "transit-gateway-attachment",
    "TransitGatewayRouteTableId": "transit-gateway-route-table",
    "AssociationDefaultRouteTableId": "transit-gateway-route-table",
    "PropagationDefaultRouteTableId": "transit-gateway-route-table",
}


def _ec2(call: Call, account: Account) -> Iterator[Need]:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html."""
    if call.operation not in _TRANSIT_GATEWAY_OPERATIONS:
        yield from _by_name("ec2", call)
        return
    # Each resource that the request names has to be allowed.
    given = {**call.parameters, **call.parameters.get("Options", {})}
    for parameter, kind in _TRANSIT_GATEWAY_RESOURCES.items():
        if parameter in given:
            yield f"ec2:{call.operation}", account.arn("ec2", f"{kind}/{given[parameter]}"), {}


_SERVICES: dict[str, Callable[[Call, Account], Iterator[Need]]] = {
    "cloudwatch": _cloudwatch,
    "dynamodb": _dynamodb,
    "ec2": _ec2,
    "elasticloadbalancing": _elasticloadbalancing,
    "events": _events,
    "kinesis": _kinesis,
    "kms": _kms,
    "lambda": _lambda,
    "s3": _s3,
    "secretsmanager": _secretsmanager,
    "sns": _sns,
    "sqs": _sqs,
    "ssm": _ssm,
    "states": _states,
}
"""Services whose resources are known; of the others only actions that take no resource are evaluated."""
