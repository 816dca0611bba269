"""The template, deployed to a local cloud that enforces IAM, and a page of it served beside."""

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from patternkit.localcloud import LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.presigned_upload import BROWSER, PresignedUpload
from tests.conftest import context
from tests.patterns.api.presigned_upload.uploading import Uploader

CHECK = """
def handler(event, context):
    if event["size"] == 13:
        return {"release": False, "reason": "thirteen bytes are unlucky"}
    return {"release": True}
"""

AUTHORIZE = """
def handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    effect = "Allow" if headers.get("authorization") == "Bearer of-a-person" else "Deny"
    # The answer is kept for five minutes, for whichever method comes next.
    stage = "/".join(event["methodArn"].split("/")[:2])
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": f"{stage}/*"}
    return {"principalId": "a-person", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves the page, and the configuration that its site would have."""

    config: dict[str, object]

    def do_GET(self) -> None:
        if self.path != "/config.json":
            super().do_GET()
            return
        body = json.dumps(self.config).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Where the page is served."""
    handler = functools.partial(Pages, directory=str(BROWSER))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def uploader(site: str) -> Iterator[Uploader]:
    """A caller who signs."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Uploads")
        check, authorize = (
            lambda_.Function(
                stack,
                name,
                code=lambda_.Code.from_inline(code),
                handler="index.handler",
                runtime=lambda_.Runtime.PYTHON_3_14,
            )
            for name, code in (("Check", CHECK), ("Authorize", AUTHORIZE))
        )
        sizes = {
            "content_types": ["image/png", "text/plain"],
            "max_size": cdk.Size.mebibytes(40),
            "multipart_above": cdk.Size.mebibytes(5),
            "cors_origins": [site],
        }
        PresignedUpload(stack, "Signed", check_function=check, **sizes)  # type: ignore[arg-type]
        told = {"authorization": "function", "authorizer_function": authorize, "cloudwatch_role": False}
        PresignedUpload(stack, "Paged", **told, **sizes)  # type: ignore[arg-type]

    settings = {**context(), "patterns:handler-platform": "local"}
    assembly = synthesize(build, context=settings, build_assets=True)
    with LocalCloud.start(enforce_iam=True) as cloud:
        yield Uploader(cloud, cloud.deploy(Path(assembly.directory)))
