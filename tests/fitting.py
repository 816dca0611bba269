"""Further resources of a type, for arguments that the plain one of `tests.fuzz.resources` does not fit."""

from collections.abc import Mapping
from typing import Any

import jsii
from aws_cdk import CfnParameter, Fn, Resource, Stack
from aws_cdk import aws_acmpca as acmpca
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_servicediscovery as servicediscovery
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
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


def _existing(scope: Construct, **subnets: list[str]) -> ec2.IVpc:
    """Import a VPC in two zones with its range."""
    region = Stack.of(scope).region
    return ec2.Vpc.from_vpc_attributes(
        scope,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        vpc_cidr_block="10.0.0.0/16",
        availability_zones=[f"{region}a", f"{region}b"],
        **subnets,  # type: ignore[arg-type]
    )


def _existing_network(scope: Construct) -> ec2.IVpc:
    return _existing(
        scope,
        public_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        public_subnet_route_table_ids=["rtb-0123456789abcdef0", "rtb-0123456789abcdef0"],
        public_subnet_ipv4_cidr_blocks=["10.0.0.0/24", "10.0.1.0/24"],
        private_subnet_ids=["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
        private_subnet_ipv4_cidr_blocks=["10.0.2.0/24", "10.0.3.0/24"],
        private_subnet_route_table_ids=["rtb-0123456789abcdef2", "rtb-0123456789abcdef3"],
    )


def _existing_isolated_network(scope: Construct) -> ec2.IVpc:
    return _existing(
        scope,
        isolated_subnet_ids=["subnet-0123456789abcdef4", "subnet-0123456789abcdef5"],
        isolated_subnet_ipv4_cidr_blocks=["10.0.4.0/24", "10.0.5.0/24"],
        isolated_subnet_route_table_ids=["rtb-0123456789abcdef4", "rtb-0123456789abcdef5"],
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
    ec2.IVpc: {"new": (_network,), "existing": (_existing_network, _existing_isolated_network)},
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


def _given(scope: Construct, name: str = "Given") -> str:
    """A value that only the deployment knows."""
    return CfnParameter(scope, name).value_as_string


_ZONES, _PUBLIC, _PRIVATE = "Zones", "PublicSubnets", "PrivateSubnets"
UNKNOWN: dict[Any, tuple[Make, ...]] = {
    acm.ICertificate: (lambda scope: acm.Certificate.from_certificate_arn(scope, "Certificate", _given(scope)),),
    acmpca.ICertificateAuthority: (
        lambda scope: acmpca.CertificateAuthority.from_certificate_authority_arn(scope, "Authority", _given(scope)),
    ),
    apigateway.IApiKey: (lambda scope: apigateway.ApiKey.from_api_key_id(scope, "ApiKey", _given(scope)),),
    cloudwatch.IAlarm: (lambda scope: cloudwatch.Alarm.from_alarm_arn(scope, "Alarm", _given(scope)),),
    cognito.IUserPool: (
        lambda scope: cognito.UserPool.from_user_pool_id(scope, "Users", _given(scope)),
        lambda scope: cognito.UserPool.from_user_pool_arn(scope, "Users", _given(scope)),
    ),
    dynamodb.ITable: (
        lambda scope: dynamodb.Table.from_table_arn(scope, "Table", _given(scope)),
        lambda scope: dynamodb.Table.from_table_attributes(
            scope, "Table", table_arn=_given(scope), table_stream_arn=_given(scope, "Stream")
        ),
    ),
    ec2.IInterfaceVpcEndpoint: (
        lambda scope: ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
            scope, "Endpoint", vpc_endpoint_id=_given(scope), port=443
        ),
    ),
    ec2.ISecurityGroup: (lambda scope: ec2.SecurityGroup.from_security_group_id(scope, "Group", _given(scope)),),
    ec2.ISubnet: (
        lambda scope: ec2.Subnet.from_subnet_attributes(
            scope, "Subnet", subnet_id=_given(scope), availability_zone=_given(scope, "Zone")
        ),
        lambda scope: ec2.Subnet.from_subnet_id(scope, "Subnet", _given(scope)),
    ),
    ec2.IVpc: (
        # Each subnet by a name, without the range.
        lambda scope: ec2.Vpc.from_vpc_attributes(
            scope,
            "Vpc",
            vpc_id=_given(scope),
            availability_zones=["eu-west-1a", "eu-west-1b"],
            public_subnet_ids=[Fn.import_value(f"Public{number}") for number in (1, 2)],
            public_subnet_route_table_ids=[Fn.import_value("Public")] * 2,
            private_subnet_ids=[Fn.import_value(f"Private{number}") for number in (1, 2)],
            private_subnet_route_table_ids=[Fn.import_value(f"PrivateTable{number}") for number in (1, 2)],
        ),
        # A text with all of them, how many is not known.
        lambda scope: ec2.Vpc.from_vpc_attributes(
            scope,
            "Vpc",
            vpc_id=_given(scope),
            vpc_cidr_block=_given(scope, "Range"),
            availability_zones=Fn.get_azs(),
            public_subnet_ids=Fn.split(",", Fn.import_value(_PUBLIC)),
            private_subnet_ids=Fn.split(",", Fn.import_value(_PRIVATE)),
        ),
        # A text with two.
        lambda scope: ec2.Vpc.from_vpc_attributes(
            scope,
            "Vpc",
            vpc_id=_given(scope),
            availability_zones=Fn.split(",", Fn.import_value(_ZONES), 2),
            public_subnet_ids=Fn.split(",", Fn.import_value(_PUBLIC), 2),
            private_subnet_ids=Fn.split(",", Fn.import_value(_PRIVATE), 2),
        ),
    ),
    ec2_interfaces.IInternetGatewayRef: (
        lambda scope: ec2.CfnInternetGateway.from_internet_gateway_id(scope, "InternetGateway", _given(scope)),
    ),
    ec2_interfaces.ITransitGatewayRef: (
        lambda scope: ec2.CfnTransitGateway.from_transit_gateway_id(scope, "Gateway", _given(scope)),
    ),
    ecs.ICluster: (lambda scope: ecs.Cluster.from_cluster_arn(scope, "Cluster", _given(scope)),),
    efs.IFileSystem: (
        lambda scope: efs.FileSystem.from_file_system_attributes(
            scope,
            "Files",
            file_system_id=_given(scope),
            security_group=ec2.SecurityGroup.from_security_group_id(scope, "Group", _given(scope, "GroupId")),
        ),
    ),
    elbv2.IApplicationLoadBalancer: (
        lambda scope: elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
            scope,
            "Balancer",
            load_balancer_arn=_given(scope),
            security_group_id=_given(scope, "GroupId"),
            load_balancer_dns_name=_given(scope, "Name"),
            load_balancer_canonical_hosted_zone_id=_given(scope, "Zone"),
        ),
        lambda scope: elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
            scope, "Balancer", load_balancer_arn=_given(scope), security_group_id=_given(scope, "GroupId")
        ),
    ),
    elbv2.INetworkLoadBalancer: (
        lambda scope: elbv2.NetworkLoadBalancer.from_network_load_balancer_attributes(
            scope, "Balancer", load_balancer_arn=_given(scope)
        ),
    ),
    events.IEventBus: (
        lambda scope: events.EventBus.from_event_bus_arn(scope, "Bus", _given(scope)),
        lambda scope: events.EventBus.from_event_bus_name(scope, "Bus", _given(scope)),
    ),
    kms.IKey: (lambda scope: kms.Key.from_key_arn(scope, "Key", _given(scope)),),
    lambda_.IFunction: (
        lambda scope: lambda_.Function.from_function_arn(scope, "Function", _given(scope)),
        lambda scope: lambda_.Function.from_function_name(scope, "Function", _given(scope)),
        lambda scope: lambda_.Function.from_function_attributes(
            scope,
            "Function",
            function_arn=_given(scope),
            role=iam.Role.from_role_arn(scope, "Role", _given(scope, "RoleArn")),
            same_environment=True,
        ),
    ),
    lambda_.IVersion: (lambda scope: lambda_.Version.from_version_arn(scope, "Version", _given(scope)),),
    route53.IHostedZone: (
        lambda scope: route53.HostedZone.from_hosted_zone_attributes(
            scope, "Zone", hosted_zone_id=_given(scope), zone_name="example.com"
        ),
        lambda scope: route53.HostedZone.from_hosted_zone_attributes(
            scope, "Zone", hosted_zone_id=_given(scope), zone_name=_given(scope, "Name")
        ),
        lambda scope: route53.HostedZone.from_hosted_zone_id(scope, "Zone", _given(scope)),
    ),
    route53.IPrivateHostedZone: (
        lambda scope: route53.PrivateHostedZone.from_private_hosted_zone_id(scope, "Zone", _given(scope)),
    ),
    route53.IPublicHostedZone: (
        lambda scope: route53.PublicHostedZone.from_public_hosted_zone_attributes(
            scope, "Zone", hosted_zone_id=_given(scope), zone_name="example.com"
        ),
        lambda scope: route53.PublicHostedZone.from_public_hosted_zone_id(scope, "Zone", _given(scope)),
    ),
    s3.IBucket: (
        lambda scope: s3.Bucket.from_bucket_name(scope, "Bucket", _given(scope)),
        lambda scope: s3.Bucket.from_bucket_arn(scope, "Bucket", _given(scope)),
    ),
    servicediscovery.IPrivateDnsNamespace: (
        lambda scope: servicediscovery.PrivateDnsNamespace.from_private_dns_namespace_attributes(
            scope,
            "Namespace",
            namespace_arn=_given(scope),
            namespace_id=_given(scope, "Id"),
            namespace_name="own.internal",
        ),
    ),
    sns.ITopic: (lambda scope: sns.Topic.from_topic_arn(scope, "Topic", _given(scope)),),
    sqs.IQueue: (lambda scope: sqs.Queue.from_queue_arn(scope, "Queue", _given(scope)),),
    stepfunctions.IStateMachine: (
        lambda scope: stepfunctions.StateMachine.from_state_machine_arn(scope, "Machine", _given(scope)),
    ),
}
"""Imported resources of which only the deployment knows the values, by type."""
