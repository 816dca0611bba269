"""Where weights are set: a listener's forward action, or two records of a name."""

from collections.abc import Mapping
from typing import Any, Protocol

import boto3
from botocore.config import Config

SDK = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})


class Weights(Protocol):
    """What weights are set at."""

    def set(self, candidate: int) -> None:
        """Give the candidate `candidate` percent, and the stable version the rest. Both are set, whatever they were."""


class ListenerWeights:
    """The default action of a listener.

    Args:
        target: The ARNs of `listener`, `stable` and `candidate`, and `stickiness` in seconds or 0.
    """

    def __init__(self, target: Mapping[str, Any]) -> None:
        self._target = target
        self._client = boto3.client("elbv2", config=SDK)

    def set(self, candidate: int) -> None:
        """Set both weights in one call; nothing else of the listener is touched."""
        target = self._target
        forward: dict[str, Any] = {
            "TargetGroups": [
                {"TargetGroupArn": target["stable"], "Weight": 100 - candidate},
                {"TargetGroupArn": target["candidate"], "Weight": candidate},
            ]
        }
        if target["stickiness"]:
            forward["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": target["stickiness"]}
        self._client.modify_listener(
            ListenerArn=target["listener"], DefaultActions=[{"Type": "forward", "Order": 1, "ForwardConfig": forward}]
        )


class RecordWeights:
    """Two weighted alias records of one name.

    Args:
        target: The hosted `zone`, the `name`, and `stable` and `candidate` with the `dns` name and `zone` of each.
    """

    def __init__(self, target: Mapping[str, Any]) -> None:
        self._target = target
        self._client = boto3.client("route53", config=SDK)

    def set(self, candidate: int) -> None:
        """Set both weights in one change, which Route 53 makes whole or not at all."""
        changes: list[Any] = [
            self._change("stable", 100 - candidate),
            self._change("candidate", candidate),
        ]
        self._client.change_resource_record_sets(
            HostedZoneId=self._target["zone"],
            ChangeBatch={"Comment": f"the candidate gets {candidate} percent", "Changes": changes},
        )

    def _change(self, which: str, weight: int) -> dict[str, Any]:
        balancer = self._target[which]
        return {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": self._target["name"],
                "Type": "A",
                "SetIdentifier": which,
                "Weight": weight,
                "AliasTarget": {
                    "DNSName": balancer["dns"],
                    "HostedZoneId": balancer["zone"],
                    "EvaluateTargetHealth": True,
                },
            },
        }


def weights(target: Mapping[str, Any]) -> Weights:
    """Choose by what the target names."""
    return ListenerWeights(target) if "listener" in target else RecordWeights(target)
