"""What resolvers that validate are answered, proved from the template; and mutants of it, each by its promise."""

import copy
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from patternkit.dns import Names, answers, resolves
from patternkit.verdict import Verdict
from patterns.dns.signed_zone import SignedZone
from tests.conftest import ENVIRONMENTS, example

WWW = "www.example.com"
VALIDATING = {"validates": True}
TRUSTED = resolves(VALIDATING, WWW)
ZONE = "AWS::Route53::HostedZone"


def template(environment: str = "agnostic") -> dict[str, Any]:
    """The example with a record."""
    made = copy.deepcopy(dict(example("signed-zone", environment).template))
    [zone] = [name for name, one in made["Resources"].items() if one["Type"] == ZONE]
    record = {"HostedZoneId": {"Ref": zone}, "Name": WWW, "Type": "A", "TTL": "60", "ResourceRecords": ["203.0.113.10"]}
    made["Resources"]["Www"] = {"Type": "AWS::Route53::RecordSet", "Properties": record}
    return made


def names(template: dict[str, Any], *, ds: bool = True) -> Names:
    [zone] = [name for name, one in template["Resources"].items() if one["Type"] == ZONE]
    return Names.from_templates({"Signed": template}, contracts={"zones": {f"Signed/{zone}": {"ds": ds}}})


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_resolver_that_validates_is_answered_before_and_after_the_ds_record_is_above(environment: str) -> None:
    for ds in (False, True):
        found = names(template(environment), ds=ds)
        found.assert_holds(TRUSTED, answers(WWW, "203.0.113.10", source=VALIDATING))


def signing_switched_off(template: dict[str, Any]) -> None:
    drop(template, "AWS::Route53::DNSSEC")


def key_inactive(template: dict[str, Any]) -> None:
    [one] = [one for one in template["Resources"].values() if one["Type"] == "AWS::Route53::KeySigningKey"]
    one["Properties"]["Status"] = "INACTIVE"


def no_key(template: dict[str, Any]) -> None:
    drop(template, "AWS::Route53::KeySigningKey")


def drop(template: dict[str, Any], kind: str) -> None:
    [gone] = [name for name, one in template["Resources"].items() if one["Type"] == kind]
    del template["Resources"][gone]


@pytest.mark.parametrize("mutate", [signing_switched_off, key_inactive, no_key])
def test_with_a_ds_record_above_each_fault_leaves_resolvers_that_validate_without_an_answer(
    mutate: Callable[[dict[str, Any]], None],
) -> None:
    broken = template()
    mutate(broken)
    assert names(broken).prove(TRUSTED).verdict is not Verdict.HOLDS


def test_once_the_ds_record_is_gone_signing_may_be_switched_off(scope: cdk.Stack) -> None:
    SignedZone(scope, "Names", zone_name="example.com", signing=False)
    made = Template.from_stack(scope)
    made.resource_count_is("AWS::Route53::DNSSEC", 0)
    # An update that made it inactive would do so before it ends the signing, and Route 53 refuses that:
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeactivateKeySigningKey.html, KeySigningKeyInUse
    made.has_resource_properties("AWS::Route53::KeySigningKey", {"Status": "ACTIVE"})
    unsigned = template()
    signing_switched_off(unsigned)
    names(unsigned, ds=False).assert_holds(TRUSTED)


def test_the_key_signs_for_zones_of_this_account_alone_and_outlives_the_stack() -> None:
    [key] = example("signed-zone", "agnostic").resources("AWS::KMS::Key").values()
    given = key["Properties"]
    assert (given["KeySpec"], given["KeyUsage"], key["DeletionPolicy"]) == ("ECC_NIST_P256", "SIGN_VERIFY", "Retain")
    statements = {one["Sid"]: one for one in given["KeyPolicy"]["Statement"] if "Sid" in one}
    assert {name: one["Action"] for name, one in statements.items()} == {
        "Route53Signs": ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
        "Route53Grants": "kms:CreateGrant",
    }
    for one in statements.values():
        assert one["Principal"] == {"Service": "dnssec-route53.amazonaws.com"}
        assert one["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert "aws:SourceArn" in one["Condition"]["ArnLike"]
    assert statements["Route53Grants"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_deleted_with_the_stack_signing_goes_before_its_key() -> None:
    made = example("signed-zone", "agnostic")
    [signing] = made.resources("AWS::Route53::DNSSEC").values()
    assert set(signing["DependsOn"]) == set(made.resources("AWS::Route53::KeySigningKey"))


def test_the_output_says_how_the_ds_record_is_had() -> None:
    outputs = example("signed-zone", "agnostic").template["Outputs"]
    assert str(outputs["DsCommand"]["Value"]).count("aws route53 get-dnssec --hosted-zone-id ") == 1


def test_elsewhere_it_is_refused() -> None:
    stack = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    with pytest.raises(
        ValueError, match=r"^zone_name must be signed in us-east-1, where Route 53 uses keys, got a stack in eu-west-1$"
    ):
        SignedZone(stack, "Names", zone_name="example.com")


def test_an_existing_key_is_used(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Own", key_spec=kms.KeySpec.ECC_NIST_P256, key_usage=kms.KeyUsage.SIGN_VERIFY)
    made = SignedZone(scope, "Names", zone_name="example.com", key=key)
    assert made.key is key
    Template.from_stack(scope).resource_count_is("AWS::KMS::Key", 1)
