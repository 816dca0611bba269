"""A public zone, its key-signing key in AWS KMS, and alarms on both."""

from typing import Annotated

from aws_cdk import Aws, Duration, RemovalPolicy, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.domain_name import HostName
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked

_REGION = "us-east-1"
_SERVICE = "dnssec-route53.amazonaws.com"
KeyName = Annotated[str, Matches(r"[A-Za-z0-9_]{3,128}", "3 to 128 letters, digits and underscores")]


class SignedZone(Construct):
    """Sign a public zone, and be told as soon as its signatures are at risk.

    Args:
        scope: Parent construct. Its stack belongs in us-east-1, where Route 53 uses keys and has its metrics.
        construct_id: Construct id.
        zone_name: The domain name of the zone.
        hosted_zone: An existing public zone of this account and that name. Default: a new one, which is retained.
        key: An existing key of this account in us-east-1: ECC_NIST_P256, to sign and verify, whose policy lets
            Route 53 use it. Default: a new one, which is retained.
        key_name: The name of the key-signing key. Default: "key_1".
        signing: Whether the zone is signed. Before it is switched off, the DS record must be out of the zone above, and
            its TTL must be over; the key-signing key stays as it is. Default: yes.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        zone (route53.IHostedZone): The zone.
        key (kms.IKey): The key.
        key_signing_key (route53.CfnKeySigningKey): What Route 53 makes of it.
        ds_command (str): The command that says the DS record for the zone above, once the zone is signed.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-enable-signing.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone_name: Annotated[HostName, Known("the zone")],
        hosted_zone: route53.IHostedZone | None = None,
        key: kms.IKey | None = None,
        key_name: KeyName = "key_1",
        signing: bool = True,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        _check(scope, zone_name, hosted_zone, key)
        super().__init__(scope, construct_id)
        self.zone = hosted_zone or self._zone(zone_name)
        self.key = key or self._key()
        self.key_signing_key = route53.CfnKeySigningKey(
            self,
            "KeySigningKey",
            hosted_zone_id=self.zone.hosted_zone_id,
            key_management_service_arn=self.key.key_arn,
            name=key_name,
            # Also while the zone is not signed: CloudFormation would make it inactive before it ends the signing, and
            # Route 53 refuses that of the one key of a zone that is signed.
            status="ACTIVE",
        )
        # Deleted with the stack, the zone's signing goes before its key.
        self.key_signing_key.node.add_dependency(self.key)
        if signing:
            signed = route53.CfnDNSSEC(self, "Signing", hosted_zone_id=self.zone.hosted_zone_id)
            signed.node.add_dependency(self.key_signing_key)
        self.ds_command = f"aws route53 get-dnssec --hosted-zone-id {self.zone.hosted_zone_id}"
        settings = Settings(alarm_topic=alarm_topic)
        self.alarms: list[cloudwatch.Alarm] = [
            settings.alarm(
                self,
                name,
                metric=self._metric(metric),
                description=description,
                # A few data points a day: between them the alarm stays as the last one left it.
                missing_data=cloudwatch.TreatMissingData.IGNORE,
            )
            for name, metric, description in (
                (
                    "InternalFailure",
                    "DNSSECInternalFailure",
                    "Route 53 cannot sign the zone: validating resolvers will answer nothing of it.",
                ),
                (
                    "KeyNeedsAction",
                    "DNSSECKeySigningKeysNeedingAction",
                    "Route 53 cannot use the key-signing key: read the key's policy and state in AWS KMS.",
                ),
            )
        ]

    def _zone(self, name: str) -> route53.PublicHostedZone:
        zone = route53.PublicHostedZone(self, "Zone", zone_name=name)
        zone.apply_removal_policy(RemovalPolicy.RETAIN)
        return zone

    def _key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            description=f"Signs the zone {self.zone.zone_name}",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            # Scheduled for deletion, it would take the zone off the internet.
            removal_policy=RemovalPolicy.RETAIN,
        )
        # Not the zone's own ARN: whoever has the account's zones signs them with its keys.
        of_this_account = {
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:route53:::hostedzone/*"},
        }
        route_53 = iam.ServicePrincipal(_SERVICE)
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Route53Signs",
                principals=[route_53],
                actions=["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
                resources=["*"],
                conditions=of_this_account,
            )
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Route53Grants",
                principals=[route_53],
                actions=["kms:CreateGrant"],
                resources=["*"],
                conditions={**of_this_account, "Bool": {"kms:GrantIsForAWSResource": "true"}},
            )
        )
        return key

    def _metric(self, name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/Route53",
            metric_name=name,
            dimensions_map={"HostedZoneId": self.zone.hosted_zone_id},
            statistic="Sum",
            period=Duration.minutes(5),
        )


def _check(scope: Construct, zone_name: str, zone: route53.IHostedZone | None, key: kms.IKey | None) -> None:
    region = Stack.of(scope).region
    if not Token.is_unresolved(region) and region != _REGION:
        raise ValueError(f"zone_name must be signed in {_REGION}, where Route 53 uses keys, got a stack in {region}")
    if isinstance(zone, route53.PrivateHostedZone):
        raise ValueError(f"hosted_zone must be public, got {zone.node.path}: private zones cannot be signed")
    if zone is not None and not Token.is_unresolved(zone.zone_name):
        given = zone.zone_name.rstrip(".")
        if given.lower() != zone_name.lower():
            raise ValueError(f"hosted_zone must be of {zone_name}, got one of {given}")
    resource = key.node.default_child if key is not None else None
    if isinstance(resource, kms.CfnKey):
        kind = (resource.key_spec or "SYMMETRIC_DEFAULT", resource.key_usage or "ENCRYPT_DECRYPT")
        if kind != ("ECC_NIST_P256", "SIGN_VERIFY"):
            raise ValueError(f"key must be ECC_NIST_P256 to SIGN_VERIFY, got {kind[0]} to {kind[1]}")
    elif key is not None and not Token.is_unresolved(key.key_arn) and key.key_arn.split(":")[3] != _REGION:
        raise ValueError(f"key must be in {_REGION}, got one in {key.key_arn.split(':')[3]}")
