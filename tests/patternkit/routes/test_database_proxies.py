"""Proxies of Amazon RDS: whom they let in, on which port, and which database they lead to."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Network, Verdict, isolated, reaches
from tests.patternkit.routes.topologies import Topology

LOW = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 80, "CidrIp": "0.0.0.0/0"}]
OPEN = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]
AGAINST = isolated("App", "Dataa", port=5432)


def net(**changes: dict[str, Any]) -> Topology:
    """An application whose VPC is peered with that of a database, with routes to its proxy's subnet alone."""
    made = Topology()
    made.vpc("App", "10.1.0.0/16", a="10.1.1.0/24")
    made.vpc("Data", "10.2.0.0/16", ap="10.2.1.0/24", a="10.2.2.0/24")
    made.peering("Peering", "App", "Data")
    made.table("App", "AppTable", "a", routes={"10.2.1.0/24": {"Ref": "Peering"}})
    made.table("Data", "ProxyTable", "ap", routes={"10.1.0.0/16": {"Ref": "Peering"}})
    made.table("Data", "DataTable", "a")
    made.add("Pool", "EC2::SecurityGroup", GroupDescription="p", VpcId={"Ref": "Data"}, SecurityGroupIngress=OPEN)
    made.add("Group", "RDS::DBSubnetGroup", SubnetIds=[{"Ref": "Dataa"}])
    made.add("Database", "RDS::DBInstance", DBSubnetGroupName={"Ref": "Group"})
    made.add("Cluster", "RDS::DBCluster", DBSubnetGroupName={"Ref": "Group"})
    made.add("Member", "RDS::DBInstance", DBClusterIdentifier={"Ref": "Cluster"})
    made.add(
        "Proxy",
        "RDS::DBProxy",
        DBProxyName="pool",
        EngineFamily="POSTGRESQL",
        VpcSubnetIds=[{"Ref": "Dataap"}],
        VpcSecurityGroupIds=[{"Ref": "Pool"}],
    )
    made.add(
        "Targets",
        "RDS::DBProxyTargetGroup",
        DBProxyName={"Ref": "Proxy"},
        DBInstanceIdentifiers=[{"Ref": "Database"}],
    )
    for name, properties in changes.items():
        made.resources[name]["Properties"].update(properties)
    return made


def verdict(made: Topology | Network, promise: Any) -> tuple[Verdict, str]:
    proof = (made.network() if isinstance(made, Topology) else made).prove(promise)
    return proof.verdict, str(proof)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Targets": {"DBProxyName": "pool"}},
        {"Targets": {"DBInstanceIdentifiers": [], "DBClusterIdentifiers": [{"Ref": "Cluster"}]}},
        {"Targets": {"DBInstanceIdentifiers": [{"Ref": "Member"}]}},
    ],
    ids=str,
)
def test_a_connection_goes_on_to_the_database(change: dict[str, Any]) -> None:
    found, told = verdict(net(**change), AGAINST)
    assert found is Verdict.FAILS, told
    assert "proxy Net/Proxy (Dataap): ends the connection and opens its own" in told
    assert "leans on" not in told


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        ({}, isolated("App", "Dataa", port=5433)),
        ({}, isolated("App", "Dataa", protocol="udp")),
        ({"Database": {"Port": "5433"}}, AGAINST),
        ({"Pool": {"SecurityGroupIngress": LOW}},
         AGAINST),
        ({"Pool": {"SecurityGroupEgress": LOW}},
         AGAINST),
        ({"AppTableRoute0": {"DestinationCidrBlock": "10.2.9.0/24"}}, AGAINST),
        ({}, isolated("Dataa", "App")),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_proxy_does_not_carry(change: dict[str, Any], promise: Any) -> None:
    found, told = verdict(net(**change), promise)
    assert found is Verdict.HOLDS, told


def test_the_port_of_the_database_is_its_own() -> None:
    assert verdict(net(Database={"Port": "5433"}), isolated("App", "Dataa", port=5433))[0] is Verdict.FAILS


@pytest.mark.parametrize(("family", "port"), [("MYSQL", 3306), ("POSTGRESQL", 5432), ("SQLSERVER", 1433)])
def test_a_proxy_listens_on_the_port_of_its_engine(family: str, port: int) -> None:
    made = net(Proxy={"EngineFamily": family}).network()
    assert verdict(made, reaches("Appa", "Proxy", port=port))[0] is Verdict.HOLDS
    found, told = verdict(made, reaches("Appa", "Proxy", port=port + 1))
    assert (found, "has no listener for it" in told) == (Verdict.FAILS, True)
    assert verdict(made, isolated("internet", "Proxy"))[0] is Verdict.HOLDS


def test_a_port_that_is_not_known_is_a_doubt() -> None:
    made = net(Proxy={"EngineFamily": {"Fn::ImportValue": "later"}})
    made.add("Door", "RDS::DBProxyEndpoint", DBProxyName="other", VpcSubnetIds=[{"Ref": "Dataap"}],
             VpcSecurityGroupIds=[{"Ref": "Pool"}])  # fmt: skip
    for name, why in (("Proxy", "no stack of the set exports 'later'"), ("Door", "its proxy is not in the set")):
        found, told = verdict(made, reaches("Appa", name, port=5432))
        assert (found, f"the port of Net/{name}: {why}" in told) == (Verdict.UNKNOWN, True), told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Targets": {"DBInstanceIdentifiers": ["elsewhere"]}},
         "Net/Targets (AWS::RDS::DBProxyTargetGroup, to a database whose subnets are not in the set)"),
        ({"Database": {"DBSubnetGroupName": "elsewhere"}}, "to a database whose subnets are not in the set"),
    ],
    ids=str,
)  # fmt: skip
def test_a_database_that_is_not_known_is_a_doubt(change: dict[str, Any], words: str) -> None:
    found, told = verdict(net(**change), isolated("App", "Data", port=22))
    assert found is Verdict.FAILS, "what arrives anyhow arrives"
    found, told = verdict(net(**change), AGAINST)
    assert (found, words in told) == (Verdict.UNKNOWN, True), told
    harmless = net(**change).network(contracts={"harmless": ["Targets"]})
    found, told = verdict(harmless, AGAINST)
    assert (found, "leans on contracts: harmless Targets" in told) == (Verdict.HOLDS, True), told


def test_an_endpoint_of_a_proxy_from_elsewhere_is_a_doubt() -> None:
    made = net()
    made.add("Door", "RDS::DBProxyEndpoint", DBProxyName="other", VpcSubnetIds=[{"Ref": "Appa"}])
    found, told = verdict(made, isolated("App", "Dataa", port=80))
    assert found is Verdict.UNKNOWN
    assert "Net/Door (AWS::RDS::DBProxyEndpoint, of a proxy that is not in the set)" in told


@pytest.mark.parametrize("group", [{"Ref": "Proxy"}, "pool"], ids=str)
@pytest.mark.parametrize("door", [{"Ref": "Proxy"}, "pool"], ids=str)
def test_a_connection_goes_on_from_every_endpoint_by_whichever_name(door: Any, group: Any) -> None:
    """The proxy's own subnet is out of reach here: the further endpoint is the way."""
    made = net(AppTableRoute0={"DestinationCidrBlock": "10.2.9.0/24"}, Targets={"DBProxyName": group})
    made.add("Callers", "EC2::SecurityGroup", GroupDescription="c", VpcId={"Ref": "App"}, SecurityGroupIngress=OPEN)
    made.add("Door", "RDS::DBProxyEndpoint", DBProxyName=door, VpcSubnetIds=[{"Ref": "Appa"}])
    made.resources["Door"]["Properties"]["VpcSecurityGroupIds"] = [{"Ref": "Callers"}]
    found, told = verdict(made, isolated("App", "Dataa", port=5432))
    assert found is Verdict.FAILS, told
    assert "proxy Net/Door (Appa): ends the connection" in told


@pytest.mark.parametrize("subnets", [{"Fn::ImportValue": "Subnets"}, ["subnet-0123456789abcdef0"]], ids=str)
@pytest.mark.parametrize("name", ["Proxy", "Door"])
def test_where_a_proxy_stands_that_is_not_known_is_a_doubt(name: str, subnets: Any) -> None:
    made = net()
    made.add("Door", "RDS::DBProxyEndpoint", DBProxyName="pool", VpcSubnetIds=[{"Ref": "Dataap"}])
    made.resources[name]["Properties"]["VpcSubnetIds"] = subnets
    away = isolated("App", "Dataa", port=80)
    found, told = verdict(made, away)
    assert (found, f"Net/{name} (AWS::RDS::DB" in told) == (Verdict.UNKNOWN, True), told
    assert "in subnets that are not known" in told
    assert verdict(made.network(contracts={"harmless": [name]}), away)[0] is Verdict.HOLDS


@pytest.mark.parametrize("subnet", [{"Ref": "Open"}, "subnet-0123456789abcdef1"], ids=str)
def test_that_a_subnet_has_another_id_does_not_keep_a_proxy_out_of_its_vpc(subnet: Any) -> None:
    made = net(Proxy={"VpcSubnetIds": [subnet]})
    made.extra = {"Parameters": {"Open": {"Type": "String"}}}
    made.vpc("Third", "10.3.0.0/16", a="10.3.1.0/24")
    named = {f"subnet-{number}": {"resource": one} for number, one in enumerate(("Appa", "Dataa", "Dataap"))}
    away = isolated("App", "Dataa", port=80)
    assert verdict(made.network(contracts={"ids": named}), away)[0] is Verdict.UNKNOWN
    # What is known of its other subnets tells its VPC.
    made.resources["Proxy"]["Properties"]["VpcSubnetIds"] = [{"Ref": "Dataap"}, subnet]
    assert verdict(made, isolated("Thirda", "internet"))[0] is Verdict.HOLDS
    assert verdict(made, isolated("Dataa", "internet"))[0] is Verdict.UNKNOWN


def test_targets_of_a_proxy_that_is_not_known_are_a_doubt() -> None:
    made = net(Proxy={"DBProxyName": {"Fn::ImportValue": "Name"}}, Targets={"DBProxyName": "pool"})
    found, told = verdict(made, AGAINST)
    assert (found, "Net/Targets (AWS::RDS::DBProxyTargetGroup, of a proxy that is not known)" in told) == (
        Verdict.UNKNOWN,
        True,
    ), told
    assert verdict(net(Targets={"DBProxyName": "elsewhere"}), AGAINST)[0] is Verdict.HOLDS


def test_a_contract_says_where_else_a_proxy_leads() -> None:
    contracts = {"appliances": {"Proxy": {"does": "proxies", "to": ["10.2.2.0/24"], "ports": [5433]}}}
    found, told = verdict(net().network(contracts=contracts), isolated("App", "Dataa", port=5433))
    assert (found, "leans on contracts: appliances Proxy" in told) == (Verdict.FAILS, True), told


@pytest.mark.parametrize("balanced", [False, True])
def test_a_service_is_declared_a_proxy(balanced: bool) -> None:
    """Its tasks are, whether a load balancer sends to them or clients find them otherwise."""
    made = net()
    for name in ("Proxy", "Targets"):
        del made.resources[name]
    given: dict[str, Any] = {"LoadBalancers": []} if balanced else {}
    subnets = {"Subnets": [{"Ref": "Dataap"}], "SecurityGroups": [{"Ref": "Pool"}]}
    made.add("Tasks", "ECS::Service", NetworkConfiguration={"AwsvpcConfiguration": subnets}, **given)
    assert verdict(made, AGAINST)[0] is Verdict.HOLDS
    contracts = {"appliances": {"Tasks": {"does": "proxies", "to": ["10.2.2.0/24"]}}}
    assert verdict(made.network(contracts=contracts), AGAINST)[0] is Verdict.FAILS
