"""Amazon CloudFront before the load balancers of web patterns, for tests."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from patterns.web.load_balancing.edge_front import EdgeFront


def edge_certificate(scope: Construct) -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(
        scope, "EdgeCertificate", "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000000"
    )


def edge_front(scope: Construct, **settings: Any) -> EdgeFront:
    return EdgeFront(certificate=edge_certificate(scope), **settings)


def edge(resource: Construct) -> EdgeFront:
    """The argument as it is given beside `resource`."""
    return edge_front(Stack.of(resource))
