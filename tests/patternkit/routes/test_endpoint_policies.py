"""Policies of endpoints, which refuse what is asked though packets arrive: of gateway and of interface endpoints."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Network, Verdict, isolated, reaches
from tests.patternkit.routes.reasons import badly_told
from tests.patternkit.routes.topologies import Topology

ALL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
OWN = {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}
PLACES = {"s3": "gateway", "dynamodb": "gateway", "sqs": "interface", "s3 by interface": "interface"}
SOME, NONE = "lets only some requests to", "is refused: the policy of Net/Endpoint"


def net(service: str, kind: str, policy: Any) -> Topology:
    made = Topology()
    made.extra["Parameters"] = {"Open": {"Type": "String"}}
    made.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
    made.table("A", "Table", "a")
    given: dict[str, Any] = {"VpcId": {"Ref": "A"}, "ServiceName": f"com.amazonaws.eu-west-1.{service.split()[0]}"}
    if policy is not None:
        given["PolicyDocument"] = policy
    if kind == "gateway":
        made.add("Endpoint", "EC2::VPCEndpoint", RouteTableIds=[{"Ref": "Table"}], **given)
    else:
        rule = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]
        made.add("Open", "EC2::SecurityGroup", GroupDescription="o", VpcId={"Ref": "A"}, SecurityGroupIngress=rule)
        made.extra = {}
        made.add("Endpoint", "EC2::VPCEndpoint", VpcEndpointType="Interface", SubnetIds=[{"Ref": "Aa"}], SecurityGroupIds=[{"Ref": "Open"}], **given)  # noqa: E501  # fmt: skip
    return made


def asked(place: str) -> Any:
    return reaches("Aa", place if PLACES[place] == "gateway" else "Endpoint", port=443, same_vpc=True)


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def told(place: str, policy: Any, **contracts: Any) -> tuple[Verdict, str]:
    network: Network = net(place, PLACES[place], policy).network(contracts=contracts)
    proof = network.prove(asked(place))
    assert not badly_told(network, proof)
    return proof.verdict, str(proof)


def action(place: str, name: str) -> str:
    return f"{place.split()[0]}:{name}"


@pytest.mark.parametrize("place", PLACES)
class TestPolicies:
    def test_what_lets_all_through(self, place: str) -> None:
        for policy in (
            None,
            document(ALL),
            {"Statement": ALL},
            document({**ALL, "Principal": {"AWS": "*"}}),
            document({**ALL, "Principal": {"AWS": ["arn:aws:iam::1:root", "*"]}, "Action": [action(place, "*")]}),
            document({**ALL, "Condition": {"StringEquals": OWN}}),
            document(
                {
                    **ALL,
                    "Condition": {"StringEqualsIfExists": {"AWS:PrincipalAccount": ["1", OWN["aws:PrincipalAccount"]]}},
                }
            ),
            document({**ALL, "Action": action(place, "GetThing"), "Resource": "arn:of:one"}, ALL),
        ):
            found, text = told(place, policy)
            assert found is Verdict.HOLDS, text
            assert "leans on" not in text

    @pytest.mark.parametrize(
        "change",
        [
            {"Principal": {"AWS": "arn:aws:iam::1:role/one"}},
            {"Principal": {"Service": "*"}},
            {"Resource": "arn:aws:s3:::orders/*"},
            {"Resource": ["arn:aws:dynamodb:eu-west-1:1:table/orders"]},
            {"Action": "{service}:GetThing"},
            {"Action": ["{service}:Get*", "{service}:List*"]},
            {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
            {"Condition": {"StringEquals": {"aws:PrincipalAccount": "1"}}},
            {"Condition": {"StringEquals": {**OWN, "aws:ResourceAccount": "1"}}},
            {"Condition": {"StringNotEquals": OWN}},
            {"Condition": {"StringEquals": OWN, "Bool": {"aws:SecureTransport": "true"}}},
        ],
        ids=str,
    )
    def test_what_lets_some_through_is_not_known_to_let_this(self, place: str, change: dict[str, Any]) -> None:
        changed = {**ALL, **change}
        if "Action" in change:
            given = change["Action"]
            names = [one.format(service=place.split()[0]) for one in (given if isinstance(given, list) else [given])]
            changed["Action"] = names
        found, text = told(place, document(changed))
        assert (found, SOME in text, "(contract: policies, Net/Endpoint)" in text) == (Verdict.UNKNOWN, True, True), text  # noqa: E501  # fmt: skip
        for said, verdict in (("passes", Verdict.HOLDS), ("inspects", Verdict.HOLDS), ("drops", Verdict.FAILS)):
            found, text = told(place, document(changed), policies={"Endpoint": said})
            assert (found, "leans on contracts: policies Endpoint" in text) == (verdict, True), text
            assert verdict is Verdict.HOLDS or "denies what is asked, says a contract" in text

    @pytest.mark.parametrize("without", ["Action", "Resource", "Principal"])
    def test_all_but_some_is_some(self, place: str, without: str) -> None:
        changed = {name: value for name, value in ALL.items() if name != without} | {f"Not{without}": "arn:of:one"}
        assert told(place, document(changed))[0] is Verdict.UNKNOWN

    def test_what_is_denied_in_part(self, place: str) -> None:
        denied = {**ALL, "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        found, text = told(place, document(ALL, denied))
        assert (found, SOME in text) == (Verdict.UNKNOWN, True), text

    def test_what_lets_none_through(self, place: str) -> None:
        for statements in (
            [ALL, {**ALL, "Effect": "Deny"}],
            [ALL, {**ALL, "Effect": "Deny", "Action": [action(place, "*")]}],
            [],
        ):
            found, text = told(place, document(*statements))
            assert (found, NONE in text) == (Verdict.FAILS, True), text

    def test_a_policy_that_is_not_known(self, place: str) -> None:
        for policy in (
            {"Fn::ImportValue": "policy"},
            document("no statement"),
            {"Statement": {"Fn::ImportValue": "policy"}},
        ):
            found, text = told(place, policy)
            assert (found, "lets requests through is not known" in text) == (Verdict.UNKNOWN, True), text

    def test_packets_arrive_whatever_it_says(self, place: str) -> None:
        away = isolated("Aa", asked(place).destination, port=443, same_vpc=True)
        for statements in ([], [{**ALL, "Resource": "arn:of:one"}]):
            proof = net(place, PLACES[place], document(*statements)).network().prove(away)
            assert proof.verdict is Verdict.FAILS, str(proof)


@pytest.mark.parametrize(
    ("place", "statement", "verdict"),
    [
        ("s3", {**ALL, "Resource": "arn:aws:s3:::*"}, Verdict.HOLDS),
        ("s3", {**ALL, "Action": "dynamodb:*"}, Verdict.FAILS),
        ("s3", {**ALL, "Action": "s?:*"}, Verdict.UNKNOWN),
        ("dynamodb", {**ALL, "Action": "s3:*"}, Verdict.FAILS),
        ("sqs", {**ALL, "Action": "s3:*"}, Verdict.UNKNOWN),
    ],
)
def test_which_service_a_policy_is_about(place: str, statement: Any, verdict: Verdict) -> None:
    found, text = told(place, document(statement))
    assert found is verdict, text


def test_what_is_denied_of_another_service_is_not_asked() -> None:
    assert told("s3", document(ALL, {**ALL, "Effect": "Deny", "Action": "dynamodb:*"}))[0] is Verdict.HOLDS


@pytest.mark.parametrize("known", [True, False])
def test_what_comes_by_an_attachment_with_a_policy_table_is_not_known(known: bool) -> None:
    made = Topology()
    made.transit_gateway()
    for index, name in enumerate("AB", 1):
        made.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24")
        made.table(name, f"{name}Table", "a", routes={"10.0.0.0/8": {"Ref": "Tgw"}})
        made.attach(name, "a")
    made.transit_table("Transit", of=("BAt",) if known else (), propagated=("AAt", "BAt"))
    attachment = {"Ref": "AAt"} if known else "tgw-attach-1"
    made.add("Of", "EC2::TransitGatewayPolicyTableAssociation", TransitGatewayPolicyTableId="tgw-ptb-1", TransitGatewayAttachmentId=attachment)  # noqa: E501  # fmt: skip
    for promise in (reaches("Aa", "Ba"), isolated("Aa", "Ba")):
        proof = made.network().prove(promise)
        assert (proof.verdict, "policy tables are not modelled" in str(proof)) == (Verdict.UNKNOWN, True), str(proof)
