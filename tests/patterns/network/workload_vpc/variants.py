"""Three tiers with IPv6, too."""

from typing import Any

import aws_cdk as cdk

from patternkit.routes import isolated, reaches
from patterns.network.workload_vpc import WorkloadVpc
from tests.patterns.network.ipv6_mutants import without_ipv6_routes
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.variants import Variant

PUBLIC, PRIVATE, DATA = (f"Shop/Network/{tier}*" for tier in ("Public", "Private", "Data"))
ADDRESSES = {"public-addresses": {f"*/{PUBLIC}": True, f"*/{PRIVATE}": False, f"*/{DATA}": False}}


def dual_stack(app: cdk.App) -> WorkloadVpc:
    return WorkloadVpc(cdk.Stack(app, "Net"), "Shop", ipv6=True)


def closed(app: cdk.App) -> WorkloadVpc:
    return WorkloadVpc(cdk.Stack(app, "Net"), "Shop", ipv6=True, block_public_access=True)


def _entries(made: Templates, name: str) -> list[dict[str, Any]]:
    """The rules of IPv6 of an ACL and a direction."""
    return [one["Properties"] for one in made.of("EC2::NetworkAclEntry", name) if "Ipv6CidrBlock" in one["Properties"]]


def _public_by_the_egress_only_gateway(made: Templates) -> None:
    gateway = {"Ref": made.id_of("EC2::EgressOnlyInternetGateway")}
    for route in made.of("EC2::Route", "Public", DestinationIpv6CidrBlock="::/0"):
        del route["Properties"]["GatewayId"]
        route["Properties"]["EgressOnlyInternetGatewayId"] = gateway


def _data_out(made: Templates) -> None:
    gateway = {"Ref": made.id_of("EC2::EgressOnlyInternetGateway")}
    table = {"Ref": made.id_of("EC2::RouteTable", "Data1")}
    way = {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": gateway}
    made.add("Leak", "EC2::Route", RouteTableId=table, **way)
    for name in ("DataAclOut", "DataAclIn"):
        for entry in _entries(made, name):
            entry["Ipv6CidrBlock"], entry["Protocol"] = "::/0", -1
            entry.pop("PortRange", None)


def _without_answers(made: Templates, name: str) -> None:
    entries = _entries(made, name)
    for entry in entries:
        if entry.get("PortRange", {}).get("To") == 65535:
            entry["RuleAction"] = "deny"


def _for_ipv4_alone(made: Templates) -> None:
    for template in made.templates.values():
        resources = template["Resources"]
        for logical_id in [name for name, one in resources.items() if "Ipv6CidrBlock" in one.get("Properties", {})]:
            if resources[logical_id]["Type"] == "AWS::EC2::NetworkAclEntry":
                del resources[logical_id]


def _without_denials(made: Templates) -> None:
    for name in ("PublicAclOut", "PublicAclIn", "PrivateAclIn"):
        for entry in _entries(made, name):
            entry["RuleAction"] = "allow"


def _data_for_all(made: Templates) -> None:
    """A wide-open rule of IPv6 in the data tier, and none that denies in the public one."""
    _without_denials(made)
    for name in ("DataAclIn", "DataAclOut"):
        for entry in _entries(made, name):
            entry["Ipv6CidrBlock"] = "::/0"


def _private_for_all(made: Templates) -> None:
    for entry in _entries(made, "PrivateAclIn"):
        entry["Ipv6CidrBlock"] = "::/0"
        entry["RuleAction"] = "allow"


def _public_ssh(made: Templates) -> None:
    for entry in _entries(made, "PublicAclIn"):
        if entry.get("PortRange", {}).get("To") == 443:
            entry["PortRange"] = {"From": 22, "To": 443}


IN, NO_SSH = "the internet reaches the public tier by IPv6", "it never does so at other ports"
DOWN, NOT_BESIDE = "the public tier reaches the private tier by IPv6", "it does so at no other port"
TO_DATA, NOT_TO_DATA = "the private tier reaches the data tier by IPv6", "it does so at its port alone"
SKIPPED = "the public tier never reaches the data tier by IPv6"
OUT, CLOSED = "the private tier goes out by IPv6", "not even a packet of the internet reaches the tiers behind by IPv6"
NOT_BELOW, NOT_DATA = "the internet reaches the private tier at no port of a service", "it never reaches the data tier"
DATA_STAYS = "the data tier has no way out by IPv6"

VARIANTS = [
    Variant(
        "IPv6",
        dual_stack,
        (
            reaches("internet", PUBLIC, port=443, family=6, name=IN),
            isolated("internet", PUBLIC, port=22, family=6, name=NO_SSH),
            reaches(PUBLIC, PRIVATE, port=443, same_vpc=True, family=6, name=DOWN),
            isolated(PUBLIC, PRIVATE, port=8080, same_vpc=True, family=6, name=NOT_BESIDE),
            reaches(PRIVATE, DATA, port=5432, same_vpc=True, family=6, name=TO_DATA),
            isolated(PRIVATE, DATA, port=22, same_vpc=True, family=6, name=NOT_TO_DATA),
            isolated(PUBLIC, DATA, same_vpc=True, family=6, name=SKIPPED),
            reaches(PRIVATE, "internet", port=443, family=6, name=OUT),
            isolated("internet", PRIVATE, port=443, family=6, name=NOT_BELOW),
            isolated("internet", DATA, family=6, name=NOT_DATA),
            isolated(DATA, "internet", family=6, name=DATA_STAYS),
            reaches(PRIVATE, "internet", port=443, family=4, name="the private tier goes out by IPv4"),
        ),
        (
            Mutant("the public tier by the egress-only gateway", _public_by_the_egress_only_gateway, (IN,)),
            Mutant("the data tier by the egress-only gateway", _data_out, (DATA_STAYS,)),
            without_ipv6_routes("Private", OUT),
            Mutant("no return ports in", lambda made: _without_answers(made, "PrivateAclIn"), (OUT,)),
            Mutant("no return ports out", lambda made: _without_answers(made, "DataAclOut"), (TO_DATA,)),
            Mutant("ACLs written for IPv4 alone", _for_ipv4_alone, (IN, DOWN, TO_DATA, OUT)),
            Mutant("a tier that is not denied", _without_denials, (NOT_BESIDE,)),
            Mutant("the data tier open to all of IPv6", _data_for_all, (SKIPPED, NOT_DATA)),
            Mutant("the private tier open to all of IPv6", _private_for_all, (NOT_BELOW,)),
            Mutant("SSH let in by IPv6", _public_ssh, (NO_SSH,)),
        ),
        ADDRESSES,
    ),
    Variant(
        "IPv6 with public access blocked",
        closed,
        (
            reaches("internet", PUBLIC, port=443, family=6, name=IN),
            reaches(PRIVATE, "internet", port=443, family=6, name=OUT),
            isolated("internet", [PRIVATE, DATA], family=6, name=CLOSED),
        ),
        (
            Mutant(
                "public access that is not blocked",
                lambda made: made.remove("EC2::VPCBlockPublicAccessOptions"),
                (CLOSED,),
            ),
            Mutant(
                "no exception for the public tier",
                lambda made: made.remove("EC2::VPCBlockPublicAccessExclusion"),
                (IN,),
            ),
        ),
        ADDRESSES,
        {"test_no_example_changes_a_setting_of_the_account_unasked": "who blocks public access asks for it"},
    ),
]
