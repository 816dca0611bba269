"""Where AWS's names answer on this machine."""

import pytest

from patternkit.localcloud.addresses import localized

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
