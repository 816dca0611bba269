"""Requests a second through the local API against the local queue called directly, in one run.

    python bench/api_to_queue.py [--requests 300] [--rounds 5]

Both are called by one client over one connection, one request to each in turn, with the same body and a signature
each. Prints the rate that the median request of a round makes, and the ratio of the two. What it measures is the local
cloud on this machine, and says nothing of AWS.
"""

import argparse
import http.client
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import aws_cdk as cdk
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from patternkit.localcloud import LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.api_to_queue import ApiToQueue

BODY = json.dumps({"order": 17, "note": "a&b=c 100% 😀" * 20})
ROOT = Path(__file__).parents[1]


class Api(cdk.Stack):
    def __init__(self, app: cdk.App) -> None:
        super().__init__(app, "Bench")
        made = ApiToQueue(self, "Api", rate_limit=10_000, burst_limit=10_000)
        cdk.CfnOutput(self, "Queue", value=made.queue.queue_url)


class Caller:
    """One connection, one signature a request."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self._secret = cloud.environment()["AWS_SECRET_ACCESS_KEY"]
        address = urlsplit(cloud.endpoint_url)
        assert address.hostname is not None
        self._connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)

    def post(self, service: str, url: str, body: str, content_type: str, expected: int) -> None:
        request = AWSRequest("POST", url, data=body.encode(), headers={"Content-Type": content_type})
        SigV4Auth(Credentials(self.cloud.account, self._secret), service, self.cloud.region).add_auth(request)
        self._connection.request("POST", urlsplit(url).path, body.encode(), dict(request.headers))
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != expected:
            raise SystemExit(f"{url}: {answer.status} {text.decode()[:200]}")


def rates(calls: Sequence[Callable[[], None]], requests: int) -> list[float]:
    took: list[list[float]] = [[] for _ in calls]
    for _ in range(requests):
        for call, times in zip(calls, took, strict=True):
            started = time.perf_counter()
            call()
            times.append(time.perf_counter() - started)
    return [1 / statistics.median(times) for times in took]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    flags = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    synthesis = synthesize(Api, context=flags)
    with LocalCloud.start() as cloud:
        deployment = cloud.deploy(synthesis.directory)
        api = deployment.physical_id("Api/Front/Api")
        url, queue = f"{cloud.endpoint_url}/restapis/{api}/live/_user_request_/messages", deployment.outputs["Queue"]
        form = urlencode({"Action": "SendMessage", "Version": "2012-11-05", "MessageBody": BODY})
        caller = Caller(cloud)

        def through() -> None:
            caller.post("execute-api", url, BODY, "application/json", 202)

        def directly() -> None:
            caller.post("sqs", queue, form, "application/x-www-form-urlencoded", 200)

        calls = (through, directly)
        rates(calls, 20)
        rounds = [rates(calls, given.requests) for _ in range(given.rounds)]
        attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    sent = 2 * (20 + given.rounds * given.requests)
    if int(attributes["ApproximateNumberOfMessages"]) != sent:
        raise SystemExit(f"{sent} messages were sent, the queue has {attributes['ApproximateNumberOfMessages']}")
    print(f"through the API   {statistics.median(one for one, _ in rounds):7.0f} requests a second")
    print(f"to the queue      {statistics.median(one for _, one in rounds):7.0f} requests a second")
    ratios = [one / other for one, other in rounds]
    print(f"ratio             {statistics.median(ratios):7.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")
    print(f"{sent} messages sent, {sent} on the queue")


if __name__ == "__main__":
    main()
