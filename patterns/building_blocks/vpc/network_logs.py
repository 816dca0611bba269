"""The logs of a network: flows of its VPCs, and whatever else its parts write."""

import dataclasses

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from patterns.building_blocks.encryption_key import EncryptionKey
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc


class NetworkLogs(Construct):
    """Encrypted log groups that outlive the network and forget after a while.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        settings: The key that encrypts them, by default a new one, and how long they are kept.

    Attributes:
        encryption_key (kms.IKey): The key.
        flows (logs.LogGroup): Flow logs of VPCs.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.encryption_key = settings.encryption_key or EncryptionKey(
            self, "Key", description="Encrypts the logs of a network"
        )
        self._settings = dataclasses.replace(settings, encryption_key=self.encryption_key)
        self.flows = self.log_group("Flows")
        self._role = iam.Role(
            self,
            "FlowLogRole",
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{Aws.PARTITION}:ec2:{Aws.REGION}:{Aws.ACCOUNT_ID}:vpc-flow-log/*"
                    },
                },
            ),
            description="Lets VPCs write their flow logs",
        )
        self._permission = iam.Policy(
            self,
            "WritesFlows",
            roles=[self._role],
            statements=[
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    resources=[self.flows.log_group_arn],
                )
            ],
        )

    def log_group(self, construct_id: str) -> logs.LogGroup:
        """Find one of the log groups, or make it.

        Args:
            construct_id: Its id.

        Returns:
            The log group.
        """
        existing = self.node.try_find_child(construct_id)
        if isinstance(existing, logs.LogGroup):
            return existing
        return self._settings.log_group(self, construct_id)

    def log_flows(self, vpc: TieredVpc) -> None:
        """Record every flow of a VPC.

        Args:
            vpc: The VPC.
        """
        vpc.log_flows(self.flows, self._role, after=self._permission)
