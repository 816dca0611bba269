"""All three stacks, in the local cloud with permissions enforced, from an upload's form to a thumbnail's link."""

import json
import ssl
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from PIL import Image

from examples.image_service.app import build
from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from tests.conftest import context
from tests.patterns.events.thumbnailer import pictures


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    stacks: dict[str, Deployment]

    def ask(self, method: str, path: str, *, sign: bool = True) -> tuple[int, Any]:
        api = self.stacks["ImageApi"].physical_id("Images/Front/Api")
        url = f"{self.cloud.endpoint_url}/restapis/{api}/live/_user_request_/{path}"
        request = AWSRequest(method, url)
        if sign:
            secret = self.cloud.environment()["AWS_SECRET_ACCESS_KEY"]
            SigV4Auth(Credentials(self.cloud.account, secret), "execute-api", self.cloud.region).add_auth(request)
        status, body = self.exchange(method, url, headers=dict(request.headers))
        return status, json.loads(body)

    def exchange(
        self, method: str, url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        tls = ssl.create_default_context(cafile=self.cloud.certificate_authority)
        request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30, context=tls) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def upload(self, body: bytes) -> str:
        status, made = self.ask("POST", "images")
        assert status == 201, made
        status, said = self.post(made["upload"], body)
        assert status == 204, said
        return str(made["image"])

    def post(self, form: dict[str, Any], body: bytes) -> tuple[int, bytes]:
        """Send a form as a browser does, the file last."""
        boundary = uuid.uuid4().hex
        parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in form["fields"].items()]
        parts.append(b'name="file"; filename="image"\r\n\r\n' + body)
        start = f"--{boundary}\r\nContent-Disposition: form-data; ".encode()
        sent = b"".join(start + one + b"\r\n" for one in parts) + f"--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self.exchange("POST", form["url"], body=sent, headers=headers)

    def settled(self, image: str, *, thumbnails: int) -> dict[str, Any]:
        def seen() -> dict[str, Any] | None:
            status, answer = self.ask("GET", f"images/{image}")
            done = status == 200 and answer["status"] != "PENDING" and len(answer["thumbnails"]) == thumbnails
            return dict(answer) if done else None

        found = self.cloud.wait_for(seen, what=f"{thumbnails} thumbnails", deadline=90)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    settings = {**context(), "patterns:handler-platform": "local"}
    with LocalCloud.start(enforce_iam=True) as cloud:
        assembly = synthesize(build, context=settings, build_assets=True)
        yield Deployed(cloud, {one.stack_name: one for one in cloud.deploy_all(assembly.directory)})


def test_an_image_goes_all_the_way(deployed: Deployed) -> None:
    image = deployed.upload(pictures.plain("PNG", pictures.GREEN))
    shown = deployed.settled(image, thumbnails=2)
    assert (shown["status"], shown["reason"]) == ("READY", None)
    assert set(shown["thumbnails"]) == {"128", "512"}
    status, body = deployed.exchange("GET", shown["thumbnails"]["128"])
    assert status == 200
    with Image.open(BytesIO(body)) as thumbnail:
        assert thumbnail.format == "JPEG"
        assert thumbnail.width <= 128


def test_what_is_no_image_is_said_to_be_none(deployed: Deployed) -> None:
    shown = deployed.settled(deployed.upload(b"no image"), thumbnails=0)
    assert shown["status"] == "REFUSED"
    assert shown["reason"]


def test_who_is_not_let_in_learns_nothing(deployed: Deployed) -> None:
    assert deployed.ask("GET", f"images/{'0' * 32}")[0] == 404
    assert deployed.ask("POST", "images", sign=False)[0] == 403
    _, made = deployed.ask("POST", "images")
    tampered = {**made["upload"], "fields": {**made["upload"]["fields"], "key": "0" * 32}}
    assert deployed.post(tampered, b"elsewhere")[0] == 403


def test_what_is_larger_than_the_form_allows_is_refused(deployed: Deployed) -> None:
    _, made = deployed.ask("POST", "images")
    # Not signed for 64 MiB here, which would have to be sent: the condition is the same.
    status, said = deployed.post(made["upload"], b"")
    assert status == 400, said
    assert b"EntityTooSmall" in said
