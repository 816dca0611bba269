"""The rotation's role allows what each of its steps does, and no more; it deletes no API key but its own."""

import copy
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from botocore import xform_name
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from patternkit.testing.permissions import Account, PermissionProof, prove
from tests.conftest import ROOT, example

CODE = ROOT / "patterns" / "api" / "edge_cached_api" / "handler"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


class Gateway:
    """API Gateway and CloudFront, which the process has not got: the keys of a plan, and a distribution."""

    def __init__(self, *, older_is_of: str | None = None) -> None:
        self.keys: dict[str, dict[str, Any]] = {}
        self.planned: set[str] = set()
        self.older_is_of, self.logs, self.throttled = older_is_of, "", True

    def answer(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        return dict(getattr(self, xform_name(operation))(given))

    def create_api_key(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["value"] in [one["value"] for one in self.keys.values()]:
            raise ClientError({"Error": {"Code": "ConflictException", "Message": "API Key already exists"}}, "Create")
        made = {"id": f"key{len(self.keys)}", **given}
        self.keys[made["id"]] = made
        return made

    def create_usage_plan_key(self, given: dict[str, Any]) -> dict[str, Any]:
        if self.throttled:
            self.throttled = False
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "slow"}}, "CreateUsagePlanKey")
        # Amazon API Gateway knows no other.
        assert given["keyType"] == "API_KEY"
        self.planned.add(given["keyId"])
        return {}

    def delete_usage_plan_key(self, given: dict[str, Any]) -> dict[str, Any]:
        self.planned.remove(given["keyId"])
        return {}

    def delete_api_key(self, given: dict[str, Any]) -> dict[str, Any]:
        del self.keys[given["apiKey"]]
        return {}

    def get_api_key(self, given: dict[str, Any]) -> dict[str, Any]:
        return self.keys[given["apiKey"]]

    def get_usage_plan_keys(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"items": [self.keys[one] for one in sorted(self.planned)]}

    def get_distribution_config(self, _: dict[str, Any]) -> dict[str, Any]:
        header = {"HeaderName": "X-API-Key", "HeaderValue": "old"}
        return {
            "ETag": "1",
            "DistributionConfig": {
                "CallerReference": "1",
                "Comment": "",
                "Enabled": True,
                "DefaultCacheBehavior": {"TargetOriginId": "api", "ViewerProtocolPolicy": "https-only"},
                "Origins": {
                    "Quantity": 1,
                    "Items": [
                        {"Id": "api", "DomainName": "api", "CustomHeaders": {"Quantity": 1, "Items": [header]}},
                    ],
                },
                "Logging": {"Enabled": True, "IncludeCookies": False, "Bucket": self.logs, "Prefix": ""},
            },
        }

    def update_distribution(self, _: dict[str, Any]) -> dict[str, Any]:
        return {}


def proof(gateway: Gateway, *, without: str = "") -> PermissionProof:
    template = copy.deepcopy(dict(example("edge-cached-api", "agnostic").template))
    for one in template["Resources"].values():
        if one["Type"] == "AWS::IAM::Policy":
            document = one["Properties"]["PolicyDocument"]
            document["Statement"] = [each for each in document["Statement"] if without not in str(each) or not without]
    original = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, given: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name in ("apigateway", "cloudfront"):
            return gateway.answer(operation, given)
        return original(client, operation, given)

    with patch.object(BaseClient, "_make_api_call", call):
        return prove(
            template,
            function="EdgeCachedApi/OriginKey/Rotate/Function",
            code=CODE,
            events=lambda account: rotation(account, gateway),
            raises=(ClientError, ValueError),
            existing={"arn:aws:apigateway:*::/apikeys*": {}, "arn:aws:apigateway:*::/tags/*": {}},
        )


def rotation(account: Account, gateway: Gateway) -> Iterator[dict[str, Any]]:
    [secret] = [one.ref for one in account.made("AWS::SecretsManager::Secret")]
    [bucket] = [one.ref for one in account.made("AWS::S3::Bucket")]
    gateway.logs = f"{bucket}.s3.amazonaws.com"
    [function] = [one for _, one, each in account.resources() if "Rotate" in one and each["Type"].endswith("Function")]
    variables = account.resolve(0, account.templates[0]["Resources"][function]["Properties"])["Environment"][
        "Variables"
    ]
    # One of an earlier rotation, which is neither the new one nor the current one.
    tags = {"RotatedFor": gateway.older_is_of or variables["KEY_NAME"]}
    gateway.keys["old"] = {"id": "old", "name": f"{variables['KEY_NAME']}-1", "value": "older", "tags": tags}
    gateway.planned.add("old")
    client, version = account.client("secretsmanager"), "0" * 32
    client.put_secret_value(SecretId=secret, ClientRequestToken=version, SecretString="x", VersionStages=["AWSPENDING"])
    _empty(account, secret, version)
    for step in STEPS:
        # A step that fails comes again: the first time, the key does not get into the plan.
        for _ in range(2 if step == "setSecret" else 1):
            yield {"Step": step, "SecretId": secret, "ClientRequestToken": version}


def _empty(account: Account, secret: str, version: str) -> None:
    """A pending version has no value until the first step makes one."""
    from moto.secretsmanager.models import secretsmanager_backends

    found = secretsmanager_backends[account.id][account.region].secrets[secret]
    found.versions[version]["secret_string"] = ""


def test_the_role_allows_what_is_done_and_no_more() -> None:
    gateway = Gateway()
    found = proof(gateway)
    assert not found.denied, found.report()
    assert not found.unused, found.report()
    assert not found.redundant
    [made] = gateway.keys.values()
    assert gateway.planned == {made["id"]}, "the older key is gone, and a key that got into no plan was made anew"


def test_a_key_of_another_rotation_is_not_deleted() -> None:
    gateway = Gateway(older_is_of="another")
    found = proof(gateway)
    assert {one.request.action for one in found.denied} == {"apigateway:DELETE"}, found.report()
    assert "old" in gateway.keys


def test_who_may_not_look_after_the_logs_acl_may_not_update_the_distribution() -> None:
    found = proof(Gateway(), without="s3:PutBucketAcl")
    assert {one.request.action for one in found.denied} == {"s3:GetBucketAcl", "s3:PutBucketAcl"}, found.report()
