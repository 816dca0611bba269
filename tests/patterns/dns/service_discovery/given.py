"""What goes together with a resource that is passed in: the VPC of a namespace."""

from typing import Any

from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct


def with_namespace(namespace: servicediscovery.IPrivateDnsNamespace, _: Construct) -> dict[str, Any]:
    beside = namespace.node.scope
    vpc = beside.node.try_find_child("Vpc") if beside else None
    return {"namespace": namespace, **({"vpc": vpc} if vpc else {})}
