"""What each VPC is answered, proved from the example; and mutants of it, which must be caught, each by its promise."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from patternkit.dns import Names, answers, no_loop, private, resolves, same_everywhere
from patternkit.dns.promises import Promise
from patternkit.verdict import Verdict
from tests.conftest import ENVIRONMENTS, example

DB, QUEUE, WWW = (f"{name}.example.com" for name in ("db", "queue", "www"))
EVERY_VPC = "every VPC"
IN_EVERY_VPC = answers(DB, "10.1.0.10", source=EVERY_VPC)
ALIKE = same_everywhere([DB, QUEUE], source=EVERY_VPC)
HIDDEN = private([DB, QUEUE])
PUBLIC_INSIDE = same_everywhere(WWW, source=[EVERY_VPC, "internet"])
# The internet asks the public zone.
CONTRACTS = {"zones": {"SharedPrivateZoneStack/Public": {"delegated": True}}}


def names(template: dict[str, Any]) -> Names:
    return Names.from_templates({"SharedPrivateZoneStack": template}, contracts=CONTRACTS)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_vpc_has_the_same_names_and_the_internet_has_the_public_ones(environment: str) -> None:
    found = names(dict(example("shared-private-zone", environment).template))
    found.assert_holds(IN_EVERY_VPC, ALIKE, HIDDEN, PUBLIC_INSIDE, resolves("internet", WWW), no_loop())


def found(template: dict[str, Any], kind: str, word: str = "") -> dict[str, Any]:
    [one] = [
        one
        for name, one in template["Resources"].items()
        if one["Type"] == kind and word in f"{name} {one.get('Properties', {}).get('Name', '')}"
    ]
    return dict(one["Properties"]) | {"": one}


def properties(template: dict[str, Any], kind: str, word: str = "") -> Any:
    return found(template, kind, word)[""]["Properties"]


def association_removed(template: dict[str, Any]) -> None:
    properties(template, "AWS::Route53::HostedZone", "NamesZone")["VPCs"].pop()


def profile_not_associated(template: dict[str, Any]) -> None:
    gone = found(template, "AWS::Route53Profiles::ProfileAssociation")[""]
    template["Resources"] = {name: one for name, one in template["Resources"].items() if one is not gone}


def zone_not_in_the_profile(template: dict[str, Any]) -> None:
    gone = found(template, "AWS::Route53Profiles::ProfileResourceAssociation")[""]
    template["Resources"] = {name: one for name, one in template["Resources"].items() if one is not gone}


def dns_support_off(template: dict[str, Any]) -> None:
    properties(template, "AWS::EC2::VPC", "Wiki")["EnableDnsSupport"] = False


def dns_hostnames_off(template: dict[str, Any]) -> None:
    properties(template, "AWS::EC2::VPC", "Shop")["EnableDnsHostnames"] = False


def a_zone_that_shadows(template: dict[str, Any]) -> None:
    vpc = next(name for name, one in template["Resources"].items() if one["Type"] == "AWS::EC2::VPC")
    template["Resources"]["Shadow"] = {
        "Type": "AWS::Route53::HostedZone",
        "Properties": {
            "Name": "db.example.com",
            "VPCs": [{"VPCId": {"Ref": vpc}, "VPCRegion": {"Ref": "AWS::Region"}}],
        },
    }


def made_public(template: dict[str, Any]) -> None:
    record = copy.deepcopy(found(template, "AWS::Route53::RecordSet", "NamesPrivatedb")[""])
    public = found(template, "AWS::Route53::RecordSet", "NamesPublicwww")
    record["Properties"]["HostedZoneId"] = public["HostedZoneId"]
    template["Resources"]["Leak"] = record


def public_name_missing_inside(template: dict[str, Any]) -> None:
    gone = found(template, "AWS::Route53::RecordSet", "NamesPrivatewww")[""]
    template["Resources"] = {name: one for name, one in template["Resources"].items() if one is not gone}


MUTANTS: list[tuple[Callable[[dict[str, Any]], None], Promise]] = [
    (association_removed, IN_EVERY_VPC),
    (association_removed, ALIKE),
    (profile_not_associated, IN_EVERY_VPC),
    (zone_not_in_the_profile, IN_EVERY_VPC),
    (dns_support_off, IN_EVERY_VPC),
    (dns_hostnames_off, IN_EVERY_VPC),
    (a_zone_that_shadows, IN_EVERY_VPC),
    (made_public, HIDDEN),
    (public_name_missing_inside, PUBLIC_INSIDE),
]


@pytest.mark.parametrize(("mutate", "promise"), MUTANTS, ids=[f"{one.__name__}-{p.kind}" for one, p in MUTANTS])
def test_each_fault_breaks_its_promise(mutate: Callable[[dict[str, Any]], None], promise: Promise) -> None:
    broken = copy.deepcopy(dict(example("shared-private-zone", "agnostic").template))
    mutate(broken)
    proof = names(broken).prove(promise)
    assert proof.verdict is Verdict.FAILS, str(proof)


def test_the_profile_is_shared_within_the_organization_and_nobody_may_put_zones_in() -> None:
    share = properties(dict(example("shared-private-zone", "agnostic").template), "AWS::RAM::ResourceShare")
    assert share["AllowExternalPrincipals"] is False
    # The default permission: to associate VPCs.
    assert "PermissionArns" not in share
    assert share["Principals"] == ["222233334444"]


def test_names_go_before_their_zone_does() -> None:
    """CloudFormation deletes what depends before what it depends on."""
    resources = example("shared-private-zone", "agnostic").template["Resources"]
    kind = {name: one["Type"].rpartition("::")[2] for name, one in resources.items()}
    needs = {
        kind[name]: {kind[one] for one in resource.get("DependsOn", [])}
        for name, resource in resources.items()
        if kind[name].startswith("Profile") or kind[name] == "ResourceShare"
    }
    assert needs["ProfileAssociation"] == {"ProfileResourceAssociation"} == needs["ResourceShare"]
    assert needs["ProfileResourceAssociation"] == {"HostedZone", "RecordSet"}
    [zone] = [one for name, one in resources.items() if kind[name] == "HostedZone" and "VPCs" in one["Properties"]]
    assert zone["DeletionPolicy"] == "Retain"
