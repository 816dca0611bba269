"""Each step of the rotation, call by call."""

import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.answering import Aws, Refusal, loaded

NOW = "fedcba9876543210" * 2
NEW = "0123456789abcdef" * 2
STAGES: dict[str, list[str]] = {NEW: ["AWSPENDING"], NOW: ["AWSCURRENT"], "odd": [], "old": ["AWSPREVIOUS"]}
SECRET = {"SecretId": "secret"}
VALUES = {NEW: "new key", NOW: "current key"}


@pytest.fixture(scope="module")
def rotation() -> Iterator[ModuleType]:
    settings = {"USAGE_PLAN": "plan", "KEY_NAME": "shop", "DISTRIBUTION": "E1"}
    with loaded("api/edge_cached_api/handler/origin_key", "index", **settings) as module:
        yield module("index")


def value(given: dict[str, Any]) -> dict[str, Any]:
    """The value of the version that is asked for; the current one is known by its stage alone."""
    wanted = {NOW: {**SECRET, "VersionStage": "AWSCURRENT"}, NEW: {**SECRET, "VersionId": NEW}}
    return {"SecretString": next(VALUES[one] for one, asked in wanted.items() if asked == given)}


@pytest.fixture
def rotate(rotation: ModuleType, aws: Aws) -> Callable[..., list[tuple[str, dict[str, Any]]]]:
    aws.answers |= {"DescribeSecret": {"VersionIdsToStages": STAGES}, "GetSecretValue": value}

    def step(name: str, version: str = NEW) -> list[tuple[str, dict[str, Any]]]:
        assert rotation.handler({"Step": name, "SecretId": "secret", "ClientRequestToken": version}, None) is None
        assert aws.calls[0] == ("DescribeSecret", SECRET)
        return [one for one in aws.called()[1:] if one[1] not in ({**SECRET, "VersionId": NEW}, CURRENT)]

    return step


CURRENT = {**SECRET, "VersionStage": "AWSCURRENT"}
PENDING = {**SECRET, "VersionId": NEW, "VersionStage": "AWSPENDING"}
PUT = {**SECRET, "ClientRequestToken": NEW, "VersionStages": ["AWSPENDING"]}
TAKEN = ("GetUsagePlanKeys", {"usagePlanId": "plan", "limit": 500})


@pytest.mark.parametrize(
    ("step", "version", "refused"),
    [
        ("createSecret", "none", "version none is none of the secret's"),
        ("createSecret", "odd", "version odd is not pending"),
        ("setSecret", "old", "version old is not pending"),
        (
            "create",
            NEW,
            "step must be one of createSecret, setSecret, testSecret, finishSecret, got 'create'",
        ),
    ],
)
def test_what_is_no_step_of_a_rotation_is_refused(
    rotate: Callable[..., Any], aws: Aws, step: str, version: str, refused: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
        rotate(step, version)
    assert aws.calls == [("DescribeSecret", SECRET)]


@pytest.mark.parametrize("step", ["createSecret", "setSecret", "testSecret", "finishSecret", "any"])
def test_a_version_that_is_current_has_been_through_all_steps(rotate: Callable[..., Any], step: str) -> None:
    assert rotate(step, NOW) == []


@pytest.mark.parametrize("found", [Refusal("ResourceNotFoundException"), {}, {"SecretString": ""}])
def test_a_key_is_made_once(rotate: Callable[..., Any], aws: Aws, found: Any) -> None:
    aws.answers["GetSecretValue"] = found
    asked, (operation, put) = rotate("createSecret")
    assert (asked, operation) == (("GetSecretValue", PENDING), "PutSecretValue")
    key = put.pop("SecretString")
    assert put == PUT
    # 256 bits.
    assert re.fullmatch("[0-9a-f]{64}", key)
    rotate("createSecret")
    aws.answers["GetSecretValue"] = {"SecretString": key}
    assert rotate("createSecret") == [("GetSecretValue", PENDING)]


def test_no_two_keys_are_alike(rotate: Callable[..., Any], aws: Aws) -> None:
    aws.answers["GetSecretValue"] = {}
    assert len({rotate("createSecret")[1][1]["SecretString"] for _ in range(3)}) == 3


def test_what_keeps_a_key_from_being_read_is_no_reason_to_make_another(rotate: Callable[..., Any], aws: Aws) -> None:
    aws.answers["GetSecretValue"] = Refusal("InternalServiceError")
    with pytest.raises(ClientError, match="InternalServiceError"):
        rotate("createSecret")
    assert not aws.named("PutSecretValue")


def keys(*named: tuple[str, str, str]) -> dict[str, Any]:
    return {"items": [{"id": one, "name": name, "value": key} for one, name, key in named]}


MADE = ("CreateApiKey", {"name": f"shop-{NEW}", "value": "new key", "enabled": True, "tags": {"RotatedFor": "shop"}})


@pytest.mark.parametrize(
    ("taken", "done"),
    [
        (keys(("k0", "shop-new", "new key"), ("k1", "shop-now", "current key")), []),
        (
            keys(("k2", "shop-older", "older"), ("k1", "shop-now", "current key"), ("k0", "shop-new", "new key")),
            [("DeleteUsagePlanKey", {"usagePlanId": "plan", "keyId": "k2"}), ("DeleteApiKey", {"apiKey": "k2"})],
        ),
        # The stack's own, and one of a stack that is called alike, are nobody's to delete.
        (
            keys(("k1", "first", "older"), ("k2", "shopping", "other"), ("k3", "shop-3", "3"), ("k0", "", "new key")),
            [
                ("DeleteUsagePlanKey", {"usagePlanId": "plan", "keyId": "k1"}),
                ("DeleteUsagePlanKey", {"usagePlanId": "plan", "keyId": "k2"}),
                ("DeleteUsagePlanKey", {"usagePlanId": "plan", "keyId": "k3"}),
                ("DeleteApiKey", {"apiKey": "k3"}),
            ],
        ),
        (
            keys(("k1", "shop-now", "current key")),
            [MADE, ("CreateUsagePlanKey", {"usagePlanId": "plan", "keyId": "made", "keyType": "API_KEY"})],
        ),
    ],
)
def test_the_api_takes_the_new_key_and_the_current_one(
    rotate: Callable[..., Any], aws: Aws, taken: dict[str, Any], done: list[Any]
) -> None:
    aws.answers |= {"GetUsagePlanKeys": taken, "CreateApiKey": {"id": "made"}}
    assert rotate("setSecret") == [TAKEN, *done]


def test_a_key_that_gets_into_no_plan_is_deleted_for_the_next_try(rotate: Callable[..., Any], aws: Aws) -> None:
    refused = Refusal("TooManyRequestsException")
    aws.answers |= {"GetUsagePlanKeys": keys(), "CreateApiKey": {"id": "made"}, "CreateUsagePlanKey": refused}
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        rotate("setSecret")
    assert aws.calls[-1] == ("DeleteApiKey", {"apiKey": "made"})


def test_a_key_that_the_api_does_not_take_is_not_good(rotate: Callable[..., Any], aws: Aws) -> None:
    aws.answers["GetUsagePlanKeys"] = keys(("k1", "shop-now", "current key"), ("k0", "shop-new", "new key"))
    assert rotate("testSecret") == [TAKEN]
    aws.answers["GetUsagePlanKeys"] = keys(("k1", "shop-now", "current key"))
    with pytest.raises(ValueError, match=f"^the API does not take the key of version {NEW}$"):
        rotate("testSecret")


def origins(*headers: dict[str, str] | None) -> dict[str, Any]:
    """A distribution with an origin for each set of headers; None: an origin that has none."""
    items: list[dict[str, Any]] = [{"Id": "none"}, {"Id": "empty", "CustomHeaders": {"Quantity": 0}}]
    for one in headers:
        said = [{"HeaderName": name, "HeaderValue": key} for name, key in (one or {}).items()]
        items.append({"Id": "api", "CustomHeaders": {"Quantity": len(said), "Items": said}})
    return {
        "CallerReference": "1",
        "Comment": "a",
        "Enabled": True,
        "DefaultCacheBehavior": {"TargetOriginId": "api", "ViewerProtocolPolicy": "https-only"},
        "Origins": {"Quantity": len(items), "Items": [{"DomainName": "api.example.com", **one} for one in items]},
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (origins({"X-Api-Key": "current key", "x-other": "a"}), origins({"X-Api-Key": "new key", "x-other": "a"})),
        (
            origins({"x-api-key": "1"}, {"X-API-KEY": "new key"}),
            origins({"x-api-key": "new key"}, {"X-API-KEY": "new key"}),
        ),
        (origins({"x-api-key": "new key"}), None),
    ],
)
def test_cloudfront_sends_the_new_key_before_it_is_the_current_one(
    rotate: Callable[..., Any], aws: Aws, before: dict[str, Any], after: dict[str, Any] | None
) -> None:
    aws.answers["GetDistributionConfig"] = {"ETag": "tag", "DistributionConfig": before}
    moved = {**SECRET, "VersionStage": "AWSCURRENT", "MoveToVersionId": NEW, "RemoveFromVersionId": NOW}
    updated = ("UpdateDistribution", {"Id": "E1", "IfMatch": "tag", "DistributionConfig": after})
    assert rotate("finishSecret") == [
        ("GetDistributionConfig", {"Id": "E1"}),
        *([updated] if after else []),
        ("DescribeSecret", SECRET),
        ("UpdateSecretVersionStage", moved),
    ]


@pytest.mark.parametrize("found", [origins(), origins(None), origins({"x-other": "a"})])
def test_a_distribution_that_sends_no_key_is_not_taken_for_one_that_sends_the_new_one(
    rotate: Callable[..., Any], aws: Aws, found: dict[str, Any]
) -> None:
    aws.answers["GetDistributionConfig"] = {"ETag": "tag", "DistributionConfig": found}
    with pytest.raises(ValueError, match=r"^distribution E1 sends no header x-api-key$"):
        rotate("finishSecret")
    assert not aws.named("UpdateSecretVersionStage")
