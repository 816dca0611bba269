"""What AWS services need of a customer's key, and who must say so in the key's policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import Annotations, Aws, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import IConstruct

_READ_AND_WRITE = ("kms:Decrypt", "kms:GenerateDataKey")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """A service that uses a key on its own account, and so must be let in by the key's policy.

    A role that uses a key needs a statement of its own instead: see `key_statement`.

    Attributes:
        sid: The statement's id.
        service: The service's principal.
        role: The service-linked role that it acts by: a path, to which a suffix may be added. Default: it acts itself.
        actions: The exact actions that it needs.
        purpose: What it uses the key for, as a message says it.
        conditions: On whose behalf. Never the ARN of one resource: the key would wait for the resource, which waits
            for its key.
    """

    sid: str
    service: str
    purpose: str
    role: str | None = None
    actions: tuple[str, ...] = _READ_AND_WRITE
    conditions: Mapping[str, Any] = field(
        default_factory=lambda: {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    )

    def statement(self) -> iam.PolicyStatement:
        """Make the statement that a key's policy needs."""
        principal: iam.PrincipalBase = iam.ServicePrincipal(self.service)
        conditions = dict(self.conditions)
        if self.role is not None:
            # Not the role as the principal: KMS refuses a policy that names a role which the account has not got yet.
            principal = iam.AnyPrincipal()
            conditions = {
                "StringEquals": {"kms:CallerAccount": Aws.ACCOUNT_ID},
                "ArnLike": {"aws:PrincipalArn": f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{self.role}*"},
            }
        return iam.PolicyStatement(
            sid=self.sid, principals=[principal], actions=list(self.actions), resources=["*"], conditions=conditions
        )


LOGS = KeyUse(
    sid="CloudWatchLogs",
    service=f"logs.{Aws.REGION}.amazonaws.com",
    purpose="encrypt log groups",
    actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
    conditions={
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": (
                f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:*"
            )
        }
    },
)
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"""

ALARMS = KeyUse(
    sid="AlarmsTell",
    service="cloudwatch.amazonaws.com",
    purpose="publish alarms to a topic",
    conditions={
        "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:cloudwatch:{Aws.REGION}:{Aws.ACCOUNT_ID}:alarm:*"},
        "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
    },
)
"""https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"""

AUTO_SCALING = KeyUse(
    sid="AutoScalingNotifies",
    service="autoscaling.amazonaws.com",
    role="aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    purpose="publish launches that failed to a topic",
)
"""https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-sns-notifications.html"""

RULES = KeyUse(
    sid="DeadLettersOfRules",
    service="events.amazonaws.com",
    purpose="send what a rule could not deliver to its dead-letter queue",
)
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"""

BUSES = KeyUse(
    sid="DeadLettersOfEvents",
    service="events.amazonaws.com",
    purpose="send what a bus could not take to its dead-letter queue",
)
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html"""

BUCKETS = KeyUse(sid="BucketAnnounces", service="s3.amazonaws.com", purpose="publish a bucket's notifications")
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"""

EDGE = KeyUse(
    sid="EdgeReads",
    service="cloudfront.amazonaws.com",
    purpose="read the objects of an origin",
    actions=("kms:Decrypt",),
    conditions={
        "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/*"},
    },
)
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html"""

TOPICS = KeyUse(
    sid="TopicDelivers",
    service="sns.amazonaws.com",
    purpose="deliver a topic's messages to queues",
    conditions={"ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:sns:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"}},
)
"""https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html"""


def let_use(key: kms.IKey, use: KeyUse, *, needed_by: IConstruct) -> None:
    """Let a service use a key, or say at synthesis what the key's owner must do.

    Args:
        key: The key. The policy of one of this app gets the statement, once however often it is asked for; that of an
            imported key cannot be changed.
        use: The service, and what for.
        needed_by: The construct that needs it, which a warning names.
    """
    if key.add_to_resource_policy(use.statement()).statement_added:
        return
    name = key.node.path if Token.is_unresolved(key.key_arn) else key.key_arn
    Annotations.of(needed_by).add_warning_v2(
        f"patterns:key-policy-{use.sid}",
        f"encryption_key {name} is imported: its policy must let {use.service.replace(Aws.REGION, 'REGION')} "
        f"{use.purpose}, by {', '.join(use.actions)}, which only its owner can say",
    )
