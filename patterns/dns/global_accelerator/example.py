from typing import Any

from aws_cdk import CfnOutput, CfnParameter, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from patterns.dns.global_accelerator import Endpoint, GlobalAccelerator, RegionalEndpoints

CITIES = {"us-west-2": "Oregon", "eu-west-1": "Dublin"}


class GlobalAcceleratorStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        # Accelerators are of no Region; their metrics, and so their alarms, are in this one.
        there = Environment(account=env.account, region="us-west-2") if env else None
        super().__init__(scope, construct_id, env=there)
        given: dict[str, Any] = {"regions": {region: self._endpoints(city) for region, city in CITIES.items()}}
        self.front = GlobalAccelerator(self, "Front", **(given | options))
        if "us-west-2" in self.front.endpoint_groups:
            vpc = self._given("OregonVpc", "The VPC of the load balancer in Oregon")
            group = self._given("OregonSecurityGroup", "Its security group, without a rule")
            self.front.let_in(
                self,
                "IntoOregon",
                region="us-west-2",
                vpc=ec2.Vpc.from_vpc_attributes(self, "Vpc", vpc_id=vpc, availability_zones=["us-west-2a"]),
                security_group=ec2.SecurityGroup.from_security_group_id(self, "Group", group),
            )
        CfnOutput(self, "Name", value=self.front.accelerator.dns_name)

    def _endpoints(self, city: str) -> RegionalEndpoints:
        balancer = elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
            self,
            city,
            load_balancer_arn=self._given(f"{city}Balancer", f"The ARN of the load balancer in {city}"),
            security_group_id="sg-0123456789abcdef0",
        )
        return RegionalEndpoints(endpoints=[Endpoint(balancer=balancer)])

    def _given(self, name: str, description: str) -> str:
        return CfnParameter(self, name, description=description).value_as_string
