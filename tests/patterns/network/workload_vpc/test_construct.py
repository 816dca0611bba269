"""What a workload's VPC promises beside its paths: options, endpoints, and flow logs that its SQL reads back."""

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import duckdb
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from patternkit.routes import Network, Verdict, isolated, reaches
from patterns.network.workload_vpc import WorkloadVpc
from patterns.network.workload_vpc.flow_archive import FIELDS, QUERIES
from tests.conftest import example
from tests.patterns.network.mutants import Templates
from tests.patterns.network.synthesized import network, properties
from tests.patterns.network.test_every_variant import sources

ADDRESSES = {"public-addresses": {"*/Public*": True, "*/Private*": False, "*/Data*": False}}


@pytest.mark.parametrize("nat", ["regional", "none"])
def test_the_private_tier_goes_out_by_a_regional_gateway_or_not_at_all(nat: str) -> None:
    synthesis = network(lambda app: WorkloadVpc(cdk.Stack(app, "Net"), "Shop", nat=nat))  # type: ignore[arg-type]
    found = Network.from_templates(synthesis.templates, contracts=ADDRESSES)
    gateways = properties(synthesis, "AWS::EC2::NatGateway")
    assert [one["AvailabilityMode"] for one in gateways] == (["regional"] if nat == "regional" else [])
    out = reaches("Shop/Network/Private*", "internet", port=443)
    assert found.prove(out).verdict is (Verdict.HOLDS if nat == "regional" else Verdict.FAILS)
    if nat == "none":
        found.assert_holds(isolated("Shop/Network/Private*", "internet"))


def test_blocked_public_access_leaves_load_balancers_and_nat_gateways() -> None:
    synthesis = network(lambda app: WorkloadVpc(cdk.Stack(app, "Net"), "Shop", block_public_access=True))
    to_public = reaches("internet", "Shop/Network/Public*", port=443)
    whole = Network.from_templates(synthesis.templates, contracts=ADDRESSES)
    whole.assert_holds(to_public, reaches("Shop/Network/Private*", "internet", port=443))
    # Whatever address a host of the private tier is given.
    Network.from_templates(synthesis.templates).assert_holds(isolated("internet", "Shop/Network/Private*"))
    template = copy.deepcopy(synthesis.template)
    template["Resources"] = {
        name: one
        for name, one in template["Resources"].items()
        if one["Type"] != "AWS::EC2::VPCBlockPublicAccessExclusion"
    }
    closed = Network.from_templates({"Net": template}, contracts=ADDRESSES)
    assert closed.prove(to_public).verdict is Verdict.FAILS


def test_nobody_connects_to_the_private_tier_by_ipv6_but_where_it_goes_out_by_the_internet_gateway() -> None:
    """A packet may come in by the VPC's internet gateway; what answers it goes to the one that lets out alone."""
    templates = {one.name: copy.deepcopy(one.template) for one in sources("workload-vpc: IPv6")}
    connects = reaches("internet", "Shop/Network/Private*", port=8080, family=6)
    proof = Network.from_templates(templates, contracts=ADDRESSES).prove(connects)
    assert proof.verdict is Verdict.FAILS
    assert "has not seen the flow's first packet" in str(proof)
    made = Templates(templates)
    gateway = {"Fn::GetAtt": [made.id_of("EC2::InternetGateway"), "InternetGatewayId"]}
    for route in made.of("EC2::Route", "Private", DestinationIpv6CidrBlock="::/0"):
        del route["Properties"]["EgressOnlyInternetGatewayId"]
        route["Properties"]["GatewayId"] = gateway
    Network.from_templates(templates, contracts=ADDRESSES).assert_holds(connects)


def test_an_acl_keeps_to_the_rules_that_it_may_have() -> None:
    made = Templates({one.name: one.template for one in sources("workload-vpc: IPv6")})
    for tier in ("Public", "Private", "Data"):
        for way in ("In", "Out"):
            assert len(made.of("EC2::NetworkAclEntry", f"{tier}Acl{way}")) <= 20


def test_endpoints_serve_this_accounts_principals_and_are_reached_from_the_private_tier() -> None:
    synthesis = example("workload-vpc", "agnostic")
    endpoints = properties(synthesis, "AWS::EC2::VPCEndpoint")
    assert len(endpoints) == 3
    for one in endpoints:
        for statement in one["PolicyDocument"]["Statement"]:
            own = statement.get("Condition") == {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
            public = (
                statement["Sid"] in ("ImageLayers", "AmazonLinuxPackages") and statement["Action"] == "s3:GetObject"
            )
            assert own or public, statement
    [group] = properties(synthesis, "AWS::EC2::SecurityGroup")
    assert [(one["CidrIp"], one["FromPort"]) for one in group["SecurityGroupIngress"]] == [("10.0.0.0/18", 443)]


def test_a_customer_key_encrypts_records_and_results(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    WorkloadVpc(scope, "Shop", encryption_key=key)
    template = Template.from_stack(scope)
    [policy] = template.find_resources("AWS::KMS::Key").values()
    assert "delivery.logs.amazonaws.com" in str(policy["Properties"]["KeyPolicy"])
    [workgroup] = template.find_resources("AWS::Athena::WorkGroup").values()
    results = workgroup["Properties"]["WorkGroupConfiguration"]["ResultConfiguration"]["EncryptionConfiguration"]
    assert results == {"EncryptionOption": "SSE_KMS", "KmsKey": scope.resolve(key.key_arn)}


def test_a_query_is_stopped_before_it_reads_too_much() -> None:
    [workgroup] = properties(example("workload-vpc", "agnostic"), "AWS::Athena::WorkGroup")
    settings = workgroup["WorkGroupConfiguration"]
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert settings["BytesScannedCutoffPerQuery"] == 10 * 2**30


TYPES = {"int": "INTEGER", "bigint": "BIGINT", "string": "VARCHAR"}
RECORD = {
    "version": 7,
    "protocol": 6,
    "packets": 3,
    "bytes": 4000,
    "srcport": 40000,
    "tcp-flags": 2,
    "log-status": "OK",
}


@pytest.fixture
def athena(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """Records written where and as the flow log writes them, read by the columns and partitions of the table."""
    synthesis = example("workload-vpc", "agnostic")
    [flow_log] = properties(synthesis, "AWS::EC2::FlowLog")
    fields = [one.strip("${}") for one in flow_log["LogFormat"].split(" ")]
    assert flow_log["DestinationOptions"] == {
        "FileFormat": "parquet",
        "HiveCompatiblePartitions": True,
        "PerHourPartition": True,
    }
    [table] = [one["TableInput"] for one in properties(synthesis, "AWS::Glue::Table")]
    template = table["Parameters"]["storage.location.template"]["Fn::Join"][1][-1]
    when = datetime(2026, 3, 7, 5, tzinfo=UTC)
    place = template[template.index("/year=") :]
    for name, digits in (("year", 4), ("month", 2), ("day", 2), ("hour", 2)):
        assert table["Parameters"][f"projection.{name}.digits"] == str(digits)
        place = place.replace(f"${{{name}}}", f"{getattr(when, name):0{digits}}")
    folder = tmp_path / place.strip("/")
    folder.mkdir(parents=True)
    made = duckdb.connect()
    # As AWS writes it: the names of the fields with underscores, each of its documented type.
    written = ", ".join(f'"{one.replace("-", "_")}" {TYPES[FIELDS[one]]}' for one in fields)
    made.execute(f"CREATE TABLE written ({written})")
    for record in records():
        made.execute(
            f"INSERT INTO written VALUES ({', '.join('?' * len(fields))})", [record.get(one) for one in fields]
        )
    made.execute(f"COPY written TO '{folder / 'flows.log.parquet'}' (FORMAT parquet)")
    columns = ", ".join(
        f'CAST("{one["Name"]}" AS {TYPES[one["Type"]]}) AS "{one["Name"]}"' for one in columns_of(table)
    )
    made.execute("CREATE SCHEMA logs")
    source = f"read_parquet('{tmp_path}/**/*.parquet', hive_partitioning = true)"
    made.execute(f'CREATE VIEW logs."{table["Name"]}" AS SELECT {columns} FROM {source}')
    return made


def columns_of(table: dict[str, Any]) -> list[dict[str, str]]:
    columns: list[dict[str, str]] = [*table["StorageDescriptor"]["Columns"], *table["PartitionKeys"]]
    return columns


def records() -> list[dict[str, Any]]:
    common = {**RECORD, "flow-direction": "egress", "traffic-path": 8, "pkt-dst-aws-service": "-", "action": "ACCEPT"}
    refused = {"action": "REJECT", "reject-reason": "-", "flow-direction": "ingress"}
    return [
        {**common, "pkt-srcaddr": "10.0.0.4", "pkt-dstaddr": "8.8.8.8"},
        {**common, "pkt-srcaddr": "10.0.0.4", "pkt-dstaddr": "52.94.5.1", "pkt-dst-aws-service": "SSM", "bytes": 9000},
        {**common, **refused, "srcaddr": "198.51.100.7", "dstaddr": "10.0.64.4", "dstport": 22},
        {**common, **refused, "srcaddr": "198.51.100.7", "dstaddr": "10.0.64.4", "dstport": 22},
    ]


def test_a_flow_log_in_the_declared_format_is_read_back_by_the_named_queries(athena: duckdb.DuckDBPyConnection) -> None:
    queries = {one["Name"]: one for one in properties(example("workload-vpc", "agnostic"), "AWS::Athena::NamedQuery")}
    assert queries.keys() == QUERIES.keys()
    found = {}
    for name, query in queries.items():
        parts = query["QueryString"]["Fn::Join"][1]
        sql = "".join(part if isinstance(part, str) else "logs" for part in parts)
        found[name] = athena.execute(sql, [2026, 3, 7]).fetchall()
        assert athena.execute(sql, [2026, 3, 8]).fetchall() == []
    assert found["RejectedFlows"] == [("198.51.100.7", "10.0.64.4", 22, 6, "-", 2, 6)]
    assert found["LargestTalkers"] == [("10.0.0.4", "52.94.5.1", 9000), ("10.0.0.4", "8.8.8.8", 4000)]
    assert found["ServicesByNat"] == [("SSM", 9000)]
