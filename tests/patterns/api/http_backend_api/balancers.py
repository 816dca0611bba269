"""Load balancers within a VPC, for tests, which look nothing up."""

from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from tests.patterns.web.certificates import vpc


def existing(scope: Construct, *, known: bool = True, private: int = 2) -> elbv2.IApplicationLoadBalancer:
    return elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        scope,
        "Existing",
        load_balancer_arn="arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/orders/0123456789abcdef",
        security_group_id="sg-0123456789abcdef0",
        vpc=vpc(scope, private=private) if known else None,
    )
