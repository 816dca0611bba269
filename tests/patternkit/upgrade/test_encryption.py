"""Which names are about encryption, which values encrypt better than others, and how it is told."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from patternkit.upgrade import Kind, compare
from tests.patternkit.upgrade.lines import lines, lines_of, resource

KEY, CHOICE = {"Fn::GetAtt": ["Key", "Arn"]}, {"Ref": "Choice"}


def told(name: str, was: Any, now: Any) -> bool:
    """Whether anything is said of a property of a type that nobody knows."""
    old, new = (resource("Shop::Till", **{name: one}) for one in (was, now))
    found = compare({"Resources": {"It": old}}, {"Resources": {"It": new}})
    assert {(one.kind, one.logical_id, one.dangerous) for one in found} <= {(Kind.ENCRYPTION, "It", True)}
    return bool(found)


@pytest.mark.parametrize(
    "name",
    [
        "Encrypt",
        "StorageEncrypted",
        "Encryption",
        "SSEEnabled",
        "RequireTLS",
        "RequireSSL",
        "EnforceHTTPS",
        "MTLS",
        "DNSSECEnabled",
        "HttpsEnabled",
    ],
)
def test_a_name_that_is_about_encryption(name: str) -> None:
    for off in (False, "false", "False", None):
        for on in (True, "true", "True"):
            assert told(name, on, off)
            assert not told(name, off, on)
            assert told(name, on, CHOICE)
        assert not told(name, off, CHOICE)
    assert not told(name, True, "true")


@pytest.mark.parametrize("name", ["DisableEncryption", "EncryptionDisabled", "InsecureTLS", "RemoveEncryption"])
def test_a_name_that_says_the_opposite(name: str) -> None:
    for off in (True, "true", "True"):
        assert told(name, None, off)
        assert told(name, False, off)
        assert not told(name, off, False)
    assert told(name, False, CHOICE)
    assert not told(name, None, False)


@pytest.mark.parametrize(
    "name",
    [
        "EnableTLSSessionHolding",
        "EncryptedLogGroupStrategy",
        "EncryptionConflictResolutionStrategy",
        "FieldLevelEncryptionId",
        "RotateEncryptionKey",
        "SslSupportMethod",
        "TLSInspectionConfigurationName",
        "TlsPolicyName",
        "EncryptionRoleArn",
        "TlsCertificateId",
        "EncryptionName",
        "EncryptionRole",
        "SslPassword",
        "TlsCertificate",
        "EncryptionContext",
        "KmsKeyType",
        "KmsKeyRole",
        "KmsKeyProvider",
        "KmsKeyAlias",
        "RotateKmsKey",
        "Colour",
        "TtlSpecification",
    ],
)
def test_a_name_that_encrypts_nothing(name: str) -> None:
    assert not told(name, "something", None)
    assert not told(name, True, None)


@pytest.mark.parametrize(
    "off",
    [
        "NONE",
        "disabled",
        "DISABLE",
        "OFF",
        "Suspended",
        "PLAINTEXT",
        "TLS_PLAINTEXT",
        "NoEncryption",
        "STANDARD",
        "optional",
        "Allowed",
        "allow",
        "preferred",
        "",
        [],
        {},
        False,
    ],
)
def test_a_value_that_encrypts_nothing(off: Any) -> None:
    if off != "":
        assert told("EncryptionMode", "AES256", off)
        assert not told("EncryptionMode", off, "AES256")
    assert not told("EncryptionMode", None, "AES256")


@pytest.mark.parametrize(
    "from_worst_to_best",
    [
        *(
            ["AES256", kms, dsse]
            for kms in ("KMS", "aws:kms", "SSE-KMS", "sse_kms", "CSE-KMS")
            for dsse in ["aws:kms:dsse"]
        ),
        ["AES256", "aws:kms", "KMS_DSSE"],
        ["require", "verify-ca", "verify-full"],
        ["some", "fips"],
    ],
)
def test_values_have_an_order(from_worst_to_best: list[str]) -> None:
    for worse, better in pairwise(from_worst_to_best):
        assert told("EncryptionMode", better, worse)
        assert not told("EncryptionMode", worse, better)


@pytest.mark.parametrize("name", ["Protocol", "ViewerProtocolPolicy", "OriginProtocolPolicy", "ProtocolPolicy"])
def test_protocols_have_an_order(name: str) -> None:
    for worse, better in pairwise(["http-only", "match-viewer", "redirect-to-https", "https-only"]):
        assert told(name, better, worse)
        assert not told(name, worse, better)
    for encrypted in ("HTTPS", "TLS", "ssl", "wss", "https-only"):
        for plain in ("HTTP", "TCP", "udp", "TCP_UDP", "ws", "allow-all", None, CHOICE):
            assert told(name, encrypted, plain)
            assert not told(name, plain, encrypted)
        assert not told(name, encrypted, "TLS")
    assert not told(name, "TCP", "HTTP")


@pytest.mark.parametrize(
    "name",
    ["MinimumProtocolVersion", "SecurityPolicy", "SecurityPolicyName", "SslPolicy", "TLSSecurityPolicy", "TlsPolicy"],
)
def test_policies_take_a_lowest_version(name: str) -> None:
    order = ["TLSv1.0_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.3_2021"]
    for worse, better in pairwise([*order, "TLSv1.3_2025"]):
        assert told(name, better, worse)
        assert not told(name, worse, better)
    assert told(name, "TLSv1.2_2021", None)
    assert told(name, "TLSv1.2_2021", CHOICE)
    assert not told(name, "optional", CHOICE)
    for required in ("REQUIRE", "Required"):
        assert told(name, required, "Optional")
        assert not told(name, "Optional", required)
        assert told(name, required, None)
        assert told(name, required, {"Ref": "AWS::NoValue"})


def test_of_several_versions_a_policy_takes_the_lowest() -> None:
    assert told("SslPolicy", "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-1-2021-06")
    assert told("SslPolicy", "ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS13-1-2-2021-06")
    assert not told("SslPolicy", "ELBSecurityPolicy-2015-05", "ELBSecurityPolicy-2016-08")
    assert told("SslPolicy", "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-2016-07")
    # Of two that take the same version the newer one is better, however much newer.
    assert told("SslPolicy", "Policy-1-2-2019-07", "Policy-1-1-2029-07")


@pytest.mark.parametrize(
    "name",
    [
        "KmsKeyId",
        "KMSMasterKeyID",
        "KmsKeyArn",
        "KmsArn",
        "KmsIdentifier",
        "KMSKey",
        "EncryptionKey",
        "CustomerManagedKey",
        "CustomerManagedKeyArn",
        "KmsId",
    ],
)
def test_a_key_of_the_customers(name: str) -> None:
    nothing: tuple[Any, ...] = (None, "", [], {})
    for none in nothing:
        assert told(name, KEY, none)
        assert not told(name, none, KEY)
    for of_the_service in ("alias/aws/sqs", "arn:aws:kms:eu-west-1:1:alias/aws/sqs", "AWS_OWNED_KMS_KEY"):
        assert told(name, KEY, of_the_service)
        assert told(name, of_the_service, None)
        assert not told(name, of_the_service, KEY)
    # Which key it is, nobody can say; that it is one, everybody.
    for other in ("alias/mine", {"Ref": "Other"}, "MY_AWS_OWNED"):
        assert not told(name, KEY, other)


def test_what_stands_within_something_that_encrypts() -> None:
    for name in ("Enabled", "Status", "State"):
        assert lines_of("Shop::Till", {"Encryption": {name: "ENABLED"}}, {"Encryption": {name: "DISABLED"}}) == [
            f"danger: encryption: It: Encryption.{name} was ENABLED and is DISABLED"
        ]
        assert not lines_of("Shop::Till", {"Till": {name: "ENABLED"}}, {"Till": {name: "DISABLED"}})
    assert not lines_of("Shop::Till", {"Encryption": {"Size": 2}}, {"Encryption": {"Size": 1}})


def test_it_is_told_whole() -> None:
    assert lines_of("EFS::FileSystem", {"Encrypted": True}, {"Encrypted": CHOICE}) == [
        "danger: encryption: It: Encrypted was true and is Choice, which is not known before deployment"
    ]
    assert lines_of("EFS::FileSystem", {"Encrypted": True}, {}) == [
        "danger: encryption: It: Encrypted was true and is not set"
    ]


ROTATED = "danger: encryption: It: EnableKeyRotation was true and is not: the key stays the same"
DISABLED = "danger: encryption: It: Enabled is false: nothing that the key encrypted can be read"


def test_keys() -> None:
    for on in (True, "true", "True"):
        for off in (False, "false", None, CHOICE):
            assert lines_of("KMS::Key", {"EnableKeyRotation": on}, {"EnableKeyRotation": off}) == [ROTATED]
            assert not lines_of("KMS::Key", {"EnableKeyRotation": off}, {"EnableKeyRotation": on})
    for off in (False, "false", "False"):
        for enabled in (True, "true", CHOICE):
            assert lines_of("KMS::Key", {"Enabled": enabled}, {"Enabled": off}) == [DISABLED]
            assert not lines_of("KMS::Key", {"Enabled": off}, {"Enabled": enabled})
        assert lines_of("KMS::Key", {}, {"Enabled": off}) == [DISABLED]
        assert not lines_of("KMS::Key", {"Enabled": off}, {"Enabled": False})
    assert not lines_of("Shop::Till", {"EnableKeyRotation": True, "Enabled": True}, {"Enabled": False})


def test_another_type_under_the_same_name_is_not_compared() -> None:
    old, new = resource("EFS::FileSystem", Encrypted=True), resource("Shop::Till", Encrypted=False)
    assert not [one for one in lines({"It": old}, {"It": new}) if "encryption" in one]
    bare = {"Type": "AWS::EFS::FileSystem", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    found = lines({"It": resource("EFS::FileSystem", Encrypted=True)}, {"It": bare})
    assert "danger: encryption: It: Encrypted was true and is not set" in found
    key = {**bare, "Type": "AWS::KMS::Key"}
    assert lines({"It": resource("KMS::Key", EnableKeyRotation=True)}, {"It": key}) == [ROTATED]
    assert not lines({"It": key}, {"It": key})
