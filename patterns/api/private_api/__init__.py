"""APIs that only VPC endpoints reach."""

from patterns.api.private_api.construct import PrivateApi

__all__ = ["PrivateApi"]
