"""VPCs with their DNS attributes."""

from __future__ import annotations

from patternkit.dns.model import HostedZone, RecordSet, Unknown, Vpc
from patternkit.dns.reading.draft import Draft, flag

_SERVICE = "com.amazonaws."
# Whose name is another than the service's labels in reverse.
# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
_NAMES = {
    "codeartifact.api": "codeartifact",
    "codeartifact.repositories": "d.codeartifact",
    "ecs-agent": "ecs-a",
    "ecs-telemetry": "ecs-t",
    "kinesis-firehose": "firehose",
    "kinesis-streams": "kinesis",
}


def read_vpcs(draft: Draft) -> None:
    """Read the VPCs, and what their resolvers validate and block."""
    for one in draft.resources.of("AWS::EC2::VPC"):
        block = one.text("CidrBlock")
        draft.model.vpcs[one.identity] = Vpc(
            one.identity,
            one.path,
            one.region,
            (block,) if isinstance(block, str) and block else (),
            flag(one.get("EnableDnsSupport"), default=True),
            # Of VPCs that are not the default one it is off unless it is asked for.
            flag(one.get("EnableDnsHostnames"), default=False),
        )
    for one in draft.resources.of("AWS::Route53Resolver::ResolverDNSSECConfig"):
        vpc = draft.vpc(one.get("ResourceId"))
        if isinstance(vpc, Vpc):
            vpc.validates = True
    for one in draft.resources.of("AWS::Route53Resolver::FirewallRuleGroupAssociation"):
        if draft.declared(dict.fromkeys(draft.contracts.firewalls, True), "firewalls", one):
            continue
        vpc = draft.vpc(one.get("VpcId"))
        doubt = f"{one.path} is a DNS firewall, whose rules are not modelled (contract: firewalls)"
        for each in [vpc] if isinstance(vpc, Vpc) else draft.model.vpcs.values():
            each.doubts.append(doubt)


def read_interface_endpoints(draft: Draft) -> None:
    """Read the private zones that interface endpoints with private DNS make in their VPC.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
    """
    for one in draft.resources.of("AWS::EC2::VPCEndpoint"):
        private = flag(one.get("PrivateDnsEnabled"), default=False)
        service, vpc = one.text("ServiceName"), draft.vpc(one.get("VpcId"))
        if one.get("VpcEndpointType") != "Interface" or private is not True or not isinstance(vpc, Vpc):
            continue
        region, _, name = str(service).removeprefix(_SERVICE).partition(".")
        if isinstance(service, Unknown) or not name or "\u27e8" in f"{region}{name}":
            draft.model.notes.append(f"the private names of {one.path} are not known: its Region or service is not")
            continue
        # ecr.api is asked for as api.ecr.
        label = _NAMES.get(name) or ".".join(reversed(name.split(".")))
        domain = f"{label}.{region}.amazonaws.com"
        zone = HostedZone(f"{one.identity}#zone", one.path, domain, private=True, made_by="an interface endpoint")
        zone.vpcs[vpc.identity] = one.path
        endpoint = draft.endpoint(one)
        endpoint.private = True
        for own in (domain, f"*.{domain}"):
            zone.add(RecordSet(one.identity, one.path, own, "A", values=(endpoint.identity,), ttl=60))
        draft.model.zones[zone.identity] = zone
