"""Custom resources that find, free and place transit gateway attachments."""

from pathlib import Path

from aws_cdk import Acknowledgment, Aws, CustomResource, Duration, Stack, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource

_HANDLER = Path(__file__).parent / "handler"
# Lambda's own limit is 15 minutes; CloudFormation would wait for an hour.
_FUNCTION_TIMEOUT = Duration.minutes(14)
SERVICE_TIMEOUT = Duration.minutes(15)
DESCRIBES_NAME_NOTHING = "EC2's Describe actions name no resource: IAM allows them only on all resources."


class AttachmentPlacement(Construct):
    """The attachment of a VPC, VPN connection or Direct Connect gateway, found by what is attached.

    CloudFormation tells the attachment id of a VPC but (2026-11-21) not that of a VPN connection or a Direct Connect
    gateway, nor the outside addresses of a connection's tunnels. On a shared gateway this also frees the attachment
    from the table that the gateway's defaults put it in, so that its own domain can take it.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        transit_gateway_id: The gateway.
        resource_id: The id of the VPC, VPN connection or Direct Connect gateway.
        domain: The id of the route table that the attachment is going to be associated with.
        default: The id of the gateway's default association table. Default: the gateway has none.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTransitGatewayAttachments.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        transit_gateway_id: str,
        resource_id: str,
        domain: str,
        default: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        function = AttachmentFunction.of(self)
        properties = {"TransitGatewayId": transit_gateway_id, "ResourceId": resource_id, "DomainTableId": domain}
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::TransitGatewayAttachment",
            service_token=function.function.function_arn,
            service_timeout=SERVICE_TIMEOUT,
            properties=properties if default is None else properties | {"DefaultTableId": default},
        )
        self.resource.node.add_dependency(function.describe())
        if default is not None:
            self.resource.node.add_dependency(function.release())

    @property
    def attachment_id(self) -> str:
        """The id of the attachment."""
        return self.resource.get_att_string("AttachmentId")

    def tunnel_address(self, number: int) -> str:
        """Say where a tunnel of a VPN connection ends on the side of AWS.

        Args:
            number: 1 or 2.

        Returns:
            The outside address.
        """
        return self.resource.get_att_string(f"Tunnel{number}Address")


class VpnTunnels(Construct):
    """The outside addresses of a VPN connection's two tunnels, in the order of their inside ranges.

    CloudFormation tells (2026-11-26) neither, and the metrics of a tunnel are found by its address.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        vpn_connection_id: The connection.

    Attributes:
        addresses (list[str]): The addresses, known when it is deployed.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpnConnections.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpn_connection_id: str) -> None:
        super().__init__(scope, construct_id)
        function = AttachmentFunction.of(self)
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::VpnTunnels",
            service_token=function.function.function_arn,
            service_timeout=SERVICE_TIMEOUT,
            properties={"VpnConnectionId": vpn_connection_id},
        )
        self.resource.node.add_dependency(function.describe())
        self.addresses = [self.resource.get_att_string(f"Tunnel{number}Address") for number in (1, 2)]


class GatewayDefaults(Construct):
    """The tables in which a gateway places the attachments that nobody places.

    `AssociationDefaultRouteTableId` of `AWS::EC2::TransitGateway` cannot name a table of the same template: the table
    needs the gateway first.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        transit_gateway_id: The gateway.
        transit_gateway_arn: The same.
        association_table_id: The table that a new attachment is associated with.
        propagation_table_id: The table that a new attachment is propagated into.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyTransitGateway.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        transit_gateway_id: str,
        transit_gateway_arn: str,
        association_table_id: str,
        propagation_table_id: str,
    ) -> None:
        super().__init__(scope, construct_id)
        function = AttachmentFunction.of(self)
        tables = f"arn:{Aws.PARTITION}:ec2:{Aws.REGION}:{Aws.ACCOUNT_ID}:transit-gateway-route-table/"
        modifies = iam.Policy(
            self,
            "Modifies",
            roles=[function.role],
            statements=[
                iam.PolicyStatement(
                    actions=["ec2:ModifyTransitGateway"],
                    resources=[
                        transit_gateway_arn,
                        f"{tables}{association_table_id}",
                        f"{tables}{propagation_table_id}",
                    ],
                ),
                # To wait until the gateway is modified.
                iam.PolicyStatement(actions=["ec2:DescribeTransitGateways"], resources=["*"]),
            ],
        )
        acknowledge_wildcard_resource(modifies, "*", DESCRIBES_NAME_NOTHING)
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::TransitGatewayDefaults",
            service_token=function.function.function_arn,
            service_timeout=SERVICE_TIMEOUT,
            properties={
                "TransitGatewayId": transit_gateway_id,
                "AssociationTableId": association_table_id,
                "PropagationTableId": propagation_table_id,
            },
        )
        self.resource.node.add_dependency(function.describe())
        # Its deletion, too, modifies the gateway: it turns the defaults off.
        self.resource.node.add_dependency(modifies)


class AttachmentFunction(LambdaFunction):
    """The one function of a stack behind these custom resources. Make it with `of`."""

    def __init__(self, stack: Stack) -> None:
        architecture = lambda_.Architecture.ARM_64
        super().__init__(
            stack,
            "TransitGatewayAttachmentFunction",
            description="Finds and places transit gateway attachments for CloudFormation",
            code=python_code(stack, _HANDLER, runtime=PYTHON, architecture=architecture),
            handler="index.handler",
            architecture=architecture,
            timeout=_FUNCTION_TIMEOUT,
        )
        Validations.of(self.function).acknowledge(
            Acknowledgment(
                id="Serverless::Serverless-LambdaDLQ",
                reason="Only CloudFormation invokes it, and fails the deployment when no answer comes in 15 minutes.",
            )
        )

    def _alarms(self, settings: Settings) -> list[cloudwatch.Alarm]:  # noqa: ARG002
        # None: its failure fails a deployment, before the eyes of whoever deploys.
        return []

    @classmethod
    def of(cls, scope: Construct) -> "AttachmentFunction":
        """Find the function of a construct's stack, or make it.

        Args:
            scope: The construct.

        Returns:
            The function.
        """
        stack = Stack.of(scope)
        existing = stack.node.try_find_child("TransitGatewayAttachmentFunction")
        return existing if isinstance(existing, cls) else cls(stack)

    def describe(self) -> iam.Policy:
        """Let the function look attachments and VPN connections up.

        Returns:
            The policy that lets it.
        """
        existing = self.node.try_find_child("Describes")
        if isinstance(existing, iam.Policy):
            return existing
        describes = iam.Policy(
            self,
            "Describes",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    actions=["ec2:DescribeTransitGatewayAttachments", "ec2:DescribeVpnConnections"],
                    resources=["*"],
                )
            ],
        )
        acknowledge_wildcard_resource(describes, "*", DESCRIBES_NAME_NOTHING)
        return describes

    def release(self) -> iam.Policy:
        """Let the function take attachments out of route tables.

        Returns:
            The policy that lets it.
        """
        existing = self.node.try_find_child("Releases")
        if isinstance(existing, iam.Policy):
            return existing
        prefix = f"arn:{Aws.PARTITION}:ec2:{Aws.REGION}:{Aws.ACCOUNT_ID}"
        attachments, tables = f"{prefix}:transit-gateway-attachment/*", f"{prefix}:transit-gateway-route-table/*"
        policy = iam.Policy(
            self,
            "Releases",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "ec2:DisableTransitGatewayRouteTablePropagation",
                        "ec2:DisassociateTransitGatewayRouteTable",
                    ],
                    resources=[attachments, tables],
                ),
                iam.PolicyStatement(
                    actions=["ec2:GetTransitGatewayAttachmentPropagations"],
                    resources=["*"],
                ),
            ],
        )
        acknowledge_wildcard_resource(
            policy, attachments, "Which attachments the gateway will have is what the function finds out."
        )
        acknowledge_wildcard_resource(
            policy, tables, "An attachment may be moved from any of the gateway's tables, also from former ones."
        )
        acknowledge_wildcard_resource(
            policy, "*", "GetTransitGatewayAttachmentPropagations reads one attachment; IAM allows it on all only."
        )
        return policy
