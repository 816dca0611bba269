"""The handler behind the API in a local cloud that enforces IAM, where no request comes by an endpoint."""

import json
from collections.abc import Iterator

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from botocore.credentials import Credentials

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.private_api import PrivateApi
from tests.conftest import context
from tests.patterns.api.api_to_queue.gateway import post

EVERYBODY = {"Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}


@pytest.fixture(scope="module")
def deployed() -> Iterator[tuple[LocalCloud, Deployment]]:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Private")
        PrivateApi(stack, "Api")
        control = PrivateApi(stack, "Open")
        document = control.api.node.default_child
        assert isinstance(document, apigateway.CfnRestApi)
        document.policy = {"Statement": [{**EVERYBODY, "Effect": "Allow"}]}

    settings = {**context(), "patterns:handler-platform": "local"}
    assembly = synthesize(build, context=settings, build_assets=True)
    with LocalCloud.start(enforce_iam=True) as cloud:
        yield cloud, cloud.deploy(assembly.directory)


@pytest.fixture(scope="module")
def administrator(deployed: tuple[LocalCloud, Deployment]) -> Credentials:
    """A user who may do everything. Root, the account itself, is not stopped by policies in the local cloud."""
    iam = deployed[0].client("iam")
    iam.create_user(UserName="administrator")
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_user_policy(UserName="administrator", PolicyName="All", PolicyDocument=json.dumps(everything))
    key = iam.create_access_key(UserName="administrator")["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def test_who_comes_by_no_endpoint_is_denied_even_with_every_permission(
    deployed: tuple[LocalCloud, Deployment], administrator: Credentials
) -> None:
    cloud, deployment = deployed
    api = deployment.physical_id("Private/Api/Front/Api")
    answer = post(cloud, api, b"{}", credentials=administrator, path="orders")
    assert answer.status == 403
    assert "explicit deny in a resource-based policy" in answer.body


def test_who_does_not_sign_is_denied(deployed: tuple[LocalCloud, Deployment]) -> None:
    cloud, deployment = deployed
    answer = post(cloud, deployment.physical_id("Private/Api/Front/Api"), b"{}", sign=False, path="orders")
    assert (answer.status, answer.json["message"]) == (403, "Missing Authentication Token")


def test_it_is_the_policy_that_denies_them(deployed: tuple[LocalCloud, Deployment], administrator: Credentials) -> None:
    cloud, deployment = deployed
    api = deployment.physical_id("Private/Open/Front/Api")
    answer = post(cloud, api, b"{}", credentials=administrator, path="orders")
    assert (answer.status, answer.json["path"]) == (200, "/orders")


def test_the_function_says_by_which_endpoint_a_request_came(deployed: tuple[LocalCloud, Deployment]) -> None:
    cloud, deployment = deployed
    event = {"httpMethod": "GET", "path": "/orders", "requestContext": {"identity": {"vpceId": "vpce-1"}}}
    answer = cloud.client("lambda").invoke(
        FunctionName=deployment.physical_id("Private/Api/Answer/Function"), Payload=json.dumps(event).encode()
    )
    answered = json.loads(json.loads(answer["Payload"].read())["body"])
    assert answered == {"method": "GET", "path": "/orders", "endpoint": "vpce-1"}
