"""Templates of accelerators."""

from collections.abc import Mapping, Sequence
from typing import Any

Groups = Mapping[str, tuple[Any, Sequence[Any]]]


def template(groups: Groups, *, affinity: str = "NONE", **listener: Any) -> dict[str, Any]:
    """A template with one accelerator of one listener.

    Args:
        groups: The dial and the weights of each Region; endpoints are named for their Region and number.
        affinity: The client affinity.
        listener: Further properties of the listener.
    """
    resources: dict[str, Any] = {
        "Front": {
            "Type": "AWS::GlobalAccelerator::Accelerator",
            "Properties": {"Name": "front", "Enabled": True},
            "Metadata": {"aws:cdk:path": "Stack/Front/Resource"},
        },
        "Https": {
            "Type": "AWS::GlobalAccelerator::Listener",
            "Properties": {
                "AcceleratorArn": {"Fn::GetAtt": ["Front", "AcceleratorArn"]},
                "ClientAffinity": affinity,
                "PortRanges": [{"FromPort": 443, "ToPort": 443}],
                "Protocol": "TCP",
                **listener,
            },
        },
    }
    for region, (dial, weights) in groups.items():
        resources[f"Group{region}"] = {
            "Type": "AWS::GlobalAccelerator::EndpointGroup",
            "Properties": {
                "ListenerArn": {"Fn::GetAtt": ["Https", "ListenerArn"]},
                "EndpointGroupRegion": region,
                "TrafficDialPercentage": dial,
                "EndpointConfigurations": [
                    {"EndpointId": f"{region}/{number}", "Weight": weight} for number, weight in enumerate(weights, 1)
                ],
            },
        }
    return {"Resources": resources}
