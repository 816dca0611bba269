"""What code may do by its role, by the calls that it makes, and by the ids that it is handed as text."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Verdict, reaches
from tests.patternkit.routes.topologies import Topology
from tests.patternkit.routes.two_vpcs import two_vpcs

# Where each type that has a role names it.
ROLES: list[tuple[str, tuple[str, ...]]] = [
    ("AppRunner::Service", ("InstanceConfiguration", "InstanceRoleArn")),
    ("Batch::JobDefinition", ("ContainerProperties", "JobRoleArn")),
    ("CodeBuild::Project", ("ServiceRole",)),
    ("ECS::TaskDefinition", ("TaskRoleArn",)),
    ("Glue::Job", ("Role",)),
    ("Lambda::Function", ("Role",)),
    ("Pipes::Pipe", ("RoleArn",)),
    ("Scheduler::Schedule", ("Target", "RoleArn")),
    ("Serverless::Function", ("Role",)),
    ("Serverless::StateMachine", ("Role",)),
    ("StepFunctions::StateMachine", ("RoleArn",)),
]
OF_ROLE = {"Ref": "Role"}
LATER = {"Fn::ImportValue": "later"}


def allowing(*actions: Any, effect: str = "Allow") -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*"}]}


READING, WRITING = allowing("ec2:DescribeRouteTables"), {"Statement": allowing("ec2:CreateRoute")["Statement"][0]}


def with_role(role: dict[str, Any], kind: str = "Lambda::Function", path: tuple[str, ...] = ("Role",)) -> Topology:
    """Two VPCs, and what runs code with a role and is handed the route table of one."""
    net = two_vpcs()
    net.add("Role", "IAM::Role", **role)
    given: Any = {"Fn::GetAtt": ["Role", "Arn"]}
    for name in reversed(path):
        given = {name: given}
    net.add("Auto", kind, Anything={"T": {"Ref": "ATable"}}, **given)
    return net


def inline(document: Any) -> dict[str, Any]:
    return {"Policies": [{"PolicyName": "p", "PolicyDocument": document}]}


def suspected(net: Topology) -> bool:
    proof = net.network().prove(reaches("Aa", "Ba"))
    assert proof.verdict is Verdict.HOLDS or any("Net/Auto" in reason for reason in proof.unknown), str(proof)
    return proof.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(("kind", "path"), ROLES, ids=[kind for kind, _ in ROLES])
def test_where_each_type_names_its_role(kind: str, path: tuple[str, ...]) -> None:
    assert not suspected(with_role(inline(READING), kind, path))
    assert suspected(with_role(inline(WRITING), kind, path))
    assert suspected(with_role({}, kind, (*path[:-1], "Other")))


@pytest.mark.parametrize(
    "action",
    [
        *("ec2:DescribeVpcs", "ec2:GetTransitGatewayRouteTableAssociations", "ec2:SearchTransitGatewayRoutes"),
        *("ec2:ListImagesInRecycleBin", "ec2:ExportTransitGatewayRoutes", "ec2:AssignPrivateIpAddresses"),
        *("ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:CreateTags"),
        *("ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses", "ec2:describe*", "logs:*"),
        "sts:GetCallerIdentity",
    ],
)
def test_actions_that_change_no_way(action: str) -> None:
    assert not suspected(with_role(inline(allowing("s3:GetObject", action))))


@pytest.mark.parametrize(
    "action",
    [
        *("ec2:CreateRoute", "ec2:DeleteRoute", "ec2:*", "*", "*:*", "ec2:Cr*", "cloudformation:CreateStack"),
        *("cloudformation:UpdateStack", "codebuild:StartBuild", "lambda:InvokeFunction", "ssm:SendCommand"),
        *("ssm:StartAutomationExecution", "states:StartExecution", "sts:AssumeRole", "lambda:Invoke*", 7),
    ],
)
def test_actions_that_may_change_one(action: Any) -> None:
    """By itself, or by handing on what it was handed."""
    assert suspected(with_role(inline(allowing("s3:GetObject", action))))
    assert not suspected(with_role(inline(allowing("s3:GetObject", action, effect="Deny"))))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("AmazonEC2ReadOnlyAccess", True),
        ("service-role/AWSLambdaBasicExecutionRole", True),
        ("service-role/AWSLambdaVPCAccessExecutionRole", True),
        ("AWSXRayDaemonWriteAccess", True),
        ("service-role/AmazonECSTaskExecutionRolePolicy", True),
        ("AmazonSSMManagedInstanceCore", True),
        ("CloudWatchAgentServerPolicy", True),
        ("CloudWatchLambdaInsightsExecutionRolePolicy", True),
        ("AmazonVPCFullAccess", False),
        ("AdministratorAccess", False),
    ],
)
def test_policies_of_aws(name: str, known: bool) -> None:
    arn = {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{name}"}
    assert suspected(with_role({"ManagedPolicyArns": [arn]})) is not known


@pytest.mark.parametrize("document", [READING, WRITING, {}, None], ids=["reading", "writing", "empty", "none"])
@pytest.mark.parametrize(
    ("kind", "given", "role"),
    [
        ("IAM::Policy", {"PolicyName": "p", "Roles": [OF_ROLE]}, {}),
        ("IAM::ManagedPolicy", {"Roles": [OF_ROLE]}, {}),
        ("IAM::ManagedPolicy", {}, {"ManagedPolicyArns": [{"Ref": "Policy"}]}),
        ("IAM::RolePolicy", {"PolicyName": "p", "RoleName": OF_ROLE}, {}),
    ],
)
def test_where_a_policy_stands(kind: str, given: Any, role: Any, document: Any) -> None:
    net = with_role(role)
    net.add("Policy", kind, **given, **({"PolicyDocument": document} if document is not None else {}))
    assert suspected(net) is (document is not READING)


@pytest.mark.parametrize(
    "role",
    [
        {"Policies": LATER},
        {"Policies": [LATER]},
        inline(LATER),
        inline({"Statement": LATER}),
        inline({"Statement": [LATER]}),
        inline({"Statement": [{"Effect": "Allow"}]}),
        {"ManagedPolicyArns": LATER},
        {"ManagedPolicyArns": [LATER]},
    ],
    ids=str,
)
def test_what_is_not_known_of_a_role(role: Any) -> None:
    assert suspected(with_role(role))


def test_a_role_that_may_do_nothing() -> None:
    net = with_role({})
    assert not suspected(net)
    del net.resources["Role"]["Properties"]
    assert not suspected(net)


@pytest.mark.parametrize("kind", ["AutoScaling::LaunchConfiguration", "EC2::Instance", "EC2::LaunchTemplate"])
def test_instances_without_a_role_call_nothing(kind: str) -> None:
    net = two_vpcs()
    told: dict[str, Any] = {"UserData": {"Fn::Base64": {"Fn::Sub": "aws ${ATable}"}}}
    net.add("Auto", kind, **({"LaunchTemplateData": told} if kind == "EC2::LaunchTemplate" else told))
    assert not suspected(net)


def test_what_a_contract_calls_harmless_is_leant_on() -> None:
    proof = with_role(inline(WRITING)).network(contracts={"harmless": ["Auto"]}).prove(reaches("Aa", "Ba"))
    assert (proof.verdict, proof.contracts) == (Verdict.HOLDS, ("harmless Auto",))


def custom(net: Topology, **properties: Any) -> Topology:
    net.resources["Auto"] = {"Type": "Custom::AWS", "Properties": {"ServiceToken": "arn", **properties}}
    return net


@pytest.mark.parametrize("word", ["describe", "get", "list", "search", "create", "modify"])
def test_calls_of_custom_resources_that_only_read(word: str) -> None:
    for name in (word, word.capitalize()):
        begin = f'{{"service":"EC2","action":"{name}Things","parameters":{{"Id":"'
        call = {"Fn::Join": ["", [begin, {"Ref": "ATable"}, '"}}']]}
        assert suspected(custom(two_vpcs(), Create=call, Update=call)) is (word in ("create", "modify"))


@pytest.mark.parametrize("name", ["ServiceToken", "Table"])
def test_what_runs_a_custom_resource_is_not_handed_to_it(name: str) -> None:
    assert suspected(custom(two_vpcs(), **{name: {"Ref": "ATable"}})) is (name == "Table")


OF_PREFIX = {
    "acl": "Net/Acl",
    "pcx": "Net/Peering",
    "rtb": "Net/ATable",
    "sg": "Net/AnyGroup",
    "subnet": "Net/Aa",
    "tgw": "Net/Tgw",
    "tgw-attach": "Net/AAt",
    "tgw-rtb": "Net/Tgw default route table",
    "vpc": "Net/A",
    "vpn": "Net/Vpn",
}


@pytest.mark.parametrize("prefix", OF_PREFIX)
def test_ids_as_text_that_code_is_handed(prefix: str) -> None:
    """They may be those of any element of their kind, and of no other."""
    net = two_vpcs()
    net.add("Peering", "EC2::VPCPeeringConnection", VpcId={"Ref": "A"}, PeerVpcId={"Ref": "B"})
    net.acl("Acl", "Aa", inbound=["allow all * 0.0.0.0/0"], outbound=["allow all * 0.0.0.0/0"])
    net.host("Host", "Ba")
    net.vpn("Vpn", tgw="Tgw")
    model = custom(net, Id=f"{prefix}-0123456789abcdef0").network().model
    elements = [*model.elements(), *model.network_acls.values(), *model.security_groups.values()]
    told = {one.path: one.tainted for one in elements if one.tainted}
    told |= {one.path: model.doubts[one.identity][0].reason for one in elements if one.identity in model.doubts}
    assert OF_PREFIX[prefix] in told
    assert not set(told) & (set(OF_PREFIX.values()) - {OF_PREFIX[prefix]})
    for text in told.values():
        assert f"{prefix}-0123456789abcdef0 may be any of the set (contract: ids, or harmless, Net/Auto)" in text
