"""How many security groups each network interface of an app has, of whatever resource it is."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53resolver as route53resolver

from patterns.building_blocks.network_interface import groups_of_interfaces
from tests.constructs import app_for_its_template


def groups(number: int) -> list[str]:
    return [f"sg-{one}" for one in range(number)]


def test_each_kind_of_interface_is_counted(scope: cdk.Stack) -> None:
    elbv2.CfnLoadBalancer(scope, "Balancer", security_groups=groups(1))
    ec2.CfnInstance(scope, "Instance", security_group_ids=groups(2))
    ec2.CfnVPCEndpoint(scope, "Endpoint", vpc_id="vpc-1", security_group_ids=groups(3))
    apigatewayv2.CfnVpcLink(scope, "Link", name="own", subnet_ids=[], security_group_ids=groups(4))
    route53resolver.CfnResolverEndpoint(
        scope, "Resolver", direction="INBOUND", ip_addresses=[], security_group_ids=groups(5)
    )
    ec2.CfnNetworkInterface(scope, "Interface", subnet_id="subnet-1", group_set=groups(6))
    data: Any = {"securityGroupIds": groups(2), "networkInterfaces": [{"groups": groups(1)}, {"groups": groups(7)}, {}]}
    ec2.CfnLaunchTemplate(scope, "Template", launch_template_data=data)
    ec2.CfnLaunchTemplate(scope, "Plain", launch_template_data={"securityGroupIds": groups(8)})
    network: Any = {"awsvpcConfiguration": {"subnets": [], "securityGroups": groups(9)}}
    ecs.CfnService(scope, "Service", network_configuration=network)
    code: Any = {"zipFile": "own"}
    vpc: Any = {"securityGroupIds": groups(10)}
    lambda_.CfnFunction(scope, "Function", code=code, role="own", vpc_config=vpc)
    assert groups_of_interfaces(scope) == {
        "Test/Balancer": 1,
        "Test/Instance": 2,
        "Test/Endpoint": 3,
        "Test/Link": 4,
        "Test/Resolver": 5,
        "Test/Interface": 6,
        "Test/Template": 7,
        "Test/Plain": 8,
        "Test/Service": 9,
        "Test/Function": 10,
    }


def test_what_has_no_groups_is_left_out(scope: cdk.Stack) -> None:
    code: Any = {"zipFile": "own"}
    lambda_.CfnFunction(scope, "Function", code=code, role="own")
    ecs.CfnService(scope, "Service")
    ecs.CfnService(scope, "External", network_configuration={})
    ec2.CfnInstance(scope, "Instance")
    ec2.CfnVPCEndpoint(scope, "Endpoint", vpc_id="vpc-1", security_group_ids=[])
    ec2.CfnLaunchTemplate(scope, "Template", launch_template_data={"imageId": "ami-1"})
    given = cdk.CfnParameter(scope, "Groups", type="CommaDelimitedList").value_as_list
    ec2.CfnInstance(scope, "Given", security_group_ids=given)
    assert groups_of_interfaces(scope) == {}


def test_the_groups_of_a_service_are_known_before_synthesis_ends(scope: cdk.Stack) -> None:
    vpc = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["subnet-1"]
    )
    task = ecs.FargateTaskDefinition(scope, "Task")
    task.add_container("Web", image=ecs.ContainerImage.from_registry("web"))
    theirs = [ec2.SecurityGroup.from_security_group_id(scope, one, one) for one in groups(3)]
    cluster = ecs.Cluster(scope, "Cluster", vpc=vpc)
    ecs.FargateService(
        scope,
        "Service",
        cluster=cluster,
        task_definition=task,
        security_groups=theirs,
        min_healthy_percent=100,
    )
    assert groups_of_interfaces(scope) == {"Test/Service/Service": 3}


def test_those_of_the_same_account_and_region_count_in_whatever_stack() -> None:
    app = app_for_its_template()
    places = [("111122223333", "eu-west-1"), ("111122223333", "eu-west-1"), ("111122223333", "us-east-1")]
    places += [("444455556666", "eu-west-1")]
    stacks = [
        cdk.Stack(app, f"Stack{number}", env=cdk.Environment(account=account, region=region))
        for number, (account, region) in enumerate(places)
    ]
    for one in stacks:
        ec2.CfnInstance(one, "Instance", security_group_ids=groups(1))
    assert groups_of_interfaces(stacks[0]) == {"Stack0/Instance": 1, "Stack1/Instance": 1}
