"""What a template costs while no request comes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from patternkit.catalog.costs.bill import (
    Bill,
    Counter,
    Resource,
    Template,
    of_type,
    properties,
    referenced,
    whole_number,
)

_Priced = Iterator[tuple[str, float]]
_PUBLIC = "AssociatePublicIpAddress"

FREE = (
    "AWS::ApiGateway::",
    "AWS::ApplicationAutoScaling::",
    "AWS::Athena::",
    "AWS::AutoScaling::LifecycleHook",
    "AWS::AutoScaling::ScheduledAction",
    "AWS::CertificateManager::",
    "AWS::CodeDeploy::",
    "AWS::Cognito::",
    "AWS::DirectConnect::DirectConnectGateway",
    "AWS::DirectConnect::Lag",
    "AWS::DirectConnect::PrivateVirtualInterface",
    "AWS::DirectConnect::TransitVirtualInterface",
    "AWS::EC2::CustomerGateway",
    "AWS::EC2::EgressOnlyInternetGateway",
    "AWS::EC2::FlowLog",
    "AWS::EC2::GatewayRouteTableAssociation",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::Route",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::TransitGatewayRoute",
    "AWS::EC2::VPC",
    "AWS::EC2::VPNConnectionRoute",
    "AWS::EC2::VPNGateway",
    "AWS::ECS::CapacityProvider",
    "AWS::ECS::Cluster",
    "AWS::ECS::TaskDefinition",
    "AWS::EFS::",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::Events::",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::GlobalAccelerator::EndpointGroup",
    "AWS::GlobalAccelerator::Listener",
    "AWS::IAM::",
    "AWS::Lambda::",
    "AWS::Logs::",
    "AWS::NetworkFirewall::FirewallPolicy",
    "AWS::NetworkFirewall::LoggingConfiguration",
    "AWS::NetworkFirewall::RuleGroup",
    "AWS::RAM::",
    "AWS::Route53::CidrCollection",
    "AWS::Route53::DNSSEC",
    "AWS::Route53::KeySigningKey",
    "AWS::Route53::RecordSet",
    "AWS::Route53Profiles::ProfileAssociation",
    "AWS::Route53Profiles::ProfileResourceAssociation",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig",
    "AWS::Route53Resolver::ResolverRule",
    "AWS::S3::",
    "AWS::SNS::",
    "AWS::SQS::",
    "AWS::SSM::",
    "AWS::Scheduler::",
    "AWS::ServiceDiscovery::Service",
    "AWS::StepFunctions::",
    "AWS::WAFv2::IPSet",
    "AWS::WAFv2::WebACLAssociation",
    "Custom::",
)
"""Types, or beginnings of types, that cost nothing, or only by what is stored in them or done with them."""
NOT_COUNTED = (
    "traffic, and requests of any kind",
    "runs of functions, also those by a schedule",
    "polling of empty queues",
    "metrics of one's own",
    "what is stored and logged",
)
"""What costs by use, however little there is of it, and is in no bill of what stands."""


def standing(templates: Iterable[Template]) -> Bill:
    """Add up what templates cost in a month without traffic, as they are written: the fewest instances and tasks.

    Args:
        templates: The templates of one app.

    Returns:
        The bill for a month.
    """
    counter = Counter()
    for template in templates:
        for name, resource in template.get("Resources", {}).items():
            find = _FINDERS.get(resource["Type"])
            if find is not None:
                for price, number in find(template, name, properties(resource)):
                    counter.add(price, number)
            elif not resource["Type"].startswith(FREE):
                counter.miss(resource["Type"])
        for what in _by_the_way(template):
            counter.miss(what)
    return counter.bill()


def _by_the_way(template: Template) -> Iterator[str]:
    """What costs, and stands in no resource of its own."""
    for role in of_type(template, "AWS::IAM::Policy", "AWS::IAM::Role").values():
        if "route53:CreateHealthCheck" in str(role):
            yield "health checks that are made as instances come"
    for cluster in of_type(template, "AWS::ECS::Cluster").values():
        settings = properties(cluster).get("ClusterSettings", [])
        if any(one.get("Value") in ("enabled", "enhanced") for one in settings):
            yield "metrics of Container Insights"
    for function in of_type(template, "AWS::Lambda::Alias", "AWS::Lambda::Version").values():
        if "ProvisionedConcurrencyConfig" in properties(function):
            yield "provisioned concurrency"
    for table in of_type(template, "AWS::DynamoDB::Table").values():
        if properties(table).get("BillingMode") != "PAY_PER_REQUEST":
            yield "provisioned capacity of a table"

    hosts = [properties(one).get("Integration", {}) for one in of_type(template, "AWS::ApiGateway::Method").values()]
    if any(str(one.get("Type")).startswith("HTTP") for one in hosts) and not of_type(
        template, "AWS::ElasticLoadBalancingV2::LoadBalancer"
    ):
        yield "the backend, which stands elsewhere"


def _one(price: str) -> Callable[[Template, str, Mapping[str, Any]], _Priced]:
    def find(_template: Template, _name: str, _given: Mapping[str, Any]) -> _Priced:
        yield price, 1

    return find


def _nat_gateway(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    """A regional one is charged in each zone that it is told of; without any it works where the VPC has subnets."""
    yield "nat-gateway", len(given.get("AvailabilityZoneAddresses", ())) or 1


def _circuits_association(template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    """An attachment of a transit gateway; with a virtual private gateway it costs nothing."""
    if not referenced(given.get("AssociatedGatewayId")) & of_type(template, "AWS::EC2::VPNGateway").keys():
        yield "transit-gateway-attachment", 1


def _circuit(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    yield f"circuit-{given.get('Bandwidth', 'of a bandwidth that is not named')}", 1


def _peering(_template: Template, _name: str, _given: Mapping[str, Any]) -> _Priced:
    """An attachment on either side, each paid for by the owner of that gateway; only one side's stack makes it."""
    yield "transit-gateway-attachment", 2


def _nothing(_template: Template, _name: str, _given: Mapping[str, Any]) -> _Priced:
    yield from ()


def _balancer(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    kind = given.get("Type", "application")
    yield f"{kind}-load-balancer", 1
    # A Gateway Load Balancer has no scheme, and no address on the internet.
    if kind != "gateway" and given.get("Scheme", "internet-facing") == "internet-facing":
        # An address in each zone. Those that are allocated are Elastic IPs, and counted there.
        mappings = given.get("SubnetMappings", [])
        yield "public-address", len(given.get("Subnets", ())) + sum("AllocationId" not in one for one in mappings)


def _firewall(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    yield "firewall-endpoint", len(given.get("SubnetMappings", [])) + len(given.get("AvailabilityZoneMappings", []))
    if "TransitGatewayId" in given:
        yield "transit-gateway-attachment", 1


def _vpn(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    yield "vpn-connection", 1
    if "TransitGatewayId" in given:
        yield "transit-gateway-attachment", 1
    if given.get("PreSharedKeyStorage") == "SecretsManager":
        yield "pre-shared keys in Secrets Manager", 1


def _endpoint(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    if given.get("VpcEndpointType", "Gateway") == "Interface":
        yield "interface-endpoint", len(given.get("SubnetIds", ()))
    elif given.get("VpcEndpointType") == "GatewayLoadBalancer":
        yield "gateway-load-balancer-endpoint", len(given.get("SubnetIds", ()))
    elif given.get("VpcEndpointType", "Gateway") != "Gateway":
        yield f"{given['VpcEndpointType']} endpoint", 1


def _alarm(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    # An alarm on a formula is charged for each metric in it.
    yield "alarm", sum("MetricStat" in one for one in given.get("Metrics", ())) or 1


def _policy(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    # Target tracking makes two alarms of its own, to scale out and to scale in.
    if given.get("PolicyType") == "TargetTrackingScaling":
        yield "alarm", 2


def _stage(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    if given.get("CacheClusterEnabled"):
        yield f"api-cache-{given.get('CacheClusterSize', '0.5')}", 1


def _web_acl(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    yield "web-acl", 1
    yield "web-acl-rule", len(given.get("Rules", ()))


def _resolver_endpoint(template: Template, name: str, given: Mapping[str, Any]) -> _Priced:
    yield "resolver-interface", len(given.get("IpAddresses", ()))
    if given.get("TargetNameServerMetricsEnabled"):
        rules = map(properties, of_type(template, "AWS::Route53Resolver::ResolverRule").values())
        asked = {
            str(target.get("Ip"))
            for rule in rules
            if name in referenced(rule.get("ResolverEndpointId"))
            for target in rule.get("TargetIps", ())
        }
        # Requests, time-outs and the time to answer, of each name server.
        yield "metric", 3 * len(asked)


def _health_check(_template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    configuration = given.get("HealthCheckConfig", {})
    kind = configuration.get("Type", "")
    features = (
        kind.startswith("HTTPS"),
        kind.endswith("STR_MATCH"),
        configuration.get("RequestInterval", 30) != 30,
        configuration.get("MeasureLatency", False),
    )
    yield "health-check", 1
    yield "health-check-feature", sum(map(bool, features))


def _group(template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    number = whole_number(given.get("DesiredCapacity", given.get("MinSize"))) or 0
    launched = _launched(template, given)
    for price, each in _instance(template, launched):
        yield price, each * number
    # An instance's interface decides, and its subnet where that says nothing.
    asked = [one[_PUBLIC] for one in launched.get("NetworkInterfaces", ()) if _PUBLIC in one]
    subnets = [template["Resources"].get(one, {}) for one in referenced(given.get("VPCZoneIdentifier"))]
    public = any(asked or [properties(one).get("MapPublicIpOnLaunch") is True for one in subnets])
    # An Elastic IP takes the place of an instance's own address.
    elastic = len(of_type(template, "AWS::EC2::EIP")) - len(of_type(template, "AWS::EC2::NatGateway"))
    if public and number > elastic:
        yield "public-address", number - max(elastic, 0)


def _launched(template: Template, group: Mapping[str, Any]) -> Mapping[str, Any]:
    launch = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    chosen = launch.get("LaunchTemplateSpecification", group.get("LaunchTemplate", {}))
    data: dict[str, Any] = {}
    for name in referenced(chosen.get("LaunchTemplateId")):
        data = dict(properties(template["Resources"].get(name, {})).get("LaunchTemplateData", {}))
    overrides = [one["InstanceType"] for one in launch.get("Overrides", ()) if "InstanceType" in one]
    return data | ({"InstanceType": overrides[0]} if overrides else {})


def _instance(_template: Template, data: Mapping[str, Any]) -> _Priced:
    yield f"instance-{data.get('InstanceType', 'of a type that is not named')}", 1
    volumes = [one["Ebs"] for one in data.get("BlockDeviceMappings", ()) if "Ebs" in one]
    if not volumes or any("VolumeSize" not in one for one in volumes):
        yield "volume of the image's own size", 1
    for volume in volumes:
        yield f"{volume.get('VolumeType', 'gp2')}-gb", whole_number(volume.get("VolumeSize")) or 0
    if data.get("Monitoring", {}).get("Enabled"):
        yield "metric", 7


def _single_instance(template: Template, _name: str, given: Mapping[str, Any]) -> _Priced:
    launched = _launched(template, given)
    yield from _instance(template, {**launched, **given})


def _service(template: Template, name: str, given: Mapping[str, Any]) -> _Priced:
    providers = [one.get("CapacityProvider") for one in given.get("CapacityProviderStrategy", ())]
    if given.get("LaunchType") != "FARGATE" and not any(one in ("FARGATE", "FARGATE_SPOT") for one in providers):
        return
    number = whole_number(given.get("DesiredCount", 1)) or 0
    for target in of_type(template, "AWS::ApplicationAutoScaling::ScalableTarget").values():
        if name in referenced(properties(target).get("ResourceId")):
            number = max(number if "DesiredCount" in given else 0, whole_number(properties(target)["MinCapacity"]) or 0)
    for task in referenced(given.get("TaskDefinition")):
        size: Resource = template["Resources"].get(task, {})
        processor = properties(size).get("RuntimePlatform", {}).get("CpuArchitecture", "X86_64").lower()
        yield f"fargate-vcpu-{processor}", number * (whole_number(properties(size).get("Cpu")) or 0) / 1024
        yield f"fargate-gb-{processor}", number * (whole_number(properties(size).get("Memory")) or 0) / 1024


_FINDERS: dict[str, Callable[[Template, str, Mapping[str, Any]], _Priced]] = {
    "AWS::ApiGateway::Stage": _stage,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _policy,
    "AWS::AutoScaling::AutoScalingGroup": _group,
    "AWS::AutoScaling::ScalingPolicy": _policy,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::CompositeAlarm": _one("composite-alarm"),
    "AWS::DirectConnect::Connection": _circuit,
    "AWS::DirectConnect::DirectConnectGatewayAssociation": _circuits_association,
    "AWS::DynamoDB::Table": _nothing,
    "AWS::EC2::EIP": _one("public-address"),
    "AWS::EC2::Instance": _single_instance,
    "AWS::EC2::NatGateway": _nat_gateway,
    "AWS::EC2::TransitGateway": _nothing,
    "AWS::EC2::TransitGatewayAttachment": _one("transit-gateway-attachment"),
    "AWS::EC2::TransitGatewayPeeringAttachment": _peering,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::EC2::VPNConnection": _vpn,
    "AWS::ECS::Service": _service,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::GlobalAccelerator::Accelerator": _one("accelerator"),
    "AWS::KMS::Key": _one("customer-key"),
    "AWS::NetworkFirewall::Firewall": _firewall,
    "AWS::Route53::HealthCheck": _health_check,
    "AWS::Route53::HostedZone": _one("hosted-zone"),
    "AWS::Route53Profiles::Profile": _one("profile"),
    "AWS::Route53Resolver::ResolverEndpoint": _resolver_endpoint,
    # The private zone that it makes. What Amazon ECS registers there costs nothing, only looking it up by the API does.
    "AWS::ServiceDiscovery::PrivateDnsNamespace": _one("hosted-zone"),
    "AWS::WAFv2::WebACL": _web_acl,
}
"""What stands and costs, by type. What is neither here nor in `FREE` is not known."""
