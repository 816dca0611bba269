"""Services on AWS Fargate that find each other by Service Connect, and that others in the VPC find by DNS."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, cast

from annotated_types import Interval, Len, MinLen, Unit
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_acmpca as acmpca
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_servicediscovery as servicediscovery
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import MetricPeriod
from patterns.building_blocks.availability_zones import zone_of
from patterns.building_blocks.bounds import Known
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.failed_deployments import FailedDeployments
from patterns.building_blocks.same_region import check_arn
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc_dns import check_vpcs, check_zone_is_new
from patterns.dns.service_discovery.discovered_service import STOPPING, DiscoveredService, Mesh, RecordType
from patterns.dns.service_discovery.mesh_tls import MeshTls, check_private_ca
from patterns.dns.service_discovery.service import Service, ServiceName, check_services


class ServiceDiscovery(Construct):
    """Call services on AWS Fargate by name: within the mesh by Service Connect, from outside of it by DNS.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        vpc: The VPC of the services and of their clients, with DNS support and DNS host names.
        services: The services, by name. Each lets in the callers and clients that it names, and nobody else.
        namespace_name: The domain of the names, of a new private namespace. Default: that of `namespace`.
        namespace: An existing private namespace of the VPC. Default: a new one.
        cluster: An existing cluster, with Container Insights with enhanced observability. Default: a new one.
        subnets: The subnets of the tasks, in different zones, with a way to AWS services. Default: the private
            ones of the VPC.
        record_type: What DNS answers clients: "A" for addresses, "SRV" for addresses with ports. A name that stands
            keeps its own: take `clients` away in one deployment to change it in the next. Default: "A".
        dns_ttl: How long resolvers keep an answer; in a new namespace also that there is no such name.
            Default: 10 seconds.
        drain_time: How long a task has to end after it is told to stop. It must go on serving for `dns_ttl`, which
            ends at least five seconds before. Default: 30 seconds.
        private_ca: A private certificate authority of AWS, for TLS between the proxies. Default: none; what passes
            between tasks is not encrypted.
        encryption_key: The key that encrypts logs, and private keys of `private_ca`; its policy must let CloudWatch
            Logs use it. Default: keys of AWS.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: The topic that alarms notify. Default: none; the alarms only change state.

    Attributes:
        namespace (servicediscovery.IPrivateDnsNamespace): The namespace.
        cluster (ecs.ICluster): The cluster.
        services (dict[str, DiscoveredService]): The services, by name.
        tls (MeshTls | None): The certificates of the mesh, if it has them.
        failed_deployments (FailedDeployments): Events of deployments that were rolled back.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        services: Annotated[Mapping[ServiceName, Service], Len(1, 50), Unit("services")],
        namespace_name: DomainName | None = None,
        namespace: servicediscovery.IPrivateDnsNamespace | None = None,
        cluster: ecs.ICluster | None = None,
        subnets: Annotated[Sequence[ec2.ISubnet], MinLen(1), Unit("subnets")] | None = None,
        record_type: RecordType = "A",
        dns_ttl: Annotated[
            Duration, Interval(ge=timedelta(seconds=1), le=timedelta(minutes=1)), Known("how long tasks drain")
        ]
        | None = None,
        drain_time: Annotated[
            Duration, Interval(ge=timedelta(seconds=10), le=timedelta(minutes=2)), Known("how long tasks drain")
        ]
        | None = None,
        private_ca: acmpca.ICertificateAuthority | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        ttl, drain = dns_ttl or Duration.seconds(10), drain_time or Duration.seconds(30)
        check_vpcs("vpc", [vpc])
        _check_namespace(scope, vpc, namespace_name, namespace)
        _check_cluster(scope, cluster)
        check_private_ca(scope, private_ca)
        chosen = _subnets(vpc, subnets)
        _check_drain(ttl, drain)
        domain = namespace_name if namespace is None else namespace.namespace_name
        assert domain is not None
        check_services(services, domain, tls=private_ca is not None)
        if namespace is None:
            check_zone_is_new("namespace_name", scope, domain, [vpc])
        else:
            _check_names(scope, namespace, services)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)

        self.namespace = namespace or self._namespace(vpc, domain, ttl)
        self.cluster: ecs.ICluster = cluster or ecs.Cluster(
            self, "Cluster", vpc=vpc, container_insights_v2=ecs.ContainerInsights.ENHANCED
        )
        self.tls = MeshTls(self, "Tls", private_ca=private_ca, encryption_key=encryption_key) if private_ca else None
        mesh = Mesh(
            vpc=vpc,
            subnets=ec2.SubnetSelection(subnets=chosen),
            cluster=self.cluster,
            namespace=self.namespace,
            dns_ttl=ttl,
            record_type=record_type,
            drain_time=drain,
            tls=self.tls,
            settings=settings,
        )
        self.services = {
            name: DiscoveredService(
                self,
                name,
                name=name,
                given=one,
                calls={other: called for other, called in services.items() if name in called.callers},
                mesh=mesh,
            )
            for name, one in services.items()
        }
        for name, one in services.items():
            for caller in one.callers:
                self.services[caller].call(self.services[name], period=Duration.minutes(5))
        if self.tls is not None:
            for made in self.services.values():
                made.service.node.add_dependency(self.tls.policy)
        self.failed_deployments = FailedDeployments(
            self, "Deployments", services=[one.service for one in self.services.values()], settings=settings
        )
        self.alarms: list[cloudwatch.Alarm] = [
            *(one for service in self.services.values() for one in service.alarms),
            *self.failed_deployments.alarms,
        ]

    @checked
    def metric_requests(self, service: str, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """How many requests the proxies of a service have passed on to it.

        Args:
            service: The name of the service, of those that are called by HTTP.
            period: The period. Default: five minutes.

        Returns:
            The metric.

        Raises:
            ValueError: If there is no such service.
        """
        if service not in self.services:
            raise ValueError(f"service must be one of {', '.join(self.services)}, got {service}")
        found = self.services[service]
        return cloudwatch.Metric(
            namespace="AWS/ECS",
            metric_name="RequestCount",
            dimensions_map={
                "ClusterName": self.cluster.cluster_name,
                "DiscoveryName": found.discovery_name,
                "ServiceName": found.service.service_name,
            },
            statistic="Sum",
            period=period or Duration.minutes(5),
        )

    def _namespace(self, vpc: ec2.IVpc, name: str, ttl: Duration) -> servicediscovery.PrivateDnsNamespace:
        made = servicediscovery.PrivateDnsNamespace(self, "Namespace", name=name, vpc=vpc)
        resource = cast(servicediscovery.CfnPrivateDnsNamespace, made.node.default_child)
        # For so long a resolver keeps that a name is not there; it would be a quarter of an hour.
        properties = servicediscovery.CfnPrivateDnsNamespace
        resource.properties = properties.PropertiesProperty(
            dns_properties=properties.PrivateDnsPropertiesMutableProperty(
                soa=properties.SOAProperty(ttl=ttl.to_seconds())
            )
        )
        resource.apply_removal_policy(RemovalPolicy.DESTROY)
        return made


def _check_namespace(
    scope: Construct, vpc: ec2.IVpc, name: str | None, namespace: servicediscovery.IPrivateDnsNamespace | None
) -> None:
    if name is not None and namespace is not None:
        raise ValueError("namespace_name must not be given with namespace, which has a name")
    if name is None and namespace is None:
        raise ValueError("namespace_name must be given without namespace: in which domain are the names?")
    if namespace is not None:
        check_arn("namespace", scope, namespace.namespace_arn)
    resource = namespace.node.default_child if namespace is not None else None
    if isinstance(resource, servicediscovery.CfnPrivateDnsNamespace) and resource.vpc != vpc.vpc_id:
        raise ValueError("namespace must be of vpc, got one of another VPC, in which alone its names are answered")


def _check_names(
    scope: Construct, namespace: servicediscovery.IPrivateDnsNamespace, services: Mapping[str, Service]
) -> None:
    """Refuse names that another mesh of the app has in the same namespace."""
    for other in scope.node.root.node.find_all():
        if not isinstance(other, ServiceDiscovery) or other.namespace.namespace_id != namespace.namespace_id:
            continue
        if twice := sorted(services.keys() & other.services.keys()):
            raise ValueError(
                f"services must have names that differ in one namespace, got {twice[0]}, which {other.node.path} has"
            )


def _check_cluster(scope: Construct, cluster: ecs.ICluster | None) -> None:
    if cluster is None:
        return
    check_arn("cluster", scope, cluster.cluster_arn)
    try:
        # Of no VPC to Amazon ECS; to the CDK it is.
        _ = cluster.vpc
    except RuntimeError:
        raise ValueError("cluster must have a vpc: import it with ecs.Cluster.from_cluster_attributes") from None


def _subnets(vpc: ec2.IVpc, given: Sequence[ec2.ISubnet] | None) -> list[ec2.ISubnet]:
    chosen = list(given) if given is not None else list(vpc.private_subnets)
    if given is None and not chosen:
        raise ValueError("vpc must have private subnets with a NAT gateway where subnets are not given, got none")
    zones = [zone_of(one) for one in chosen]
    if len(set(zones)) < len(zones):
        if given is not None:
            raise ValueError(f"subnets must be in different zones, got two in {max(zones, key=zones.count)}")
        raise ValueError(f"subnets must be given: vpc has several private subnets in {max(zones, key=zones.count)}")
    if len(zones) < 2:
        argument = "subnets must be" if given is not None else "vpc must have private subnets"
        raise ValueError(f"{argument} in two zones or more, got {len(zones)}")
    return chosen


def _check_drain(ttl: Duration, drain: Duration) -> None:
    least = ttl.to_seconds() + STOPPING.to_seconds()
    if drain.to_seconds() < least:
        raise ValueError(
            f"drain_time must be at least {STOPPING.to_seconds():g} seconds longer than dns_ttl, got "
            f"{drain.to_seconds():g} and {ttl.to_seconds():g}: resolvers would answer a task that has stopped"
        )
