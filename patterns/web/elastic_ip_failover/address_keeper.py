"""The function that keeps the address on an instance that answers."""

from pathlib import Path

from aws_cdk import Duration, Stack
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource
from patterns.web.instance_fleets.group_function import GroupFunction

_HANDLER = Path(__file__).parent / "handler"


class AddressKeeper(Construct):
    """A function that asks the address every minute whether it answers, and moves it when it does not.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        group: The instances.
        address: The address.
        vpc: Where the instances stand.
        application_port: The application's port.
        health_check_path: The path that answers 200.
        settings: The retention and key of its log, and the topic of its alarms.

    Attributes:
        runs (GroupFunction): The function with what starts it.
        unanswered (cloudwatch.Alarm): The alarm on an address that nobody answers at.
        alarms (list[cloudwatch.Alarm]): Its alarms.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        group: autoscaling.AutoScalingGroup,
        address: ec2_interfaces.IEIPRef,
        vpc: ec2.IVpc,
        application_port: int,
        health_check_path: str,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        allocation = address.eip_ref.allocation_id
        self.runs = GroupFunction(
            self,
            "Runs",
            group=group,
            events_of_group=["EC2 Instance Launch Successful", "EC2 Instance-terminate Lifecycle Action"],
            directory=_HANDLER,
            handler="address_keeper.index.handler",
            description="Keeps an address on an instance that answers",
            environment={
                "ALLOCATION_ID": allocation,
                "APPLICATION_PORT": str(application_port),
                "GROUP_NAME": group.auto_scaling_group_name,
                "HEALTH_CHECK_PATH": health_check_path,
            },
            # Three tries at the address, and one at the standbys side by side, take 26 seconds at the most.
            timeout=Duration.seconds(55),
            holds="runs that did not keep the address where it answers",
            settings=settings,
        )
        self._permit(group, allocation, vpc)
        self.unanswered: cloudwatch.Alarm = alarm(
            self,
            "Unanswered",
            metric=cloudwatch.Metric(
                namespace="ElasticIpFailover",
                metric_name="Unanswered",
                dimensions_map={"AllocationId": allocation},
                statistic="Maximum",
                period=Duration.minutes(1),
            ),
            evaluation_periods=3,
            # Without data nobody looks after the address.
            missing_data=cloudwatch.TreatMissingData.BREACHING,
            description="The address has not answered for three minutes, or nobody has asked: read the keeper's log.",
            topic=settings.alarm_topic,
        )
        self.alarms: list[cloudwatch.Alarm] = [self.unanswered, *self.runs.alarms]

    def _permit(self, group: autoscaling.AutoScalingGroup, allocation: str, vpc: ec2.IVpc) -> None:
        stack, role = Stack.of(self), self.runs.function.role
        address = stack.format_arn(service="ec2", resource="elastic-ip", resource_name=allocation)
        instances = stack.format_arn(service="ec2", resource="instance", resource_name="*")
        interfaces = stack.format_arn(service="ec2", resource="network-interface", resource_name="*")
        of_group = {"aws:ResourceTag/aws:autoscaling:groupName": group.auto_scaling_group_name}
        self.runs.function.permit(
            [
                iam.PolicyStatement(
                    actions=[
                        "autoscaling:DescribeAutoScalingGroups",
                        "ec2:DescribeAddresses",
                        "ec2:DescribeInstances",
                    ],
                    resources=["*"],
                ),
                # AWS asks for all three: the address, the instance and its network interface.
                iam.PolicyStatement(actions=["ec2:AssociateAddress"], resources=[address]),
                iam.PolicyStatement(
                    actions=["ec2:AssociateAddress"], resources=[instances], conditions={"StringEquals": of_group}
                ),
                iam.PolicyStatement(
                    actions=["ec2:AssociateAddress"],
                    resources=[interfaces],
                    conditions={"ArnEquals": {"ec2:Vpc": vpc.vpc_arn}},
                ),
                iam.PolicyStatement(
                    actions=["autoscaling:SetInstanceHealth"], resources=[group.auto_scaling_group_arn]
                ),
            ]
        )
        acknowledge_wildcard_resource(
            role, instances, "Which instances the group will start is not known; its tag on them is the condition."
        )
        acknowledge_wildcard_resource(
            role, interfaces, "Which network interfaces they will have is not known; their VPC is the condition."
        )
        acknowledge_wildcard_resource(
            role,
            group.auto_scaling_group_arn,
            "The wildcard is the group's random id, which CloudFormation does not tell; the group's name follows it.",
        )
