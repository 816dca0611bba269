"""What is read of templates and contracts: each kind of resource, and what is not known of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patternkit.dns import ContractError, DnsError, Names, Verdict, answers, no_loop, private, resolves
from tests.patternkit.dns.zones import Dns, att, ref


def test_record_set_groups_are_records() -> None:
    dns = Dns()
    records = [
        {"Name": f"{name}.example.com.", "Type": "A", "TTL": "60", "ResourceRecords": [f"192.0.2.{number}"]}
        for number, name in enumerate(("a", "b"))
    ]
    dns.add("Group", "Route53::RecordSetGroup", HostedZoneName="example.com.", RecordSets=records)
    assert dns.shares("b.example.com") == {"192.0.2.1": 1}


@pytest.mark.parametrize("partition", ["aws", "${AWS::Partition}"])
def test_profiles_bring_zones_and_rules_to_vpcs_but_the_vpcs_own_count_first(partition: str) -> None:
    dns = Dns(None)
    for vpc in ("A", "B"):
        dns.vpc(vpc)
    dns.vpc("Owner")
    dns.zone("Shared", "corp.internal", "Owner")
    dns.record("db.corp.internal", "10.0.0.1", zone="Shared")
    dns.add("Profile", "Route53Profiles::Profile", Name="shared")
    arn = {"Fn::Sub": f"arn:{partition}:route53:::hostedzone/${{Shared}}"}
    dns.add("Share", "Route53Profiles::ProfileResourceAssociation", ProfileId=ref("Profile"), ResourceArn=arn)
    for vpc in ("A", "B"):
        dns.add(f"On{vpc}", "Route53Profiles::ProfileAssociation", ProfileId=ref("Profile"), ResourceId=ref(vpc))
    assert dns.verdict(answers("db.corp.internal", "10.0.0.1", source="every VPC")) is Verdict.HOLDS
    dns.zone("Own", "corp.internal", "B")
    dns.record("db.corp.internal", "10.0.0.2", zone="Own")
    assert dns.shares("db.corp.internal", source="B") == {"10.0.0.2": 1}
    dns.add("Again", "Route53Profiles::ProfileAssociation", ProfileId=ref("Profile"), ResourceId=ref("A"))
    assert "has two Profiles" in dns.names().model.refused[0]


def test_cloud_map_answers_the_instances_and_tasks_that_are_registered() -> None:
    dns = Dns(None)
    dns.vpc("Vpc")
    dns.add("Space", "ServiceDiscovery::PrivateDnsNamespace", Name="svc.internal", Vpc=ref("Vpc"))
    config = {"DnsRecords": [{"Type": "A", "TTL": 10}], "NamespaceId": att("Space", "Id")}
    dns.add("Orders", "ServiceDiscovery::Service", Name="orders", DnsConfig=config)
    assert dns.verdict(resolves("Vpc", "orders.svc.internal")) is Verdict.UNKNOWN
    dns.add("Tasks", "ECS::Service", ServiceRegistries=[{"RegistryArn": att("Orders", "Arn")}])
    assert dns.shares("orders.svc.internal", source="Vpc") == {"Web/Tasks": 1}
    for number in range(2):
        attributes = {"AWS_INSTANCE_IPV4": f"10.0.0.{number}"}
        dns.add(f"I{number}", "ServiceDiscovery::Instance", ServiceId=ref("Orders"), InstanceAttributes=attributes)
    assert dns.shares("orders.svc.internal", source="Vpc") == {"10.0.0.0, 10.0.0.1, Web/Tasks": 1}


def test_a_delegation_rule_follows_the_name_servers_of_a_private_zone() -> None:
    dns = Dns(None)
    dns.vpc("Vpc")
    dns.zone("Corp", "corp.internal", "Vpc")
    dns.record("office.corp.internal", "ns1.office.corp.internal.", type="NS", zone="Corp")
    dns.record("ns1.office.corp.internal", "10.200.0.2", zone="Corp")
    site = {"servers": ["10.200.0.2"], "zones": {"office.corp.internal": {"db": {"A": ["10.200.1.1"]}}}}
    contracts = {"sites": {"Office": site}}
    name = "db.office.corp.internal"
    assert dns.verdict(resolves("Vpc", name), contracts) is Verdict.UNKNOWN
    dns.rule("Delegate", "office.corp.internal", [], "Vpc", kind="DELEGATE")
    assert dns.shares(name, source="Vpc", contracts=contracts) == {"10.200.1.1": 1}


def test_a_dns_firewall_is_not_known_until_it_is_declared() -> None:
    dns = Dns(None)
    dns.vpc("Vpc")
    dns.zone("Corp", "corp.internal", "Vpc")
    dns.record("db.corp.internal", "10.0.0.1", zone="Corp")
    dns.add(
        "Wall", "Route53Resolver::FirewallRuleGroupAssociation", VpcId=ref("Vpc"), FirewallRuleGroupId="rslvr-frg-1"
    )
    promise = resolves("Vpc", "db.corp.internal")
    proof = dns.prove(promise)
    assert proof.verdict is Verdict.UNKNOWN
    assert "whose rules are not modelled (contract: firewalls)" in proof.reason
    proof = dns.prove(promise, {"firewalls": {"Wall": "passes"}})
    assert (proof.verdict, proof.contracts) == (Verdict.HOLDS, ("firewalls Wall",))


def imported() -> Dns:
    dns = Dns(None)
    dns.record("www.example.com", "192.0.2.1")
    dns.resources["Record0"]["Properties"]["HostedZoneId"] = "Z0123456789"
    return dns


def test_a_zone_that_is_none_of_the_set_is_what_contracts_say() -> None:
    dns = imported()
    proof = dns.prove(resolves("internet", "www.example.com"))
    assert (proof.verdict, proof.reason) == (
        Verdict.UNKNOWN,
        "whether zone Z0123456789 is public is not declared (contract: zones)",
    )
    contracts = {"zones": {"Z0123456789": {"name": "example.com"}}}
    assert dns.verdict(resolves("internet", "www.example.com"), contracts) is Verdict.HOLDS
    # It may have records that are none of the set.
    assert dns.verdict(resolves("internet", "other.example.com"), contracts) is Verdict.UNKNOWN
    contracts["zones"]["Z0123456789"]["whole"] = True  # type: ignore[assignment]
    assert dns.verdict(resolves("internet", "other.example.com"), contracts) is Verdict.FAILS


def test_vpcs_of_other_accounts_are_declared_and_associated() -> None:
    dns = Dns(None)
    dns.vpc("Own")
    dns.zone("Corp", "corp.internal", "Own")
    dns.record("db.corp.internal", "10.0.0.1", zone="Corp")
    contracts: dict[str, Any] = {
        "vpcs": {"vpc-0123": {"name": "Partner", "region": "eu-west-1"}},
        "associations": [{"zone": "Corp", "vpc": "Partner"}],
    }
    assert dns.shares("db.corp.internal", source="Partner", contracts=contracts) == {"10.0.0.1": 1}
    contracts["vpcs"]["vpc-0123"]["dns-hostnames"] = False
    assert dns.verdict(resolves("Partner", "db.corp.internal"), contracts) is Verdict.UNKNOWN


def test_a_condition_that_nobody_decides_makes_two_worlds() -> None:
    dns = Dns()
    dns.extra = {
        "Parameters": {"Spare": {"Type": "String"}},
        "Conditions": {"HasSpare": {"Fn::Equals": [ref("Spare"), "yes"]}},
    }
    dns.record("www.example.com", "192.0.2.1", logical="Www")
    dns.record("spare.example.com", "192.0.2.2", logical="Other")
    dns.resources["Other"]["Condition"] = "HasSpare"
    proof = dns.prove(resolves("internet", "spare.example.com"))
    assert (proof.verdict, proof.worlds) == (Verdict.UNKNOWN, 2)
    assert "it fails in 1" in str(proof)
    assert dns.verdict(resolves("internet", "www.example.com")) is Verdict.HOLDS
    decided = {"Web": {"Spare": "yes"}}
    assert dns.verdict(resolves("internet", "spare.example.com"), parameters=decided) is Verdict.HOLDS


def test_values_names_and_zones_that_are_not_known() -> None:
    dns = Dns()
    dns.extra = {"Parameters": {"Address": {"Type": "String"}, "Name": {"Type": "String"}}}
    dns.record("www.example.com", ref("Address"))
    assert dns.verdict(resolves("internet", "www.example.com")) is Verdict.UNKNOWN
    assert "parameter Address of Web has no value" in str(dns.prove(answers("www.example.com", "192.0.2.1")))
    dns.record("a.example.com", "192.0.2.1", logical="Odd")
    dns.resources["Odd"]["Properties"]["Name"] = {"Fn::Sub": "${Name}.example.com"}
    # It may be any name that the zone does not have otherwise.
    assert dns.verdict(resolves("internet", "missing.example.com")) is Verdict.UNKNOWN
    dns.zone("Third", "third.com")
    dns.resources["Third"]["Properties"]["Name"] = ref("Name")
    assert "which names Web/Third answers is not known" in str(dns.prove(private("www.example.com")))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"zones": {"Z": {"nam": "x"}}}, "unknown key 'nam'; did you mean 'name'"),
        ({"zonez": {}}, "unknown section 'zonez'; did you mean 'zones'"),
        ({"sites": {"S": {"servers": ["office"]}}}, "servers must be addresses, got 'office'"),
        ({"sites": {"S": {"forwards": {"a.b": ["Nowhere"]}}}}, "no resource is named 'Nowhere'"),
        ({"latency": {"a": {"b": "far"}}}, "must be a number of 0 or more, got 'far'"),
        ({"associations": [{"zone": "Zone"}]}, "each has a zone or a rule, and a vpc"),
        ({"associations": [{"zone": "Nil", "vpc": "V"}]}, "no resource is named 'Nil'"),
        ({"elsewhere": {"a b": "none"}}, "'a b' is not a domain name"),
        ({"firewalls": {"F": "blocks"}}, "must be passes, got 'blocks'"),
        ({"alarms": {"A": {"seconds": -1}}}, "must be a number of 0 or more, got -1"),
        ({"ids": {"vpc-1": "Vpc"}}, "must be {resource: PATH}"),
    ],
)
def test_a_malformed_contract_is_one_line(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError) as caught:
        Dns().names(change)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([("www", {"Weight": 1}), ("www", {"Failover": "SECONDARY"})], "several policies: failover, weighted"),
        ([("www", {"Weight": 256})], "Weight must be between 0 and 255, got 256"),
        ([("www", {}), ("www", {})], "is there 2 times"),
        ([("www", {"Region": "us-east-1"}), ("www", {"Region": "us-east-1"})], "the Region us-east-1 twice"),
        ([("www", {"Weight": 1, "id": "a"}), ("www", {"Weight": 2, "id": "a"})], "the set identifier a twice"),
        ([("www", {"GeoProximityLocation": {"AWSRegion": "eu-west-1", "Bias": 100}})], "between -99 and 99, got 100"),
        ([("www", {"type": "CNAME"}), ("www", {})], "has a CNAME in Web/Zone, and A beside it"),
        ([("www", {"alias": "none.example.com."})], "is an alias to none.example.com, which has no A"),
        ([("www", {"alias": "www.example.com."})], "is an alias to itself"),
    ],
)
def test_what_route_53_refuses_of_records(records: list[tuple[str, dict[str, Any]]], said: str) -> None:
    dns = Dns()
    for number, (name, options) in enumerate(records):
        dns.record(f"{name}.example.com", f"192.0.2.{number}", **options)
    refused = dns.names().model.refused
    assert any(said in reason for reason in refused), refused
    assert dns.verdict(answers("www.example.com", "192.0.2.0")) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"Type": "TCP", "IPAddress": "10.0.0.1"}, "no checker reaches the private address 10.0.0.1"),
        ({"Type": "CALCULATED", "ChildHealthChecks": [ref("Inner")]}, "counts Web/Inner, which is calculated itself"),
        (
            {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": {"Name": ref("Alarm"), "Region": "eu-west-1"}},
            "2 out of 3 datapoints, which health checks do not use",
        ),
    ],
)
def test_what_route_53_refuses_of_health_checks(config: dict[str, Any], said: str) -> None:
    dns = Dns()
    dns.add("Alarm", "CloudWatch::Alarm", Period=60, EvaluationPeriods=3, DatapointsToAlarm=2)
    dns.check("Inner", Type="CALCULATED", HealthThreshold=0)
    dns.check("Check", **config)
    assert any(said in reason for reason in dns.names().model.refused)


def everything() -> Dns:
    dns = Dns()
    dns.vpc("Vpc")
    dns.balancer("Balancer")
    dns.check("Check", "192.0.2.1")
    dns.record("www.example.com", alias=att("Balancer", "DNSName"), check="Check", id="a", Failover="PRIMARY")
    dns.record("www.example.com", "192.0.2.2", id="b", Failover="SECONDARY")
    dns.zone("Corp", "corp.internal", "Vpc")
    dns.inbound("Inbound", "Vpc", "10.0.1.10", "10.0.2.10")
    dns.rule("Rule", "office.internal", ["10.200.0.2"], "Vpc")
    dns.add("Space", "ServiceDiscovery::PrivateDnsNamespace", Name="svc.internal", Vpc=ref("Vpc"))
    config = {"DnsRecords": [{"Type": "A", "TTL": 10}], "NamespaceId": att("Space", "Id")}
    dns.add("Service", "ServiceDiscovery::Service", Name="orders", DnsConfig=config)
    dns.add("Profile", "Route53Profiles::ProfileAssociation", ProfileId="rp-1", ResourceId=ref("Vpc"))
    return dns


JUNK = st.sampled_from(
    [7, True, "", "x", [], {}, [7], {"Ref": "Vpc"}, {"Ref": "AWS::NoValue"}, {"a": [1]}, "10.0.0.0/8"]
)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_values_of_the_wrong_shape_are_one_line_or_do_no_harm(data: st.DataObject) -> None:
    template = copy.deepcopy(everything().template)
    places: list[tuple[Any, Any]] = []
    pending: list[Any] = [resource["Properties"] for resource in template["Resources"].values()]
    while pending:
        node = pending.pop()
        for key in node if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], (dict, list)):
                pending.append(node[key])
    node, key = data.draw(st.sampled_from(places))
    node[key] = data.draw(JUNK)
    try:
        names = Names.from_templates({"Web": template})
        names.prove_all([no_loop(), resolves("every VPC", "www.example.com")])
        str(names.trace("www.example.com"))
    except DnsError as error:
        said = str(error)
    else:
        said = ""
    assert "\n" not in said
