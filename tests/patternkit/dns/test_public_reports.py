"""Faults of DNS on AWS that people have reported in public, told again as templates."""

from __future__ import annotations

from typing import Any

from patternkit.dns import (
    Verdict,
    always_answers,
    answers,
    fails_over,
    no_loop,
    resolves,
    same_everywhere,
    splits,
)
from tests.patternkit.dns.zones import Dns, att, ref


def test_a_primary_that_is_no_alias_needs_a_health_check() -> None:
    """https://github.com/kubernetes-sigs/external-dns/issues/2362"""
    dns = Dns()
    dns.record("poc.example.com", "192.0.2.1", id="poc", Failover="PRIMARY")
    dns.record("poc.example.com", "192.0.2.2", id="spare", Failover="SECONDARY")
    proof = dns.prove(answers("poc.example.com", "192.0.2.1"))
    assert proof.verdict is Verdict.UNKNOWN
    assert "AWS refuses" in proof.reason
    assert "a primary that is no alias must have a health check" in proof.reason
    dns.check("Check", "192.0.2.1")
    dns.resources["Record1"]["Properties"]["HealthCheckId"] = ref("Check")
    assert dns.verdict(answers("poc.example.com", "192.0.2.1")) is Verdict.HOLDS


def test_a_private_zone_of_the_same_name_hides_the_public_one() -> None:
    """https://github.com/coreos/tectonic-installer/issues/648"""
    dns = Dns()
    dns.vpc("Vpc")
    dns.record("www.example.com", "192.0.2.1")
    assert dns.verdict(resolves(["Vpc", "internet"], "www.example.com")) is Verdict.HOLDS
    dns.zone("Cluster", "example.com", "Vpc")
    dns.record("api.example.com", "10.0.0.1", zone="Cluster")
    proof = dns.prove(resolves(None, "www.example.com"))
    assert proof.verdict is Verdict.FAILS
    assert "Web/Cluster (example.com) is the most specific private zone of Web/Vpc" in str(proof)
    assert dns.verdict(same_everywhere("www.example.com", source="everyone")) is Verdict.FAILS


def hub(*vpcs: str) -> Dns:
    dns = Dns(None)
    for vpc in ("Hub", "Spoke"):
        dns.vpc(vpc)
    dns.inbound("Inbound", "Hub", "10.0.1.10", "10.0.2.10")
    dns.zone("Cloud", "aws.internal", "Hub")
    dns.record("api.aws.internal", "10.0.0.9", zone="Cloud")
    dns.rule("Rule", "aws.internal", ["10.0.1.10", "10.0.2.10"], *vpcs)
    return dns


def test_a_rule_to_a_vpcs_own_inbound_endpoint_is_refused() -> None:
    """https://github.com/aws-samples/aws-network-hub-for-terraform/pull/26"""
    assert hub("Spoke").verdict(same_everywhere("api.aws.internal")) is Verdict.HOLDS
    proof = hub("Spoke", "Hub").prove(no_loop())
    assert proof.verdict is Verdict.UNKNOWN
    assert "RSLVR-00804" in proof.reason
    assert "goes round" in str(hub("Spoke", "Hub").names().trace("api.aws.internal", "Hub"))


def test_a_weight_of_zero_answers_when_the_others_are_ill() -> None:
    """https://kupczynski.info/posts/zero-weight-dns-records"""
    dns = Dns()
    dns.balancer("Current")
    dns.add("Legacy", "ElasticLoadBalancing::LoadBalancer", Listeners=[])
    for number, (name, weight) in enumerate((("Current", 100), ("Legacy", 0))):
        dns.record("api.example.com", alias=att(name, "DNSName"), evaluate=True, id=f"{number}", Weight=weight)
    assert dns.verdict(splits("api.example.com", {"Current": 1})) is Verdict.HOLDS
    proof = dns.prove(answers("api.example.com", "Current", ill="CurrentTargets"))
    assert proof.verdict is Verdict.FAILS
    assert "the answer is another one: Web/Legacy" in str(proof)
    assert "weight 0: only while no other is healthy" in str(proof)


def test_geolocation_without_a_default_leaves_clients_without_an_answer() -> None:
    """https://github.com/kubernetes-sigs/external-dns/issues/1541"""
    dns = Dns()
    for continent in ("EU", "NA"):
        dns.record("www.example.com", "192.0.2.1", id=continent, GeoLocation={"ContinentCode": continent})
    proof = dns.prove(resolves("internet", "www.example.com"))
    assert proof.verdict is Verdict.FAILS
    assert "and no default" in proof.reason
    dns.record("www.example.com", "192.0.2.2", id="default", GeoLocation={"CountryCode": "*"})
    assert dns.verdict(resolves("internet", "www.example.com")) is Verdict.HOLDS


def test_a_delegation_below_a_delegation_leads_elsewhere() -> None:
    """https://github.com/ustaxcourt/ef-cms/issues/775"""
    dns = Dns()
    dns.zone("Cms", "cms.example.com")
    dns.record("dev.cms.example.com", "192.0.2.1", zone="Cms")
    child = dns.record("cms.example.com", type="NS")
    dns.resources[child]["Properties"]["ResourceRecords"] = att("Cms", "NameServers")
    assert dns.verdict(answers("dev.cms.example.com", "192.0.2.1")) is Verdict.HOLDS
    dns.record("dev.cms.example.com", "ns-1.awsdns-01.org.", type="NS")
    proof = dns.prove(answers("dev.cms.example.com", "192.0.2.1"))
    assert proof.verdict is Verdict.UNKNOWN
    assert "hands dev.cms.example.com to name servers outside the set" in str(proof)


def test_a_zone_that_nothing_leads_to_is_not_asked() -> None:
    """https://github.com/hashicorp/terraform/issues/305"""
    dns = Dns()
    dns.zone("Dev", "dev.example.com")
    dns.record("www.dev.example.com", "192.0.2.1", zone="Dev")
    proof = dns.prove(resolves("internet", "www.dev.example.com"))
    assert proof.verdict is Verdict.FAILS
    assert "nobody asks Web/Dev for www.dev.example.com: Web/Zone has no NS record for dev.example.com" in str(proof)


def test_a_ds_record_for_a_zone_that_is_not_signed_breaks_it() -> None:
    """https://github.com/dnsimple/dnsimple-support/issues/195"""
    dns = Dns()
    dns.record("www.example.com", "192.0.2.1")
    promise = resolves("internet", "www.example.com")
    assert dns.verdict(promise) is Verdict.HOLDS
    contracts = {"zones": {"Zone": {"ds": True}}}
    proof = dns.prove(promise, contracts)
    assert proof.verdict is Verdict.FAILS
    assert "the zone above example.com holds a DS record, and Web/Zone is not signed" in str(proof)
    dns.add("Key", "Route53::KeySigningKey", HostedZoneId=ref("Zone"), Name="key", Status="ACTIVE")
    dns.add("Signing", "Route53::DNSSEC", HostedZoneId=ref("Zone"))
    assert dns.verdict(promise, contracts) is Verdict.HOLDS


def test_a_namespace_is_not_found_without_dns_hostnames() -> None:
    """https://github.com/hashicorp/terraform-provider-aws/pull/7589"""
    for hostnames, verdict in ((True, Verdict.HOLDS), (False, Verdict.FAILS)):
        dns = Dns(None)
        dns.vpc("Vpc", hostnames=hostnames)
        dns.add("Space", "ServiceDiscovery::PrivateDnsNamespace", Name="svc.internal", Vpc=ref("Vpc"))
        records = {"DnsRecords": [{"Type": "A", "TTL": 10}]}
        dns.add("Service", "ServiceDiscovery::Service", Name="db", NamespaceId=att("Space", "Id"), DnsConfig=records)
        attributes = {"AWS_INSTANCE_IPV4": "10.0.0.5"}
        dns.add("Instance", "ServiceDiscovery::Instance", ServiceId=ref("Service"), InstanceAttributes=attributes)
        promise = answers("db.svc.internal", "10.0.0.5", source="Vpc")
        assert dns.verdict(promise, {"elsewhere": {"internal": "none"}}) is verdict


def test_an_interface_endpoint_and_a_zone_of_its_name_conflict() -> None:
    """https://github.com/hashicorp/terraform-provider-aws/issues/37783"""
    dns = Dns(None)
    dns.vpc("Vpc")
    endpoint: dict[str, Any] = {"ServiceName": "com.amazonaws.eu-west-1.sns", "VpcId": ref("Vpc")}
    dns.add("Endpoint", "EC2::VPCEndpoint", VpcEndpointType="Interface", PrivateDnsEnabled=True, **endpoint)
    assert dns.shares("sns.eu-west-1.amazonaws.com", source="Vpc") == {"Web/Endpoint": 1}
    dns.zone("Own", "sns.eu-west-1.amazonaws.com", "Vpc")
    assert "ConflictingDomainExists" in dns.names().model.refused[0]


def test_a_check_of_another_path_than_the_target_group_never_fails_over() -> None:
    """https://barkingiguana.com/writing/aligning-alb-and-route-53-health-checks-for-regional-failover/"""
    dns = Dns()
    for name in ("Ireland", "Virginia"):
        dns.balancer(name)
    dns.check("Check", Type="HTTPS", FullyQualifiedDomainName=att("Ireland", "DNSName"), ResourcePath="/healthz")
    first = dns.record(
        "api.example.com", alias=att("Ireland", "DNSName"), check="Check", id="ireland", Failover="PRIMARY"
    )
    dns.record("api.example.com", alias=att("Virginia", "DNSName"), id="virginia", Failover="SECONDARY")
    promise = fails_over("api.example.com", when="IrelandTargets", to="Virginia")
    proof = dns.prove(promise)
    assert proof.verdict is Verdict.FAILS
    assert "it is not sent elsewhere: Web/Ireland" in str(proof)
    dns.resources[first]["Properties"]["AliasTarget"]["EvaluateTargetHealth"] = True
    assert dns.verdict(promise) is Verdict.HOLDS


def test_a_distribution_has_no_target_health() -> None:
    """https://github.com/ExtensionEngine/infra-code-blocks/pull/232"""
    dns = Dns()
    dns.add("Cdn", "CloudFront::Distribution", DistributionConfig={})
    dns.record("www.example.com", alias=att("Cdn", "DomainName"), evaluate=True)
    assert "EvaluateTargetHealth must be false for a CloudFront distribution" in dns.names().model.refused[0]


def test_a_health_check_of_a_private_thing_is_never_healthy() -> None:
    """https://aws.amazon.com/blogs/networking-and-content-delivery/performing-route-53-health-checks-on-private-resources-in-a-vpc-with-aws-lambda-and-amazon-cloudwatch/"""
    dns = Dns()
    dns.balancer("Inner", scheme="internal")
    dns.check("Check", Type="HTTPS", FullyQualifiedDomainName=att("Inner", "DNSName"))
    dns.record("db.example.com", alias=att("Inner", "DNSName"), check="Check", id="a", Failover="PRIMARY")
    dns.record("db.example.com", "192.0.2.2", id="b", Failover="SECONDARY")
    proof = dns.prove(answers("db.example.com", "Inner"))
    assert proof.verdict is Verdict.FAILS
    assert "Web/Check looks at Web/Inner, which is private: no checker reaches it" in str(proof)
    assert always_answers("db.example.com").kind in str(dns.prove(always_answers("db.example.com")))
