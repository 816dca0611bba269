"""The security group that an AWS service makes in a VPC, looked up when a stack is deployed."""

from aws_cdk import Acknowledgment, Stack, Validations, custom_resources
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource

_FOUND = "SecurityGroups.0.GroupId"
_PROVIDER = "AWS679f53fac002430cb0da5b7982bd2287"
_LOGS = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
_REASONS = {
    f"AwsSolutions::AwsSolutions-IAM4[Policy::{_LOGS}]": (
        "The CDK's function for look-ups writes its log by this policy; what it looks up is in one of its own."
    ),
    "Serverless::Serverless-LambdaDLQ": (
        "CloudFormation calls the function, waits for its answer, and fails the deployment without one."
    ),
    "Serverless::Serverless-LambdaDefaultMemorySize": "The CDK's function for look-ups makes one call of an API.",
    "Serverless::Serverless-LambdaTracing": "The function runs in deployments alone, and its log has each call.",
}


def service_security_group(
    scope: Construct, construct_id: str, *, name: str, vpc: ec2.IVpc, region: str, after: IConstruct
) -> str:
    """Look up the security group that an AWS service makes in a VPC, one for all that uses the service there.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        name: The group's name, as the service documents it.
        vpc: The VPC.
        region: Its Region.
        after: The resource with which the security group comes into being.

    Returns:
        Its id, known when the stack is deployed.
    """
    call = custom_resources.AwsSdkCall(
        service="EC2",
        action="describeSecurityGroups",
        region=region,
        parameters={"Filters": [{"Name": "group-name", "Values": [name]}, {"Name": "vpc-id", "Values": [vpc.vpc_id]}]},
        output_paths=[_FOUND],
        physical_resource_id=custom_resources.PhysicalResourceId.from_response(_FOUND),
    )
    found = custom_resources.AwsCustomResource(
        scope,
        construct_id,
        on_create=call,
        on_update=call,
        install_latest_aws_sdk=False,
        policy=custom_resources.AwsCustomResourcePolicy.from_statements(
            [iam.PolicyStatement(actions=["ec2:DescribeSecurityGroups"], resources=["*"])]
        ),
    )
    found.node.add_dependency(after)
    acknowledge_wildcard_resource(found, "*", "EC2 describes security groups of no resource in particular.")
    provider = Stack.of(scope).node.find_child(_PROVIDER)
    for finding, reason in _REASONS.items():
        Validations.of(provider).acknowledge(Acknowledgment(id=finding, reason=reason))
    return found.get_response_field(_FOUND)
