from typing import Any

from aws_cdk import CfnOutput, CfnParameter, Environment, Stack
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from patterns.web.load_balanced_containers import LoadBalancedContainers


class LoadBalancedContainersStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        if not options.keys() & {"certificate", "domain_name"}:
            given = CfnParameter(self, "CertificateArn", description="The ACM certificate of the application's name")
            options["certificate"] = acm.Certificate.from_certificate_arn(self, "Certificate", given.value_as_string)
        self.application = LoadBalancedContainers(self, "Application", **options)
        balancer = self.application.balancer.load_balancer
        CfnOutput(self, "LoadBalancer", value=balancer.load_balancer_dns_name)
