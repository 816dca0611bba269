"""A VPC for a workload: three tiers, and what they may send each other."""

from patterns.network.workload_vpc.construct import WorkloadVpc

__all__ = ["WorkloadVpc"]
