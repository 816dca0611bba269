"""How Amazon API Gateway reaches a load balancer within a VPC."""

from aws_cdk import Names
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.security_group import deployable


class VpcLink(Construct):
    """A VPC link (V2) that reaches one port of one load balancer, and nothing else in the VPC.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        load_balancer: What it reaches; its security group is opened to the link.
        port: The port of its listener.

    Attributes:
        vpc_link_id (str): Its id.
        security_group (ec2.SecurityGroup): What its network interfaces are held by.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-links-v2.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, load_balancer: elbv2.IApplicationLoadBalancer, port: int
    ) -> None:
        super().__init__(scope, construct_id)
        vpc = load_balancer.vpc
        assert vpc is not None
        self.security_group = deployable(
            ec2.SecurityGroup(
                self,
                "SecurityGroup",
                vpc=vpc,
                description="From API Gateway to a load balancer",
                allow_all_outbound=False,
            )
        )
        for connectable in self._connectables(load_balancer):
            connectable.connections.allow_from(
                self.security_group, ec2.Port.tcp(port), "Requests that API Gateway hands over"
            )
        subnets = vpc.private_subnets or vpc.isolated_subnets
        link = apigatewayv2.CfnVpcLink(
            self,
            "Resource",
            name=Names.unique_resource_name(self, max_length=128, separator="-"),
            subnet_ids=[subnet.subnet_id for subnet in subnets],
            security_group_ids=[self.security_group.security_group_id],
        )
        self.vpc_link_id: str = link.ref

    def _connectables(self, load_balancer: elbv2.IApplicationLoadBalancer) -> list[ec2.IConnectable]:
        if in_one_stack(self, load_balancer):
            return [load_balancer]
        # In the load balancer's own stack the rules would make it wait for this one, which waits for it.
        return [
            ec2.SecurityGroup.from_security_group_id(self, f"LoadBalancer{number}", one.security_group_id)
            for number, one in enumerate(load_balancer.connections.security_groups)
        ]
