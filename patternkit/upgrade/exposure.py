"""What an upgrade opens to the internet."""

import contextlib
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from patternkit.templates import TemplateError
from patternkit.templates.documents import parse_json
from patternkit.testing.permissions.intrinsics import described
from patternkit.upgrade.changes import Change, Kind, Template, pairs, properties_of, resources
from patternkit.upgrade.settings import (
    UNKNOWN,
    Path,
    flag,
    is_function,
    items,
    lowered,
    mappings,
    named,
    possible,
    shown,
    words,
)

Properties = Mapping[str, Any]
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def exposures(template: Template) -> Iterator[tuple[str, str]]:
    """Find what is reachable by anybody.

    Args:
        template: The template.

    Yields:
        Logical ids, and why.
    """
    among = resources(template)
    for logical_id, resource in among.items():
        for reason in _reasons(resource, among):
            yield logical_id, reason


def _reasons(resource: Properties, among: Mapping[str, Properties]) -> list[str]:
    """Why a resource is reachable by anybody, among those of its template."""
    properties = properties_of(resource)
    find = None if _is_of_messages(resource, among) else _FINDERS.get(resource["Type"])
    found = [*(find(properties) if find is not None else ()), *_named_public(properties)]
    if resource["Type"] not in _DATABASES and _is_on(properties.get("PubliclyAccessible")):
        found.append("it has a public address")
    return list(dict.fromkeys(found))


def _is_of_messages(resource: Properties, among: Mapping[str, Properties]) -> bool:
    """Whether it is a route of messages on connections, of which API Gateway authorizes $connect alone.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-control-access.html
    """
    properties = properties_of(resource)
    key, api = properties.get("RouteKey"), properties.get("ApiId")
    if resource["Type"] != "AWS::ApiGatewayV2::Route" or not isinstance(key, str) or key == "$connect":
        return False
    # A key that is no method and path, and not the one that both kinds of API have, is one of a WebSocket API.
    if key != "$default" and " " not in key:
        return True
    made = among.get(str(api.get("Ref")), {}) if isinstance(api, Mapping) else {}
    return made.get("Type") == "AWS::ApiGatewayV2::Api" and properties_of(made).get("ProtocolType") == "WEBSOCKET"


def exposure_changes(old: Template, new: Template) -> Iterator[Change]:
    """Find what is reachable by anybody and was not, and instances whose credentials are easier to take.

    Args:
        old: The template that is deployed.
        new: The template that is about to be.

    Yields:
        The changes.
    """
    before, after = resources(old), resources(new)
    for logical_id, resource in after.items():
        was = before.get(logical_id, {})
        known = set(_reasons(was, before)) if was.get("Type") == resource["Type"] else set()
        for reason in _reasons(resource, after):
            if reason not in known:
                yield Change(Kind.EXPOSURE, logical_id, reason)
        if resource["Type"] == "AWS::EC2::VPCGatewayAttachment" and not was:
            yield from _gateway(logical_id, resource, old, new)
    for logical_id, one, other in pairs(old, new):
        was_all, now_all = properties_of(one), properties_of(other)
        if other["Type"] == "AWS::ApiGateway::RestApi" and _is_private(was_all) and not _is_private(now_all):
            yield Change(Kind.EXPOSURE, logical_id, "its endpoint was PRIVATE and is not: the API faces the internet")
        if other["Type"] in _BLOCKED:
            yield from _unblocked(logical_id, was_all, now_all)
        for path, value, now in lowered(was_all, now_all, _metadata_level):
            reason = f"{named(path)} was {shown(value)} and is {shown(now)}: IMDSv1 is allowed"
            yield Change(Kind.EXPOSURE, logical_id, f"{reason}, which gives credentials to who can make it send a GET")


def _gateway(logical_id: str, attachment: Properties, old: Template, new: Template) -> Iterator[Change]:
    properties = properties_of(attachment)
    vpc = described(properties.get("VpcId")).removesuffix(".VpcId")
    is_new = vpc in resources(new) and vpc not in resources(old)
    if "InternetGatewayId" in properties and not is_new:
        yield Change(Kind.EXPOSURE, logical_id, f"{vpc} gets an internet gateway, and had none here")


def _metadata_level(path: Path, value: Any) -> float | None:
    match path[-1]:
        case "HttpTokens":
            return UNKNOWN if is_function(value) else 1 if value == "required" else 0
        case "MinimumInstanceMetadataServiceVersion":
            return UNKNOWN if is_function(value) else 1 if str(value) == "2" else 0
    return None


_BLOCKED = ("AWS::S3::AccessPoint", "AWS::S3::Bucket", "AWS::S3::MultiRegionAccessPoint")


def _unblocked(logical_id: str, before: Properties, after: Properties) -> Iterator[Change]:
    name = "PublicAccessBlockConfiguration"
    was, now = _first(before.get(name)), _first(after.get(name))
    # A bucket that never had the property has S3's own block; one that loses the property loses the block.
    for block in _BLOCKS if name in before or name in after else ():
        if _is_surely_on(was.get(block, name not in before)) and not _is_surely_on(now.get(block)):
            yield Change(Kind.EXPOSURE, logical_id, f"{name}.{block} was on and is off")


def _first(value: Any) -> Properties:
    return next(iter(mappings(value)), {})


def _is_on(value: Any) -> bool:
    # Of a condition's two values, the one that exposes.
    return any(flag(one) == 1 for one in possible(value))


def _is_surely_on(value: Any) -> bool:
    return all(flag(one) == 1 for one in possible(value))


def _is(value: Any, *wanted: str) -> bool:
    return any(isinstance(one, str) and one in wanted for one in possible(value))


def _new_bucket(properties: Properties) -> Iterator[str]:
    for one in possible(properties.get("AccessControl")):
        if one in ("PublicRead", "PublicReadWrite"):
            yield f"AccessControl {one} gives everybody access to its objects"
        if one == "AuthenticatedRead":
            yield f"AccessControl {one} gives everybody with an AWS account access to its objects"


def _rules(properties: Properties) -> Iterator[str]:
    for rule in mappings(properties.get("SecurityGroupIngress")):
        yield from _ingress(rule)


def _ingress(rule: Properties) -> Iterator[str]:
    for name in ("CidrIp", "CidrIpv6"):
        for cidr in possible(rule.get(name)):
            if not _is_anywhere(cidr):
                continue
            yield f"{_ports(rule)} is open to {cidr}"


def _ports(rule: Properties) -> str:
    protocol = described(rule.get("IpProtocol", "-1"))
    if protocol == "-1":
        return "every port"
    # EC2 takes a rule without ports for one about all of them.
    first, last = (described(rule.get(name, "-1")) for name in ("FromPort", "ToPort"))
    if "-1" in (first, last):
        return f"every port of {protocol}"
    return f"{protocol} port {first}" if first == last else f"{protocol} port {first} to {last}"


def _is_anywhere(cidr: Any) -> bool:
    try:
        network = ipaddress.ip_network(str(cidr), strict=False)
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
        if properties and _is(properties.get(name, default), exposed):
            yield reason

    return find


def _interfaces(properties: Properties) -> Iterator[str]:
    data = _first(properties.get("LaunchTemplateData", properties))
    for interface in mappings(data.get("NetworkInterfaces")):
        if _is_on(interface.get("AssociatePublicIpAddress")):
            yield "a network interface gets a public address"


def _launch_configuration(properties: Properties) -> Iterator[str]:
    if _is_on(properties.get("AssociatePublicIpAddress")):
        yield "its instances get public addresses"


def _tasks(properties: Properties) -> Iterator[str]:
    for way in _AWSVPC:
        found = [properties]
        for name in way:
            found = [inner for one in found for inner in mappings(one.get(name))]
        if any(_is(one.get("AssignPublicIp"), "ENABLED") for one in found):
            yield "its tasks get public addresses"


_AWSVPC = (
    ("NetworkConfiguration", "AwsvpcConfiguration"),
    ("Targets", "EcsParameters", "NetworkConfiguration", "AwsVpcConfiguration"),
    ("Target", "EcsParameters", "NetworkConfiguration", "AwsvpcConfiguration"),
    ("TargetParameters", "EcsTaskParameters", "NetworkConfiguration", "AwsvpcConfiguration"),
    ("ContainerProperties", "NetworkConfiguration"),
    ("EcsProperties", "TaskProperties", "NetworkConfiguration"),
)


def _cluster_endpoint(properties: Properties) -> Iterator[str]:
    network = _first(properties.get("ResourcesVpcConfig"))
    if network and _is_on(network.get("EndpointPublicAccess", True)):
        for cidr in items(network.get("PublicAccessCidrs", ["0.0.0.0/0"])):
            if _is_anywhere(cidr):
                yield f"the Kubernetes endpoint is open to {cidr}"


def _method(properties: Properties) -> Iterator[str]:
    # A preflight request carries no credentials.
    is_open = _is(properties.get("AuthorizationType"), "NONE") and not _is_on(properties.get("ApiKeyRequired"))
    if is_open and properties.get("HttpMethod") != "OPTIONS":
        yield "anybody may call the method: AuthorizationType is NONE, and no API key is asked for"


def _is_private(properties: Properties) -> bool:
    types = items(_first(properties.get("EndpointConfiguration")).get("Types"))
    return any(_is(one, "PRIVATE") for one in types)


def _address(properties: Properties) -> Iterator[str]:
    for name in ("InstanceId", "NetworkInterfaceId"):
        if name in properties:
            yield f"{described(properties[name])} gets a public address"


def _app_runner(properties: Properties) -> Iterator[str]:
    ingress = _first(_first(properties.get("NetworkConfiguration")).get("IngressConfiguration"))
    if properties and _is_on(ingress.get("IsPubliclyAccessible", True)):
        yield "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible is true"


def _kafka(properties: Properties) -> Iterator[str]:
    nodes = _first(properties.get("BrokerNodeGroupInfo"))
    access = _first(_first(nodes.get("ConnectivityInfo")).get("PublicAccess"))
    if _is(access.get("Type"), "SERVICE_PROVIDED_EIPS"):
        yield "the brokers have public addresses"


def _listener_rule(properties: Properties) -> Iterator[str]:
    for action in (*mappings(properties.get("DefaultActions")), *mappings(properties.get("Actions"))):
        for name in ("AuthenticateOidcConfig", "AuthenticateCognitoConfig"):
            if _is(_first(action.get(name)).get("OnUnauthenticatedRequest"), "allow"):
                yield f"{name}.OnUnauthenticatedRequest is allow: requests that nobody has signed in for pass"


def _named_public(value: Any, path: Path = ()) -> Iterator[str]:
    """Settings of any type whose name says that they make something public."""
    for one in possible(value):
        if isinstance(one, Mapping):
            for name, inner in one.items():
                spoken = {*words(name), *(words(path[-1]) if path and name == "Enabled" else ())}
                if spoken & _PUBLIC and not spoken & _NOT_PUBLIC and name not in _TOLD and _is_on(inner):
                    yield f"{named((*path, name))} is true"
                if isinstance(inner, (Mapping, list, str)):
                    yield from _named_public(inner, (*path, name))
        elif isinstance(one, list):
            for inner in one:
                yield from _named_public(inner, (*path, "*"))
        elif isinstance(one, str) and one.lstrip().startswith(("{", "[")):
            with contextlib.suppress(TemplateError):
                yield from _named_public(parse_json(one, "a document"), path)


_PUBLIC = frozenset({"public", "publicly", "anonymous", "unauthenticated"})
_NOT_PUBLIC = frozenset({"block", "ignore", "restrict", "disable", "deny", "key", "dns", "prevent", "advertisable"})
_TOLD = frozenset({"AssociatePublicIpAddress", "EndpointPublicAccess", "MapPublicIpOnLaunch", "PubliclyAccessible"})
"""Said in other words."""

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
    "AWS::AppRunner::Service": _app_runner,
    "AWS::AutoScaling::LaunchConfiguration": _launch_configuration,
    "AWS::EC2::EIP": _address,
    "AWS::EC2::EIPAssociation": _address,
    "AWS::ECS::Service": _tasks,
    "AWS::ECS::TaskSet": _tasks,
    "AWS::Batch::JobDefinition": _tasks,
    "AWS::Events::Rule": _tasks,
    "AWS::Pipes::Pipe": _tasks,
    "AWS::Scheduler::Schedule": _tasks,
    "AWS::ElasticLoadBalancing::LoadBalancer": _value(
        "Scheme", "internet-facing", "the load balancer faces the internet", default="internet-facing"
    ),
    "AWS::ElasticLoadBalancingV2::Listener": _listener_rule,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _listener_rule,
    "AWS::MSK::Cluster": _kafka,
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

_DATABASES = frozenset(kind for kind, find in _FINDERS.items() if find is _DATABASE or "MQ" in kind or "DMS" in kind)
