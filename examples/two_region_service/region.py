"""The service in one Region: containers behind a load balancer."""

from aws_cdk import CfnOutput, CfnParameter, Environment, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.encryption_key import EncryptionKey
from patterns.web.load_balanced_fargate import LoadBalancedFargate


class RegionalService(Stack):
    """The service in one Region.

    Attributes:
        vpc (ec2.IVpc): Its VPC.
        balancer (elbv2.ApplicationLoadBalancer): Its load balancer.
        encryption_key (EncryptionKey): The key that encrypts logs in the Region.
        alarm_topic (sns.Topic): The topic of all alarms in the Region. Subscribe whoever is on call.
    """

    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None) -> None:
        super().__init__(scope, construct_id, env=env, cross_region_references=env is not None)
        self.encryption_key = EncryptionKey(self, "Key", description="Encrypts the service's logs in this Region")
        self.alarm_topic = sns.Topic(self, "Alarms", master_key=self.encryption_key, enforce_ssl=True)
        given = CfnParameter(
            self, "CertificateArn", description="The ACM certificate of www.example.com in this Region"
        )
        service = LoadBalancedFargate(
            self,
            "Service",
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", given.value_as_string),
            encryption_key=self.encryption_key,
            alarm_topic=self.alarm_topic,
        )
        self.vpc: ec2.IVpc = service.vpc
        self.balancer: elbv2.ApplicationLoadBalancer = service.balancer.load_balancer
        CfnOutput(self, "AlarmTopic", value=self.alarm_topic.topic_arn)
        CfnOutput(self, "LoadBalancer", value=self.balancer.load_balancer_dns_name)
