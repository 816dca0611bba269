"""Who holds no secret of the run gets nothing but what a template makes public: neither a page nor another user."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.localcloud.inside.gate import OWN_HOST
from tests.patternkit.localcloud import apps

CALLER = """
import json, os, boto3
def handler(event, context):
    who = boto3.client("sts").get_caller_identity()["Arn"]
    buckets = len(boto3.client("s3").list_buckets()["Buckets"])
    return {"statusCode": 200, "body": json.dumps({"who": who, "buckets": buckets})}
"""
FORM, TEXT = "application/x-www-form-urlencoded", "text/plain;charset=UTF-8"
EVIL = "https://evil.example"


class Open(cdk.Stack):
    """What a template makes public, each beside its like that is not."""

    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Open")
        caller = apps.function(self, "Caller", code=CALLER)
        free = caller.add_function_url(
            auth_type=lambda_.FunctionUrlAuthType.NONE,
            cors=lambda_.FunctionUrlCorsOptions(allowed_origins=["https://shop.example"]),
        )
        closed = apps.function(self, "Closed").add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)
        rest = apigateway.RestApi(self, "Rest", cloud_watch_role=False)
        rest.root.add_method("GET", apigateway.LambdaIntegration(caller))
        rest.root.add_resource("closed").add_method(
            "GET", apigateway.LambdaIntegration(caller), authorization_type=apigateway.AuthorizationType.IAM
        )
        http = apigatewayv2.HttpApi(self, "Http", default_integration=integrations.HttpLambdaIntegration("Any", caller))
        public = s3.Bucket(self, "Public", public_read_access=True, block_public_access=s3.BlockPublicAccess.BLOCK_ACLS)
        private = s3.Bucket(self, "Private")
        site = cloudfront.Distribution(
            self,
            "Site",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(private)
            ),
        )
        for name, value in {
            "Free": free.url,
            "ClosedUrl": closed.url,
            "RestId": rest.rest_api_id,
            "HttpId": http.api_id,
            "PublicBucket": public.bucket_name,
            "PrivateBucket": private.bucket_name,
            "Domain": site.distribution_domain_name,
            "CallerName": caller.function_name,
        }.items():
            cdk.CfnOutput(self, name, value=value)


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: Mapping[str, str]


def ask(url: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    request = urllib.request.Request(url, data=body, headers=dict(headers or {}), method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Answer(answer.status, answer.read().decode(), {**answer.headers})
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read().decode(), {**error.headers})


@dataclass(frozen=True)
class House:
    """A local cloud with the stack in it."""

    cloud: LocalCloud
    deployment: Deployment

    def out(self, name: str) -> str:
        return self.deployment.outputs[name]

    def url(self, path: str) -> str:
        return f"{self.cloud.endpoint_url}{path}"

    @property
    def function_url(self) -> str:
        return self.url(f"/_aws/lambda-url/{self.out('Free').split('//')[1].split('.')[0]}/")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    assembly = apps.synthesize(tmp_path_factory.mktemp("open") / "cdk.out", Open)
    with LocalCloud.start() as cloud:
        house = House(cloud, cloud.deploy(assembly))
        for bucket in ("PublicBucket", "PrivateBucket"):
            cloud.client("s3").put_object(Bucket=house.out(bucket), Key="page.html", Body=b"<p>page")
        yield house


def target(name: str) -> dict[str, str]:
    return {"X-Amz-Target": name, "Content-Type": "application/x-amz-json-1.1"}


# Every way to management that ministack has: its own, each protocol of AWS, and tricks that put one in another's path.
MANAGEMENT: list[tuple[str, str, bytes | None, dict[str, str]]] = [
    *(("GET", path, None, {}) for path in ("/_ministack/health", "/_localstack/health", "/health", "/")),
    ("GET", "/_ministack/ready", None, {}),
    ("POST", "/_ministack/reset", b"", {"Content-Type": TEXT}),
    ("POST", "/_ministack/config", b'{"lambda_svc.LAMBDA_EXECUTOR": "local"}', {"Content-Type": TEXT}),
    ("GET", "/_ministack/sqs/messages?QueueUrl=x", None, {}),
    ("GET", "/_ministack/ses/messages", None, {}),
    ("GET", "/_ministack/sns/sms-messages", None, {}),
    ("GET", "/_ministack/lambda-code/000000000000/us-east-1/f", None, {}),
    ("POST", "/_ministack/rds/iam-auth", b"{}", {"Content-Type": TEXT}),
    ("POST", "/_ministack/eks-auth/x", b"{}", {"Content-Type": TEXT}),
    ("PUT", "/_ministack/cfn-response/guessed", b"{}", {"Content-Type": TEXT}),
    ("GET", "/2015-03-31/functions/", None, {}),
    ("POST", "/2015-03-31/functions", b"{}", {"Content-Type": TEXT}),
    ("POST", "/2015-03-31/functions/CALLER/invocations", b"{}", {"Content-Type": TEXT}),
    ("POST", "/", b"Action=CreateQueue&QueueName=evil", {"Content-Type": FORM}),
    ("GET", "/?Action=CreateQueue&QueueName=evil", None, {}),
    ("POST", "/", b"Action=CreateUser&UserName=evil&Version=2010-05-08", {"Content-Type": TEXT}),
    ("POST", "/", b"Action=CreateStack&StackName=evil&Version=2010-05-15", {"Content-Type": FORM}),
    ("POST", "/", b"Action=AssumeRole&RoleArn=x&RoleSessionName=y&Version=2011-06-15", {"Content-Type": FORM}),
    ("POST", "/", b"Action=AssumeRoleWithWebIdentity&RoleArn=x&Version=2011-06-15", {"Content-Type": FORM}),
    ("POST", "/", b"{}", target("DynamoDB_20120810.ListTables")),
    ("POST", "/", b"{}", target("Logs_20140328.DescribeLogGroups")),
    ("POST", "/", b"{}", target("AWSCognitoIdentityProviderService.AdminCreateUser")),
    ("POST", "/", b'{"IdentityId": "x"}', target("AWSCognitoIdentityService.GetCredentialsForIdentity")),
    ("GET", "/restapis", None, {}),
    ("GET", "/v2/apis", None, {}),
    ("GET", "/v1/apis", None, {}),
    ("POST", "/v1/apis/x/graphql", b"{}", {"Content-Type": TEXT}),
    ("GET", "/v2/_catalog", None, {}),
    ("GET", "/iceberg/v1/config", None, {}),
    ("GET", "/v20180820/mrap/instances", None, {}),
    ("GET", "/2020-05-31/distribution", None, {}),
    ("GET", "/PRIVATE/page.html", None, {}),
    ("GET", "/PUBLIC?policy", None, {}),
    ("PUT", "/evil-bucket", None, {}),
    ("PUT", "/PUBLIC/evil.html", b"evil", {"Content-Type": TEXT}),
    ("POST", "/_aws/execute-api/HTTP/$default/@connections/x", b"", {"Content-Type": TEXT}),
    # Names of public things in front of paths that are not theirs.
    ("POST", "/_ministack/reset", b"", {"Host": "DOMAIN"}),
    ("POST", "/", b"Action=CreateQueue&QueueName=evil", {"Host": "x.s3.amazonaws.com", "Content-Type": FORM}),
    # A key that nobody gave out; ministack takes them for the account's own.
    ("GET", "/2015-03-31/functions/", None, {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/x/y/z"}),
    ("GET", "/PRIVATE/page.html?AWSAccessKeyId=000000000000&Signature=x&Expires=9999999999", None, {}),
    ("GET", "/PRIVATE/page.html?X-Amz-Credential=000000000000/20260101/us-east-1/s3/aws4_request", None, {}),
]


def management(house: House) -> Iterator[tuple[str, str, bytes | None, dict[str, str]]]:
    names = {"CALLER": "CallerName", "PRIVATE": "PrivateBucket", "PUBLIC": "PublicBucket", "HTTP": "HttpId"}
    for method, path, body, headers in MANAGEMENT:
        for short, name in names.items():
            path = path.replace(short, house.out(name))
        yield (method, house.url(path), body, {k: v.replace("DOMAIN", house.out("Domain")) for k, v in headers.items()})


def state(cloud: LocalCloud) -> dict[str, Any]:
    """What an attack could have changed."""
    return {
        "queues": cloud.client("sqs").list_queues().get("QueueUrls"),
        "users": [user["UserName"] for user in cloud.client("iam").list_users()["Users"]],
        "buckets": [bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]],
        "stacks": [stack["StackName"] for stack in cloud.client("cloudformation").describe_stacks()["Stacks"]],
        "functions": [each["FunctionName"] for each in cloud.client("lambda").list_functions()["Functions"]],
    }


def test_another_user_of_the_machine_manages_nothing(house: House) -> None:
    before = state(house.cloud)
    let_in = [
        (method, url, answer)
        for method, url, body, headers in management(house)
        # The distribution answers for itself, with what its origin has: nothing.
        if (answer := ask(url, method, body, headers)).status != 403
        and not (headers.get("Host") == house.out("Domain") and answer.status == 404)
    ]
    assert let_in == []
    assert state(house.cloud) == before
    assert "page" not in ask(house.url(f"/{house.out('PrivateBucket')}/page.html")).body


@pytest.mark.parametrize("extra", [{"Host": "evil.example:80"}, {"Origin": EVIL}, {"Origin": "null"}, {"Host": ""}])
def test_a_page_reaches_nothing_signed_or_not(house: House, extra: dict[str, str]) -> None:
    for method, url, body, headers in management(house):
        answer = ask(url, method, body, headers | extra)
        assert answer.status == 403, (method, url)
        assert "access-control-allow-origin" not in {name.lower() for name in answer.headers}, (method, url)
    queues = house.url("/?Action=ListQueues")
    request = AWSRequest("GET", queues, headers=extra)
    secret = house.cloud.environment()["AWS_SECRET_ACCESS_KEY"]
    SigV4Auth(Credentials(house.cloud.account, secret), "sqs", "us-east-1").add_auth(request)
    assert ask(queues, headers=dict(request.headers.items())).status == 403
    assert ask(house.function_url, "POST", b"", {"Content-Type": TEXT, **extra}).status == 403


@pytest.mark.parametrize(
    ("access_key", "secret"),
    [("000000000000", "local"), ("111122223333", "x"), ("test", "test"), ("AKIAIOSFODNN7EXAMPLE", "x")],
)
def test_a_wrong_secret_opens_no_service(house: House, access_key: str, secret: str) -> None:
    session = boto3.Session(access_key, secret, region_name="us-east-1")
    # One service of each protocol.
    for service, operation in {"sqs": "list_queues", "s3": "list_buckets", "sts": "get_caller_identity"}.items():
        client = session.client(service, endpoint_url=house.cloud.endpoint_url)  # type: ignore[call-overload]
        with pytest.raises(ClientError) as raised:
            getattr(client, operation)()
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert "\n" not in str(raised.value)


def test_a_refusal_is_one_line_that_says_what_to_do(house: House) -> None:
    said = json.loads(ask(house.url("/")).body)["message"]
    assert "\n" not in said
    assert "LocalCloud.environment()" in said
    assert "Host evil.example is foreign" in ask(house.url("/"), headers={"Host": "evil.example"}).body
    assert f"Origin {EVIL} is foreign" in ask(house.function_url, headers={"Origin": EVIL}).body


def test_what_the_template_makes_public_answers_anyone(house: House) -> None:
    who = json.loads(ask(house.function_url).body)["who"]
    assert ":assumed-role/" in who, "a function acts as its own role"
    for path in (
        f"/restapis/{house.out('RestId')}/prod/_user_request_/",
        f"/_aws/execute-api/{house.out('RestId')}/prod/",
        f"/_aws/execute-api/{house.out('HttpId')}/$default/any/path",
        # Its own paths, even where ministack has others of that name.
        f"/_aws/execute-api/{house.out('HttpId')}/$default/_ministack/reset",
    ):
        assert json.loads(ask(house.url(path)).body)["who"] == who, path
    assert ask(house.url(f"/{house.out('PublicBucket')}/page.html")).body == "<p>page"
    https = {"Host": house.out("Domain"), "X-Forwarded-Proto": "https"}
    assert ask(house.url("/page.html"), headers=https).body == "<p>page"
    named = ask(house.function_url, headers={"Origin": "https://shop.example"})
    assert (named.status, named.headers["Access-Control-Allow-Origin"]) == (200, "https://shop.example")
    assert ask(house.function_url, headers={"Origin": "http://localhost:5173"}).status == 200


def test_what_asks_for_iam_is_closed_and_opens_with_the_secret(house: House) -> None:
    name = house.out("ClosedUrl").split("//")[1].split(".")[0]
    for service, url in {
        "lambda": house.url(f"/_aws/lambda-url/{name}/"),
        "execute-api": house.url(f"/restapis/{house.out('RestId')}/prod/_user_request_/closed"),
    }.items():
        assert ask(url).status == 403
        for secret, expected in {house.cloud.environment()["AWS_SECRET_ACCESS_KEY"]: 200, "local": 403}.items():
            request = AWSRequest("GET", url)
            SigV4Auth(Credentials(house.cloud.account, secret), service, "us-east-1").add_auth(request)
            assert ask(url, headers=dict(request.headers.items())).status == expected, url


def test_a_presigned_link_answers_and_a_changed_one_does_not(house: House) -> None:
    bucket, environment = house.out("PrivateBucket"), house.cloud.environment()
    client = boto3.client(
        "s3",
        endpoint_url=house.cloud.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    link = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "page.html"})
    assert ask(link).body == "<p>page"
    assert ask(link.replace("page.html", "else.html")).status == 403
    assert ask(link, "DELETE").status == 403
    assert ask(link.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200")).status == 403
    assert ask(link, headers={"x-amz-acl": "public-read"}).status == 403, "what was not signed is not added"
    week = 7 * 24 * 60 * 60
    for seconds, status in ((week, 200), (week + 1, 403)):
        lasting = client.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": "page.html"}, ExpiresIn=seconds
        )
        assert ask(lasting).status == status, seconds
    form = client.generate_presigned_post(bucket, "upload.txt")

    def upload(fields: Mapping[str, str]) -> int:
        parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        parts.append('--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nup\r\n--b--\r\n')
        multipart = {"Content-Type": "multipart/form-data; boundary=b"}
        return ask(form["url"], "POST", "".join(parts).encode(), multipart).status

    assert upload(form["fields"]) in (200, 201, 204)
    assert upload(form["fields"] | {"x-amz-signature": "0" * 64}) == 403
    assert upload({"key": "evil.txt"}) == 403


def test_graphql_answers_with_a_key_of_the_api_or_a_token_of_a_pool_and_with_nothing_else(house: House) -> None:
    appsync, pools = house.cloud.client("appsync"), house.cloud.client("cognito-idp")
    api = appsync.create_graphql_api(name="a", authenticationType="API_KEY")["graphqlApi"]["apiId"]
    url, query = house.url(f"/v1/apis/{api}/graphql"), b'{"query": "{ __typename }"}'
    key = appsync.create_api_key(apiId=api)["apiKey"]["id"]
    pool = pools.create_user_pool(PoolName="p")["UserPool"]["Id"]
    client = pools.create_user_pool_client(
        UserPoolId=pool, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    sign_up = {"ClientId": client, "Username": "ann", "Password": "Secret-1234"}
    called = ask(
        house.url("/"), "POST", json.dumps(sign_up).encode(), target("AWSCognitoIdentityProviderService.SignUp")
    )
    assert called.status == 200, "a pool's own users sign up without a secret of the run"
    pools.admin_confirm_sign_up(UserPoolId=pool, Username="ann")
    token = pools.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": "Secret-1234"},
    )["AuthenticationResult"]["IdToken"]
    head, payload, signature = token.split(".")
    forged = f"{head}.{payload[:-2]}{'AA' if payload[-2:] != 'AA' else 'BB'}.{signature}"
    for headers, let_in in (
        ({}, False),
        ({"x-api-key": "da2-guessed"}, False),
        ({"Authorization": "anything"}, False),
        ({"Authorization": forged}, False),
        ({"x-api-key": key}, True),
        ({"Authorization": token}, True),
    ):
        answer = ask(url, "POST", query, headers)
        assert ("signed with this run's own key" not in answer.body) is let_in, headers


def test_a_signed_request_means_what_was_signed(house: House) -> None:
    url, body = house.url("/"), b"Action=ListQueues&Version=2012-11-05"
    secret = house.cloud.environment()["AWS_SECRET_ACCESS_KEY"]
    request = AWSRequest("POST", url, data=body, headers={"Content-Type": FORM})
    SigV4Auth(Credentials(house.cloud.account, secret), "sqs", "us-east-1").add_auth(request)
    signed = dict(request.headers.items())
    assert ask(url, "POST", body, signed).status == 200
    evil = b"Action=CreateQueue&QueueName=evil"
    for what, (to, sent, added) in {
        "body": (url, evil, {}),
        "body, its hash waived": (url, evil, {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}),
        "query": (f"{url}?Action=CreateQueue&QueueName=evil", body, {}),
        "path": (house.url("/_ministack/reset"), body, {}),
        "operation": (url, body, target("DynamoDB_20120810.ListTables")),
        "session": (url, body, {"X-Amz-Security-Token": "another"}),
        "date": (url, body, {"X-Amz-Date": "20200101T000000Z"}),
    }.items():
        assert ask(to, "POST", sent, signed | {**added, "Content-Type": FORM}).status == 403, what


def test_the_body_of_a_stranger_is_not_kept(house: House) -> None:
    process = Path(f"/proc/{house.cloud._server.process_group}/status")

    def peak() -> int:
        [line] = [line for line in process.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1])

    before = peak()
    assert ask(house.url("/"), "POST", b"x" * 100_000_000, {"Content-Type": TEXT}).status == 403
    assert peak() - before < 40_000, "kilobytes"


@pytest.mark.parametrize(
    ("host", "own"),
    [
        *((name, True) for name in ("127.0.0.1", "LOCALHOST", "shop.localhost:80", "[::1]", "a.us-east-1.on.aws")),
        *((name, False) for name in ("localhost.evil.example", "evil_localhost", "127.0.0.1.evil.example", "127.1")),
        *((name, False) for name in ("x.amazonaws.com.evil.example", "amazonaws.com", "127.0.0.1@evil.example")),
        *((name, False) for name in ("127.0.0.1,evil.example", "0.0.0.0", "2130706433", "127.0.0.1:abc", "")),
    ],
)
def test_a_host_is_this_machine_or_none(host: str, own: bool) -> None:
    assert (OWN_HOST.fullmatch(host) is not None) is own


def test_each_run_has_a_secret_of_its_own(house: House) -> None:
    with LocalCloud.start() as other:
        here, there = (each.environment()["AWS_SECRET_ACCESS_KEY"] for each in (house.cloud, other))
        assert here != there
        assert len(here) >= 40


def test_the_secret_is_on_no_command_line_and_in_no_file_that_others_read(house: House) -> None:
    secret = house.cloud.environment()["AWS_SECRET_ACCESS_KEY"].encode()
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert secret not in line.read_bytes()
        except OSError:
            continue
    directory = house.cloud._server.directory
    assert directory.stat().st_mode & 0o077 == 0
    holding = [path for path in directory.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in holding)
    assert [path.name for path in holding] == [f"curl-{house.cloud.account}"]


def test_origins_are_checked() -> None:
    with pytest.raises(ValueError, match=r"origins must be a scheme and a host such as .*, got shop"):
        LocalCloud.start(origins=["shop"])
