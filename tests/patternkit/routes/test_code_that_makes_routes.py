"""Routes that code makes, and code that is handed network elements: contracts for the one, suspicion of the other."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import ContractError, Verdict, isolated, reaches
from tests.patternkit.routes.cases.verdicts import fails, holds, unknown
from tests.patternkit.routes.topologies import Topology, inspection
from tests.patternkit.routes.two_vpcs import two_vpcs


class TestRoutesMadeAtRunTime:
    """A contract says which routes of a VPC code makes, and which resource makes them."""

    def net(self) -> Topology:
        net = two_vpcs()
        del net.resources["ATableRoute0"]
        body = {"ServiceToken": "arn", "Table": {"Ref": "ATable"}}
        net.resources["Maker"] = {"Type": "Custom::Maker", "Properties": body}
        return net

    def test_a_route_by_a_custom_resource(self) -> None:
        route = {"table": "ATable", "target": "Tgw", "prefixes": ["10.0.0.0/8"]}
        unknown(self.net().network(contracts={"routes": [route]}), reaches("Aa", "Ba"), "Net/Maker is given Net/ATable")
        proof = self.net().network(contracts={"routes": [{**route, "by": "Maker"}]}).prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.HOLDS, proof
        assert {"routes ATable", "routes by Maker"} <= set(proof.contracts)

    def test_a_blackhole(self) -> None:
        route = {"table": "ATable", "target": "blackhole", "prefixes": ["10.0.0.0/8"], "by": "Maker"}
        fails(self.net().network(contracts={"routes": [route]}), reaches("Aa", "Ba"), "says blackhole")

    def test_a_route_that_aws_refuses(self) -> None:
        """Within the VPC's own range a route leads to endpoints, interfaces and NAT gateways alone."""
        net = self.net()
        net.subnet("A", "b", "10.1.9.0/24")
        route = {"table": "ATable", "target": "Tgw", "prefixes": ["10.1.9.0/24", "10.0.0.0/8"], "by": "Maker"}
        network = net.network(contracts={"routes": [route]})
        unknown(network, reaches("Aa", "Ab"), "AWS refuses: contract for ATable: 10.1.9.0/24 is within Net/A")
        assert "routes ATable" in network.prove(reaches("Aa", "Ab")).contracts

    def test_a_firewall_endpoint(self) -> None:
        net = Topology()
        net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", af="10.0.2.0/24", b="10.0.3.0/24", bf="10.0.4.0/24")
        net.firewall("Fw", "V", "af", "bf")
        net.table("V", "T", "a")
        route = {"table": "T", "prefixes": ["10.0.3.0/24"], "target": {"endpoint-of": "Fw", "subnet": "Vaf"}}
        proof = net.network(contracts={"routes": [route]}).prove(isolated("Va", "Vb"))
        assert any("endpoint in eu-west-1a" in hop.element for hop in proof.witness.forward.walk.hops)  # type: ignore[union-attr]
        vague = {**route, "target": {"endpoint-of": "Fw"}}
        with pytest.raises(
            ContractError, match=r"2 endpoints of Net/Fw are meant; say which by its subnet \(Net/Vaf, Net/Vbf\)"
        ):
            net.network(contracts={"routes": [vague]}).views()

    @pytest.mark.parametrize(
        ("route", "words"),
        [
            ({"table": "ATable", "target": "Tgw", "attachment": "AAt"}, "has an attachment .* or a target"),
            ({"table": "ATable"}, "needs a text for 'attachment'"),
            ({"table": "ATable", "target": 1}, "target must be a name"),
            ({"table": "ATable", "target": {"endpoint-of": "Fw", "zone": "a"}}, "target must be a name"),
            ({"table": "ATable", "target": "Tgw", "origin": "prefix list"}, "of a VPC static"),
            ({"table": "ATable", "targt": "Tgw"}, "unknown key 'targt'; did you mean 'target'"),
            ({"table": "ATable", "target": "Tgv"}, "is named 'Tgv'; did you mean 'Net/Tgw'"),
            ({"table": "ATable", "target": "Tgw", "by": "Nobody"}, "routes by of 'Nobody', which is no resource"),
        ],
    )
    def test_what_is_wrong_is_said(self, route: Any, words: str) -> None:
        with pytest.raises(ContractError, match=words):
            self.net().network(contracts={"routes": [route]}).views()


# Elements that the flows from a spoke to the internet pass or stand in.
HANDED: list[Any] = [
    {"Ref": "Nata"},
    {"Ref": "MIgw"},
    {"Ref": "S0"},
    {"Ref": "S0a"},
    {"Ref": "M"},
    {"Fn::Select": [0, {"Fn::GetAtt": ["Fw", "EndpointIds"]}]},
    {"Fn::GetAtt": ["Fw", "FirewallArn"]},
]


class TestAutomations:
    """What runs code is suspected of changing what it is handed, unless its role surely lets it change nothing."""

    TABLE: Any = {"Ref": "ATable"}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("kind", "properties"),
        [
            ("CodeBuild::Project", {"Environment": {"EnvironmentVariables": [{"Name": "T", "Value": TABLE}]}}),
            ("CodeBuild::Project", {"Source": {"BuildSpec": {"Fn::Sub": "aws ec2 create-route ${ATable}"}}}),
            ("Lambda::Function", {"Environment": {"Variables": {"T": TABLE}}}),
            ("Lambda::Function", {"Environment": {"Variables": {"Subnets": TABLE}}}),
            ("Lambda::Function", {"Environment": {"Variables": {"G": {"Fn::Join": [",", [{"Ref": "Tgw"}]]}}}}),
            ("StepFunctions::StateMachine", {"DefinitionSubstitutions": {"T": TABLE}}),
            ("StepFunctions::StateMachine", {"DefinitionString": {"Fn::Sub": '{"T": "${ATable}"}'}}),
            ("SSM::Association", {"Name": "doc", "Parameters": {"Table": [TABLE]}}),
            ("SSM::Document", {"Content": {"mainSteps": [{"inputs": {"RouteTableId": TABLE}}]}}),
            ("Events::Rule", {"Targets": [{"Id": "1", "Input": {"Fn::Sub": '{"T": "${ATable}"}'}}]}),
            ("Scheduler::Schedule", {"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:createRoute", "Input": {"Fn::Sub": "${ATable}"}}}),  # noqa: E501
            ("ECS::TaskDefinition", {"ContainerDefinitions": [{"Environment": [{"Name": "T", "Value": TABLE}]}]}),
            ("Batch::JobDefinition", {"ContainerProperties": {"Environment": [{"Name": "T", "Value": TABLE}]}}),
            ("Glue::Job", {"Role": "arn:role", "DefaultArguments": {"--table": TABLE}}),
            ("Config::RemediationConfiguration", {"Parameters": {"T": {"StaticValue": {"Values": [TABLE]}}}}),
            ("EC2::LaunchTemplate", {"LaunchTemplateData": {"IamInstanceProfile": {"Name": "p"}, "UserData": {"Fn::Base64": {"Fn::Sub": "aws ${ATable}"}}}}),  # noqa: E501
        ],
    )  # fmt: skip
    def test_it_is_suspected(self, kind: str, properties: dict[str, Any]) -> None:
        net = two_vpcs()
        net.resources["Auto"] = {"Type": f"AWS::{kind}", "Properties": properties}
        unknown(net.network(), reaches("Aa", "Ba"), f"Net/Auto (AWS::{kind}) is given Net/")
        proof = net.network().prove(reaches("Aa", "Ba"))
        assert any("(contract: harmless" in reason for reason in proof.unknown), proof
        holds(net.network(contracts={"harmless": ["Auto"]}), reaches("Aa", "Ba"))

    @pytest.mark.parametrize(
        "kind",
        ["AppRunner::Service", "Batch::JobDefinition", "CodeBuild::Project", "CodePipeline::Pipeline",
         "Config::RemediationConfiguration", "ECS::TaskDefinition", "Events::Rule", "Glue::Job", "Lambda::Function",
         "Pipes::Pipe", "SSM::Association", "SSM::Document", "SSM::MaintenanceWindowTask", "Scheduler::Schedule",
         "Serverless::Function", "Serverless::StateMachine", "StepFunctions::StateMachine",
         "AutoScaling::LaunchConfiguration", "EC2::Instance", "EC2::LaunchTemplate"],
    )  # fmt: skip
    def test_each_type_that_runs_code(self, kind: str) -> None:
        net = two_vpcs()
        told = {"Fn::Base64": {"Fn::Sub": "aws ${ATable}"}}
        profile = {"IamInstanceProfile": "p"}
        given: dict[str, Any] = {"Anything": [self.TABLE]}
        if kind in ("AutoScaling::LaunchConfiguration", "EC2::Instance"):
            given = {**profile, "UserData": told}
        elif kind == "EC2::LaunchTemplate":
            given = {"LaunchTemplateData": {**profile, "UserData": told}}
        elif kind == "Events::Rule":
            given = {"Targets": [{"Id": "1", "Input": told}]}
        elif kind == "Scheduler::Schedule":
            given = {"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:createRoute", "Input": told}}
        net.add("Auto", kind, **given)
        unknown(net.network(), reaches("Aa", "Ba"), f"Net/Auto (AWS::{kind}) is given Net/ATable")

    @pytest.mark.parametrize("given", HANDED, ids=str)
    @pytest.mark.parametrize("kind", ["Lambda::Function", "CodeBuild::Project"])
    def test_each_kind_of_element_is_suspected(self, kind: str, given: Any) -> None:
        net = inspection(letters="a")
        variables: Any = {"Variables": {"Given": given}}
        if kind == "CodeBuild::Project":
            variables = {"EnvironmentVariables": [{"Name": "Given", "Value": given}]}
        net.add("Auto", kind, Environment=variables)
        promise = reaches("S0a", "internet", port=443)
        unknown(net.network(), promise, f"Net/Auto (AWS::{kind}) is given Net/", "(contract: harmless, Net/Auto)")
        holds(net.network(contracts={"harmless": ["Auto"]}), promise)

    def test_where_it_runs_is_not_what_it_is_told(self) -> None:
        net = two_vpcs()
        network = {"SubnetIds": [{"Ref": "Aa"}], "SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}]}
        net.add("Group", "EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "A"})
        net.add("Function", "Lambda::Function", VpcConfig=network)
        net.host("Host", "Aa")
        net.resources["Host"]["Properties"]["GroupSet"] = [{"Ref": "Group"}]
        holds(net.network(), reaches("Host", "Ba"))

    @pytest.mark.parametrize(
        "name",
        ["AwsvpcConfiguration", "NetworkConfiguration", "NetworkInterfaces", "SecurityGroup", "SecurityGroupIds",
         "SecurityGroups", "SubnetId", "Subnets", "Tags", "VPCConfig", "Vpc", "VpcConfig"],
    )  # fmt: skip
    def test_properties_that_say_where_it_runs(self, name: str) -> None:
        net = two_vpcs()
        net.add("Auto", "CodeBuild::Project", **{name: [{"Ref": "ATable"}]})
        holds(net.network(), reaches("Aa", "Ba"))
        net.resources["Auto"]["Properties"] = {f"Other{name}": [{"Ref": "ATable"}]}
        unknown(net.network(), reaches("Aa", "Ba"), "Net/Auto (AWS::CodeBuild::Project) is given Net/ATable")

    @pytest.mark.parametrize(
        ("actions", "suspected"),
        [
            (["ec2:DescribeRouteTables", "logs:*", "s3:GetObject"], False),
            (["ec2:CreateNetworkInterface"], False),
            (["ec2:CreateRoute"], True),
            (["ec2:Replace*"], True),
            (["ec2:*"], True),
            (["*"], True),
            ("sts:AssumeRole", True),
            (["ssm:StartAutomationExecution"], True),
            ({"Ref": "Tgw"}, True),
        ],
    )
    def test_its_role_decides(self, actions: Any, suspected: bool) -> None:
        net = two_vpcs()
        net.add("Role", "IAM::Role", ManagedPolicyArns=[{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}])  # noqa: E501  # fmt: skip
        document = {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
        net.add("Policy", "IAM::Policy", PolicyName="p", Roles=[{"Ref": "Role"}], PolicyDocument=document)
        variables = {"Variables": {"T": {"Ref": "ATable"}}}
        net.add("Function", "Lambda::Function", Role={"Fn::GetAtt": ["Role", "Arn"]}, Environment=variables)
        if suspected:
            unknown(net.network(), reaches("Aa", "Ba"), "Net/Function (AWS::Lambda::Function) is given Net/ATable")
        else:
            holds(net.network(), reaches("Aa", "Ba"))

    def test_a_policy_that_is_not_known(self) -> None:
        net = two_vpcs()
        net.add("Role", "IAM::Role", ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonVPCFullAccess"])
        variables = {"Variables": {"T": {"Ref": "ATable"}}}
        net.add("Function", "Lambda::Function", Role={"Fn::GetAtt": ["Role", "Arn"]}, Environment=variables)
        unknown(net.network(), reaches("Aa", "Ba"), "is given Net/ATable")
