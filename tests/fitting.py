"""Further resources of a type, for arguments that the plain one of `tests.fuzz.resources` does not fit."""

from collections.abc import Mapping
from typing import Any

import jsii
from aws_cdk import Resource, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from aws_cdk.interfaces import aws_networkfirewall as networkfirewall_interfaces
from aws_cdk.interfaces import aws_wafv2 as wafv2_interfaces
from constructs import Construct

from tests.fuzz.resources import RESOURCES, Make

_STREAM = dynamodb.StreamViewType.NEW_AND_OLD_IMAGES


def _here(scope: Construct, service: str, resource: str) -> str:
    """An ARN of the stack's own Region."""
    return f"arn:aws:{service}:{Stack.of(scope).region}:111122223333:{resource}"


def _table(name: str, **settings: Any) -> Make:
    return lambda scope: dynamodb.Table(
        scope,
        "Table",
        partition_key=dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING),
        **settings,
    )


def _with_a_stream(scope: Construct) -> dynamodb.ITable:
    table = _here(scope, "dynamodb", "table/existing")
    return dynamodb.Table.from_table_attributes(
        scope, "Table", table_arn=table, table_stream_arn=f"{table}/stream/2026-01-01T00:00:00.000"
    )


def _with_a_role(scope: Construct) -> lambda_.IFunction:
    return lambda_.Function.from_function_attributes(
        scope,
        "Function",
        function_arn=_here(scope, "lambda", "function:existing"),
        role=iam.Role.from_role_name(scope, "Role", "existing"),
        same_environment=True,
    )


def _network(scope: Construct) -> ec2.Vpc:
    """Public subnets, and private ones with a way out, in two zones, with room for others."""
    tiers = {"Public": ec2.SubnetType.PUBLIC, "Private": ec2.SubnetType.PRIVATE_WITH_EGRESS}
    return ec2.Vpc(
        scope,
        "Vpc",
        max_azs=2,
        restrict_default_security_group=False,
        subnet_configuration=[
            ec2.SubnetConfiguration(name=name, subnet_type=kind, cidr_mask=24) for name, kind in tiers.items()
        ],
    )


def _existing_network(scope: Construct) -> ec2.IVpc:
    region = Stack.of(scope).region
    return ec2.Vpc.from_vpc_attributes(
        scope,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        vpc_cidr_block="10.0.0.0/16",
        availability_zones=[f"{region}a", f"{region}b"],
        public_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        public_subnet_route_table_ids=["rtb-0123456789abcdef0", "rtb-0123456789abcdef0"],
        private_subnet_ids=["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
        private_subnet_route_table_ids=["rtb-0123456789abcdef2", "rtb-0123456789abcdef3"],
    )


@jsii.implements(wafv2_interfaces.IWebACLRef)
class _ExistingWebAcl(Resource):
    """A web ACL of which only the ARN is known: the CDK has no method that imports one."""

    @property
    def web_acl_ref(self) -> wafv2_interfaces.WebACLReference:
        arn = _here(self, "wafv2", "regional/webacl/existing/0")
        return wafv2_interfaces.WebACLReference(
            web_acl_arn=arn, web_acl_id="0", web_acl_name="existing", scope="REGIONAL"
        )


@jsii.implements(wafv2_interfaces.IWebACLRef)
class _ExistingWebAclOfCloudFront(Resource):
    @property
    def web_acl_ref(self) -> wafv2_interfaces.WebACLReference:
        arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/existing/0"
        return wafv2_interfaces.WebACLReference(
            web_acl_arn=arn, web_acl_id="0", web_acl_name="existing", scope="CLOUDFRONT"
        )


@jsii.implements(ec2_interfaces.IEIPRef)
class _ExistingAddress(Resource):
    @property
    def eip_ref(self) -> ec2_interfaces.EIPReference:
        return ec2_interfaces.EIPReference(allocation_id="eipalloc-0123456789abcdef0", public_ip="203.0.113.7")


@jsii.implements(networkfirewall_interfaces.IFirewallPolicyRef)
class _ExistingFirewallPolicy(Resource):
    @property
    def firewall_policy_ref(self) -> networkfirewall_interfaces.FirewallPolicyReference:
        arn = _here(self, "network-firewall", "firewall-policy/existing")
        return networkfirewall_interfaces.FirewallPolicyReference(firewall_policy_arn=arn)


FITTING: dict[Any, Mapping[str, tuple[Make, ...]]] = {
    dynamodb.ITable: {
        "new": (_table("id"), _table("id", stream=_STREAM)),
        "existing": (_with_a_stream,),
    },
    ec2.IVpc: {"new": (_network,), "existing": (_existing_network,)},
    ec2_interfaces.IEIPRef: {"existing": (lambda scope: _ExistingAddress(scope, "Address"),)},
    kms.IKey: {
        "new": (
            lambda scope: kms.Key(scope, "Key", key_spec=kms.KeySpec.ECC_NIST_P256, key_usage=kms.KeyUsage.SIGN_VERIFY),
        ),
        "existing": (lambda scope: kms.Key.from_key_arn(scope, "Key", _here(scope, "kms", "key/existing")),),
    },
    lambda_.IFunction: {"existing": (_with_a_role,)},
    sns.ITopic: {"existing": (lambda scope: sns.Topic.from_topic_arn(scope, "Topic", _here(scope, "sns", "own")),)},
    networkfirewall_interfaces.IFirewallPolicyRef: {
        "existing": (lambda scope: _ExistingFirewallPolicy(scope, "Policy"),)
    },
    wafv2_interfaces.IWebACLRef: {
        "new": (RESOURCES[wafv2_interfaces.IWebACLRef]["for CloudFront"],),
        "existing": (
            lambda scope: _ExistingWebAcl(scope, "WebAcl"),
            lambda scope: _ExistingWebAclOfCloudFront(scope, "WebAcl"),
        ),
    },
}
"""By the type, and by whether it is made or imported: tried in order, once the plain one was refused."""
