"""Resource types that are left out of a local deployment: they carry no behaviour here.

A resource of such a type is passed over, and the report names it. Where another resource refers to it, a placeholder
stands in its place. A type on which behaviour depends is not among them: a stack that holds one is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

NO_TRAFFIC = "left out: there is no network here, and nothing to log of it"
NO_PERMISSION = "left out: it permits, and is not asked here"
NO_WATCH = "left out: it watches, and nothing depends on it"
NO_RECORD = "left out: it describes, and nothing depends on it"
NO_CHAT = "left out: nobody is told here"

PREFIX = "left-out-"
"""How the physical id of each begins."""

LEFT_OUT: Mapping[str, str] = {
    "AWS::AccessAnalyzer::Analyzer": NO_WATCH,
    "AWS::AppSync::DomainName": "left out: no name server answers here; the API answers at its own address",
    "AWS::AppSync::DomainNameApiAssociation": "left out: no name server answers here",
    "AWS::ApplicationAutoScaling::ScalableTarget": "left out: nothing scales here",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "left out: nothing scales here",
    "AWS::ApplicationInsights::Application": NO_WATCH,
    "AWS::ApplicationSignals::ServiceLevelObjective": NO_WATCH,
    "AWS::Backup::BackupSelection": "left out: no recovery point is made here",
    "AWS::Budgets::Budget": "left out: nothing is billed here",
    "AWS::CE::AnomalyMonitor": "left out: nothing is billed here",
    "AWS::CE::AnomalySubscription": "left out: nothing is billed here",
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": NO_CHAT,
    "AWS::Chatbot::SlackChannelConfiguration": NO_CHAT,
    "AWS::CloudFront::MonitoringSubscription": NO_WATCH,
    "AWS::CloudTrail::Trail": "left out: calls are not recorded here",
    "AWS::CloudWatch::Alarm": "left out: metric math is not evaluated here, and the alarm never goes off",
    "AWS::CloudWatch::AnomalyDetector": NO_WATCH,
    "AWS::CloudWatch::CompositeAlarm": "left out: it never goes off here",
    "AWS::CloudWatch::Dashboard": NO_WATCH,
    "AWS::CloudWatch::InsightRule": NO_WATCH,
    "AWS::CodeDeploy::Application": "left out: a new version takes all traffic at once here",
    "AWS::CodeDeploy::DeploymentConfig": "left out: a new version takes all traffic at once here",
    "AWS::CodeDeploy::DeploymentGroup": "left out: a new version takes all traffic at once here",
    "AWS::CodeStarNotifications::NotificationRule": NO_CHAT,
    "AWS::Cognito::LogDeliveryConfiguration": "left out: no service delivers logs here",
    "AWS::Config::ConfigRule": NO_WATCH,
    "AWS::EC2::FlowLog": NO_TRAFFIC,
    "AWS::EC2::SecurityGroupEgress": "left out: there is no network here, and no packet is filtered",
    "AWS::EC2::SecurityGroupIngress": "left out: there is no network here, and no packet is filtered",
    "AWS::EventSchemas::Discoverer": NO_WATCH,
    "AWS::EventSchemas::Registry": NO_RECORD,
    "AWS::EventSchemas::Schema": NO_RECORD,
    "AWS::Events::Archive": "left out: no event is kept here, and none can be replayed",
    "AWS::Events::EventBusPolicy": NO_PERMISSION,
    "AWS::GuardDuty::Detector": NO_WATCH,
    "AWS::InternetMonitor::Monitor": NO_WATCH,
    "AWS::Lambda::CodeSigningConfig": "left out: no signature of code is verified here",
    "AWS::Lambda::LayerVersionPermission": NO_PERMISSION,
    "AWS::Logs::Delivery": "left out: no service delivers logs here",
    "AWS::Logs::DeliveryDestination": "left out: no service delivers logs here",
    "AWS::Logs::DeliverySource": "left out: no service delivers logs here",
    "AWS::Logs::LogAnomalyDetector": NO_WATCH,
    "AWS::Logs::QueryDefinition": NO_WATCH,
    "AWS::Logs::ResourcePolicy": NO_PERMISSION,
    "AWS::Macie::Session": NO_WATCH,
    "AWS::Oam::Link": NO_WATCH,
    "AWS::Oam::Sink": NO_WATCH,
    "AWS::RAM::ResourceShare": "left out: nothing is shared with other accounts here",
    "AWS::RUM::AppMonitor": NO_WATCH,
    "AWS::ResourceGroups::Group": NO_RECORD,
    "AWS::Route53::HealthCheck": "left out: nothing is checked here, and no name server answers",
    "AWS::S3::StorageLens": NO_WATCH,
    "AWS::SNS::TopicInlinePolicy": NO_PERMISSION,
    "AWS::SQS::QueueInlinePolicy": NO_PERMISSION,
    "AWS::SecretsManager::ResourcePolicy": NO_PERMISSION,
    "AWS::SecurityHub::Hub": NO_WATCH,
    "AWS::ServiceCatalogAppRegistry::Application": NO_WATCH,
    "AWS::ServiceCatalogAppRegistry::AttributeGroup": NO_RECORD,
    "AWS::ServiceCatalogAppRegistry::AttributeGroupAssociation": NO_RECORD,
    "AWS::ServiceCatalogAppRegistry::ResourceAssociation": NO_WATCH,
    "AWS::Signer::SigningProfile": "left out: no signature of code is verified here",
    "AWS::Synthetics::Canary": NO_WATCH,
    "AWS::WAFv2::IPSet": "left out: web ACLs are never asked here",
    "AWS::WAFv2::LoggingConfiguration": "left out: web ACLs are never asked here",
    "AWS::WAFv2::RegexPatternSet": "left out: web ACLs are never asked here",
    "AWS::WAFv2::RuleGroup": "left out: web ACLs are never asked here",
    "AWS::WAFv2::WebACLAssociation": "left out: web ACLs are never asked here",
    "AWS::XRay::Group": NO_WATCH,
    "AWS::XRay::ResourcePolicy": NO_PERMISSION,
    "AWS::XRay::SamplingRule": NO_WATCH,
    "AWS::XRay::TransactionSearchConfig": NO_WATCH,
}
"""Resource type, and why it may be left out. One that the local cloud has is made, but for alarms on metric math."""


class Placeholders(dict[str, str]):
    """The attributes of a resource that was left out: each has a placeholder."""

    def __init__(self, type_: str, name: str, arn: str) -> None:
        super().__init__(Arn=arn, Id=name)
        self._type = type_
        self._name = name
        self._arn = arn

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str)

    def __missing__(self, key: str) -> str:
        return self._arn if key.endswith("Arn") else f"{self._name}-{key}"

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - the signature of dict
        """Look one up."""
        return self[key]


def placeholder(type_: str) -> dict[str, Callable[..., Any]]:
    """Return handlers that make nothing.

    Args:
        type_: The resource type.
    """
    service, kind = type_.split("::")[1:3]

    def create(logical_id: str, properties: Mapping[str, Any], stack_name: str) -> tuple[str, dict[str, str]]:
        dict(properties)  # looked at: what is left out is said once, of the whole
        digest = hashlib.sha256(f"{stack_name}/{logical_id}".encode()).hexdigest()[:8]
        name = f"{PREFIX}{logical_id}-{digest}"
        arn = f"arn:aws:{service.lower()}:::{kind.lower()}/{name}"
        return name, Placeholders(type_, name, arn)

    def update(
        physical_id: str, _old: Mapping[str, Any], new: Mapping[str, Any], *_rest: Any
    ) -> tuple[str, dict[str, str]]:
        dict(new)
        return physical_id, Placeholders(
            type_, physical_id, f"arn:aws:{service.lower()}:::{kind.lower()}/{physical_id}"
        )

    def delete(_physical_id: str, _properties: Mapping[str, Any]) -> None:
        return None

    return {"create": create, "update": update, "delete": delete}
