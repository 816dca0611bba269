"""Security groups: names of their own only where the stack's would be refused, and how many rules they hold."""

import re
from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.building_blocks.security_group import check_rules, deployable, rules_of
from tests.synthesis_warnings import warnings


def group(scope: Construct) -> ec2.CfnSecurityGroup:
    return deployable(ec2.CfnSecurityGroup(scope, "Group", group_description="Hosts"))


@pytest.mark.parametrize("name", ["sg-shop", "SG-shop"])
def test_it_has_a_name_that_amazon_ec2_takes(name: str) -> None:
    stack = cdk.Stack(cdk.App(), "Shop", stack_name=name)
    nested = cdk.NestedStack(stack, "Nested")
    names = [group(stack).group_name, group(nested).group_name]
    assert all(one and one.startswith("group-") and len(one) <= 255 for one in names)
    assert names[0] != names[1]


def test_elsewhere_it_can_be_replaced() -> None:
    assert group(cdk.Stack(cdk.App(), "Shop", stack_name="shop-sg-1")).group_name is None


def with_rules(number: int, *, size: int = 1) -> tuple[cdk.App, ec2.SecurityGroup]:
    """A group that lets in so many security groups, and one prefix list of a size."""
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    network = ec2.Vpc.from_vpc_attributes(stack, "Vpc", vpc_id="vpc-1", availability_zones=["eu-west-1a"])
    made = deployable(ec2.SecurityGroup(stack, "Group", vpc=network, allow_all_outbound=False))
    made.add_ingress_rule(
        ec2.Peer.prefix_list(ec2.PrefixList(stack, "List", max_entries=size).prefix_list_id), ec2.Port.tcp(443)
    )
    for port in range(1, number):
        made.add_ingress_rule(ec2.Peer.ipv4("10.0.0.0/8"), ec2.Port.tcp(port))
    return app, made


def test_a_prefix_list_counts_as_the_most_entries_that_it_may_hold() -> None:
    _, made = with_rules(3, size=20)
    assert rules_of(made, "inbound") == 22
    made.connections.allow_from(ec2.SecurityGroup.from_security_group_id(made, "Other", "sg-1"), ec2.Port.tcp(1))
    assert rules_of(made, "inbound") == 23


def test_more_rules_than_the_quota_are_warned_of_at_synthesis() -> None:
    assert warnings(with_rules(60)[0]) == []
    for app, _ in (with_rules(61), with_rules(2, size=60)):
        [said] = warnings(app)
        assert said.startswith(
            "the security group has 61 inbound rules, more than 60: EC2 refuses them until the quota"
        )


def test_more_rules_than_a_network_interface_takes_are_an_error_at_synthesis() -> None:
    app, _ = with_rules(2, size=1000)
    with pytest.raises(RuntimeError, match="the security group has 1001 inbound rules, and a network interface takes"):
        app.synth()


def test_rules_of_ipv4_and_ipv6_are_counted_apart_and_those_that_name_a_group_with_both() -> None:
    _, made = with_rules(1)
    before = rules_of(made, "inbound")
    made.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(80))
    made.add_ingress_rule(ec2.Peer.any_ipv6(), ec2.Port.tcp(80))
    assert rules_of(made, "inbound") == before + 1
    made.add_ingress_rule(ec2.Peer.any_ipv6(), ec2.Port.tcp(443))
    assert rules_of(made, "inbound") == before + 2
    made.add_ingress_rule(ec2.Peer.security_group_id("sg-0123456789abcdef0"), ec2.Port.tcp(443))
    assert rules_of(made, "inbound") == before + 3


def lambda_function(scope: Construct, vpc: ec2.IVpc, groups: list[ec2.ISecurityGroup]) -> None:
    lambda_.Function(
        scope,
        "Holder",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("pass"),
        vpc=vpc,
        security_groups=groups,
    )


def instance(scope: Construct, _: ec2.IVpc, groups: list[ec2.ISecurityGroup]) -> None:
    ids = [one.security_group_id for one in groups]
    ec2.CfnInstance(scope, "Holder", security_group_ids=ids, subnet_id="subnet-1")


def interface(scope: Construct, _: ec2.IVpc, groups: list[ec2.ISecurityGroup]) -> None:
    ec2.CfnNetworkInterface(scope, "Holder", group_set=[one.security_group_id for one in groups], subnet_id="subnet-1")


def launch_template(scope: Construct, _: ec2.IVpc, groups: list[ec2.ISecurityGroup]) -> None:
    made = ec2.LaunchTemplate(scope, "Holder", security_group=groups[0])
    for one in groups[1:]:
        made.add_security_group(one)


def template_of_interfaces(scope: Construct, _: ec2.IVpc, groups: list[ec2.ISecurityGroup]) -> None:
    ids = [one.security_group_id for one in groups]
    ec2.CfnLaunchTemplate(
        scope,
        "Holder",
        launch_template_data=ec2.CfnLaunchTemplate.LaunchTemplateDataProperty(
            network_interfaces=[ec2.CfnLaunchTemplate.NetworkInterfaceProperty(device_index=0, groups=ids)]
        ),
    )


def load_balancer(scope: Construct, vpc: ec2.IVpc, groups: list[ec2.ISecurityGroup]) -> None:
    subnets = ec2.SubnetSelection(subnets=list(vpc.private_subnets))
    made = elbv2.ApplicationLoadBalancer(scope, "Holder", vpc=vpc, security_group=groups[0], vpc_subnets=subnets)
    for one in groups[1:]:
        made.add_security_group(one)


def service(scope: Construct, vpc: ec2.IVpc, groups: list[ec2.ISecurityGroup]) -> None:
    task = ecs.FargateTaskDefinition(scope, "Task")
    task.add_container("Web", image=ecs.ContainerImage.from_registry("web"))
    cluster = ecs.Cluster(scope, "Cluster", vpc=vpc)
    ecs.FargateService(scope, "Holder", cluster=cluster, task_definition=task, security_groups=groups)


def endpoint(scope: Construct, vpc: ec2.IVpc, groups: list[ec2.ISecurityGroup]) -> None:
    ec2.InterfaceVpcEndpoint(
        scope, "Holder", vpc=vpc, service=ec2.InterfaceVpcEndpointAwsService.SQS, security_groups=groups, open=False
    )


def low_level_service(scope: Construct, _: ec2.IVpc, groups: list[ec2.ISecurityGroup]) -> None:
    ids = [one.security_group_id for one in groups]
    network = ecs.CfnService.AwsVpcConfigurationProperty(security_groups=ids, subnets=["subnet-1"])
    configuration = ecs.CfnService.NetworkConfigurationProperty(awsvpc_configuration=network)
    ecs.CfnService(scope, "Holder", network_configuration=configuration)


HOLDERS = (
    *(lambda_function, instance, interface, launch_template, template_of_interfaces, load_balancer, service),
    *(low_level_service, endpoint),
)


@pytest.mark.parametrize("holder", HOLDERS)
def test_rules_and_the_groups_of_one_interface_are_counted_together(
    holder: Callable[[Construct, ec2.IVpc, list[ec2.ISecurityGroup]], None],
) -> None:
    """251 rules of a group want a quota that leaves three groups to each interface."""
    for number, refused in ((3, False), (4, True)):
        _, made = with_rules(2, size=250)
        stack = cdk.Stack.of(made)
        vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Network",
            vpc_id="vpc-1",
            vpc_cidr_block="10.0.0.0/16",
            availability_zones=["eu-west-1a", "eu-west-1b"],
            private_subnet_ids=["subnet-1", "subnet-2"],
        )
        others: list[ec2.ISecurityGroup] = [
            ec2.SecurityGroup.from_security_group_id(stack, f"Other{n}", f"sg-{n}") for n in range(1, number)
        ]
        holder(stack, vpc, [made, *others])
        said = made.node.validate()
        if refused:
            [one] = said
            assert one.startswith(
                "the security group has 251 inbound rules, for which the quota of groups of a network"
            )
            assert re.search(r" comes down to 3 in its account and Region, and Shop/Holder[/\w]* has 4$", one)
        else:
            assert not said
            [warning] = [one for one in warnings(made) if one.startswith("the security group")]
            assert "brought down to at most 3" in warning


def test_groups_of_another_region_are_not_counted_with_them() -> None:
    app, made = with_rules(2, size=250)
    other = cdk.Stack(app, "Other", env=cdk.Environment(region="eu-west-1", account="111122223333"))
    ec2.CfnInstance(other, "Host", security_group_ids=[f"sg-{n}" for n in range(5)])
    assert not made.node.validate()


def test_what_an_argument_makes_is_refused_by_its_name() -> None:
    check_rules("clients", 60)
    with pytest.raises(ValueError, match=r"^clients must make at most 60 rules of a security group, got 61$"):
        check_rules("clients", 61)
