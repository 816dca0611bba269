"""The private name of an endpoint service, and the record that proves whose it is."""

from typing import Any

from aws_cdk import ArnFormat, Stack, custom_resources
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from constructs import Construct

from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource


class PrivateName(Construct):
    """Give an endpoint service a name of one's own, and prove by a record that it is.

    CloudFormation cannot set the name: three calls of Amazon EC2 do. The construct of the CDK that makes the same calls
    remembers each service for as long as its process lives, and so refuses a stack that is made a second time.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        service: The endpoint service.
        domain_name: The name.
        hosted_zone: The public zone of the name.

    Attributes:
        record (route53.TxtRecord): The record that proves the name.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: ec2.VpcEndpointService,
        domain_name: str,
        hosted_zone: route53.IPublicHostedZone,
    ) -> None:
        super().__init__(scope, construct_id)
        self._service_id = service.vpc_endpoint_service_id
        arn = Stack.of(self).format_arn(
            service="ec2",
            resource="vpc-endpoint-service",
            resource_name=self._service_id,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        configure = "modifyVpcEndpointServiceConfiguration"
        named = self._call(configure, domain_name, ServiceId=self._service_id, PrivateDnsName=domain_name)
        unnamed = self._call(configure, None, ServiceId=self._service_id, RemovePrivateDnsName=True)
        enabled = self._resource("EnableDns", named, [arn], on_delete=unnamed)
        found = self._resource(
            "GetNames",
            self._call("describeVpcEndpointServiceConfigurations", domain_name, ServiceIds=[self._service_id]),
            ["*"],
        )
        found.node.add_dependency(enabled)
        acknowledge_wildcard_resource(
            found, "*", "Amazon EC2's actions that describe name no resource: IAM allows them only on all of them."
        )
        of_proof = "ServiceConfigurations.0.PrivateDnsNameConfiguration"
        name, value = (found.get_response_field(f"{of_proof}.{one}") for one in ("Name", "Value"))
        self.record = route53.TxtRecord(
            self, "DnsVerificationRecord", zone=hosted_zone, record_name=name, values=[value]
        )
        # Again with each new value: EC2 looks for the record when it is asked to, and not by itself.
        start = self._call(
            "startVpcEndpointServicePrivateDnsVerification", f"{name}:{value}", ServiceId=self._service_id
        )
        self._resource("StartVerification", start, [arn]).node.add_dependency(self.record)

    @staticmethod
    def _call(action: str, physical_id: str | None, **parameters: Any) -> custom_resources.AwsSdkCall:
        return custom_resources.AwsSdkCall(
            service="EC2",
            action=action,
            parameters=parameters,
            physical_resource_id=None if physical_id is None else custom_resources.PhysicalResourceId.of(physical_id),
        )

    def _resource(
        self,
        construct_id: str,
        call: custom_resources.AwsSdkCall,
        resources: list[str],
        *,
        on_delete: custom_resources.AwsSdkCall | None = None,
    ) -> custom_resources.AwsCustomResource:
        return custom_resources.AwsCustomResource(
            self,
            construct_id,
            on_create=call,
            on_update=call,
            on_delete=on_delete,
            policy=custom_resources.AwsCustomResourcePolicy.from_sdk_calls(resources=resources),
            # What the runtime brings will do, and nothing is fetched from npm while the stack is deployed.
            install_latest_aws_sdk=False,
        )
