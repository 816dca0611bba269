"""Interface endpoints that serve more VPCs than their own."""

from collections.abc import Sequence
from ipaddress import IPv4Network

from constructs import Construct

from patterns.building_blocks.vpc.endpoints import InterfaceEndpoints, shared_policy


def central_endpoints(
    scope: Construct,
    *,
    vpc_id: str,
    subnet_ids: Sequence[str],
    services: Sequence[str],
    networks: Sequence[IPv4Network],
    share_with: Sequence[str] = (),
) -> InterfaceEndpoints:
    """Make endpoints that hosts of an organization reach by HTTPS, and whose names others answer.

    Args:
        scope: Parent construct.
        vpc_id: Their VPC.
        subnet_ids: One subnet in each zone.
        services: The services.
        networks: The organization's ranges, which clients are in.
        share_with: Accounts, organizations and units whose principals they serve, beside this account's. Default: none.

    Returns:
        The endpoints.

    Source: https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-access-to-vpc-private-endpoints.html
    """
    return InterfaceEndpoints(
        scope,
        "Endpoints",
        vpc_id=vpc_id,
        subnet_ids=subnet_ids,
        services=services,
        # By range: AWS does not support references to security groups for endpoints.
        clients={"the organization" + (f" {n}" if n > 1 else ""): str(one) for n, one in enumerate(networks, 1)},
        private_dns=False,
        policy=shared_policy(share_with),
    )
