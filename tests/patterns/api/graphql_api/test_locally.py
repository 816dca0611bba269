"""The template, deployed to the local cloud, and operations sent to it as clients do; it asks no directive."""

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cognito as cognito

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.graphql_api import GraphqlApi
from tests.conftest import context


class Client:
    """An editor, who signed in to the pool."""

    def __init__(self, cloud: LocalCloud, deployment: Deployment) -> None:
        self.cloud, self.deployment = cloud, deployment
        pools, pool = cloud.client("cognito-idp"), deployment.physical_id("Portal/Users")
        pools.create_group(GroupName="editors", UserPoolId=pool)
        pools.admin_create_user(UserPoolId=pool, Username="eva")
        pools.admin_set_user_password(UserPoolId=pool, Username="eva", Password="Secret-123456", Permanent=True)
        pools.admin_add_user_to_group(UserPoolId=pool, Username="eva", GroupName="editors")
        self.token = pools.initiate_auth(
            ClientId=deployment.physical_id("Portal/Users/Tests"),
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "eva", "PASSWORD": "Secret-123456"},
        )["AuthenticationResult"]["IdToken"]

    def send(self, query: str, **variables: Any) -> dict[str, Any]:
        api = self.deployment.physical_id("Portal/Api/Api").split("/")[-1]
        request = urllib.request.Request(
            f"{self.cloud.endpoint_url}/v1/apis/{api}/graphql",
            data=json.dumps({"query": query, "variables": variables}).encode(),
            headers={"Content-Type": "application/json", "Authorization": self.token},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.loads(answer.read()))


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Portal")
        pool = cognito.UserPool(stack, "Users")
        pool.add_client("Tests", auth_flows=cognito.AuthFlow(user_password=True))
        GraphqlApi(stack, "Api", user_pool=pool)

    assembly = synthesize(build, context={**context(), "patterns:handler-platform": "local"}, build_assets=True)
    with LocalCloud.start() as cloud:
        yield Client(cloud, cloud.deploy(assembly.directory))


CREATE = "mutation($t: String!) { createDocument(title: $t) { id version status } }"
UPDATE = "mutation($i: ID!, $v: Int!, $t: String!) { updateDocument(id: $i, version: $v, title: $t) { title version } }"
PUBLISH = "mutation($i: ID!) { setStatus(id: $i, version: 1, status: PUBLISHED) { version } }"
LIST = """query($l: Int, $n: String) { documents(status: PUBLISHED, limit: $l, nextToken: $n) {
  items { id title } nextToken } }"""


def test_a_document_is_made_and_changed_once(client: Client) -> None:
    made = client.send(CREATE, t="First")["data"]["createDocument"]
    assert (made["version"], made["status"]) == (1, "DRAFT")
    assert client.send(UPDATE, i=made["id"], v=1, t="Second")["data"]["updateDocument"]["version"] == 2
    late = client.send(UPDATE, i=made["id"], v=1, t="Late")
    assert late["errors"][0]["errorType"] == "Conflict"
    found = client.send("query($i: ID!) { document(id: $i) { title } }", i=made["id"])
    assert found == {"data": {"document": {"title": "Second"}}}


def test_documents_are_listed_by_the_index_page_by_page(client: Client) -> None:
    made = [client.send(CREATE, t=f"No {number}")["data"]["createDocument"]["id"] for number in range(3)]
    for one in made:
        assert "errors" not in client.send(PUBLISH, i=one)
    found, token = [], None
    for _ in range(5):
        page = client.send(LIST, l=2, n=token)["data"]["documents"]
        found += [one["id"] for one in page["items"]]
        token = page["nextToken"]
        if token is None:
            break
    assert sorted(found) == sorted(made)


def test_authors_come_of_the_function(client: Client) -> None:
    assert client.send('mutation { saveProfile(name: "Eva") { name } }') == {"data": {"saveProfile": {"name": "Eva"}}}
    made = client.send(CREATE, t="Written")["data"]["createDocument"]
    answer = client.send("query($i: ID!) { document(id: $i) { author { name } } }", i=made["id"])
    assert answer == {"data": {"document": {"author": {"name": "Eva"}}}}


def test_what_the_schema_has_not_is_refused(client: Client) -> None:
    assert client.send("{ secret }")["errors"]


def test_the_report_says_what_is_not_shown_here(client: Client) -> None:
    said = str(client.deployment.report)
    assert "any token passes" in said


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_printed_call_works_as_it_is_printed(client: Client) -> None:
    [address] = client.deployment.addresses
    done = subprocess.run(address.call, shell=True, capture_output=True, text=True, check=False, timeout=60)
    assert json.loads(done.stdout) == {"data": {"__typename": "Query"}}, done.stderr
