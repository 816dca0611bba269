"""A service that consumers reach by AWS PrivateLink, and the consumers' half."""

from patterns.network.private_service.construct import PrivateService
from patterns.network.private_service.consumer import PrivateServiceConsumer

__all__ = ["PrivateService", "PrivateServiceConsumer"]
