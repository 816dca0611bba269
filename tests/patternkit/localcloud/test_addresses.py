"""Where AWS's names answer on this machine."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway

from patternkit.localcloud import LocalCloud
from patternkit.localcloud.addresses import Caller, addresses, localized
from patternkit.localcloud.report import Provisioned, Resource
from tests.patternkit.localcloud import apps

HERE = "http://127.0.0.1:4000"


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("https://rest1.execute-api.eu-west-1.amazonaws.com/live/", "/restapis/rest1/live/_user_request_/"),
        ("https://rest1-vpce-0a1b.execute-api.eu-west-1.amazonaws.com/live/", "/restapis/rest1/live/_user_request_/"),
        ("https://http1.execute-api.eu-west-1.amazonaws.com", "/_aws/execute-api/http1/"),
        ("https://url1.lambda-url.eu-west-1.on.aws/", "/_aws/lambda-url/url1/"),
        ("https://graph1.appsync-api.eu-west-1.amazonaws.com/graphql", "/v1/apis/graph1/graphql"),
    ],
)
def test_a_name_of_aws_leads_here(name: str, here: str) -> None:
    assert localized(name, HERE, ["rest1"]) == HERE + here


class RestApi:
    """A service that knows one API."""

    def __init__(self, **methods: dict[str, Any]) -> None:
        self._methods = methods

    def get_resources(self, **_: Any) -> dict[str, Any]:
        return {"items": [{"path": f"/{name}", "resourceMethods": {"GET": one}} for name, one in self._methods.items()]}

    def get_api_keys(self, **_: Any) -> dict[str, Any]:
        return {"items": [{"value": "the-key"}]}


def test_a_rest_api_has_a_call_for_each_way_in_with_all_that_a_request_needs() -> None:
    asked = {"method.request.querystring.q": True, "method.request.header.X-Id": True, "method.request.path.id": True}
    api = RestApi(
        open={"requestParameters": {**asked, "method.request.querystring.page": False}},
        keyed={"apiKeyRequired": True},
        another={"authorizationType": "NONE"},
    )
    stage = Resource(
        "Stage", "live", "AWS::ApiGateway::Stage", Provisioned({"RestApiId": "a", "StageName": "live"}, frozenset())
    )
    found = addresses([stage], lambda _: api, Caller(HERE, "eu-west-1", Path("key"), None))
    base = f"{HERE}/restapis/a/live/_user_request_"
    assert [one.call for one in found] == [
        f"curl -H 'X-Id: 1' '{base}/open?q=1'",
        f"curl -H 'x-api-key: the-key' {base}/keyed",
    ]


class TwoApis(cdk.Stack):
    """Two APIs whose stages have one name, by which CloudFormation knows them."""

    def __init__(self, scope: cdk.App) -> None:
        super().__init__(scope, "TwoApis")
        for name, path in (("Orders", "orders"), ("Billing", "bills")):
            api = apigateway.RestApi(
                self, name, cloud_watch_role=False, deploy_options=apigateway.StageOptions(stage_name="live")
            )
            api.root.add_resource(path).add_method("GET", apigateway.MockIntegration())


def test_each_of_two_apis_with_stages_of_one_name_is_called_by_its_own_id(cloud: LocalCloud, tmp_path: Path) -> None:
    deployment = cloud.deploy(apps.synthesize(tmp_path, TwoApis))
    calls = {one.logical_id[:6]: one.call for one in deployment.addresses}
    apis = {
        one.logical_id[:6]: one.physical_id for one in deployment.resources if one.type == "AWS::ApiGateway::RestApi"
    }
    assert f"/{apis['Orders']}/live/_user_request_/orders" in calls["Orders"]
    assert f"/{apis['Billin']}/live/_user_request_/bills" in calls["Billin"]
    # What was written down when they were made is found again by an update.
    assert cloud.deploy(tmp_path).addresses == deployment.addresses
    deployment.destroy()
