"""Calls that manage APIs of Amazon API Gateway and distributions of Amazon CloudFront."""

from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError
from botocore.session import get_session

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.calls.call import Call, Keys, Need, by_name


def apigateway(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of API Gateway needs: the method and the path that it is sent to.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
    """
    service = _service()
    if call.operation not in service.operation_names:
        yield from by_name("apigateway", call)
        return
    operation = service.operation_model(call.operation)
    path, given = operation.http["requestUri"].partition("?")[0], call.parameters
    for name, shape in operation.input_shape.members.items() if operation.input_shape else ():
        if shape.serialization.get("location") == "uri" and name in given:
            path = path.replace(f"{{{shape.serialization['name']}}}", quote(str(given[name]), safe=""))
    gateway = f"arn:{account.partition}:apigateway:{call.region}::"
    tags = _tags_of_key(account, given["apiKey"]) if "apiKey" in given else {}
    yield f"apigateway:{operation.http['method']}", f"{gateway}{path}", tags
    if given.get("tags") and operation.http["method"] == "POST":
        # What is made with tags has no id yet: it is asked for as "*".
        yield "apigateway:PUT", f"{gateway}/tags/{quote(f'{gateway}{path}/', safe='')}*", {}


@cache
def _service() -> Any:
    return get_session().get_service_model("apigateway")


def _tags_of_key(account: Account, key: str) -> Keys:
    """The condition keys of an API key's tags, as it is in the account."""
    try:
        tags = account.client("apigateway").get_api_key(apiKey=key).get("tags", {})
    except ClientError:
        return {}
    return {f"aws:resourcetag/{name}".lower(): (value,) for name, value in tags.items()}


_OF_DISTRIBUTIONS = {
    "GetDistribution": "Id",
    "GetDistributionConfig": "Id",
    "UpdateDistribution": "Id",
    "CreateInvalidation": "DistributionId",
    "GetInvalidation": "DistributionId",
}


def cloudfront(call: Call, account: Account) -> Iterator[Need]:
    """The permissions that a call of CloudFront needs; who updates a distribution with logs or a web ACL needs those.

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cf-api-permissions-ref.html
    """
    given = call.parameters
    if call.operation not in _OF_DISTRIBUTIONS:
        yield from by_name("cloudfront", call)
        return
    distribution = given[_OF_DISTRIBUTIONS[call.operation]]
    arn = account.arn("cloudfront", f"distribution/{distribution}", regional=False)
    yield f"cloudfront:{call.operation}", arn, {}
    if call.operation != "UpdateDistribution":
        return
    config = given["DistributionConfig"]
    logging = config.get("Logging", {})
    if logging.get("Enabled"):
        bucket = f"arn:{account.partition}:s3:::{logging['Bucket'].partition('.s3.')[0]}"
        for action in ("s3:GetBucketAcl", "s3:PutBucketAcl"):
            yield action, bucket, {}
    if config.get("WebACLId", "").startswith("arn:"):
        yield "wafv2:GetWebACL", config["WebACLId"], {}
