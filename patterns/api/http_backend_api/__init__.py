"""Put an API in front of an HTTP backend: a load balancer in a VPC, or any host."""

from patterns.api.http_backend_api.construct import HttpBackendApi

__all__ = ["HttpBackendApi"]
