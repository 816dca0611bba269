"""An accelerator, read from a template: listeners, endpoint groups, dials, weights and client addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from patternkit.testing.accelerator_flows.accelerator import Accelerator, Endpoint, EndpointGroup, Listener
from patternkit.testing.accelerator_flows.errors import AcceleratorError

_KIND = "AWS::GlobalAccelerator::"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_WEIGHT = 128  # https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-endpoint-weights.html
_ALL = 100
Resources = Mapping[str, Mapping[str, Any]]


def accelerator_flows(
    template: Mapping[str, Any], *, accelerator: str | None = None, region: str | None = None
) -> Accelerator:
    """Read an accelerator.

    Args:
        template: The template.
        accelerator: The accelerator's logical id, or the path of its construct. Default: the only one.
        region: The Region that the template is deployed to, where an endpoint group is in that of its stack. Default:
            not known.

    Returns:
        The accelerator.

    Raises:
        AcceleratorError: If the template has no such accelerator, does not say what it is, or AWS refuses it.
    """
    listed = template.get("Resources")
    known = {str(name): one for name, one in (listed.items() if isinstance(listed, Mapping) else ()) if _is(one)}
    name = _chosen(known, accelerator)
    enabled = _properties(known[name]).get("Enabled", True)
    listeners = tuple(
        _listener(known, listener, region)
        for listener, one in known.items()
        if one["Type"] == f"{_KIND}Listener" and _referred(_properties(one).get("AcceleratorArn")) == name
    )
    taken: list[tuple[str, int, int, str]] = []
    for one in listeners:
        for first, last in one.ports:
            for protocol, low, high, other in taken:
                if protocol == one.protocol and first <= high and low <= last:
                    raise AcceleratorError(f"{one.name} takes {protocol} ports that {other} takes: AWS refuses both")
            taken.append((one.protocol, first, last, one.name))
    return Accelerator(name, str(enabled).lower() != "false", listeners)


def _is(resource: Any) -> bool:
    return isinstance(resource, Mapping) and isinstance(resource.get("Type"), str)


def _properties(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    found = resource.get("Properties")
    return found if isinstance(found, Mapping) else {}


def _path(resource: Mapping[str, Any]) -> str:
    metadata = resource.get("Metadata")
    path = metadata.get("aws:cdk:path", "") if isinstance(metadata, Mapping) else ""
    return "/" + str(path).removesuffix("/Resource")


def _chosen(known: Resources, wanted: str | None) -> str:
    found = [name for name, one in known.items() if one["Type"] == f"{_KIND}Accelerator"]
    listed = ", ".join(sorted(found)) or "none"
    if wanted is None:
        if len(found) == 1:
            return found[0]
        raise AcceleratorError(f"say which accelerator: those of the template are {listed}")
    for name in found:
        if wanted == name or _path(known[name]).endswith(f"/{wanted}"):
            return name
    raise AcceleratorError(f"there is no accelerator {wanted}: those of the template are {listed}")


def _referred(value: Any) -> str | None:
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]} | {"Fn::ImportValue": str(name)}:
            return name
        case {"Fn::GetAtt": str(name)}:
            return name.partition(".")[0]
        case {"Fn::GetStackOutput": {"StackName": str(stack), "OutputName": str(output)}}:
            return f"{stack}/{output}"
        case str(name):
            return name
    return None


def _listener(known: Resources, name: str, region: str | None) -> Listener:
    properties = _properties(known[name])
    protocol = properties.get("Protocol", "TCP")
    if protocol not in ("TCP", "UDP"):
        raise AcceleratorError(f"{name}: Protocol must be TCP or UDP, got {_shown(protocol)}")
    affinity = properties.get("ClientAffinity", "NONE")
    if affinity not in ("NONE", "SOURCE_IP"):
        raise AcceleratorError(f"{name}: ClientAffinity must be NONE or SOURCE_IP, got {_shown(affinity)}")
    groups = tuple(
        _group(known, group, region)
        for group, one in known.items()
        if one["Type"] == f"{_KIND}EndpointGroup" and _referred(_properties(one).get("ListenerArn")) == name
    )
    regions = [one.region for one in groups]
    for one in groups:
        if regions.count(one.region) > 1:
            raise AcceleratorError(f"{name} has two endpoint groups in {one.region}: AWS takes one of a Region")
    return Listener(name, protocol, tuple(_ranges(name, properties)), affinity == "SOURCE_IP", groups)


def _ranges(name: str, properties: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    for one in _list(properties.get("PortRanges")):
        first = _number(name, "FromPort", one.get("FromPort"), 1, 65535)
        last = _number(name, "ToPort", one.get("ToPort"), 1, 65535)
        if last < first:
            raise AcceleratorError(f"{name}: ToPort must be at least FromPort, {first}, got {last}")
        yield int(first), int(last)


def _group(known: Resources, name: str, region: str | None) -> EndpointGroup:
    properties = _properties(known[name])
    given = properties.get("EndpointGroupRegion")
    if given == {"Ref": "AWS::Region"}:
        given = region
        if region is None:
            raise AcceleratorError(f"{name} is in the Region of its stack: say which, as region")
    if not isinstance(given, str) or not given:
        raise AcceleratorError(f"{name}: the template does not say its EndpointGroupRegion")
    dial = _number(name, "TrafficDialPercentage", properties.get("TrafficDialPercentage", _ALL), 0, _ALL, whole=False)
    endpoints = tuple(
        _endpoint(known, name, number, one)
        for number, one in enumerate(_list(properties.get("EndpointConfigurations")), start=1)
    )
    names = [one.name for one in endpoints]
    for one in names:
        if names.count(one) > 1:
            raise AcceleratorError(f"{name} names the endpoint {one} twice")
    ports = {
        int(_number(name, "ListenerPort", one.get("ListenerPort"), 1, 65535)): int(
            _number(name, "EndpointPort", one.get("EndpointPort"), 1, 65535)
        )
        for one in _list(properties.get("PortOverrides"))
    }
    return EndpointGroup(name, given, dial, endpoints, ports)


def _endpoint(known: Resources, group: str, number: int, given: Mapping[str, Any]) -> Endpoint:
    name = _referred(given.get("EndpointId")) or f"endpoint {number} of {group}"
    weight = int(_number(name, "Weight", given.get("Weight", _WEIGHT), 0, 255))
    resource = known.get(name, {})
    explicit = given.get("ClientIPPreservationEnabled")
    kept = None if explicit is None else str(explicit).lower() == "true"
    kind = resource.get("Type")
    if kind == _BALANCER:
        application = _properties(resource).get("Type", "application") == "application"
        if kept and not application:
            _check_network_balancer(known, name)
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-globalaccelerator-endpointgroup-endpointconfiguration.html
        kept = True if kept is None and application else kept
    elif kind == "AWS::EC2::EIP":
        if kept:
            raise AcceleratorError(f"{name}: ClientIPPreservationEnabled must not be true of an Elastic IP address")
        kept = False
    return Endpoint(name, weight, kept, (_path(resource),) if resource else ())


def _check_network_balancer(known: Resources, name: str) -> None:
    # https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints.sipp-caveats.html
    if not _properties(known[name]).get("SecurityGroups"):
        raise AcceleratorError(
            f"{name}: ClientIPPreservationEnabled needs a network load balancer with security groups"
        )
    for one in known.values():
        properties = _properties(one)
        listens = one["Type"] == "AWS::ElasticLoadBalancingV2::Listener"
        if listens and _referred(properties.get("LoadBalancerArn")) == name and properties.get("Protocol") == "TLS":
            raise AcceleratorError(f"{name}: ClientIPPreservationEnabled must not be true with a TLS listener")


def _shown(value: Any) -> str:
    return repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:57]}..."


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _number(name: str, member: str, value: Any, least: int, most: int, *, whole: bool = True) -> Fraction:
    # CloudFormation takes numbers as text too.
    text = str(value)
    try:
        found = Fraction(text) if len(text) < 20 and "e" not in text.lower() and "/" not in text else None
    except ValueError:
        found = None
    if isinstance(value, bool) or found is None or not least <= found <= most or (whole and found.denominator != 1):
        kind = "a whole number" if whole else "a number"
        raise AcceleratorError(f"{name}: {member} must be {kind} between {least} and {most}, got {_shown(value)}")
    return found
