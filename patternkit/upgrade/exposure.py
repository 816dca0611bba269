"""What an upgrade opens to the internet."""

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from patternkit.testing.permissions.intrinsics import described
from patternkit.upgrade.changes import Change, Kind, Template, resources

Properties = Mapping[str, Any]
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def exposures(template: Template) -> Iterator[tuple[str, str]]:
    """Find what is reachable by anybody.

    Args:
        template: The template.

    Yields:
        Logical ids, and why.
    """
    for logical_id, resource in resources(template).items():
        if (find := _FINDERS.get(resource["Type"])) is not None:
            for reason in find(resource.get("Properties", {})):
                yield logical_id, reason


def exposure_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find what is reachable by anybody and was not.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.
    """
    before = resources(old)
    for logical_id, resource in resources(new).items():
        find = _FINDERS.get(resource["Type"])
        was = before.get(logical_id, {})
        if find is not None:
            known = set(find(was.get("Properties", {}))) if was.get("Type") == resource["Type"] else set()
            for reason in find(resource.get("Properties", {})):
                if reason not in known:
                    yield Change(Kind.EXPOSURE, logical_id, reason)
        if resource["Type"] == "AWS::S3::Bucket" and was.get("Type") == "AWS::S3::Bucket":
            yield from _unblocked(logical_id, was.get("Properties", {}), resource.get("Properties", {}))


def _unblocked(logical_id: str, before: Properties, after: Properties) -> Iterator[Change]:
    name = "PublicAccessBlockConfiguration"
    was, now = before.get(name, {}), after.get(name, {})
    # A bucket that never had the property has S3's own block; one that loses the property loses the block.
    for flag in _BLOCKS if name in before or name in after else ():
        if _is_on(was.get(flag, name not in before)) and not _is_on(now.get(flag)):
            yield Change(Kind.EXPOSURE, logical_id, f"{name}.{flag} was on and is off")


def _is_on(value: Any) -> bool:
    return value in (True, "true")


def _new_bucket(properties: Properties) -> Iterator[str]:
    if properties.get("AccessControl") in ("PublicRead", "PublicReadWrite"):
        yield f"AccessControl {properties['AccessControl']} gives everybody access to its objects"


def _rules(properties: Properties) -> Iterator[str]:
    for rule in properties.get("SecurityGroupIngress", ()):
        yield from _ingress(rule)


def _ingress(rule: Properties) -> Iterator[str]:
    for name in ("CidrIp", "CidrIpv6"):
        if name in rule and _is_anywhere(rule[name]):
            first, last = described(rule.get("FromPort", "")), described(rule.get("ToPort", ""))
            protocol = described(rule.get("IpProtocol", "-1"))
            ports = (
                "every port"
                if protocol == "-1"
                else f"{protocol} port {first}" + (f" to {last}" if last != first else "")
            )
            yield f"{ports} is open to {rule[name]}"


def _is_anywhere(cidr: Any) -> bool:
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except (TypeError, ValueError):
        return False
    # Two halves of the internet are the internet.
    return network.prefixlen <= 1


def _flag(name: str, reason: str, *, default: bool = False) -> Callable[[Properties], Iterator[str]]:
    def find(properties: Properties) -> Iterator[str]:
        # Without properties the resource is not there: nothing is on by default.
        if _is_on(properties.get(name, default and bool(properties))):
            yield reason

    return find


def _value(name: str, exposed: str, reason: str, default: str = "") -> Callable[[Properties], Iterator[str]]:
    def find(properties: Properties) -> Iterator[str]:
        if properties and properties.get(name, default) == exposed:
            yield reason

    return find


def _interfaces(properties: Properties) -> Iterator[str]:
    data = properties.get("LaunchTemplateData", properties)
    for interface in data.get("NetworkInterfaces", ()):
        if _is_on(interface.get("AssociatePublicIpAddress")):
            yield "a network interface gets a public address"


def _service(properties: Properties) -> Iterator[str]:
    network = properties.get("NetworkConfiguration", {}).get("AwsvpcConfiguration", {})
    if network.get("AssignPublicIp") == "ENABLED":
        yield "its tasks get public addresses"


def _cluster_endpoint(properties: Properties) -> Iterator[str]:
    network = properties.get("ResourcesVpcConfig", {})
    if network and _is_on(network.get("EndpointPublicAccess", True)):
        for cidr in network.get("PublicAccessCidrs", ["0.0.0.0/0"]):
            if _is_anywhere(cidr):
                yield f"the Kubernetes endpoint is open to {cidr}"


def _method(properties: Properties) -> Iterator[str]:
    # A preflight request carries no credentials.
    is_open = properties.get("AuthorizationType") == "NONE" and not _is_on(properties.get("ApiKeyRequired"))
    if is_open and properties.get("HttpMethod") != "OPTIONS":
        yield "anybody may call the method: AuthorizationType is NONE, and no API key is asked for"


_DATABASE = _flag("PubliclyAccessible", "the database has a public address")

_FINDERS: dict[str, Callable[[Properties], Iterator[str]]] = {
    "AWS::AmazonMQ::Broker": _flag("PubliclyAccessible", "the broker has a public address"),
    "AWS::ApiGateway::Method": _method,
    "AWS::ApiGatewayV2::Route": _value(
        "AuthorizationType", "NONE", "anybody may call the route: AuthorizationType is NONE", default="NONE"
    ),
    "AWS::DMS::ReplicationInstance": _flag("PubliclyAccessible", "the instance has a public address", default=True),
    "AWS::EC2::Instance": _interfaces,
    "AWS::EC2::LaunchTemplate": _interfaces,
    "AWS::EC2::SecurityGroup": _rules,
    "AWS::EC2::SecurityGroupIngress": _ingress,
    "AWS::EC2::Subnet": _flag("MapPublicIpOnLaunch", "what is launched in the subnet gets a public address"),
    "AWS::ECS::Service": _service,
    "AWS::EKS::Cluster": _cluster_endpoint,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _value(
        "Scheme", "internet-facing", "the load balancer faces the internet", default="internet-facing"
    ),
    "AWS::Lambda::Url": _value("AuthType", "NONE", "anybody may call the function by its URL: AuthType is NONE"),
    "AWS::RDS::DBCluster": _DATABASE,
    "AWS::RDS::DBInstance": _DATABASE,
    "AWS::Redshift::Cluster": _DATABASE,
    "AWS::RedshiftServerless::Workgroup": _DATABASE,
    "AWS::S3::Bucket": _new_bucket,
}
"""What makes a resource of a type reachable by anybody."""
