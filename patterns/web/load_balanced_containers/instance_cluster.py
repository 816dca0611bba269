"""A cluster whose instances come and go with the tasks that they are there for."""

from pathlib import Path

from aws_cdk import Duration, Names, Size, Stack, Tags, Token
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.instance_group import (
    acknowledge_notifications,
    failure_notifications,
    too_few_instances,
)
from patterns.building_blocks.instance_refresh import replace_by_refresh
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource
from patterns.web.instance_fleets.instance_template import InstanceTemplate
from patterns.web.load_balanced_containers.tasks_per_instance import Bounds
from patterns.web.networking.application_network import ApplicationNetwork

SCRIPT = Path(__file__).parent / "instance" / "join_cluster.sh"
WARMUP = Duration.minutes(3)


class InstanceCluster(Construct):
    """An Amazon ECS cluster, and an Auto Scaling group that Amazon ECS itself makes as large as its tasks need.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        network: The VPC, in whose private subnets the instances run.
        instance_type: The instance type.
        machine_image: The image, with the Amazon ECS agent.
        volume_size: The size of the root volume.
        bounds: How many instances there may be.
        spare_capacity: How much of the instances' room is kept free, in percent.
        settings: The topic of the alarms.

    Attributes:
        cluster (ecs.Cluster): The cluster.
        with_capacity (ecs.ICluster): The same, as the CDK's services for instances want to see it.
        group (autoscaling.AutoScalingGroup): The instances.
        provider (ecs.CfnCapacityProvider): The capacity provider, which scales the group.
        security_group (ec2.SecurityGroup): The security group of the instances.
        role (iam.Role): The role of the instances.
        alarms (list[cloudwatch.Alarm]): Its alarms.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: ApplicationNetwork,
        instance_type: ec2.InstanceType,
        machine_image: ec2.IMachineImage,
        volume_size: Size,
        bounds: Bounds,
        spare_capacity: int,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self.cluster = ecs.Cluster(
            self, "Cluster", vpc=network.vpc, container_insights_v2=ecs.ContainerInsights.ENHANCED
        )
        launch = InstanceTemplate(
            self,
            "Launch",
            vpc=network.vpc,
            instance_type=instance_type,
            machine_image=machine_image,
            user_data=join_cluster(self.cluster.cluster_name),
            volume_size=volume_size,
        )
        self.role, self.security_group = launch.role, launch.security_group
        joins = self._permit_to_join()
        self.group = autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=network.vpc,
            vpc_subnets=network.private,
            launch_template=launch.template,
            min_capacity=bounds.fewest,
            max_capacity=bounds.most,
            # Amazon ECS alone ends instances, once their tasks have gone: managed termination protection needs it.
            new_instances_protected_from_scale_in=True,
            default_instance_warmup=WARMUP,
            group_metrics=[autoscaling.GroupMetrics.all()],
            health_checks=autoscaling.HealthChecks.ec2(grace_period=WARMUP),
            notifications=failure_notifications(settings.alarm_topic),
        )
        # An instance that may not join the cluster is of no use.
        self.group.node.add_dependency(joins)
        network.before(self.group)
        # Draining moves an instance's tasks before it goes; protection from scale-in is against scaling, not this.
        replace_by_refresh(self.group, warmup=WARMUP, protected=True)
        acknowledge_notifications(self.group)
        # Instances that start before the provider is there belong to it by this tag.
        Tags.of(self.group).add("AmazonECSManaged", "true", apply_to_launched_instances=True)
        self.provider = self._capacity_provider(spare_capacity)
        attached = ecs.CfnClusterCapacityProviderAssociations
        self._attached = attached(
            self,
            "Attached",
            cluster=self.cluster.cluster_name,
            capacity_providers=[self.provider.ref],
            default_capacity_provider_strategy=[
                attached.CapacityProviderStrategyProperty(capacity_provider=self.provider.ref, weight=1)
            ],
        )
        self.with_capacity: ecs.ICluster = ecs.Cluster.from_cluster_attributes(
            self,
            "WithCapacity",
            cluster_name=self.cluster.cluster_name,
            cluster_arn=self.cluster.cluster_arn,
            vpc=network.vpc,
            has_ec2_capacity=True,
            security_groups=[self.security_group],
        )
        self.alarms: list[cloudwatch.Alarm] = [
            too_few_instances(self, self.group, bounds.fewest, settings.alarm_topic),
            alarm(
                self,
                "NoRoomForTasks",
                metric=cloudwatch.Metric(
                    namespace="AWS/ECS/ManagedScaling",
                    metric_name="CapacityProviderReservation",
                    dimensions_map={
                        "CapacityProviderName": self.provider.ref,
                        "ClusterName": self.cluster.cluster_name,
                    },
                    statistic="Minimum",
                    period=Duration.minutes(1),
                ),
                threshold=100,
                comparison=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                # Instances take minutes to come; a quarter of an hour without room is a bound or a fault.
                evaluation_periods=15,
                description="Tasks wait for instances: the group is at its bound, or its instances do not join.",
                topic=settings.alarm_topic,
            ),
        ]

    def serve(self, service: ecs.Ec2Service) -> None:
        """Have a service wait for its capacity provider.

        Args:
            service: The service.
        """
        service.node.add_dependency(self._attached)

    def _capacity_provider(self, spare_capacity: int) -> ecs.CfnCapacityProvider:
        # Not the CDK's AsgCapacityProvider: it would give the instances ecs:Submit* and logs of the whole account.
        provider = ecs.CfnCapacityProvider
        return provider(
            self,
            "Provider",
            name=provider_name(self),
            auto_scaling_group_provider=provider.AutoScalingGroupProviderProperty(
                auto_scaling_group_arn=self.group.auto_scaling_group_name,
                managed_draining="ENABLED",
                managed_termination_protection="ENABLED",
                managed_scaling=provider.ManagedScalingProperty(
                    status="ENABLED",
                    target_capacity=100 - spare_capacity,
                    instance_warmup_period=WARMUP.to_seconds(),
                ),
            ),
        )

    def _permit_to_join(self) -> iam.Policy:
        # What the agent does, action by action; what tasks need to start is the execution role's.
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
        in_cluster = {"ArnEquals": {"ecs:cluster": self.cluster.cluster_arn}}
        policy = iam.Policy(
            self,
            "JoinsCluster",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "ecs:DeregisterContainerInstance",
                        "ecs:RegisterContainerInstance",
                        "ecs:SubmitAttachmentStateChanges",
                        "ecs:SubmitContainerStateChange",
                        "ecs:SubmitTaskStateChange",
                    ],
                    resources=[self.cluster.cluster_arn],
                ),
                iam.PolicyStatement(
                    actions=["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
                    resources=[self._container_instances()],
                    conditions=in_cluster,
                ),
                iam.PolicyStatement(actions=["ecs:DiscoverPollEndpoint"], resources=["*"]),
            ],
        )
        acknowledge_wildcard_resource(
            policy,
            self._container_instances(),
            "The wildcard is the id that an instance gets when it registers with this very cluster.",
        )
        acknowledge_wildcard_resource(
            policy,
            "*",
            "The endpoint that the agent polls is no resource that IAM knows: AWS allows the action on all.",
        )
        return policy

    def _container_instances(self) -> str:
        return self.cluster.stack.format_arn(
            service="ecs", resource="container-instance", resource_name=f"{self.cluster.cluster_name}/*"
        )


def provider_name(scope: Construct) -> str | None:
    """Name a capacity provider where the name that CloudFormation would make is refused.

    CloudFormation's begins with the stack's, and Amazon ECS takes none that begins with aws, ecs or fargate.

    Args:
        scope: The construct that the provider belongs to.

    Returns:
        The name; None where CloudFormation may choose it, so that the provider can be replaced.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-capacityprovider.html
    """
    stack = Stack.of(scope)
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    if Token.is_unresolved(stack.stack_name) or not stack.stack_name.lower().startswith(("aws", "ecs", "fargate")):
        return None
    return f"web-{Names.unique_resource_name(scope, max_length=200, separator='-')}"


def join_cluster(cluster: str) -> str:
    """Write the script that starts an instance.

    Args:
        cluster: The cluster's name, or a token.

    Returns:
        A Bash script.
    """
    first, _, rest = SCRIPT.read_text(encoding="utf-8").partition("\n")
    # A cluster's name has letters, digits, hyphens and underscores: nothing that a shell would read as its own.
    return f"{first}\nexport CLUSTER={cluster}\n{rest}"


def container_image_of(architecture: ec2.InstanceArchitecture) -> ec2.IMachineImage:
    """Choose the newest Amazon Linux 2023 for Amazon ECS, read from its public parameter when CloudFormation deploys.

    Args:
        architecture: The processor.

    Returns:
        The image.
    """
    arm = architecture == ec2.InstanceArchitecture.ARM_64
    return ecs.EcsOptimizedImage.amazon_linux2023(ecs.AmiHardwareType.ARM if arm else ecs.AmiHardwareType.STANDARD)
