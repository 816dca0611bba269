"""Templates of zones, VPCs and resolvers for tests, in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from patternkit.dns import Contracts, Names, Promise, Proof, Verdict

Resource = dict[str, Any]


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


class Dns:
    """A template that grows."""

    def __init__(self, zone: str | None = "example.com") -> None:
        self.resources: dict[str, Resource] = {}
        self.extra: dict[str, Any] = {}
        if zone is not None:
            self.zone("Zone", zone)

    def add(self, logical: str, kind: str, **properties: Any) -> str:
        self.resources[logical] = {"Type": f"AWS::{kind}", "Properties": properties}
        return logical

    def zone(self, logical: str, name: str, *vpcs: str) -> str:
        private = {"VPCs": [{"VPCId": ref(vpc), "VPCRegion": "eu-west-1"} for vpc in vpcs]} if vpcs else {}
        return self.add(logical, "Route53::HostedZone", Name=f"{name}.", **private)

    def record(
        self,
        name: str,
        *values: Any,
        type: str = "A",
        zone: str = "Zone",
        ttl: int = 60,
        check: str = "",
        id: str = "",
        alias: str | Mapping[str, Any] | None = None,
        evaluate: bool = False,
        target_zone: Any = None,
        logical: str = "",
        **policy: Any,
    ) -> str:
        properties: dict[str, Any] = {"HostedZoneId": ref(zone), "Name": f"{name}.", "Type": type, **policy}
        if alias is None:
            properties |= {"TTL": str(ttl), "ResourceRecords": list(values)}
        else:
            where = target_zone or (ref(zone) if isinstance(alias, str) else "Z32O12XQLNTSW2")
            properties["AliasTarget"] = {"DNSName": alias, "HostedZoneId": where, "EvaluateTargetHealth": evaluate}
        if check:
            properties["HealthCheckId"] = ref(check)
        if policy or id:
            properties["SetIdentifier"] = id or f"{name}-{len(self.resources)}"
        return self.add(logical or f"Record{len(self.resources)}", "Route53::RecordSet", **properties)

    def check(self, logical: str, address: str = "", **config: Any) -> str:
        given = {"Type": "HTTPS", "IPAddress": address, "Port": 443} if address else {}
        return self.add(logical, "Route53::HealthCheck", HealthCheckConfig={**given, **config})

    def vpc(self, logical: str, block: str = "10.0.0.0/16", *, support: bool = True, hostnames: bool = True) -> str:
        return self.add(logical, "EC2::VPC", CidrBlock=block, EnableDnsSupport=support, EnableDnsHostnames=hostnames)

    def balancer(self, logical: str, *, scheme: str = "internet-facing", interval: int = 10, misses: int = 2) -> str:
        self.add(logical, "ElasticLoadBalancingV2::LoadBalancer", Scheme=scheme, Type="application")
        self.add(
            f"{logical}Targets",
            "ElasticLoadBalancingV2::TargetGroup",
            HealthCheckIntervalSeconds=interval,
            UnhealthyThresholdCount=misses,
        )
        self.add(
            f"{logical}Listener",
            "ElasticLoadBalancingV2::Listener",
            LoadBalancerArn=ref(logical),
            DefaultActions=[{"Type": "forward", "TargetGroupArn": ref(f"{logical}Targets")}],
        )
        return logical

    def inbound(self, logical: str, vpc: str, *addresses: str, direction: str = "INBOUND") -> str:
        self.add(f"{logical}Group", "EC2::SecurityGroup", VpcId=ref(vpc), GroupDescription="DNS")
        return self.add(
            logical,
            "Route53Resolver::ResolverEndpoint",
            Direction=direction,
            SecurityGroupIds=[att(f"{logical}Group", "GroupId")],
            IpAddresses=[{"SubnetId": "subnet-1", "Ip": address} for address in addresses],
        )

    def rule(self, logical: str, domain: str, targets: Sequence[str], *vpcs: str, kind: str = "FORWARD") -> str:
        properties: dict[str, Any] = {"DomainName": domain, "RuleType": kind}
        if kind == "FORWARD":
            properties |= {"TargetIps": [{"Ip": target} for target in targets], "ResolverEndpointId": "rslvr-out-1"}
        self.add(logical, "Route53Resolver::ResolverRule", **properties)
        for vpc in vpcs:
            self.add(
                f"{logical}On{vpc}",
                "Route53Resolver::ResolverRuleAssociation",
                ResolverRuleId=att(logical, "ResolverRuleId"),
                VPCId=ref(vpc),
            )
        return logical

    @property
    def template(self) -> dict[str, Any]:
        return {"Resources": self.resources, **self.extra}

    def names(self, contracts: Contracts | Mapping[str, Any] | None = None, **options: Any) -> Names:
        return Names.from_templates({"Web": self.template}, contracts=contracts, **options)

    def prove(self, promise: Promise, contracts: Mapping[str, Any] | None = None, **options: Any) -> Proof:
        return self.names(contracts, **options).prove(promise)

    def verdict(self, promise: Promise, contracts: Mapping[str, Any] | None = None, **options: Any) -> Verdict:
        return self.prove(promise, contracts, **options).verdict

    def shares(self, name: str, ill: Sequence[str] = (), source: Any = "internet", **options: Any) -> dict[str, float]:
        """What a name answers, as text, with how likely it is."""
        trace = self.names(**options).trace(name, source, ill=ill)
        found: dict[str, float] = {}
        for outcome, likely in trace.queries[0].answer.outcomes:
            key = ", ".join(trace.labels.get(value, value) for value in outcome.values) or outcome.status.value
            found[key] = found.get(key, 0) + (float(likely) if likely is not None else float("nan"))
        return found
