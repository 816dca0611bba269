from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from constructs import Construct

from tests.refusals import Refusal


def private(scope: Construct) -> dict[str, Any]:
    zone = route53.PrivateHostedZone(scope, "Zone", zone_name="example.com", vpc=ec2.Vpc(scope, "Vpc"))
    return {"zone_name": "example.com", "hosted_zone": zone}


def other(scope: Construct) -> dict[str, Any]:
    zone = route53.PublicHostedZone(scope, "Zone", zone_name="example.org")
    return {"zone_name": "example.com", "hosted_zone": zone}


def imported(scope: Construct) -> dict[str, Any]:
    arn = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    return {"zone_name": "example.com", "key": kms.Key.from_key_arn(scope, "Key", arn)}


REFUSALS = [
    Refusal("hosted_zone must be public, got Test/Given0/Zone: private zones cannot be signed", private),
    Refusal("hosted_zone must be of example.com, got one of example.org", other),
    Refusal(
        "key must be ECC_NIST_P256 to SIGN_VERIFY, got SYMMETRIC_DEFAULT to ENCRYPT_DECRYPT",
        lambda scope: {"zone_name": "example.com", "key": kms.Key(scope, "Key")},
    ),
    Refusal("key must be in us-east-1, got one in eu-west-1", imported),
    Refusal(
        "key_name must be 3 to 128 letters, digits and underscores, got 'key-1'",
        lambda _: {"zone_name": "example.com", "key_name": "key-1"},
    ),
]
