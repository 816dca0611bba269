"""The `network` fixture, in a project that has nothing to do with the catalog."""

import subprocess
import sys

import pytest

NETWORK = """
def template(*, reply=True):
    def vpc(name, block):
        return {
            name: {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": f"{block}.0.0/16"}},
            f"{name}Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {
                    "VpcId": {"Ref": name}, "CidrBlock": f"{block}.1.0/24", "AvailabilityZone": "eu-west-1a",
                },
            },
            f"{name}Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": name}}},
            f"{name}Of": {
                "Type": "AWS::EC2::SubnetRouteTableAssociation",
                "Properties": {"SubnetId": {"Ref": f"{name}Subnet"}, "RouteTableId": {"Ref": f"{name}Table"}},
            },
        }

    def route(table, block):
        properties = {
            "RouteTableId": {"Ref": table}, "DestinationCidrBlock": block, "VpcPeeringConnectionId": {"Ref": "Peering"},
        }
        return {"Type": "AWS::EC2::Route", "Properties": properties}

    resources = {**vpc("Orders", "10.1"), **vpc("Billing", "10.2")}
    resources["Peering"] = {
        "Type": "AWS::EC2::VPCPeeringConnection",
        "Properties": {"VpcId": {"Ref": "Orders"}, "PeerVpcId": {"Ref": "Billing"}},
    }
    resources["There"] = route("OrdersTable", "10.2.0.0/16")
    if reply:
        resources["Back"] = route("BillingTable", "10.1.0.0/16")
    return {"Resources": resources}
"""


@pytest.fixture
def their_project(project: pytest.Pytester) -> pytest.Pytester:
    project.makepyfile(their_network=NETWORK)
    return project


def test_a_broken_promise_prints_the_offending_flow(their_project: pytest.Pytester) -> None:
    their_project.makepyfile(
        """
        from patternkit.routes import isolated, reaches
        from their_network import template

        def test_orders_reach_billing(network):
            network(template()).assert_holds(reaches("Orders", "Billing", port=443), isolated("Orders", "internet"))

        def test_nothing_answers(network):
            network({"Net": template(reply=False)}).assert_holds(reaches("Orders", "Billing", port=443))

        def test_of_nothing(network):
            network(template()).assert_holds(reaches("Nowhere", "Billing"))
        """
    )
    result = their_project.runpytest_subprocess(timeout=280)
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*test_nothing_answers*",
            ">*assert_holds(reaches(*",
            "E*FAILS reaches: Orders -> Billing, tcp 443",
            "E*its reply is lost: Net/BillingTable has no route to 10.1.1.0/24",
            "E*there: tcp 10.1.1.4:1024 -> 10.2.1.4:443",
            "E*1. subnet Net/OrdersSubnet * Net/OrdersTable: 10.2.0.0/16 -> Net/Peering",
            "E*2. peering connection Net/Peering: to Net/Billing",
            "E*back: tcp 10.2.1.4:443 -> 10.1.1.4:1024",
            "E*dropped: Net/BillingTable has no route to 10.1.1.0/24",
        ]
    )
    # Their own line is what is shown, not the prover's.
    result.stdout.no_fnmatch_line("*patternkit/routes/*: AssertionError")
    result.stdout.fnmatch_lines([">*reaches(*Nowhere*", "E*QuestionError: source 'Nowhere' is not in the network*"])
    result.stdout.no_fnmatch_line("*patternkit/routes/*: QuestionError")


def test_whatever_a_test_has_at_hand(their_project: pytest.Pytester) -> None:
    their_project.makepyfile(
        """
        import json

        import aws_cdk as cdk
        import pytest
        from aws_cdk import assertions
        from aws_cdk import aws_ec2 as ec2

        from patternkit.routes import RoutesError, reaches
        from patternkit.testing.synthesis import synthesize
        from their_network import template

        def build(app):
            stack = cdk.Stack(app, "Theirs")
            ec2.Vpc(stack, "Vpc", nat_gateways=0, max_azs=2)
            return stack

        def test_an_app_its_stack_and_its_synthesis(network):
            app = cdk.App()
            stack = build(app)
            promise = reaches("Theirs/Vpc/PublicSubnet1", "internet", port=443)
            network(app).assert_holds(promise)
            network(stack).assert_holds(promise)
            network(synthesize(build)).assert_holds(promise)
            network(app.synth()).assert_holds(promise)
            network(assertions.Template.from_stack(stack)).assert_holds(
                reaches("VpcPublicSubnet1*", "internet", port=443)
            )

        def test_files_and_several(network, tmp_path):
            (tmp_path / "one.json").write_text(json.dumps(template()))
            network(tmp_path / "one.json").assert_holds(reaches("Orders", "Billing"))
            both = network(str(tmp_path / "one.json"), {"Other": template()})
            both.assert_holds(reaches("one/Orders", "one/Billing"), reaches("Other/Orders", "Other/Billing"))

        @pytest.mark.parametrize(("source", "words"), [
            ("nowhere.json", "nowhere.json cannot be read: No such file or directory"),
            ({"Net": {}}, "Net is not a CloudFormation template: it has no Resources"),
            (7, "a network is read from a path, a template, an app or its synthesis, got int"),
        ])
        def test_what_is_no_network(network, source, words):
            with pytest.raises(RoutesError) as caught:
                network(source)
            assert str(caught.value) == words
        """
    )
    their_project.runpytest_subprocess(timeout=280).assert_outcomes(passed=5)


def test_the_plugin_loads_no_prover() -> None:
    code = "import sys, patternkit.testing.plugin; sys.exit('patternkit.routes' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0
