"""Resources that a user may pass in: made beside the construct, made in another stack, or existing already."""

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from aws_cdk import CfnParameter, Duration, Environment, Fn, Stack, Token
from aws_cdk import aws_acmpca as acmpca
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as cloudfront_origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_directconnect as directconnect
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as elbv2_targets
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_networkfirewall as networkfirewall
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_servicediscovery as servicediscovery
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.interfaces import aws_directconnect as directconnect_interfaces
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from aws_cdk.interfaces import aws_networkfirewall as networkfirewall_interfaces
from aws_cdk.interfaces import aws_wafv2 as wafv2_interfaces
from constructs import Construct

from patterns.building_blocks.vpc.tiered_vpc import TieredVpc, ZonalSubnet
from patterns.dns import global_accelerator, health_checks, routed_records, service_discovery
from patterns.network import direct_connect, edge_zone_subnets, peered_hub, shared_services_vpc
from patterns.network.hub.inspected_hub import InspectedHub
from patterns.network.inspection_vpc import InspectionVpc

Make = Callable[[Construct], Any]
_ACCOUNT = "111122223333"
_REGION = "eu-west-1"
_CODE = "def handler(event, context):\n    return None\n"


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{_REGION}:{_ACCOUNT}:{resource}"


def _elsewhere(make: Make) -> Make:
    """Make it in another stack of the same app and environment."""

    def made(scope: Construct) -> Any:
        stack = Stack.of(scope)
        name = re.sub("[^A-Za-z0-9]", "", f"Beside{scope.node.path}")
        return make(Construct(Stack(cast(Construct, scope.node.root), name, env=environment(stack)), "Given"))

    return made


def environment(stack: Stack) -> Environment | None:
    """Where a stack is deployed, for another one beside it; None for anywhere."""
    if Token.is_unresolved(stack.region):
        return None
    return Environment(account=stack.account, region=stack.region)


def _new_and_existing(new: Make, existing: Make, **others: Make) -> Mapping[str, Make]:
    return {"new": new, "of another stack": _elsewhere(new), "existing": existing, **others}


def _function(scope: Construct, **settings: Any) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline(_CODE),
        **settings,
    )


def _key(scope: Construct) -> kms.Key:
    return kms.Key(scope, "Key", enable_key_rotation=True)


def _table(scope: Construct, **settings: Any) -> dynamodb.Table:
    return dynamodb.Table(
        scope,
        "Table",
        partition_key=dynamodb.Attribute(name="source_key", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name="source_bucket", type=dynamodb.AttributeType.STRING),
        **settings,
    )


def _encrypted_bucket(scope: Construct) -> s3.Bucket:
    return s3.Bucket(scope, "Bucket", encryption=s3.BucketEncryption.KMS, encryption_key=_key(scope))


def _policy(scope: Construct) -> networkfirewall.CfnFirewallPolicy:
    policy = networkfirewall.CfnFirewallPolicy
    return policy(
        scope,
        "Policy",
        firewall_policy_name="own",
        firewall_policy=policy.FirewallPolicyProperty(
            stateless_default_actions=["aws:forward_to_sfe"], stateless_fragment_default_actions=["aws:forward_to_sfe"]
        ),
    )


def _web_acl(scope: Construct, of: str = "REGIONAL") -> wafv2.CfnWebACL:
    acl = wafv2.CfnWebACL
    return acl(
        scope,
        "WebAcl",
        scope=of,
        default_action=acl.DefaultActionProperty(allow=acl.AllowActionProperty()),
        visibility_config=acl.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name="web", sampled_requests_enabled=True
        ),
    )


def _vpc_of_another_stack(scope: Construct) -> ec2.IVpc:
    """Only a deployment knows which VPC it is."""
    return ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id=Fn.import_value("Vpc"), availability_zones=["us-east-1a", "us-east-1b"]
    )


def _vpc(kind: ec2.SubnetType) -> Make:
    return lambda scope: ec2.Vpc(
        scope,
        "Vpc",
        max_azs=2,
        nat_gateways=0,
        ip_addresses=ec2.IpAddresses.cidr("10.9.0.0/16"),
        restrict_default_security_group=False,
        subnet_configuration=[ec2.SubnetConfiguration(name="Only", subnet_type=kind)],
    )


def _vpc_with_a_way_out(scope: Construct) -> ec2.Vpc:
    return ec2.Vpc(scope, "Vpc", max_azs=2, nat_gateways=1, restrict_default_security_group=False)


def _client(scope: Construct) -> ec2.ISecurityGroup:
    return ec2.SecurityGroup.from_security_group_id(scope, "Client", "sg-0123456789abcdef0")


def _balancer(scope: Construct, **vpc: Any) -> elbv2.IApplicationLoadBalancer:
    return elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        scope,
        "Balancer",
        load_balancer_arn=_arn("elasticloadbalancing", "loadbalancer/app/existing/0123456789abcdef"),
        security_group_id="sg-0123456789abcdef0",
        load_balancer_dns_name="existing-1.eu-west-1.elb.amazonaws.com",
        load_balancer_canonical_hosted_zone_id="Z32O12XQLNTSW2",
        **vpc,
    )


def _balancer_of_any_region(scope: Construct) -> elbv2.IApplicationLoadBalancer:
    return elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        scope,
        "Balancer",
        load_balancer_arn=CfnParameter(scope, "BalancerArn").value_as_string,
        security_group_id="sg-0123456789abcdef0",
    )


def _endpoint(*addresses: str) -> routed_records.Endpoint:
    return routed_records.Endpoint(addresses=addresses)


_ONE, _TWO = _endpoint("203.0.113.1"), _endpoint("203.0.113.2")


def _failover() -> routed_records.Failover:
    return routed_records.Failover(primary=_ONE, secondary=_TWO)


def _zonal_subnet(scope: Construct) -> ZonalSubnet:
    tiers = {"Only": 24}
    return TieredVpc(scope, "Vpc", cidr="10.9.0.0/16", availability_zones=["eu-west-1a"], tiers=tiers).subnets["Only"][
        0
    ]


def _site(**given: Any) -> Make:
    named: dict[str, Any] = {"name": "Headquarters", "addresses": ["203.0.113.9"], "prefixes": ["192.168.0.0/20"]}
    return lambda _: direct_connect.CustomerSite(**(named | given))


# By type; and by construct and argument, where few of the type's values go together with the others.
def _vpc_of_another_account(**attributes: str) -> Make:
    def make(scope: Construct) -> Any:
        zones = ["eu-west-1a", "eu-west-1b"]
        return ec2.Vpc.from_vpc_attributes(scope, "Theirs", vpc_id="vpc-1", availability_zones=zones, **attributes)

    return make


def _namespace(scope: Construct, identity: str) -> servicediscovery.IPrivateDnsNamespace:
    return servicediscovery.PrivateDnsNamespace.from_private_dns_namespace_attributes(
        scope,
        "Namespace",
        namespace_arn=_arn("servicediscovery", f"namespace/{identity}"),
        namespace_id=identity,
        namespace_name=f"{identity[3:]}.internal",
    )


RESOURCES: dict[Any, Mapping[str, Make]] = {
    InspectedHub: {"new": lambda scope: InspectionVpc(scope, "Hub")},
    (direct_connect.InspectedCircuits, "site"): {
        "of two devices": _site(addresses=["203.0.113.9", "203.0.113.10"]),
        "static": _site(routing="static"),
        "announced here": _site(prefixes=["10.1.0.0/16"]),
    },
    (shared_services_vpc.InspectedServices, "cidr"): {
        "large": lambda _: "10.64.0.0/20",
        "least": lambda _: "10.65.0.0/21",
        "small": lambda _: "10.66.0.0/22",
        "of nobody": lambda _: "nowhere",
    },
    (peered_hub.JoiningPeer, "hub"): {
        "of a range": _vpc_of_another_account(vpc_cidr_block="10.0.0.0/20"),
        "of no range": _vpc_of_another_account(),
    },
    (peered_hub.JoiningPeer, "account"): {"another": lambda _: "111122223333", "nobody": lambda _: "somebody"},
    (peered_hub.JoiningPeer, "role"): {
        "existing": lambda scope: iam.Role.from_role_arn(scope, "Accepts", "arn:aws:iam::111122223333:role/Accepts")
    },
    ZonalSubnet: {"new": _zonal_subnet, "of another stack": _elsewhere(_zonal_subnet)},
    # Its tasks need a way out of their subnets.
    (service_discovery.ServiceDiscovery, "vpc"): {"private": _vpc_with_a_way_out},
    (service_discovery.ServiceDiscovery, "services"): {
        "callers and clients": lambda scope: {
            "shop": service_discovery.Service(port=9000, tasks=3),
            "orders": service_discovery.Service(callers=["shop"], protocol="grpc", clients=[_client(scope)]),
        },
        "of one": lambda scope: {"orders": service_discovery.Service(clients=[_client(scope)], tasks=1)},
        "callers alone": lambda _: {
            "a": service_discovery.Service(),
            "b": service_discovery.Service(callers=["a"], protocol="tcp", idle_timeout=Duration.hours(2)),
        },
        "nobody": lambda _: {"a": service_discovery.Service()},
    },
    (direct_connect.DirectConnect, "site"): {
        "of two devices": _site(addresses=["203.0.113.9", "203.0.113.10"]),
        "far away": _site(asn=4_200_000_000, prefixes=["172.16.0.0/12", "192.168.7.0/24"]),
        "unknown": _site(prefixes=[]),
        "static": _site(routing="static"),
        "overlapping": _site(prefixes=["10.1.0.0/16"]),
    },
    edge_zone_subnets.LocalZone: {
        "open": lambda _: edge_zone_subnets.LocalZone(
            name="City", zone="eu-west-1-dub-1a", cidr="10.0.32.0/24", addresses=2
        ),
        "closed": lambda _: edge_zone_subnets.LocalZone(
            name="Data", zone="eu-west-1-dub-1a", cidr="10.0.33.0/24", internet=False
        ),
        "with IPv6": lambda _: edge_zone_subnets.LocalZone(
            name="Both", zone="eu-west-1-dub-1a", cidr="10.0.35.0/24", ipv6=True
        ),
        "outside": lambda _: edge_zone_subnets.LocalZone(name="Far", zone="eu-west-1-dub-1a", cidr="10.9.0.0/24"),
    },
    edge_zone_subnets.WavelengthZone: {
        "open": lambda _: edge_zone_subnets.WavelengthZone(
            name="Carrier", zone="eu-west-1-wl1-dub-wlz-1", cidr="10.0.34.0/24", addresses=1
        ),
    },
    s3.IBucket: _new_and_existing(
        lambda scope: s3.Bucket(scope, "Bucket", enforce_ssl=True),
        lambda scope: s3.Bucket.from_bucket_name(scope, "Bucket", "existing-bucket"),
        encrypted=_encrypted_bucket,
        encrypted_elsewhere=_elsewhere(_encrypted_bucket),
    ),
    dynamodb.ITable: _new_and_existing(
        _table,
        lambda scope: dynamodb.Table.from_table_name(scope, "Table", "existing-table"),
        encrypted=lambda scope: _table(
            scope, encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED, encryption_key=_key(scope)
        ),
    ),
    kms.IKey: _new_and_existing(
        _key, lambda scope: kms.Key.from_key_arn(scope, "Key", _arn("kms", "key/12345678-1234-1234-1234-123456789012"))
    ),
    sns.ITopic: _new_and_existing(
        lambda scope: sns.Topic(scope, "Topic", enforce_ssl=True),
        lambda scope: sns.Topic.from_topic_arn(scope, "Topic", _arn("sns", "existing")),
        encrypted=lambda scope: sns.Topic(scope, "Topic", master_key=_key(scope)),
    ),
    sqs.IQueue: _new_and_existing(
        lambda scope: sqs.Queue(scope, "Queue", enforce_ssl=True),
        lambda scope: sqs.Queue.from_queue_arn(scope, "Queue", _arn("sqs", "existing")),
        fifo=lambda scope: sqs.Queue(scope, "Queue", fifo=True),
        encrypted=lambda scope: sqs.Queue(scope, "Queue", encryption_master_key=_key(scope)),
    ),
    lambda_.IFunction: _new_and_existing(
        _function,
        lambda scope: lambda_.Function.from_function_arn(scope, "Function", _arn("lambda", "function:existing")),
        one_at_a_time=lambda scope: _function(scope, reserved_concurrent_executions=1),
        slow=lambda scope: _function(scope, timeout=Duration.minutes(15)),
        alias=lambda scope: lambda_.Alias(scope, "Alias", alias_name="live", version=_function(scope).current_version),
        unnamed_role=lambda scope: lambda_.Function.from_function_attributes(
            scope,
            "Function",
            function_arn=_arn("lambda", "function:existing"),
            role=iam.Role.from_role_name(scope, "Role", "existing"),
            same_environment=True,
        ),
    ),
    lambda_.IVersion: {
        "new": lambda scope: _function(scope).current_version,
        "existing": lambda scope: lambda_.Version.from_version_arn(
            scope, "Version", f"arn:aws:lambda:us-east-1:{_ACCOUNT}:function:existing:7"
        ),
        "with variables": lambda scope: _function(scope, environment={"TABLE": "own"}).current_version,
        "latest": lambda scope: _function(scope).latest_version,
    },
    cloudfront.IOrigin: {
        "host": lambda _: cloudfront_origins.HttpOrigin("origin.example.com"),
        "bucket": lambda scope: cloudfront_origins.S3BucketOrigin.with_origin_access_control(
            s3.Bucket(scope, "OriginBucket")
        ),
    },
    lambda_.Code: {
        "inline code": lambda _: lambda_.Code.from_inline(_CODE),
        "code in a bucket": lambda scope: lambda_.Code.from_bucket(
            s3.Bucket.from_bucket_name(scope, "Code", "code-bucket"), "code.zip"
        ),
    },
    apigateway.IApiKey: _new_and_existing(
        lambda scope: apigateway.ApiKey(scope, "ApiKey"),
        lambda scope: apigateway.ApiKey.from_api_key_id(scope, "ApiKey", "abcdef1234"),
    ),
    cognito.IUserPool: _new_and_existing(
        lambda scope: cognito.UserPool(scope, "Users"),
        lambda scope: cognito.UserPool.from_user_pool_id(scope, "Users", f"{_REGION}_abcdef123"),
    ),
    acm.ICertificate: {
        "existing": lambda scope: acm.Certificate.from_certificate_arn(
            scope, "Certificate", _arn("acm", "certificate/12345678-1234-1234-1234-123456789012")
        ),
        "another for CloudFront": lambda scope: acm.Certificate.from_certificate_arn(
            scope, "Certificate", f"arn:aws:acm:us-east-1:{_ACCOUNT}:certificate/87654321-1234-1234-1234-123456789012"
        ),
        "for CloudFront": lambda scope: acm.Certificate.from_certificate_arn(
            scope, "Certificate", f"arn:aws:acm:us-east-1:{_ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012"
        ),
    },
    health_checks.PublicEndpoint: {
        "host": lambda _: health_checks.PublicEndpoint(host="web.example.com"),
        "address": lambda _: health_checks.PublicEndpoint(
            host="web.example.com", address="203.0.113.1", probe=health_checks.Probe(protocol="TCP", port=8080)
        ),
        "text": lambda _: health_checks.PublicEndpoint(
            host="web.example.com", probe=health_checks.Probe(protocol="HTTP", expect="well", failures=10)
        ),
        "private": lambda _: health_checks.PublicEndpoint(host="web.example.com", address="10.0.0.1"),
    },
    global_accelerator.Endpoint: {
        "of any Region": lambda scope: global_accelerator.Endpoint(balancer=_balancer_of_any_region(scope)),
        "drained": lambda scope: global_accelerator.Endpoint(balancer=_balancer_of_any_region(scope), weight=0),
        "client hidden": lambda scope: global_accelerator.Endpoint(
            balancer=_balancer_of_any_region(scope), keeps_client_address=False
        ),
        "of one Region": lambda scope: global_accelerator.Endpoint(balancer=_balancer(scope)),
    },
    health_checks.Group: {
        "of anything": lambda _: health_checks.Group(of=["Web"]),
        "of nothing": lambda _: health_checks.Group(of=[]),
    },
    # Routings nest without end.
    routed_records.Endpoint: {
        "addresses": lambda _: _endpoint("203.0.113.1", "203.0.113.2"),
        "both families": lambda _: _endpoint("203.0.113.3", "2001:db8::3"),
        "private address": lambda _: _endpoint("10.0.0.1"),
        "nothing": lambda _: _endpoint(),
    },
    routed_records.Failover: {"new": lambda _: _failover()},
    routed_records.Weighted: {
        "nested": lambda _: routed_records.Weighted(
            shares={"a": routed_records.Share(weight=1, to=_failover()), "b": routed_records.Share(weight=0, to=_ONE)}
        ),
        "drained": lambda _: routed_records.Weighted(shares={"a": routed_records.Share(weight=0, to=_ONE)}),
    },
    routed_records.Latency: {"new": lambda _: routed_records.Latency(regions={"eu-west-1": _ONE, "us-east-1": _TWO})},
    routed_records.Geolocation: {
        "nested": lambda _: routed_records.Geolocation(
            default=_failover(), continents={"NA": _ONE}, countries={"NA": _TWO}, subdivisions={"UA-30": _failover()}
        ),
    },
    routed_records.Geoproximity: {
        "new": lambda _: routed_records.Geoproximity(
            places={
                "a": routed_records.Place(region="eu-west-1", to=_ONE, bias=-99),
                "b": routed_records.Place(latitude=-90.0, longitude=180.0, to=_TWO),
            }
        ),
        "nowhere": lambda _: routed_records.Geoproximity(places={"a": routed_records.Place(to=_ONE)}),
    },
    routed_records.Multivalue: {"new": lambda _: routed_records.Multivalue(endpoints={"a": _ONE, "b": _TWO})},
    routed_records.IpBased: {
        "new": lambda _: routed_records.IpBased(
            default=_ONE, networks={"a": routed_records.Network(blocks=["198.51.100.0/24", "2001:db8::/48"], to=_TWO)}
        ),
    },
    route53.IHostedZone: {
        "existing": lambda scope: route53.HostedZone.from_hosted_zone_attributes(
            scope, "Zone", hosted_zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com"
        ),
        "new": lambda scope: route53.PublicHostedZone(scope, "Zone", zone_name="example.com"),
    },
    route53.IPublicHostedZone: {
        "existing": lambda scope: route53.PublicHostedZone.from_public_hosted_zone_attributes(
            scope, "Zone", hosted_zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com"
        ),
        "new": lambda scope: route53.PublicHostedZone(scope, "Zone", zone_name="example.com"),
    },
    wafv2_interfaces.IWebACLRef: {
        "new": _web_acl,
        "of another stack": _elsewhere(_web_acl),
        "for CloudFront": lambda scope: _web_acl(scope, "CLOUDFRONT"),
    },
    ec2.IInterfaceVpcEndpoint: _new_and_existing(
        lambda scope: ec2.InterfaceVpcEndpoint(
            scope,
            "Endpoint",
            vpc=_vpc(ec2.SubnetType.PRIVATE_ISOLATED)(scope),
            service=ec2.InterfaceVpcEndpointAwsService.APIGATEWAY,
        ),
        lambda scope: ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
            scope, "Endpoint", vpc_endpoint_id="vpce-0123456789abcdef0", port=443
        ),
    ),
    ec2.IConnectable: {
        "security group": lambda scope: ec2.SecurityGroup.from_security_group_id(
            scope, "Clients", "sg-0123456789abcdef0"
        ),
    },
    route53.IPrivateHostedZone: {
        "existing": lambda scope: route53.PrivateHostedZone.from_hosted_zone_attributes(
            scope, "Zone", hosted_zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com"
        ),
        "new": lambda scope: route53.PrivateHostedZone(
            scope, "Zone", zone_name="example.com", vpc=_vpc(ec2.SubnetType.PRIVATE_ISOLATED)(scope)
        ),
    },
    ec2_interfaces.ITransitGatewayRef: {
        "new": lambda scope: ec2.CfnTransitGateway(scope, "Gateway"),
        "of another stack": _elsewhere(lambda scope: ec2.CfnTransitGateway(scope, "Gateway")),
        "existing": lambda scope: ec2.CfnTransitGateway.from_transit_gateway_id(
            scope, "Gateway", "tgw-0123456789abcdef0"
        ),
    },
    ec2_interfaces.IInternetGatewayRef: {
        "new": lambda scope: ec2.CfnInternetGateway(scope, "InternetGateway"),
        "of another stack": _elsewhere(lambda scope: ec2.CfnInternetGateway(scope, "InternetGateway")),
        "existing": lambda scope: ec2.CfnInternetGateway.from_internet_gateway_id(
            scope, "InternetGateway", "igw-0123456789abcdef0"
        ),
    },
    ec2_interfaces.IEIPRef: {
        "new": lambda scope: ec2.CfnEIP(scope, "Address", domain="vpc"),
        "of another stack": _elsewhere(lambda scope: ec2.CfnEIP(scope, "Address", domain="vpc")),
    },
    networkfirewall_interfaces.IFirewallPolicyRef: {"new": _policy, "of another stack": _elsewhere(_policy)},
    ec2.IVpc: {
        "isolated": _vpc(ec2.SubnetType.PRIVATE_ISOLATED),
        "of another stack": _elsewhere(_vpc(ec2.SubnetType.PRIVATE_ISOLATED)),
        "public": _vpc(ec2.SubnetType.PUBLIC),
    },
    stepfunctions.IStateMachine: _new_and_existing(
        lambda scope: stepfunctions.StateMachine(
            scope,
            "Machine",
            definition_body=stepfunctions.DefinitionBody.from_chainable(stepfunctions.Succeed(scope, "Done")),
        ),
        lambda scope: stepfunctions.StateMachine.from_state_machine_arn(
            scope, "Machine", _arn("states", "stateMachine:existing")
        ),
    ),
    events.IEventBus: _new_and_existing(
        lambda scope: events.EventBus(scope, "Bus"),
        lambda scope: events.EventBus.from_event_bus_arn(scope, "Bus", _arn("events", "event-bus/existing")),
    ),
    lambda_.Function: {"new": _function, "slow": lambda scope: _function(scope, timeout=Duration.minutes(15))},
    codedeploy.ILambdaDeploymentConfig: {
        "a tenth for five minutes": lambda _: codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
        "all at once": lambda _: codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE,
    },
    wafv2.CfnWebACL: {"new": _web_acl},
    elbv2.IApplicationLoadBalancer: {
        "internal": lambda scope: elbv2.ApplicationLoadBalancer(
            scope, "Balancer", vpc=_vpc(ec2.SubnetType.PRIVATE_ISOLATED)(scope), internet_facing=False
        ),
        "existing": lambda scope: _balancer(scope, vpc=_vpc(ec2.SubnetType.PRIVATE_ISOLATED)(scope)),
        "existing somewhere": _balancer,
    },
    elbv2.INetworkLoadBalancer: _new_and_existing(
        lambda scope: elbv2.NetworkLoadBalancer(
            scope, "Balancer", vpc=_vpc(ec2.SubnetType.PRIVATE_ISOLATED)(scope), internet_facing=False
        ),
        lambda scope: elbv2.NetworkLoadBalancer.from_network_load_balancer_attributes(
            scope,
            "Balancer",
            load_balancer_arn=_arn("elasticloadbalancing", "loadbalancer/net/existing/0123456789abcdef"),
        ),
    ),
    elbv2.ApplicationTargetGroup: {
        "function's": lambda scope: elbv2.ApplicationTargetGroup(
            scope,
            "Group",
            target_type=elbv2.TargetType.LAMBDA,
            targets=[cast(Any, elbv2_targets.LambdaTarget(_function(scope)))],
        ),
        "containers'": lambda scope: elbv2.ApplicationTargetGroup(
            scope,
            "Group",
            vpc=_vpc_of_another_stack(scope),
            port=8080,
            protocol=elbv2.ApplicationProtocol.HTTP,
            target_type=elbv2.TargetType.IP,
        ),
    },
    cloudwatch.IAlarm: _new_and_existing(
        lambda scope: cloudwatch.Alarm(
            scope,
            "Alarm",
            metric=cloudwatch.Metric(namespace="Own", metric_name="Lost"),
            threshold=1,
            evaluation_periods=1,
        ),
        lambda scope: cloudwatch.Alarm.from_alarm_name(scope, "Alarm", "existing"),
        composite=lambda scope: cloudwatch.CompositeAlarm(
            scope, "Alarm", alarm_rule=cloudwatch.AlarmRule.from_boolean(True)
        ),
    ),
    ecs.ContainerImage: {"public": lambda _: ecs.ContainerImage.from_registry("public.ecr.aws/nginx/nginx:1.29")},
    ecs.Secret: {
        "parameter": lambda scope: ecs.Secret.from_ssm_parameter(
            ssm.StringParameter.from_secure_string_parameter_attributes(scope, "Parameter", parameter_name="/own")
        )
    },
    ecs.ICluster: _new_and_existing(
        lambda scope: ecs.Cluster(scope, "Cluster", vpc=_vpc(ec2.SubnetType.PRIVATE_ISOLATED)(scope)),
        lambda scope: ecs.Cluster.from_cluster_attributes(
            scope, "Cluster", cluster_name="existing", vpc=_vpc(ec2.SubnetType.PRIVATE_ISOLATED)(scope)
        ),
    ),
    servicediscovery.IPrivateDnsNamespace: {
        **_new_and_existing(
            lambda scope: servicediscovery.PrivateDnsNamespace(
                scope, "Namespace", name="own.internal", vpc=_vpc_with_a_way_out(scope)
            ),
            lambda scope: _namespace(scope, "ns-existing"),
        ),
        "another existing": lambda scope: _namespace(scope, "ns-another"),
    },
    acmpca.ICertificateAuthority: {
        "existing": lambda scope: acmpca.CertificateAuthority.from_certificate_authority_arn(
            scope, "Authority", _arn("acm-pca", "certificate-authority/0")
        ),
    },
    efs.IFileSystem: {
        "existing": lambda scope: efs.FileSystem.from_file_system_attributes(
            scope,
            "Files",
            file_system_id="fs-0123456789abcdef0",
            security_group=ec2.SecurityGroup.from_security_group_id(scope, "FilesGroup", "sg-0123456789abcdef0"),
        )
    },
    ec2.InstanceType: {
        "Graviton": lambda _: ec2.InstanceType("m7g.large"),
        "Intel": lambda _: ec2.InstanceType("m7i.large"),
    },
    ec2.IMachineImage: {"Amazon Linux": lambda _: ec2.MachineImage.latest_amazon_linux2023()},
    ec2.ISubnet: {
        "public": lambda scope: _vpc(ec2.SubnetType.PUBLIC)(scope).public_subnets[0],
        "existing": lambda scope: ec2.Subnet.from_subnet_attributes(
            scope,
            "Subnet",
            subnet_id="subnet-0123456789abcdef0",
            availability_zone="us-east-1b",
            route_table_id="rtb-0123456789abcdef0",
        ),
        "existing in another zone": lambda scope: ec2.Subnet.from_subnet_attributes(
            scope,
            "Subnet",
            subnet_id="subnet-0123456789abcdef2",
            availability_zone="us-east-1a",
            route_table_id="rtb-0123456789abcdef2",
        ),
        "existing somewhere": lambda scope: ec2.Subnet.from_subnet_id(scope, "Subnet", "subnet-0123456789abcdef1"),
    },
    directconnect_interfaces.IConnectionRef: {
        "connection of this app": lambda scope: directconnect.CfnConnection(
            scope, "Port", bandwidth="10Gbps", connection_name="port", location="EqDC2"
        )
    },
    ec2.ISecurityGroup: _new_and_existing(
        lambda scope: ec2.SecurityGroup(scope, "Callers", vpc=_vpc(ec2.SubnetType.PRIVATE_ISOLATED)(scope)),
        lambda scope: ec2.SecurityGroup.from_security_group_id(scope, "Callers", "sg-0123456789abcdef0"),
    ),
    ec2.SubnetSelection: {
        "isolated subnets": lambda _: ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
    },
}  # fmt: skip
